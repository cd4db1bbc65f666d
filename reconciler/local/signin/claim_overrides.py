"""Which claims of tokens the trigger PreTokenGeneration may change.

A change of another claim is ignored; whether the service fails instead is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import triggers
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

FORBIDDEN = frozenset(
    {"acr", "amr", "at_hash", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat", "identities"}
    | {"iss", "jti", "nbf", "nonce", "origin_jti", "sub", "token_use", "username", "version", "scope", "aud"}
)
"""Claims that no function can change; `aud` of an access token can become the client id."""
RESERVED = "cognito:"
GROUPS = {
    "groupsToOverride": "cognito:groups",
    "iamRolesToOverride": "cognito:roles",
    "preferredRole": "cognito:preferred_role",
}
"""Members of groupOverrideDetails and of the request, by claim."""


def apply(
    ctx: Context, caller: Caller, subject: Record | str, source: str, *, claims: Record, access: Record
) -> tuple[Record, Record]:
    """Apply the changes that the function of a pool makes to the claims of both tokens.

    Args:
        ctx: The context.
        caller: What the request comes through.
        subject: The user; for a token of a client itself, its id.
        source: Source of the trigger.
        claims: Of the ID token.
        access: Of the access token.

    Returns:
        The claims of both tokens.

    Raises:
        ServiceError: The function failed, or its answer is malformed.
    """
    if not triggers.configured(caller.pool, triggers.TOKENS):
        return claims, access
    request: Record = {"groupConfiguration": _configuration(claims), "scopes": str(access.get("scope", "")).split()}
    if isinstance(subject, str):
        request |= {"groupConfiguration": {}, "userAttributes": {}}
    answer = triggers.run(ctx, caller, source, subject, request)
    if triggers.version(caller.pool, triggers.TOKENS) == "V1_0":
        return _first_version(answer, claims, access)
    return _later_version(answer, claims, access, caller.client_id)


def _configuration(claims: Record) -> Record:
    return {
        "groupsToOverride": claims.get("cognito:groups", []),
        "iamRolesToOverride": claims.get("cognito:roles", []),
        "preferredRole": claims.get("cognito:preferred_role"),
    }


def _nonsense() -> ServiceError:
    return ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")


def _member(record: Record, name: str, kind: type) -> Any:
    """Return a member of an answer, empty if it is absent or null.

    Raises:
        ServiceError: It has another type.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, kind):
        raise _nonsense()
    return kind() if value is None else value


def _first_version(answer: Record, claims: Record, access: Record) -> tuple[Record, Record]:
    details = _member(answer, "claimsOverrideDetails", dict)
    added = {k: _text(v) for k, v in _member(details, "claimsToAddOrOverride", dict).items() if v is not None}
    claims = _changed(claims, added, _member(details, "claimsToSuppress", list), "")
    return _regrouped(details, claims, access)


def _text(value: Any) -> str:
    """Return a value for V1_0, which supports only texts: other plain values are converted.

    Raises:
        ServiceError: It is a list or an object.
    """
    if isinstance(value, dict | list):
        raise _nonsense()
    return value if isinstance(value, str) else json.dumps(value)


def _later_version(answer: Record, claims: Record, access: Record, client_id: str) -> tuple[Record, Record]:
    details = _member(answer, "claimsAndScopeOverrideDetails", dict)
    for_id = _member(details, "idTokenGeneration", dict)
    claims = _changed(claims, *_wishes(for_id), "")
    for_access = _member(details, "accessTokenGeneration", dict)
    access = _changed(access, *_wishes(for_access), client_id)
    access = _rescoped(access, for_access)
    return _regrouped(details, claims, access)


def _wishes(part: Record) -> tuple[Record, list[Any]]:
    return _member(part, "claimsToAddOrOverride", dict), _member(part, "claimsToSuppress", list)


def _changed(claims: Record, added: Record, suppressed: Iterable[Any], audience: str) -> Record:
    """Return claims with the changes of a function.

    Args:
        claims: The claims.
        added: Claims to add or change.
        suppressed: Names of claims to leave out; takes precedence.
        audience: The value that `aud` can change to; empty if it cannot change.
    """
    unwanted = {name for name in suppressed if isinstance(name, str) and _may_change(name)}
    wanted = {k: v for k, v in added.items() if _may_change(k) or (k == "aud" and audience and v == audience)}
    return {k: v for k, v in {**claims, **wanted}.items() if k not in unwanted}


def _may_change(name: str) -> bool:
    return name not in FORBIDDEN and not name.startswith(RESERVED)


def _rescoped(access: Record, part: Record) -> Record:
    added, suppressed = _member(part, "scopesToAdd", list), _member(part, "scopesToSuppress", list)
    if not all(isinstance(scope, str) and scope.split() == [scope] for scope in (*added, *suppressed)):
        raise _nonsense()
    known = str(access.get("scope", "")).split()
    new = [s for s in added if not s.startswith("aws.cognito.")]  # it is not documented that these can be added
    scopes = [s for s in dict.fromkeys((*known, *new)) if s not in suppressed]
    rest = {k: v for k, v in access.items() if k != "scope"}
    return {**rest, "scope": " ".join(scopes)} if scopes else rest


def _regrouped(details: Record, claims: Record, access: Record) -> tuple[Record, Record]:
    """Return the claims with the groups of the function, if it returns any; an empty override removes them."""
    if "groupOverrideDetails" not in details:
        return claims, access
    override = _member(details, "groupOverrideDetails", dict)
    kinds = {"groupsToOverride": list, "iamRolesToOverride": list, "preferredRole": str}
    made = {claim: _member(override, name, kinds[name]) for name, claim in GROUPS.items()}
    set_ = {claim: value for claim, value in made.items() if value}
    rest = {k: v for k, v in claims.items() if k not in made}
    groups = {k: v for k, v in set_.items() if k == "cognito:groups"}
    return {**rest, **set_}, {**{k: v for k, v in access.items() if k != "cognito:groups"}, **groups}
