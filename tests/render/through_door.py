"""Results of the engine, through the door and into a format: what commands do, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.model import Call, Drift, Plan, Tree
from reconciler.render import redact
from reconciler.render.human import drift_text, plan_text
from reconciler.render.machine import drift_json, plan_json
from reconciler.render.subjects import DriftResult, RenderOptions


def human_plan(plans: Iterable[Plan], *, color: bool = False) -> str:
    return plan_text.plan(redact.plans(plans), RenderOptions(color=color))


def json_plan(plans: Iterable[Plan], *, calls: Mapping[str, Sequence[Call]] | None = None, digest: str = "") -> str:
    return plan_json.plan(redact.plans(plans, calls), RenderOptions(digest=lambda: digest))


def result(drifts: Iterable[Drift]) -> DriftResult:
    return DriftResult(redact.drifts(drifts))


def human_drift(drifts: Iterable[Drift], *, color: bool = False) -> str:
    return drift_text.drift(result(drifts), RenderOptions(color=color))


def json_drift(drifts: Iterable[Drift]) -> str:
    return drift_json.drift(result(drifts))


def drift_tree(drifts: Iterable[Drift]) -> Tree:
    return dict(drift_json.document(result(drifts)))
