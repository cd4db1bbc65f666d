"""The document of an identity pool: the same envelope as that of a user pool, around other sections (design 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from schemas.base import ApiModel, Member
from schemas.identity_pool import IdentityPool, ProviderKey
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.manifest import Ignored, Target, number, objects
from schemas.principal_tags import PrincipalTags

IdentityPoolId = Annotated[str, StringConstraints(min_length=1, max_length=55, pattern=r"^[\w-]+:[0-9a-f-]+$")]


def _addressed(value: str) -> str:
    """Refuse an address in a section that does not exist: what it should protect would be unprotected."""
    section = re.split(r"[/.]", value, maxsplit=1)[0]
    if section not in identity_sections():
        raise ValueError(f"begin with a section, one of {', '.join(identity_sections())}: for example identity_pool")
    return value


def _prunable(value: str) -> str:
    """Refuse what is no section of several objects; there is always one pool, and nothing prunes it."""
    names = [name for name, member in identity_sections().items() if member.shape == "map"]
    if value not in names:
        raise ValueError(f"write one of {', '.join(names)}")
    return value


IdentityAddress = Annotated[str, StringConstraints(min_length=1), AfterValidator(_addressed)]
"""`identity_pool`, `principal_tags/accounts.google.com`."""


def _lockable(value: str) -> str:
    """Refuse a path that begins with no key of the document: it would lock nothing."""
    if re.split(r"[/.]", value, maxsplit=1)[0] not in IdentityPoolManifest.model_fields:
        raise ValueError("begin with a key of the document: for example roles.Roles")
    return value


IdentityLockedPath = Annotated[str, StringConstraints(min_length=1), AfterValidator(_lockable)]
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
    target: Target | None = None
    """Where the pool is."""
    id: IdentityPoolId | None = None
    """The pool's id; without it, the pool is found by IdentityPoolName, which must then be unique."""

    identity_pool: IdentityPool | None = None
    """The pool itself."""
    roles: IdentityPoolRoles | None = None
    """The roles that it gives."""
    principal_tags: dict[ProviderKey, PrincipalTags] | None = None
    """Claims that become tags, by IdentityProviderName."""

    prune: list[Annotated[str, AfterValidator(_prunable)]] = Field(default=[])
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
