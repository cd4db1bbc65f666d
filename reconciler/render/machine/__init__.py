"""`json`: results for programs. Their shapes are the contract (`output_types`); a minor version only adds.

In: what may be shown. Out: JSON. Identical input gives identical bytes.
Each subject is imported on demand, so that `validate` pays for none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.render.subjects import DriftResult, Explained, Renderers, RenderOptions, Validation

if TYPE_CHECKING:
    from reconciler.render.shown import ShownApply, ShownComparison, ShownPlan


def _plan(result: Sequence[ShownPlan], options: RenderOptions) -> str:
    from reconciler.render.machine.plan_json import plan

    return plan(result, options)


def _apply(result: ShownApply, options: RenderOptions) -> str:
    from reconciler.render.machine.apply_json import apply

    return apply(result, options)


def _drift(result: DriftResult, options: RenderOptions) -> str:
    from reconciler.render.machine.drift_json import drift

    return drift(result, options)


def _validate(result: Validation, options: RenderOptions) -> str:
    from reconciler.render.machine.validation_json import validate

    return validate(result, options)


def _diff(result: Sequence[ShownComparison], options: RenderOptions) -> str:
    from reconciler.render.machine.diff_json import diff

    return diff(result, options)


def _explain(result: Explained, options: RenderOptions) -> str:
    from reconciler.render.machine.explain_json import explain

    return explain(result, options)


RENDERERS = Renderers(plan=_plan, apply=_apply, drift=_drift, validate=_validate, diff=_diff, explain=_explain)
"""What this format renders."""
