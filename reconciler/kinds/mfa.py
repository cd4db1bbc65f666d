"""MFA: a setting of the pool, written by a separate operation that replaces everything.

SetUserPoolMfaConfig turns off every omitted factor, refuses factors together with OFF, and shares the SMS
configuration with UpdateUserPool (cognito.md 2.2). Which of the two calls comes first depends on the direction of
the change; the planner determines it from the intermediate state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind, State, Violation
from reconciler.kinds.pool_rules import BARE_HOST
from reconciler.kinds.shared_rules import below, dig, single, sms, strings, tier_violation
from reconciler.model import Path, Tree
from schemas.mfa import Mfa

FACTORS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")
"""Blocks that must not be sent together with OFF, even if disabled (rule P5)."""

UNTOUCHED = {"FactorConfiguration": "SINGLE_FACTOR"}
"""Passkey settings that every pool shows once MFA was set; sending them could require a higher feature plan."""

MFA = "mfa"
FIRST_FACTORS = ("Policies", "SignInPolicy", "AllowedFirstAuthFactors")


def to_manifest(data: Tree, pool: Tree) -> Tree:
    """Keep members that both return in the pool only, and drop unset passkey settings."""
    result = {k: v for k, v in data.items() if not (k == "WebAuthnConfiguration" and v == UNTOUCHED)}
    block = result.get("SmsMfaConfiguration")
    if isinstance(block, dict):
        result["SmsMfaConfiguration"] = {k: v for k, v in block.items() if pool.get(k) != v}
    return result


def prepare(pending_call: PendingCall) -> Tree:
    """Build a payload that keeps undeclared members and that the service accepts."""
    payload = {"MfaConfiguration": "OFF", **pending_call.payload}
    if (
        payload.get("WebAuthnConfiguration") == UNTOUCHED
        and "WebAuthnConfiguration" not in pending_call.change.declared
    ):
        del payload["WebAuthnConfiguration"]
    if payload["MfaConfiguration"] == "OFF":
        return {k: v for k, v in payload.items() if k not in FACTORS}
    if "SmsMfaConfiguration" in payload:
        payload["SmsMfaConfiguration"] = _sms(pending_call, payload["SmsMfaConfiguration"])
    return payload


def _sms(pending_call: PendingCall, block: Tree) -> Tree:
    """Complete the SMS block from the pool, because both write one store and this call replaces it."""
    said = pending_call.change.declared.get("SmsMfaConfiguration") or {}
    pool = pending_call.after("user_pool")
    result = dict(block)
    if not said.get("SmsConfiguration") and pool.get("SmsConfiguration"):
        result["SmsConfiguration"] = pool["SmsConfiguration"]
    if "SmsAuthenticationMessage" not in said and pool.get("SmsAuthenticationMessage"):
        result["SmsAuthenticationMessage"] = pool["SmsAuthenticationMessage"]
    return result


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """Factors that are off with MFA return with it, and are not separate changes.

    Cognito returns no factor while MFA is off, so their settings are unknown; a factor that is declared as disabled
    matches if its block is absent.
    """
    off = observed.get("MfaConfiguration") == "OFF" and declared.get("MfaConfiguration") not in (None, "OFF")
    for factor in FACTORS:
        said = declared.get(factor)
        if isinstance(said, dict) and factor not in observed and (off or said == {"Enabled": False}):
            yield (factor,)


def reason(declared: Tree, observed: Tree) -> str:
    """List the factors that are enabled with MFA, because they are not shown as changes."""
    held = {path[0] for path in equivalent(declared, observed) if declared[str(path[0])] != {"Enabled": False}}
    return f"with {', '.join(sorted(map(str, held)))} as declared" if held else ""


def _on(tree: Tree) -> list[str]:
    """Return the factors that a state has."""
    found = [f for f in ("SmsMfaConfiguration", "EmailMfaConfiguration") if isinstance(tree.get(f), dict)]
    if dig(tree, "SoftwareTokenMfaConfiguration", "Enabled") is True:
        found.append("SoftwareTokenMfaConfiguration")
    return found


def factors(state: State) -> Iterator[Violation]:
    """P4, P5 and P6."""
    tree = state.one(MFA)
    mode = tree.get("MfaConfiguration")
    if mode in ("ON", "OPTIONAL") and not _on(tree) and not state.offline:
        yield single(
            MFA,
            "P4",
            ("MfaConfiguration",),
            f"MfaConfiguration {mode} needs at least one factor.",
            "Add mfa.SoftwareTokenMfaConfiguration {Enabled: true}, mfa.SmsMfaConfiguration or "
            "mfa.EmailMfaConfiguration, or set MfaConfiguration to OFF.",
        )
    if "SmsMfaConfiguration" in tree and mode in ("ON", "OPTIONAL") and not sms(state) and not state.offline:
        yield single(
            MFA,
            "P4",
            ("SmsMfaConfiguration",),
            "SMS as a factor needs an SMS configuration.",
            "Add user_pool.SmsConfiguration, or mfa.SmsMfaConfiguration.SmsConfiguration.",
        )


def computed(after: Tree, declared: Tree) -> Tree:
    """Turning MFA off drops the factors; only declared ones are kept, for rule P5 to report."""
    if after.get("MfaConfiguration") != "OFF":
        return after
    return {k: v for k, v in after.items() if k not in FACTORS or declared.get(k) is not None}


def off_with_factors(state: State) -> Iterator[Violation]:
    """P5."""
    tree = state.one(MFA)
    if tree.get("MfaConfiguration") == "OFF":
        for factor in _on(tree):
            yield single(
                MFA,
                "P5",
                (factor,),
                f"{factor} cannot be configured while MfaConfiguration is OFF.",
                "Set MfaConfiguration to OPTIONAL or ON, or remove the factor.",
            )


def email(state: State) -> Iterator[Violation]:
    """P6, P13 and the plan of e-mail MFA."""
    if not isinstance(state.one(MFA).get("EmailMfaConfiguration"), dict):
        return
    if dig(state.one("user_pool"), "EmailConfiguration", "EmailSendingAccount") == "COGNITO_DEFAULT":
        yield single(
            MFA,
            "P6",
            ("EmailMfaConfiguration",),
            "E-mail MFA cannot be sent by Cognito's own e-mail.",
            "Set user_pool.EmailConfiguration to EmailSendingAccount DEVELOPER with the SourceArn of an SES identity.",
        )
    if below(state, "ESSENTIALS"):
        yield tier_violation(MFA, "", ("EmailMfaConfiguration",), "E-mail MFA", "ESSENTIALS")
    recovery = dig(state.one("user_pool"), "AccountRecoverySetting", "RecoveryMechanisms") or ()
    if [dig(m, "Name") for m in recovery] == ["verified_email"]:
        yield single(
            MFA,
            "P13",
            ("EmailMfaConfiguration",),
            "With e-mail as a factor and as the only way to recover an account, users can lock themselves out.",
            "Add verified_phone_number to user_pool.AccountRecoverySetting.",
            warning=True,
        )


def first_factors(state: State) -> Iterator[Violation]:
    """P7 and P8."""
    if state.one(MFA).get("MfaConfiguration") != "ON":
        return
    allowed = strings(dig(state.one("user_pool"), *FIRST_FACTORS))
    codes = [f for f in allowed if f in ("EMAIL_OTP", "SMS_OTP")]
    if codes:
        yield single(
            MFA,
            "P7",
            ("MfaConfiguration",),
            f"MfaConfiguration ON allows only PASSWORD and WEB_AUTHN as first factors, not {' or '.join(codes)}.",
            f"Set MfaConfiguration to OPTIONAL, or take {' and '.join(codes)} out of "
            "user_pool.Policies.SignInPolicy.AllowedFirstAuthFactors.",
        )
    factor = dig(state.one(MFA), "WebAuthnConfiguration", "FactorConfiguration")
    if "WEB_AUTHN" in allowed and factor != "MULTI_FACTOR_WITH_USER_VERIFICATION" and not state.offline:
        yield single(
            MFA,
            "P8",
            ("WebAuthnConfiguration", "FactorConfiguration"),
            "With MfaConfiguration ON, a passkey as first factor must count as several factors.",
            "Set mfa.WebAuthnConfiguration.FactorConfiguration to MULTI_FACTOR_WITH_USER_VERIFICATION.",
        )


def relying_party(state: State) -> Iterator[Violation]:
    """P37 and the plan of passkeys."""
    web = state.one(MFA).get("WebAuthnConfiguration")
    if not isinstance(web, dict):
        return
    host = web.get("RelyingPartyId")
    if isinstance(host, str) and not BARE_HOST.fullmatch(host):
        yield single(
            MFA,
            "P37",
            ("WebAuthnConfiguration", "RelyingPartyId"),
            "RelyingPartyId must be a bare host name.",
            "Write auth.example.com, without scheme, port and path.",
        )


KIND = ResourceKind(
    section=MFA,
    resource_type="UserPoolMfaConfig",
    title="MFA settings",
    model=Mfa,
    reading=Reading("GetUserPoolMfaConfig"),
    update="SetUserPoolMfaConfig",
    stands_on=("user_pool",),
    flexible=("user_pool",),
    shared={"user_pool": frozenset({"SmsMfaConfiguration"})},
    initial=lambda: {"MfaConfiguration": "OFF"},
    to_manifest=to_manifest,
    equivalent=equivalent,
    reason=reason,
    computed=computed,
    prepare=prepare,
    rules=(factors, off_with_factors, email, first_factors, relying_party),
    permissions={"SmsMfaConfiguration.SmsConfiguration.SnsCallerArn": ("iam:PassRole",)},
)
