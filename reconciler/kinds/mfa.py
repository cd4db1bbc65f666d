"""MFA: a setting of the pool, written by a separate operation that replaces everything.

SetUserPoolMfaConfig turns off every omitted factor, refuses factors together with OFF, and shares the SMS
configuration with UpdateUserPool (cognito.md 2.2). Which of the two calls comes first depends on the direction of
the change; the planner determines it from the intermediate state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.iam_access import COGNITO, IamAccess, pass_role
from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State, is_blank
from reconciler.kinds.pool_rules import BARE_HOST, LEGACY_MESSAGES
from reconciler.kinds.shared_rules import P23, below, dig, needs_plan, no_sms, single, strings
from reconciler.model import Path, Tree
from reconciler.values.merge import overlay
from schemas.mfa import Mfa
from schemas.user_pool import SmsConfigurationType

FACTORS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")
"""Blocks that must not be sent together with OFF, even if disabled (rule P5)."""

UNTOUCHED = {"FactorConfiguration": "SINGLE_FACTOR"}
"""Passkey settings that every pool shows once MFA was set; sending them could require a higher feature plan."""

UNUSED = {**UNTOUCHED, "UserVerification": "preferred"}
"""Passkey settings that are as good as none: their defaults (cognito.md 2.2)."""

MODES = ("OFF", "OPTIONAL", "ON")
"""From the weakest to the strongest."""

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
    """Complete the SMS block from the pool, because both write one store and this call replaces it.

    While MFA is off, only the pool shows what there is; so what is declared here is laid over what the pool has.
    """
    said = pending_call.change.declared.get("SmsMfaConfiguration") or {}
    pool = pending_call.after("user_pool")
    result = dict(block)
    if pool.get("SmsConfiguration"):
        declared = said.get("SmsConfiguration") or {}
        result["SmsConfiguration"] = overlay(SmsConfigurationType, pool["SmsConfiguration"], declared)
    if "SmsAuthenticationMessage" not in said and pool.get("SmsAuthenticationMessage"):
        result["SmsAuthenticationMessage"] = pool["SmsAuthenticationMessage"]
    elif pending_call.declared("user_pool").get("SmsAuthenticationMessage", "") is None:  # it is reset there
        result.pop("SmsAuthenticationMessage", None)
    return result


def from_api(answer: Tree) -> Tree:
    """Drop what an answer repeats of the pool's settings while MFA is off: then no factor is on (cognito.md 2.2).

    A factor is on by its block alone, so one that was carried along would be switched on together with MFA.
    """
    off = answer.get("MfaConfiguration", "OFF") == "OFF"
    return {k: v for k, v in answer.items() if not (off and k in FACTORS)}


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """A factor that is declared as disabled, or reset, matches if its block is absent."""
    for factor in FACTORS:
        if declared.get(factor) in ({"Enabled": False}, {"Enabled": None}) and factor not in observed:
            yield (factor,)


def _on(tree: Tree) -> list[str]:
    """Return the factors that a state has."""
    found = [f for f in ("SmsMfaConfiguration", "EmailMfaConfiguration") if isinstance(tree.get(f), dict)]
    if dig(tree, "SoftwareTokenMfaConfiguration", "Enabled") is True:
        found.append("SoftwareTokenMfaConfiguration")
    return found


def _no_factor(state: State, tree: Tree) -> bool:
    """Return whether every factor is known to be off."""
    token = dig(tree, "SoftwareTokenMfaConfiguration", "Enabled") is False
    return all(state.lacks(tree, f) or (token and f == "SoftwareTokenMfaConfiguration") for f in FACTORS)


def factors(state: State) -> Iterator[Breach]:
    """P4."""
    tree = state.one(MFA)
    mode = tree.get("MfaConfiguration")
    if mode in ("ON", "OPTIONAL") and not _on(tree) and _no_factor(state, tree):
        yield single(
            MFA,
            ("MfaConfiguration",),
            f"MfaConfiguration {mode} needs at least one factor.",
            "Add mfa.SoftwareTokenMfaConfiguration {Enabled: true}, mfa.SmsMfaConfiguration or "
            "mfa.EmailMfaConfiguration, or set MfaConfiguration to OFF.",
        )
    if isinstance(tree.get("SmsMfaConfiguration"), dict) and mode in ("ON", "OPTIONAL") and no_sms(state):
        yield single(
            MFA,
            ("SmsMfaConfiguration",),
            "SMS as a factor needs an SMS configuration.",
            "Add user_pool.SmsConfiguration, or mfa.SmsMfaConfiguration.SmsConfiguration.",
        )


P4 = Rule(
    id="P4",
    title="MFA without a factor",
    what="MfaConfiguration is ON or OPTIONAL and no factor is configured, or SMS is one and the pool has no SMS "
    "configuration.",
    why="Cognito refuses the settings: users would have no factor to use.",
    source=("cognito.md 3.1", "cognito.md 2.2"),
    advice="Configure a factor with all that it needs, or set MfaConfiguration to OFF.",
    check=factors,
    offline=True,
)


def computed(after: Tree, declared: Tree) -> Tree:
    """Turning MFA off drops the factors; only declared ones are kept, for rule P5 to report."""
    if after.get("MfaConfiguration") != "OFF":
        return after
    return {k: v for k, v in after.items() if k not in FACTORS or _is_wanted(declared.get(k))}


def _is_wanted(block: Tree | None) -> bool:
    """Whether a block is declared to be there; one whose members are all reset is not."""
    return block is not None and (not block or any(v is not None for v in block.values()))


def off_with_factors(state: State) -> Iterator[Breach]:
    """P5."""
    tree = state.one(MFA)
    if tree.get("MfaConfiguration") == "OFF":
        for factor in _on(tree):
            yield single(MFA, (factor,), f"{factor} cannot be configured while MfaConfiguration is OFF.")


P5 = Rule(
    id="P5",
    title="MFA off with a factor",
    what="MfaConfiguration is OFF, and a factor is configured.",
    why='Cognito refuses the settings: "can\'t turn off MFA and configure an MFA together".',
    source=("cognito.md 3.1", "cognito.md 2.2"),
    advice="Set MfaConfiguration to OPTIONAL or ON, or remove the factor.",
    check=off_with_factors,
    offline=True,
)


def phone_codes(state: State) -> Iterator[Breach]:
    """P38."""
    tree = state.one(MFA)
    verified = strings(state.one("user_pool").get("AutoVerifiedAttributes"))
    on = tree.get("MfaConfiguration") in ("ON", "OPTIONAL")
    none = not isinstance(tree.get("SmsMfaConfiguration"), dict) and state.lacks(tree, "SmsMfaConfiguration")
    if on and none and "phone_number" in verified:
        message = "Phone numbers are verified, so MFA needs SMS as one of its factors."
        yield single(MFA, ("SmsMfaConfiguration",), message)


P38 = Rule(
    id="P38",
    title="Verified phone numbers and MFA without SMS",
    what="AutoVerifiedAttributes names phone_number, MfaConfiguration is ON or OPTIONAL, and SMS is not a factor.",
    why='Cognito refuses the settings: "SMS configuration is required when phone_number is selected for auto '
    'verification".',
    source=("cognito.md 3.1", "cognito.md 15.2"),
    advice="Add mfa.SmsMfaConfiguration, or remove phone_number from user_pool.AutoVerifiedAttributes.",
    check=phone_codes,
    offline=True,
    by_writing=True,
)


def _by_email(state: State) -> bool:
    return isinstance(state.one(MFA).get("EmailMfaConfiguration"), dict)


def email_sender(state: State) -> Iterator[Breach]:
    """P6."""
    pool, path = state.one("user_pool"), ("EmailConfiguration", "EmailSendingAccount")
    if _by_email(state) and pool and (dig(pool, *path) == "COGNITO_DEFAULT" or state.lacks(pool, *path)):
        yield single(MFA, ("EmailMfaConfiguration",), "E-mail MFA cannot use Cognito's own e-mail.")


P6 = Rule(
    id="P6",
    title="E-mail MFA through Cognito's own e-mail",
    what="EmailMfaConfiguration is configured, and EmailSendingAccount is COGNITO_DEFAULT.",
    why="Cognito refuses the settings: e-mail MFA needs an SES identity.",
    source=("cognito.md 3.1", "cognito.md 2.2"),
    advice="Set user_pool.EmailConfiguration to EmailSendingAccount DEVELOPER with the SourceArn of an SES identity.",
    check=email_sender,
    offline=True,
    needs=("mfa.EmailMfaConfiguration",),
)


def plans(state: State) -> Iterator[Breach]:
    """P23: the plan of e-mail MFA and of passkeys."""
    if not below(state, "ESSENTIALS"):
        return
    if _by_email(state):
        yield needs_plan(MFA, "", ("EmailMfaConfiguration",), "E-mail MFA", "ESSENTIALS")
    passkeys = state.one(MFA).get("WebAuthnConfiguration") or {}
    if any(not is_blank(v) and UNUSED.get(k) != v for k, v in passkeys.items()):
        yield needs_plan(MFA, "", ("WebAuthnConfiguration",), "Passkeys", "ESSENTIALS")


def email_alone(state: State) -> Iterator[Breach]:
    """P13."""
    recovery = dig(state.one("user_pool"), "AccountRecoverySetting", "RecoveryMechanisms") or ()
    if _by_email(state) and [dig(m, "Name") for m in recovery] == ["verified_email"]:
        yield single(
            MFA,
            ("EmailMfaConfiguration",),
            "With e-mail as a factor and as the only way to recover an account, users can lock themselves out.",
        )


P13 = Rule(
    id="P13",
    title="E-mail as a factor and as the only way to recover an account",
    what="EmailMfaConfiguration is configured, and verified_email is the only recovery mechanism.",
    why="Cognito accepts the settings. A user who has lost the mailbox can neither sign in nor recover the account.",
    source=("cognito.md 3.1",),
    advice="Add verified_phone_number to user_pool.AccountRecoverySetting.",
    check=email_alone,
    warning=True,
    needs=("mfa.EmailMfaConfiguration",),
)


def _first_factors(state: State) -> list[str]:
    """The first factors of a pool that requires MFA; nothing of one that does not."""
    required = state.one(MFA).get("MfaConfiguration") == "ON"
    return strings(dig(state.one("user_pool"), *FIRST_FACTORS)) if required else []


def codes_first(state: State) -> Iterator[Breach]:
    """P7."""
    codes = [f for f in _first_factors(state) if f in ("EMAIL_OTP", "SMS_OTP")]
    if codes:
        yield single(
            MFA,
            ("MfaConfiguration",),
            f"MfaConfiguration ON allows only PASSWORD and WEB_AUTHN as first factors, not {' or '.join(codes)}.",
            f"Set MfaConfiguration to OPTIONAL, or remove {' and '.join(codes)} from "
            "user_pool.Policies.SignInPolicy.AllowedFirstAuthFactors.",
        )


P7 = Rule(
    id="P7",
    title="Required MFA with one-time codes as first factors",
    what="MfaConfiguration is ON, and AllowedFirstAuthFactors includes EMAIL_OTP or SMS_OTP.",
    why="Cognito refuses the settings: with ON, only PASSWORD and WEB_AUTHN may be first factors. OPTIONAL accepts "
    "the others.",
    source=("cognito.md 3.1", "cognito.md 2.2"),
    advice="Set MfaConfiguration to OPTIONAL, or remove EMAIL_OTP and SMS_OTP from "
    "user_pool.Policies.SignInPolicy.AllowedFirstAuthFactors.",
    check=codes_first,
    offline=True,
)


def passkeys_first(state: State) -> Iterator[Breach]:
    """P8."""
    path = ("WebAuthnConfiguration", "FactorConfiguration")
    alone = dig(state.one(MFA), *path) == "SINGLE_FACTOR" or state.lacks(state.one(MFA), *path)
    if "WEB_AUTHN" in _first_factors(state) and alone:
        yield single(
            MFA,
            path,
            "With MfaConfiguration ON, a passkey as first factor must count as multi-factor.",
        )


P8 = Rule(
    id="P8",
    title="Required MFA with passkeys that count as one factor",
    what="MfaConfiguration is ON, AllowedFirstAuthFactors includes WEB_AUTHN, and FactorConfiguration is not "
    "MULTI_FACTOR_WITH_USER_VERIFICATION.",
    why="Cognito refuses the settings: a passkey has no second factor after it.",
    source=("cognito.md 3.1", "cognito.md 2.2"),
    advice="Set mfa.WebAuthnConfiguration.FactorConfiguration to MULTI_FACTOR_WITH_USER_VERIFICATION.",
    check=passkeys_first,
    offline=True,
)


def mirrors(state: State) -> Iterator[Breach]:
    """P39."""
    pool, sms_block = state.one("user_pool"), state.one(MFA).get("SmsMfaConfiguration") or {}
    template = pool.get("VerificationMessageTemplate") or {}
    for old, new in LEGACY_MESSAGES.items() if state.offline else ():
        if _contrary(pool, old, template, new):
            message = f"{old} and VerificationMessageTemplate.{new} are one text, and have two values."
            yield single("user_pool", (old,), message, f"Keep VerificationMessageTemplate.{new}, and remove {old}.")
    ours, theirs = (tree.get("SmsConfiguration") for tree in (pool, sms_block))
    both: list[tuple[tuple[str, ...], Tree, Tree]] = [(("SmsAuthenticationMessage",), pool, sms_block)]
    if isinstance(ours, dict) and isinstance(theirs, dict):
        both = [*both, *((("SmsConfiguration", member), ours, theirs) for member in theirs)]
    for path, one, other in both if state.offline else ():
        if _contrary(one, path[-1], other, path[-1]):
            name = ".".join(path)
            message = f"user_pool.{name} is the same setting, and has another value."
            advice = f"Keep one of them: user_pool.{name}, or mfa.SmsMfaConfiguration.{name}."
            yield single(MFA, ("SmsMfaConfiguration", *path), message, advice)


def _contrary(one: Tree, member: str, other: Tree, mirror: str) -> bool:
    """Return whether two spellings of one setting are both declared, and contradict each other."""
    if member not in one or mirror not in other:
        return False
    values = [one[member], other[mirror]]
    if not all(v is None or isinstance(v, str | bool | int | dict) for v in values):
        return False  # not known yet
    texts = [v.replace("\r\n", "\n").rstrip("\n") if isinstance(v, str) else v for v in values]
    return bool(texts[0] != texts[1])


P39 = Rule(
    id="P39",
    title="One setting with two values",
    what="Two members that mirror each other are both declared with different values: EmailVerificationMessage and "
    "VerificationMessageTemplate.EmailMessage, say, or SmsConfiguration of user_pool and of mfa.",
    why="Both are one stored value, and Cognito keeps one of the two, so the other would differ for ever.",
    source=("cognito.md 3.1", "cognito.md 4.6", "cognito.md 15.5"),
    advice="Keep one of the two.",
    check=mirrors,
    offline=True,
)


def relying_party(state: State) -> Iterator[Breach]:
    """P37."""
    host = dig(state.one(MFA), "WebAuthnConfiguration", "RelyingPartyId")
    if isinstance(host, str) and not BARE_HOST.fullmatch(host):
        path = ("WebAuthnConfiguration", "RelyingPartyId")
        yield single(MFA, path, "RelyingPartyId must be a bare host name.")


P37 = Rule(
    id="P37",
    title="RelyingPartyId that is not a host name",
    what="WebAuthnConfiguration.RelyingPartyId has a scheme, a port or a path.",
    why="Cognito refuses the settings, or passkeys do not work.",
    source=("cognito.md 3.1",),
    advice="Write auth.example.com, without scheme, port and path.",
    check=relying_party,
    offline=True,
    needs=("mfa.WebAuthnConfiguration",),
)


KIND = ResourceKind(
    section=MFA,
    resource_type="UserPoolMfaConfig",
    title="MFA settings",
    model=Mfa,
    reading=Reading("GetUserPoolMfaConfig", always=("MfaConfiguration",), never_missing=True),
    update="SetUserPoolMfaConfig",
    read_with=("user_pool",),
    flexible=("user_pool",),
    strength={
        ("MfaConfiguration",): lambda value: MODES.index(value) if value in MODES else 0,
        ("WebAuthnConfiguration", "UserVerification"): lambda value: value == "required",
    },
    shared={"user_pool": frozenset({"SmsMfaConfiguration"})},
    initial=lambda: {"MfaConfiguration": "OFF"},
    from_api=from_api,
    to_manifest=to_manifest,
    equivalent=equivalent,
    computed=computed,
    prepare=prepare,
    rules=(P4, P5, P38, P39, P6, P23.checked_by(plans), P13, P7, P8, P37),
    iam=IamAccess(
        permissions={
            "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn": (pass_role(COGNITO),),
            "SmsMfaConfiguration.SmsConfiguration.EumsSms.CallerArn": (pass_role(COGNITO),),
        }
    ),
)
