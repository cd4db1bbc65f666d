"""The SECRET_HASH of app clients that have a secret, and the secret where a request carries it in clear.

`base64(HMAC-SHA256(secret, username + client id))`. Which name goes into it is the caller's matter: the one that was
sent, or the real one after a proof by SRP. With two secrets on a client, either makes a valid hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal

from reconciler.local.refusal import ServiceError
from reconciler.local.signin.parties import Caller

Text = Literal["sign_in", "account"]
"""Whose wording a refusal has: that of sign-in and refresh, or that of SignUp, ForgotPassword and their like."""


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
        door_text: Whose wording a refusal has.

    Raises:
        ServiceError: NotAuthorizedException: it is missing or wrong, or the client has no secret.
    """
    raise NotImplementedError


def check_clear(caller: Caller, given: str | None, code: str = "NotAuthorizedException") -> None:
    """Check a ClientSecret that a request carries in clear.

    Raises:
        ServiceError: `code`: it is missing or wrong, or the client has no secret.
    """
    raise NotImplementedError
