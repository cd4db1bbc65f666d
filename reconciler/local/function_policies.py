"""Policies of Lambda functions (cognito.md 9.2): who may invoke a function, its alias or its version.

The functions themselves are not checked: moto's do not outlive a run, so one that an example names could not be found.
"""

from __future__ import annotations

import json

from reconciler.local.operation import Context, Operation, arn_part
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Record

SERVICE = "lambda"


def add_permission(ctx: Context, params: Record) -> Record:
    """AddPermission: refuses a second statement of one id, even an equal one."""
    statements = ctx.store.account["function_policies"].setdefault(_key(ctx, params), {})
    sid = params["StatementId"]
    if sid in statements:
        message = f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
        raise ServiceError("ResourceConflictException", f"{message}existing statement.", 409)
    principal = params["Principal"]
    service = principal.endswith(".amazonaws.com")
    statement: Record = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": principal} if service else {"AWS": principal},
        "Action": params["Action"],
        "Resource": _key(ctx, params),
    }
    condition: Record = {}
    if "SourceAccount" in params:
        condition["StringEquals"] = {"AWS:SourceAccount": params["SourceAccount"]}
    if "SourceArn" in params:
        condition["ArnLike"] = {"AWS:SourceArn": params["SourceArn"]}
    statements[sid] = {**statement, **({"Condition": condition} if condition else {})}
    ctx.store.touch_account()
    return {"Statement": json.dumps(statements[sid])}


def remove_permission(ctx: Context, params: Record) -> Record:
    """RemovePermission."""
    statements = ctx.store.account["function_policies"].get(_key(ctx, params), {})
    if params["StatementId"] not in statements:
        raise ServiceError("ResourceNotFoundException", f"Statement {params['StatementId']} is not found.", 404)
    del statements[params["StatementId"]]
    ctx.store.touch_account()
    return {}


def get_policy(ctx: Context, params: Record) -> Record:
    """GetPolicy: refuses a function without a statement."""
    statements = ctx.store.account["function_policies"].get(_key(ctx, params))
    if not statements:
        raise ServiceError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": list(statements.values())}
    return {"Policy": json.dumps(policy), "RevisionId": "00000000-0000-0000-0000-000000000000"}


def _key(ctx: Context, params: Record) -> str:
    arn, qualifier = str(params["FunctionName"]), params.get("Qualifier", "")
    if arn_part(arn, 4) != ACCOUNT or arn_part(arn, 3) != ctx.region:
        raise ServiceError("AccessDeniedException", f"User is not authorized to perform this on resource: {arn}", 403)
    whole = arn_part(arn, 7)
    if whole and qualifier and whole != qualifier:
        raise ServiceError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
            400,
        )
    return f"{arn}:{qualifier}" if qualifier and not whole else arn


OPERATIONS: dict[str, Operation] = {
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
    "GetPolicy": get_policy,
}
