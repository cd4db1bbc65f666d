"""Data classes that cost little to define.

`dataclasses` writes six methods for each class and compiles them when the class is defined, which takes half a
millisecond, and importing it takes as long as a third of Python's own start. A run defines two hundred such classes
and makes a few objects of some dozens, so this was a third of its start. `record` is `dataclass` for frozen classes,
and differs in when that is done: the other methods are shared functions, the constructor is compiled when many
objects are made, and `dataclasses` is imported when the fields of a record are read through it. Everything that reads
data classes (`replace`, `fields`, `asdict`, pattern matching, pickle) works as usual, and a type checker sees
`dataclass` itself.
"""

from __future__ import annotations

import operator
import sys
from types import CodeType, FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

__all__ = ["changing", "field", "record", "replace"]

OFTEN = 40
"""Objects of a class after which its constructor is compiled: that costs as much as making so many without."""

NOTHING: Any = object()
"""What a field without a default has in its place."""

FACTORY: Any = object()
"""What takes the place of an argument that was not given and that a function makes."""

PSEUDO: tuple[str, ...] = ("ClassVar", "typing.ClassVar")
OF_CLASS: Any = ClassVar
"""How the types of what is no field begin, and what they are once they are evaluated."""


class Own:
    """What a class says of one field, in the words of `dataclasses.field`."""

    __slots__ = ("compare", "default", "factory", "init", "repr")

    def __init__(self, *, default: Any = NOTHING, default_factory: Any = NOTHING, **flags: bool) -> None:
        self.default = default
        self.factory = default_factory
        self.init = flags.pop("init", True)
        self.compare = flags.pop("compare", True)
        self.repr = flags.pop("repr", True)
        if flags:
            raise TypeError(f"a field of a record has no {', '.join(flags)}")

    @property
    def needed(self) -> bool:
        """Whether an object cannot be made without a value for it."""
        return self.init and self.default is NOTHING and self.factory is NOTHING


PLAIN = Own()
"""A field of which nothing is said but its type."""

if TYPE_CHECKING:
    from dataclasses import dataclass as changing
    from dataclasses import dataclass as record
    from dataclasses import field, replace
else:
    field = Own

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
            own = _own(plain)
            fields = {**_inherited(plain), **own}
            _check(plain, fields)
            methods = _methods(plain, fields, eq=eq, order=order, slots=slots)
            made = _slotted(plain, own, methods) if slots else _open(plain, own, methods)
            _bind(made, _constructor(made, fields, slots=slots), **_frozen(made, fields))
            return made

        return decorated

    def changing(plain: type) -> type:
        """Make a class a data class whose objects change: they stay within one stage, or are the run itself."""
        own = _own(plain)
        fields = {**_inherited(plain), **own}
        _check(plain, fields)
        made = _open(plain, own, _methods(plain, fields, eq=True, order=False, slots=False) | {"__hash__": None})
        _bind(made, _constructor(made, fields, slots=False))
        return made

    def replace(made: Any, /, **changes: Any) -> Any:
        """Return the object with other values in some fields, as `dataclasses.replace` does."""
        cls = type(made)
        names, values = _REPLACED.get(cls) or _REPLACED.setdefault(cls, _replaced(cls))
        if not names:
            import dataclasses

            return dataclasses.replace(made, **changes)
        return cls(**{**dict(zip(names, values(made), strict=True)), **changes})


_REPLACED: dict[type, tuple[tuple[str, ...], Any]] = {}
"""Class → the fields that its constructor takes, if that is all of them, and a function that returns their values."""


def _replaced(cls: type) -> tuple[tuple[str, ...], Any]:
    fields = vars(cls).get("__record__", {})
    names = tuple(fields) if all(own.init for own in fields.values()) else ()
    return names, _values(list(names))


def _own(plain: type) -> dict[str, Own]:
    """Return the fields that a class itself declares."""
    found = {}
    for name, held in plain.__annotations__.items():
        if not (held.startswith(PSEUDO) if isinstance(held, str) else get_origin(held) is OF_CLASS):
            given = getattr(plain, name, NOTHING)  # also that of a class above, as `dataclasses` has it
            found[name] = PLAIN if given is NOTHING or isinstance(given, MemberDescriptorType) else _said(given)
    return found


def _said(given: Any) -> Own:
    """Return what a class says of a field: in full, in full in the words of `dataclasses`, or only its default."""
    if isinstance(given, Own):
        return given
    known = sys.modules.get("dataclasses")
    if not known or not isinstance(given, known.Field):
        return Own(default=given)
    words = {"default": given.default, "default_factory": given.default_factory}
    words = {word: value for word, value in words.items() if value is not known.MISSING}
    return Own(init=given.init, repr=given.repr, compare=given.compare, **words)


