"""What is decided without pydantic is decided as pydantic does, and what is usual is decided without it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import checked, sure
from schemas.base import ApiModel, Pattern, members, types_of
from schemas.documents import DOCUMENTS
from schemas.forms import DAY, FILLED
from schemas.limits import AfterValidator, BeforeValidator, Field, StringConstraints
from schemas.log_delivery import LogDelivery
from tests.schemas.test_values import FULL, GOOD


def _structures(model: type[ApiModel]) -> list[type[ApiModel]]:
    inner = [m.model for m in members(model).values() if m.model]
    return [model, *(found for one in inner for found in _structures(one))]


STRUCTURES = list(
    dict.fromkeys(found for kind in DOCUMENTS.values() for m in (kind.envelope, kind.model) for found in _structures(m))
)
TEXTS = ["", "a", "ab c", "x" * 25, "eu-west-1", "arn:aws:iam::123456789012:role/r", "2027-06-30", "é", "a\n", "\x1c"]
TEXTS += ["arn:aws:lambda:eu-west-1:123456789012:function:f", "{####} code", "email", "clients/web", "7", "user_pool"]
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 200), st.floats(0, 3), st.sampled_from(TEXTS), st.text(max_size=8)
)


class Odd(ApiModel):
    """Facts in every order."""

    Number: Annotated[int, Field(gt=2, lt=9), BeforeValidator(lambda v: v + 1 if v == 8 else v)] | None = None
    Text: Annotated[str, BeforeValidator(lambda v: str(v) if type(v) is int else v), StringConstraints(min_length=2)]
    Day: Annotated[Any, FILLED, DAY] = None
    Words: Annotated[list[Annotated[str, StringConstraints(max_length=2)]], Field(min_length=1, max_length=2)] = ()
    Level: Annotated[Literal[1, "x"], AfterValidator(lambda v: v)] | None = None
    Union: int | str | None = None
    Count: int | None = None
    Ratio: float | None = None
    Data: dict[Annotated[str, StringConstraints(pattern=Pattern(r"^a+$", "is no a", "Write a."))], bytes] | None = None


SIMPLE = {str: st.sampled_from(TEXTS), int: st.integers(0, 100), bool: st.booleans(), bytes: st.just(b".")}


def _drawn(annotation: Any, draw: Any) -> Any:
    """Draw a value that mostly has the right shape."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if draw(st.integers(0, 9)) == 0:
        return draw(JUNK)
    if origin is list:
        return [_drawn(parts[0], draw) for _ in range(draw(st.integers(0, 2)))]
    if origin is dict:
        return {draw(st.sampled_from(TEXTS)): _drawn(parts[1], draw) for _ in range(draw(st.integers(0, 2)))}
    if parts:
        part = parts[0] if origin is Annotated else draw(st.sampled_from(parts))
        return part if origin is Literal else _drawn(part, draw)
    is_structure = isinstance(annotation, type) and issubclass(annotation, ApiModel)
    return _tree(annotation, draw) if is_structure else draw(SIMPLE.get(annotation, JUNK))


def _tree(model: type[ApiModel], draw: Any) -> dict[str, Any]:
    types = types_of(model)
    names = draw(st.lists(st.sampled_from(sorted(types)), max_size=4, unique=True)) if types else []
    return {name: _drawn(types[name], draw) for name in names}


def decided(model: type[ApiModel], tree: Any) -> Any:
    """Return what pydantic says."""
    try:
        return checked.declared(model, tree)
    except ValidationError:
        return None


def spelled(value: Any) -> str:
    """Spell a value with its types and its order, which == does not look at."""
    return repr(value)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*STRUCTURES, Odd]), st.data())
def test_what_is_sure_is_what_pydantic_says(model: type[ApiModel], data: st.DataObject) -> None:
    tree = _tree(model, data.draw)
    found = sure.valid(model, tree)
    assert found is None or spelled(found) == spelled(decided(model, tree))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {"Text": JUNK},
        optional={
            "Number": JUNK,
            "Day": JUNK,
            "Level": JUNK | st.just("x"),
            "Union": JUNK,
            "Count": JUNK,
            "Ratio": JUNK,
            "Words": st.lists(JUNK, max_size=3),
            "Data": st.dictionaries(st.sampled_from(["a", "aa", "a\n", "b"]), st.just(b"") | JUNK, max_size=2),
        },
    )
)
@example({"Text": 12, "Number": 8})
@example({"Text": "ab", "Number": 2})
@example({"Text": "ab", "Day": "2027-06-31"})
@example({"Text": "ab", "Level": True})
@example({"Text": "ab", "Count": True})
@example({"Text": "ab", "Ratio": 1})
@example({"Number": 3})
@example({"Text": "ab", "Other": 1})
def test_each_fact_is_held_as_pydantic_holds_it(tree: dict[str, Any]) -> None:
    found = sure.valid(Odd, tree)
    assert found is None or spelled(found) == spelled(decided(Odd, tree))


def _patterns() -> list[str]:
    found = {}
    for model in STRUCTURES:
        for member in members(model).values():
            for mark in (*member.marks, *member.item_marks, *member.key_marks):
                if isinstance(mark, StringConstraints) and mark.pattern:
                    found[str(mark.pattern)] = mark.pattern
    return list(found.values())


@pytest.mark.parametrize("pattern", _patterns())
def test_each_pattern_finds_in_ascii_what_the_engine_of_pydantic_finds(pattern: str) -> None:
    marks = (StringConstraints(pattern=pattern),)
    known = [t for t in TEXTS if t.isascii()] + [f"arn:aws:iam::123456789012:role/{chr(c)}" for c in range(128)]
    for text in [*known, *map(chr, range(128)), *(f"a{chr(c)}" for c in range(128)), "Level1", "{##x##}", "-7"]:
        assert sure.is_sure_key(marks, text) == checked.is_key(marks, text), repr(text)


def test_other_alphabets_are_left_to_pydantic() -> None:
    marks = (StringConstraints(pattern=r"^\w+$"),)
    assert not sure.is_sure_key(marks, "é")
    assert sure.is_key(marks, "é")
    assert not sure.is_key(marks, "é!")


@pytest.mark.parametrize("pattern", [r"^a$|b", r"^\p{Lu}$", r"^(a$)?"])
def test_a_pattern_that_engines_may_read_differently_is_left_to_pydantic(pattern: str) -> None:
    assert not sure.is_sure_key((StringConstraints(pattern=pattern),), "a")


def test_what_is_usual_needs_no_pydantic() -> None:
    assert sure.valid(DOCUMENTS["UserPool"].model, FULL) is not None
    doubted = [(model.__name__, tree) for model, tree in GOOD if sure.valid(model, tree) is None]
    assert len(doubted) < len(GOOD) / 4, doubted


def test_a_list_of_different_items_is_decided_without_pydantic():
    one, other = ({"EventSource": source, "LogLevel": "ERROR"} for source in ("userNotification", "userAuthEvents"))
    assert sure.valid(LogDelivery, {"LogConfigurations": [one, other]}) is not None
    assert sure.valid(LogDelivery, {"LogConfigurations": [one, one]}) is None
