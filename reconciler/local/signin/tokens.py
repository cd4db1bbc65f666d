"""Tokens of users and of clients: issued, renewed, recognised and ended.

The tokens of one sign-in are a family: revoking the refresh token ends them all. A caller of this module needs no other
one for tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.local.operation import Context
from reconciler.local.signin.claims import API_SCOPE, TokenGrant, access_claims, id_claims, readable, within
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

__all__ = [
    *("API_SCOPE", "Bearer", "Grant", "access_claims", "bearer", "client_scopes", "client_token", "end_all"),
    *("end_device", "id_claims", "issue", "readable", "renew", "within"),
]

Grant = TokenGrant


@dataclass(frozen=True)
class Bearer:
    """Whom an access token lets in."""

    pool: Record
    client: Record
    user: Record
    claims: Record

    @property
    def caller(self) -> Caller:
        """What a request with this token comes through."""
        return Caller(self.pool, self.client)


def issue(ctx: Context, caller: Caller, user: Record, grant: Grant) -> Record:
    """Issue the tokens of a sign-in, after the trigger PreTokenGeneration.

    Returns:
        AuthenticationResult: AccessToken, ExpiresIn (seconds), TokenType; RefreshToken if `grant.refreshable`; IdToken,
        from the hosted pages (`caller.door`) only with the scope `openid`.

    Raises:
        ServiceError: The trigger failed.
    """
    raise NotImplementedError


def bearer(ctx: Context, access_token: str, scope: str = API_SCOPE) -> Bearer:
    """Return whom an access token lets in.

    Raises:
        ServiceError: NotAuthorizedException: no access token of ours, expired, revoked, or without the scope;
            UserNotFoundException, UserNotConfirmedException, PasswordResetRequiredException.
    """
    raise NotImplementedError


def renew(
    ctx: Context, caller: Caller, refresh_token: str, *, rotate: bool, device_key: str, metadata: dict[str, str]
) -> Record:
    """Issue new tokens for a refresh token, after the trigger PreTokenGeneration.

    Args:
        ctx: The context.
        caller: What the request comes through; the secret has been checked.
        refresh_token: The refresh token.
        rotate: Whether the operation can rotate: GetTokensFromRefreshToken and the token endpoint, and not
            REFRESH_TOKEN_AUTH, which is refused for a client that rotates.
        device_key: DEVICE_KEY or DeviceKey; empty without.
        metadata: ClientMetadata for the trigger.

    Returns:
        As `issue`, with RefreshToken only if the client rotates.

    Raises:
        ServiceError: NotAuthorizedException, RefreshTokenReuseException, UserNotFoundException,
            PasswordResetRequiredException, InvalidParameterException, or the trigger's.
    """
    raise NotImplementedError


def end_all(ctx: Context, pool: Record, user: Record) -> None:
    """Revoke all tokens of a user, as global sign-out and disabling do."""
    raise NotImplementedError


def end_device(ctx: Context, pool: Record, user: Record, device_key: str) -> None:
    """Revoke the tokens of one device of a user, as ForgetDevice does."""
    raise NotImplementedError


def client_scopes(pool: Record, client: Record) -> tuple[str, ...]:
    """Return the custom scopes that a client may have a token of its own for, those of resource servers that exist."""
    raise NotImplementedError


def client_token(ctx: Context, caller: Caller, scopes: tuple[str, ...], metadata: dict[str, str]) -> Record:
    """Issue an access token for a client itself, after the trigger PreTokenGeneration of version V3_0.

    Args:
        ctx: The context.
        caller: The client; its secret and flow have been checked.
        scopes: Wanted scopes; empty for all of the client's custom ones.
        metadata: ClientMetadata, or aws_client_metadata, for the trigger.

    Returns:
        AccessToken, ExpiresIn (seconds), TokenType.

    Raises:
        ServiceError: InvalidParameterException: a scope is not one of the client's custom ones; or the trigger's.
    """
    raise NotImplementedError
