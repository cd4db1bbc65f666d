"""The topics of `poolctl explain`: a kind or member, a key around the sections, a form of a value, or a rule by its id.

A section, a member or such a key takes precedence over a rule of the same name.
"""

from __future__ import annotations

import re

from reconciler.errors import InvalidInput
from reconciler.explaining import envelope_facts, facts, form_facts
from reconciler.explaining.explanation import Explanation
from reconciler.kinds import RULES
from reconciler.kinds.kind import Rule
from reconciler.security.changes import CHANGES
from reconciler.security.rule import SecurityRule
from reconciler.terminal.suggestions import closest, did_you_mean, same, sentences

NUMBERED = re.compile(r"[A-Za-z]{1,3}\d+")
"""The form of an id of a rule with a number: P7, CHG04."""

SECURITY = re.compile(r"[Cc][Gg][0-9A-Za-z][0-9]{2}")
"""The form of an id of a security rule: CG001, CGA01."""

SECURITY_LISTED = "docs/rules/README.md lists all security rules."

LISTED = "docs/rules.md lists all rules."
"""What to do about a number that no rule has: a similar number is another rule, and not what was meant."""


def look_up(topic: str) -> Explanation | Rule | SecurityRule:
    """Return the facts about a kind or member, a key of the envelope, a form, a rule, or a security rule.

    Args:
        topic: A kind, a member of one, a key around the sections, a form, or the id of a rule in any case: `clients`,
            `prune`, `$ref`, `P7`, `p7`, `immutable`, `CHG04`, `CG001`.

    Raises:
        InvalidInput: The topic is unknown; the message suggests the nearest one.
    """
    wanted = topic.strip()
    try:
        return facts.explain(wanted)
    except InvalidInput:
        last = wanted.rpartition("/")[2]
        around = envelope_facts.explain(wanted) or form_facts.explain(wanted)
        found = around or _rule(wanted) or _rule(last) or _security(last)
        if found:
            return found
        advice = _advice(wanted)
        if not advice:
            raise
        raise InvalidInput(sentences(f"Unknown kind, member or rule {topic}.", advice)) from None


def _rule(text: str) -> Rule | None:
    every = {**RULES, **{id_: one.rule for id_, one in CHANGES.items()}}
    return every.get(same(text, every))


def _security(text: str) -> SecurityRule | None:
    from reconciler.security.catalogue import rules  # most topics need none of it

    return rules().get(same(text, rules())) if SECURITY.fullmatch(text) else None


def _advice(text: str) -> str:
    """Return what to do about a topic that looks like a rule or a key of the envelope, or an empty text."""
    if SECURITY.fullmatch(text):
        return SECURITY_LISTED
    if NUMBERED.fullmatch(text):
        return LISTED
    forms = form_facts.names()
    if text.startswith("$") or f"${text.lower()}" in forms:
        return did_you_mean(closest(f"${text.lstrip('$')}", forms, cutoff=0.0) or forms[0])
    near = closest(text, (*RULES, *envelope_facts.paths()), cutoff=0.8)
    return did_you_mean(near) if near else ""
