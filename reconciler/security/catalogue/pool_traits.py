"""What several subjects ask of a user pool: who can sign up, who signs in with a password, how messages are sent."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import State
from reconciler.model import Tree
from reconciler.security.rule import Seen, Steps, dig, once, text, texts

POOL, MFA, CLIENTS = "user_pool", "mfa", "clients"
SIGN_UP: Steps = ("AdminCreateUserConfig", "AllowAdminCreateUserOnly")
CONTACTS = ("email", "phone_number")
FIRST_FACTORS = ("Policies", "SignInPolicy", "AllowedFirstAuthFactors")

PASSWORD_FLOWS = frozenset(
    {
        *("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"),
        *("USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
    }
)
"""Flows in which a user of the pool signs in with a password."""

LOCAL_FLOWS = PASSWORD_FLOWS | {"ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}
"""Flows in which a user of the pool signs in without an identity provider."""


def is_sign_up_open(seen: Seen) -> bool:
    """Return whether anyone can sign up; False where it is not known."""
    pool = seen.one(POOL)
    return bool(pool) and dig(pool, *SIGN_UP) in (None, False)


def has_trigger(seen: Seen, name: str) -> bool:
    """Return whether a trigger is set, or may be."""
    return bool(dig(seen.one(POOL), "LambdaConfig", name))


def has_web_acl(seen: Seen) -> bool:
    """Return whether a web ACL protects the pool, or may: its section was not read."""
    found = seen.outside.get("web_acl")
    return bool(found) or bool(seen.one("web_acl").get("WebACLArn")) or not seen.knows("web_acl")


def has_guard(seen: Seen) -> bool:
    """Return whether something stands before sign-up that can refuse it."""
    return has_trigger(seen, "PreSignUp") or has_web_acl(seen)


def mfa_mode(seen: Seen) -> str:
    """Return ON, OPTIONAL or OFF; empty if it is not known."""
    return text(seen.one(MFA), "MfaConfiguration")


def second_factors(seen: Seen) -> tuple[str, ...]:
    """Return the second factors of a pool: SMS, EMAIL, TOTP; none while MFA is off or not known."""
    mfa = seen.one(MFA)
    if mfa_mode(seen) not in ("ON", "OPTIONAL"):
        return ()
    found = (
        ("SMS", mfa.get("SmsMfaConfiguration") is not None),
        ("EMAIL", mfa.get("EmailMfaConfiguration") is not None),
        ("TOTP", dig(mfa, "SoftwareTokenMfaConfiguration", "Enabled") not in (None, False)),
    )
    return tuple(name for name, there in found if there)


@once
def signs_in_locally(state: State) -> bool:
    """Return whether some client lets users of the pool itself sign in; True while there is no client to ask."""
    clients = state.all(CLIENTS).values()
    return not clients or not state.is_whole(CLIENTS) or any(is_local(client) for client in clients)


def is_local(client: Tree) -> bool:
    """Return whether a client lets users of the pool itself sign in: by a flow of the API, or in the sign-in pages.

    A client without ExplicitAuthFlows allows SRP and custom challenges (cognito.md 2.11).
    """
    flows, providers = client.get("ExplicitAuthFlows"), client.get("SupportedIdentityProviders")
    if not isinstance(flows, list) or not flows or any(not isinstance(f, str) or f in LOCAL_FLOWS for f in flows):
        return True
    return isinstance(providers, list) and any(not isinstance(p, str) or p == "COGNITO" for p in providers)


def sends_sms(seen: Seen) -> bool:
    """Return whether a pool sends SMS to users: to verify a number, as a second factor, or to sign in."""
    pool = seen.one(POOL)
    return (
        "phone_number" in texts(pool, "AutoVerifiedAttributes")
        or "SMS" in second_factors(seen)
        or "SMS_OTP" in texts(pool, *FIRST_FACTORS)
    )


def sms_configurations(seen: Seen) -> Iterator[tuple[str, Steps, Tree]]:
    """Yield how SMS is sent: the section, the path, and the structure with the role; both places are one store."""
    places: tuple[tuple[str, Steps], ...] = (
        (POOL, ("SmsConfiguration",)),
        (MFA, ("SmsMfaConfiguration", "SmsConfiguration")),
    )
    for section, path in places:
        found = dig(seen.one(section), *path)
        if isinstance(found, dict) and found:
            eums = found.get("EumsSms")
            yield (section, (*path, "EumsSms"), eums) if isinstance(eums, dict) else (section, path, found)
