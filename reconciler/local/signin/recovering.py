"""Forgotten, reset and changed passwords: ForgotPassword, ConfirmForgotPassword, ChangePassword and the like.

The functions with a caller serve the hosted pages too, which need no SECRET_HASH.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import codes, delivery, events, inviting, parties, passwords, secret_hash, tokens
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_up import CONFIRMED, UNCONFIRMED, after_confirmation, not_usable
from reconciler.local.store import Record

RESET = "RESET_REQUIRED"
ADMIN_ONLY = "admin_only"
MECHANISMS: dict[str, str] = {"verified_phone_number": "phone_number", "verified_email": "email"}
"""In the order that applies without AccountRecoverySetting."""
FACTOR = {"phone_number": "sms", "email": "email"}
"""The MFA factor that uses an address."""
NO_ADDRESS = "Cannot reset password for the user as there is no registered/verified email or phone_number"
WRONG_STATE = "User password cannot be reset in the current state."


# --- where a code goes ------------------------------------------------------------------------------------------------


def _mechanisms(pool: Record) -> list[str]:
    """Return the names of AccountRecoverySetting by priority; an empty list without a setting."""
    setting = pool["config"].get("AccountRecoverySetting") or {}
    return [m["Name"] for m in sorted(setting.get("RecoveryMechanisms") or (), key=lambda m: int(m["Priority"]))]


def address(pool: Record, user: Record) -> str | None:
    """Return the attribute to which the code for a new password is sent, or None.

    With AccountRecoverySetting, an address that is the MFA factor of the user is never used.
    """
    set_up = [m for m in _mechanisms(pool) if m != ADMIN_ONLY]
    for kind in (MECHANISMS[m] for m in set_up or MECHANISMS):
        is_factor = bool(set_up) and user["mfa"][FACTOR[kind]]
        if user["attributes"].get(f"{kind}_verified") == "true" and user["attributes"].get(kind) and not is_factor:
            return kind
    return None


def _send(ctx: Context, caller: Caller, user: Record, kind: str) -> Record:
    code = codes.new(ctx, caller.pool, user, codes.FORGOTTEN, life=codes.HOUR)
    return delivery.send(ctx, caller, user, "ForgotPassword", code, medium=delivery.OF_ATTRIBUTE[kind])


# --- ForgotPassword ---------------------------------------------------------------------------------------------------


def forgot_password(ctx: Context, params: Record) -> Record:
    """ForgotPassword."""
    return begin(ctx, parties.by_client(ctx, params), params)


def begin(ctx: Context, caller: Caller, params: Record) -> Record:
    """ForgotPassword: params and answer as in the API."""
    pool, typed = caller.pool, params["Username"]
    secret_hash.check(caller, typed, params.get("SecretHash"), door_text="account")
    if _mechanisms(pool) == [ADMIN_ONLY]:
        raise ServiceError("NotAuthorizedException", "Contact administrator to reset password.")
    user = parties.sign_in_name(ctx, pool, typed)
    codes.attempt(ctx, pool, user["username"] if user else typed, "ForgotPassword")
    if user is None:
        user = inviting.migrate(ctx, caller, typed, None, "UserMigration_ForgotPassword")
    refusal = _refusal(pool, user)
    if refusal is not None and parties.hides(caller.client):
        return {"CodeDeliveryDetails": delivery.simulated(pool, typed)}
    if refusal is not None or user is None:
        raise refusal or not_usable(user)
    sent = _send(ctx, caller, user, address(pool, user) or "")
    events.note(ctx, caller, user, "ForgotPassword")
    return {"CodeDeliveryDetails": sent}


def _refusal(pool: Record, user: Record | None) -> ServiceError | None:
    """Return why a user cannot get a code for a new password, or None."""
    if user is None or not user["enabled"]:
        return not_usable(user)
    if user["status"] not in (CONFIRMED, UNCONFIRMED, RESET):
        return ServiceError("NotAuthorizedException", WRONG_STATE)
    if address(pool, user) is None:
        return ServiceError("InvalidParameterException", NO_ADDRESS)
    return None


def confirm_forgot_password(ctx: Context, params: Record) -> Record:
    """ConfirmForgotPassword."""
    return finish(ctx, parties.by_client(ctx, params), params)


def finish(ctx: Context, caller: Caller, params: Record) -> Record:
    """ConfirmForgotPassword: params and answer as in the API."""
    pool, typed, password = caller.pool, params["Username"], params["Password"]
    secret_hash.check(caller, typed, params.get("SecretHash"), door_text="account")
    user = parties.sign_in_name(ctx, pool, typed)
    codes.attempt(ctx, pool, user["username"] if user else typed, "ForgotPassword")
    if user is None or not user["enabled"]:
        raise codes.mismatch() if parties.hides(caller.client) else not_usable(user)
    if user["status"] == UNCONFIRMED:
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")
    codes.check(ctx, pool, user, codes.FORGOTTEN, params["ConfirmationCode"])
    passwords.check_policy(pool, password, admin=False)
    passwords.check_history(pool, user, password)
    codes.drop(ctx, pool, user, codes.FORGOTTEN)
    passwords.set_password(ctx, pool, user, password)
    user["status"] = CONFIRMED
    parties.touch(ctx, pool, user)
    after_confirmation(ctx, caller, user, "ConfirmForgotPassword")
    return {}


def admin_reset_user_password(ctx: Context, params: Record) -> Record:
    """AdminResetUserPassword: invalidates the password and sends a code as ForgotPassword does."""
    caller = parties.admin(ctx, params)
    pool, user = parties.existing(ctx, params)
    refusal = _refusal(pool, user)
    if refusal is None and user["status"] == UNCONFIRMED:
        refusal = ServiceError("NotAuthorizedException", WRONG_STATE)
    if refusal is not None:
        raise refusal
    user["status"] = RESET
    parties.touch(ctx, pool, user)
    _send(ctx, caller, user, address(pool, user) or "")
    return {}


# --- ChangePassword ---------------------------------------------------------------------------------------------------


def change_password(ctx: Context, params: Record) -> Record:
    """ChangePassword: a user without a password sends no previous one. Tokens stay valid."""
    who = tokens.bearer(ctx, params["AccessToken"])
    pool, user, proposed = who.pool, who.user, params["ProposedPassword"]
    codes.attempt(ctx, pool, user["username"], "ChangePassword")
    if user["status"] == "EXTERNAL_PROVIDER":
        raise ServiceError("NotAuthorizedException", "A federated user has no password here.")
    previous = params.get("PreviousPassword")
    if user["password"] is not None and previous is None:
        refuse("Missing required parameter PreviousPassword")
    if user["password"] is not None and not passwords.matches(pool, user, str(previous)):
        events.note(ctx, who.caller, user, "PasswordChange", failed=events.PASSWORD)
        raise ServiceError("NotAuthorizedException", "Incorrect username or password.")
    passwords.check_policy(pool, proposed, admin=False, member="proposedPassword")
    passwords.check_history(pool, user, proposed)
    passwords.set_password(ctx, pool, user, proposed)
    parties.touch(ctx, pool, user)
    events.note(ctx, who.caller, user, "PasswordChange")
    return {}


OPERATIONS: dict[str, Operation] = {
    "ForgotPassword": forgot_password,
    "ConfirmForgotPassword": confirm_forgot_password,
    "AdminResetUserPassword": admin_reset_user_password,
    "ChangePassword": change_password,
}
