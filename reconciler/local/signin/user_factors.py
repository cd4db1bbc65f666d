"""Second factors of a user: TOTP setup, and which factors are enabled and preferred."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import auth_sessions, parties, second_factor, tokens, totp
from reconciler.local.signin.auth_sessions import Pending
from reconciler.local.signin.challenges import NOT_SET_UP
from reconciler.local.signin.choice import allowed, configured
from reconciler.local.signin.parties import Caller, put
from reconciler.local.signin.second_factor import EMAIL, NEEDS, SHORT, SMS, TOTP, turned_on
from reconciler.local.signin.sign_ins import subject
from reconciler.local.store import Record

KIND = "totp"
"""Secrets that are not verified yet."""
SETUP = "MFA_SETUP"
TRIES = 3
"""Wrong codes that end the session of MFA_SETUP."""
TURNED_OFF = "Software Token MFA has not been enabled by the userPool"
NOT_VERIFIED = "User has not verified software token mfa"
MISMATCH = "Code mismatch and fail enable Software Token MFA"
MEMBERS = {"SMSMfaSettings": SMS, "SoftwareTokenMfaSettings": TOTP, "EmailMfaSettings": EMAIL}
"""Factors by member of SetUserMFAPreference, in the order of UserMFASettingList."""


def settings(user: Record) -> Record:
    """Return PreferredMfaSetting and UserMFASettingList of a user; both are absent when empty."""
    preferred, mine = user["mfa"]["preferred"], turned_on(user)
    on = [factor for factor in MEMBERS.values() if factor in mine]
    return {
        **({"PreferredMfaSetting": preferred} if preferred else {}),
        **({"UserMFASettingList": on} if on else {}),
    }


# --- TOTP ----------------------------------------------------------------------------------------------------------


def associate(ctx: Context, params: Record) -> Record:
    """AssociateSoftwareToken with an AccessToken or with the Session of MFA_SETUP; the hosted pages call it too.

    A secret that was verified before keeps working until the new one is verified.
    """
    if "AccessToken" in params:
        who = tokens.bearer(ctx, params["AccessToken"])
        _check_offered(who.pool)
        secret = totp.new_secret(ctx)
        ctx.ledger.put(
            KIND, _key(who.pool, who.user), {"secret": secret}, pool=who.pool["id"], owner=who.user["username"]
        )
        return {"SecretCode": secret}
    caller, pending = _setting_up(ctx, params)
    _check_offered(caller.pool)
    secret = totp.new_secret(ctx)
    return {"SecretCode": secret, "Session": _renewed(ctx, caller, pending, {"secret": secret})}


def verify(ctx: Context, params: Record) -> Record:
    """VerifySoftwareToken with an AccessToken or with the Session of AssociateSoftwareToken.

    With a token the factor is not enabled yet; in MFA_SETUP it is.
    """
    name = params.get("FriendlyDeviceName", "")
    if "AccessToken" in params:
        return _verify_own(ctx, params, name)
    caller, pending = _setting_up(ctx, params)
    user = subject(ctx, pending)
    if user is None:
        raise ServiceError("NotAuthorizedException", auth_sessions.NOT_VALID)
    try:
        step = _accepted(ctx, pending.state.get("secret", ""), params["UserCode"])
    except ServiceError as refused:
        if refused.code == "EnableSoftwareTokenMFAException":
            _count(ctx, pending)
        raise
    user["mfa"].update(secret=pending.state["secret"], used=step, name=name, totp=True)
    put(ctx, caller.pool, user)
    return {"Status": "SUCCESS", "Session": _renewed(ctx, caller, pending, {"verified": True})}


def _verify_own(ctx: Context, params: Record, name: str) -> Record:
    who = tokens.bearer(ctx, params["AccessToken"])
    key = _key(who.pool, who.user)
    entry = ctx.ledger.get(KIND, key) or {"secret": ""}
    step = _accepted(ctx, entry["secret"], params["UserCode"])
    who.user["mfa"].update(secret=entry["secret"], used=step, name=name)
    put(ctx, who.pool, who.user)
    ctx.ledger.drop(KIND, key)
    return {"Status": "SUCCESS"}


def _key(pool: Record, user: Record) -> str:
    return f"{pool['id']} {user['attributes']['sub']}"


def _check_offered(pool: Record) -> None:
    if not second_factor.offers(pool, TOTP):
        raise ServiceError("SoftwareTokenMFANotFoundException", TURNED_OFF)


def _accepted(ctx: Context, secret: str, code: str) -> int:
    """Check a code for a new secret; return its time step."""
    if not secret:
        raise ServiceError("SoftwareTokenMFANotFoundException", NOT_SET_UP)
    judged, step = totp.judge(ctx, secret, code, used=0)
    if judged != "right":
        raise ServiceError("EnableSoftwareTokenMFAException", MISMATCH)
    return step


def _setting_up(ctx: Context, params: Record) -> tuple[Caller, Pending]:
    """Return the caller and the challenge of a Session of MFA_SETUP."""
    if "Session" not in params:
        refuse("Missing required parameter Session")
    pending = auth_sessions.look(ctx, params["Session"], SETUP)
    pool = ctx.store.pool(pending.pool, ctx.region)
    client = pool["clients"].get(pending.client)
    if client is None:
        raise ServiceError("NotAuthorizedException", auth_sessions.NOT_VALID)
    return Caller(pool, client, "hosted" if pending.hosted else "api"), pending


def _renewed(ctx: Context, caller: Caller, pending: Pending, state: Record) -> str:
    """Use up a Session; return the next one of the same setup."""
    kept = {"attempt": pending.state["attempt"], **state}
    auth_sessions.use_up(ctx, pending)
    return auth_sessions.begin(ctx, caller, pending.user, (SETUP,), kept)


def _count(ctx: Context, pending: Pending) -> None:
    wrong = int(pending.state.get("wrong", 0)) + 1
    if wrong >= TRIES:
        auth_sessions.end(ctx, pending)
    else:
        auth_sessions.keep(ctx, pending, {**pending.state, "wrong": wrong})


# --- preferences ---------------------------------------------------------------------------------------------------


def set_preference(ctx: Context, pool: Record, user: Record, params: Record) -> Record:
    """Enable or disable second factors and set the preferred one; omitted factors keep their state.

    Raises:
        ServiceError: InvalidParameterException.
    """
    sent = {factor: params[member] for member, factor in MEMBERS.items() if member in params}
    wanted = [f for f, s in sent.items() if s.get("PreferredMfa")]
    if len(wanted) > 1:
        refuse("Only one MFA method can be preferred.")
    for factor, setting in sent.items():
        if setting.get("Enabled") or setting.get("PreferredMfa"):
            _check_possible(pool, user, factor)
    mfa = {**user["mfa"], **{SHORT[f]: bool(s.get("Enabled") or s.get("PreferredMfa")) for f, s in sent.items()}}
    if wanted:
        mfa["preferred"] = wanted[0]
    elif mfa["preferred"] in sent:
        mfa["preferred"] = ""
    if second_factor.mode(pool) == "ON" and sent and not any(mfa[short] for short in SHORT.values()):
        refuse("MFA is required by the user pool, so that one factor has to stay on.")
    user["mfa"] = mfa
    put(ctx, pool, user)
    return {}


def _check_possible(pool: Record, user: Record, factor: str) -> None:
    if factor == TOTP and not user["mfa"]["secret"]:
        refuse(NOT_VERIFIED)
    if not second_factor.offers(pool, factor) or (factor != TOTP and not user["attributes"].get(NEEDS[factor])):
        refuse(f"User does not have delivery config set to turn on {factor}")


def _own_preference(ctx: Context, params: Record) -> Record:
    who = tokens.bearer(ctx, params["AccessToken"])
    return set_preference(ctx, who.pool, who.user, params)


def _set_settings(ctx: Context, pool: Record, user: Record, params: Record) -> Record:
    """Set MFAOptions, the older form, which supports SMS only."""
    for option in params["MFAOptions"]:
        if option.get("DeliveryMedium") != "SMS" or option.get("AttributeName") != "phone_number":
            refuse("MFAOptions take SMS to phone_number only.")
    if params["MFAOptions"] and not user["attributes"].get("phone_number"):
        refuse(f"User does not have delivery config set to turn on {SMS}")
    user["mfa"]["sms"] = bool(params["MFAOptions"])
    put(ctx, pool, user)
    return {}


def _own_settings(ctx: Context, params: Record) -> Record:
    who = tokens.bearer(ctx, params["AccessToken"])
    return _set_settings(ctx, who.pool, who.user, params)


def _auth_factors(pool: Record, user: Record) -> Record:
    """Return the second factors of a user, and the first factors that it can sign in with."""
    owned = {
        "PASSWORD": user["password"],
        "EMAIL_OTP": user["attributes"].get("email") and configured(pool, "EMAIL_OTP"),
        "SMS_OTP": user["attributes"].get("phone_number") and configured(pool, "SMS_OTP"),
        "WEB_AUTHN": user["passkeys"],
    }
    factors = [factor for factor, has in owned.items() if has and factor in allowed(pool)]
    return {"Username": user["username"], **settings(user), "ConfiguredUserAuthFactors": factors}


def _own_auth_factors(ctx: Context, params: Record) -> Record:
    who = tokens.bearer(ctx, params["AccessToken"])
    return _auth_factors(who.pool, who.user)


def admin_delete_software_token(ctx: Context, params: Record) -> Record:
    """AdminDeleteSoftwareToken: the user can register another app; succeeds without one too."""
    pool, user = parties.existing(ctx, params)
    if user["status"] == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")
    preferred = user["mfa"]["preferred"]
    user["mfa"].update(secret="", totp=False, name="", used=0, preferred="" if preferred == TOTP else preferred)
    put(ctx, pool, user)
    ctx.ledger.drop(KIND, _key(pool, user))
    return {}


OPERATIONS: dict[str, Operation] = {
    "AssociateSoftwareToken": associate,
    "VerifySoftwareToken": verify,
    "SetUserMFAPreference": _own_preference,
    "AdminSetUserMFAPreference": lambda ctx, params: set_preference(ctx, *parties.existing(ctx, params), params),
    "SetUserSettings": _own_settings,
    "AdminSetUserSettings": lambda ctx, params: _set_settings(ctx, *parties.existing(ctx, params), params),
    "GetUserAuthFactors": _own_auth_factors,
    "AdminGetUserAuthFactors": lambda ctx, params: _auth_factors(*parties.existing(ctx, params)),
    "AdminDeleteSoftwareToken": admin_delete_software_token,
}
