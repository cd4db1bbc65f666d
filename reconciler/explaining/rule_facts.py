"""The topics of `poolctl explain`: a kind or member, or a rule by its id.

A section or member takes precedence over a rule of the same name.
"""

from __future__ import annotations

import re

from reconciler.errors import InvalidInput
from reconciler.explaining import facts
from reconciler.explaining.facts import Explanation
from reconciler.kinds import RULES
from reconciler.kinds.kind import Rule
from reconciler.terminal.suggestions import closest, did_you_mean, same, sentences

NUMBERED = re.compile(r"[A-Za-z]\d+")
"""The form of an id of a Cognito rule: P7."""


def look_up(topic: str) -> Explanation | Rule:
    """Return the facts about a kind or member, or a rule.

    Args:
        topic: A kind, a member of one, or the id of a rule in any case: `clients`, `P7`, `p7`, `immutable`.

    Raises:
        InvalidInput: The topic is unknown; the message suggests the nearest one.
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
        raise InvalidInput(sentences(f"Unknown kind, member or rule {topic}.", did_you_mean(near))) from None


def _rule(text: str) -> Rule | None:
    return RULES.get(same(text, RULES))


def _nearest(text: str) -> str:
    """Return the most similar rule, or an empty text."""
    cutoff = 0.5 if NUMBERED.fullmatch(text) else 0.8
    return closest(text, RULES, cutoff=cutoff)
