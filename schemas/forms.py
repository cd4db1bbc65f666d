"""Facts about the values of the envelope: each is checked, and has its own message.

A fact is part of the type (`Annotated`), so checks enforce it, the command explains it and the JSON Schema publishes
it, all from the same place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from schemas.base import Pattern
from schemas.limits import AfterValidator, BeforeValidator, Checked, Unfit
from schemas.records import record


def unfit(wrong: str, fix: str = "", *, step: str = "", known: Iterable[str] = ()) -> Unfit:
    """Return the error for a value that does not fit.

    Args:
        wrong: What is wrong, written after the value: `is not a Region code`. `{step}` is replaced.
        fix: What to do, as a sentence; empty to propose one of those that are known.
        step: The part of the value that is at fault; not shown where the value must not be.
        known: Valid values of that part.
    """
    context: dict[str, Any] = {"wrong": wrong, "fix": fix, "step": step, "known": list(known)}
    return Unfit(context)


@record(frozen=True)
class Form(Checked):
    """The format of a text."""

    pattern: Pattern
    """A regular expression that JavaScript and Python read alike, searched for in the text; with its words."""

    def check(self, value: object) -> object:
        """Return the value, or raise `unfit`."""
        if not isinstance(value, str) or not re.search(self.pattern, value) or value.endswith("\n"):
            raise unfit(self.pattern.wrong, self.pattern.fix)
        return value


@record(frozen=True)
class Choice(Checked):
    """One of some names, which are known once the model of the document exists."""

    names: Callable[[], Iterable[str]]
    """Returns the valid names."""
    advice: Callable[[str], tuple[str, str]]
    """Returns what is wrong with another name, and what to do; no advice proposes one of the names."""

    def check(self, value: object) -> object:
        """Return the value, or raise `unfit`."""
        names, name = list(self.names()), value if isinstance(value, str) else ""
        if name not in names:
            wrong, fix = self.advice(name)
            raise unfit(wrong, fix, step=name, known=names)
        return value


@record(frozen=True)
class Example:
    """What to write where a member is missing that must not be."""

    example: str
    """As an author writes it."""


def _day(value: object) -> object:
    """Convert a string like 2027-06-30 to a date; YAML 1.2 has no dates."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif value is None or isinstance(value, date):
        return value
    raise unfit("is not a date", "Write it as YYYY-MM-DD.")


DAY = BeforeValidator(_day)
"""A calendar date, as a text in the manifest."""


def _filled(value: object) -> object:
    if value is None:
        raise unfit("is not a valid value here", "Remove the key, or write a value.")
    return value


FILLED = AfterValidator(_filled)
"""A key that may be left out, but not left empty: null means nothing for it."""
