"""The document of an identity pool: the same envelope as that of a user pool, around other sections (decision 22)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from schemas.base import ApiModel, Member, Pattern
from schemas.identity_pool import IdentityPool, ProviderKey
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.manifest import Ignored, ManifestTarget, NotEmpty, addressed, lockable, number, objects, prunable
from schemas.principal_tags import PrincipalTags

POOL_ID = Pattern(
    r"^[\w-]+:[0-9a-f-]+$",
    "is not the id of an identity pool",
    "Write one such as eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d.",
)
IdentityPoolId = Annotated[str, StringConstraints(min_length=1, max_length=55, pattern=POOL_ID)]


IdentityAddress = Annotated[str, NotEmpty, addressed(lambda: identity_sections(), "identity_pool")]  # noqa: PLW0108 - defined below
"""`identity_pool`, `principal_tags/accounts.google.com`."""

IdentityLockedPath = Annotated[str, NotEmpty, lockable(lambda: IdentityPoolManifest, "roles.Roles")]
"""`identity_pool.AllowUnauthenticatedIdentities`, `target`."""


class IdentityIgnored(Ignored):
    """Something that is not reported, and why."""

    path: IdentityAddress
    """What is ignored: an address like `identity_pool.CognitoIdentityProviders`."""


class IdentityPoolManifest(ApiModel):
    """One identity pool and what belongs to it. A section that is left out is not managed."""

    version: Annotated[Literal[1], BeforeValidator(number)]
    """The version of this format."""
    kind: Literal["IdentityPool"]
    """What the document describes."""
    target: ManifestTarget | None = None
    """Where the pool is."""
    id: IdentityPoolId | None = None
    """The pool's id; without it, the pool is found by IdentityPoolName, which must then be unique."""

    identity_pool: IdentityPool | None = None
    """The pool itself."""
    roles: IdentityPoolRoles | None = None
    """The roles that it gives."""
    principal_tags: dict[ProviderKey, PrincipalTags] | None = None
    """Claims that become tags, by IdentityProviderName."""

    prune: list[Annotated[str, prunable(lambda: identity_sections())]] = Field(default=[])  # noqa: PLW0108 - defined below
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[IdentityAddress] = Field(default=[])
    """Objects that are never deleted or replaced."""
    ignore: list[IdentityIgnored] = Field(default=[])
    """What is not reported, and why."""
    locked: list[IdentityLockedPath] = Field(default=[])
    """What overlays may not change: manifest paths."""


@cache
def identity_sections() -> Mapping[str, Member]:
    """Return the sections of an identity pool's manifest by key, in the order of the model."""
    return objects(IdentityPoolManifest)
