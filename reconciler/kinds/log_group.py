"""Log groups for the logs of a pool (cognito.md 9.7): made before the delivery that names them, and never deleted.

The service that delivers logs needs a resource policy of CloudWatch Logs. A Region has ten of them at most, so one
policy covers every log group below /aws/vendedlogs/ of the account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds import tag_changes
from reconciler.kinds.iam_access import UNNAMED, IamAccess, always, anywhere, sets, unsets
from reconciler.kinds.kind import (
    Around,
    Breach,
    FurtherRead,
    Implied,
    LeftAside,
    PendingCall,
    Reading,
    ResourceKind,
    Rule,
    State,
    Surrounding,
    no_names,
)
from reconciler.kinds.policy_documents import alike, beside, document, statements
from reconciler.kinds.shared_rules import arn_part, dig
from reconciler.model import Call, FieldChange, Path, Tree
from reconciler.values.regions import partition
from schemas.log_group import LogGroup
from schemas.records import replace

SECTION, SERVICE = "log_groups", "logs"
NAME, POLICY, RETENTION, PROTECTION = "logGroupName", "policyDocument", "retentionInDays", "deletionProtectionEnabled"
POLICY_NAME = "poolctl-vendedlogs"
VENDED = "/aws/vendedlogs/"
DELIVERY = "Delivery"
"""Name of the statement in it that is poolctl's own."""
CONFIGURED = (NAME, RETENTION, "kmsKeyId", "tags", "logGroupClass", PROTECTION, POLICY)
ARN = "logGroupArn"
"""Member of an answer that has the ARN without the `:*` of `arn`; it identifies the group to TagResource."""


def delivery_policy(around: Around) -> Tree:
    """Return the policy with which logs are delivered to any log group below /aws/vendedlogs/.

    A Region has few policies, so people may have added statements to this one: they stay.
    """
    own = document(_delivery(around))
    groups = (*around.live(SECTION).values(), *around.beside(SECTION).values())
    live: Tree = next((g[POLICY] for g in groups if g.get(POLICY)), {})
    return beside(own, (s for s in statements(live) if s.get("Sid") != DELIVERY and not alike(document(s), own)))


def _delivery(around: Around) -> Tree:
    place = f"arn:{partition(around.region)}:logs:{around.region}:{around.account}"
    return {
        "Sid": DELIVERY,
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{place}:log-group:{VENDED}*:log-stream:*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": around.account},
            "ArnLike": {"aws:SourceArn": f"{place}:*"},
        },
    }


def implies(around: Around) -> Iterator[Implied]:
    """The resource policy of the declared log groups below /aws/vendedlogs/."""
    for name in around.declared(SECTION):
        if name.startswith(VENDED):
            yield Implied(SECTION, {POLICY: delivery_policy(around)}, name)


# --- what a live pool uses -----------------------------------------------------------------------------------------


def used(around: Around) -> Iterator[str]:
    """The log groups that the pool sends its logs to, which are in its account and Region."""
    delivery = around.live("log_delivery").get("", {})
    for one in delivery.get("LogConfigurations") or ():
        name = arn_part(dig(one, "CloudWatchLogsConfiguration", "LogGroupArn"), 6)
        if name:
            yield name


def unfit(around: Around) -> Iterator[LeftAside]:
    """Log groups that are gone."""
    gone = (name for name in used(around) if name not in around.live(SECTION))
    return (LeftAside(name, "It does not exist.") for name in gone)


# --- reading -------------------------------------------------------------------------------------------------------


