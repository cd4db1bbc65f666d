"""The IAM role that Cognito assumes to send SMS (cognito.md 9.1): made before the pool, and narrowed to it afterwards.

Cognito checks the trust of the role while it makes the pool, which has no ARN yet. So the trust begins with all pools
of the account and Region, the pool is made, and a second change narrows the trust to the pool's ARN. Once the pool
exists, its ARN is what the role is compared with. The section also fills in what SmsConfiguration needs of the role.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from reconciler.kinds import tag_changes
from reconciler.kinds.iam_access import IamAccess, sets, unsets
from reconciler.kinds.kind import (
    Around,
    FurtherRead,
    Implied,
    LeftAside,
    PendingCall,
    Reading,
    ResourceKind,
    Sequel,
    Surrounding,
)
from reconciler.kinds.policy_documents import alike, allows, beside, conditions, document, many, statements
from reconciler.kinds.shared_rules import arn_part, dig
from reconciler.model import Call, Path, Tree
from reconciler.values.regions import home, partition
from schemas.sms_role import SmsRole, SmsRoleTrust

ROLE, TRUST_OF_ROLE = "sms_role", "sms_role_trust"
POLICY_NAME = "poolctl-sms"
"""Name of the inline policy, so that an adopted role keeps its other policies."""

COGNITO = "cognito-idp.amazonaws.com"
TRUST_DOCUMENT, POLICY_DOCUMENT, BOUNDARY = "AssumeRolePolicyDocument", "PolicyDocument", "PermissionsBoundary"
SERVICE = "iam"
ASSUME = "sts:AssumeRole"
SNS, EUMS = "sns:Publish", "sms-voice:SendTextMessage"
SENDING = frozenset({SNS.lower(), EUMS.lower()})
"""Actions that send SMS; in a policy, case says nothing."""

SOURCE_ARN = "aws:sourcearn"
OF_A_POOL = frozenset({"sts:externalid", "aws:sourceaccount", SOURCE_ARN})
"""What the trust in one pool may depend on; keys of conditions in lower case."""


# --- documents -----------------------------------------------------------------------------------------------------


def trust(external_id: Any, account: str, source: Any) -> Tree:
    """Return a trust policy: Cognito may assume the role with an external id, for one account and its pools.

    Args:
        external_id: As in SmsConfiguration.
        account: Account of the pool.
        source: ARN of the pool, or a pattern of ARNs.
    """
    condition = {
        "StringEquals": {"sts:ExternalId": external_id, "aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": source},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": COGNITO},
        "Action": ASSUME,
        "Condition": condition,
    }
    return document(statement)


def denials(found: Any) -> Iterator[Tree]:
    """Yield the statements of a trust that deny something."""
    yield from (s for s in statements(found) if s.get("Effect") == "Deny")


def of_other_pools(found: Any, source: Any, account: str) -> Iterator[Tree]:
    """Yield the statements of a trust in other pools, which a pool leaves as they are.

    Several pools may share a role, with one external id too. The trust in another pool names that pool, in this
    account, and an external id; what trusts anything else is no statement of a pool, and is wrong. Of a statement that
    names several pools, the others are left.

    Args:
        found: The trust as it is live.
        source: ARN of the pool, or whatever stands for it while it does not exist.
        account: Account of the pool.
    """
    for statement in statements(found):
        pools = _trusted_pools(statement, account)
        others = [arn for arn in pools if arn != source]
        if others:
            yield statement if len(others) == len(pools) else _naming(statement, others)


def _trusted_pools(statement: Tree, account: str) -> Sequence[Any]:
    """Return the ARNs of the pools that a statement trusts; none if it trusts anything else."""
    asked = conditions(statement)
    named = many(asked.get(SOURCE_ARN))
    of_pools = (re.fullmatch(rf"arn:[\w-]+:cognito-idp:[\w-]+:{account}:userpool/[\w-]+", str(arn)) for arn in named)
    ours = asked.keys() <= OF_A_POOL and asked.get("aws:sourceaccount", account) == account
    fits = allows(statement, COGNITO, ASSUME) and ours and asked.get("sts:externalid") and all(of_pools)
    return named if fits else ()


def _naming(statement: Tree, sources: Sequence[Any]) -> Tree:
    """Return a statement with other sources."""
    asked = {
        operator: {k: list(sources) if k.lower() == SOURCE_ARN else v for k, v in block.items()}
        for operator, block in statement["Condition"].items()
    }
    return {**statement, "Condition": asked}


def policy(action: str, resource: str) -> Tree:
    """Return a permissions policy of one statement."""
    return document({"Effect": "Allow", "Action": action, "Resource": resource})


def sending(config: Tree) -> Tree:
    """Return what a role must be allowed to send SMS; a message to a phone number has no ARN (cognito.md 9.1)."""
    eums = config.get("EumsSms")
    if not eums:
        return policy(SNS, "*")
    identity = eums.get("OriginationIdentity")
    return policy(EUMS, identity if str(identity).startswith("arn:") else "*")


def of_other_senders(found: Any, own: Tree) -> Iterator[Tree]:
    """Yield the statements of a permissions policy that other pools of a shared role need, or that deny something.

    Such a statement does not say which pool needs it, so every other one about sending stays while the role is shared.

    Args:
        found: The policy as it is live.
        own: What the pool itself needs.
    """
    for statement in statements(found):
        actions = {str(action).lower() for action in many(statement.get("Action"))}
        sends = bool(actions) and actions <= SENDING and "Resource" in statement
        if (sends or statement.get("Effect") == "Deny") and not alike(document(statement), own):
            yield statement


# --- what the section implies --------------------------------------------------------------------------------------


def implies(around: Around) -> Iterator[Implied]:
    """The documents of the role, and its ARN and external id where SMS is configured."""
    role = around.declared(ROLE).get("", {})
    source = around.ids["ResourceArn"] if around.live("user_pool") else _any_pool(around)
    yield Implied(ROLE, {TRUST_DOCUMENT: _trust(around, source), POLICY_DOCUMENT: _permissions(around, source)})
    name = role.get("RoleName")
    path = role.get("Path") or around.live(ROLE).get("", {}).get("Path") or "/"
    arn = f"arn:{partition(around.region)}:iam::{around.account}:role{path}{name}"
    sms = _caller(_config(around), arn, _external_id(around))
    pool, mfa = (around.declared(section).get("", {}) for section in ("user_pool", "mfa"))
    if around.declared("user_pool") and pool.get("SmsConfiguration", {}) is not None:
        yield Implied("user_pool", {"SmsConfiguration": sms})
    if isinstance(dig(mfa, "SmsMfaConfiguration", "SmsConfiguration"), dict):
        yield Implied("mfa", {"SmsMfaConfiguration": {"SmsConfiguration": sms}})


def _caller(config: Tree, arn: str, external_id: Any) -> Tree:
    if config.get("EumsSms"):
        return {"EumsSms": {"CallerArn": arn, "ExternalId": external_id}}
    return {"SnsCallerArn": arn, "ExternalId": external_id}


def trust_implies(around: Around) -> Iterator[Implied]:
    """The trust in the pool, of a role that something else has made."""
    name = around.declared(ROLE).get("", {}).get("RoleName")
    document = _trust(around, around.ids["ResourceArn"])
    yield Implied(TRUST_OF_ROLE, {POLICY_DOCUMENT: document, **({"RoleName": name} if name else {})})


def sequel(after: Tree, around: Around) -> Sequel | None:
    """Narrow the trust to a pool that is made in the same plan."""
    wide = _trust(around, _any_pool(around))
    if around.live("user_pool") or not around.declared("user_pool") or after.get(TRUST_DOCUMENT) != wide:
        return None
    name = after.get("RoleName")
    before = {"RoleName": name, POLICY_DOCUMENT: wide}
    declared = {"RoleName": name, POLICY_DOCUMENT: _trust(around, around.ids["ResourceArn"])}
    reason = "the trust begins with all pools of the account, because the new pool has no ARN before it is made"
    return Sequel(TRUST_OF_ROLE, before, declared, {"RoleName": name}, reason)


def _trust(around: Around, source: Any) -> Tree:
    """Return the trust in the pool, beside that in other pools."""
    live = around.live(ROLE).get("", {}).get(TRUST_DOCUMENT) or around.live(TRUST_OF_ROLE).get("", {}).get(
        POLICY_DOCUMENT
    )
    own = trust(_external_id(around), around.account, source)
    return beside(own, (*of_other_pools(live, source, around.account), *denials(live)))


def _permissions(around: Around, source: Any) -> Tree:
    """Return what the role must be allowed for the pool, beside what other pools need that share it."""
    own, live = sending(_config(around)), around.live(ROLE).get("", {})
    shared = any(of_other_pools(live.get(TRUST_DOCUMENT), source, around.account))
    return beside(own, of_other_senders(live.get(POLICY_DOCUMENT), own) if shared else ())


def _any_pool(around: Around) -> str:
    return f"arn:{partition(around.region)}:cognito-idp:{around.region}:{around.account}:userpool/*"


def _config(around: Around) -> Tree:
    """Return how SMS is sent: as declared for the pool or its MFA, and otherwise as it is live."""
    pool, mfa, live = (
        dig(around.declared("user_pool").get(""), "SmsConfiguration"),
        dig(around.declared("mfa").get(""), "SmsMfaConfiguration", "SmsConfiguration"),
        dig(around.live("user_pool").get(""), "SmsConfiguration"),
    )
    return {**(live or {}), **(mfa or {}), **(pool or {})}


def _external_id(around: Around) -> Any:
    """Return the declared external id, the one that the pool has, or else the name of the role: none changes by itself.

    It is no secret, and the account and the pool in the trust already keep other customers of Cognito out.
    """
    config = _config(around)
    eums = config.get("EumsSms") or {}
    name = around.declared(ROLE).get("", {}).get("RoleName") or around.declared(TRUST_OF_ROLE).get("", {}).get(
        "RoleName"
    )
    return eums.get("ExternalId") or config.get("ExternalId") or name


# --- what a live pool uses -----------------------------------------------------------------------------------------


def used(around: Around) -> Iterator[str]:
    """The role that the pool names, which IAM answers for its own account only."""
    arn = _live_arn(around)
    if arn and arn_part(arn, 4) == around.account:
        yield arn.rpartition("/")[2]


def unfit(around: Around) -> Iterator[LeftAside]:
    """A role that cannot be read, or whose permissions are in policies that the section does not hold."""
    yield from _out_of_reach(around, ROLE)
    role = around.live(ROLE).get("")
    if role and POLICY_DOCUMENT not in role:
        yield LeftAside(
            "",
            f"What {role['RoleName']} may do comes from other policies than {POLICY_NAME}, which are not exported. To "
            f"adopt the role, write {ROLE}: {{RoleName: {role['RoleName']}}}, which adds that policy and keeps the "
            f"others; {TRUST_OF_ROLE} manages its trust alone.",
        )


def trust_unfit(around: Around) -> Iterable[LeftAside]:
    """A role that cannot be read."""
    return _out_of_reach(around, TRUST_OF_ROLE)


def _out_of_reach(around: Around, section: str) -> Iterator[LeftAside]:
    arn = _live_arn(around)
    if arn and not around.live(section):
        yield LeftAside("", f"The role {arn} does not exist in this account.")


def _live_arn(around: Around) -> str:
    sms = dig(around.live("user_pool").get(""), "SmsConfiguration") or {}
    return str(sms.get("SnsCallerArn") or dig(sms, "EumsSms", "CallerArn") or "")


# --- reading and writing -------------------------------------------------------------------------------------------

CONFIGURED = ("RoleName", "Path", "Tags", TRUST_DOCUMENT, POLICY_DOCUMENT)


def from_api(answer: Tree) -> Tree:
    """Keep what can be configured; GetRole answers the boundary as a structure."""
    boundary = dig(answer, BOUNDARY, "PermissionsBoundaryArn")
    kept = {k: v for k, v in answer.items() if k in CONFIGURED}
    return {**kept, **({BOUNDARY: boundary} if boundary else {})}


def trust_from_api(answer: Tree) -> Tree:
    """Keep the trust, under the name that UpdateAssumeRolePolicy has for it."""
    return {"RoleName": answer["RoleName"], POLICY_DOCUMENT: answer[TRUST_DOCUMENT]}


def with_policy(role: Tree, answer: Tree) -> Tree:
    """Join a role and its inline policy."""
    return {**role, **({POLICY_DOCUMENT: answer[POLICY_DOCUMENT]} if answer else {})}


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """Documents that mean the same are equal, whoever wrote them."""
    for name in (TRUST_DOCUMENT, POLICY_DOCUMENT):
        if declared.get(name) and observed.get(name) and alike(declared[name], observed[name]):
            yield (name,)


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over the operations of IAM: one for each part of a role."""
    change = pending_call.change
    name = {"RoleName": change.ids["RoleName"]}
    after = change.after or {}
    parts = {f.path[0] for f in change.fields}
    permitted = [_permitted(name, after.get(POLICY_DOCUMENT))] if POLICY_DOCUMENT in parts else []
    if change.before is None:
        return (_created(pending_call, usual), *permitted)
    calls: list[Call] = []
    if TRUST_DOCUMENT in parts:
        trusted = {**name, POLICY_DOCUMENT: after.get(TRUST_DOCUMENT)}
        calls.append(Call(SERVICE, "UpdateAssumeRolePolicy", trusted))
    calls += permitted
    calls += _bounded(name, after.get(BOUNDARY)) if BOUNDARY in parts else []
    calls += _tagged(name, change.before.get("Tags") or (), after.get("Tags") or ()) if "Tags" in parts else []
    return tuple(calls)


