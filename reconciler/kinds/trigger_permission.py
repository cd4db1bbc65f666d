"""Permissions of a pool to invoke the functions of its triggers (cognito.md 9.2): one statement for each function.

Cognito does not look for them when LambdaConfig is written, so a missing one shows at sign-in only. AddPermission is
not idempotent: the statement has a fixed id, that of the pool, and is looked for before it is added.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds import user_pool
from reconciler.kinds.iam_access import UNNAMED, IamAccess
from reconciler.kinds.kind import Around, Breach, Implied, PendingCall, Reading, ResourceKind, Rule, State, Surrounding
from reconciler.kinds.shared_rules import arn_part, dig, functions
from reconciler.model import Call, Tree
from reconciler.values.merge import overlay
from schemas.trigger_permission import TriggerPermission
from schemas.user_pool import UserPool

SECTION, SERVICE = "trigger_permissions", "lambda"
FUNCTION, QUALIFIER, STATEMENT = "FunctionName", "Qualifier", "StatementId"
COGNITO = "cognito-idp.amazonaws.com"
ACTION = "lambda:InvokeFunction"
SOURCE_ARN, SOURCE_ACCOUNT = "aws:sourcearn", "aws:sourceaccount"
"""Keys of conditions, in lower case: they are not case-sensitive."""


def names(pool: Tree) -> Iterable[str]:
    """The pool names its functions; what permissions there are of other pools cannot be listed."""
    return functions(pool.get("LambdaConfig"))


def implies(around: Around) -> Iterator[Implied]:
    """One statement for each function that the pool will have, live ones that are not declared included.

    The policy of a function of another account belongs to that account, so it is not implied (rule L1).
    """
    declared, live = (dict(side("user_pool").get("", {})) for side in (around.declared, around.live))
    pool = user_pool.KIND.computed(overlay(UserPool, live, declared), declared)
    for arn in functions(pool.get("LambdaConfig")):
        if around.account in ("", arn_part(arn, 4)):
            yield Implied(SECTION, _statement(arn, around.ids["ResourceArn"], around.account), arn)


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
    """A function of an alias or a version has a policy of its own; the statement is named like the pool."""
    whole = str(ids.get(FUNCTION, ""))
    qualifier = arn_part(whole, 7)
    function = whole.removesuffix(f":{qualifier}") if qualifier else whole
    params = {**ids, FUNCTION: function, STATEMENT: ids.get("UserPoolId", "")}
    return {**params, QUALIFIER: qualifier} if qualifier else params


def pick(answer: Tree, ids: Mapping[str, Any]) -> Tree:
    """Return the statement of a pool in the policy of a function."""
    statements = dig(json.loads(answer["Policy"]), "Statement")
    found = next((s for s in statements or () if s.get("Sid") == ids.get("UserPoolId")), None)
    return {FUNCTION: ids[FUNCTION], **_adopted(found)} if found else {}


def _adopted(statement: Tree) -> Tree:
    """Return a statement in the spelling of AddPermission."""
    conditions = {
        key.lower(): value
        for operator in (statement.get("Condition") or {}).values()
        for key, value in operator.items()
    }
    principal = statement.get("Principal")
    kept = {
        "Action": statement.get("Action"),
        "Principal": next(iter(principal.values()), None) if isinstance(principal, dict) else principal,
        "SourceArn": conditions.get(SOURCE_ARN),
        "SourceAccount": conditions.get(SOURCE_ACCOUNT),
    }
    denied = {"Action": f"not {kept['Action']}"} if statement.get("Effect") != "Allow" else {}
    return {k: v for k, v in {**kept, **denied}.items() if v is not None}


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """A statement cannot be changed: it is removed and added again."""
    change = pending_call.change
    made = usual(pending_call)
    if change.before is None:
        return made
    params = to_params(change.ids)
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
    names=names,
    to_params=to_params,
    prepare=prepare,
    lower=lower,
    rules=(L1,),
    elsewhere=dict.fromkeys(MEMBERS, ("RemovePermission", "AddPermission")),
    iam=IamAccess(arns=arns),
    surrounding=Surrounding(implies=implies, implied=frozenset(MEMBERS)),
)
