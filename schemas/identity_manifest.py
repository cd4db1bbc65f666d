"""The document of an identity pool: the envelope of a user pool document around other sections (decision 22)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from schemas.base import ApiModel, Member
from schemas.identity_pool import IdentityPool, ProviderKey
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.manifest import Ignored, ManifestTarget, NotEmpty, addressed, lockable, number, objects, prunable
from schemas.principal_tags import PrincipalTags

IdentityPoolId = Annotated[str, StringConstraints(min_length=1, max_length=55, pattern=r"^[\w-]+:[0-9a-f-]+$")]


IdentityAddress = Annotated[str, NotEmpty, addressed(lambda: identity_sections(), "identity_pool")]  # noqa: PLW0108 - defined below
"""`identity_pool`, `principal_tags/accounts.google.com`."""

IdentityLockedPath = Annotated[str, NotEmpty, lockable(lambda: IdentityPoolManifest, "roles.Roles")]
"""`identity_pool.AllowUnauthenticatedIdentities`, `target`."""


class IdentityIgnored(Ignored):
    """An ignore rule: what to ignore, and why."""

    path: IdentityAddress
    """What to ignore: an address like `identity_pool.CognitoIdentityProviders`."""


class IdentityPoolManifest(ApiModel):
    """One identity pool and its sections. An absent section is not managed."""

    version: Annotated[Literal[1], BeforeValidator(number)]
    """The version of this format."""
    kind: Literal["IdentityPool"]
    """Kind of the document."""
    target: ManifestTarget | None = None
    """Account and Region of the pool."""
    id: IdentityPoolId | None = None
    """The pool's id; without it, the pool is found by IdentityPoolName, which must then be unique."""

    identity_pool: IdentityPool | None = None
    """The pool itself."""
    roles: IdentityPoolRoles | None = None
    """IAM roles of its identities."""
    principal_tags: dict[ProviderKey, PrincipalTags] | None = None
    """Claims mapped to principal tags, by IdentityProviderName."""

    prune: list[Annotated[str, prunable(lambda: identity_sections())]] = Field(default=[])  # noqa: PLW0108 - defined below
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[IdentityAddress] = Field(default=[])
    """Objects that are never deleted or replaced."""
    ignore: list[IdentityIgnored] = Field(default=[])
    """Ignore rules: objects and members to ignore, with reasons."""
    locked: list[IdentityLockedPath] = Field(default=[])
    """Manifest paths that overlays must not change."""


@cache
def identity_sections() -> Mapping[str, Member]:
    """Return the sections of an identity pool's manifest by key, in the order of the model."""
    return objects(IdentityPoolManifest)
