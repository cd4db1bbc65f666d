"""The roles that an identity pool gives: what SetIdentityPoolRoles takes.

The operation replaces roles and mappings; mappings that it leaves out are removed (cognito.md 2.18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    PRINTABLE,
    ApiModel,
    Arn,
    ClearWith,
    Note,
    OneOf,
    OnUpdate,
    Pattern,
)
from schemas.identity_pool import ProviderKey

SIGNED_IN = Pattern(r"^(un)?authenticated$", "is no kind of user", "Write authenticated or unauthenticated.")

RoleKind = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=SIGNED_IN)]


class MappingRule(ApiModel):
    """A rule; the first that holds decides."""

    Claim: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE)]
    """The claim of the token that is looked at."""
    MatchType: Annotated[str, OneOf(("Equals", "Contains", "StartsWith", "NotEqual"))]
    """How it is compared."""
    Value: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    """What it is compared with."""
    RoleARN: Annotated[Arn, Note("A role of the same account.")]
    """The role that is given."""


class RulesConfigurationType(ApiModel):
    """Rules that choose a role."""

    Rules: Annotated[list[MappingRule], Field(min_length=1, max_length=25), Note("Their order matters.")] | None = None
    """The rules, tried in this order; the service takes 25."""


class RoleMapping(ApiModel):
    """How users of one provider come to their role."""

    Type: (
        Annotated[str, OneOf(("Token", "Rules")), Note("Token excludes RulesConfiguration, Rules needs it.")] | None
    ) = None
    """Whether the token's own claims name the role, or rules choose it."""
    AmbiguousRoleResolution: (
        Annotated[str, OneOf(("AuthenticatedRole", "Deny")), OnUpdate("reset"), Note("Needed in practice.")] | None
    ) = None
    """What is done when no role is found."""
    RulesConfiguration: Annotated[RulesConfigurationType, OnUpdate("reset")] | None = None
    """Rules that choose a role."""


class IdentityPoolRoles(ApiModel):
    """The roles that an identity pool gives."""

    INPUTS = (("cognito-identity", "SetIdentityPoolRoles"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "IdentityPoolId": "belongs to the document: write id beside roles",
    }

    Roles: Annotated[dict[RoleKind, Arn], Field(max_length=2), ClearWith({})] | None = None
    """The role of `authenticated` users, and that of `unauthenticated` guests."""
    RoleMappings: (
        Annotated[
            dict[ProviderKey, RoleMapping],
            Field(max_length=10),
            OnUpdate("reset"),
            Note("For a user pool, the key is `cognito-idp.<region>.amazonaws.com/<pool id>:<client id>`."),
        ]
        | None
    ) = None
    """How users of a provider come to another role, by provider."""
