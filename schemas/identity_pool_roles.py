"""The IAM roles of an identity pool: what SetIdentityPoolRoles takes.

The operation replaces roles and mappings; omitted mappings are removed (cognito.md 2.18).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    PRINTABLE,
    ApiModel,
    ClearWith,
    LeftOut,
    Note,
    OneOf,
    OnUpdate,
    Pattern,
    RoleArn,
)
from schemas.identity_pool import ProviderKey
from schemas.limits import Field, StringConstraints

SIGNED_IN = Pattern(r"^(un)?authenticated$", "is not a kind of user", "Write authenticated or unauthenticated.")

RoleKind = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=SIGNED_IN)]


class MappingRule(ApiModel):
    """A rule; the first match applies."""

    Claim: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE)]
    """The claim of the token to match."""
    MatchType: Annotated[str, OneOf(("Equals", "Contains", "StartsWith", "NotEqual"))]
    """Type of the match."""
    Value: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    """Value to match."""
    RoleARN: Annotated[RoleArn, Note("A role in the same account.")]
    """The role to assign."""


class RulesConfigurationType(ApiModel):
    """Rules that choose a role."""

    Rules: Annotated[list[MappingRule], Field(min_length=1, max_length=25), Note("The order matters.")] | None = None
    """The rules, evaluated in this order; at most 25."""


class RoleMapping(ApiModel):
    """How a role is chosen for users of one provider."""

    Type: (
        Annotated[
            str, OneOf(("Token", "Rules")), Note("Rules requires RulesConfiguration; Token cannot be combined with it.")
        ]
        | None
    ) = None
    """Whether claims of the token or rules determine the role."""
    AmbiguousRoleResolution: (
        Annotated[str, OneOf(("AuthenticatedRole", "Deny")), OnUpdate("reset"), Note("Required in practice.")] | None
    ) = None
    """What to do if no role matches or the role is ambiguous."""
    RulesConfiguration: Annotated[RulesConfigurationType, OnUpdate("reset")] | None = None
    """Rules that choose a role."""


class IdentityPoolRoles(ApiModel):
    """The IAM roles of an identity pool."""

    INPUTS = (("cognito-identity", "SetIdentityPoolRoles"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "IdentityPoolId": LeftOut("belongs to the document: write id beside roles"),
    }

    Roles: Annotated[dict[RoleKind, RoleArn], Field(max_length=2), ClearWith({})] | None = None
    """Roles of `authenticated` users and `unauthenticated` guests."""
    RoleMappings: (
        Annotated[
            dict[ProviderKey, RoleMapping],
            Field(max_length=10),
            OnUpdate("reset"),
            Note("For a user pool, the key is `cognito-idp.<region>.amazonaws.com/<pool id>:<client id>`."),
        ]
        | None
    ) = None
    """Role mappings for users of a provider, by provider."""
