"""`human`: results for people at a terminal. The conventions are Terraform's, because users know them.

In: what may be shown, and how. Out: text. Dangerous lines come first; identical input gives identical bytes.
Each subject is imported on demand, so that `validate` pays for none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.render.subjects import DriftResult, Explained, Renderers, RenderOptions, Validation

if TYPE_CHECKING:
    from reconciler.render.shown import ShownApply, ShownComparison, ShownPlan


def _plan(result: Sequence[ShownPlan], options: RenderOptions) -> str:
    from reconciler.render.human.plan_text import plan

    return plan(result, options)


def _apply(result: ShownApply, options: RenderOptions) -> str:
    from reconciler.render.human.apply_text import apply

    return apply(result, options)


def _drift(result: DriftResult, options: RenderOptions) -> str:
    from reconciler.render.human.drift_text import drift

    return drift(result, options)


def _validate(result: Validation, options: RenderOptions) -> str:
    from reconciler.render.human.validation_text import validate

    return validate(result, options)


def _diff(result: Sequence[ShownComparison], options: RenderOptions) -> str:
    from reconciler.render.human.diff_text import diff

    return diff(result, options)


def _explain(result: Explained, options: RenderOptions) -> str:
    from reconciler.render.human.explain_text import explain

    return explain(result, options)


RENDERERS = Renderers(plan=_plan, apply=_apply, drift=_drift, validate=_validate, diff=_diff, explain=_explain)
"""What this format renders."""
