"""Principal tags of an identity pool: claims of one provider mapped to session tags (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.kinds.iam_access import IamAccess, anywhere
from reconciler.kinds.kind import PendingCall, Reading, ResourceKind
from reconciler.model import Tree
from schemas.principal_tags import PrincipalTags


def names(pool: Tree) -> Iterable[str]:
    """No operation lists the maps; the providers of the pool are looked up."""
    user_pools = [p.get("ProviderName") for p in pool.get("CognitoIdentityProviders") or ()]
    return [str(p) for p in (*user_pools, *(pool.get("SupportedLoginProviders") or {})) if p]


NEVER_SET: Mapping[str, Any] = {"UseDefaults": False, "PrincipalTags": {}}
"""The answer for a provider whose tags were never set, or were switched off: there is no object then."""


def initial() -> Tree:
    """Return the map of a provider without tags."""
    return {"UseDefaults": False, "PrincipalTags": {}}


def from_api(answer: Tree) -> Tree:
    """Drop the pool's id; a provider without tags has no map, whether they were never set or switched off."""
    data = {k: v for k, v in answer.items() if k != "IdentityPoolId"}
    return data if data.get("PrincipalTags") or data.get("UseDefaults") else {}


def prepare(pending_call: PendingCall) -> Tree:
    """Send both members: the operation replaces them together."""
    return {**NEVER_SET, **pending_call.payload}


KIND = ResourceKind(
    section="principal_tags",
    resource_type="IdentityPoolPrincipalTag",
    title="principal tags",
    model=PrincipalTags,
    service="cognito-identity",
    document="IdentityPool",
    reading=Reading("GetPrincipalTagAttributeMap", always=("IdentityPoolId",), never_missing=True),
    update="SetPrincipalTagAttributeMap",
    delete="SetPrincipalTagAttributeMap",
    deleted_as=NEVER_SET,
    name_member="IdentityProviderName",
    id_param="IdentityProviderName",
    names=names,
    initial=initial,
    from_api=from_api,
    prepare=prepare,
    iam=IamAccess(arns_of={"SetPrincipalTagAttributeMap": anywhere}),
)
