"""Provisioned limits: request rates of the account in a Region, which are billed and managed only if declared.

They belong to no pool; a document manages exactly the limits that it declares (cognito.md 1.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.iam_access import IamAccess, anywhere
from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State, no_names
from reconciler.model import Tree
from schemas.provisioned_limit import ProvisionedLimit

CATEGORY = "Category"
FREE = "FreeLimitValue"


def to_params(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """The API identifies a limit by a structure in which only the category differs."""
    return {**ids, "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {CATEGORY: ids.get(CATEGORY)}}}


def from_api(answer: Tree) -> Tree:
    """The provisioned value is the requested one; the free rate is for the rule."""
    kept = {k: v for k, v in answer.items() if k == FREE}
    return {"RequestedLimitValue": answer["ProvisionedLimitValue"], **kept} if "ProvisionedLimitValue" in answer else {}


def prepare(pending_call: PendingCall) -> Tree:
    """The definition is the object's identifier."""
    return {k: v for k, v in pending_call.payload.items() if k != "LimitDefinition"}


def below_free(state: State) -> Iterator[Breach]:
    """O24."""
    for address, tree in state.all("limits").items():
        wanted, free = tree.get("RequestedLimitValue"), tree.get(FREE)
        if isinstance(wanted, int) and isinstance(free, int) and wanted < free:
            message = f"{wanted} requests per second is below the free rate of {free}."
            yield Breach("limits", address.name, ("RequestedLimitValue",), message, f"Write {free} or more.")


O24 = Rule(
    id="O24",
    title="A provisioned limit below the free rate",
    what="RequestedLimitValue of a limit is below the rate that is included for free.",
    why="Cognito refuses the limit. The free rate is the FreeLimitValue that it answers, so only a plan knows it.",
    source=("cognito.md 3.3", "cognito.md 5.1"),
    advice="Write the free rate or more.",
    check=below_free,
    needs=("limits",),
)


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
    names=no_names,  # no operation lists limits
    from_api=from_api,
    prepare=prepare,
    rules=(O24,),
    iam=IamAccess(arns_of={"GetProvisionedLimit": anywhere, "UpdateProvisionedLimit": anywhere}),
)
