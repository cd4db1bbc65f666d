"""Provisioned limits: request rates of the account in a Region, which are billed and managed only if declared.

They belong to no pool; a document manages exactly the limits that it declares (cognito.md 1.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind
from reconciler.model import Tree
from schemas.provisioned_limit import ProvisionedLimit

CATEGORY = "Category"


def to_params(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """The API identifies a limit by a structure in which only the category differs."""
    return {**ids, "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {CATEGORY: ids.get(CATEGORY)}}}


def names(_pool: Tree) -> Iterable[str]:
    """No operation lists limits; only declared ones are looked up."""
    return ()


def from_api(answer: Tree) -> Tree:
    """The provisioned value is the requested one."""
    return {"RequestedLimitValue": answer["ProvisionedLimitValue"]} if "ProvisionedLimitValue" in answer else {}


def prepare(pending_call: PendingCall) -> Tree:
    """The definition is the object's identifier."""
    return {k: v for k, v in pending_call.payload.items() if k != "LimitDefinition"}


KIND = ResourceKind(
    section="limits",
    resource_type="ProvisionedLimit",
    title="provisioned limit",
    model=ProvisionedLimit,
    account_wide=True,
    reading=Reading("GetProvisionedLimit", "Limit", always=("ProvisionedLimitValue",)),
    update="UpdateProvisionedLimit",
    name_member=CATEGORY,
    id_param=CATEGORY,
    to_params=to_params,
    names=names,
    from_api=from_api,
    prepare=prepare,
)
