"""What the approval of a plan approves: each change that weakens or may weaken, by rule and path, and what allows it.

It is read from the JSON of the plan. A comment that can be approved names it, so that no more is approved than that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.model import Tree
from reconciler.render.markdown import code, text

MOST = 60
"""Most changes that are named; the plan above names all of them."""


def lines(file: Path) -> list[str]:
    """Return the lines of a comment about what is stopped and what is approved.

    Args:
        file: The JSON of the plan; nothing is said if it does not exist.
    """
    if not file.exists():
        return []
    tree = json.loads(file.read_text(encoding="utf-8"))
    gate = tree.get("gate") or {}
    return _stopped(gate) if gate.get("stopped") else [*_approved(tree), *_passes(gate)]


def _stopped(gate: Tree) -> list[str]:
    """Say what would have to be in poolctl.yaml of the target branch."""
    entries = dict.fromkeys(one for stopped in gate["stopped"] for one in stopped["allow"])
    shown = [_entry(one) for one in entries]
    kinds = ",".join(gate["fail_on"])
    head = (
        f"**{len(gate['stopped'])} stopped by {code(f'fail_on: {kinds}')}.** What is intended passes with an entry of "
    )
    head += f"{code('allow')} in poolctl.yaml of the target branch, in a pull request of its own:\n"
    return [head, "```yaml", "allow:", *shown, "```", ""]


def _entry(allow: str) -> str:
    rule, _, path = allow.partition("=")
    return f"  - {{rule: {rule}, path: {json.dumps(path)}, reason: …}}"


def _approved(tree: Tree) -> list[str]:
    found = list(_weak(tree))
    if not found:
        return []
    named = ", ".join(map(code, found[:MOST]))
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    change = "change that weakens" if len(found) == 1 else "changes that weaken"
    return [f"**An approval of this plan approves {len(found)} {change} or may weaken security:** {named}{more}.\n"]


def _weak(tree: Tree) -> Iterator[str]:
    several = len(tree["pools"]) > 1
    for change in tree["resource_changes"]:
        effects = [change["effect"]] if change["effect"] else []
        address = change["address"] if several else change["address"].partition("/")[2]
        for effect in [*effects, *(e for field in change["fields"] for e in field["effects"])]:
            if effect["direction"] in ("weakens", "mixed"):
                rule = next(iter(effect["rules"]), "weakens")
                yield f"{rule}={address}.{effect['path']}".removesuffix(".")


def _passes(gate: Tree) -> Sequence[str]:
    used = [one for one in gate.get("allowed", ()) if one["passes"]]
    return [*(_pass(one) for one in used), ""] if used else []


def _pass(one: Tree) -> str:
    place = f" (poolctl.yaml, line {one['source']['line']})" if one["source"] else ""
    until = f", until {one['expires']}" if one["expires"] else ""
    why = f": {text(one['reason'])}" if one["reason"] else ""
    allow = f"{one['rule']}={one['path']}"
    return f"- allowed by {code(allow)}{place}{why}{until}"
