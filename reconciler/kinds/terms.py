"""Terms documents: links to terms of use and privacy policy, shown once a client has both (cognito.md 2.12)."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.kind import Listing, PendingCall, PoolWideList, Reading, ResourceKind
from reconciler.model import Tree
from schemas.terms import Terms

NAMES = ("terms-of-use", "privacy-policy")
"""The only valid names."""


def names(_owner: Tree) -> Iterable[str]:
    """Every client can have both."""
    return NAMES


def from_api(answer: Tree) -> Tree:
    """Drop the ids, which follow from the place in the manifest."""
    return {k: v for k, v in answer.items() if k not in ("TermsId", "ClientId")}


def prepare(pending_call: PendingCall) -> Tree:
    """Send the two members that have only one valid value."""
    return {"TermsSource": "LINK", "Enforcement": "NONE", **pending_call.payload}


KIND = ResourceKind(
    section="clients.terms",
    resource_type="Terms",
    title="terms document",
    model=Terms,
    reading=Reading(
        "DescribeTermsByClient",
        "Terms",
        pool_wide=PoolWideList(
            Listing("ListTerms", "Terms", ("MaxResults", 60)), Reading("DescribeTerms", "Terms", always=("ClientId",))
        ),
    ),
    create="CreateTerms",
    created="Terms",
    update="UpdateTerms",
    delete="DeleteTerms",
    name_member="TermsName",
    id_param="TermsId",
    names=names,
    from_api=from_api,
    prepare=prepare,
)
