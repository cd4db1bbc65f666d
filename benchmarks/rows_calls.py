"""Rows about the number of calls: what a plan and a drift run of one pool ask, and in how many round trips."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from benchmarks.builds import Build, script
from benchmarks.context import Context, nothing_to_change, workplace, write
from benchmarks.pools import Tree, reference, with_clients
from benchmarks.quotas import Call, round_trips
from benchmarks.recorder import Recorder, recording
from benchmarks.table import NOTHING, Figure, Numbers, Row, Target

DELAY = 0.25
"""Seconds an answer, which is much longer than poolctl needs to begin eight calls: so waves can be distinguished."""


def plan_calls(context: Context) -> Iterable[Row]:
    """The reference pool, named by PoolName and by its id."""
    with recording() as recorder:
        made = recorder.make([reference("measured")])[0]

        def measure(build: Build) -> Figure:
            by_name = _planned(build, recorder, reference("measured"))
            by_id = _planned(build, recorder, {"id": made["pool"], **reference("measured")})
            counts = (len(by_name), len(by_id), round_trips(by_name), round_trips(by_id))
            text = f"{counts[0]} by name, {counts[1]} by id; in {counts[2]} / {counts[3]} round trips"
            return Figure(text, dict(zip(("name", "id", "trips", "id trips"), counts, strict=True)))

        this, other = context.each("calls of a plan", measure)
        peer = context.attempt("calls of a plan: Terraform's calls", lambda: _terraform(recorder, made))
    what = "calls, plan of the reference pool"
    target = Target("17 by name, 16 by id; in 4 / 3 round trips", _few_calls)
    yield Row("plan-calls", what, this, other, peer, target)


def _few_calls(this: Numbers, _other: Numbers) -> bool:
    limits = {"name": 17, "id": 16, "trips": 4, "id trips": 3}
    return all(this[key] <= limit for key, limit in limits.items())


def _planned(build: Build, recorder: Recorder, manifest: Tree) -> list[Call]:
    with workplace() as directory:
        pools = write(directory, [manifest])
        recorder.begin(delay=DELAY)
        nothing_to_change(build.run("--endpoint-url", recorder.url, "plan", pools, directory=directory))
    return recorder.calls()


def _terraform(recorder: Recorder, made: Tree) -> Figure:
    recorder.begin()
    terraform(recorder.url, [made], threads=1)
    count = len(recorder.calls())
    return Figure(f"Terraform's calls: {count}, and nothing undeclared is found", {"name": count})


def terraform(url: str, made: Sequence[Tree], threads: int) -> None:
    """Make Terraform's calls.

    Args:
        url: Where to.
        made: The pools, as `Made`.
        threads: How many calls at once.
    """
    with workplace() as directory:
        file = directory / "made.json"
        file.write_text(json.dumps(made))
        script("terraform_calls", url, str(file), str(threads), directory=directory)


def drift_calls(context: Context) -> Iterable[Row]:
    """The reference pool, and the same with one client more."""
    with recording() as recorder:
        recorder.make([reference("three"), reference("four", clients=4)])

        def measure(build: Build) -> Figure:
            calls = [_compared(build, recorder, tree) for tree in (reference("three"), reference("four", clients=4))]
            three, further = len(calls[0]), len(calls[1]) - len(calls[0])
            text = f"{three}, and {further} for each further client"
            return Figure(text, {"calls": three, "further": further})

        this, other = context.each("calls of a drift run", measure)
    target = Target("32, and 2 fewer for each further client", _few_drift_calls)
    yield Row("drift-calls", "calls, drift of the reference pool", this, other, NOTHING, target)


def _few_drift_calls(this: Numbers, other: Numbers) -> bool:
    return this["calls"] <= 32 and this["further"] <= other["further"] - 2  # noqa: PLR2004


def _compared(build: Build, recorder: Recorder, manifest: Tree) -> list[Call]:
    with workplace() as directory:
        pools = write(directory, [manifest])
        recorder.begin()
        build.run("--endpoint-url", recorder.url, "drift", pools, directory=directory, codes=(0, 2))
    return recorder.calls()


def one_of_sixty(context: Context) -> Iterable[Row]:
    """One client is declared, of many that are live."""
    count = context.size(60, 6)
    with recording() as recorder:
        recorder.make([with_clients("measured", count)])

        def measure(build: Build) -> Figure:
            found = _planned(build, recorder, with_clients("measured", 1))
            describes = sum(call.operation == "DescribeUserPoolClient" for call in found)
            return Figure(f"{describes} describes", {"describes": describes})

        this, other = context.each("one client declared of many", measure)
    target = Target("≤ 2", lambda this, _other: this["describes"] <= 2)  # noqa: PLR2004
    yield Row("one-of-60", f"1 client of {count} declared", this, other, NOTHING, target)
