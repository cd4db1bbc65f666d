"""The SECRET_HASH of app clients that have a secret, and the secret where a request carries it in clear.

`base64(HMAC-SHA256(secret, username + client id))`. The caller decides which name is hashed: the one that was sent, or
the real one after an SRP proof. If a client has two secrets, both make valid hashes. How the service handles a hash for
a client without a secret is not known; it is refused here, because it shows a wrong configuration.
"""

from __future__ import annotations

import base64
import hmac
from typing import Literal

from reconciler.local.managed_secrets import secrets_of
from reconciler.local.refusal import ServiceError
from reconciler.local.signin.parties import Caller

Text = Literal["sign_in", "account"]
"""Which wording an error has: that of sign-in and refresh, or that of SignUp, ForgotPassword and the like."""


def made(secret: str, username: str, client_id: str) -> str:
    """Return the hash that a client with a secret sends."""
    digest = hmac.digest(secret.encode(), (username + client_id).encode(), "sha256")
    return base64.b64encode(digest).decode()


def check(caller: Caller, username: str, given: str | None, *, door_text: Text) -> None:
    """Check the hash of a request; the hosted pages need none.

    Args:
        caller: What the request comes through.
        username: The name in the hash.
        given: SECRET_HASH or SecretHash as it was sent, or None.
        door_text: Which wording an error has.

    Raises:
        ServiceError: NotAuthorizedException: it is missing or wrong, or the client has no secret.
    """
    if caller.door == "hosted":
        return
    name, valid = caller.client_id, [made(s, username, caller.client_id) for s in _values(caller)]
    said = {
        "sign_in": (
            f"Client {name} is configured with secret but SECRET_HASH was not received",
            f"SecretHash does not match for the client: {name}",
        ),
        "account": (f"Unable to verify secret hash for client {name}",) * 2,
    }[door_text]
    _check(caller, given, valid, said, "NotAuthorizedException")


def check_clear(caller: Caller, given: str | None, code: str = "NotAuthorizedException") -> None:
    """Check a ClientSecret that a request carries in clear.

    Raises:
        ServiceError: `code`: it is missing or wrong, or the client has no secret.
    """
    said = f"Unable to verify secret for client {caller.client_id}"
    _check(caller, given, _values(caller), (said, said), code)


def _values(caller: Caller) -> list[str]:
    return [str(s["value"]) for s in secrets_of(caller.pool, caller.client)]


def _check(caller: Caller, given: str | None, valid: list[str], said: tuple[str, ...], code: str) -> None:
    if not valid:
        if given:
            raise ServiceError(code, f"Client {caller.client_id} is not configured for secret but secret was received")
        return
    if not given:
        raise ServiceError(code, said[0])
    if not any(hmac.compare_digest(given.encode(), v.encode()) for v in valid):
        raise ServiceError(code, said[1])