def to_params(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """A log group is looked up by a prefix of its name."""
    return {**ids, "logGroupNamePrefix": ids.get(NAME, "")}


def pick(groups: Any, ids: Mapping[str, Any]) -> Tree:
    """Return the log group of exactly this name; the list is sorted, so it comes first."""
    return next((g for g in groups if g.get(NAME) == ids.get(NAME)), {})


def with_tags(group: Tree, answer: Tree) -> Tree:
    """Join a log group and its tags, without those that AWS reserves."""
    tags = {k: v for k, v in answer.items() if not k.startswith("aws:")}
    return {**group, **({"tags": tags} if tags else {})}


def with_policy(group: Tree, answer: Tree) -> Tree:
    """Join a log group and the policy of the account; a Region has few policies, so one answer holds all of them."""
    found = next((p for p in answer.get("resourcePolicies") or () if p.get("policyName") == POLICY_NAME), None)
    return {**group, POLICY: json.loads(found[POLICY])} if found and _is_vended(group) else group


def _is_vended(group: Tree) -> bool:
    return str(group.get(NAME, "")).startswith(VENDED)


def from_api(answer: Tree) -> Tree:
    """Keep what can be configured."""
    return {k: v for k, v in answer.items() if k in CONFIGURED}


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """Documents that mean the same are equal, whoever wrote them."""
    if declared.get(POLICY) and observed.get(POLICY) and alike(declared[POLICY], observed[POLICY]):
        yield (POLICY,)


# --- writing -------------------------------------------------------------------------------------------------------


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over the operations of CloudWatch Logs: one for each part of a log group."""
    change = pending_call.change
    name = {NAME: change.ids[NAME]}
    parts = {f.path[0] for f in change.fields}
    after = change.after or {}
    calls: list[Call] = []
    if change.before is None:
        calls += (_without_blanks(call) for call in usual(pending_call))
        parts &= {RETENTION, POLICY}
    if RETENTION in parts:
        calls.append(_retained(name, after.get(RETENTION)))
    if "kmsKeyId" in parts:
        calls.append(_encrypted(name, after.get("kmsKeyId")))
    if PROTECTION in parts:
        params = {"logGroupIdentifier": change.ids[NAME], PROTECTION: bool(after.get(PROTECTION))}
        calls.append(Call(SERVICE, "PutLogGroupDeletionProtection", params))
    if "tags" in parts:
        calls += _tagged(_arn(pending_call), change.fields)
    if POLICY in parts and after.get(POLICY):
        calls.append(Call(SERVICE, "PutResourcePolicy", {"policyName": POLICY_NAME, POLICY: after[POLICY]}))
    return tuple(calls)


def _without_blanks(call: Call) -> Call:
    """Return the call that creates a group without a map in which all tags are null; it takes one that holds some."""
    return replace(call, params={k: v for k, v in call.params.items() if v != {}})


def _retained(name: Tree, days: int | None) -> Call:
    if days is None:
        return Call(SERVICE, "DeleteRetentionPolicy", name)
    return Call(SERVICE, "PutRetentionPolicy", {**name, RETENTION: days})


def _encrypted(name: Tree, key: str | None) -> Call:
    if key is None:
        return Call(SERVICE, "DisassociateKmsKey", name)
    return Call(SERVICE, "AssociateKmsKey", {**name, "kmsKeyId": key})


def _arn(pending_call: PendingCall) -> str:
    target = pending_call.target
    place = f"arn:{partition(target.region)}:logs:{target.region}:{target.account}"
    return f"{place}:log-group:{pending_call.change.ids[NAME]}"


def _tagged(arn: str, fields: Iterable[FieldChange]) -> Iterator[Call]:
    calls = tag_changes.TagCalls(SERVICE, tags="tags", keys="tagKeys")
    yield from calls.made(tag_changes.declared(fields, "tags"), {"resourceArn": arn})


# --- rules ---------------------------------------------------------------------------------------------------------

RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Values of retentionInDays that CloudWatch Logs takes: the text of its service model."""


def retention(state: State) -> Iterator[Breach]:
    """G1."""
    for address, tree in state.all(SECTION).items():
        days = tree.get(RETENTION)
        if isinstance(days, int) and days not in RETENTIONS:
            above = next((n for n in RETENTIONS if n > days), RETENTIONS[-1])
            message = f"CloudWatch Logs does not offer a retention of {days} days."
            yield Breach(SECTION, address.name, (RETENTION,), message, f"Write {above}, or null to keep events.")


G1 = Rule(
    id="G1",
    title="A retention that CloudWatch Logs does not offer",
    what="The retention of a log group (retentionInDays) is none that CloudWatch Logs takes.",
    why="CloudWatch Logs refuses it, when the log group has been made already.",
    source=("cognito.md 9.7",),
    advice="Write one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, "
    "3288 and 3653.",
    check=retention,
    offline=True,
    needs=("log_groups",),
)


PLACE = "arn:{partition}:logs:{region}:{account}"


def arns(name: str, _declared: Tree) -> Iterable[str]:
    """Return both ARNs of a log group: operations on tags take the one without `:*`, all others that with it."""
    group = f"{PLACE}:log-group:{name}"
    return (group,) if name == UNNAMED else (group, f"{group}:*")


KIND = ResourceKind(
    section=SECTION,
    resource_type="LogGroup",
    title="log group",
    model=LogGroup,
    service=SERVICE,
    account_wide=True,
    shared={SECTION: frozenset({POLICY})},
    reading=Reading("DescribeLogGroups", "logGroups"),
    further_reads=(
        FurtherRead(
            Reading("ListTagsForResource", "tags", may_lack=True), with_tags, lambda group: {"resourceArn": group[ARN]}
        ),
        FurtherRead(Reading("DescribeResourcePolicies", always=("resourcePolicies",)), with_policy, unowned=True),
    ),
    pick=pick,
    create="CreateLogGroup",
    update="PutRetentionPolicy",
    ended_by="DeleteLogGroup",
    params={"policyName": POLICY_NAME},
    name_member=NAME,
    id_param=NAME,
    names=no_names,
    to_params=to_params,
    from_api=from_api,
    equivalent=equivalent,
    lower=lower,
    rules=(G1,),
    elsewhere={
        RETENTION: ("PutRetentionPolicy", "DeleteRetentionPolicy"),
        "kmsKeyId": ("AssociateKmsKey", "DisassociateKmsKey"),
        "tags": ("TagResource", "UntagResource"),
        PROTECTION: ("PutLogGroupDeletionProtection",),
        POLICY: ("PutResourcePolicy",),
    },
    iam=IamAccess(
        arns=arns,
        arns_of={
            "DescribeLogGroups": always(f"{PLACE}:log-group:*"),
            "DescribeResourcePolicies": anywhere,
            "PutResourcePolicy": anywhere,
        },
        only_if={
            "PutRetentionPolicy": sets,
            "DeleteRetentionPolicy": unsets,
            "AssociateKmsKey": sets,
            "DisassociateKmsKey": unsets,
            "TagResource": sets,
            "UntagResource": unsets,
        },
    ),
    surrounding=Surrounding(
        outside=True, implies=implies, implied=frozenset({POLICY}), common=True, used=used, unfit=unfit
    ),
)
