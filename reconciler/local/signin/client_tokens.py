"""Tokens for app clients themselves through the API: GetClientToken. GetDerivedToken is not emulated."""

from __future__ import annotations

from reconciler.local.imported_passwords import NOT_IMPLEMENTED
from reconciler.local.managed_secrets import secrets_of
from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import parties, secret_hash, tokens
from reconciler.local.store import Record

FLOW = "ALLOW_CLIENT_TOKEN_AUTH"


def get_client_token(ctx: Context, params: Record) -> Record:
    """GetClientToken: needs a client with a secret, and ALLOW_CLIENT_TOKEN_AUTH as its only flow."""
    caller = parties.by_client(ctx, params)
    if not secrets_of(caller.pool, caller.client):
        refuse("A token for a client itself needs a client with a secret.")
    secret_hash.check_clear(caller, params["Secret"])
    if FLOW not in parties.flows(caller.client):
        refuse("CLIENT_TOKEN_AUTH is not enabled for the client.")
    result = tokens.client_token(ctx, caller, tuple(params.get("Scopes") or ()), caller.metadata)
    return {"ClientAuthenticationResult": result}


def get_derived_token(ctx: Context, params: Record) -> Record:
    """GetDerivedToken: refused, as no exchange of tokens has been recorded."""
    del ctx, params
    said = "GetDerivedToken is not part of the embedded Cognito: no exchange of tokens has been published that it "
    raise ServiceError("NotImplementedException", said + "could follow.", NOT_IMPLEMENTED)


OPERATIONS: dict[str, Operation] = {"GetClientToken": get_client_token, "GetDerivedToken": get_derived_token}
