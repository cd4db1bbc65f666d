"""Words of a closed set that are spelled otherwise: in another letter case, or as a truth value.

Enumerations lag the service, so an unknown word passes with a notice. But no service adds a word that differs from a
known one in its case only, and none takes `off` or `yes` where it has ACTIVE and INACTIVE: those are mistakes, and
Cognito would refuse them at the first write.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.terminal.suggestions import same

TRUTHS = {
    **dict.fromkeys(("true", "yes", "on", "y"), True),
    **dict.fromkeys(("false", "no", "off", "n"), False),
}
"""How YAML 1.1 and other tools spell truth values."""

YES = frozenset({"active", "enabled", "on"})
NO = frozenset({"inactive", "disabled", "off"})
"""Words of the API that mean a truth value, in lower case."""


def meant(value: object, known: Sequence[str]) -> Sequence[str]:
    """Return the known words that a misspelled one can mean, or none if only a newer service can know it.

    Args:
        value: What was written: a text, or true or false.
        known: The known words.
    """
    if isinstance(value, str) and (word := same(value, known)):
        return (word,)
    truth = value if isinstance(value, bool) else TRUTHS.get(str(value).strip().lower())
    return () if truth is None else _of_truth(known, YES if truth else NO, NO if truth else YES)


def _of_truth(known: Sequence[str], wanted: frozenset[str], others: frozenset[str]) -> Sequence[str]:
    exact = [word for word in known if word.lower() in wanted]
    return exact or [word for word in known if word.lower() not in others] or known


def write(words: Sequence[str]) -> str:
    """Return the advice to write one of some words."""
    *others, last = words
    return f"Write {', '.join(others)} or {last}." if others else f"Write {last}."
