"""What `poolctl explain` is asked about: a place in a manifest, or a rule by its id.

A section or member wins where a rule has the same name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache

from reconciler.errors import InvalidInput
from reconciler.explaining import facts
from reconciler.explaining.facts import Explanation
from reconciler.kinds import RULES
from reconciler.kinds.kind import Rule

NUMBERED = re.compile(r"[A-Za-z]\d+")
"""Spelled like a rule of Cognito: P7."""


def look_up(topic: str) -> Explanation | Rule:
    """Return what is known about a place in a manifest, or a rule.

    Args:
        topic: A kind, a member of one, or the id of a rule in any case: `clients`, `P7`, `p7`, `immutable`.

    Raises:
        InvalidInput: There is no such place and no such rule; the message names the nearest one.
    """
    wanted = topic.strip()
    try:
        return facts.explain(wanted)
    except InvalidInput:
        rule = _rule(wanted) or _rule(wanted.rpartition("/")[2])
        if rule:
            return rule
        near = _nearest(wanted)
        if not near:
            raise
        raise InvalidInput(f"{topic} is not known. Did you mean {near}?") from None


@cache
def _folded() -> Mapping[str, str]:
    """Return the ids of all rules by their spelling in lower case."""
    return {identifier.lower(): identifier for identifier in RULES}


def _rule(text: str) -> Rule | None:
    return RULES.get(_folded().get(text.lower().replace("_", "-"), ""))


def _nearest(text: str) -> str:
    """Return the rule that was probably meant, where the text looks like one."""
    cutoff = 0.5 if NUMBERED.fullmatch(text) else 0.8
    found = difflib.get_close_matches(text.lower(), _folded(), n=1, cutoff=cutoff)
    return _folded()[found[0]] if found else ""
