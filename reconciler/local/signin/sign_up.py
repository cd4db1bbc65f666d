"""Sign-up: SignUp, ConfirmSignUp, ResendConfirmationCode and AdminConfirmSignUp.

The functions with a caller serve the hosted pages too; SECRET_HASH is checked for callers by the API only.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def register(ctx: Context, caller: Caller, params: Record) -> Record:
    """SignUp: params and answer as in the API."""
    raise NotImplementedError


def confirm(ctx: Context, caller: Caller, params: Record) -> Record:
    """ConfirmSignUp: params and answer as in the API."""
    raise NotImplementedError


def resend(ctx: Context, caller: Caller, params: Record) -> Record:
    """ResendConfirmationCode: params and answer as in the API."""
    raise NotImplementedError


def redeem(ctx: Context, caller: Caller, user: Record, session: str) -> bool:
    """Use up the Session of ConfirmSignUp, with which USER_AUTH signs in at once; return whether it is one."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
