"""What Amplify's libraries know of a pool, from which both generations of their files are made.

Read from the types and parsers of aws-amplify 6.22.1 (core 6.19.2) and client-config 1.11.1, in our own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.applications import parts, urls
from reconciler.applications.client_settings import COGNITO, SignIn, sign_in
from reconciler.applications.known_pool import KnownObject, KnownPool, Unsettled
from reconciler.applications.output_format import Wanted
from reconciler.values.regions import suffix
from schemas.user_pool import PASSWORD_POLICY, SIGN_IN_POLICY, STANDARD_ATTRIBUTES

SOCIAL = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Social providers, whose names are given; the only ones that Amplify has names for."""

KNOWN_SUFFIXES = ("amazonaws.com", "amazonaws.com.cn")
"""Where Amplify finds the API of a pool; elsewhere it assumes the first."""

FLAGS = ("RequireNumbers", "RequireLowercase", "RequireUppercase", "RequireSymbols")


def password_policy(pool: KnownPool) -> tuple[int, Mapping[str, bool]]:
    """Return the minimum length of passwords, and whether they need each kind of character, by the API's names."""
    settings, place = pool.one(parts.POOL), ("Policies", "PasswordPolicy")
    if settings.get(*place) is None:
        return PASSWORD_POLICY["MinimumLength"], {flag: PASSWORD_POLICY[flag] for flag in FLAGS}
    length = settings.get(*place, "MinimumLength", default=PASSWORD_POLICY["MinimumLength"])
    return length, {flag: settings.get(*place, flag, default=False) is True for flag in FLAGS}


def required_attributes(pool: KnownPool) -> list[str]:
    """Return the standard attributes that a user must have, without `sub`, which Cognito fills in.

    Raises:
        Unsettled: A manifest that does not list every standard attribute does not say what the others are.
    """
    settings = pool.one(parts.POOL)
    listed = {str(item.get("Name")): item for item in settings.get("Schema", default=())}
    if not settings.whole and not STANDARD_ATTRIBUTES.keys() <= listed.keys():
        raise Unsettled(f"{settings.address}.Schema")
    return [n for n in sorted(STANDARD_ATTRIBUTES) if n != "sub" and listed.get(n, {}).get("Required") is True]


def user_names(pool: KnownPool) -> tuple[str, ...]:
    """Return what takes the place of a user name: `email`, `phone_number`; empty if users choose one."""
    return tuple(name.lower() for name in pool.one(parts.POOL).strings("UsernameAttributes"))


def mfa(pool: KnownPool) -> tuple[str, list[str]]:
    """Return whether MFA is OFF, OPTIONAL or ON, and its factors: SMS, TOTP, EMAIL."""
    settings = pool.one(parts.MFA)
    mode = str(settings.get("MfaConfiguration", default="OFF"))
    if mode == "OFF":
        return mode, []
    factors = {
        "SMS": settings.get("SmsMfaConfiguration") is not None,
        "TOTP": settings.get("SoftwareTokenMfaConfiguration", "Enabled", default=False) is True,
        "EMAIL": settings.get("EmailMfaConfiguration") is not None,
    }
    return mode, [name for name, on in factors.items() if on]


def social(client: KnownObject) -> list[str]:
    """Return the social providers of a client, as Cognito calls them."""
    named = client.strings("SupportedIdentityProviders")
    return [provider for provider in SOCIAL if provider in named]


def federated(client: KnownObject) -> list[str]:
    """Return the SAML and OIDC providers of a client, which Amplify takes by name when a user signs in."""
    return sorted(n for n in client.strings("SupportedIdentityProviders") if n not in (COGNITO, *SOCIAL))


def first_factors(pool: KnownPool) -> tuple[str, ...]:
    """Return how users may begin to sign in: PASSWORD, EMAIL_OTP, SMS_OTP, WEB_AUTHN."""
    path = ("Policies", "SignInPolicy", "AllowedFirstAuthFactors")
    return tuple(pool.one(parts.POOL).get(*path, default=SIGN_IN_POLICY["AllowedFirstAuthFactors"]))


def relying_party(pool: KnownPool) -> tuple[str, str]:
    """Return the relying party of passkeys, by default the pool's domain, and whether users are verified."""
    passkeys = pool.one(parts.MFA)
    own = str(passkeys.get("WebAuthnConfiguration", "RelyingPartyId", default=""))
    verified = str(passkeys.get("WebAuthnConfiguration", "UserVerification", default="preferred"))
    there = None if own else urls.endpoints(pool)
    return own or (there.host if there else ""), verified


def pages(wanted: Wanted) -> tuple[SignIn | None, list[str]]:
    """Return how users sign in on the pages if all that Amplify insists on is there, and a notice if some is missing.

    JavaScript takes an incomplete block, Dart refuses it.
    """
    found = sign_in(wanted.pool, wanted.client)
    if found is None:
        return None, list(_why_not(wanted)) if urls.uses_oauth(wanted.client) else []
    lacking = [name for name, there in _needed(found) if not there]
    if not lacking:
        return found, []
    said = f"{wanted.client.address} has no {' and no '.join(lacking)}, so the block oauth is left out."
    return None, [f"{said} Amplify needs all of it; its Dart library refuses the file otherwise."]


def _needed(found: SignIn) -> Iterator[tuple[str, bool]]:
    yield "AllowedOAuthScopes", bool(found.scopes)
    yield "CallbackURLs", bool(found.redirects)
    yield "LogoutURLs", bool(found.logouts)


def _why_not(wanted: Wanted) -> Iterator[str]:
    if not urls.response_type(wanted.client):
        return  # a machine has no pages
    yield "The pool has no domain, so the block oauth is left out. Declare one in the section domains."


def about_the_partition(pool: KnownPool) -> Iterator[str]:
    """Yield what to do where Amplify looks for the API of a pool under a wrong host."""
    tail = suffix(pool.region)
    if tail not in KNOWN_SUFFIXES:
        host = f"https://cognito-idp.{pool.region}.{tail}"
        yield (
            f"Amplify assumes amazonaws.com for {pool.region}. Before the first call, copy the configuration with "
            f"Amplify.getConfig(), set Auth.Cognito.userPoolEndpoint to {host}/ in it, and configure it again."
        )


def of(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block without members that have no value; false is one."""
    return {k: v for k, v in tree.items() if v not in (None, "", [], {})}
