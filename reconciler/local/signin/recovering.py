"""Passwords that are forgotten, reset or changed: ForgotPassword, ConfirmForgotPassword, ChangePassword and the like.

The functions with a caller serve the hosted pages too; SECRET_HASH is checked for callers by the API only.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def begin(ctx: Context, caller: Caller, params: Record) -> Record:
    """ForgotPassword: params and answer as in the API."""
    raise NotImplementedError


def finish(ctx: Context, caller: Caller, params: Record) -> Record:
    """ConfirmForgotPassword: params and answer as in the API."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
