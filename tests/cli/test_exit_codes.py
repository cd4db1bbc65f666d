"""Exit codes: one table, and one order in which any of them has a worst."""

from __future__ import annotations

import re
from itertools import permutations, product
from pathlib import Path

import pytest

from reconciler.cli import entry
from reconciler.errors import MEANING, SEVERITY, ExitCode, exit_word, worst

DOCS = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text(encoding="utf-8")


def test_every_code_has_one_place_in_the_order():
    assert len(SEVERITY) == len(ExitCode)
    assert set(SEVERITY) == set(ExitCode) == set(MEANING)


@pytest.mark.parametrize(("one", "other"), [*product(ExitCode, repeat=2)])
def test_of_two_codes_one_is_the_worst(one, other):
    found = worst([one, other])
    assert found in (one, other)
    assert found is worst([other, one])
    assert (found is one) == (SEVERITY.index(one) <= SEVERITY.index(other))


def test_three_codes_have_a_worst_whatever_their_order_and_grouping():
    for codes in product(ExitCode, repeat=3):
        one, two, three = codes
        found = worst(codes)
        assert {worst(order) for order in permutations(codes)} == {found}
        assert worst([worst([one, two]), three]) is worst([one, worst([two, three])]) is found


def test_no_code_at_all_is_ok_and_plain_numbers_will_do():
    assert worst([]) is ExitCode.OK
    assert worst([0, 2, 7]) is ExitCode.INCOMPLETE
    with pytest.raises(ValueError, match="42"):
        worst([42])


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((6, 1), 6),  # something was written: that outweighs why it failed
        ((6, 5), 6),
        ((130, 6), 130),
        ((143, 130), 143),
        ((3, 1), 3),
        ((4, 1), 4),
        ((5, 1), 5),
        ((1, 2), 1),  # a notification that was not delivered, and drift
        ((7, 2), 7),  # the changes of a plan may not be all of them
        ((7, 1), 1),
        ((7, 0), 7),
    ],
)
def test_results_that_pipelines_rely_on(codes, expected):
    assert worst(codes) == expected


def test_help_has_the_meanings():
    lines = [f"  {int(code):<10}{code.meaning}\n" for code in ExitCode if code < ExitCode.INTERRUPTED]
    last = f"  {'130, 143':<10}{ExitCode.INTERRUPTED.meaning}\n"
    assert "".join(lines) + last == entry.EXITS
    assert ExitCode.INTERRUPTED.meaning == ExitCode.TERMINATED.meaning
    assert entry.OK == ExitCode.OK


def test_docs_have_every_code_and_the_order():
    named = re.findall(r"^\| ([\d, ]+) \| (\w+(?:, \w+)*) \|", DOCS.partition("## Which code wins")[0], re.MULTILINE)
    pairs = {int(c): w for codes, words in named for c, w in zip(codes.split(", "), words.split(", "), strict=True)}
    assert pairs == {int(code): code.word for code in ExitCode}
    order = re.findall(r"^\| \d+ \| (\d+) (\w+) \|", DOCS.partition("## Which code wins")[2], re.MULTILINE)
    assert [(int(number), word) for number, word in order] == [(int(code), code.word) for code in SEVERITY]


def test_a_number_of_somebody_else_is_an_error():
    assert exit_word(77) == "error"
