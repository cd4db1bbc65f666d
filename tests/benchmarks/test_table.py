"""The table of the benchmarks, letter by letter, and the figures that it shows."""

from __future__ import annotations

import pstats

import pytest

from benchmarks.builds import Unmeasured
from benchmarks.context import medians
from benchmarks.profiles import shares, table
from benchmarks.rows_growth import exponent, grown
from benchmarks.table import NOTHING, Figure, Row, Target, as_tree, markdown, times

FAST = Target("≤ 2 ×", lambda this, _other: this["ratio"] <= 2)
FASTER = Target("2 fewer", lambda this, other: this["ratio"] <= other["ratio"] - 2)


def row(this: Figure, target: Target = FAST, other: Figure = NOTHING) -> Row:
    return Row("plan", "plan of a pool", this, other, Figure("peer 1.2 3.00 ×", {"peer": 3.0}), target)


def ratio(value: float) -> Figure:
    return Figure(times(value), {"ratio": value})


def test_the_table_letter_by_letter():
    rows = [
        row(ratio(1.5), other=ratio(4.25)),
        row(ratio(2.5)),
        row(Figure("not measured: exit code 1"), other=ratio(12.4)),
        row(ratio(1.5), Target("shown only")),
    ]
    assert markdown(rows) == (
        "| What | This build | Other build | Peer | Target | Met |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| plan of a pool | 1.50 × | 4.25 × | peer 1.2 3.00 × | ≤ 2 × | yes |\n"
        "| plan of a pool | 2.50 × | – | peer 1.2 3.00 × | ≤ 2 × | no |\n"
        "| plan of a pool | not measured: exit code 1 | 12 × | peer 1.2 3.00 × | ≤ 2 × | not measured |\n"
        "| plan of a pool | 1.50 × | – | peer 1.2 3.00 × | shown only | |\n"
    )


@pytest.mark.parametrize(
    ("this", "other", "verdict"),
    [(ratio(1), ratio(3), "yes"), (ratio(2), ratio(3), "no"), (ratio(1), NOTHING, "not measured")],
)
def test_a_target_may_compare_with_the_other_build(this, other, verdict):
    assert row(this, FASTER, other).verdict == verdict


def test_json_has_the_numbers():
    assert as_tree(row(ratio(1.5))) == {
        "row": "plan",
        "what": "plan of a pool",
        "this": {"text": "1.50 ×", "numbers": {"ratio": 1.5}},
        "other": {"text": "–", "numbers": {}},
        "peer": {"text": "peer 1.2 3.00 ×", "numbers": {"peer": 3.0}},
        "target": "≤ 2 ×",
        "met": "yes",
    }


def test_an_exponent_is_the_slope_of_what_is_beyond_the_start():
    assert exponent([300, 3000], [0.3, 3.0]) == pytest.approx(1.0)
    assert exponent([100, 1000, 10_000], [1, 100, 10_000]) == pytest.approx(2.0)
    found = grown({0: 0.5, 300: 0.8, 3000: 3.5}, "10,000 not done after 81 s")
    assert found.text == "0.8 / 3.5 s, exponent 1.00; 10,000 not done after 81 s"


def test_medians_take_turns_and_leave_alone_what_failed():
    order: list[str] = []
    values = iter([3.0, 1.0, 2.0])

    def fails() -> float:
        order.append("b")
        raise Unmeasured("no")

    def works() -> float:
        order.append("a")
        return next(values)

    found = medians({"a": works, "b": fails}, 3)
    assert order == ["a", "b", "a", "a"]
    assert found["a"] == 2.0
    assert str(found["b"]) == "no"


def test_a_profile_shows_the_top_of_both():
    before = {"planning/ordering.py _needs": 0.64, "model.py copy": 0.1}
    now = {"model.py copy": 0.2, "any": 0.3}
    assert table([before, now]) == (
        "| | Before | Now |\n"
        "| --- | --- | --- |\n"
        "| 1 | `planning/ordering.py _needs` 64.0% | `any` 30.0% |\n"
        "| 2 | `model.py copy` 10.0% | `model.py copy` 20.0% |\n"
    )
    assert table([now]).startswith("| | Now |\n| --- | --- |\n| 1 | `any` 30.0% |\n")


def test_waiting_for_a_thread_is_no_work():
    stats = pstats.Stats()
    stats.stats = {
        ("~", 0, "<method 'acquire' of '_thread.lock' objects>"): (1, 1, 8.0, 8.0, {}),
        ("~", 0, "<built-in method builtins.any>"): (1, 1, 1.0, 1.0, {}),
        ("/x/planning/ordering.py", 7, "_needs"): (1, 1, 2.0, 2.0, {}),
        ("/x/planning/ordering.py", 9, "_needs"): (1, 1, 1.0, 1.0, {}),
    }
    assert shares(stats) == {"any": 0.25, "planning/ordering.py _needs": 0.75}
