"""CIMD policies: the URLs from which a client accepts metadata documents of OAuth clients (botocore 1.44.8, 2026)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Listing, Reading, ResourceKind, State
from reconciler.kinds.shared_rules import P23, below, has_plan, needs_plan
from reconciler.model import Tree
from schemas.cimd_policy import CIMDPolicy


def from_api(answer: Tree) -> Tree:
    """Drop the ids, which follow from the place in the manifest."""
    return {k: v for k, v in answer.items() if k not in ("CIMDPolicyId", "ClientId")}


def plans(state: State) -> Iterator[Breach]:
    """P23: the operations declare FeatureUnavailableInTierException, so at least the lowest plan lacks them."""
    for address in state.all(POLICIES):
        if below(state, "ESSENTIALS"):
            yield needs_plan(POLICIES, address.name, (), "A CIMD policy", "ESSENTIALS")


POLICIES = "clients.cimd_policies"

KIND = ResourceKind(
    section=POLICIES,
    resource_type="UserPoolCIMDPolicy",
    title="CIMD policy",
    model=CIMDPolicy,
    listing=Listing("ListCIMDPolicies", "CIMDPolicies", ("MaxResults", 60)),
    reading=Reading("DescribeCIMDPolicy", "CIMDPolicy"),
    in_pool=has_plan("ESSENTIALS"),
    create="CreateCIMDPolicy",
    created="CIMDPolicy",
    update="UpdateCIMDPolicy",
    delete="DeleteCIMDPolicy",
    name_member="PolicyName",
    id_param="CIMDPolicyId",
    from_api=from_api,
    rules=(P23.checked_by(plans, POLICIES),),
)
