"""A sample of the matrix: each fault once in an apply and once in a read. `make test-long` runs all of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest

from tests.faults.faults import BY_NAME, FAULTS
from tests.faults.laws import SAME, Cell, Judge, cells
from tests.faults.layer import Layer
from tests.faults.open import OPEN
from tests.faults.page import PAGE, RUNS, page, stored
from tests.faults.runs import Bench

WRITING, READING = ("create", "change", "prune"), ("plan", "drift", "export")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Bench() as bench:
        yield Judge(bench)


SAMPLE = [
    pytest.param(
        runs[number % 3],
        fault.name,
        id=f"{runs[number % 3]}-{fault.name}",
        marks=[pytest.mark.xfail(reason=OPEN[fault.name], strict=False)] if fault.name in OPEN else [],
    )
    for number, fault in enumerate(FAULTS)
    for runs in (WRITING, READING)
]


@pytest.mark.parametrize(("name", "fault"), SAMPLE)
def test_a_fault_does_no_harm(judge: Judge, name: str, fault: str) -> None:
    scenario = judge.bench.scenarios[name]
    every = [c for c in cells(scenario, judge.calm(scenario)) if c.fault == fault]
    outcome = judge.cell(every[zlib.crc32(f"{name} {fault}".encode()) % len(every)])
    assert outcome.wrong == (), f"{outcome.cell}\n{outcome.said}"


@pytest.mark.parametrize("name", RUNS)
def test_an_undisturbed_run_is_what_the_laws_take_it_for(judge: Judge, name: str) -> None:
    scenario = judge.bench.scenarios[name]
    calm = judge.calm(scenario)
    assert calm.code == {"plan": 2, "drift": 2}.get(name, 0), calm.err
    assert bool(calm.written) == scenario.writes
    assert len(calm.calls) > 25
    again = judge.bench.undisturbed(scenario)
    assert [c.operation for c in again.calls] == [c.operation for c in calm.calls]
    assert (again.state, again.report, again.files) == (calm.state, calm.report, calm.files)


def test_harm_is_found(judge: Judge) -> None:
    """A judge that finds nothing proves nothing: a doubled group, a lost tag, a false report and a false answer."""
    scenario = judge.bench.scenarios["change"]
    calm = judge.calm(scenario)
    cell = next(c for c in cells(scenario, calm) if c.fault == "throttled" and c.operation == "UpdateGroup")
    judge.bench.prepare(scenario)
    ran = judge.bench.run(judge.bench.words(scenario), Layer())
    assert [*judge._state(scenario, calm, ran)] == []
    pool = next(iter(ran.state[0].values()))
    del pool["config"]["UserPoolTags"]["cost"]
    assert any("UserPoolTags" in w for w in judge._state(scenario, calm, ran))
    assert judge.cell(cell).wrong == ()
    assert Cell("plan", "missing", 1, "GetWebACLForResource") not in [
        c for name in RUNS for c in cells(judge.bench.scenarios[name], calm)
    ]


def test_the_page_is_what_the_counts_say() -> None:
    counts = stored()
    assert PAGE.read_text(encoding="utf-8") == page(counts), "run: make test-long"
    assert set(counts["runs"]) == set(RUNS)
    for run in RUNS:
        assert set(counts["runs"][run]) <= set(BY_NAME)
    assert all(fault in BY_NAME for _, fault in SAME)
    assert set(OPEN) <= set(BY_NAME)
