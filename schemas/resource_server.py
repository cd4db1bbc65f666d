"""Resource servers: what CreateResourceServer and UpdateResourceServer take (cognito.md 2.5)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    NAME,
    VISIBLE,
    ApiModel,
    ClearWith,
    KeyName,
    LeftOut,
    Note,
    NotRemovable,
    OnUpdate,
    Pattern,
    Unordered,
)
from schemas.limits import Field, StringConstraints

SCOPE_NAME = Pattern(
    r"^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$", FORBIDDEN, 'Use ASCII characters other than space, ", / and \\.'
)

ServerIdentifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=VISIBLE)]


class ResourceServerScopeType(ApiModel):
    """A permission that clients can request."""

    ScopeName: Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=SCOPE_NAME)]
    """Name of the scope, without a slash; clients use `<identifier>/<name>`."""
    ScopeDescription: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """Description of the permission."""


class ResourceServer(ApiModel):
    """An API that accepts access tokens."""

    INPUTS = (("cognito-idp", "CreateResourceServer"), ("cognito-idp", "UpdateResourceServer"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside resource_servers"),
        "ManagedBy": COMPUTED,
    }

    Identifier: Annotated[ServerIdentifier, KeyName(renameable=False)] | None = None
    """Identifier, a URL or a name; the same as the key."""
    Name: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=256, pattern=NAME),
            OnUpdate("reset"),
            NotRemovable("A resource server must have a name; write one."),
        ]
        | None
    ) = None
    """Display name."""
    Scopes: (
        Annotated[
            list[ResourceServerScopeType],
            Field(max_length=100),
            Unordered(),
            ClearWith([]),
            OnUpdate("reset"),
            Note("Remove a scope from all clients before you remove it here."),
        ]
        | None
    ) = None
    """Scopes of the API; the list is replaced as a whole."""
