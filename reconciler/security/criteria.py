"""The words of `--fail-on` and `--allow`, apart from the rules that they are about.

The command line and its help need the words before anything is read; the rules take half a second to load.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import flow
from reconciler.model import RISKS

WEAKENS, IRREVERSIBLE = "weakens", "irreversible"

CRITERIA: tuple[str, ...] = (WEAKENS, IRREVERSIBLE, *RISKS)
"""What `--fail-on` takes: a risk means what weakens with that risk or a worse one."""

NONE = "none"
"""The value of `--fail-on` that asks for nothing."""


def kinds_problem(kinds: Sequence[str]) -> str:
    """Return what is wrong with the values of `--fail-on` together; empty if nothing is."""
    both = NONE in kinds and len(set(kinds)) > 1
    return f"{NONE} is given together with others. Give it alone, or remove it." if both else ""


def path_problem(path: str) -> str:
    """Return what is wrong with the path of an allowance; empty if it is one."""
    if path.strip("*?/."):
        return ""
    return (
        f"{flow(path)} means everything. Name an object or a member, such as clients/web; --fail-on none asks nothing."
    )
