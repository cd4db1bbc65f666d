"""Tokens of users: issued, recognised, and refused once they have ended."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from reconciler.local.signin import families, keys, signing_out, tokens
from tests.local.signin.support import CLIENT, POOL, Place, refused

API = (tokens.API_SCOPE,)
SOURCE = "TokenGeneration_Authentication"
NO = "NotAuthorizedException"


def issue(place: Place, *scopes: str, **members: Any) -> dict[str, Any]:
    caller = place.caller("hosted" if scopes else "api")
    return tokens.issue(place.ctx, caller, place.user, tokens.Grant(scopes or API, SOURCE, place.time, **members))


def decoded(place: Place, token: str) -> dict[str, Any]:
    known = KeySet.import_key_set(keys.jwks(place.ctx, place.pool))
    return dict(jwt.decode(token, known, algorithms=["RS256"]).claims)


# --- issued --------------------------------------------------------------------------------------------------------


def test_a_sign_in_by_the_api_gives_three_tokens(place):
    found = issue(place)
    assert set(found) == {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}
    assert (found["ExpiresIn"], found["TokenType"]) == (3600, "Bearer")
    for_id, access = decoded(place, found["IdToken"]), decoded(place, found["AccessToken"])
    for name in ("origin_jti", "event_id", "iat", "auth_time", "sub", "iss"):
        assert for_id[name] == access[name]
    assert for_id["jti"] != access["jti"]
    assert access["exp"] - access["iat"] == for_id["exp"] - for_id["iat"] == 3600
    assert "at_hash" not in for_id
    assert "version" not in access
    headers = [keys.unpacked(found[t], 0)["kid"] for t in ("IdToken", "AccessToken")]
    assert headers == [k["kid"] for k in keys.jwks(place.ctx, place.pool)["keys"]]


def test_each_token_has_its_own_lifetime(place):
    place.client |= {"AccessTokenValidity": 5, "IdTokenValidity": 2, "TokenValidityUnits": {"AccessToken": "minutes"}}
    found = issue(place)
    assert found["ExpiresIn"] == 300
    for_id, access = decoded(place, found["IdToken"]), decoded(place, found["AccessToken"])
    assert (access["exp"] - access["iat"], for_id["exp"] - for_id["iat"]) == (300, 7200)


def test_without_revocation_tokens_carry_no_jti(place):
    place.client["EnableTokenRevocation"] = False
    found = issue(place)
    for token in ("IdToken", "AccessToken"):
        assert {"jti", "origin_jti"}.isdisjoint(decoded(place, found[token]))


def test_the_pages_give_an_id_token_with_openid_only(place):
    found = issue(place, "openid", "email", nonce="n-1")
    for_id = decoded(place, found["IdToken"])
    half = hashlib.sha256(found["AccessToken"].encode()).digest()[:16]
    assert for_id["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert for_id["nonce"] == "n-1"
    assert decoded(place, found["AccessToken"])["version"] == 2
    assert "IdToken" not in issue(place, "api/read")


def test_the_implicit_grant_has_no_refresh_token(place):
    found = issue(place, "openid", refreshable=False)
    assert "RefreshToken" not in found
    assert tokens.bearer(place.ctx, found["AccessToken"], "openid").user["username"] == "jane"


def test_a_refresh_token_looks_like_a_jwe_and_is_not_kept(place):
    token = issue(place)["RefreshToken"]
    head = token.split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["enc"] == "A256GCM"
    assert token.count(".") == 4
    assert 1700 <= len(token) <= 2100
    entries = [place.ctx.ledger.of(kind, POOL, "jane") for kind in (families.KIND, families.REFRESH)]
    assert [len(e) for e in entries] == [1, 1]
    assert all(part not in json.dumps(entries) for part in token.split("."))


def test_an_event_id_of_the_sign_in_is_kept(place):
    found = issue(place, event_id="11111111-2222-4333-8444-555555555555")
    assert decoded(place, found["AccessToken"])["event_id"] == "11111111-2222-4333-8444-555555555555"


# --- recognised ----------------------------------------------------------------------------------------------------


def test_an_access_token_lets_its_user_in(place):
    who = tokens.bearer(place.ctx, issue(place)["AccessToken"])
    assert (who.user["username"], who.client["ClientId"], who.pool["id"]) == ("jane", CLIENT, POOL)
    assert who.caller.client_id == CLIENT
    assert who.claims["token_use"] == "access"


def test_a_token_ends(place):
    token = issue(place)["AccessToken"]
    place.time += 3599
    tokens.bearer(place.ctx, token)
    place.time += 2
    with refused(NO, "Access Token has expired"):
        tokens.bearer(place.ctx, token)


@pytest.mark.parametrize("name", ["IdToken", "RefreshToken"])
def test_another_token_is_not_an_access_token(place, name):
    with refused(NO, "Invalid Access Token"):
        tokens.bearer(place.ctx, issue(place)[name])


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.e30", "e30.eyJpc3MiOjF9.e30"])
def test_garbage_is_not_an_access_token(place, text):
    with refused(NO, "Invalid Access Token"):
        tokens.bearer(place.ctx, text)


def test_a_signature_of_another_key_is_refused(place):
    head, body, signature = issue(place)["AccessToken"].split(".")
    with refused(NO, "Could not verify signature for Access Token"):
        tokens.bearer(place.ctx, f"{head}.{body}.{signature[:-8]}AAAAAAAA")
    with refused(NO, "Could not verify signature for Access Token"):
        tokens.bearer(place.ctx, f"{keys.encoded(b'{}')}.{body}.{signature}")


def test_a_token_of_another_region_or_of_a_pool_that_is_gone_is_refused(place):
    token = issue(place)["AccessToken"]
    place.pool["region"] = "us-west-2"
    with refused(NO, "Invalid Access Token"):
        tokens.bearer(place.ctx, token)
    place.ctx.store.remove(place.pool)
    with refused(NO, "Invalid Access Token"):
        tokens.bearer(place.ctx, token)


def test_a_token_holds_where_the_server_listens_elsewhere_after_a_restart(place):
    place.ctx.desk.base = "http://127.0.0.1:9000"
    token = issue(place)["AccessToken"]
    place.ctx.desk.base = "http://127.0.0.1:9001"
    assert tokens.bearer(place.ctx, token).user["username"] == "jane"


def test_a_scope_that_was_not_granted_is_refused(place):
    with refused(NO, "Access Token does not have required scopes"):
        tokens.bearer(place.ctx, issue(place, "openid")["AccessToken"])
    with refused(NO, "Access Token does not have required scopes"):
        tokens.bearer(place.ctx, issue(place)["AccessToken"], "openid")


def test_a_user_who_is_gone_is_not_let_in_even_if_another_has_the_name(place):
    token = issue(place)["AccessToken"]
    place.ctx.people.remove(POOL, "jane", place.time)
    with refused("UserNotFoundException", "User does not exist."):
        tokens.bearer(place.ctx, token)
    place.add_user("jane")
    with refused("UserNotFoundException", "User does not exist."):
        tokens.bearer(place.ctx, token)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"enabled": False}, NO, "User is disabled."),
        ({"status": "RESET_REQUIRED"}, "PasswordResetRequiredException", "Password reset required for the user"),
        ({"status": "UNCONFIRMED"}, "UserNotConfirmedException", "User is not confirmed."),
    ],
)
def test_a_user_who_may_not_sign_in_any_more_is_not_let_in(place, change, code, said):
    found = issue(place)
    place.user |= change
    place.put()
    with refused(code, said):
        tokens.bearer(place.ctx, found["AccessToken"])
    with refused(code, said):
        tokens.renew(place.ctx, place.caller(), found["RefreshToken"], rotate=False, device_key="", metadata={})


def test_a_client_that_is_gone_lets_no_user_in(place):
    token = issue(place)["AccessToken"]
    del place.pool["clients"][CLIENT]
    with refused("ResourceNotFoundException", f"User pool client {CLIENT} does not exist."):
        tokens.bearer(place.ctx, token)


# --- signed out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revocable", [True, False])
def test_global_sign_out_ends_all_tokens_of_the_user_and_no_others(place, revocable):
    place.client["EnableTokenRevocation"] = revocable
    first, second = issue(place), issue(place)
    jane, place.user = place.user, place.add_user("john")
    johns, place.user = issue(place), jane
    assert signing_out.global_sign_out(place.ctx, {"AccessToken": first["AccessToken"]}) == {}
    for found in (first, second):
        with refused(NO, "Access Token has been revoked"):
            signing_out.global_sign_out(place.ctx, {"AccessToken": found["AccessToken"]})
        with refused(NO, "Refresh Token has been revoked"):
            tokens.renew(place.ctx, place.caller(), found["RefreshToken"], rotate=False, device_key="", metadata={})
    assert tokens.bearer(place.ctx, johns["AccessToken"]).user["username"] == "john"
    assert tokens.bearer(place.ctx, issue(place)["AccessToken"]).user["username"] == "jane"


def test_an_administrator_signs_a_user_out(place):
    token = issue(place)["AccessToken"]
    with refused("UserNotFoundException"):
        signing_out.admin_user_global_sign_out(place.ctx, {"UserPoolId": POOL, "Username": "john"})
    assert signing_out.admin_user_global_sign_out(place.ctx, {"UserPoolId": POOL, "Username": "jane"}) == {}
    with refused(NO, "Access Token has been revoked"):
        tokens.bearer(place.ctx, token)


def test_a_forgotten_device_takes_its_tokens_along(place):
    mine, other = issue(place, device_key="us-east-1_a"), issue(place, device_key="us-east-1_b")
    tokens.end_device(place.ctx, place.pool, place.user, "us-east-1_a")
    with refused(NO, "Access Token has been revoked"):
        tokens.bearer(place.ctx, mine["AccessToken"])
    assert tokens.bearer(place.ctx, other["AccessToken"]).claims["device_key"] == "us-east-1_b"


def test_without_openid_a_scope_of_the_admin_kind_lets_in_by_the_api(place):
    token = issue(place, "openid", tokens.API_SCOPE)["AccessToken"]
    assert tokens.bearer(place.ctx, token).user["username"] == "jane"
