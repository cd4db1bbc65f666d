"""A pool's replica in another Region (2026): a small Regional object beside the primary (cognito.md 2.14).

The replica has its own e-mail, SMS, functions and tags, written to the pool in its Region with an update that
carries all other settings unchanged. It starts INACTIVE, and its creation can take hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reconciler.kinds import availability, tag_changes, user_pool
from reconciler.kinds.iam_access import COGNITO, USER_POOLS, IamAccess, Permission, on_key, pass_role, sets, unsets
from reconciler.kinds.kind import Breach, Listing, PendingCall, Reading, RegionalRead, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import P23, below, dig, has_plan, needs_plan
from reconciler.model import Call, Tree
from reconciler.values.merge import overlay
from reconciler.values.shapes import input_shape, project
from schemas.replica import Replica

REPLICAS = "replicas"
SERVICE = "cognito-idp"
REGIONAL = ("LambdaConfig", "EmailConfiguration", "SmsConfiguration")
"""Members specific to a replica, besides tags and status."""

OWN = ("RegionName", "Status", "UserPoolTags")
PATIENCE = 36 * 3600.0
"""Seconds that CloudFormation allows for its creation (cognito.md 1.1)."""


def region(answer: Tree) -> str:
    """Return the Region of the replica's own settings; empty while it is being created. Identifiers alone suffice."""
    equivalent = answer.get("Role") != "PRIMARY" and answer.get("Status", "INACTIVE") in ("ACTIVE", "INACTIVE")
    return str(answer.get("RegionName", "")) if equivalent else ""


def join(answer: Tree, there: Tree) -> Tree:
    """Join the pool of that Region, in the spelling of its update, with the primary's description of the replica."""
    return {**user_pool.from_api(there), "UserPoolArn": there.get("Arn", ""), **answer}


def owner(tree: Tree, _pool_id: str) -> str:
    """The list includes the primary."""
    return "the primary" if tree.get("Role") == "PRIMARY" else ""


def pending(answer: Tree) -> str:
    """Return the status while the service is creating or deleting it."""
    status = str(answer.get("Status", ""))
    return status if status in ("CREATING", "DELETING") else ""


