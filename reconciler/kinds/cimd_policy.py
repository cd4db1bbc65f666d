"""CIMD policies: the URLs from which a client accepts metadata documents of OAuth clients (botocore 1.44.8, 2026)."""

from __future__ import annotations

from reconciler.kinds.kind import Listing, Reading, ResourceKind
from reconciler.model import Tree
from schemas.cimd_policy import CIMDPolicy


def from_api(answer: Tree) -> Tree:
    """Drop the ids, which follow from the place in the manifest."""
    return {k: v for k, v in answer.items() if k not in ("CIMDPolicyId", "ClientId")}


KIND = ResourceKind(
    section="clients.cimd_policies",
    resource_type="UserPoolCIMDPolicy",
    title="CIMD policy",
    model=CIMDPolicy,
    listing=Listing("ListCIMDPolicies", "CIMDPolicies", ("MaxResults", 60)),
    reading=Reading("DescribeCIMDPolicy", "CIMDPolicy"),
    create="CreateCIMDPolicy",
    created="CIMDPolicy",
    update="UpdateCIMDPolicy",
    delete="DeleteCIMDPolicy",
    name_member="PolicyName",
    id_param="CIMDPolicyId",
    from_api=from_api,
)
