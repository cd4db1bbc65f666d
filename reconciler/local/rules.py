"""Rules about user pools, for all operations (cognito.md 3.1).

Checked on the whole pool after a write, including MFA, because several rules span UpdateUserPool and
SetUserPoolMfaConfig: the service checks them in both operations.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.local.operation import arn_part
from reconciler.local.published_facts import PUBLISHED
from reconciler.local.refusal import refuse
from reconciler.local.store import ACCOUNT, Record
from reconciler.local.tiers import check_tier

SMS_NEEDED = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
SMS_NEEDED_FOR_PHONE = "SMS configuration is required when phone_number is selected for auto verification"
NO_FACTOR = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration."
NO_MULTI_REGION_KEY = "A replica needs a customer-managed multi-Region key in KeyConfiguration."
CROSS_ACCOUNT = "Cross-account pass role is not allowed."

SES_OLD_REGIONS: frozenset[str] = frozenset(PUBLISHED["ses_older_pool_regions"])
"""Pool Regions that may use SES in three other Regions (9.3)."""
SES_SHARED: frozenset[str] = frozenset(PUBLISHED["ses_shared_regions"])

SNS_REGIONS: dict[str, list[str]] = PUBLISHED["sms_regions"]
"""Pool Region to the Regions that may send its SMS; the first is the default (9.1). Others: own Region only."""


def check_pool(pool: Record, config: Record, mfa: Record) -> None:
    """Check a pool in its state after a write.

    Args:
        pool: The record, for its Region and children.
        config: The settings after the write.
        mfa: The MFA settings after the write.

    Raises:
        Refusal: A rule is broken.
    """
    for rule in RULES:
        rule(pool, config, mfa)
    check_tier(pool, config, mfa)


def _aliases(_pool: Record, config: Record, _mfa: Record) -> None:
    if config.get("AliasAttributes") and config.get("UsernameAttributes"):  # P1
        refuse("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")


def _verification(_pool: Record, config: Record, _mfa: Record) -> None:
    verified = set(config.get("AutoVerifiedAttributes", ()))
    if "phone_number" in verified and "SmsConfiguration" not in config:  # P2
        refuse(SMS_NEEDED_FOR_PHONE)
    if set(config["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"]) - verified:  # P11
        refuse("AttributesRequireVerificationBeforeUpdate must be a subset of AutoVerifiedAttributes.")


def _factors(_pool: Record, config: Record, mfa: Record) -> None:
    first = set(config["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"])
    if "PASSWORD" not in first:  # P9
        refuse("PASSWORD must be one of the allowed first auth factors.")
    if "SOFTWARE_TOKEN" in first:  # in the enum, not accepted by the service (2.1)
        refuse("SOFTWARE_TOKEN is not supported as a first auth factor.")
    if "SMS_OTP" in first and "SmsConfiguration" not in config:  # P10
        refuse("SMS configuration is required when SMS_OTP is an allowed first auth factor.")
    if mfa["MfaConfiguration"] == "ON":
        _first_factors_under_mfa(first, mfa)


def _first_factors_under_mfa(first: set[str], mfa: Record) -> None:
    if first - {"PASSWORD", "WEB_AUTHN"}:  # P7
        refuse("Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled")
    passkey = mfa.get("WebAuthnConfiguration", {}).get("FactorConfiguration", "SINGLE_FACTOR")
    if "WEB_AUTHN" in first and passkey == "SINGLE_FACTOR":  # P8
        refuse("WEB_AUTHN requires MULTI_FACTOR_WITH_USER_VERIFICATION when MFA is required")


def _mfa(_pool: Record, config: Record, mfa: Record) -> None:
    if "EmailMfaConfiguration" in mfa and config["EmailConfiguration"].get("EmailSendingAccount") != "DEVELOPER":  # P6
        refuse(
            "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount "
            "of COGNITO_DEFAULT"
        )
    if mfa["MfaConfiguration"] != "OFF" and not has_factor(mfa):  # P4
        refuse(NO_FACTOR)
    if "/" in (host := mfa.get("WebAuthnConfiguration", {}).get("RelyingPartyId", "")) or ":" in host:  # P37
        refuse("RelyingPartyId must be a host name without scheme, port and path.")


def has_factor(mfa: Record) -> bool:
    """Return whether at least one second factor is enabled."""
    token = mfa.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False)
    return bool(token or mfa.get("sms") or "EmailMfaConfiguration" in mfa)


def _recovery(_pool: Record, config: Record, _mfa: Record) -> None:
    mechanisms = config.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
    names = [m["Name"] for m in mechanisms]
    priorities = [m["Priority"] for m in mechanisms]
    if len(set(names)) < len(names) or len(set(priorities)) < len(priorities):  # P12
        refuse("Invalid account recovery setting: names and priorities must be unique.")
    if "admin_only" in names and len(names) > 1:
        refuse("Invalid account recovery setting: admin_only cannot be used together with any other setting.")


def _email(pool: Record, config: Record, _mfa: Record) -> None:
    email = config["EmailConfiguration"]
    arn = email.get("SourceArn")
    if email.get("EmailSendingAccount") == "DEVELOPER" and not arn:  # P14
        refuse("Email configuration requires a SourceArn when EmailSendingAccount is DEVELOPER.")
    if arn:
        check_identity(pool, arn)


def check_identity(pool: Record, arn: str) -> None:
    """Check the SES identity that a pool or its notifications send with (P16; 9.3).

    Raises:
        Refusal: It is in a Region that the pool cannot use, or in another account.
    """
    region = pool["region"]
    allowed = {region} | (SES_SHARED if region in SES_OLD_REGIONS else set())
    if arn_part(arn, 3) not in allowed or arn_part(arn, 4) != ACCOUNT:
        refuse(f"Invalid source ARN: {arn} cannot be used by a user pool in {region}.")


def _sms(pool: Record, config: Record, _mfa: Record) -> None:
    sms = config.get("SmsConfiguration")
    if sms is None:
        return
    if sms.get("SnsCallerArn") and "EumsSms" in sms:  # P18
        refuse("SnsCallerArn and EumsSms cannot be used together.")
    for arn in filter(None, (sms.get("SnsCallerArn"), sms.get("EumsSms", {}).get("CallerArn"))):
        if arn_part(arn, 4) != ACCOUNT:  # P17
            refuse(CROSS_ACCOUNT)
    region = pool["region"]
    if sms.get("SnsRegion", region) not in SNS_REGIONS.get(region, (region,)) and "EumsSms" not in sms:
        refuse(f"Invalid SnsRegion: {sms.get('SnsRegion', region)} cannot send SMS for a user pool in {region}.")
    if sms.get("EumsSms", {}).get("Region", region) != region:
        refuse("EumsSms.Region must be the Region of the user pool.")


def _triggers(pool: Record, config: Record, _mfa: Record) -> None:
    triggers = config["LambdaConfig"]
    for name, value in triggers.items():
        arn = value["LambdaArn"] if isinstance(value, dict) else value
        if arn_part(arn, 3) != pool["region"]:  # P20, P21
            refuse(f"{name}: the ARN must be of the Region of the user pool.")
    if {"CustomSMSSender", "CustomEmailSender"} & set(triggers) and "KMSKeyID" not in triggers:  # P21
        refuse("KMSKeyID is required for custom sender triggers.")


def _new_2026(_pool: Record, config: Record, _mfa: Record) -> None:
    names = [level["AcrValue"] for level in config["AcrConfiguration"].values()]
    if len(set(names)) < len(names):  # P34
        refuse("The values of AcrConfiguration, defaults included, must be unique.")
    key = config["KeyConfiguration"]
    if key["KeyType"] == "CUSTOMER_MANAGED_KEY" and "KmsKeyArn" not in key:  # P35
        refuse("KmsKeyArn is required when KeyType is CUSTOMER_MANAGED_KEY.")


def _replica(pool: Record, config: Record, _mfa: Record) -> None:
    if pool["replica"] is not None and not has_multi_region_key(config):
        refuse(NO_MULTI_REGION_KEY)


def has_multi_region_key(config: Record) -> bool:
    """Return whether a pool has the key that replication requires (2.14): ids of multi-Region keys start with mrk-."""
    key = config["KeyConfiguration"]
    return key["KeyType"] == "CUSTOMER_MANAGED_KEY" and ":key/mrk-" in key.get("KmsKeyArn", "")


Rule = Callable[[Record, Record, Record], None]
RULES: tuple[Rule, ...] = (
    *(_aliases, _verification, _factors, _mfa, _recovery, _email, _sms, _triggers, _new_2026, _replica),
)
