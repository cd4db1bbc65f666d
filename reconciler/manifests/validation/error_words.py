"""Pydantic's errors in words: what is wrong, and what to do.

Pydantic's own messages are written for programmers and may quote a secret, so none of them is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.manifests.validation import closed_words
from reconciler.manifests.validation.shown_values import SHOWN, kind_of
from reconciler.manifests.validation.spot import Spot
from reconciler.manifests.validation.unknown_keys import suggest_word
from schemas.base import FORBIDDEN, OneOf, pattern_of
from schemas.limits import UNFIT, StringConstraints

Words = tuple[str, str]
"""What is wrong, what to do."""


class Limits(NamedTuple):
    """What a type allows besides its kind."""

    low: Any = None
    high: Any = None
    shortest: int | None = None
    longest: int | None = None


def limits(marks: tuple[Any, ...]) -> Limits:
    """Return the limits among the facts of a member."""
    found: dict[str, Any] = {}
    for mark in marks:
        if isinstance(mark, StringConstraints):
            found.update(shortest=mark.min_length, longest=mark.max_length)
        for theirs, ours in (("ge", "low"), ("le", "high"), ("min_length", "shortest"), ("max_length", "longest")):
            value = getattr(mark, theirs, None)
            if value is not None:
                found[ours] = value
    return Limits(**found)


def span(low: Any, high: Any) -> str:
    """Spell a range: `from 6 to 99`."""
    if low is not None and high is not None:
        return f"from {low} to {high}" if low != high else f"of exactly {low}"
    if low is not None:
        return f"of at least {low}"
    return f"of at most {high}" if high is not None else ""


@dataclass(frozen=True)
class Case:
    """One error, with all that words can be made of."""

    value: Any
    """What was written."""
    shown: str
    """How a message may call it."""
    spot: Spot
    """What the schema says."""
    context: Mapping[str, Any]
    """Pydantic's parameters of the error."""

    @property
    def limits(self) -> Limits:
        """What its type allows."""
        return limits(self.spot.marks)


def _whole(case: Case) -> str:
    bounds = span(case.limits.low, case.limits.high)
    return f"Use a whole number {bounds}.".replace(" .", ".")


def _unexpected(wanted: str, case: Case, fix: str) -> Words:
    return f"expected {wanted}, found {kind_of(case.value)}.", fix


def mismatch(text: str, marks: tuple[Any, ...]) -> Words:
    """Return what it means that a text does not match the pattern among some facts, and what to do.

    Args:
        text: What a message calls the text.
        marks: Facts of a member, of its items or of its keys.
    """
    pattern = pattern_of(marks)
    return (f"{text} {pattern.wrong}.", pattern.fix) if pattern else (f"{text} {FORBIDDEN}.", "")


def _int_type(case: Case) -> Words:
    return f"{case.shown} is not a whole number.", _whole(case)


def _bool_type(case: Case) -> Words:
    return f"{case.shown} is neither true nor false.", "Write true or false, without quotes."


def _string_type(case: Case) -> Words:
    if isinstance(case.value, (bool, int, float)):
        kind = "a boolean" if isinstance(case.value, bool) else "a number"
        text = case.shown if case.shown[:1].isalpha() and case.shown not in ("true", "false") else f'"{case.shown}"'
        fix = f"Put it in quotes: {text}." if text.startswith('"') else "Give it as a string."
        return f"{case.shown} is {kind}, not a string.", _one_of(case) or fix
    return _unexpected("a string", case, _one_of(case) or f"Write a string{_of(case, 'character')}.")


def _one_of(case: Case) -> str:
    """Return the advice to write one of the known values, or nothing where any text is right."""
    known = next((m for m in case.spot.marks if isinstance(m, OneOf)), None)
    return closed_words.write(closed_words.meant(case.value, known.values) or known.values) if known else ""


def _of(case: Case, unit: str) -> str:
    bounds = span(case.limits.shortest, case.limits.longest)
    return f" {bounds} {unit}s".replace(" from ", " of ", 1) if bounds else ""


