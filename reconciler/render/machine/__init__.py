"""`json`: results for programs. Their shapes are the contract (`documents`); changes within a major version only add.

In: what may be shown. Out: JSON. Identical input gives identical bytes.
"""

from __future__ import annotations

from reconciler.render.machine import apply_json, diff_json, drift_json, plan_json, validation_json
from reconciler.render.subjects import Explained, Renderers, RenderOptions


def _explain(found: Explained, options: RenderOptions) -> str:
    """Imported on demand, because only `explain` needs the facts."""
    from reconciler.render.machine.explain_json import explain

    return explain(found, options)


RENDERERS = Renderers(
    plan=plan_json.plan,
    apply=apply_json.apply,
    drift=drift_json.drift,
    validate=validation_json.validate,
    diff=diff_json.diff,
    explain=_explain,
)
"""What this format renders."""
