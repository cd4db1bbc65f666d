"""Named tuples that cost little to define.

`typing.NamedTuple` compiles the type of each field and a constructor when a class is defined, which takes a quarter of
a millisecond, and a run defines fifty such classes. `NamedTuple` here makes the same classes without either: the types
stay as they are written, and the constructor is compiled when many tuples are made. A type checker sees that of
`typing`.
"""

from __future__ import annotations

import typing
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

OFTEN = 64
"""Tuples of a class after which its constructor is compiled: that costs as much as making so many without."""


class _One(typing.NamedTuple):
    """A named tuple of the standard library."""

    value: Any
    """Any."""


_Getter: Any = type(vars(_One)["value"])
"""Reads one place of a tuple."""


class _Maker(type):
    """Makes a named tuple of each class that is written below `NamedTuple`."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        """Return a subclass of tuple with the annotated fields."""
        names = tuple(body.get("__annotations__", ()))
        defaults = {field: body[field] for field in names if field in body}
        if tuple(defaults) != names[len(names) - len(defaults) :]:
            raise TypeError(f"{name}: a field without a default comes after one that has a default")
        made: dict[str, Any] = {"__slots__": (), "_fields": names, "_field_defaults": defaults, "__match_args__": names}
        made |= {field: _Getter(at, f"Alias for field number {at}") for at, field in enumerate(names)}
        shared = {**SHARED, "__new__": _constructor(names, defaults)}
        own = {member: held for member, held in body.items() if member not in defaults}
        cls: Any = type(name, (tuple, *bases[1:]), {**shared, **own, **made})
        return cls


def _constructor(names: tuple[str, ...], defaults: dict[str, Any]) -> Any:
    """Return a constructor that replaces itself by a compiled one when it is used often, or wrongly."""
    known, count, left = frozenset(names), len(names), OFTEN

    def constructor(cls: Any, *values: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            if not named and len(values) == count:
                return tuple.__new__(cls, values)
            given = {**dict(zip(names, values, strict=False)), **named}
            made = {**defaults, **given}
            if len(given) == len(values) + len(named) and made.keys() == known:
                return tuple.__new__(cls, [made[name] for name in names])
        holder = next(base for base in cls.__mro__ if "_fields" in vars(base))
        holder.__new__ = compiled = _compiled(holder.__qualname__, names, tuple(defaults.values()))
        return compiled(cls, *values, **named)

    return constructor


def _compiled(qualname: str, names: tuple[str, ...], defaults: tuple[Any, ...]) -> Any:
    """Return the constructor that `collections.namedtuple` would write."""
    words = "".join(f"{name}, " for name in names)
    module = compile(f"def __new__(_cls, {words}):\n return _new(_cls, ({words}))", "<named tuple>", "exec")
    code = next(held for held in module.co_consts if isinstance(held, CodeType))
    code = code.replace(co_qualname=f"{qualname}.__new__")
    return FunctionType(code, {"_new": tuple.__new__}, "__new__", defaults)


def _make(cls: Any, values: Any) -> Any:
    """Make a tuple of the values of all fields."""
    made = tuple.__new__(cls, values)
    if len(made) != len(cls._fields):
        raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
    return made


def _replace(self: Any, /, **changes: Any) -> Any:
    """Return the tuple with other values in some fields."""
    made = self._make(map(changes.pop, self._fields, self))
    if changes:
        raise ValueError(f"Got unexpected field names: {list(changes)!r}")
    return made


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
    return f"{type(self).__name__}({shown})"


def _asdict(self: Any) -> dict[str, Any]:
    """Return the values by the names of their fields."""
    return dict(zip(self._fields, self, strict=True))


def _getnewargs(self: Any) -> tuple[Any, ...]:
    return tuple(self)


SHARED: dict[str, Any] = {
    "_make": classmethod(_make),
    "_replace": _replace,
    "__replace__": _replace,
    "__repr__": _repr,
    "_asdict": _asdict,
    "__getnewargs__": _getnewargs,
}
"""What all named tuples have."""

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
