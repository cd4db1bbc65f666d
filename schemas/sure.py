r"""What is valid beyond doubt, decided without pydantic.

Nearly every value that is checked is valid, and pydantic takes as long to import as all else that `validate` does. So
each value is held against its type and limits here first. A doubt is no mistake: whoever gets `None` asks pydantic
(`checked`), which alone refuses values, and has the errors of which messages are made. What counts as sure is
therefore narrow: exact types, and patterns on ASCII only, where all engines agree on `\w`, `\s` and `\p{L}`.

A property test holds both to the same answers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from schemas.base import ApiModel, types_of
from schemas.limits import AfterValidator, BeforeValidator, Checked, Field, StringConstraints, Unfit

Check = Callable[[Any], Any]
"""Returns a value as the result has it, or raises `DoubtError`."""

SCALARS = (str, int, bool, float, bytes)
"""Types that a value has exactly, or there is a doubt."""

ASCII: Mapping[str, str] = {
    r"\p{L}": "a-zA-Z",
    r"\p{M}": "",
    r"\p{S}": r"$+<=>\^`|~",
    r"\p{N}": "0-9",
    r"\p{P}": r"!\"#%&'()*,\-./:;?@\[\\\]_{}",
    r"\p{Z}": " ",
}
"""Which ASCII characters a class of Unicode has, as a class of a pattern has them."""


class DoubtError(Exception):
    """Pydantic has to decide."""


class ForeignText(str):
    """A text that is not written in the manifest, and what takes its place where it is secret."""

    __slots__ = ("hidden",)
    hidden: Any
    """What the object has in its place."""


def valid(model: type[ApiModel], tree: Any) -> dict[str, Any] | None:
    """Return an object as its author declares it if it is valid beyond doubt: members in the order of the schema.

    Args:
        model: Its schema.
        tree: What was written.

    Returns:
        A copy with the values that the checks of the schema convert; None if pydantic has to decide.
    """
    return SURE.valid(model, tree)


def is_key(marks: tuple[Any, ...], key: str) -> bool:
    """Return whether a text can be a key.

    Args:
        marks: The facts of the keys.
        key: What was written.
    """
    from schemas import checked

    return is_sure_key(marks, key) or checked.is_key(marks, key)


def is_sure_key(marks: tuple[Any, ...], key: str) -> bool:
    """Return whether a text can be a key beyond doubt."""
    try:
        check: Check = is_text
        for mark in marks:
            check = limited(check, mark)
        check(key)
    except DoubtError:
        return False
    return True


class Checks:
    """Makes the check of each type once: a function that takes a value, and returns it as the result has it."""

    def __init__(self) -> None:
        self._structures: dict[type[ApiModel], Check] = {}

    def valid(self, model: type[ApiModel], tree: Any) -> dict[str, Any] | None:
        """Return an object if it passes the check of its schema; None if there is a doubt."""
        try:
            found: dict[str, Any] = self.structure(model)(tree)
        except DoubtError:
            return None
        return found

    def structure(self, model: type[ApiModel]) -> Check:
        """Return the check of a structure; those of its members are made once one of them is written."""
        found = self._structures.get(model)
        if found is None:
            found = self._structures[model] = self._structure(model)
        return found

    def _structure(self, model: type[ApiModel]) -> Check:
        types = types_of(model)
        required = frozenset(name for name in types if not hasattr(model, name))
        made = cache(lambda name: self.member(model, name, types[name]))

        @lru_cache(maxsize=1000)  # authors write the same few members, in the same order
        def ordered(names: tuple[Any, ...]) -> tuple[tuple[str, Check], ...]:
            written = frozenset(names)
            if not (written <= types.keys() and required <= written):
                raise DoubtError
            return tuple((name, made(name)) for name in types if name in written)

        def check(tree: Any) -> dict[str, Any]:
            if type(tree) is not dict:
                raise DoubtError
            return {name: checked(tree[name]) for name, checked in ordered(tuple(tree))}

        return check

    def member(self, model: type[ApiModel], name: str, annotation: Any) -> Check:
        """Return the check of a member of a structure, by its name and its type."""
        del model, name  # they matter to those who know more than types
        return self.of(annotation)

    def of(self, annotation: Any) -> Check:
        """Return the check of a type."""
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            check = self.of(parts[0])
            for mark in parts[1:]:
                check = self.limited(check, mark)
            return check
        if origin in (Union, UnionType):
            return self._optional(parts)
        if origin is Literal:
            return _literal(parts)
        if origin is list:
            return _list(self.of(parts[0]))
        if origin is dict:
            return _map(*map(self.of, parts))
        return self._held(annotation)

    def limited(self, check: Check, mark: Any) -> Check:
        """Return a check with one more fact."""
        return limited(check, mark)

    def _held(self, annotation: Any) -> Check:
        """Return the check of a structure or a scalar."""
        if annotation is Any or annotation is object:
            return self.free
        if annotation is str:
            return is_text
        if isinstance(annotation, type) and issubclass(annotation, ApiModel):
            return self.structure(annotation)
        return _exact(annotation) if isinstance(annotation, type) else _never

    def free(self, value: Any) -> Any:
        """Check what may be anything."""
        return value

    def _optional(self, parts: tuple[Any, ...]) -> Check:
        rest = [part for part in parts if part is not NoneType]
        if len(rest) != 1 or len(rest) == len(parts):
            return _never
        inner = self.of(rest[0])
        return lambda value: None if value is None else inner(value)


SURE = Checks()
"""The checks that hold a value against the schema, and no more."""


def _never(_value: Any) -> Any:
    raise DoubtError


def is_text(value: Any) -> Any:
    """Check that a value is a text, written in the manifest or not."""
    if type(value) is str:
        return value
    if type(value) is ForeignText:
        return str(value)
    raise DoubtError


def _exact(kind: type) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise DoubtError
        return value

    return check


def _literal(parts: tuple[Any, ...]) -> Check:
    allowed = frozenset((type(part), part) for part in parts)

    def check(value: Any) -> Any:
        try:
            known = (type(value), value) in allowed
        except TypeError:  # a list or a map
            known = False
        if not known:
            raise DoubtError
        return value

    return check


def _list(item: Check) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not list:
            raise DoubtError
        return [item(v) for v in value]

    return check


def _map(key: Check, item: Check) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not dict:
            raise DoubtError
        return {key(k): item(v) for k, v in value.items()}

    return check


# --- limits --------------------------------------------------------------------------------------------------------


def limited(check: Check, mark: Any) -> Check:
    """Return a check with one more fact; facts that limit nothing change nothing."""
    if isinstance(mark, Checked):
        return _before(check, mark.check)
    if isinstance(mark, BeforeValidator):
        return _before(check, mark.func)
    if isinstance(mark, AfterValidator):
        return lambda value: _called(mark.func, check(value))
    if isinstance(mark, StringConstraints):
        return _text(check, mark)
    return _sized(check, mark) if isinstance(mark, Field) else check


def _before(check: Check, convert: Callable[[Any], Any]) -> Check:
    return lambda value: check(_called(convert, value))


def _called(function: Callable[[Any], Any], value: Any) -> Any:
    """Call a check of a schema. Those of items look at what pydantic makes, and fail here."""
    try:
        return function(value)
    except (Unfit, ValueError, AttributeError):
        raise DoubtError from None


def _text(check: Check, limits: StringConstraints) -> Check:
    low, high = limits.min_length or 0, sys.maxsize if limits.max_length is None else limits.max_length
    meets = _matcher(limits.pattern) if limits.pattern else None
    plain = check is is_text

    def limited(value: Any) -> Any:
        if not (plain and type(value) is str):
            value = check(value)
        if type(value) is not str or not low <= len(value) <= high:
            raise DoubtError
        if meets and not (value.isascii() and meets(value)):
            raise DoubtError
        return value

    return limited


def _sized(check: Check, limits: Field) -> Check:
    shortest = limits.min_length or 0
    longest = sys.maxsize if limits.max_length is None else limits.max_length
    sized = limits.min_length is not None or limits.max_length is not None
    least, most, above, below = limits.ge, limits.le, limits.gt, limits.lt

    def limited(value: Any) -> Any:
        value = check(value)
        if sized and not shortest <= len(value) <= longest:
            raise DoubtError
        if not ((least is None or value >= least) and (most is None or value <= most)):
            raise DoubtError
        if not ((above is None or value > above) and (below is None or value < below)):
            raise DoubtError
        return value

    return limited


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    r"""Return the search for a pattern in ASCII text; Rust's `$` is the end, where Python's may be before a newline."""
    for theirs, ours in ASCII.items():
        pattern = pattern.replace(theirs, ours)
    ends = pattern.endswith("$") and not pattern.endswith(r"\$")
    plain = pattern[:-1] + r"\Z" if ends else pattern
    if "$" in re.sub(r"\[[^\]]*\]|\\.", "", plain) or r"\p" in plain:
        return _never
    return re.compile(plain, re.ASCII).search
