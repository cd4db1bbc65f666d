"""The content of tokens: claims of ID and access tokens, and their lifetimes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.local.clients import DEFAULT_READ, UNITS
from reconciler.local.operation import Context
from reconciler.local.signin.keys import issuer
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

API_SCOPE = "aws.cognito.signin.user.admin"
"""The scope of every token issued by the API."""
OPENID = "openid"
OPENED = {
    "email": frozenset({"email", "email_verified"}),
    "phone": frozenset({"phone_number", "phone_number_verified"}),
}
"""Attributes that a scope grants; `profile` grants all others."""
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
VALIDITY = {"AccessToken": 1, "IdToken": 1, "RefreshToken": 30}
"""Default lifetimes, in the units of `clients.UNITS`."""
NEVER_LISTED = frozenset({"sub", "identities"})
"""Attributes that a client with the default ReadAttributes can read too."""
HOSTED_VERSION = 2
"""Claim `version` of access tokens that come from the hosted pages or for a client itself."""


@dataclass(frozen=True)
class TokenGrant:
    """What tokens are issued for."""

    scopes: tuple[str, ...]
    """Granted scopes in the order of the request; `(API_SCOPE,)` for a sign-in through the API."""
    source: str
    """The triggerSource, such as `TokenGeneration_Authentication`."""
    auth_time: float
    """When the user signed in, in seconds since 1970."""
    nonce: str = ""
    """Of the OAuth request."""
    device_key: str = ""
    """Key of the device, if the pool tracks devices and this is a known one."""
    origin: str = ""
    """Id of the family that the tokens join; empty for a new family."""
    event_id: str = ""
    """Id of the sign-in; empty for a new one."""
    resource: str = ""
    """Identifier of a resource server that the access token is bound to (RFC 8707)."""
    refreshable: bool = True
    """Whether a refresh token is issued; not for the implicit grant."""
    sso_session: str = ""
    """Id of the browser session (`sso…`) that the tokens come from."""


def lifetime(client: Record, token: str) -> int:
    """Return for how many seconds a token of a client is valid.

    Args:
        client: The client.
        token: `AccessToken`, `IdToken` or `RefreshToken`.
    """
    unit = (client.get("TokenValidityUnits") or {}).get(token) or UNITS[token]
    default = VALIDITY[token] * SECONDS[UNITS[token]]
    return int(client.get(f"{token}Validity") or 0) * SECONDS[unit] or default


def revocable(client: Record) -> bool:
    """Return whether the tokens of a client contain what RevokeToken needs."""
    return bool(client.get("EnableTokenRevocation", True))


def readable(client: Record, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that a client may read (ReadAttributes), including `sub`."""
    listed = set(client.get("ReadAttributes") or DEFAULT_READ)
    if listed == DEFAULT_READ:
        listed |= NEVER_LISTED
    return {k: v for k, v in attributes.items() if k in listed or k == "sub"}


def within(attributes: Mapping[str, str], scopes: Sequence[str]) -> dict[str, str]:
    """Return the attributes that OAuth scopes grant.

    `openid` alone grants all; together with `email`, `phone` or `profile` only those of these scopes. `profile` grants
    all but e-mail and phone. `sub` is always included.
    """
    named = {*OPENED, "profile"} & set(scopes)
    if not named:
        return dict(attributes)
    return {k: v for k, v in attributes.items() if k == "sub" or _opened_by(k) in named}


def _opened_by(attribute: str) -> str:
    return next((scope for scope, names in OPENED.items() if attribute in names), "profile")


def id_claims(ctx: Context, caller: Caller, user: Record, grant: TokenGrant) -> Record:
    """Return the claims of an ID token before triggers, without those about times and revocation."""
    hosted = caller.door == "hosted"
    seen = readable(caller.client, user["attributes"])
    if hosted:
        seen = within(seen, grant.scopes)
    return {
        **{k: _value(k, v) for k, v in seen.items() if k != "identities"},
        **_verified_flags(caller.client, seen),
        **_identities(caller.client, user),
        **group_claims(caller.pool, user),
        "iss": issuer(ctx, caller.pool),
        "cognito:username": user["username"],
        **({"nonce": grant.nonce} if grant.nonce else {}),
        "aud": caller.client_id,
        "event_id": grant.event_id,
        "token_use": "id",
        "auth_time": int(grant.auth_time),
    }


def _value(name: str, text: str) -> Any:
    if name in ("email_verified", "phone_number_verified"):
        return text == "true"
    return {"formatted": text} if name == "address" else text


def _verified_flags(client: Record, seen: Mapping[str, str]) -> Record:
    """Return a false `_verified` flag for an address without one."""
    flags = {f"{k}_verified": "false" for k in ("email", "phone_number") if k in seen and f"{k}_verified" not in seen}
    return dict.fromkeys(readable(client, flags), False)


def _identities(client: Record, user: Record) -> Record:
    if not user["identities"] or not readable(client, {"identities": ""}):
        return {}
    return {"identities": [_identity(i) for i in user["identities"]]}


def _identity(identity: Record) -> Record:
    """Return an identity as in a token, in which the last two members are texts."""
    primary, date = identity.get("primary"), identity.get("dateCreated")
    return {
        **identity,
        "primary": primary if isinstance(primary, str) else str(bool(primary)).lower(),
        "dateCreated": date if isinstance(date, str) else str(int(date or 0)),
    }


def groups_of(pool: Record, user: Record) -> list[Record]:
    """Return the groups of a user in order of precedence."""
    known = [pool["groups"][name] for name in user["groups"] if name in pool["groups"]]
    return sorted(known, key=lambda g: (g.get("Precedence", math.inf), g["GroupName"]))


def group_claims(pool: Record, user: Record) -> Record:
    """Return the claims about the groups of a user in an ID token."""
    groups = groups_of(pool, user)
    with_role = [g for g in groups if g.get("RoleArn")]
    best = {g["RoleArn"] for g in with_role if g.get("Precedence") == with_role[0].get("Precedence")}
    return {
        **({"cognito:groups": [g["GroupName"] for g in groups]} if groups else {}),
        **({"cognito:roles": list(dict.fromkeys(g["RoleArn"] for g in with_role))} if with_role else {}),
        **({"cognito:preferred_role": best.pop()} if len(best) == 1 else {}),
    }


def access_claims(ctx: Context, caller: Caller, user: Record, grant: TokenGrant) -> Record:
    """Return the claims of an access token of a user before triggers, without those about times and revocation."""
    groups = group_claims(caller.pool, user)
    return {
        "sub": user["attributes"]["sub"],
        **({"device_key": grant.device_key} if grant.device_key else {}),
        **{k: v for k, v in groups.items() if k == "cognito:groups"},
        "iss": issuer(ctx, caller.pool),
        **({"version": HOSTED_VERSION} if caller.door == "hosted" else {}),
        "client_id": caller.client_id,
        **({"aud": grant.resource} if grant.resource else {}),
        "event_id": grant.event_id,
        "token_use": "access",
        "scope": " ".join(grant.scopes),
        "auth_time": int(grant.auth_time),
        "username": user["username"],
    }
