"""Feature plans that settings require (cognito.md 2.19).

Checked on the whole pool after every write, so lowering the plan is refused while a feature of the higher one is
still enabled. The service raises TierChangeNotAllowedException in some of these cases, which are unknown;
both exceptions mean the same to a caller.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.local.refusal import above_tier
from reconciler.local.store import Record

PLUS_ONLY = "Threat Protection"
LOG_EXPORT = "User Activity Log Export"
USER_EVENTS = "userAuthEvents"
MANAGED_LOGIN = "Managed Login"
SESSIONS = "Session Configuration"
REPLICATION = "Multi-Region Replication"
CIMD = "Client ID Metadata Documents"


PASSKEY_DEFAULTS = {"UserVerification": "preferred", "FactorConfiguration": "SINGLE_FACTOR"}
"""Settings that say nothing: those of a pool without passkeys (2.2)."""


def check_tier(pool: Record, config: Record, mfa: Record) -> None:
    """Check a pool in its state after a write.

    Raises:
        Refusal: FeatureUnavailableInTierException.
    """
    tier = config["UserPoolTier"]
    features = [] if tier == "PLUS" else [*_plus(pool, config)]
    if tier == "LITE":
        features += [*_essentials(config), *_other_essentials(pool, mfa)]
    if features:
        above_tier(tier, features)


def check_client_tier(tier: str, client: Record) -> None:
    """Check an app client (C19; 2.3).

    Raises:
        Refusal: FeatureUnavailableInTierException.
    """
    features = []
    if "ALLOW_USER_AUTH" in client.get("ExplicitAuthFlows", ()):
        features.append("Choice-based sign-in")
    if client.get("RefreshTokenRotation", {}).get("Feature") == "ENABLED":
        features.append("Refresh token rotation")
    if tier == "LITE" and features:
        above_tier(tier, features)


def check_domain_tier(tier: str, version: int) -> None:
    """Check a domain (O3).

    Raises:
        Refusal: FeatureUnavailableInTierException.
    """
    if tier == "LITE" and version > 1:
        above_tier(tier, [MANAGED_LOGIN])


def check_essentials(pool: Record, feature: str) -> None:
    """Check a feature that requires the Essentials plan or a higher one.

    Raises:
        Refusal: FeatureUnavailableInTierException.
    """
    if pool["config"]["UserPoolTier"] == "LITE":
        above_tier("LITE", [feature])


def _plus(pool: Record, config: Record) -> Iterator[str]:
    if _threat_protection(config):
        yield PLUS_ONLY
    if any(entry["EventSource"] == USER_EVENTS for entry in pool["logs"]):
        yield LOG_EXPORT


def _threat_protection(config: Record) -> bool:
    add_ons = config.get("UserPoolAddOns", {})
    custom = add_ons.get("AdvancedSecurityAdditionalFlows", {}).get("CustomAuthMode")
    return add_ons.get("AdvancedSecurityMode", "OFF") != "OFF" or custom is not None


def _essentials(config: Record) -> Iterator[str]:
    if set(config["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]) - {"PASSWORD"}:
        yield "Passwordless Sign-In"
    if config["Policies"]["PasswordPolicy"].get("PasswordHistorySize"):
        yield "Password History"
    if config["LambdaConfig"].get("PreTokenGenerationConfig", {}).get("LambdaVersion", "V1_0") != "V1_0":
        yield "Access Token Customization"
    if config.get("DcrConfiguration", {}).get("EnableStatus") == "Enabled":
        yield "Dynamic Client Registration"
    if any(v["AcrValue"] != f"urn:cognito:loa:{k[-1]}" for k, v in config["AcrConfiguration"].items()):
        yield "Custom ACR Values"


def _other_essentials(pool: Record, mfa: Record) -> Iterator[str]:
    if "EmailMfaConfiguration" in mfa:
        yield "Email MFA"
    if any(PASSKEY_DEFAULTS.get(k) != v for k, v in mfa.get("WebAuthnConfiguration", {}).items()):
        yield "Passkeys"
    if any(d["ManagedLoginVersion"] > 1 for d in pool["domains"].values()):
        yield MANAGED_LOGIN
    if pool["sessions"].get("", {}).get("UserSessionTracking") == "ENABLED":
        yield SESSIONS
    if pool["replica"] is not None:
        yield REPLICATION
