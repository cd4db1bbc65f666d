"""The operations on refresh tokens: GetTokensFromRefreshToken and RevokeToken."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import families, keys, parties, secret_hash, tokens
from reconciler.local.signin.claims import revocable
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def get_tokens_from_refresh_token(ctx: Context, params: Record) -> Record:
    """GetTokensFromRefreshToken: allowed for every client; rotates the token if the client is configured to."""
    caller = parties.by_client(ctx, params)
    secret_hash.check_clear(caller, params.get("ClientSecret"))
    result = tokens.renew(
        ctx,
        caller,
        params["RefreshToken"],
        rotate=True,
        device_key=params.get("DeviceKey", ""),
        metadata=caller.metadata,
    )
    return {"AuthenticationResult": result}


def revoke(ctx: Context, caller: Caller, token: str) -> str:
    """Revoke a refresh token and its family; an unknown or already revoked token is no error.

    Args:
        ctx: The context.
        caller: The client; its secret has been checked.
        token: The refresh token.

    Returns:
        The id of the browser session that the tokens came from; empty if there is none.

    Raises:
        ServiceError: UnsupportedTokenTypeException for an access or ID token, UnsupportedOperationException for a
            client without EnableTokenRevocation, UnauthorizedException for a token of another client.
    """
    if not revocable(caller.client):
        said = f"Token revocation is not enabled for client {caller.client_id}."
        raise ServiceError("UnsupportedOperationException", said)
    if keys.verified(ctx, caller.pool, token) is not None:
        raise ServiceError("UnsupportedTokenTypeException", "Only refresh tokens can be revoked.")
    found = families.find(ctx, caller.pool, token)
    if found is None:
        return ""
    entry, family = found
    if entry["client"] != caller.client_id:
        raise ServiceError("UnauthorizedException", "The token belongs to another client.")
    families.revoke(ctx, caller.pool, family)
    return str(family["sso"])


def revoke_token(ctx: Context, params: Record) -> Record:
    """RevokeToken: a repeated call succeeds."""
    caller = parties.by_client(ctx, params)
    secret_hash.check_clear(caller, params.get("ClientSecret"), "UnauthorizedException")
    revoke(ctx, caller, params["Token"])
    return {}


OPERATIONS: dict[str, Operation] = {
    "GetTokensFromRefreshToken": get_tokens_from_refresh_token,
    "RevokeToken": revoke_token,
}
