"""Passkeys at sign-in, and what registration shares with it: relying party, origins and the package."""

from __future__ import annotations

import base64
import binascii
import json
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from reconciler.local import foreign_json
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin.parties import put
from reconciler.local.signin.sign_ins import wrong
from reconciler.local.store import Record

TIMEOUT = 60000
"""Milliseconds that a browser waits for the user."""
CHALLENGE = 16
"""Bytes of a challenge."""
BOTH = "MULTI_FACTOR_WITH_USER_VERIFICATION"
LOCALHOST = "localhost"


def package() -> ModuleType:
    """Return the package webauthn.

    Raises:
        ServiceError: NotImplementedException: it is not installed.
    """
    try:
        import webauthn
    except ImportError:
        said = "The embedded Cognito checks passkeys with the package webauthn: pip install 'poolctl[local]'."
        raise ServiceError("NotImplementedException", said, 501) from None
    return webauthn


def settings(pool: Record) -> Record:
    """Return WebAuthnConfiguration of a pool."""
    return dict(pool["mfa"].get("WebAuthnConfiguration", {}))


def counts_as_both(pool: Record) -> bool:
    """Return whether a passkey counts as first and second factor."""
    return settings(pool).get("FactorConfiguration") == BOTH


def verification(pool: Record) -> str:
    """Return UserVerification: `preferred`, or `required`, also if a passkey counts as two factors."""
    return "required" if counts_as_both(pool) else str(settings(pool).get("UserVerification", "preferred"))


def is_named(host: str) -> bool:
    """Return whether browsers allow passkeys on a page without https: at `localhost` and below, not at an address."""
    return host == LOCALHOST or host.endswith(f".{LOCALHOST}")


def relying_party(ctx: Context, pool: Record, host: str = "") -> str:
    """Return the id of the relying party; empty if there is none.

    By default it is the custom domain, or else the prefix domain. A server serves domains at `localhost`, which is
    then the relying party. A hosted page always uses its own host, whatever the pool says: browsers accept only
    `shop.localhost` at `shop.localhost`, and `localhost` at `localhost`.
    """
    if is_named(host):
        return host
    configured = settings(pool).get("RelyingPartyId")
    if configured or not pool["domains"]:
        return str(configured or "")
    if ctx.desk.base:
        return LOCALHOST
    custom = [d for d in pool["domains"] if "." in d]
    return custom[0] if custom else f"{next(iter(pool['domains']))}.auth.{pool['region']}.amazoncognito.com"


def is_origin(origin: str, party: str) -> bool:
    """Return whether an origin belongs to a relying party: its host or a subdomain, by https, or locally by http."""
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return False
    local = is_named(host)
    near = host == party or host.endswith(f".{party}")
    return near and (parts.scheme == "https" or (parts.scheme == "http" and local))


def encoded(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _not_encoded(found: object) -> ValueError:
    """Return the error for client data of another form."""
    return ValueError(type(found).__name__)


def decoded(text: Any) -> bytes:
    """Decode base64url.

    Raises:
        ValueError: It is not.
    """
    if not isinstance(text, str):
        raise _not_encoded(text)
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(text) from error


def client_data(credential: Any) -> Record:
    """Return `clientDataJSON` of a credential.

    Raises:
        ValueError: There is none.
    """
    response = credential.get("response") if isinstance(credential, dict) else None
    text = response.get("clientDataJSON") if isinstance(response, dict) else None
    data = foreign_json.loads(decoded(text))
    if not isinstance(data, dict):
        raise _not_encoded(text)
    return data


def usable(user: Record, host: str = "") -> list[Record]:
    """Return the passkeys of a user that a browser can use at the host of a hosted page; without a host, all."""
    return [p for p in user["passkeys"] if not host or p["rp"] == host]


def request_options(ctx: Context, pool: Record, user: Record, host: str = "") -> tuple[str, Record]:
    """Return PublicKeyCredentialRequestOptions as JSON, and the state that the answer needs.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user.
        host: Host of a hosted page, or empty.
    """
    challenge = encoded(ctx.desk.random(CHALLENGE))
    fitting = usable(user, host)
    party = fitting[-1]["rp"] if fitting else relying_party(ctx, pool, host)
    options = {
        "challenge": challenge,
        "timeout": TIMEOUT,
        "rpId": party,
        "allowCredentials": [
            {"type": "public-key", "id": p["id"], "transports": p["transports"]}
            for p in user["passkeys"]
            if p["rp"] == party
        ],
        "userVerification": verification(pool),
    }
    return json.dumps(options), {"challenge": challenge, "rp": party}


def check(ctx: Context, pool: Record, user: Record, state: Record, credential: str) -> None:
    """Check an assertion, given as JSON, and store its counter.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    webauthn = package()
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        whole = foreign_json.loads(credential)
        origin = str(client_data(whole).get("origin"))
        passkey = next(p for p in user["passkeys"] if p["id"] == whole.get("id") and p["rp"] == state["rp"])
        if not is_origin(origin, state["rp"]):
            raise wrong()
        proof = webauthn.verify_authentication_response(
            credential=whole,
            expected_challenge=decoded(state["challenge"]),
            expected_rp_id=state["rp"],
            expected_origin=origin,
            credential_public_key=decoded(passkey["key"]),
            credential_current_sign_count=passkey["count"],
            require_user_verification=verification(pool) == "required",
        )
    except (WebAuthnException, ValueError, StopIteration, KeyError, TypeError):
        raise wrong() from None
    passkey["count"] = proof.new_sign_count
    put(ctx, pool, user)
