"""What a rollback does not bring back, for the comment with the result of an apply.

The rollback file holds previous values. Who reads "restores" takes it for everything, so each comment says what is gone
for good: from the JSON of the apply, in which values are redacted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from reconciler.model import Tree
from reconciler.render.markdown import code, text
from reconciler.render.tally import plural

MOST = 20
"""Maximum number of entries; the report has all of them."""


def lines(report: Path) -> list[str]:
    """Return the lines of the section about going back; without what was not written.

    Args:
        report: What `apply -o json=FILE` wrote; one that is missing or damaged has nothing to add.
    """
    try:
        results = json.loads(report.read_text(encoding="utf-8"))["results"]
        found = list(dict.fromkeys(entry for result in results for entry in _lost(result)))
    except (OSError, ValueError, KeyError, TypeError):
        found = []
    head = "**Going back:** the rollback file has the previous values. Apply it to restore them."
    if not found:
        return [f"{head}\n"]
    rest = [f"- … and {plural(len(found) - MOST, 'more', 'more')}"] if len(found) > MOST else []
    return [f"{head} It does not bring back:\n", *found[:MOST], *rest, ""]


def _lost(result: Tree) -> Iterator[str]:
    """Yield what a change that was made, or may have been, loses for good."""
    if result["status"] != "done" and not result["calls_written"] and not result["outcome_unknown"]:
        return
    for effect in result["effects"]:
        undo = effect["impact"]["undo"]
        if undo:
            where = f"{result['address']}.{effect['path']}" if effect["path"] else result["address"]
            yield f"- {code(where)}: {text(undo)}"
