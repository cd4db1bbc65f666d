"""Permissions of a pool to invoke the functions of its triggers (cognito.md 9.2): one statement for each function.

Cognito does not look for them when LambdaConfig is written, so a missing one shows at sign-in only. AddPermission is
not idempotent: the statement has a fixed id, that of the pool, and is looked for before it is added. A statement of
another id that allows just the same is adopted, so nothing is added beside what people or other tools have made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds import user_pool
from reconciler.kinds.iam_access import UNNAMED, IamAccess
from reconciler.kinds.kind import (
    Around,
    Breach,
    Implied,
    LeftAside,
    PendingCall,
    Reading,
    ResourceKind,
    Rule,
    State,
    Surrounding,
)
from reconciler.kinds.policy_documents import allows, conditions, statements
from reconciler.kinds.shared_rules import arn_part, functions
from reconciler.model import Call, Path, Tree
from reconciler.values.merge import overlay
from schemas.records import replace
from schemas.trigger_permission import TriggerPermission
from schemas.user_pool import UserPool

SECTION, SERVICE = "trigger_permissions", "lambda"
FUNCTION, QUALIFIER, STATEMENT = "FunctionName", "Qualifier", "StatementId"
COGNITO = "cognito-idp.amazonaws.com"
ACTION = "lambda:InvokeFunction"
SOURCE_ARN, SOURCE_ACCOUNT = "aws:sourcearn", "aws:sourceaccount"
"""Keys of conditions, in lower case: they are not case-sensitive."""


def names(pool: Tree) -> Iterable[str]:
    """The pool names its functions, of which those of its own account can be read (rule L1).

    What permissions there are of other pools cannot be listed.
    """
    account = arn_part(pool.get("Arn"), 4)
    return (arn for arn in functions(pool.get("LambdaConfig")) if account in ("", arn_part(arn, 4)))


def implies(around: Around) -> Iterator[Implied]:
    """One statement for each function that the pool will have, live ones that are not declared included.

    The policy of a function of another account belongs to that account, so it is not implied (rule L1).
    """
    declared, live = (dict(side("user_pool").get("", {})) for side in (around.declared, around.live))
    pool = user_pool.KIND.computed(overlay(UserPool, live, declared), declared)
    for arn in functions(pool.get("LambdaConfig")):
        if around.account in ("", arn_part(arn, 4)):
            yield Implied(SECTION, _statement(arn, around.ids["ResourceArn"], around.account), arn)


def unfit(around: Around) -> Iterator[LeftAside]:
    """The section declares all functions of the pool, so each must have its statement."""
    lacking = [found.name for found in implies(around) if found.name not in around.live(SECTION)]
    if lacking:
        which = ", ".join(lacking)
        reason = f"No statement allows just this pool to invoke {which}. With {SECTION}: {{}}, a plan adds one."
        yield LeftAside("", reason)


def _statement(function: str, pool: Any, account: str) -> Tree:
    return {
        FUNCTION: function,
        "Action": ACTION,
        "Principal": COGNITO,
        "SourceArn": pool,
        "SourceAccount": account,
    }


# --- identifiers ---------------------------------------------------------------------------------------------------


def to_params(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """A function of an alias or a version has a policy of its own; a new statement is named like the pool."""
    whole = str(ids.get(FUNCTION, ""))
    qualifier = arn_part(whole, 7)
    function = whole.removesuffix(f":{qualifier}") if qualifier else whole
    params = {**ids, FUNCTION: function, STATEMENT: ids.get(STATEMENT) or ids.get("UserPoolId", "")}
    return {**params, QUALIFIER: qualifier} if qualifier else params


def pick(answer: Tree, ids: Mapping[str, Any]) -> Tree:
    """Return the statement of a pool in the policy of a function: its own, or another one that allows the same."""
    known = list(statements(json.loads(answer["Policy"])))
    name = ids.get(STATEMENT) or ids.get("UserPoolId")
    own = next((s for s in known if s.get("Sid") == name), None)
    found = own or next((s for s in known if _allows_just(s, ids.get("ResourceArn"))), None)
    return {FUNCTION: ids[FUNCTION], STATEMENT: found.get("Sid", ""), **_adopted(found)} if found else {}


def _allows_just(statement: Tree, pool: Any) -> bool:
    """Return whether a statement of any name allows this pool and nothing else to invoke the function.

    The ARN of the pool has its account in it, so the condition on the account adds nothing.
    """
    asked = conditions(statement)
    same = asked.get(SOURCE_ARN) == pool and asked.get(SOURCE_ACCOUNT, arn_part(pool, 4)) == arn_part(pool, 4)
    return bool(pool) and same and asked.keys() <= {SOURCE_ARN, SOURCE_ACCOUNT} and allows(statement, COGNITO, ACTION)


def _adopted(statement: Tree) -> Tree:
    """Return a statement in the spelling of AddPermission."""
    asked = conditions(statement)
    principal = statement.get("Principal")
    kept = {
        "Action": statement.get("Action"),
        "Principal": next(iter(principal.values()), None) if isinstance(principal, dict) else principal,
        "SourceArn": asked.get(SOURCE_ARN),
        "SourceAccount": asked.get(SOURCE_ACCOUNT),
    }
    denied = {"Action": f"not {kept['Action']}"} if statement.get("Effect") != "Allow" else {}
    return {k: v for k, v in {**kept, **denied}.items() if v is not None}


def from_api(answer: Tree) -> Tree:
    """Leave out the name of the statement, which identifies it."""
    return {k: v for k, v in answer.items() if k != STATEMENT}


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """The ARN of a pool has its account in it, so a statement that does not name the account allows the same."""
    account = arn_part(observed.get("SourceArn"), 4)
    if "SourceAccount" not in observed and account and declared.get("SourceAccount") == account:
        yield ("SourceAccount",)


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """A statement cannot be changed: it is removed and added again."""
    change = pending_call.change
    if change.before is None:
        return usual(pending_call)
    params = to_params(change.ids)
    own = {k: v for k, v in change.ids.items() if k != STATEMENT}
    made = usual(replace(pending_call, change=replace(change, ids=own)))
    known = (FUNCTION, QUALIFIER, STATEMENT)
    return (Call(SERVICE, "RemovePermission", {k: params[k] for k in known if k in params}), *made)


def prepare(pending_call: PendingCall) -> Tree:
    """The function is the object's identifier, split into function and qualifier."""
    return {k: v for k, v in pending_call.payload.items() if k != FUNCTION}


