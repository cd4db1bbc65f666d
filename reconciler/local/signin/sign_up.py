"""Sign-up: SignUp, ConfirmSignUp, ResendConfirmationCode and AdminConfirmSignUp.

The functions with a caller serve the hosted pages too, which need no SECRET_HASH.
"""

from __future__ import annotations

import base64

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import (
    aliases,
    codes,
    delivery,
    events,
    parties,
    passwords,
    secret_hash,
    triggers,
    written_attributes,
)
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from reconciler.local.user_checks import check_name

UNCONFIRMED, CONFIRMED = "UNCONFIRMED", "CONFIRMED"
SESSION = "sign_up"
"""Kind in the ledger: sessions from SignUp to the first sign-in."""
BY_FACTOR = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
AUTO_VERIFIED = {"autoVerifyEmail": "email", "autoVerifyPhone": "phone_number"}
PREFERENCE = ("phone_number", "email")
"""Where the code is sent if both addresses are to be verified."""


# --- SignUp -----------------------------------------------------------------------------------------------------------


def sign_up(ctx: Context, params: Record) -> Record:
    """SignUp."""
    return register(ctx, parties.by_client(ctx, params), params)


def register(ctx: Context, caller: Caller, params: Record) -> Record:
    """SignUp: params and answer as in the API."""
    pool = caller.pool
    secret_hash.check(caller, params["Username"], params.get("SecretHash"), door_text="account")
    if pool["config"].get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        raise ServiceError("NotAuthorizedException", "SignUp is not permitted for this user pool")
    name = parties.spelled(pool, params["Username"])
    check_name(pool, name)
    attributes = _attributes(caller, name, params)
    _check_password(pool, attributes, params.get("Password"))
    _check_new(ctx, pool, name)
    by_address = pool["config"].get("UsernameAttributes")
    marks = written_attributes.unverified(attributes)
    user = parties.new_user(ctx, None if by_address else name, UNCONFIRMED, attributes | marks)
    _let_in(ctx, caller, user, attributes, params.get("ValidationData"))
    _check_new(ctx, pool, name)  # other requests run while the trigger does
    if params.get("Password"):
        passwords.set_password(ctx, pool, user, params["Password"])
    parties.put(ctx, pool, user)
    events.note(ctx, caller, user, "SignUp")
    if user["status"] == CONFIRMED:
        after_confirmation(ctx, caller, user)
        return {"UserConfirmed": True, "UserSub": user["attributes"]["sub"]}
    sent = _send(ctx, caller, user, "SignUp")
    return {
        "UserConfirmed": False,
        **({"CodeDeliveryDetails": sent} if sent else {}),
        "UserSub": user["attributes"]["sub"],
        **_session(ctx, caller, user, UNCONFIRMED),
    }


def _attributes(caller: Caller, name: str, params: Record) -> dict[str, str]:
    """Return the attributes of a new user; the name may be one of them."""
    pool = caller.pool
    sent = written_attributes.spelled(pool, written_attributes.named(params.get("UserAttributes")))
    kind = "email" if "@" in name else "phone_number"
    if kind in (pool["config"].get("UsernameAttributes") or ()):
        if sent.get(kind, name) != name:
            refuse(f"Attribute {kind} must be the same as the username.")
        sent[kind] = name
    if "preferred_username" in sent and "preferred_username" in (pool["config"].get("AliasAttributes") or ()):
        refuse("The alias preferred_username can be set after the user is confirmed only.")
    written_attributes.check(caller, sent, new=True)
    return sent


def _check_password(pool: Record, attributes: dict[str, str], password: str | None) -> None:
    """Check the password of a new user; it may be missing if the user can sign in by a code.

    Raises:
        ServiceError: InvalidPasswordException or InvalidParameterException.
    """
    if password is not None:
        passwords.check_policy(pool, password, admin=False)
        return
    factors = pool["config"].get("Policies", {}).get("SignInPolicy", {}).get("AllowedFirstAuthFactors") or ()
    usable = any(attributes.get(BY_FACTOR.get(factor, "")) for factor in factors)
    if not usable or pool["mfa"]["MfaConfiguration"] == "ON":
        refuse("A password is required, as the user could not sign in without one.")


