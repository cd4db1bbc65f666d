"""What is in a token: claims of ID and access tokens, and for how long they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.local.operation import Context
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

API_SCOPE = "aws.cognito.signin.user.admin"
"""The scope of every token that the API gives."""


@dataclass(frozen=True)
class TokenGrant:
    """For what tokens are issued."""

    scopes: tuple[str, ...]
    """Granted scopes in the order of the request; `(API_SCOPE,)` for a sign-in by the API."""
    source: str
    """Source of the trigger, such as `TokenGeneration_Authentication`."""
    auth_time: float
    """When the user signed in, in seconds since 1970."""
    nonce: str = ""
    """Of the OAuth request."""
    device_key: str = ""
    """Key of the device, if the pool tracks devices and this one is known."""
    origin: str = ""
    """Id of the family that the tokens join; empty for a new family."""
    event_id: str = ""
    """Id of the sign-in; empty for a new one."""
    resource: str = ""
    """Identifier of a resource server that the access token is bound to (RFC 8707)."""
    refreshable: bool = True
    """Whether there is a refresh token; not with the implicit grant."""
    sso_session: str = ""
    """Id of the browser session (`sso…`) through which the tokens came."""


def lifetime(client: Record, token: str) -> int:
    """Return the seconds for which a token of a client holds.

    Args:
        client: The client.
        token: `AccessToken`, `IdToken` or `RefreshToken`.
    """
    raise NotImplementedError


def readable(client: Record, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that a client may read (ReadAttributes), `sub` among them."""
    raise NotImplementedError


def within(attributes: Mapping[str, str], scopes: Sequence[str]) -> dict[str, str]:
    """Return the attributes that OAuth scopes open.

    `openid` alone opens all; with `email`, `phone` or `profile` beside it only those that they name. `profile` opens
    all but e-mail and phone. `sub` is always there.
    """
    raise NotImplementedError


def id_claims(ctx: Context, caller: Caller, user: Record, grant: TokenGrant) -> Record:
    """Return the claims of an ID token, before any trigger and without those of time and revocation."""
    raise NotImplementedError


def access_claims(ctx: Context, caller: Caller, user: Record, grant: TokenGrant) -> Record:
    """Return the claims of a user's access token, before any trigger and without those of time and revocation."""
    raise NotImplementedError
