"""Refresh tokens: renewed, rotated, bound to devices, and revoked."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.managed_secrets import new_secret
from reconciler.local.signin import families, keys, refreshing, tokens
from tests.local.signin.support import CLIENT, SECRET, Place, refused

API = (tokens.API_SCOPE,)
NO = "NotAuthorizedException"
OTHER = "2other23456789abcdefghijkl"


def issue(place: Place, *scopes: str, **members: Any) -> dict[str, Any]:
    caller = place.caller("hosted" if scopes else "api")
    grant = tokens.Grant(scopes or API, "TokenGeneration_Authentication", place.time, **members)
    return tokens.issue(place.ctx, caller, place.user, grant)


def refresh(place: Place, token: str, **params: Any) -> dict[str, Any]:
    """GetTokensFromRefreshToken."""
    sent = {"RefreshToken": token, "ClientId": CLIENT, **params}
    return refreshing.get_tokens_from_refresh_token(place.ctx, sent)["AuthenticationResult"]


def by_flow(place: Place, token: str, device_key: str = "", **members: Any) -> dict[str, Any]:
    """REFRESH_TOKEN_AUTH."""
    caller = place.caller(**members)
    return tokens.renew(place.ctx, caller, token, rotate=False, device_key=device_key, metadata={})


def claims(token: str) -> dict[str, Any]:
    found = keys.unpacked(token, 1)
    assert found is not None
    return found


def rotating(place: Place, grace: int = 0) -> None:
    place.client["RefreshTokenRotation"] = {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace}


# --- renewed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "x", "a.b.c.d.e"])
def test_an_unknown_token_is_refused(place, text):
    with refused(NO, "Invalid Refresh Token"):
        refresh(place, text)


def test_an_access_token_and_a_token_of_another_client_are_refused(place):
    found = issue(place)
    with refused(NO, "Invalid Refresh Token"):
        refresh(place, found["AccessToken"])
    place.add_client(OTHER)
    with refused(NO, "Invalid Refresh Token"):
        refresh(place, found["RefreshToken"], ClientId=OTHER)


def test_an_unknown_client_is_refused(place):
    with refused("ResourceNotFoundException", "User pool client nothing does not exist."):
        refresh(place, "x", ClientId="nothing")


def test_a_refresh_token_ends(place):
    place.client |= {"RefreshTokenValidity": 1}
    token = issue(place)["RefreshToken"]
    place.time += 86_399
    assert refresh(place, token)
    place.time += 2
    with refused(NO, "Refresh Token has expired"):
        refresh(place, token)


@pytest.mark.parametrize("way", [refresh, by_flow])
def test_new_tokens_without_a_refresh_token_belong_to_the_same_sign_in(place, way):
    first = issue(place)
    place.time += 100
    second = way(place, first["RefreshToken"])
    assert set(second) == {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}
    for token in ("AccessToken", "IdToken"):
        before, after = claims(first[token]), claims(second[token])
        assert {k for k in before if before[k] != after[k]} == {"jti", "iat", "exp"}
        assert after["iat"] - before["iat"] == 100
    assert tokens.bearer(place.ctx, second["AccessToken"]).user["username"] == "jane"


def test_what_has_changed_about_the_user_is_in_the_new_tokens(place):
    token = issue(place)["RefreshToken"]
    place.user["attributes"]["email"] = "new@example.com"
    place.put()
    assert claims(refresh(place, token)["IdToken"])["email"] == "new@example.com"


def test_a_change_of_the_password_is_no_revocation(place):
    from reconciler.local.signin import passwords

    token = issue(place)["RefreshToken"]
    passwords.set_password(place.ctx, place.pool, place.user, "Another-Horse-1")
    place.put()
    assert refresh(place, token)["AccessToken"]


def test_tokens_of_the_pages_stay_what_they_were(place):
    first = issue(place, "openid", "email", nonce="n-1", resource="api")
    second = refresh(place, first["RefreshToken"])
    access, for_id = claims(second["AccessToken"]), claims(second["IdToken"])
    assert (access["scope"], access["version"], access["aud"]) == ("openid email", 2, "api")
    assert "at_hash" in for_id
    assert "nonce" not in for_id
    assert "IdToken" not in refresh(place, issue(place, "api/read")["RefreshToken"])


def test_a_user_who_is_gone_cannot_refresh(place):
    token = issue(place)["RefreshToken"]
    place.ctx.people.remove(place.pool["id"], "jane", place.time)
    with refused("UserNotFoundException", "User does not exist."):
        refresh(place, token)


@pytest.mark.parametrize("sent", [{}, {"ClientSecret": "wrong-wrong-wrong-wrong-wrong"}])
def test_a_client_with_a_secret_has_to_send_it(place, sent):
    token = issue(place)["RefreshToken"]
    place.client["ClientSecret"] = SECRET
    with refused(NO, f"Unable to verify secret for client {CLIENT}"):
        refresh(place, token, **sent)
    assert refresh(place, token, ClientSecret=SECRET)


def test_either_of_two_secrets_will_do(place):
    place.client["ClientSecret"] = SECRET
    first = new_secret(place.client, 1.0, SECRET, [])
    place.pool["secrets"][CLIENT] = [first, new_secret(place.client, 2.0, "z" * 52, [first])]
    assert refresh(place, issue(place)["RefreshToken"], ClientSecret="z" * 52)


# --- rotated -------------------------------------------------------------------------------------------------------


def test_a_rotating_client_cannot_use_the_flow(place):
    rotating(place)
    with refused("InvalidParameterException"):
        by_flow(place, issue(place)["RefreshToken"])


def test_a_rotated_token_is_no_good_any_more(place):
    rotating(place)
    first = issue(place)["RefreshToken"]
    second = refresh(place, first)["RefreshToken"]
    assert second != first
    with refused("RefreshTokenReuseException"):
        refresh(place, first)
    assert refresh(place, second)["RefreshToken"] not in {first, second}


def test_a_rotated_token_is_good_for_the_grace_period(place):
    rotating(place, 60)
    first = issue(place)["RefreshToken"]
    refresh(place, first)
    place.time += 30
    again = refresh(place, first)["RefreshToken"]
    place.time += 31
    with refused("RefreshTokenReuseException"):
        refresh(place, first)
    assert refresh(place, again)


def test_a_new_token_ends_when_the_first_would_have(place):
    rotating(place)
    place.client["RefreshTokenValidity"] = 1
    token = issue(place)["RefreshToken"]
    place.time += 86_000
    token = refresh(place, token)["RefreshToken"]
    place.time += 399
    token = refresh(place, token)["RefreshToken"]
    place.time += 2
    with refused(NO, "Refresh Token has expired"):
        refresh(place, token)


def test_rotated_tokens_are_revoked_together(place):
    rotating(place)
    first = issue(place)
    second = refresh(place, first["RefreshToken"])
    refreshing.revoke_token(place.ctx, {"Token": first["RefreshToken"], "ClientId": CLIENT})
    with refused(NO, "Refresh Token has been revoked"):
        refresh(place, second["RefreshToken"])
    for found in (first, second):
        with refused(NO, "Access Token has been revoked"):
            tokens.bearer(place.ctx, found["AccessToken"])


def test_a_revocation_while_a_trigger_runs_wins(place):
    token = issue(place)["RefreshToken"]

    def function(event: Any) -> Any:
        tokens.end_all(place.ctx, place.pool, place.user)
        return {**event, "response": {}}

    place.map_trigger(function)
    with refused(NO, "Refresh Token has been revoked"):
        refresh(place, token)
    with refused(NO, "Refresh Token has been revoked"):
        refresh(place, token)


# --- devices -------------------------------------------------------------------------------------------------------


def tracking(place: Place, *, prompt: bool) -> None:
    place.pool["config"]["DeviceConfiguration"] = {"DeviceOnlyRememberedOnUserPrompt": prompt}


def test_a_remembered_device_binds_its_token(place):
    tracking(place, prompt=False)
    token = issue(place, device_key="us-east-1_a")["RefreshToken"]
    for key in ("", "us-east-1_b"):
        with refused(NO, "Invalid Refresh Token."):
            by_flow(place, token, key)
    assert by_flow(place, token, "us-east-1_a")["AccessToken"]
    assert refresh(place, token, DeviceKey="us-east-1_a")["AccessToken"]


def test_a_sign_in_on_the_pages_can_be_refreshed_there_alone_where_devices_are_always_remembered(place):
    tracking(place, prompt=False)
    token = issue(place, "openid")["RefreshToken"]
    with refused(NO, "Invalid Refresh Token."):
        refresh(place, token, DeviceKey="us-east-1_a")
    hosted = place.caller("hosted")
    assert tokens.renew(place.ctx, hosted, token, rotate=True, device_key="", metadata={})["AccessToken"]


def test_where_users_are_asked_only_what_they_let_be_remembered_is_bound(place):
    tracking(place, prompt=True)
    token = issue(place, device_key="us-east-1_a")["RefreshToken"]
    assert by_flow(place, token)["AccessToken"]
    place.user["devices"]["us-east-1_a"] = {"remembered": True}
    place.put()
    with refused(NO, "Invalid Refresh Token."):
        by_flow(place, token)
    assert by_flow(place, token, "us-east-1_a")["AccessToken"]


def test_without_tracking_no_key_is_wanted(place):
    token = issue(place, device_key="us-east-1_a")["RefreshToken"]
    assert by_flow(place, token)["AccessToken"]


# --- revoked -------------------------------------------------------------------------------------------------------


def revoke(place: Place, token: str, **params: Any) -> dict[str, Any]:
    return refreshing.revoke_token(place.ctx, {"Token": token, "ClientId": CLIENT, **params})


@pytest.mark.parametrize("name", ["AccessToken", "IdToken"])
def test_only_refresh_tokens_can_be_revoked(place, name):
    found = issue(place)
    with refused("UnsupportedTokenTypeException"):
        revoke(place, found[name])
    assert tokens.bearer(place.ctx, found["AccessToken"])


def test_a_client_without_revocation_is_refused(place):
    place.client["EnableTokenRevocation"] = False
    with refused("UnsupportedOperationException"):
        revoke(place, issue(place)["RefreshToken"])


@pytest.mark.parametrize("sent", [{}, {"ClientSecret": "wrong-wrong-wrong-wrong-wrong"}])
def test_a_wrong_secret_revokes_nothing(place, sent):
    found = issue(place)
    place.client["ClientSecret"] = SECRET
    with refused("UnauthorizedException"):
        revoke(place, found["RefreshToken"], **sent)
    assert tokens.bearer(place.ctx, found["AccessToken"])


def test_a_token_of_another_client_is_not_revoked(place):
    found = issue(place)
    place.add_client(OTHER)
    with refused("UnauthorizedException"):
        revoke(place, found["RefreshToken"], ClientId=OTHER)
    assert tokens.bearer(place.ctx, found["AccessToken"])


def test_a_revoked_token_ends_its_family_and_no_other(place):
    found, other = issue(place), issue(place)
    renewed = refresh(place, found["RefreshToken"])
    assert revoke(place, found["RefreshToken"]) == {}
    for token in (found["AccessToken"], renewed["AccessToken"]):
        with refused(NO, "Access Token has been revoked"):
            tokens.bearer(place.ctx, token)
    with refused(NO, "Refresh Token has been revoked"):
        refresh(place, found["RefreshToken"])
    assert tokens.bearer(place.ctx, other["AccessToken"])


def test_to_revoke_again_or_what_is_unknown_succeeds(place):
    token = issue(place)["RefreshToken"]
    assert revoke(place, token) == revoke(place, token) == revoke(place, "a.b.c.d.e") == {}


def test_the_browser_session_is_named_to_whoever_ends_it_too(place):
    token = issue(place, "openid", sso_session="sso" + "a" * 25)["RefreshToken"]
    assert refreshing.revoke(place.ctx, place.caller("hosted"), token) == "sso" + "a" * 25


def test_an_access_token_that_outlives_its_refresh_token_holds(place):
    hour = {"AccessToken": "hours", "RefreshToken": "hours"}
    place.client |= {"AccessTokenValidity": 24, "RefreshTokenValidity": 1, "TokenValidityUnits": hour}
    first = issue(place)
    second = refresh(place, first["RefreshToken"])
    ((_, family),) = place.ctx.ledger.of(families.KIND, place.pool["id"], "jane")
    assert family["expires"] >= claims(second["AccessToken"])["exp"]
    place.time += 23 * 3600
    assert tokens.bearer(place.ctx, first["AccessToken"])
