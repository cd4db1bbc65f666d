"""Whatever fields a class has, a record of them does what a data class of the standard library does."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import records
from schemas.records import OFTEN, changing, record


class Drawn(NamedTuple):
    """A field: its name, and what is said of it."""

    name: str
    default: str
    init: bool
    compare: bool
    repr: bool

    def held(self, field: Any) -> dict[str, Any]:
        """What the body of the class has of it."""
        flags = {"init": self.init, "compare": self.compare, "repr": self.repr}
        given = {"value": {"default": 7}, "factory": {"default_factory": list}, "none": {}}[self.default]
        if all(flags.values()) and self.default != "factory":
            return {self.name: given["default"]} if given else {}
        return {self.name: field(**given, **flags)}


NAMES = st.lists(st.sampled_from(["a", "b", "c", "d", "self_", "value", "name"]), unique=True, max_size=5)
ARGUMENTS = st.lists(st.sampled_from([0, 1, 7, "x", None, (1,)]), max_size=6)
NAMED = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "value", "name", "other"]), st.integers(0, 7), max_size=4)


@st.composite
def bodies(draw: st.DrawFn) -> list[Drawn]:
    """Fields in an order that a data class accepts."""
    drawn = [
        Drawn(name, draw(st.sampled_from(["none", "value", "factory"])), *draw(st.tuples(*[st.booleans()] * 3)))
        for name in draw(NAMES)
    ]
    return sorted(drawn, key=lambda field: field.init and field.default != "none")


class Shape(NamedTuple):
    """What both decorators are given."""

    below: list[Drawn]
    own: list[Drawn]
    checked: bool
    options: dict[str, bool]

    def made(self, decorate: Callable[..., Any], field: Any) -> type:
        """Return the class, below another one."""
        return self._one(self.own, decorate, field, self._one(self.below, decorate, field, object))

    def _one(self, fields: list[Drawn], decorate: Callable[..., Any], field: Any, above: type) -> type:
        body: dict[str, Any] = {"__annotations__": {"KIND": "ClassVar[int]", "SORT": ClassVar[int]}, "__doc__": "Doc."}
        body |= {"KIND": 1, "SORT": 2, "__qualname__": "Made", "__module__": __name__}
        for drawn in fields:
            body["__annotations__"][drawn.name] = "Any"
            body |= drawn.held(field)
        if self.checked:
            body["__post_init__"] = lambda self: COUNTED.append(type(self).__name__)
        made: type = decorate(**self.options)(type("Made", (above,), body))
        return made


COUNTED: list[str] = []


def _changing(**_: bool) -> Any:
    return changing


def _standard_changing(**_: bool) -> Any:
    return dataclasses.dataclass


FLAGS = st.fixed_dictionaries({"slots": st.booleans(), "eq": st.just(True), "order": st.booleans()})
SHAPES = st.builds(Shape, bodies(), bodies(), st.booleans(), FLAGS.map(lambda flags: {**flags, "frozen": True}))


def _outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error), str(error)


def _shown(made: Any) -> Any:
    return [(f.name, getattr(made, f.name, "unset")) for f in dataclasses.fields(made)]


def _same(ours: Any, theirs: Any) -> None:
    """Both are refusals in the same words, or objects with the same values and the same look."""
    if isinstance(theirs, tuple):
        assert ours == theirs
        return
    assert _shown(ours) == _shown(theirs)
    assert _outcome(lambda: repr(ours)) == _outcome(lambda: repr(theirs))
    assert _outcome(lambda: hash(ours)) == _outcome(lambda: hash(theirs))
    assert _outcome(lambda: dataclasses.asdict(ours)) == _outcome(lambda: dataclasses.asdict(theirs))
    assert _outcome(lambda: _shown(copy.copy(ours))) == _outcome(lambda: _shown(copy.copy(theirs)))
    _same_change(delattr, ours, theirs)
    _same_change(lambda made, name: setattr(made, name, 1), ours, theirs)


def _same_change(change: Callable[[Any, str], None], ours: Any, theirs: Any) -> None:
    """Both refuse it, or neither; with slots, the standard library refuses foreign names by a mistake of its own."""
    for name in ("a", "other"):
        our, their = _outcome(partial(change, ours, name)), _outcome(partial(change, theirs, name))
        assert our == their or (our and their and their[0] is TypeError)


@settings(deadline=None)  # the machine may be busy
@given(SHAPES, st.sampled_from(["record", "changing"]), st.lists(st.tuples(ARGUMENTS, NAMED), min_size=1, max_size=4))
def test_a_record_is_a_data_class(shape: Shape, kind: str, calls: list[tuple[list[Any], dict[str, Any]]]) -> None:
    decorate, standard = (record, dataclasses.dataclass) if kind == "record" else (_changing, _standard_changing)
    theirs = _outcome(lambda: shape.made(standard, dataclasses.field))
    ours = _outcome(lambda: shape.made(decorate, records.field))
    if isinstance(theirs, tuple):
        assert isinstance(ours, tuple), "a class that dataclasses refuses"
        return
    assert ours.__match_args__ == theirs.__match_args__
    assert _fields(ours) == _fields(theirs)
    for values, named in calls:
        COUNTED.clear()
        their = _outcome(partial(theirs, *values, **named))
        expected = len(COUNTED)
        for _ in range(OFTEN + 2):  # before and after the constructor is compiled
            COUNTED.clear()
            our = _outcome(partial(ours, *values, **named))
            assert len(COUNTED) == expected
        _compare(our, their, (ours, theirs), named)
        _same(our, their)


def _fields(cls: type) -> list[tuple[Any, ...]]:
    found = dataclasses.fields(cls)  # type: ignore[arg-type]
    return [(f.name, f.type, f.default, f.default_factory, f.init, f.repr, f.compare) for f in found]


def _compare(our: Any, their: Any, classes: tuple[Any, Any], named: dict[str, Any]) -> None:
    if isinstance(their, tuple):
        return
    one, two = (_outcome(partial(cls, *[1] * 3)) for cls in classes)
    assert _outcome(lambda: our == one) == _outcome(lambda: their == two)
    assert _outcome(lambda: our < one) == _outcome(lambda: their < two) or isinstance(one, tuple)
    for replace in (records.replace, dataclasses.replace):
        changed, expected = (_outcome(partial(replace, made, **named)) for made in (our, their))
        if isinstance(expected, tuple):
            assert changed == expected
        else:
            assert _shown(changed) == _shown(expected)
