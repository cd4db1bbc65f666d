"""Provisioned limits (cognito.md 1.1, 5.1): request rates of the account in a Region.

The free rates are those of 5.1. The maximum rate of an account is in Service Quotas; the embedded Cognito uses ten
times the free one.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.store import Record

FREE = {
    "UserAuthentication": 120,
    "UserCreation": 50,
    "UserFederation": 25,
    "UserAccountRecovery": 30,
    "UserRead": 120,
    "UserUpdate": 25,
    "UserList": 30,
    "UserToken": 120,
    "UserResourceRead": 50,
    "UserResourceUpdate": 25,
    "ClientAuthentication": 150,
}
"""Requests per second."""
QUOTA = 10
"""Maximum rate as a multiple of the free rate."""


def get_provisioned_limit(ctx: Context, params: Record) -> Record:
    """GetProvisionedLimit."""
    category = _category(params)
    value = ctx.store.account["limits"].get(_key(ctx, category), FREE[category])
    definition = params["LimitDefinition"]
    return {"Limit": {"LimitDefinition": definition, "ProvisionedLimitValue": value, "FreeLimitValue": FREE[category]}}


def update_provisioned_limit(ctx: Context, params: Record) -> Record:
    """UpdateProvisionedLimit: from the free rate up to the account's quota."""
    category, value = _category(params), params["RequestedLimitValue"]
    if value < FREE[category]:
        refuse(f"RequestedLimitValue must be at least {FREE[category]}.")
    if value > FREE[category] * QUOTA:
        raise ServiceError("ServiceQuotaExceededException", f"The quota of {category} is {FREE[category] * QUOTA}.")
    ctx.store.account["limits"][_key(ctx, category)] = value
    ctx.store.touch_account()
    return get_provisioned_limit(ctx, params)


def _key(ctx: Context, category: str) -> str:
    return f"{ctx.region}/{category}"


def _category(params: Record) -> str:
    attributes = params["LimitDefinition"]["Attributes"]
    if set(attributes) != {"Category"}:
        refuse("Attributes must have the key Category and no other.")
    category = str(attributes["Category"])
    if category not in FREE:
        not_found(f"There is no limit for the category {category}.")
    return category


OPERATIONS: dict[str, Operation] = {
    "GetProvisionedLimit": get_provisioned_limit,
    "UpdateProvisionedLimit": update_provisioned_limit,
}
