"""`human`: results for people at a terminal. The conventions are Terraform's, because users know them.

In: what may be shown, and how. Out: text. Dangerous lines come first; identical input gives identical bytes.
"""

from __future__ import annotations

from reconciler.render.human import apply_text, diff_text, drift_text, plan_text, validation_text
from reconciler.render.subjects import Explained, Renderers, RenderOptions


def _explain(found: Explained, options: RenderOptions) -> str:
    """Imported on demand, because only `explain` needs the facts."""
    from reconciler.render.human.explain_text import explain

    return explain(found, options)


RENDERERS = Renderers(
    plan=plan_text.plan,
    apply=apply_text.apply,
    drift=drift_text.drift,
    validate=validation_text.validate,
    diff=diff_text.diff,
    explain=_explain,
)
"""What this format renders."""
