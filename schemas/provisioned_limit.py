"""Request rates of an account: what UpdateProvisionedLimit takes (cognito.md 1.1).

They belong to the account and Region and not to a pool, and rates above what is free are paid for, so they are managed
only where a manifest says so. They are keyed by category (UserAuthentication), which is short for the whole definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import StringConstraints

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

CATEGORY = Pattern(r"^\w+$", FORBIDDEN, "Use letters, digits and _")

LimitCategory = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=CATEGORY)]
"""A category of operations that share one rate (cognito.md 5.1)."""


class LimitDefinitionType(ApiModel):
    """Which limit is meant."""

    LimitClass: Annotated[str, OneOf(("API_CATEGORY",))] | None = None
    """What kind of limit it is."""
    Attributes: dict[String, String] | None = None
    """What identifies it: `Category: UserAuthentication`."""


class ProvisionedLimit(ApiModel):
    """A request rate of the account in a Region."""

    INPUTS = (("cognito-idp", "UpdateProvisionedLimit"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "ProvisionedLimitValue": "write RequestedLimitValue",
        "FreeLimitValue": "is decided by Amazon: remove it",
    }

    LimitDefinition: (
        Annotated[
            LimitDefinitionType,
            Since(2026),
            NotRemovable("A limit must be distinguishable from others."),
            Note("The key says it: without this member, LimitClass is API_CATEGORY and Category is the key."),
        ]
        | None
    ) = None
    """Which limit is meant, where the key does not say it."""
    RequestedLimitValue: (
        Annotated[
            int,
            Since(2026),
            NotRemovable("Write the rate that is free."),
            Note("Between the free rate and the account's quota in Service Quotas; what exceeds the free rate costs."),
        ]
        | None
    ) = None
    """Requests a second."""
