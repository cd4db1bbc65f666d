"""Resource servers: custom scopes for clients."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.kind import Listing, PendingCall, Reading, ResourceKind
from reconciler.model import Tree
from schemas.resource_server import ResourceServer


def prepare(pending_call: PendingCall) -> Tree:
    """Always send the scopes: an update that omits them removes them (cognito.md 2.5)."""
    return {"Scopes": [], **pending_call.payload}


def parts(tree: Tree) -> Iterable[str]:
    """Return the names of its scopes, which clients name (cognito.md 7.3)."""
    return [str(s.get("ScopeName")) for s in tree.get("Scopes") or () if isinstance(s, dict)]


def owner(tree: Tree, _pool_id: str) -> str:
    """Cognito creates its own resource servers for dynamic client registration."""
    return "reserved by Cognito" if tree.get("ManagedBy") == "COGNITO" else ""


KIND = ResourceKind(
    section="resource_servers",
    resource_type="UserPoolResourceServer",
    title="resource server",
    model=ResourceServer,
    listing=Listing(
        "ListResourceServers",
        "ResourceServers",
        ("MaxResults", 50),
        complete=True,
        again=Reading("DescribeResourceServer", "ResourceServer"),
    ),
    create="CreateResourceServer",
    created="ResourceServer",
    update="UpdateResourceServer",
    delete="DeleteResourceServer",
    name_member="Identifier",
    id_param="Identifier",
    prepare=prepare,
    parts=parts,
    owner=owner,
)
