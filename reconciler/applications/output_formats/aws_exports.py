"""`exports-js`: aws-exports.js, the form before amplify_outputs.json, which Amplify for JavaScript still reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from reconciler.applications import amplify_settings as amplify
from reconciler.applications import parts
from reconciler.applications.client_settings import allows_guests, identity_pool_id, pool_id
from reconciler.applications.known_pool import KnownPool, client_id
from reconciler.applications.output_format import Output, OutputFormat, Wanted

SOCIAL = {"Google": "GOOGLE", "Facebook": "FACEBOOK", "LoginWithAmazon": "AMAZON", "SignInWithApple": "APPLE"}
"""Other names than in amplify_outputs.json."""

CHARACTERS = {
    "RequireLowercase": "REQUIRES_LOWERCASE",
    "RequireUppercase": "REQUIRES_UPPERCASE",
    "RequireNumbers": "REQUIRES_NUMBERS",
    "RequireSymbols": "REQUIRES_SYMBOLS",
}


def tree(wanted: Wanted) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the object, and its notices."""
    pool, client = wanted.pool, wanted.client
    oauth, notices = _oauth(wanted)
    ids = {
        "aws_project_region": pool.region,  # without it the parser raises
        "aws_cognito_region": pool.region,
        "aws_user_pools_id": pool_id(pool),
        "aws_user_pools_web_client_id": client_id(client),
        "aws_cognito_identity_pool_id": identity_pool_id(pool, client),
        "aws_mandatory_sign_in": "" if allows_guests(pool, client) else "enable",
    }
    rules, more = _rules(pool)
    providers = [SOCIAL[provider] for provider in amplify.social(client)]
    social = {"aws_cognito_social_providers": providers, "oauth": oauth}
    found = {**amplify.of(ids), **rules, **amplify.of(social)}
    return found, (*notices, *more, *amplify.about_the_partition(pool))


def _rules(pool: KnownPool) -> tuple[dict[str, Any], list[str]]:
    length, flags = amplify.password_policy(pool)
    mode, factors = amplify.mfa(pool)
    required = amplify.required_attributes(pool)
    verified = pool.one(parts.POOL).strings("AutoVerifiedAttributes")
    found = {
        "aws_cognito_username_attributes": _upper(amplify.user_names(pool)),
        "aws_cognito_signup_attributes": _upper(required),
        # Amplify for JavaScript takes all of them for required attributes.
        "aws_cognito_verification_mechanisms": _upper(v for v in verified if v in required),
        "aws_cognito_mfa_configuration": mode,
        "aws_cognito_mfa_types": [f for f in factors if f != "EMAIL"],
        "aws_cognito_password_protection_settings": {
            "passwordPolicyMinLength": length,
            "passwordPolicyCharacters": [word for flag, word in CHARACTERS.items() if flags[flag]],
        },
    }
    said = "MFA by e-mail is left out: this format has no word for it. Use amplify, which has one."
    return found, [said] if "EMAIL" in factors else []


def _upper(names: Iterable[str]) -> list[str]:
    return [name.upper() for name in names]


def _oauth(wanted: Wanted) -> tuple[dict[str, Any], list[str]]:
    pages, notices = amplify.pages(wanted)
    if pages is None:
        return {}, notices
    split = [url for url in (*pages.redirects, *pages.logouts) if "," in url]
    if split:
        said = f"{wanted.client.address} has URLs with a comma, at which this format splits: {' '.join(split)}"
        return {}, [f"{said}. The block oauth is left out. Use amplify, which has lists."]
    block = {
        "domain": pages.endpoints.host,
        "scope": list(pages.scopes),
        "redirectSignIn": ",".join(pages.redirects),
        "redirectSignOut": ",".join(pages.logouts),
        "responseType": pages.response_type,
    }
    return block, notices


def make(wanted: Wanted) -> Output:
    """Return the module."""
    found, notices = tree(wanted)
    text = json.dumps(found, indent=2, ensure_ascii=True)  # no character that older engines take for the end of a line
    return Output(f"const awsmobile = {text};\n\nexport default awsmobile;\n", notices)


FORMAT = OutputFormat(
    name="exports-js",
    title="configuration of AWS Amplify, generation 1, for JavaScript",
    file="aws-exports.js",
    make=make,
    browser=True,
    credentials=True,
)