# --- rules ---------------------------------------------------------------------------------------------------------


def foreign(state: State) -> Iterator[Breach]:
    """L1."""
    if SECTION not in state.known:
        return
    for arn in functions(state.one("user_pool").get("LambdaConfig")):
        if state.account and arn_part(arn, 4) != state.account:
            message = f"The function {arn} belongs to account {arn_part(arn, 4)}, and {SECTION} leaves it out."
            yield Breach("user_pool", "", ("LambdaConfig",), message)


L1 = Rule(
    id="L1",
    title="A trigger of another account",
    what="LambdaConfig names a function of another account, and the manifest has the section trigger_permissions.",
    why="Who may invoke a function is decided in the function's own account. Without its permission, Cognito takes the "
    "trigger and sign-in fails.",
    source=("cognito.md 9.2",),
    advice="Let the owner of the function allow cognito-idp.amazonaws.com to invoke it for the ARN of this pool.",
    check=foreign,
    warning=True,
    needs=("user_pool.LambdaConfig",),
)


MEMBERS = ("Action", "Principal", "SourceArn", "SourceAccount")
"""The members of a statement, which cannot be changed."""


def arns(name: str, _declared: Tree) -> Iterable[str]:
    """Return the ARN of the function, and that without its version or alias."""
    if name == UNNAMED:
        return ("arn:{partition}:lambda:{region}:{account}:function:*",)
    return dict.fromkeys((str(to_params({FUNCTION: name})[FUNCTION]), name))


KIND = ResourceKind(
    section=SECTION,
    resource_type="Permission",
    title="trigger permission",
    model=TriggerPermission,
    service=SERVICE,
    reading=Reading("GetPolicy", always=("Policy",)),
    pick=pick,
    create="AddPermission",
    delete="RemovePermission",
    update="AddPermission",
    name_member=FUNCTION,
    id_param=FUNCTION,
    extra_ids={STATEMENT: STATEMENT},
    names=names,
    to_params=to_params,
    from_api=from_api,
    equivalent=equivalent,
    prepare=prepare,
    lower=lower,
    rules=(L1,),
    elsewhere=dict.fromkeys(MEMBERS, ("RemovePermission", "AddPermission")),
    iam=IamAccess(arns=arns),
    surrounding=Surrounding(
        implies=implies,
        implied=frozenset(MEMBERS),
        unfit=unfit,
        logged_as={operation: f"{operation}20150331v2" for operation in ("AddPermission", "RemovePermission")},
    ),
)
