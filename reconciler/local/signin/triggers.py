"""The functions of LambdaConfig: their events, their responses, and the errors when they fail.

The ARN of a function is mapped to a local function (`trigger_functions.py`). A function that is not mapped is skipped,
with a line on the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.local.desk import Function, FunctionFailed
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, not_found
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

TOKENS = "PreTokenGeneration"
CLIENT_CREDENTIALS = "TokenGeneration_ClientCredentials"
SENDERS = frozenset({"CustomSMSSender", "CustomEmailSender"})
"""Triggers whose response is not used."""
VERSIONED = {TOKENS: "PreTokenGenerationConfig", **{n: n for n in (*SENDERS, "InboundFederation")}}
"""Members of LambdaConfig with a version beside the ARN, by trigger."""
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
RESPONSES: dict[str, dict[str, tuple[Any, type]]] = {
    "PreSignUp": dict.fromkeys(("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"), (False, bool)),
    "CustomMessage": dict.fromkeys(("smsMessage", "emailMessage", "emailSubject"), (None, str)),
    "UserMigration": {
        "userAttributes": (None, dict),
        "forceAliasCreation": (None, bool),
        "enableSMSMFA": (None, bool),
        "finalUserStatus": (None, str),
        "messageAction": (None, str),
        "desiredDeliveryMediums": (None, list),
    },
    "DefineAuthChallenge": {
        "challengeName": (None, str),
        "issueTokens": (None, bool),
        "failAuthentication": (None, bool),
    },
    "CreateAuthChallenge": {
        "publicChallengeParameters": (None, dict),
        "privateChallengeParameters": (None, dict),
        "challengeMetadata": (None, str),
    },
    "VerifyAuthChallengeResponse": {"answerCorrect": (None, bool)},
    "InboundFederation": {"userAttributesToMap": (None, dict)},
}
"""Members of responses: the value in the event, and the type that a function may return."""
CLAIMS = {"V1_0": "claimsOverrideDetails", "V2_0": "claimsAndScopeOverrideDetails"}


def configured(pool: Record, name: str) -> bool:
    """Return whether LambdaConfig names a function for a trigger such as `PreSignUp`."""
    return bool(_arn(pool, name))


def mapped(ctx: Context, pool: Record, name: str) -> bool:
    """Return whether the function of a trigger is mapped to a local one."""
    return _arn(pool, name) in ctx.desk.functions


def version(pool: Record, name: str) -> str:
    """Return the LambdaVersion of a trigger: `V1_0`, `V2_0` or `V3_0`."""
    return str(_block(pool, name).get("LambdaVersion", "V1_0"))


def _block(pool: Record, name: str) -> Record:
    block: Record = pool["config"].get("LambdaConfig", {}).get(VERSIONED.get(name, ""), {})
    return block


def _arn(pool: Record, name: str) -> str:
    plain = "" if name in SENDERS else pool["config"].get("LambdaConfig", {}).get(name)
    return str(_block(pool, name).get("LambdaArn") or (plain if isinstance(plain, str) else ""))


def name_of(source: str) -> str:
    """Return the trigger of a triggerSource by its name in LambdaConfig and messages."""
    name = source.partition("_")[0]
    return TOKENS if name == "TokenGeneration" else name


def run(ctx: Context, caller: Caller, source: str, user: Record | str, request: Record) -> Record:
    """Call the function of a trigger and return its `response`; {} if there is no function to call.

    The function may change the user through the API; the record in `user` is then updated from the stored one.

    Args:
        ctx: The context.
        caller: Its `metadata` becomes `clientMetadata`, unless `request` has that member; None there leaves it out.
        source: The triggerSource in full, which names the trigger: `PostConfirmation_ConfirmSignUp`,
            `TokenGeneration_RefreshTokens`.
        user: The user, whose attributes become `userAttributes` unless `request` has that member; or the name of one
            that does not exist.
        request: Further members of the request. `scopes` is left out of a PreTokenGeneration event of version 1.

    Raises:
        ServiceError: UserLambdaValidationException, UnexpectedLambdaException or InvalidLambdaResponseException;
            ResourceNotFoundException if the pool or the client was deleted while the function ran.
    """
    name = name_of(source)
    arn = _arn(caller.pool, name)
    if not arn or (source == CLIENT_CREDENTIALS and version(caller.pool, name) != "V3_0"):
        return {}
    function = ctx.desk.functions.get(arn)
    if function is None:
        ctx.desk.say(f"{source} is skipped: {arn} is mapped to no function (--trigger).")
        return {}
    with _read_again(ctx, caller.pool, user):
        answer = _called(ctx, name, function, event(ctx, caller, source, user, request))
        _check_still_there(ctx, caller)
        return _answered(name, answer)


def _check_still_there(ctx: Context, caller: Caller) -> None:
    """Check that neither pool nor client was deleted while a function ran, so that nothing is stored for them.

    Raises:
        Refusal: ResourceNotFoundException.
    """
    pool = ctx.store.pools.get(caller.pool["id"])
    if pool is None:
        not_found(f"User pool {caller.pool['id']} does not exist.")
    if caller.client_id and caller.client_id not in pool["clients"]:
        not_found(f"User pool client {caller.client_id} does not exist.")


@contextmanager
def _read_again(ctx: Context, pool: Record, user: Record | str) -> Iterator[None]:
    """Update the record of a user if a function has changed the stored one."""
    name = user if isinstance(user, str) else user["username"]
    before = ctx.people.get(pool["id"], name)
    try:
        yield
    finally:
        after = ctx.people.get(pool["id"], name)
        if isinstance(user, dict) and after is not None and after != before:
            user.clear()
            user.update(after)


def event(ctx: Context, caller: Caller, source: str, user: Record | str, request: Record) -> Record:
    """Return the event of a trigger; the arguments are those of `run`."""
    name, pool = name_of(source), caller.pool
    number = version(pool, name)[1] if name == TOKENS else "1"
    return {
        "version": number,
        "region": ctx.region,
        "userPoolId": pool["id"],
        "userName": user if isinstance(user, str) else user["username"],
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": caller.client_id or NO_CLIENT},
        "triggerSource": source,
        "request": _request(caller, user, request, with_scopes=not (name == TOKENS and number == "1")),
        "response": _response(name, number),
    }


def _request(caller: Caller, user: Record | str, request: Record, *, with_scopes: bool) -> Record:
    attributes = {} if isinstance(user, str) else {"userAttributes": attributes_of(user)}
    metadata = {"clientMetadata": caller.metadata} if caller.metadata else {}
    whole = {**attributes, **metadata, **request}
    left_out = {"clientMetadata"} if whole.get("clientMetadata") is None else set()
    if not with_scopes:
        left_out.add("scopes")
    return {k: v for k, v in whole.items() if k not in left_out}


def attributes_of(user: Record) -> Record:
    """Return the `userAttributes` of an event: texts, including the status."""
    first = {"sub": user["attributes"]["sub"], "cognito:user_status": user["status"]}
    identities = {"identities": json.dumps(user["identities"])} if user["identities"] else {}
    return {**first, **user["attributes"], **identities}


def _response(name: str, number: str) -> Record:
    if name == TOKENS:
        return {CLAIMS["V1_0" if number == "1" else "V2_0"]: None}
    return {member: default for member, (default, _) in RESPONSES.get(name, {}).items()}


def _called(ctx: Context, name: str, function: Function, sent: Record) -> Any:
    try:
        with ctx.pause():
            return function(json.loads(json.dumps(sent)))
    except FunctionFailed as failed:
        if failed.cause == "raised":
            said = f"{name} failed with error {failed.message}."
            raise ServiceError("UserLambdaValidationException", said) from None
        said = f"{name} invocation failed due to error {failed.message}."
        raise ServiceError("UnexpectedLambdaException", said) from None


def _answered(name: str, answer: Any) -> Record:
    if name in SENDERS:
        return {}
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise _unrecognizable()
    for member, (_, kind) in _members(name).items():
        value = response.get(member)
        if value is not None and not isinstance(value, kind):
            raise _unrecognizable()
    return response


def _members(name: str) -> dict[str, tuple[Any, type]]:
    return dict.fromkeys(CLAIMS.values(), (None, dict)) if name == TOKENS else RESPONSES.get(name, {})


def _unrecognizable() -> ServiceError:
    return ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")
