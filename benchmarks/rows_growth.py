"""Rows about poolctl's own work: how CPU and memory grow with groups and pools. The server keeps no quotas here."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from botocore import xform_name

from benchmarks.builds import Build, Ran, Unmeasured, script
from benchmarks.context import Context, least, nothing_to_change, number, workplace, write
from benchmarks.pools import CHANGED, Tree, reference, with_groups
from benchmarks.recorder import NEAR, Recorder, recording
from benchmarks.table import NOTHING, Figure, Row, Target, times

SIZES = (300, 1000, 3000, 10_000)
REPEATS = 3
"""Runs of each size, of which the least counts."""
PATIENCE = 100
"""Seconds of CPU after which a plan of many groups is given up."""


def groups(context: Context) -> Iterable[Row]:
    """A plan of a live pool in which one group in 50 differs."""
    sizes = (100, 300) if context.quick else SIZES

    def measure(build: Build) -> Figure:
        found: dict[int, float] = {}
        try:
            for count in (0, *sizes):
                context.say(f"plan of a pool with {count} groups: {build.name}")
                found[count] = _plan_of_groups(build, recorder, count)
        except Unmeasured as why:
            if len(found) < 3:  # noqa: PLR2004
                raise
            return grown(found, f"{count:,} {why}")
        return grown(found)

    with recording() as recorder:
        this, other = context.each("plan of a pool with groups", measure)
    last = sizes[-1]
    target = Target(
        f"exponent ≤ 1.1, {last:,} in ≤ 5 s",
        lambda this, _other: this["exponent"] <= 1.1 and this[str(last)] <= 5,  # noqa: PLR2004
    )
    yield Row("groups", f"plan with {' / '.join(f'{n:,}' for n in sizes)} groups, CPU", this, other, NOTHING, target)


def _plan_of_groups(build: Build, recorder: Recorder, count: int) -> float:
    manifest = with_groups("measured", count)
    recorder.forget()
    recorder.make_changed(manifest, CHANGED)
    with workplace() as directory:
        pools = write(directory, [manifest])
        words = ("--endpoint-url", recorder.url, "plan", "--detailed-exitcode", pools)
        codes = (2 if count else 0,)
        return min(build.run(*words, directory=directory, cpu=PATIENCE, codes=codes).cpu for _ in range(REPEATS))


def grown(found: Mapping[int, float], note: str = "") -> Figure:
    """Return how CPU time grows: of what is beyond the plan of a pool without groups.

    Args:
        found: Groups → seconds, also of none.
        note: What is said at the end.
    """
    sizes = [n for n in found if n]
    slope = exponent(sizes, [max(found[n] - found[0], 0.001) for n in sizes])
    seconds = " / ".join(f"{found[n]:.1f}" for n in sizes)
    text = f"{seconds} s, exponent {slope:.2f}" + (f"; {note}" if note else "")
    return Figure(text, {**{str(n): found[n] for n in found}, "exponent": slope})


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of log time over log n, by least squares: 1 is linear, 2 is quadratic."""
    return statistics.linear_regression([math.log(n) for n in sizes], [math.log(t) for t in seconds]).slope


# --- the CPU time of a call ----------------------------------------------------------------------------------------


def cpu_of_a_call(context: Context) -> Iterable[Row]:
    """A plan of many pools against one of few, and against the same calls of boto3.

    Answers take a while, as over a network: otherwise all threads of a run compete for the interpreter all the time.
    The figure is small beside what it is the difference of, so all of that is measured in the same turns.
    """
    few, many = context.size(10, 2), context.size(60, 6)
    repeats = context.size(16, 1)
    manifests = [reference(f"measured-{n:03}") for n in range(many)]
    with recording() as recorder, workplace() as directory:
        recorder.make(manifests)
        places = {count: _place(directory, manifests[:count], str(count)) for count in (few, many)}
        context.say("calls of a plan")
        calls = {b.name: {n: _calls_of_a_plan(b, recorder, places[n]) for n in places} for b in context.builds}
        recorder.begin(delay=NEAR)
        pairs = [(build, n) for build in context.builds for n in places]
        runs = {f"{build.name} {n}": partial(_plan_cpu, build, recorder, places[n]) for build, n in pairs}
        runs |= {f"boto3 {build.name} {n}": partial(_boto, build, recorder, places[n]) for build, n in pairs}
        context.say("CPU of a call")
        found = least(runs, repeats)

    def measure(build: Build) -> Figure:
        further = number(calls[build.name][many]) - number(calls[build.name][few])
        ours, theirs = (
            (number(found[f"{who} {many}"]) - number(found[f"{who} {few}"])) / further * 1000
            for who in (build.name, f"boto3 {build.name}")
        )
        text = f"{ours - theirs:.2f} ms ({ours:.2f} ms, boto3 {theirs:.2f} ms)"
        return Figure(text, {"beyond": ours - theirs, "whole": ours, "boto3": theirs})

    this, other = context.each("CPU of a call", measure)
    target = Target("≤ 1.0 ms", lambda this, _other: this["beyond"] <= 1.0)
    what = f"CPU a call beyond botocore's ({few} to {many} pools), at {NEAR * 1000:.0f} ms an answer"
    yield Row("call-cpu", what, this, other, Figure("the same calls with boto3, 8 at once: 0"), target)


