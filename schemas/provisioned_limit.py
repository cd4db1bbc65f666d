"""Request rates of an account: what UpdateProvisionedLimit takes (cognito.md 1.1).

They belong to the account and Region and not to a pool, and rates above the free rate are billed, so they are managed
only if a manifest declares them. They are keyed by category (UserAuthentication), which implies the whole definition.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    FORBIDDEN,
    ApiModel,
    Note,
    NotRemovable,
    OneOf,
    Pattern,
    Since,
    String,
)
from schemas.limits import StringConstraints

CATEGORY = Pattern(r"^\w+$", FORBIDDEN, "Use letters, digits and _")

CATEGORIES = (
    *("UserAuthentication", "UserCreation", "UserFederation", "UserAccountRecovery", "UserRead", "UserUpdate"),
    *("UserToken", "UserList", "UserResourceRead", "UserResourceUpdate", "ClientAuthentication"),
    *("UserPoolRead", "UserPoolUpdate", "UserPoolResourceRead", "UserPoolResourceUpdate"),
    *("UserPoolClientRead", "UserPoolClientUpdate", "LimitManagement"),
)
"""The categories that AWS publishes (cognito.md 5.1)."""

LimitCategory = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=CATEGORY), OneOf(CATEGORIES)]
"""A category of operations that share one rate (cognito.md 5.1)."""


class LimitDefinitionType(ApiModel):
    """Definition of the limit."""

    LimitClass: Annotated[str, OneOf(("API_CATEGORY",))] | None = None
    """Class of the limit."""
    Attributes: dict[String, String] | None = None
    """Identifies the limit: `Category: UserAuthentication`."""


class ProvisionedLimit(ApiModel):
    """A request rate limit of the account in a Region."""

    INPUTS = (("cognito-idp", "UpdateProvisionedLimit"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "ProvisionedLimitValue": "write RequestedLimitValue",
        "FreeLimitValue": "is decided by Amazon: remove it",
    }

    LimitDefinition: (
        Annotated[
            LimitDefinitionType,
            Since(2026),
            NotRemovable("A limit must be identified; write its definition."),
            Note("Follows from the key: without this member, LimitClass is API_CATEGORY and Category is the key."),
        ]
        | None
    ) = None
    """Definition of the limit, if it differs from the key."""
    RequestedLimitValue: (
        Annotated[
            int,
            Since(2026),
            NotRemovable("Write the rate that is included for free."),
            Note(
                "Between the free rate and the account's quota in Service Quotas; rates above the free rate are billed."
            ),
        ]
        | None
    ) = None
    """Requests per second."""
