"""Rows about time under Cognito's quotas, as multiples of the shortest time in which the same calls can be made.

The server keeps the quotas and refuses what is beyond; each answer takes as long as over a network. Real time passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from benchmarks.builds import Build, Unmeasured
from benchmarks.context import Context, workplace, write
from benchmarks.pools import Tree, reference, with_clients, with_groups
from benchmarks.quotas import Call, floor, one_by_one, span
from benchmarks.recorder import DELAY, NEAR, Recorder, recording, throttled
from benchmarks.rows_calls import terraform
from benchmarks.table import NOTHING, Figure, Numbers, Row, Target, times

HALF = 0.5
"""The share of the quotas that `drift` uses by default."""
Count = Callable[[Call], bool]


def _begin(build: Build, recorder: Recorder, delay: float) -> str:
    """Begin to record under quotas; return the URL at which a build keeps them.

    Raises:
        Unmeasured: It would take the server for an emulator, which has none.
    """
    if not build.keeps_quotas(recorder.quota_url):
        raise Unmeasured(f"it keeps no quotas at {recorder.quota_url}")
    recorder.begin(quotas=True, delay=delay)
    return recorder.quota_url


def _figure(calls: Sequence[Call], share: float = 1.0) -> Figure:
    least, took, refused = floor(calls, share), span(calls), throttled(calls)
    if not least:
        raise Unmeasured("too few calls for a quota to matter")
    numbers = {"ratio": took / least, "throttled": refused, "seconds": took, "floor": least, "calls": len(calls)}
    seconds = f"{took:.1f} s of {least:.1f} s, {len(calls)} calls"
    text = f"{times(took / least)} floor ({seconds}), {refused or 'none'} throttled"
    return Figure(text, numbers)


def _within(limit: float) -> Callable[[Numbers, Numbers], bool]:
    return lambda this, _other: this["ratio"] <= limit and not this["throttled"]


def _run(build: Build, recorder: Recorder, manifests: Sequence[Tree], *words: str, delay: float = DELAY) -> list[Call]:
    with workplace() as directory:
        pools = write(directory, manifests)
        url = _begin(build, recorder, delay)
        build.run("--endpoint-url", url, *words, pools, directory=directory, codes=(0, 2))
    return recorder.calls()


def plan_of_many(context: Context) -> Iterable[Row]:
    """A plan of many live pools."""
    manifests = [reference(f"measured-{n:03}") for n in range(context.size(100, 8))]
    what = f"plan of {len(manifests)} pools at default quotas"
    with recording() as recorder:
        made = recorder.make(manifests)
        this, other = context.each(what, lambda build: _figure(_run(build, recorder, manifests, "plan")))
        least = this.numbers.get("floor", 0.0)
        peer = context.attempt(what, lambda: _terraforms(context, recorder, made, least))
    yield Row("100-pools", what, this, other, peer, Target("1.08 × floor, none throttled", _within(1.08)))


def _terraforms(context: Context, recorder: Recorder, made: Sequence[Tree], least: float) -> Figure:
    if not least:
        raise Unmeasured("there is no floor to compare with")
    texts: list[str] = []
    numbers: dict[str, float] = {}
    for name, threads in (("sequential", 1), ("10 threads", 10)):
        context.say(f"Terraform's calls, {name}")
        recorder.begin(quotas=True, delay=DELAY)
        terraform(recorder.quota_url, made, threads)
        calls = recorder.calls()
        ratio, refused = span(calls) / least, throttled(calls)
        texts.append(f"{name} {times(ratio)}, {refused or 'none'} throttled")
        numbers |= {f"{name}: ratio": ratio, f"{name}: throttled": float(refused)}
    return Figure(f"Terraform's calls over the same floor: {'; '.join(texts)}", numbers)


def drift_of_ten(context: Context) -> Iterable[Row]:
    """A drift run of some pools, at the share of the quotas that it uses by default."""
    manifests = [reference(f"measured-{n:03}") for n in range(context.size(10, 3))]
    what = f"drift of {len(manifests)} pools"
    with recording() as recorder:
        recorder.make(manifests)
        this, other = context.each(what, lambda build: _figure(_run(build, recorder, manifests, "drift"), HALF))
    yield Row("drift-10", what, this, other, NOTHING, Target("1.25 × its floor at half the quotas", _within(1.25)))


def _applied(
    build: Build,
    recorder: Recorder,
    manifests: Sequence[Tree],
    expected: int,
    counts: Count,
    *,
    delay: float = DELAY,
) -> Figure:
    writes = [c for c in _run(build, recorder, manifests, "apply", "--yes", "--quiet", delay=delay) if counts(c)]
    done = len(writes) - throttled(writes)
    if done != expected:
        raise Unmeasured(f"{done} writes instead of {expected}")
    return _figure(writes)


def changed_groups(context: Context) -> Iterable[Row]:
    """An apply that changes few of many groups: each write has a read before it, so what an answer takes counts.

    Far away, the quota's floor cannot be reached by writes that wait for each other and for a read each, so what
    these take at least is the measure there.
    """
    count, every = context.size(600, 240), context.size(30, 24)
    manifest = with_groups("measured", count)

    def measure(build: Build, delay: float) -> Figure:
        recorder.forget()
        changed = recorder.make_changed(manifest, every)["changed"]
        found = _applied(build, recorder, [manifest], changed, lambda call: call.writes, delay=delay)
        fenced = found.numbers["seconds"] / one_by_one(changed, delay)
        text = f"{found.text}; {times(fenced)} what one write after the other, each after a read, takes at least"
        return Figure(text, {**found.numbers, "fenced": fenced})

    near, far = Target("1.15 × floor", _within(1.15)), Target("1.08 × the least of such writes", _fenced(1.08))
    for delay, target in ((NEAR, near), (DELAY, far)):
        what = f"{count // every} of {count} groups changed: writes, at {delay * 1000:.0f} ms an answer"
        with recording() as recorder:
            this, other = context.each(what, partial(measure, delay=delay))
        yield Row("groups-20-of-600", what, this, other, NOTHING, target)


def _fenced(limit: float) -> Callable[[Numbers, Numbers], bool]:
    return lambda this, _other: this["fenced"] <= limit and not this["throttled"]


def new_clients(context: Context) -> Iterable[Row]:
    """An apply that adds many clients to one pool."""
    count = context.size(100, 12)
    what = f"{count} clients into one pool: writes"

    def measure(build: Build) -> Figure:
        recorder.forget()
        recorder.make([with_clients("measured", 0)])
        return _applied(build, recorder, [with_clients("measured", count)], count, lambda call: call.writes)

    with recording() as recorder:
        this, other = context.each(what, measure)
    yield Row("clients-100", what, this, other, NOTHING, Target("1.1 × floor", _within(1.1)))


def new_pools(context: Context) -> Iterable[Row]:
    """An apply that makes many pools."""
    manifests = [reference(f"measured-{n:03}") for n in range(context.size(20, 4))]
    what = f"{len(manifests)} new pools: writes"

    def measure(build: Build) -> Figure:
        recorder.forget()
        writes = [c for c in _run(build, recorder, manifests, "apply", "--yes", "--quiet") if c.writes]
        return _figure(writes)

    with recording() as recorder:
        this, other = context.each(what, measure)
    yield Row("new-20", what, this, other, NOTHING, Target("1.2 × floor", _within(1.2)))
