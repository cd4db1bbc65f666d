"""What limits a value, as marks of its type, in the names that pydantic has for the same.

Pydantic takes eight times as long to import as Python takes to start, and most runs need only to know what a member is.
So the schemas are written with these marks, and `checked` gives them to pydantic when a value is held against them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.records import record


@record(frozen=True)
class StringConstraints:
    """Limits of a text."""

    min_length: int | None = None
    """Least number of characters."""
    max_length: int | None = None
    """Largest number of characters."""
    pattern: str | None = None
    """A regular expression that is searched for in the text."""


@record(frozen=True)
class Field:
    """Limits of a number, or of the length of a list or map."""

    ge: int | None = None
    """Least value."""
    le: int | None = None
    """Largest value."""
    gt: int | None = None
    """What a value must be above."""
    lt: int | None = None
    """What a value must be below."""
    min_length: int | None = None
    """Least number of items."""
    max_length: int | None = None
    """Largest number of items."""


@record(frozen=True)
class BeforeValidator:
    """A check, or a conversion, of a value before its type is looked at."""

    func: Callable[[Any], Any]
    """Returns the value, or raises `Unfit` or ValueError."""


@record(frozen=True)
class AfterValidator:
    """A check, or a conversion, of a value that has the right type."""

    func: Callable[[Any], Any]
    """Returns the value, or raises `Unfit` or ValueError."""


@record(frozen=True)
class Checked:
    """A fact that a function checks before the type, so its message also covers values of another type."""

    def check(self, value: object) -> object:
        """Return the value, or raise `Unfit`."""
        raise NotImplementedError


UNFIT = "unfit"
"""Pydantic's type of the error for a value that does not fit."""


class Unfit(Exception):
    """A value does not fit; the message is made of the context, where it is known what may be shown."""

    def __init__(self, context: dict[str, Any]) -> None:
        super().__init__(context["wrong"])
        self.context = context


NONE_LISTED: Any = ()
"""Default of a list that may be left out, and that null says nothing about."""
