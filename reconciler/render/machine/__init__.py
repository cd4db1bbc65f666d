"""`json`: results for programs. Their shapes are the contract (`output_types`); a minor version only adds.

In: what may be shown. Out: JSON. Identical input gives identical bytes.
Each subject is imported on demand, so that `validate` pays for none of the others; mypy sees the functions themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.render.subjects import Renderers, on_demand, on_demand_pieces

if TYPE_CHECKING:
    from reconciler.render.machine import (
        apply_json,
        diff_json,
        doctor_json,
        drift_json,
        explain_json,
        imported_json,
        plan_json,
        pool_json,
        recover_json,
        replace_json,
        validate_json,
    )

    RENDERERS = Renderers(
        plan=plan_json.plan,
        apply=apply_json.apply,
        drift=drift_json.drift,
        validate=validate_json.validate,
        diff=diff_json.diff,
        explain=explain_json.explain,
        pool=pool_json.pool,
        recover=recover_json.recover,
        doctor=doctor_json.doctor,
        imported=imported_json.imported,
        replace=replace_json.replace,
    )
else:
    RENDERERS = on_demand(__name__, "json")
"""What this format renders."""

PIECES = {
    "plan": on_demand_pieces(__name__, "plan_json", "plan_pieces"),
    "drift": on_demand_pieces(__name__, "drift_json", "drift_pieces"),
}
"""What it yields in pieces, as the whole may not fit into memory."""
