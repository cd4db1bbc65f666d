"""Which pools of one apply may be applied side by side: those that have nothing to do with each other.

A document that refers to another one needs what that one makes. Two that change the same thing outside their pools,
such as a role for SMS, the policy of log groups, or a domain that moves from one to the other, would meet each other's
fences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.kinds import KINDS
from reconciler.manifests.links import before_each
from reconciler.model import Plan

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest

Thing = tuple[str, ...]
"""What only one pool at a time may work on."""


def waits_for(manifests: Sequence[Manifest], plans: Sequence[Plan]) -> list[set[int]]:
    """Return, for each plan, the indexes of the earlier ones that must be applied before.

    Args:
        manifests: So that each comes after those that it refers to.
        plans: One for each.
    """
    found = [set(before) for _, before in sorted(before_each(manifests).items())]
    last: dict[Thing, int] = {}
    for i, (manifest, plan) in enumerate(zip(manifests, plans, strict=True)):
        for thing in set(_things(manifest, plan)):
            found[i] |= {last[thing]} if thing in last else set()
            last[thing] = i
    return found


def _things(manifest: Manifest, plan: Plan) -> Iterator[Thing]:
    """Yield what a plan changes: its pool, and what is there for more than one pool, in whatever Region."""
    target = plan.target
    if plan.pending:
        yield (target.account, manifest.kind, target.region, target.pool_id or target.pool_name)
    for change in plan.pending:
        kind = KINDS[change.address.section]
        if kind.surrounding and kind.surrounding.common:
            yield (target.account, kind.service)
        elif kind.account_wide or kind.surrounding or kind.taken:
            known = (change.new_ids or change.ids).get(kind.id_param)
            yield (target.account, kind.service, known if isinstance(known, str) else change.address.name)
