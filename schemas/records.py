"""Data classes that cost little to define.

`dataclasses` writes six methods for each class and compiles them when the class is defined, which takes half a
millisecond. A run defines two hundred such classes and makes objects of a few dozen, so this was a quarter of its
start. `record` is `dataclass` for frozen classes, and differs in when that is done: the constructor is compiled when
the first object is made, and the other methods are shared functions. Everything that reads data classes (`replace`,
`fields`, `asdict`, pattern matching, pickle) works as usual, and a type checker sees `dataclass` itself.
"""

from __future__ import annotations

import dataclasses
import operator
from typing import TYPE_CHECKING, Any

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, slots: bool = False, eq: bool = True, order: bool = False) -> Any:
        """Return a decorator that makes a class a data class.

        Args:
            frozen: True, in the words of `dataclass`: no other data is passed between stages.
            slots: Whether its objects have no `__dict__`.
            eq: Whether objects are equal when their fields are; otherwise each equals itself only.
            order: Whether objects are ordered by their fields.
        """
        if not frozen:
            raise TypeError("a record is frozen")

        def decorated(plain: type) -> type:
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(plain)
            _complete(made, eq=eq, order=order, slots=slots)
            return made

        return decorated


def _complete(cls: type, *, eq: bool, order: bool, slots: bool) -> None:
    """Give a class the methods that it does not define itself."""
    compared = _values([f.name for f in dataclasses.fields(cls) if f.compare])
    methods: dict[str, Any] = {"__init__": _constructor(cls), "__repr__": _repr, **_frozen(cls)}
    if eq:
        methods |= {"__eq__": _equality(compared), "__hash__": lambda self: hash(compared(self))}
    if order:
        methods |= _orders(compared)
    if slots:
        methods |= {"__getstate__": _state, "__setstate__": _restored}
    for name, method in methods.items():
        if name not in vars(cls) or (name == "__hash__" and vars(cls)[name] is None):
            setattr(cls, name, method)


def _values(names: list[str]) -> Any:
    """Return a function that returns the values of some fields as a tuple."""
    if len(names) > 1:
        return operator.attrgetter(*names)
    return (lambda self: (getattr(self, names[0]),)) if names else (lambda _: ())


def _constructor(cls: type) -> Any:
    """Return a constructor that replaces itself by the compiled one, as soon as there is an object to make."""

    def constructor(self: Any, *values: Any, **named: Any) -> None:
        compiled = _compiled(cls)
        type.__setattr__(cls, "__init__", compiled)
        compiled(self, *values, **named)

    return constructor


def _compiled(cls: type) -> Any:
    """Return the constructor that `dataclasses` writes: that of another class with the same fields."""
    body: dict[str, Any] = {"__annotations__": {}, "__doc__": cls.__doc__, "__qualname__": cls.__qualname__}
    for own in dataclasses.fields(cls):
        given: dict[str, Any] = {"default": own.default, "default_factory": own.default_factory}
        body["__annotations__"][own.name] = object
        body[own.name] = dataclasses.field(init=own.init, kw_only=own.kw_only, **given)
    if hasattr(cls, "__post_init__"):
        body["__post_init__"] = cls.__post_init__
    twin: Any = dataclasses.dataclass(frozen=True, repr=False, eq=False)(type(cls.__name__, (), body))
    return twin.__init__


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _equality(values: Any) -> Any:
    def equals(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _orders(values: Any) -> dict[str, Any]:
    def ordered(compare: Any) -> Any:
        def method(self: Any, other: object) -> Any:
            return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        return method

    return {f"__{name}__": ordered(getattr(operator, name)) for name in ("lt", "le", "gt", "ge")}


def _frozen(cls: type) -> dict[str, Any]:
    names = frozenset(f.name for f in dataclasses.fields(cls))

    def refuse(self: Any, name: str, what: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot {what} field {name!r}")

    def assign(self: Any, name: str, value: Any) -> None:
        refuse(self, name, "assign to")
        object.__setattr__(self, name, value)

    def delete(self: Any, name: str) -> None:
        refuse(self, name, "delete")
        object.__delattr__(self, name)

    return {"__setattr__": assign, "__delattr__": delete}


def _state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in dataclasses.fields(self)]


def _restored(self: Any, state: list[Any]) -> None:
    for own, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, own.name, value)
