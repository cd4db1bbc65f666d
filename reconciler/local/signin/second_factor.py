"""Which second factor is required, by the MFA mode of the pool and the preference of the user."""

from __future__ import annotations

import json

from reconciler.local.operation import Context
from reconciler.local.signin.one_time_codes import ask_code
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_ins import Attempt, ask
from reconciler.local.store import Record

TOTP, SMS, EMAIL = "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"
OFFERED = "EmailMfaConfiguration"
SHORT = {TOTP: "totp", SMS: "sms", EMAIL: "email"}
"""Names of the factors in the record of a user."""
NEEDS = {SMS: "phone_number", EMAIL: "email"}
"""The attribute that a code is sent to."""


def mode(pool: Record) -> str:
    """Return MfaConfiguration: `OFF`, `OPTIONAL` or `ON`."""
    return str(pool["mfa"].get("MfaConfiguration", "OFF"))


def offers(pool: Record, factor: str) -> bool:
    """Return whether a pool has a second factor turned on."""
    if factor == TOTP:
        return bool(pool["mfa"].get("SoftwareTokenMfaConfiguration", {}).get("Enabled"))
    return bool(pool["mfa"].get("sms")) if factor == SMS else OFFERED in pool["mfa"]


def turned_on(user: Record) -> list[str]:
    """Return the enabled second factors of a user, in the order in which they are offered."""
    return [factor for factor, short in SHORT.items() if user["mfa"][short]]


def usable(pool: Record, user: Record) -> list[str]:
    """Return the enabled second factors of a user that can be used.

    An authenticator app keeps working after the pool has disabled TOTP; messages do not.
    """
    return [f for f in turned_on(user) if (user["mfa"]["secret"] if f == TOTP else _reachable(pool, user, f))]


def _reachable(pool: Record, user: Record, factor: str) -> bool:
    return offers(pool, factor) and bool(user["attributes"].get(NEEDS[factor]))


def has_mfa(pool: Record, user: Record) -> bool:
    """Return whether a user needs a second factor."""
    return mode(pool) == "ON" or (mode(pool) == "OPTIONAL" and bool(usable(pool, user)))


def ask_second(ctx: Context, caller: Caller, attempt: Attempt) -> Record | None:
    """Ask for a second factor; None if none is required."""
    pool, user = caller.pool, attempt.user
    if not has_mfa(pool, user):
        return None
    factors = usable(pool, user)
    if user["mfa"]["preferred"] in factors:
        factors = [user["mfa"]["preferred"]]
    # if the user has enabled none, an existing address is used without setup (recorded for e-mail)
    factors = factors or [f for f in (EMAIL, SMS) if _reachable(pool, user, f)]
    if not factors:
        return _ask_setup(ctx, caller, attempt)
    if len(factors) > 1:
        named = {"MFAS_CAN_CHOOSE": json.dumps(factors), "USER_ID_FOR_SRP": user["username"]}
        return ask(ctx, caller, attempt, "SELECT_MFA_TYPE", named, state={"choices": factors})
    return ask_factor(ctx, caller, attempt, factors[0])


def ask_factor(ctx: Context, caller: Caller, attempt: Attempt, factor: str) -> Record:
    """Ask for one second factor."""
    if factor == TOTP:
        named = {"FRIENDLY_DEVICE_NAME": attempt.user["mfa"]["name"], "USER_ID_FOR_SRP": attempt.user["username"]}
        return ask(ctx, caller, attempt, TOTP, named)
    return ask_code(ctx, caller, attempt, factor, first=False)


def _ask_setup(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    able = [factor for factor in (TOTP, EMAIL, SMS) if offers(caller.pool, factor)]
    named = {"MFAS_CAN_SETUP": json.dumps(able), "USER_ID_FOR_SRP": attempt.user["username"]}
    return ask(ctx, caller, attempt, "MFA_SETUP", named)
