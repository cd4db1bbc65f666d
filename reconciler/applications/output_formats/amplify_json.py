"""`amplify`: amplify_outputs.json, which Amplify for JavaScript, Android, Swift and Flutter reads.

One file holds one client, one version and nothing unknown: what has no place in it is below `custom`.
"""

from __future__ import annotations

from typing import Any

from reconciler.applications import amplify_settings as amplify
from reconciler.applications import parts, urls
from reconciler.applications.client_settings import allows_guests, groups, identity_pool_id, pool_id
from reconciler.applications.known_pool import KnownPool, client_id
from reconciler.applications.output_format import Output, OutputFormat, Wanted, as_json

VERSION = "1.5"
"""The newest that client-config 1.11.1 knows. A text: a number, or another major version, configures nothing, and no
library says so (aws-amplify 6.22.1)."""

SOCIAL = {
    "Google": "GOOGLE",
    "Facebook": "FACEBOOK",
    "LoginWithAmazon": "LOGIN_WITH_AMAZON",
    "SignInWithApple": "SIGN_IN_WITH_APPLE",
}
"""The only names that it takes; Dart refuses a file with another one."""

MFA_MODES = {"OFF": "NONE", "OPTIONAL": "OPTIONAL", "ON": "REQUIRED"}


def tree(wanted: Wanted) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the file as a tree, and its notices."""
    oauth, notices = _oauth(wanted)
    passwordless, more = _passwordless(wanted)
    auth = {**_ids(wanted), **_rules(wanted.pool), **oauth, **passwordless}
    every = (*notices, *more, *amplify.about_the_partition(wanted.pool))
    return {"version": VERSION, "auth": auth, **_custom(wanted)}, every


def _ids(wanted: Wanted) -> dict[str, Any]:
    pool, client = wanted.pool, wanted.client
    ids = {
        "aws_region": pool.region,
        "user_pool_id": pool_id(pool),
        "user_pool_client_id": client_id(client),
        "identity_pool_id": identity_pool_id(pool, client),
    }
    # Always written: a library that finds nothing assumes that guests are welcome.
    return {**amplify.of(ids), "unauthenticated_identities_enabled": allows_guests(pool, client)}


def _rules(pool: KnownPool) -> dict[str, Any]:
    length, flags = amplify.password_policy(pool)
    mode, factors = amplify.mfa(pool)
    names = {"Numbers": "numbers", "Lowercase": "lowercase", "Uppercase": "uppercase", "Symbols": "symbols"}
    policy = {f"require_{word}": flags[f"Require{name}"] for name, word in names.items()}
    return amplify.of(
        {
            "password_policy": {"min_length": length, **policy},
            "standard_required_attributes": amplify.required_attributes(pool),
            # A pool with aliases signs users up by user name, too; other values would hide that field.
            "username_attributes": list(amplify.user_names(pool)) or ["username"],
            "user_verification_types": list(pool.one(parts.POOL).strings("AutoVerifiedAttributes")),
            "mfa_configuration": MFA_MODES[mode],
            "mfa_methods": factors,
            "groups": [{g.name: amplify.of({"precedence": g.get("Precedence")})} for g in groups(pool)],
        }
    )


def _oauth(wanted: Wanted) -> tuple[dict[str, Any], list[str]]:
    pages, notices = amplify.pages(wanted)
    if pages is None:
        return {}, notices
    block = {
        "identity_providers": [SOCIAL[provider] for provider in amplify.social(wanted.client)],
        "domain": pages.endpoints.host,
        "scopes": list(pages.scopes),
        "redirect_sign_in_uri": list(pages.redirects),
        "redirect_sign_out_uri": list(pages.logouts),
        "response_type": pages.response_type,
    }
    return {"oauth": block}, notices


def _passwordless(wanted: Wanted) -> tuple[dict[str, Any], list[str]]:
    factors = amplify.first_factors(wanted.pool)
    block: dict[str, Any] = {"email_otp_enabled": "EMAIL_OTP" in factors, "sms_otp_enabled": "SMS_OTP" in factors}
    notices: list[str] = []
    if "WEB_AUTHN" in factors:
        party, verified = amplify.relying_party(wanted.pool)
        if party:
            block["web_authn"] = {"relying_party_id": party, "user_verification": verified}
        else:
            notices.append("Passkeys have neither a relying party nor a domain, so web_authn is left out.")
    if not any(block.values()):
        return {}, notices
    if "ALLOW_USER_AUTH" not in wanted.client.strings("ExplicitAuthFlows"):
        said = f"{wanted.client.address} lacks ALLOW_USER_AUTH in ExplicitAuthFlows, so passwordless is left out."
        return {}, [said]
    return {"passwordless": block}, notices


def _custom(wanted: Wanted) -> dict[str, Any]:
    own = amplify.of({"issuer": urls.issuer(wanted.pool), "identity_providers": amplify.federated(wanted.client)})
    return {"custom": {"auth": own}}


def make(wanted: Wanted) -> Output:
    """Return the file."""
    found, notices = tree(wanted)
    return Output(as_json(found), notices)


FORMAT = OutputFormat(
    name="amplify",
    title="configuration of AWS Amplify, generation 2, for JavaScript, Android and Swift",
    file="amplify_outputs.json",
    make=make,
    browser=True,
    credentials=True,
)