def _inherited(plain: type) -> dict[str, Own]:
    found: dict[str, Own] = {}
    for base in reversed(plain.__mro__[1:]):
        found |= vars(base).get("__record__", {})
    return found


def _check(plain: type, fields: dict[str, Own]) -> None:
    """Refuse what `dataclasses` refuses: a needed field behind others, and a default that objects would share."""
    optional = ""
    for name, own in fields.items():
        if optional and own.needed:
            raise TypeError(f"{plain.__name__}: the field {name} is needed, and comes after {optional}, which is not")
        if own.default is not NOTHING and own.default.__class__.__hash__ is None:
            raise ValueError(f"{plain.__name__}: all objects would share the default of {name}")
        optional = optional or ("" if own.needed or not own.init else name)


def _slotted(plain: type, own: dict[str, Own], methods: dict[str, Any]) -> type:
    """Return the class once more with slots, as only a new class can have them."""
    above = {name for base in plain.__mro__[1:] for name in vars(base).get("__slots__", ())}
    body = {name: held for name, held in vars(plain).items() if name not in {*own, "__dict__", "__weakref__"}}
    body |= {"__slots__": tuple(name for name in own if name not in above), "__qualname__": plain.__qualname__}
    return type(plain)(plain.__name__, plain.__bases__, {**body, **methods})


def _open(plain: type, own: dict[str, Own], methods: dict[str, Any]) -> type:
    for name, said in own.items():
        if said.default is not NOTHING:
            setattr(plain, name, said.default)
        elif name in vars(plain):
            delattr(plain, name)
    for name, method in methods.items():
        setattr(plain, name, method)
    return plain


def _methods(plain: type, fields: dict[str, Own], *, eq: bool, order: bool, slots: bool) -> dict[str, Any]:
    """Return the methods that a class does not define itself."""
    compared = _values([name for name, own in fields.items() if own.compare])
    named = tuple(name for name, own in fields.items() if own.init)
    methods: dict[str, Any] = {"__record__": fields, "__repr__": _repr, "__match_args__": named}
    if eq:
        methods |= {"__eq__": _equality(compared), "__hash__": lambda self: hash(compared(self))}
    if order:
        methods |= _orders(compared)
    if slots:
        methods |= {"__getstate__": _state, "__setstate__": _restored}
    if slots or _is_below_slots(plain):  # what a record above has would leave out fields
        methods["__reduce__"] = _reduction(plain, fields)
    if sys.version_info >= (3, 13):
        methods["__replace__"] = replace
    said = vars(plain)
    return {n: method for n, method in methods.items() if n not in said or (n == "__hash__" and said[n] is None)}


def _bind(cls: type, constructor: Any, **guards: Any) -> None:
    """Give a class what has to know it."""
    for name, method in {"__init__": constructor, **guards}.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    for name in LATER:
        setattr(cls, name, _Later(cls, name, frozen=bool(guards)))


def _values(names: list[str]) -> Any:
    """Return a function that returns the values of some fields as a tuple."""
    if len(names) > 1:
        return operator.attrgetter(*names)
    return (lambda self: (getattr(self, names[0]),)) if names else (lambda _: ())


# --- making objects ------------------------------------------------------------------------------------------------


