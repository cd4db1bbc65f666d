"""`outputs:` of manifests in a plan: a change for each, or why it cannot be written.

They are no objects of Cognito, so the planner does not know them. What cannot be made or written is refused here,
before the first write to a pool; what could not be read is a gap, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.applications.known_pool import of_plan
from reconciler.errors import CloudError, Defect, PoolctlError, expected_errors
from reconciler.kinds.engine_rules import OUTPUT
from reconciler.manifests.env_words import without_values
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Gap, OutputChange, Plan, Refusal
from reconciler.observing.observer import gap
from reconciler.runs.outputs_compared import compared
from reconciler.runs.outputs_made import Neighbours, OutputMaker, UnreadError, due
from reconciler.runs.outputs_places import PlacedOutput, clashes
from reconciler.runs.runtime import Runtime
from reconciler.runs.stages import POOLS_AT_ONCE
from reconciler.terminal.console import Console
from reconciler.terminal.side_by_side import side_by_side


def planned(runtime: Runtime, console: Console, manifests: Sequence[Manifest], plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans with the outputs of their manifests. A plan that cannot be applied gets none.

    Args:
        runtime: The run.
        console: Shows what is read.
        manifests: One for each plan.
        plans: As `stages.plan_all` made them.
    """
    neighbours = Neighbours(runtime, plans)

    def one(pair: tuple[Manifest, Plan]) -> Plan:
        manifest, plan = pair
        console.status(f"Comparing the outputs of {manifest.name}…")
        return _with_outputs(OutputMaker(runtime, manifest, of_plan(plan), neighbours), plan, runtime.options.targets)

    pairs = [(m, p) for m, p in zip(manifests, plans, strict=True) if _has_outputs(m, p)]
    found = dict(zip([id(p) for _, p in pairs], side_by_side(one, pairs, at_once=POOLS_AT_ONCE), strict=True))
    console.status("")
    return _without_clashes(manifests, [found.get(id(p), p) for p in plans])


def _has_outputs(manifest: Manifest, plan: Plan) -> bool:
    return bool(manifest.outputs) and not plan.refusals and not plan.gaps


def _with_outputs(maker: OutputMaker, plan: Plan, targets: Sequence[str]) -> Plan:
    outputs: list[OutputChange] = []
    refusals: list[Refusal] = []
    gaps: list[Gap] = []
    for declared in due(maker.manifest, targets):
        try:
            with expected_errors():
                outputs.append(compared(maker, declared).change)
        except UnreadError as error:
            gaps += error.gaps
        except CloudError as error:
            gaps.append(gap(maker.address(declared), error))
        except Defect as defect:
            gaps.append(Gap(maker.address(declared), "poolctl", str(defect)))
        except PoolctlError as error:
            refusals.append(_refusal(maker, declared, str(error)))
    shown = tuple(without_values(refusals, maker.manifest.specs, {}))
    return replace(plan, outputs=tuple(outputs), refusals=shown, gaps=tuple(dict.fromkeys(gaps)))


def _refusal(maker: OutputMaker, declared: WrittenOutput, message: str) -> Refusal:
    return OUTPUT.refusal(maker.address(declared), (), " ".join(message.split()), declared.source)


# --- one place, one output -----------------------------------------------------------------------------------------


def _without_clashes(manifests: Sequence[Manifest], plans: Sequence[Plan]) -> list[Plan]:
    """Refuse outputs that cannot be where they are to go."""
    placed = [
        PlacedOutput(manifest, _declared(manifest, change), change.address, plan.target)
        for manifest, plan in zip(manifests, plans, strict=True)
        for change in plan.outputs
    ]
    found = [(one.manifest, refusal) for one, refusal in clashes(placed, manifests)]
    return [
        replace(plan, refusals=(*plan.refusals, *(r for m, r in found if m is manifest)))
        for manifest, plan in zip(manifests, plans, strict=True)
    ]


def _declared(manifest: Manifest, change: OutputChange) -> WrittenOutput:
    return next(o for o in manifest.outputs if o.source == change.source)
