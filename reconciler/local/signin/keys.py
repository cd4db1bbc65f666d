"""The keys with which a pool signs its tokens: one for ID tokens, one for access tokens.

They are made when the first token is, and kept in the ledger, so that tokens hold after a restart.
"""

from __future__ import annotations

from typing import Literal

from reconciler.local.operation import Context
from reconciler.local.store import Record

Purpose = Literal["id", "access"]


def issuer(ctx: Context, pool: Record) -> str:
    """Return the issuer of a pool's tokens: where our server listens, or without one as Cognito spells it."""
    raise NotImplementedError


def jwks(ctx: Context, pool: Record) -> Record:
    """Return the document of `/.well-known/jwks.json`: both keys."""
    raise NotImplementedError


def sign(ctx: Context, pool: Record, purpose: Purpose, claims: Record) -> str:
    """Return a signed token (JWS compact, RS256)."""
    raise NotImplementedError


def verified(ctx: Context, pool: Record, token: str) -> tuple[Purpose, Record] | None:
    """Return for what a token was signed, and its claims; None if this pool has not signed it. Times are not checked."""
    raise NotImplementedError
