"""The keys with which a pool signs its tokens: one for ID tokens, one for access tokens.

They are generated for the first token and kept in the ledger, so that tokens stay valid after a restart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from functools import lru_cache
from typing import Any, Literal

from reconciler.local import foreign_json
from reconciler.local.operation import Context
from reconciler.local.store import Record, dns_suffix

Purpose = Literal["id", "access"]
PURPOSES: tuple[Purpose, ...] = ("id", "access")
KIND = "key"
BITS, EXPONENT = 2048, 65537
PARTS = 3
"""Header, claims and signature."""


def issuer(ctx: Context, pool: Record) -> str:
    """Return the issuer of the tokens of a pool: the URL of our server, or without a server that of Cognito."""
    if ctx.desk.base:
        return f"{ctx.desk.base}/{pool['id']}"
    updated = pool["config"].get("IssuerConfiguration", {}).get("Type") == "UPDATED"
    host = "issuer-cognito-idp" if updated else "cognito-idp"
    return f"https://{host}.{pool['region']}.{dns_suffix(pool['region'])}/{pool['id']}"


def jwks(ctx: Context, pool: Record) -> Record:
    """Return the document of `/.well-known/jwks.json`: both keys."""
    return {"keys": [dict(_kept(ctx, pool, purpose)["public"]) for purpose in PURPOSES]}


def sign(ctx: Context, pool: Record, purpose: Purpose, claims: Record) -> str:
    """Return a signed token (JWS compact, RS256)."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    key = _kept(ctx, pool, purpose)
    header = {"kid": key["public"]["kid"], "alg": "RS256"}
    text = f"{_packed(header)}.{_packed(claims)}"
    return f"{text}.{encoded(_private(key['pem']).sign(text.encode(), PKCS1v15(), SHA256()))}"


def verified(ctx: Context, pool: Record, token: str) -> tuple[Purpose, Record] | None:
    """Return the purpose of a token and its claims; None if this pool has not signed it.

    Times are not checked.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    parts = token.split(".")
    header, claims = unpacked(token, 0), unpacked(token, 1)
    if len(parts) != PARTS or claims is None or header is None:
        return None
    for purpose in PURPOSES:
        key = _kept(ctx, pool, purpose)
        if key["public"]["kid"] != header.get("kid"):
            continue
        try:
            public = _private(key["pem"]).public_key()
            public.verify(_decoded(parts[2]), ".".join(parts[:2]).encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return None
        return purpose, claims
    return None


def unpacked(token: str, index: int) -> Record | None:
    """Return a part of a token that is a JSON object, or None; nothing is verified."""
    parts = token.split(".")
    try:
        found = foreign_json.loads(_decoded(parts[index]))
    except (ValueError, IndexError):
        return None
    return found if isinstance(found, dict) else None


def _kept(ctx: Context, pool: Record, purpose: Purpose) -> Record:
    """Return a key of a pool: `pem`, the private one, and `public` as in the JWKS."""
    name = f"{pool['id']}:{purpose}"
    found = ctx.ledger.get(KIND, name)
    if found is None:
        found = _generated()
        ctx.ledger.put(KIND, name, found, pool=pool["id"])
    return found


def _generated() -> Record:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = generate_private_key(EXPONENT, BITS)
    public = key.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kid = base64.b64encode(hashlib.sha256(der).digest()).decode()
    numbers = public.public_numbers()
    shown = {
        "alg": "RS256",
        "e": encoded(_bytes(numbers.e)),
        "kid": kid,
        "kty": "RSA",
        "n": encoded(_bytes(numbers.n)),
        "use": "sig",
    }
    return {"pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), "public": shown}


@lru_cache(maxsize=64)
def _private(pem: str) -> Any:
    """Return one of our keys. Its numbers are not validated again: that takes longer than signing."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Decode base64url without padding.

    Raises:
        ValueError: It is not base64url, or has padding.
    """
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("not base64url") from None


def _packed(value: Record) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())