def _check_new(ctx: Context, pool: Record, name: str) -> None:
    if parties.sign_in_name(ctx, pool, name) is None:
        return
    said = "User already exists"
    if pool["config"].get("UsernameAttributes"):
        said = f"An account with the given {'email' if '@' in name else 'phone_number'} already exists."
    raise ServiceError("UsernameExistsException", said)


def _let_in(
    ctx: Context, caller: Caller, user: Record, attributes: dict[str, str], validation: list[Record] | None
) -> None:
    """Let the trigger PreSignUp refuse a new user, confirm it or verify its addresses.

    Raises:
        ServiceError: Those of triggers.run; InvalidLambdaResponseException if an address to verify is missing.
    """
    request = {"userAttributes": attributes, "validationData": written_attributes.named(validation) or None}
    response = triggers.run(ctx, caller, "PreSignUp_SignUp", user["username"], request)
    user["status"] = CONFIRMED if response.get("autoConfirmUser") else UNCONFIRMED
    for member, kind in AUTO_VERIFIED.items():
        if response.get(member):
            if kind not in attributes:
                said = f"The trigger PreSignUp answered {member}, but the user has no {kind}."
                raise ServiceError("InvalidLambdaResponseException", said)
            aliases.verify(ctx, caller.pool, user, kind, move=True)


def _send(ctx: Context, caller: Caller, user: Record, occasion: str) -> Record | None:
    """Send the code of a sign-up, if the pool verifies an address that the user has."""
    verified = caller.pool["config"].get("AutoVerifiedAttributes") or ()
    kind = next((k for k in PREFERENCE if k in verified and user["attributes"].get(k)), None)
    if kind is None:
        return None
    about = {"attribute": kind, "to": user["attributes"][kind]}
    code = codes.new(ctx, caller.pool, user, codes.SIGN_UP, life=codes.DAY, about=about)
    return delivery.send(ctx, caller, user, occasion, code, medium=delivery.OF_ATTRIBUTE[kind])


def after_confirmation(ctx: Context, caller: Caller, user: Record, source: str = "ConfirmSignUp") -> None:
    """Call the trigger PostConfirmation. The user stays confirmed if it fails.

    Raises:
        ServiceError: Those of triggers.run.
    """
    triggers.run(ctx, caller, f"PostConfirmation_{source}", user, {})


# --- the session that leads to a sign-in without password -------------------------------------------------------------


def _session(ctx: Context, caller: Caller, user: Record, status: str) -> Record:
    """Return the Session of an answer, which only clients with USER_AUTH can use."""
    if "ALLOW_USER_AUTH" not in parties.flows(caller.client):
        return {}
    session = f"AYABe{base64.urlsafe_b64encode(ctx.desk.random(48)).decode()}"
    kept = {"client": caller.client_id, "status": status}
    expires = ctx.now() + 60.0 * caller.client.get("AuthSessionValidity", 3)
    ctx.ledger.put(SESSION, hashed(session), kept, pool=caller.pool["id"], owner=user["username"], expires=expires)
    return {"Session": session}


def _taken(ctx: Context, caller: Caller, user: Record, session: str, status: str) -> bool:
    """Use up a session; return whether it was valid."""
    mine = dict(ctx.ledger.of(SESSION, caller.pool["id"], user["username"]))
    kept = mine.get(hashed(session))
    if kept is None or kept["client"] != caller.client_id or kept["status"] != status or ctx.now() >= kept["expires"]:
        return False
    ctx.ledger.drop(SESSION, hashed(session))
    return True


def redeem(ctx: Context, caller: Caller, user: Record, session: str) -> bool:
    """Use up the Session of ConfirmSignUp, with which USER_AUTH signs in at once; return whether it was valid."""
    return _taken(ctx, caller, user, session, CONFIRMED)


# --- ConfirmSignUp ----------------------------------------------------------------------------------------------------