def _constructor(cls: type, fields: dict[str, Own], *, slots: bool) -> Any:
    """Return a constructor that replaces itself by a compiled one when it is used often, or wrongly."""
    names, known = tuple(fields), fields.keys()
    factories = {name: own.factory for name, own in fields.items() if own.factory is not NOTHING}
    defaults = {name: FACTORY if name in factories else own.default for name, own in fields.items() if not own.needed}
    checked = hasattr(cls, "__post_init__")
    assign = object.__setattr__
    left = OFTEN if all(own.init for own in fields.values()) else 0

    def constructor(self: Any, *values: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        given = {**dict(zip(names, values, strict=False)), **named}
        made = {**defaults, **given}
        if left < 0 or len(given) != len(values) + len(named) or made.keys() != known:
            compiled = _compiled(cls, fields, slots=slots)
            type.__setattr__(cls, "__init__", compiled)
            compiled(self, *values, **named)
            return
        for name in names:
            value = made[name]
            assign(self, name, factories[name]() if value is FACTORY else value)
        if checked:
            self.__post_init__()

    return constructor


def _compiled(cls: type, fields: dict[str, Own], *, slots: bool) -> Any:
    """Return the constructor that `dataclasses` would write, with what assigns at once in place of `__setattr__`."""
    known: dict[str, Any] = {"_FACTORY": FACTORY, "__name__": cls.__module__}
    defaults, lines = [], []
    for at, (name, own) in enumerate(fields.items()):
        made, held = own.factory is not NOTHING, getattr(cls, name, None)
        known |= {f"_default{at}": own.default, f"_make{at}": own.factory}
        value = f"{f'_make{at}() if {name} is _FACTORY else ' if made else ''}{name}"
        if own.init:
            defaults += [FACTORY] if made else [own.default] if own.default is not NOTHING else []
        elif made or (slots and own.default is not NOTHING):
            value = f"_make{at}()" if made else f"_default{at}"
        else:
            continue
        if isinstance(held, MemberDescriptorType):
            known[f"_set{at}"] = held.__set__
            lines.append(f"_set{at}(self, {value})")
        else:
            lines.append(f"_own[{name!r}] = {value}")
    lines = ["_own = self.__dict__"] * any(line.startswith("_own") for line in lines) + lines
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    words = ", ".join(["self", *(name for name, own in fields.items() if own.init)])
    module = compile("\n ".join([f"def __init__({words}):", *lines, "return"]), "<record>", "exec")
    code = next(held for held in module.co_consts if isinstance(held, CodeType))
    code = code.replace(co_qualname=f"{cls.__qualname__}.__init__")
    compiled = FunctionType(code, known, "__init__", tuple(defaults))
    compiled.__module__ = cls.__module__
    return compiled


# --- the other methods ---------------------------------------------------------------------------------------------


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, own in self.__record__.items() if own.repr)
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


def _frozen(cls: type, fields: dict[str, Own]) -> dict[str, Any]:
    def refuse(self: Any, name: str, what: str) -> None:
        if type(self) is cls or name in fields:
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot {what} field {name!r}")

    def assign(self: Any, name: str, value: Any) -> None:
        refuse(self, name, "assign to")
        object.__setattr__(self, name, value)

    def delete(self: Any, name: str) -> None:
        refuse(self, name, "delete")
        object.__delattr__(self, name)

    return {"__setattr__": assign, "__delattr__": delete}


def _is_below_slots(plain: type) -> bool:
    return any({"__record__", "__reduce__"} <= vars(base).keys() for base in plain.__mro__[1:])


def _reduction(plain: type, fields: dict[str, Own]) -> Any:
    """Return how pickle takes an object: as a call of its constructor, if that takes all fields and does no more."""
    if hasattr(plain, "__post_init__") or not all(own.init for own in fields.values()):
        return object.__reduce__  # then by its state
    values = _values(list(fields))
    return lambda self: (type(self), values(self))


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__record__]


def _restored(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__record__, state, strict=True):
        object.__setattr__(self, name, value)


# --- for dataclasses -----------------------------------------------------------------------------------------------


LATER = ("__dataclass_fields__", "__dataclass_params__")
"""What `dataclasses` keeps of a class."""


class _Later:
    """An attribute of a class that is made when it is first read."""

    def __init__(self, cls: type, name: str, *, frozen: bool) -> None:
        self.cls = cls
        self.name = name
        self.frozen = frozen

    def __get__(self, _made: object, _holder: type | None = None) -> Any:
        twin = _twin(self.cls, frozen=self.frozen)
        above: dict[str, Any] = {}
        for base in reversed(self.cls.__mro__[1:]):
            above |= getattr(base, LATER[0], {})
        setattr(self.cls, LATER[0], above | getattr(twin, LATER[0]))
        setattr(self.cls, LATER[1], getattr(twin, LATER[1]))
        return getattr(self.cls, self.name)


def _twin(cls: type, *, frozen: bool) -> type:
    """Return a data class with the fields that a record declares itself."""
    import dataclasses

    body = {name: getattr(cls, name) for name in ("__annotations__", "__doc__", "__module__")}
    for name, own in vars(cls)["__record__"].items():
        if name in cls.__annotations__:
            given = {"default": own.default, "default_factory": own.factory}
            given = {word: value for word, value in given.items() if value is not NOTHING}
            body[name] = dataclasses.field(init=own.init, repr=own.repr, compare=own.compare, **given)
    return dataclasses.dataclass(init=False, repr=False, eq=False, frozen=frozen)(type(cls.__name__, (), body))
