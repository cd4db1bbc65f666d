"""What may not get worse does not: the count of escape hatches, and the tool that compares it."""

from __future__ import annotations

import pytest

from tools.floors import (
    PACKAGES,
    ROOT,
    Floors,
    count,
    coverage_problem,
    hatch_problems,
    may_rise,
    sources,
)

FLOORS = Floors.read()


def test_there_are_no_more_escape_hatches_than_before_and_the_ceiling_is_what_there_is() -> None:
    assert [*hatch_problems(count(sources()), FLOORS)] == []


def test_there_is_a_floor_for_coverage() -> None:
    assert FLOORS.branch_coverage > 50


def test_every_package_is_counted() -> None:
    assert {package for package in PACKAGES if (ROOT / package / "__init__.py").exists()} == set(PACKAGES)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x = 1  # noqa: E731", "noqa"),
        ("# ruff: noqa", "noqa"),
        ("x = f()  # type: ignore[arg-type]", "type: ignore"),
        ("if x:  # pragma: no cover\n    pass", "pragma: no cover"),
        ("y = cast(int, x)", "cast"),
        ("y = typing.cast('int', x)", "cast"),
    ],
)
def test_an_escape_hatch_is_counted(text: str, kind: str) -> None:
    assert {found: number for found, number in count([text]).items() if number} == {kind: 1}


def test_several_in_one_line_are_several() -> None:
    assert count(["x = cast(int, y)  # type: ignore[misc]  # noqa: S101"]) == {
        "noqa": 1,
        "type: ignore": 1,
        "pragma: no cover": 0,
        "cast": 1,
    }


def test_words_in_a_text_do_not_count() -> None:
    assert set(count(['x = "# noqa and cast("', "forecast(3)", "cast = 3"]).values()) == {0}


def test_more_is_wrong_and_fewer_lowers_the_ceiling() -> None:
    floors = Floors(90, {"noqa": 2})
    assert [*hatch_problems({"noqa": 2}, floors)] == []
    assert [*hatch_problems({"noqa": 3}, floors)] == [
        "3 x noqa, of which 2 are allowed. Solve it without, or remove another one."
    ]
    assert [*hatch_problems({"noqa": 1}, floors)] == [
        "1 x noqa, and the ceiling is 2. Lower it: python -m tools.floors --write"
    ]


def test_coverage_may_not_fall() -> None:
    floors = Floors(90, {})
    assert coverage_problem(90.0, floors) == ""
    assert coverage_problem(89.99, floors).startswith("Branch coverage is 89.99 %, and the floor is 90 %.")
    assert (may_rise(90.4, floors), may_rise(90.5, floors)) == (False, True)


def test_what_is_written_is_read(tmp_path) -> None:
    Floors(87.5, {"noqa": 3}).write(tmp_path / "floors.json")
    assert Floors.read(tmp_path / "floors.json") == Floors(87.5, {"noqa": 3})