def _place(directory: Path, manifests: Sequence[Tree], name: str) -> Path:
    place = directory / name
    place.mkdir()
    write(place, manifests)
    return place


def _plan(build: Build, recorder: Recorder, place: Path) -> Ran:
    ran = build.run("--endpoint-url", recorder.url, "plan", "pools", directory=place)
    nothing_to_change(ran)
    return ran


def _plan_cpu(build: Build, recorder: Recorder, place: Path) -> float:
    return _plan(build, recorder, place).cpu


def _calls_of_a_plan(build: Build, recorder: Recorder, place: Path) -> int | Unmeasured:
    """Return how many calls a plan makes, and write them for boto3."""
    recorder.begin()
    try:
        _plan(build, recorder, place)
    except Unmeasured as why:
        return why
    asked = recorder.asked()
    _calls_file(build, place).write_text(json.dumps([(xform_name(operation), params) for operation, params in asked]))
    return len(asked)


def _calls_file(build: Build, place: Path) -> Path:
    return place / f"{build.name}.json"


def _boto(build: Build, recorder: Recorder, place: Path) -> float:
    return script("boto_calls", recorder.url, str(_calls_file(build, place)), directory=place).cpu


# --- memory and rendering ------------------------------------------------------------------------------------------


def memory(context: Context) -> Iterable[Row]:
    """Peak memory in JSON: of a plan of new pools, and of the drift of the same pools once they are there."""
    few, many = context.size(100, 5), context.size(1000, 20)
    manifests = [reference(f"measured-{n:04}") for n in range(many)]

    def measure(command: str, build: Build) -> Figure:
        peaks = []
        for count in (few, many):
            with workplace() as directory:
                write(directory, manifests[:count])
                context.say(f"{command} of {count} pools: {build.name}")
                words = ("--endpoint-url", recorder.url, command, "pools", "-o", "json")
                peaks.append(build.run(*words, directory=directory, read=False).peak)
        text = f"{times(peaks[1] / peaks[0])} ({peaks[1]:.0f} of {peaks[0]:.0f} MiB)"
        return Figure(text, {"ratio": peaks[1] / peaks[0], "many": peaks[1], "few": peaks[0]})

    target = Target("≤ 1.3 ×", lambda this, _other: this["ratio"] <= 1.3)  # noqa: PLR2004
    with recording() as recorder:
        for command, row, pools in (("plan", "memory", "new pools"), ("drift", "memory-drift", "live pools")):
            if command == "drift":
                recorder.make(manifests)
            this, other = context.each(f"peak memory of {command}", partial(measure, command))
            what = f"peak memory, {command} of {many:,} v. {few} {pools}, JSON"
            yield Row(row, what, this, other, NOTHING, target)


def rendering(context: Context) -> Iterable[Row]:
    """What JSON costs of a plan of new pools: against `-o github`, which has lines for problems only."""
    count, repeats = context.size(60, 4), context.size(3, 1)
    manifests = [reference(f"measured-{n:03}") for n in range(count)]

    def measure(build: Build) -> Figure:
        firsts: list[float] = []

        def plan(format_: str) -> float:
            ran = build.run("--endpoint-url", recorder.url, "plan", "pools", "-o", format_, directory=directory)
            if format_ == "json":
                firsts.append(ran.first / ran.wall)
            return ran.cpu

        found = least({name: partial(plan, name) for name in ("json", "github")}, repeats)
        share = 1 - number(found["github"]) / number(found["json"])
        first = statistics.median(firsts)
        text = f"{share:.0%} of the CPU, first byte after {first:.0%} of the time"
        return Figure(text, {"share": share, "first": first})

    with recording() as recorder, workplace() as directory:
        write(directory, manifests)
        this, other = context.each("rendering as JSON", measure)
    # Streamed in pieces, but not before the last pool is planned: a run that fails writes nothing.
    target = Target("rendered once, in pieces: ≤ 15% of the CPU", lambda this, _other: this["share"] <= 0.15)  # noqa: PLR2004
    yield Row("json", f"`-o json` of {count} new pools", this, other, NOTHING, target)