def confirm_sign_up(ctx: Context, params: Record) -> Record:
    """ConfirmSignUp."""
    return confirm(ctx, parties.by_client(ctx, params), params)


def confirm(ctx: Context, caller: Caller, params: Record) -> Record:
    """ConfirmSignUp: params and answer as in the API."""
    pool = caller.pool
    secret_hash.check(caller, params["Username"], params.get("SecretHash"), door_text="account")
    user = parties.sign_in_name(ctx, pool, params["Username"])
    codes.attempt(ctx, pool, user["username"] if user else params["Username"], "ConfirmSignUp")
    if user is None or not user["enabled"]:
        raise codes.mismatch() if parties.hides(caller.client) else not_usable(user)
    _check_unconfirmed(user)
    about = codes.check(ctx, pool, user, codes.SIGN_UP, params["ConfirmationCode"])
    if user["attributes"].get(about["attribute"]) == about["to"]:
        aliases.verify(ctx, pool, user, about["attribute"], move=bool(params.get("ForceAliasCreation")))
    codes.drop(ctx, pool, user, codes.SIGN_UP)
    user["status"] = CONFIRMED
    parties.touch(ctx, pool, user)
    went_on = bool(params.get("Session")) and _taken(ctx, caller, user, params["Session"], UNCONFIRMED)
    after_confirmation(ctx, caller, user)
    return _session(ctx, caller, user, CONFIRMED) if went_on else {}


def not_usable(user: Record | None) -> ServiceError:
    """Return the error for a user that does not exist or is disabled, for a client that does not hide this."""
    if user is None:
        return ServiceError("UserNotFoundException", "Username/client id combination not found.")
    return ServiceError("NotAuthorizedException", "User is disabled.")


def _check_unconfirmed(user: Record) -> None:
    if user["status"] != UNCONFIRMED:
        said = f"User cannot be confirmed. Current status is {user['status']}"
        raise ServiceError("NotAuthorizedException", said)


def admin_confirm_sign_up(ctx: Context, params: Record) -> Record:
    """AdminConfirmSignUp: does not verify addresses."""
    caller = parties.admin(ctx, params)
    _, user = parties.existing(ctx, params)
    _check_unconfirmed(user)
    codes.drop(ctx, caller.pool, user, codes.SIGN_UP)
    user["status"] = CONFIRMED
    parties.touch(ctx, caller.pool, user)
    after_confirmation(ctx, caller, user)
    return {}


# --- ResendConfirmationCode -------------------------------------------------------------------------------------------


def resend_confirmation_code(ctx: Context, params: Record) -> Record:
    """ResendConfirmationCode."""
    return resend(ctx, parties.by_client(ctx, params), params)


def resend(ctx: Context, caller: Caller, params: Record) -> Record:
    """ResendConfirmationCode: params and answer as in the API."""
    pool, hides = caller.pool, parties.hides(caller.client)
    secret_hash.check(caller, params["Username"], params.get("SecretHash"), door_text="account")
    user = parties.sign_in_name(ctx, pool, params["Username"])
    codes.attempt(ctx, pool, user["username"] if user else params["Username"], "ResendConfirmationCode")
    usable = user is not None and user["enabled"]
    if hides and (user is None or not usable or user["status"] != UNCONFIRMED):
        return {"CodeDeliveryDetails": delivery.simulated(pool, params["Username"])}
    if user is None or not usable:
        raise not_usable(user)
    if user["status"] != UNCONFIRMED:
        refuse("User is already confirmed.")
    sent = _send(ctx, caller, user, "ResendCode")
    if sent is None:
        refuse("Auto verification not turned on.")
    events.note(ctx, caller, user, "ResendCode")
    return {"CodeDeliveryDetails": sent}


OPERATIONS: dict[str, Operation] = {
    "SignUp": sign_up,
    "ConfirmSignUp": confirm_sign_up,
    "ResendConfirmationCode": resend_confirmation_code,
    "AdminConfirmSignUp": admin_confirm_sign_up,
}
