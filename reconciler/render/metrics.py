"""A drift run as metrics, in Prometheus' text format: for the textfile collector, or any other that reads files.

The file describes the last run. A failed run writes none, so also alert on the age of
`poolctl_drift_last_run_timestamp_seconds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.model import Direction, FindingClass
from reconciler.render.shown import ShownDrift
from reconciler.render.subjects import USUAL, DriftResult, Renderers, RenderOptions, RunStats
from reconciler.security import judging

if TYPE_CHECKING:  # only `-o prometheus` needs it
    from prometheus_client import CollectorRegistry, Gauge

PLACE = ("account", "region", "pool")
"""Labels that identify a pool. A user pool and an identity pool of the same name are counted together."""

ALARMING = (Direction.WEAKENS, Direction.MIXED)
"""Directions that are counted, as `direction` in the JSON of drift."""


def drift(found: DriftResult, _options: RenderOptions = USUAL) -> str:
    """Return the metrics of a drift run."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    _found(registry, found.drifts)
    _covered(registry, found.drifts)
    _run(registry, found.run_stats)
    return generate_latest(registry).decode()


RENDERERS = Renderers(drift=drift)
"""What this format renders."""


def _found(registry: CollectorRegistry, drifts: Sequence[ShownDrift]) -> None:
    findings = _gauge(registry, "findings", "Findings by class, including those reported before.", (*PLACE, "class"))
    failing = _gauge(
        registry, "failing_findings", "Findings that count as drift, including those reported before.", PLACE
    )
    new = _gauge(registry, "new_findings", "Findings that count as drift and are in no earlier report.", PLACE)
    weakening = _gauge(
        registry,
        "weakening_findings",
        "Findings that weaken security or may weaken it (mixed), including those reported before.",
        (*PLACE, "direction"),
    )
    suppressed = _gauge(
        registry, "suppressed_findings", "Findings left out: ignored, accepted or reported before.", PLACE
    )
    expired = _gauge(registry, "expired_ignore_rules", "Ignore rules that have expired.", PLACE)
    for one in drifts:
        place = _place(one)
        current = (*one.findings, *one.known)
        for cls in FindingClass:
            findings.labels(*place, cls.value).inc(sum(f.cls is cls for f in current))
        failing.labels(*place).inc(sum(f.fails for f in current))
        new.labels(*place).inc(sum(f.fails for f in one.findings))
        for where in ALARMING:
            weakening.labels(*place, where.value).inc(sum(judging.direction(f.effects) is where for f in current))
        suppressed.labels(*place).inc(one.suppressed)
        expired.labels(*place).inc(len(one.expired))


def _covered(registry: CollectorRegistry, drifts: Sequence[ShownDrift]) -> None:
    complete = _gauge(registry, "complete", "1 if the whole pool could be read and compared, else 0.", PLACE)
    read = _gauge(registry, "objects_read", "Live objects that were read.", PLACE)
    gaps = _gauge(registry, "gaps", "Parts that could not be read.", PLACE)
    refusals = _gauge(registry, "refusals", "Reasons why the pool could not be compared.", PLACE)
    blind = {_place(d) for d in drifts if d.gaps or d.refusals}
    for one in drifts:
        place = _place(one)
        complete.labels(*place).set(place not in blind)
        read.labels(*place).inc(one.read)
        gaps.labels(*place).inc(len(one.gaps))
        refusals.labels(*place).inc(len(one.refusals))


def _run(registry: CollectorRegistry, run_stats: RunStats) -> None:
    _gauge(registry, "last_run_timestamp_seconds", "When the run ended, in seconds since 1970.").set(run_stats.finished)
    _gauge(registry, "duration_seconds", "How long the run took.").set(run_stats.seconds)
    _gauge(registry, "exit_code", "Exit code of the run.").set(run_stats.exit_code)
    calls = _gauge(registry, "api_calls", "Requests sent to AWS, including retries.", ("service", "operation"))
    for (service, operation), count in sorted(run_stats.calls.items()):
        calls.labels(service, operation).set(count)
    _gauge(registry, "build_info", "Version of poolctl.", ("version",)).labels(__version__).set(1)


def _gauge(registry: CollectorRegistry, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
    from prometheus_client import Gauge

    return Gauge(f"poolctl_drift_{name}", text, labels, registry=registry)


def _place(drift: ShownDrift) -> tuple[str, str, str]:
    target = drift.target
    return target.account, target.region, target.pool_name