def _less(case: Case) -> Words:
    low = case.context.get("ge", case.context.get("gt"))
    return f"{case.shown} is less than the allowed {low}.", f"Use a number {span(low, case.limits.high)}."


def _more(case: Case) -> Words:
    high = case.context.get("le", case.context.get("lt"))
    return f"{case.shown} is more than the allowed {high}.", f"Use a number {span(case.limits.low, high)}."


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _text_length(case: Case) -> Words:
    pattern = pattern_of(case.spot.marks)
    if pattern and pattern.whole:
        return f"{case.shown} {pattern.wrong}.", pattern.fix
    size = len(case.value or "")
    what = "the text is empty" if not size else f"the text has {_count(size, 'character')}"
    if case.shown.startswith("the secret"):  # not even its length is shown
        what = f"{case.shown} is too {'short' if 'min_length' in case.context else 'long'}"
    bounds = span(
        case.context.get("min_length", case.limits.shortest), case.context.get("max_length", case.limits.longest)
    ).replace("from ", "of ")
    return f"{what}.", f"Use a string {bounds} characters."


def _length(case: Case) -> Words:
    unit = "key" if isinstance(case.value, dict) else "item"
    low = case.context.get("min_length", case.limits.shortest)
    high = case.context.get("max_length", case.limits.longest)
    actual = len(case.value or ())
    shape = "map" if unit == "key" else "list"
    what = f"the {shape} is empty" if not actual else f"the {shape} has {_count(actual, unit)}"
    return f"{what}.", f"Give it {span(low, high).removeprefix('from ').removeprefix('of ')} {unit}s."


def _pattern(case: Case) -> Words:
    return mismatch(case.shown, case.spot.marks)


def _list_type(case: Case) -> Words:
    simple = isinstance(case.value, str) and case.shown.startswith('"') and len(case.value) <= SHOWN
    fix = f"Write a list: [{case.shown}]." if simple else "Write a list: [...]."
    return _unexpected("a list", case, fix)


def _map_type(case: Case) -> Words:
    names = list(case.spot.known)[:3]
    more = len(case.spot.known) > len(names)
    fix = (
        f"Write a map with {'keys such as ' if more else ''}{', '.join(names)}."
        if names
        else "Write a map: {KEY: value}."
    )
    return _unexpected("a map", case, fix)


def _literal(case: Case) -> Words:
    allowed = str(case.context.get("expected", "")).replace("'", "")
    return f"{case.shown} is not allowed here.", f"Use {allowed}."


def _bytes_type(case: Case) -> Words:
    return _unexpected("the content of a file", case, "Write {$file: PATH}.")


def _float_type(case: Case) -> Words:
    return f"{case.shown} is not a number.", f"Use a number {span(case.limits.low, case.limits.high)}.".replace(
        " .", "."
    )


def unfit_words(text: str, context: Mapping[str, Any]) -> Words:
    """Word what a fact of the envelope found wrong; a part of a value that is not shown is not shown either.

    Args:
        text: How a message may call the value.
        context: Parameters of the error, from `schemas.forms.unfit`.
    """
    step, known = str(context["step"]), context["known"]
    wrong = str(context["wrong"]).replace("{step}", step if text.startswith('"') else "a part of it")
    return f"{text} {wrong}.", context["fix"] or suggest_word(step, known)


def _unfit(case: Case) -> Words:
    return unfit_words(case.shown, case.context)


WORDINGS: Mapping[str, Callable[[Case], Words]] = {
    UNFIT: _unfit,
    "int_type": _int_type,
    "int_from_float": _int_type,
    "int_parsing": _int_type,
    "float_type": _float_type,
    "bool_type": _bool_type,
    "string_type": _string_type,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _less,
    "greater_than": _less,
    "less_than_equal": _more,
    "less_than": _more,
    "too_short": _length,
    "too_long": _length,
    "list_type": _list_type,
    "dict_type": _map_type,
    "model_type": _map_type,
    "model_attributes_type": _map_type,
    "literal_error": _literal,
    "bytes_type": _bytes_type,
}
"""Words for each type of error that a schema can cause."""
