"""A record is a data class: each law is held against what `dataclasses` makes of the same fields."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from schemas.records import record


@record(frozen=True, slots=True, order=True)
class Slotted:
    """With slots."""

    name: str
    number: int = 3
    seen: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    KIND: ClassVar[str] = "kind"


@dataclass(frozen=True, slots=True, order=True)
class SlottedTwin:
    """The same of the standard library."""

    name: str
    number: int = 3
    seen: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    KIND: ClassVar[str] = "kind"


@record(frozen=True)
class Open:
    """Without slots, and checked when it is made."""

    name: str
    parts: tuple[str, ...] = ()
    made: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


@record(frozen=True, slots=True)
class Checked(Slotted):
    """With slots, below a record with slots, and checked; one field is not given."""

    left: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("below zero")


@record(frozen=True)
class Opened(Slotted):
    """Without slots, below a record with slots."""

    more: int = 0


@record(frozen=True)
class OpenedAndChecked(Slotted):
    """The same, and checked."""

    more: int = 0

    def __post_init__(self) -> None:
        if self.more < 0:
            raise ValueError("below zero")


@record(frozen=True)
class Below(Open):
    """A record below a record."""

    more: int = 0


@record(frozen=True, eq=False)
class Alone:
    """Equal to itself only."""

    value: Any


@record(frozen=True)
class Named:
    """With a representation of its own."""

    value: int

    def __repr__(self) -> str:
        return "named"


def test_a_constructor_takes_what_that_of_a_data_class_takes() -> None:
    assert Slotted("a") == Slotted(name="a", number=3, seen={})
    assert dataclasses.astuple(Slotted("a", 4, {"x": 1})) == dataclasses.astuple(SlottedTwin("a", 4, {"x": 1}))
    assert Slotted("a").seen is not Slotted("a").seen
    for wrong in ((), ("a", 1, {}, 2)):
        with pytest.raises(TypeError, match=r"Slotted|__init__"):
            Slotted(*wrong)
    with pytest.raises(TypeError, match="other"):
        Slotted("a", other=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="made"):
        Open("a", made=True)  # type: ignore[call-arg]


def test_post_init_runs_for_each_object() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="no name"):
            Open("")
    assert Below("a", more=2) == Below("a", (), 2)


def test_equality_hash_and_order_look_at_the_compared_fields_of_one_class() -> None:
    assert Slotted("a", seen={"x": 1}) == Slotted("a")
    assert Slotted("a") != Slotted("a", 4)
    assert Slotted("a") != SlottedTwin("a")
    assert Open("a") != Below("a")
    assert len({Slotted("a"), Slotted("a"), Slotted("b")}) == 2
    assert len({Open("a"), Open("a", ("b",))}) == 2
    assert sorted([Slotted("b"), Slotted("a", 9), Slotted("a")]) == [Slotted("a"), Slotted("a", 9), Slotted("b")]
    assert Slotted("a") <= Slotted("a")
    assert not Slotted("a") > Slotted("a")
    with pytest.raises(TypeError):
        _ = Slotted("a") < 3  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Open("a") < Open("b")  # type: ignore[operator]
    one = Alone([])
    assert one == one  # noqa: PLR0124 - the law
    assert Alone(1) != Alone(1)
    assert len({Alone([]), Alone([])}) == 2


@pytest.mark.parametrize("made", [Slotted("a"), Open("a"), Below("a"), Alone(1)])
def test_an_object_is_frozen(made: Any) -> None:
    name = dataclasses.fields(made)[0].name
    for change in (lambda: setattr(made, name, 1), lambda: setattr(made, "other", 1), lambda: delattr(made, name)):
        with pytest.raises((dataclasses.FrozenInstanceError, AttributeError)):
            change()


def test_what_reads_data_classes_reads_records() -> None:
    made = Slotted("a", 4, {"x": 1})
    assert dataclasses.is_dataclass(made)
    assert dataclasses.replace(made, number=5) == Slotted("a", 5)
    assert dataclasses.asdict(made) == {"name": "a", "number": 4, "seen": {"x": 1}}
    assert [f.name for f in dataclasses.fields(Below)] == ["name", "parts", "made", "more"]
    assert Slotted.__match_args__ == SlottedTwin.__match_args__
    assert not hasattr(made, "__dict__")
    match made:
        case Slotted(name, number):
            assert (name, number) == ("a", 4)


@pytest.mark.parametrize(
    "made",
    [
        Slotted("a", 4, {"x": 1}),
        Open("a", ("b",)),
        Below("a", more=1),
        Checked("a", 4, {"x": 1}),
        Opened("a", 4, {"x": 1}, 5),
        OpenedAndChecked("a", 4, {"x": 1}, 5),
    ],
    ids=lambda made: type(made).__name__,
)
def test_an_object_is_copied_and_pickled(made: Any) -> None:
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 - our own
        assert other == made
        assert dataclasses.asdict(other) == dataclasses.asdict(made)


def test_a_representation_shows_what_that_of_a_data_class_shows() -> None:
    assert repr(Slotted("a")) == repr(SlottedTwin("a")).replace("Twin", "")
    assert repr(Below("a")) == "Below(name='a', parts=(), made=False, more=0)"
    assert repr(Named(1)) == "named"


def test_a_record_that_is_not_frozen_is_refused() -> None:
    with pytest.raises(TypeError, match="frozen"):
        record(frozen=False)


def test_nothing_is_compiled_or_imported_until_there_is_much_to_make_or_somebody_reads_fields() -> None:
    code = (
        "import sys\n"
        "from schemas.records import OFTEN, field, record\n"
        "compiled = []\n"
        "sys.addaudithook(lambda event, found: compiled.append(found[1]) if event == 'compile' else None)\n"
        "@record(frozen=True, slots=True)\n"
        "class One:\n"
        "    'One.'\n"
        "    name: str\n"
        "    more: dict = field(default_factory=dict)\n"
        "made = [One('a') for _ in range(OFTEN)]\n"
        "print(len(compiled), 'dataclasses' in sys.modules)\n"
        "print(One('a') == made[0], len(compiled), 'dataclasses' in sys.modules)\n"
        "print([f.name for f in __import__('dataclasses').fields(One)])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "0 False\nTrue 1 False\n['name', 'more']\n"
