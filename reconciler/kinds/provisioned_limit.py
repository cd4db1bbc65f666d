"""Provisioned limits: request rates of the account in a Region, which cost money and are managed only when declared.

They belong to no pool; a document that speaks of them manages exactly those that it names (cognito.md 1.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind
from reconciler.model import Tree
from schemas.provisioned_limit import ProvisionedLimit

CATEGORY = "Category"


def to_params(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """The API tells a limit apart by a structure, of which the category is all that differs."""
    return {**ids, "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {CATEGORY: ids.get(CATEGORY)}}}


def names(pool: Tree) -> Iterable[str]:  # noqa: ARG001 - the signature of the hook
    """Nothing lists limits; only those that are declared are looked up."""
    return ()


def from_api(answer: Tree) -> Tree:
    """What is provisioned is what was requested."""
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
    reading=Reading("GetProvisionedLimit", "Limit"),
    update="UpdateProvisionedLimit",
    name_member=CATEGORY,
    id_param=CATEGORY,
    to_params=to_params,
    names=names,
    from_api=from_api,
    prepare=prepare,
)
