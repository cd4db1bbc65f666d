"""Principal tags of an identity pool: claims of one provider mapped to session tags (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind
from reconciler.model import Tree
from schemas.principal_tags import PrincipalTags


def names(pool: Tree) -> Iterable[str]:
    """No operation lists the maps; the providers of the pool are looked up."""
    user_pools = [p.get("ProviderName") for p in pool.get("CognitoIdentityProviders") or ()]
    return [str(p) for p in (*user_pools, *(pool.get("SupportedLoginProviders") or {})) if p]


def from_api(answer: Tree) -> Tree:
    """Drop the pool's id; a map that was never set is empty."""
    data = {k: v for k, v in answer.items() if k != "IdentityPoolId"}
    return data if data.get("PrincipalTags") or data.get("UseDefaults") is not None else {}


def prepare(pending_call: PendingCall) -> Tree:
    """Send both members: the operation replaces them together."""
    return {"UseDefaults": False, "PrincipalTags": {}, **pending_call.payload}


KIND = ResourceKind(
    section="principal_tags",
    resource_type="IdentityPoolPrincipalTag",
    title="principal tags",
    model=PrincipalTags,
    service="cognito-identity",
    document="IdentityPool",
    reading=Reading("GetPrincipalTagAttributeMap", always=("IdentityPoolId",)),
    update="SetPrincipalTagAttributeMap",
    name_member="IdentityProviderName",
    id_param="IdentityProviderName",
    names=names,
    from_api=from_api,
    prepare=prepare,
)
