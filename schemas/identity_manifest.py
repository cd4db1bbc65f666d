"""The document of an identity pool: the envelope of a user pool document around other sections (decision 22)."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from schemas.base import ApiModel, Member, Resettable
from schemas.forms import FILLED
from schemas.identity_pool import IdentityPool, ProviderKey
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.limits import NONE_LISTED
from schemas.manifest import REGION, Ignored, ManifestTarget, PartName, PoolLabel, Version, pool_id, prunable
from schemas.paths import PathForm
from schemas.principal_tags import PrincipalTags
from schemas.sections import objects
from schemas.security import ProfileName, Waived

IDENTITY_POOL_ID = rf"{REGION}:[0-9a-f]+(?:-[0-9a-f]+)*"
"""Format of the id of an identity pool (cognito.md 1.1)."""

IdentityPoolId = Annotated[str, pool_id(IDENTITY_POOL_ID, "eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d")]


def _document() -> type[ApiModel]:
    return IdentityPoolManifest


IdentityPruned = Annotated[str, prunable(_document)]
IdentityProtected = Annotated[str, PathForm("protect", _document, "identity_pool")]
"""`identity_pool`, `principal_tags/accounts.google.com`; `*` protects everything."""
IdentityIgnoredPath = Annotated[str, PathForm("ignore", _document, "identity_pool.CognitoIdentityProviders")]
"""`identity_pool.CognitoIdentityProviders`, `principal_tags/accounts.google.com`."""
IdentityWaivedPath = Annotated[str, PathForm("waive", _document, "identity_pool.AllowClassicFlow")]
"""`identity_pool.AllowClassicFlow`, `roles`."""
IdentityLockedPath = Annotated[str, PathForm("lock", _document, "identity_pool.IdentityPoolName")]
"""`identity_pool.AllowUnauthenticatedIdentities`, `target`."""


class IdentityIgnored(Ignored):
    """An ignore rule: what to ignore, and why."""

    path: IdentityIgnoredPath
    """What to ignore: an address like `identity_pool.CognitoIdentityProviders`."""


class IdentityPoolWaived(Waived):
    """A weakness that is accepted: which rule, where, why, who answers for it, and how long."""

    path: Annotated[IdentityWaivedPath | None, FILLED] = None
    """Where: an address or a member like `identity_pool.AllowClassicFlow`. Without it, everywhere."""


class IdentityPoolEnvelope(ApiModel):
    """The envelope around the sections of an identity pool."""

    version: Version
    """The version of this format."""
    kind: Literal["IdentityPool"]
    """Kind of the document."""
    target: Annotated[ManifestTarget | None, FILLED] = None
    """Account and Region of the pool."""
    id: Annotated[IdentityPoolId | None, FILLED] = None
    """The pool's id; without it, the pool is found by IdentityPoolName, which must then be unique."""
    part: Annotated[PartName | None, FILLED] = None
    """Name of this part of the pool, where several documents declare one pool; the parts are planned together."""
    parts: list[PartName] = NONE_LISTED
    """All parts of the pool; only a run that has them all knows what no part declares, and may prune it."""
    pool: Annotated[PoolLabel | None, FILLED] = None
    """Name of the pool, for a part that does not declare it: another part makes the pool."""
    prune: list[IdentityPruned] = NONE_LISTED
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[IdentityProtected] = NONE_LISTED
    """Objects that are never deleted or replaced, with everything inside of them."""
    ignore: list[IdentityIgnored] = NONE_LISTED
    """Ignore rules: objects and members to ignore, with reasons."""
    locked: list[IdentityLockedPath] = NONE_LISTED
    """Manifest paths that overlays must not change."""
    profile: Annotated[ProfileName | None, FILLED] = None
    """Whom the pool serves; decides how bad a weakness is."""
    waivers: list[IdentityPoolWaived] = NONE_LISTED
    """Weaknesses that are accepted, each for a reason and until a day."""


class IdentityPoolManifest(IdentityPoolEnvelope):
    """One identity pool and its sections. An absent section is not managed."""

    identity_pool: Annotated[IdentityPool | None, FILLED] = None
    """The pool itself."""
    roles: Annotated[IdentityPoolRoles | None, Resettable()] = None
    """IAM roles of its identities."""
    principal_tags: Annotated[dict[ProviderKey, PrincipalTags] | None, FILLED] = None
    """Claims mapped to principal tags, by IdentityProviderName."""


@cache
def identity_sections() -> Mapping[str, Member]:
    """Return the sections of an identity pool's manifest by key, in the order of the model."""
    return objects(IdentityPoolManifest)
