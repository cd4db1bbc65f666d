"""Resource servers: what CreateResourceServer and UpdateResourceServer take (cognito.md 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    NAME,
    VISIBLE,
    ApiModel,
    ClearWith,
    KeyName,
    Note,
    NotRemovable,
    OnUpdate,
    Pattern,
    Unordered,
)

SCOPE_NAME = Pattern(
    r"^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$", FORBIDDEN, 'Use ASCII characters other than space, ", / and \\.'
)

ServerIdentifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=VISIBLE)]


class ResourceServerScopeType(ApiModel):
    """A permission that clients can ask for."""

    ScopeName: Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=SCOPE_NAME)]
    """Its name, without a slash; clients write `<identifier>/<name>`."""
    ScopeDescription: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """What it allows, for people."""


class ResourceServer(ApiModel):
    """An API that access tokens are good for."""

    INPUTS = (("cognito-idp", "CreateResourceServer"), ("cognito-idp", "UpdateResourceServer"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside resource_servers",
        "ManagedBy": COMPUTED,
    }

    Identifier: Annotated[ServerIdentifier, KeyName(renameable=False)] | None = None
    """Its identifier, a URL or a name; the same as the key."""
    Name: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=256, pattern=NAME),
            OnUpdate("reset"),
            NotRemovable("A resource server must have a name."),
        ]
        | None
    ) = None
    """A label, for people."""
    Scopes: (
        Annotated[
            list[ResourceServerScopeType],
            Field(max_length=100),
            Unordered(),
            ClearWith([]),
            OnUpdate("reset"),
            Note("Take a scope out of the clients before it is removed here."),
        ]
        | None
    ) = None
    """The permissions that it knows; the list is replaced as a whole."""