def lower(pending_call: PendingCall, _usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over the operations of the primary and those of the other Region."""
    change = pending_call.change
    declared = change.declared
    roots = {f.path[0] for f in change.fields}
    calls = [_create(pending_call)] if change.before is None else []
    if roots & set(REGIONAL):
        calls.append(_update_there(pending_call))
    if change.before is not None and "UserPoolTags" in roots:
        calls += _tag_there(pending_call)
    wanted = declared.get("Status", "INACTIVE")
    if "Status" in roots and (change.before is not None or wanted != "INACTIVE"):
        calls.append(Call(SERVICE, "UpdateUserPoolReplica", {**_ids(pending_call), "Status": wanted or "INACTIVE"}))
    return tuple(calls)


def _ids(pending_call: PendingCall) -> Tree:
    return {k: pending_call.change.ids[k] for k in ("UserPoolId", "RegionName")}


def _create(pending_call: PendingCall) -> Call:
    declared = pending_call.change.declared.get("UserPoolTags") or {}
    tags = {k: v for k, v in declared.items() if v is not None}
    return Call(SERVICE, "CreateUserPoolReplica", {**_ids(pending_call), **({"UserPoolTags": tags} if tags else {})})


def _update_there(pending_call: PendingCall) -> Call:
    """Send all settings of the pool with the replica's own merged in; a new replica starts with the primary's."""
    change = pending_call.change
    base = change.before if change.before is not None else pending_call.after("user_pool")
    kept = {k: v for k, v in base.items() if k not in (*OWN, *(REGIONAL if change.before is None else ()))}
    said = {k: v for k, v in change.declared.items() if k in REGIONAL}
    shape = input_shape(SERVICE, "UpdateUserPool")
    payload = user_pool.sendable(overlay(Replica, project(kept, shape), said), said)
    tags = (change.declared if change.before is None else change.before).get("UserPoolTags") or {}
    ids = {"UserPoolId": change.ids["UserPoolId"], "UserPoolTags": tags}  # the map is replaced, so it is sent too
    return Call(SERVICE, "UpdateUserPool", {**ids, **payload}, region=str(change.ids["RegionName"]))


def _tag_there(pending_call: PendingCall) -> list[Call]:
    change = pending_call.change
    live, wanted = ((tree or {}).get("UserPoolTags") for tree in (change.before, change.after))
    where: dict[str, Any] = {"ResourceArn": (change.before or {}).get("UserPoolArn")}
    there = str(change.ids["RegionName"])
    return list(tag_changes.TagCalls(SERVICE).made(tag_changes.between(live, wanted), where, region=there))


def _secondary(state: State) -> list[str]:
    return [a.name for a, t in state.all(REPLICAS).items() if t.get("Role") != "PRIMARY"]


def plans(state: State) -> Iterator[Breach]:
    """P23: a replica needs ESSENTIALS."""
    for name in _secondary(state):
        if below(state, "ESSENTIALS"):
            yield needs_plan(REPLICAS, name, (), "A replica", "ESSENTIALS")


def preconditions(state: State) -> Iterator[Breach]:
    """R1."""
    replicas = _secondary(state)
    pool = state.one("user_pool")
    key, kind = (dig(pool, "KeyConfiguration", member) for member in ("KmsKeyArn", "KeyType"))
    none = kind == "AWS_OWNED_KEY" or (bool(pool) and state.lacks(pool, "KeyConfiguration", "KmsKeyArn"))
    for name in replicas:
        if none or (isinstance(key, str) and "key/mrk-" not in key):
            yield _broken(
                name,
                "A replica requires a pool encrypted with a customer managed multi-Region key.",
                "Set user_pool.KeyConfiguration to CUSTOMER_MANAGED_KEY with the KmsKeyArn of one (…:key/mrk-…).",
            )
        if availability.lacks(user_pool.KIND, name):
            yield _broken(name, *availability.sentences(user_pool.KIND, name))
        if state.region and name == state.region:
            yield _broken(name, f"The pool itself is in {state.region}.", "Use another Region.")
    if len(replicas) > 1:
        yield _broken(replicas[1], "A pool can have only one replica.", "Keep one of them.")


def _broken(name: str, message: str, advice: str) -> Breach:
    return Breach(REPLICAS, name, (), message, advice)


R1 = Rule(
    id="R1",
    title="A replica that the pool cannot have",
    what="The pool is not encrypted with a customer managed multi-Region key, the replica is in the Region of the "
    "pool or in one without user pools, or there are two replicas.",
    why="Cognito refuses the replica.",
    source=("cognito.md 3.3", "cognito.md 2.14", "cognito.md 12"),
    advice="Set user_pool.KeyConfiguration to CUSTOMER_MANAGED_KEY with a multi-Region key, and keep one replica in "
    "another Region.",
    check=preconditions,
    offline=True,
    needs=("replicas",),
)


def undeletable(live: Tree) -> str:
    """The service deletes a replica only while it is INACTIVE (cognito.md 1)."""
    if live.get("Status", "INACTIVE") == "INACTIVE":
        return ""
    return (
        "The service deletes a replica only while it is INACTIVE. "
        "Declare it with Status: INACTIVE and apply that, then remove it from the manifest."
    )


def there(name: str, _declared: Tree) -> Iterable[str]:
    """Return the ARN of the pool in the Region of the replica, which is its name."""
    return (USER_POOLS.replace("{region}", name),)


KIND = ResourceKind(
    section=REPLICAS,
    resource_type="UserPoolReplica",
    title="replica",
    model=Replica,
    listing=Listing("ListUserPoolReplicas", "UserPoolReplicas", None, complete=True),
    in_pool=has_plan("ESSENTIALS"),
    regional_read=RegionalRead(region, Reading("DescribeUserPool", "UserPool"), join),
    create="CreateUserPoolReplica",
    created="UserPoolReplica",
    update="UpdateUserPoolReplica",
    delete="DeleteUserPoolReplica",
    name_member="RegionName",
    id_param="RegionName",
    owner=owner,
    pending=pending,
    patience=lambda _: PATIENCE,
    lower=lower,
    undeletable=undeletable,
    rules=(P23.checked_by(plans, REPLICAS), R1),
    elsewhere={"UserPoolTags": ("TagResource", "UntagResource"), **dict.fromkeys(REGIONAL, ("UpdateUserPool",))},
    iam=IamAccess(
        arns_of=dict.fromkeys(("DescribeUserPool", "UpdateUserPool", "TagResource", "UntagResource"), there),
        only_if={"TagResource": sets, "UntagResource": unsets},
        permissions={
            "CreateUserPoolReplica": (Permission("cognito-idp:CreateUserPool"),),
            "SmsConfiguration.SnsCallerArn": (pass_role(COGNITO),),
            "SmsConfiguration.EumsSms.CallerArn": (pass_role(COGNITO),),
            "LambdaConfig.KMSKeyID": (on_key("CreateGrant"),),
        },
    ),
)
