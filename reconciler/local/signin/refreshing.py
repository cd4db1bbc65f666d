"""Refresh tokens by operation: GetTokensFromRefreshToken and RevokeToken."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def get_tokens_from_refresh_token(ctx: Context, params: Record) -> Record:
    """GetTokensFromRefreshToken: for every client; rotates if the client does."""
    raise NotImplementedError


def revoke(ctx: Context, caller: Caller, token: str, *, linked: bool = False) -> None:
    """Revoke a refresh token and all tokens of its family; one that is unknown or revoked already is no error.

    Args:
        ctx: The context.
        caller: The client; its secret has been checked.
        token: The refresh token.
        linked: Whether to end the browser session as well through which the tokens came.

    Raises:
        ServiceError: UnsupportedTokenTypeException for an access or ID token, UnsupportedOperationException for a client
            without EnableTokenRevocation, UnauthorizedException for a token of another client.
    """
    raise NotImplementedError


def revoke_token(ctx: Context, params: Record) -> Record:
    """RevokeToken."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {
    "GetTokensFromRefreshToken": get_tokens_from_refresh_token,
    "RevokeToken": revoke_token,
}