def _created(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> Call:
    (call,) = usual(pending_call)
    return Call(call.service, call.operation, {k: v for k, v in call.params.items() if v is not None})


def _permitted(name: Tree, policy_document: Tree | None) -> Call:
    policy_name = {**name, "PolicyName": POLICY_NAME}
    if policy_document:
        return Call(SERVICE, "PutRolePolicy", {**policy_name, POLICY_DOCUMENT: policy_document})
    return Call(SERVICE, "DeleteRolePolicy", policy_name)


def _bounded(name: Tree, boundary: str | None) -> Iterator[Call]:
    if boundary:
        yield Call(SERVICE, "PutRolePermissionsBoundary", {**name, BOUNDARY: boundary})
    else:
        yield Call(SERVICE, "DeleteRolePermissionsBoundary", name)


def _tagged(name: Tree, before: Sequence[Tree], after: Sequence[Tree]) -> Iterator[Call]:
    live, wanted = ({tag["Key"]: tag for tag in tags} for tags in (before, after))
    calls = tag_changes.TagCalls(SERVICE, add="TagRole", remove="UntagRole")
    yield from calls.made(tag_changes.between(live, wanted), name, listed=True)


def logged_in(region: str) -> str:
    """IAM has no Regions; CloudTrail has its events in one (cognito.md 8.4)."""
    return home(SERVICE, region)


def arns(_name: str, declared: Tree) -> Iterable[str]:
    """Return the ARN of the role, whose path is part of it."""
    yield f"arn:{{partition}}:iam::{{account}}:role{declared.get('Path') or '/'}{declared.get('RoleName', '*')}"


ALWAYS = ("RoleName", "Arn", TRUST_DOCUMENT)

KIND = ResourceKind(
    section=ROLE,
    resource_type="Role",
    title="SMS role",
    model=SmsRole,
    service=SERVICE,
    account_wide=True,
    reading=Reading("GetRole", "Role", always=ALWAYS),
    further_reads=(FurtherRead(Reading("GetRolePolicy", always=(POLICY_DOCUMENT,)), with_policy),),
    create="CreateRole",
    created="Role",
    update="PutRolePolicy",
    ended_by="DeleteRole",
    id_param="RoleName",
    params={"PolicyName": POLICY_NAME},
    from_api=from_api,
    equivalent=equivalent,
    lower=lower,
    elsewhere={
        TRUST_DOCUMENT: ("UpdateAssumeRolePolicy",),
        POLICY_DOCUMENT: ("PutRolePolicy", "DeleteRolePolicy"),
        BOUNDARY: ("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"),
        "Tags": ("TagRole", "UntagRole"),
    },
    iam=IamAccess(
        arns=arns,
        only_if={
            "DeleteRolePolicy": unsets,
            "PutRolePermissionsBoundary": sets,
            "DeleteRolePermissionsBoundary": unsets,
            "TagRole": sets,
        },
    ),
    surrounding=Surrounding(
        outside=True,
        implies=implies,
        implied=frozenset({TRUST_DOCUMENT, POLICY_DOCUMENT}),
        sequel=sequel,
        used=used,
        unfit=unfit,
        logged_in=logged_in,
    ),
)

TRUST = ResourceKind(
    section=TRUST_OF_ROLE,
    resource_type="RoleTrust",
    title="trust of the SMS role",
    model=SmsRoleTrust,
    service=SERVICE,
    account_wide=True,
    after=("user_pool", ROLE),
    shared={ROLE: frozenset({POLICY_DOCUMENT})},
    reading=Reading("GetRole", "Role", always=ALWAYS),
    update="UpdateAssumeRolePolicy",
    id_param="RoleName",
    from_api=trust_from_api,
    equivalent=equivalent,
    iam=IamAccess(arns=arns),
    surrounding=Surrounding(
        outside=True,
        implies=trust_implies,
        implied=frozenset({POLICY_DOCUMENT}),
        used=used,
        unfit=trust_unfit,
        logged_in=logged_in,
    ),
)
