"""aws-jwt-verify takes the tokens by our keys, and refuses what was changed or is of something else.

It fetches keys by https only, and its verifier for Cognito derives the issuer from the id of the pool. For a server on
a loopback address one uses its verifier for any issuer, and puts the keys into its cache; both are in its
documentation.
"""

from __future__ import annotations

import base64
import json
import time

import pytest

from reconciler.local.signin import keys
from tests.local.pages.support import Shop
from tests.local.real.support import PASSWORD, Library, packages, refused

pytestmark = packages


@pytest.fixture(scope="module")
def library():
    with Library("verify.mjs") as made:
        yield made


@pytest.fixture
def signed_in(town):
    """Issuer, client and tokens of a user."""
    pool = town.pool()
    client = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    town.user(pool)
    asked = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    done = town.admin.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=asked)
    return f"{town.url}/{pool}", client, done["AuthenticationResult"]


def tampered(token, **members):
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**claims, **members}).encode()).decode().rstrip("=")
    return f"{head}.{changed}.{signature}"


def test_id_and_access_token_are_verified(library, signed_in):
    issuer, client, tokens = signed_in
    known = library("verify", issuer=issuer, client=client, token=tokens["IdToken"], use="id")
    assert (known["cognito:username"], known["email"]) == ("ann", "ann@example.com")
    assert library("verify", issuer=issuer, client=client, token=tokens["AccessToken"], use="access")["sub"]


def test_a_tampered_token_is_refused(library, signed_in):
    issuer, client, tokens = signed_in
    changed = tampered(tokens["IdToken"], email="root@example.com")
    with refused("JwtInvalidSignatureError"):
        library("verify", issuer=issuer, client=client, token=changed, use="id")


def test_a_token_of_the_other_kind_or_for_another_client_is_refused(library, signed_in):
    issuer, client, tokens = signed_in
    with refused("JwtInvalidAudienceError", "Missing Audience"):
        library("verify", issuer=issuer, client=client, token=tokens["AccessToken"], use="id")
    with refused("Error", "token_use is id"):
        library("verify", issuer=issuer, client=client, token=tokens["IdToken"], use="access")
    with refused("JwtInvalidAudienceError"):
        library("verify", issuer=issuer, client="another", token=tokens["IdToken"], use="id")


def test_a_token_of_another_pool_is_refused(town, library, signed_in):
    issuer, client, tokens = signed_in
    other = f"{town.url}/{town.pool()}"
    asked = {"client": client, "token": tokens["AccessToken"], "use": "access"}
    with refused("JwtInvalidIssuerError"):
        library("verify", issuer=other, keysOf=issuer, **asked)
    with refused("ERR_INVALID_PROTOCOL"):  # its key is not among those of the other pool, so they are fetched anew
        library("verify", issuer=issuer, keysOf=other, **asked)


def test_the_library_fetches_keys_by_https_only(library, signed_in):
    """The reason for putting them into the cache."""
    issuer, _, tokens = signed_in
    with refused("ERR_INVALID_PROTOCOL"):
        library("fetching", issuer=issuer, token=tokens["AccessToken"])


def test_without_a_server_the_verifier_for_cognito_takes_the_tokens(library):
    """In process the issuer is that of AWS, and so nothing but the keys has to be given."""
    shop = Shop()
    api, pool = shop.api, shop.pool_id
    api.engine.desk.base = ""
    client = shop.add_client(ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])["ClientId"]
    asked = {"USERNAME": shop.user(), "PASSWORD": PASSWORD}
    api.time = time.time()
    done = api.ask(
        "AdminInitiateAuth", UserPoolId=pool, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=asked
    )
    known = {"jwks": keys.jwks(api.engine.context("us-east-1"), shop.record), "pool": pool, "client": client}
    token = done["AuthenticationResult"]["IdToken"]
    assert library("cognito", **known, token=token, use="id")["cognito:username"] == "ann"
    with refused("CognitoJwtInvalidTokenUseError"):
        library("cognito", **known, token=token, use="access")
