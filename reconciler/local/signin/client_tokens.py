"""Tokens of app clients themselves, by the API: GetClientToken. GetDerivedToken is not emulated."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record


def get_client_token(ctx: Context, params: Record) -> Record:
    """GetClientToken: the client has a secret, and ALLOW_CLIENT_TOKEN_AUTH as its only flow."""
    raise NotImplementedError


def get_derived_token(ctx: Context, params: Record) -> Record:
    """GetDerivedToken: refused, as no exchange of tokens has been recorded."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {"GetClientToken": get_client_token, "GetDerivedToken": get_derived_token}
