"""Tokens of users and of clients: issued, renewed, verified and revoked.

The tokens of one sign-in are a family: revoking the refresh token revokes them all. Other packages
need no other module for tokens.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import NoReturn

from reconciler.local.operation import Context, find_client
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import claim_overrides, families, keys, triggers
from reconciler.local.signin.claims import (
    API_SCOPE,
    HOSTED_VERSION,
    OPENID,
    TokenGrant,
    access_claims,
    id_claims,
    lifetime,
    readable,
    revocable,
    within,
)
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

__all__ = [
    "API_SCOPE",
    "Bearer",
    "Grant",
    "access_claims",
    "bearer",
    "client_scopes",
    "client_token",
    "end_all",
    "end_device",
    "id_claims",
    "issue",
    "readable",
    "renew",
    "within",
]

Grant = TokenGrant
RENEWED = "TokenGeneration_RefreshTokens"
RESET = "RESET_REQUIRED"


@dataclass(frozen=True)
class Bearer:
    """The user, client and pool of a valid access token."""

    pool: Record
    client: Record
    user: Record
    claims: Record

    @property
    def caller(self) -> Caller:
        """The caller of a request with this token."""
        return Caller(self.pool, self.client)


def _not_authorized(message: str) -> NoReturn:
    raise ServiceError("NotAuthorizedException", message)


# --- issued --------------------------------------------------------------------------------------------------------


def issue(ctx: Context, caller: Caller, user: Record, grant: Grant) -> Record:
    """Issue the tokens of a sign-in, after the trigger PreTokenGeneration.

    Returns:
        AuthenticationResult: AccessToken, ExpiresIn (seconds), TokenType; RefreshToken if `grant.refreshable`; IdToken,
        from the hosted pages (`caller.door`) only with the scope `openid`.

    Raises:
        ServiceError: The trigger failed.
    """
    family = families.begin(ctx, caller, user, grant)
    granted = replace(grant, origin=family["origin"], event_id=family["event"])
    answer = _signed(ctx, caller, user, granted)
    families.make_room(ctx, caller.pool, user)
    families.keep(ctx, caller.pool, family, ctx.now() + answer["ExpiresIn"])
    if grant.refreshable:
        answer["RefreshToken"] = families.new_token(ctx, caller.pool, family)
    return answer


def _signed(ctx: Context, caller: Caller, user: Record, grant: Grant) -> Record:
    """Return AccessToken, IdToken if there is one, ExpiresIn and TokenType, once the trigger has run."""
    hosted, pool, client = caller.door == "hosted", caller.pool, caller.client
    claims, access = id_claims(ctx, caller, user, grant), access_claims(ctx, caller, user, grant)
    claims, access = claim_overrides.apply(ctx, caller, user, grant.source, claims=claims, access=access)
    now = int(ctx.now())
    access |= _ends(ctx, client, "AccessToken", now, grant.origin)
    token = keys.sign(ctx, pool, "access", access)
    answer = {"AccessToken": token, "ExpiresIn": lifetime(client, "AccessToken"), "TokenType": "Bearer"}
    if not hosted or OPENID in grant.scopes:
        claims |= _ends(ctx, client, "IdToken", now, grant.origin)
        if hosted:
            claims["at_hash"] = keys.encoded(hashlib.sha256(token.encode()).digest()[:16])
        answer["IdToken"] = keys.sign(ctx, pool, "id", claims)
    return answer


def _ends(ctx: Context, client: Record, token: str, now: int, origin: str) -> Record:
    """Return the claims about times and revocation."""
    ids = {"origin_jti": origin, "jti": families.random_uuid(ctx)} if revocable(client) else {}
    return {**ids, "iat": now, "exp": now + lifetime(client, token)}


# --- recognised ----------------------------------------------------------------------------------------------------


def bearer(ctx: Context, access_token: str, scope: str = API_SCOPE) -> Bearer:
    """Verify an access token and return whose it is.

    Raises:
        ServiceError: NotAuthorizedException: not one of our access tokens, expired, revoked, or without the scope;
            UserNotFoundException, UserNotConfirmedException, PasswordResetRequiredException.
    """
    pool, claims = _recognised(ctx, access_token)
    if ctx.now() >= claims["exp"]:
        _not_authorized("Access Token has expired")
    if scope not in str(claims.get("scope", "")).split() or "username" not in claims:
        _not_authorized("Access Token does not have required scopes")
    user = ctx.people.get(pool["id"], claims["username"])
    if user is None or user["attributes"]["sub"] != claims["sub"]:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    family = families.of_token(ctx, pool, claims)
    if family is None or family["revoked"] is not None:
        _not_authorized("Access Token has been revoked")
    _check_state(user)
    return Bearer(pool, find_client(pool, claims["client_id"]), user, claims)


def _recognised(ctx: Context, token: str) -> tuple[Record, Record]:
    """Return the pool that signed an access token, and its claims."""
    claims = keys.unpacked(token, 1)
    if claims is None:
        _not_authorized("Invalid Access Token")
    try:
        pool = ctx.store.pool(str(claims.get("iss", "")).rpartition("/")[2], ctx.region)
    except ServiceError:
        _not_authorized("Invalid Access Token")
    found = keys.verified(ctx, pool, token)
    if found is None:
        _not_authorized("Could not verify signature for Access Token")
    if found[0] != "access":
        _not_authorized("Invalid Access Token")
    return pool, found[1]


def _check_state(user: Record) -> None:
    """Check that a user may still use its tokens."""
    if not user["enabled"]:
        _not_authorized("User is disabled.")
    if user["status"] == RESET:
        raise ServiceError("PasswordResetRequiredException", "Password reset required for the user")
    if user["status"] == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")


# --- renewed -------------------------------------------------------------------------------------------------------


def renew(
    ctx: Context, caller: Caller, refresh_token: str, *, rotate: bool, device_key: str, metadata: dict[str, str]
) -> Record:
    """Issue new tokens for a refresh token, after the trigger PreTokenGeneration.

    Args:
        ctx: The context.
        caller: What the request comes through; the secret has been checked.
        refresh_token: The refresh token.
        rotate: Whether the operation can rotate: GetTokensFromRefreshToken and the token endpoint can.
            REFRESH_TOKEN_AUTH cannot, and is refused for a client that rotates.
        device_key: DEVICE_KEY or DeviceKey; empty without.
        metadata: ClientMetadata for the trigger.

    Returns:
        As `issue`, with RefreshToken only if the client rotates.

    Raises:
        ServiceError: NotAuthorizedException, RefreshTokenReuseException, UserNotFoundException,
            PasswordResetRequiredException, InvalidParameterException, or the trigger's.
    """
    rotates = _rotation(caller.client).get("Feature") == "ENABLED"
    if rotates and not rotate:
        refuse("REFRESH_TOKEN_AUTH is not enabled for the client, as it rotates refresh tokens.")
    entry, family = _valid(ctx, caller, refresh_token)
    user = ctx.people.get(caller.pool["id"], family["user"])
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    _check_state(user)
    if caller.door != "hosted" and _is_bound(caller.pool, user, family) and family["device_key"] != device_key:
        _not_authorized("Invalid Refresh Token.")
    through = replace(caller, metadata=metadata, door="hosted" if family["hosted"] else "api")
    answer = _signed(ctx, through, user, families.grant_of(family, RENEWED))
    entry, family = _valid(ctx, caller, refresh_token)  # other requests may have run while the trigger did
    now = ctx.now()
    families.keep(ctx, caller.pool, {**family, "active": now}, now + answer["ExpiresIn"])
    if rotates:
        answer["RefreshToken"] = families.rotate(ctx, caller.pool, refresh_token, entry, family)
    return answer


def _rotation(client: Record) -> Record:
    rotation: Record = client.get("RefreshTokenRotation") or {}
    return rotation


def _valid(ctx: Context, caller: Caller, token: str) -> tuple[Record, Record]:
    """Return the entry and the family of a valid refresh token."""
    found = families.find(ctx, caller.pool, token)
    if found is None or found[0]["client"] != caller.client_id:
        _not_authorized("Invalid Refresh Token")
    entry, family = found
    now, grace = ctx.now(), float(_rotation(caller.client).get("RetryGracePeriodSeconds") or 0)
    if family["revoked"] is not None:
        _not_authorized("Refresh Token has been revoked")
    if now >= entry["expires"]:
        _not_authorized("Refresh Token has expired")
    if entry["rotated"] is not None and now >= entry["rotated"] + grace:
        raise ServiceError("RefreshTokenReuseException", "Refresh token has been rotated and cannot be used again.")
    return entry, family


def _is_bound(pool: Record, user: Record, family: Record) -> bool:
    """Return whether a refresh through the API needs the device key: it does if the device is remembered."""
    tracking = pool["config"].get("DeviceConfiguration")
    if not tracking:
        return False
    if not tracking.get("DeviceOnlyRememberedOnUserPrompt"):
        return True
    from reconciler.local.signin import devices

    return devices.remembered(user, family["device_key"])


# --- ended ---------------------------------------------------------------------------------------------------------


def end_all(ctx: Context, pool: Record, user: Record) -> None:
    """Revoke all tokens of a user, for global sign-out or when the user is disabled."""
    for family in families.every(ctx, pool, user):
        families.revoke(ctx, pool, family)


def end_device(ctx: Context, pool: Record, user: Record, device_key: str) -> None:
    """Revoke the tokens of one device of a user, for ForgetDevice."""
    for family in families.every(ctx, pool, user):
        if family["device_key"] == device_key:
            families.revoke(ctx, pool, family)


# --- of clients ----------------------------------------------------------------------------------------------------


def client_scopes(pool: Record, client: Record) -> tuple[str, ...]:
    """Return the custom scopes that a client may request for itself: those of existing resource servers."""
    known = {f"{name}/{s['ScopeName']}" for name, server in pool["servers"].items() for s in server.get("Scopes", ())}
    return tuple(s for s in client.get("AllowedOAuthScopes") or () if s in known)


def client_token(ctx: Context, caller: Caller, scopes: tuple[str, ...], metadata: dict[str, str]) -> Record:
    """Issue an access token for a client itself, after the trigger PreTokenGeneration of version V3_0.

    Args:
        ctx: The context.
        caller: The client; its secret and flow have been checked.
        scopes: Requested scopes; empty for all custom scopes of the client.
        metadata: ClientMetadata, or aws_client_metadata, for the trigger.

    Returns:
        AccessToken, ExpiresIn (seconds), TokenType.

    Raises:
        ServiceError: InvalidParameterException: a scope is not one of the client's custom ones; or the trigger's.
    """
    allowed = client_scopes(caller.pool, caller.client)
    for scope in scopes:
        if scope not in allowed:
            refuse(f"Scope {scope} is not allowed for the client.")
    claims = {
        "sub": caller.client_id,
        "token_use": "access",
        "scope": " ".join(scopes or allowed),
        "iss": keys.issuer(ctx, caller.pool),
        "version": HOSTED_VERSION,
        "client_id": caller.client_id,
    }
    through = replace(caller, metadata=metadata)
    source = triggers.CLIENT_CREDENTIALS
    claims = claim_overrides.apply(ctx, through, caller.client_id, source, claims={}, access=claims)[1]
    now, seconds = int(ctx.now()), lifetime(caller.client, "AccessToken")
    claims |= {"auth_time": now, "iat": now, "exp": now + seconds, "jti": families.random_uuid(ctx)}
    token = keys.sign(ctx, caller.pool, "access", claims)
    return {"AccessToken": token, "ExpiresIn": seconds, "TokenType": "Bearer"}
