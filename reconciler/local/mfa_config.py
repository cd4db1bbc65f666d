"""SetUserPoolMfaConfig: a full replacement with many rules (cognito.md 2.2, P4 to P8; cognito.md 15.2).

The SMS configuration and the SMS text belong to the pool: one store, written by two operations. `sms` in the record
holds only whether SMS is a factor.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.pools import sms_configuration, switched_off
from reconciler.local.refusal import refuse
from reconciler.local.rules import SMS_NEEDED_FOR_PHONE, check_pool, has_factor
from reconciler.local.sms_roles import check_role
from reconciler.local.store import Record

FACTORS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")
OFF_WITH_FACTOR = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
ONLY_PASSKEY = "SMS MFA, Email MFA, or Software Token MFA must be enabled"
PASSKEY_DEFAULT = {"FactorConfiguration": "SINGLE_FACTOR"}


def set_user_pool_mfa_config(ctx: Context, params: Record) -> Record:
    """SetUserPoolMfaConfig: omitted members are removed, including MfaConfiguration, except passkeys."""
    pool = ctx.pool(params)
    wanted = params.get("MfaConfiguration", "OFF")  # omitted is read as OFF (measured)
    if wanted == "OFF" and any(f in params for f in FACTORS):
        refuse(OFF_WITH_FACTOR)  # P5
    config = _with_sms(pool, params)
    mfa = _after(pool, params, wanted)
    if wanted != "OFF" and not has_factor(mfa) and "WebAuthnConfiguration" in params:
        refuse(ONLY_PASSKEY)
    if wanted != "OFF" and "phone_number" in config.get("AutoVerifiedAttributes", ()) and not mfa.get("sms"):  # P38
        refuse(SMS_NEEDED_FOR_PHONE)
    check_pool(pool, config, mfa)
    check_role(ctx, pool, params.get("SmsMfaConfiguration", {}))
    pool.update(config=config, mfa=mfa, modified=ctx.store.now())
    ctx.store.touch(pool)
    return view(pool)


def _with_sms(pool: Record, params: Record) -> Record:
    config = dict(pool["config"])
    block = params.get("SmsMfaConfiguration")
    if block is None:
        return config
    config.pop("SmsAuthenticationMessage", None)
    if "SmsAuthenticationMessage" in block:
        config["SmsAuthenticationMessage"] = block["SmsAuthenticationMessage"]
    if "SmsConfiguration" in block:
        config["SmsConfiguration"] = sms_configuration(block["SmsConfiguration"], pool["region"])
    if "SmsConfiguration" not in config:
        refuse("SMS configuration is required when SMS MFA is enabled")
    return config


def _after(pool: Record, params: Record, wanted: str) -> Record:
    mfa = {**switched_off(pool["mfa"]), "MfaConfiguration": wanted}
    # the default is returned once MFA or passkeys have been set (2.2, read side)
    mfa["WebAuthnConfiguration"] = mfa.get("WebAuthnConfiguration", PASSKEY_DEFAULT)
    if "WebAuthnConfiguration" in params:
        mfa["WebAuthnConfiguration"] = {
            "UserVerification": "preferred",
            **PASSKEY_DEFAULT,
            **params["WebAuthnConfiguration"],
        }
    if "SmsMfaConfiguration" in params:
        mfa["sms"] = True
    if "SoftwareTokenMfaConfiguration" in params:
        mfa["SoftwareTokenMfaConfiguration"] = {"Enabled": False, **params["SoftwareTokenMfaConfiguration"]}
    if "EmailMfaConfiguration" in params:  # {} means enabled, with the service's texts
        mfa["EmailMfaConfiguration"] = params["EmailMfaConfiguration"]
    return mfa


def view(pool: Record) -> Record:
    """Return the answer of GetUserPoolMfaConfig."""
    answer = {k: v for k, v in pool["mfa"].items() if k != "sms"}
    if pool["mfa"].get("sms"):
        shared = ("SmsAuthenticationMessage", "SmsConfiguration")
        answer["SmsMfaConfiguration"] = {k: pool["config"][k] for k in shared if k in pool["config"]}
    return answer


def get_user_pool_mfa_config(ctx: Context, params: Record) -> Record:
    """GetUserPoolMfaConfig."""
    return view(ctx.pool(params))


OPERATIONS: dict[str, Operation] = {
    "SetUserPoolMfaConfig": set_user_pool_mfa_config,
    "GetUserPoolMfaConfig": get_user_pool_mfa_config,
}
