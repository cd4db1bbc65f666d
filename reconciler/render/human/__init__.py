"""`human`: results for people at a terminal. The conventions are Terraform's, because users know them.

In: what may be shown, and how. Out: text. Dangerous lines come first; identical input gives identical bytes.
Each subject is imported on demand, so that `validate` pays for none of the others; mypy sees the functions themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.render.subjects import Renderers, on_demand

if TYPE_CHECKING:
    from reconciler.render.human import (
        apply_text,
        diff_text,
        doctor_text,
        drift_text,
        explain_text,
        imported_text,
        plan_text,
        pool_text,
        recover_text,
        replace_text,
        validate_text,
    )

    RENDERERS = Renderers(
        plan=plan_text.plan,
        apply=apply_text.apply,
        drift=drift_text.drift,
        validate=validate_text.validate,
        diff=diff_text.diff,
        explain=explain_text.explain,
        pool=pool_text.pool,
        recover=recover_text.recover,
        doctor=doctor_text.doctor,
        imported=imported_text.imported,
        replace=replace_text.replace,
    )
else:
    RENDERERS = on_demand(__name__, "text")
"""What this format renders."""
