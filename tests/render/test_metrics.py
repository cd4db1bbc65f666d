"""The text is read back by Prometheus' own parser, which is what a collector would make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.model import Direction, Drift, Effect
from reconciler.render import metrics, redact
from reconciler.render.subjects import DriftResult, RunStats
from tests.render.found import DRIFTS
from tests.render.golden import check
from tests.render.samples import TARGET

SPENT = RunStats(1_795_622_400.5, 12.25, {("sts", "GetCallerIdentity"): 1, ("cognito-idp", "ListGroups"): 3}, 2)


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def value(text: str, name: str, **labels: str) -> float:
    return samples(text)[f"poolctl_drift_{name}", frozenset(labels.items())]


def written(drifts: Iterable[Drift]) -> str:
    return metrics.drift(DriftResult(redact.drifts(drifts), run_stats=SPENT))


PLACE = {"account": TARGET.account, "region": TARGET.region, "pool": TARGET.pool_name}


@pytest.mark.parametrize("name", DRIFTS)
def test_the_text(name):
    check(f"drift-{name}.prom", written(DRIFTS[name]))


def test_every_class_is_counted_and_none_is_left_out():
    text = written(DRIFTS["full"])
    found = {c: value(text, "findings", **PLACE, **{"class": c}) for c in ("changed", "missing", "unmanaged")}
    assert found == {"changed": 2, "missing": 1, "unmanaged": 1}
    assert value(text, "findings", **PLACE, **{"class": "undeclared"}) == 1
    assert value(text, "failing_findings", **PLACE) == 4
    none = written(DRIFTS["none"])
    assert value(none, "findings", **PLACE, **{"class": "missing"}) == 0


def test_what_weakens_is_counted_apart_from_what_may_weaken():
    (whole,) = DRIFTS["full"]
    weaker, mixed, stronger = (Effect(("M",), d) for d in (Direction.WEAKENS, Direction.MIXED, Direction.STRENGTHENS))
    one, two, three, *rest = whole.findings
    findings = (replace(one, effects=(weaker,)), replace(two, effects=(weaker, stronger)), replace(three, effects=()))
    calm = tuple(replace(f, effects=()) for f in rest)
    text = written([replace(whole, findings=findings, known=(replace(one, effects=(mixed,)), *calm))])
    assert value(text, "weakening_findings", **PLACE, direction="weakens") == 1
    assert value(text, "weakening_findings", **PLACE, direction="mixed") == 2
    assert value(written(DRIFTS["none"]), "weakening_findings", **PLACE, direction="weakens") == 0


def test_what_an_earlier_report_tells_is_still_there_and_not_new():
    (whole,) = DRIFTS["full"]
    told = replace(whole, findings=whole.findings[:1], known=whole.findings[1:])
    one, other = written([whole]), written([told])
    for cls in ("changed", "missing", "unmanaged", "undeclared"):
        assert value(other, "findings", **PLACE, **{"class": cls}) == value(one, "findings", **PLACE, **{"class": cls})
    assert (value(one, "failing_findings", **PLACE), value(other, "failing_findings", **PLACE)) == (4, 4)
    assert (value(one, "new_findings", **PLACE), value(other, "new_findings", **PLACE)) == (4, 1)


def test_what_could_not_be_read_is_never_complete():
    text = written(DRIFTS["incomplete"])
    assert value(text, "complete", **PLACE) == 0
    assert value(text, "gaps", **PLACE) == 1
    assert value(written(DRIFTS["none"]), "complete", **PLACE) == 1


def test_a_user_pool_and_an_identity_pool_of_one_name_are_added_up():
    whole, broken = DRIFTS["full"][0], DRIFTS["incomplete"][0]
    for drifts in ([whole, broken], [broken, whole]):
        text = written(drifts)
        assert value(text, "findings", **PLACE, **{"class": "changed"}) == 2
        assert value(text, "complete", **PLACE) == 0


def test_what_the_run_cost():
    text = written([])
    assert value(text, "last_run_timestamp_seconds") == SPENT.finished
    assert value(text, "duration_seconds") == SPENT.seconds
    assert value(text, "exit_code") == 2
    assert value(text, "api_calls", service="cognito-idp", operation="ListGroups") == 3


def test_a_name_cannot_break_the_line():
    odd = replace(DRIFTS["none"][0], target=replace(TARGET, pool_name='a"} 1\nb\\'))
    assert value(written([odd]), "complete", **{**PLACE, "pool": 'a"} 1\nb\\'}) == 1
