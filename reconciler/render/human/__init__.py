"""`human`: results for people at a terminal. The conventions are Terraform's, because everybody can read them.

In: what may be shown, and how. Out: text. Dangerous lines come first; identical input gives identical bytes.
"""

from __future__ import annotations

from reconciler.render.human import apply_text, diff_text, drift_text, explain_text, plan_text, validation_text
from reconciler.render.subjects import Renderers

RENDERERS = Renderers(
    plan=plan_text.plan,
    apply=apply_text.apply,
    drift=drift_text.drift,
    validate=validation_text.validate,
    diff=diff_text.diff,
    explain=explain_text.explain,
)
"""What this format renders."""
