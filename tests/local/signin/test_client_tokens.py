"""Tokens of clients themselves."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.signin import client_tokens, keys, tokens
from tests.local.signin.support import CLIENT, SECRET, Place, refused

INVALID = "InvalidParameterException"


@pytest.fixture
def machine(place: Place) -> Place:
    scopes = [{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write", "own")]
    place.pool["servers"]["api"] = {"Identifier": "api", "Name": "api", "Scopes": scopes}
    place.client |= {
        "ClientSecret": SECRET,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["api/read", "api/write", "openid", "gone/read"],
    }
    return place


def ask(place: Place, **params: Any) -> dict[str, Any]:
    sent = {"ClientId": CLIENT, "Secret": SECRET, **params}
    return client_tokens.get_client_token(place.ctx, sent)["ClientAuthenticationResult"]


def test_a_wrong_secret_is_refused(machine):
    with refused("NotAuthorizedException"):
        ask(machine, Secret=SECRET[::-1])


def test_a_client_without_a_secret_is_refused(machine):
    del machine.client["ClientSecret"]
    with refused(INVALID):
        ask(machine)


@pytest.mark.parametrize("flows", [[], ["ALLOW_USER_SRP_AUTH"]])
def test_a_client_without_the_flow_is_refused(machine, flows):
    machine.client["ExplicitAuthFlows"] = flows
    with refused(INVALID, "CLIENT_TOKEN_AUTH is not enabled for the client."):
        ask(machine)


@pytest.mark.parametrize("scope", ["api/own", "api/none", "openid", "gone/read", "aws.cognito.signin.user.admin"])
def test_a_scope_that_is_not_the_clients_is_refused(machine, scope):
    with refused(INVALID, f"Scope {scope} is not allowed for the client."):
        ask(machine, Scopes=["api/read", scope])


def test_the_token_of_a_client(machine):
    machine.client |= {"AccessTokenValidity": 10, "TokenValidityUnits": {"AccessToken": "minutes"}}
    found = ask(machine, Scopes=["api/write"])
    assert set(found) == {"AccessToken", "ExpiresIn", "TokenType"}
    assert (found["ExpiresIn"], found["TokenType"]) == (600, "Bearer")
    purpose, claims = keys.verified(machine.ctx, machine.pool, found["AccessToken"]) or ("", {})
    assert purpose == "access"
    assert set(claims) == {
        *("sub", "client_id", "token_use", "scope", "auth_time", "iat", "exp", "iss", "jti", "version")
    }
    assert claims["sub"] == claims["client_id"] == CLIENT
    assert (claims["token_use"], claims["scope"], claims["version"]) == ("access", "api/write", 2)
    assert claims["auth_time"] == claims["iat"] == claims["exp"] - 600


def test_without_scopes_all_custom_ones_are_granted(machine):
    assert keys.unpacked(ask(machine)["AccessToken"], 1)["scope"] == "api/read api/write"


def test_a_token_of_a_client_lets_no_user_in(machine):
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        tokens.bearer(machine.ctx, ask(machine)["AccessToken"])
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        tokens.bearer(machine.ctx, ask(machine)["AccessToken"], "api/read")


@pytest.mark.parametrize(("version", "runs"), [("V1_0", False), ("V2_0", False), ("V3_0", True)])
def test_the_third_version_of_the_trigger_runs(machine, version, runs):
    events = []

    def function(event: Any) -> Any:
        events.append(event)
        wish = {"claimsToAddOrOverride": {"tenant": [1]}, "scopesToAdd": ["api/own"]}
        return {**event, "response": {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": wish}}}

    machine.map_trigger(function, version)
    claims = keys.unpacked(ask(machine, Scopes=["api/read"], ClientMetadata={"a": "b"})["AccessToken"], 1)
    assert claims.get("tenant") == ([1] if runs else None)
    assert claims["scope"] == ("api/read api/own" if runs else "api/read")
    for event in events:
        assert (event["triggerSource"], event["userName"]) == ("TokenGeneration_ClientCredentials", CLIENT)
        assert event["request"] == {
            "userAttributes": {},
            "groupConfiguration": {},
            "scopes": ["api/read"],
            "clientMetadata": {"a": "b"},
        }
    assert len(events) == runs


def test_an_exchange_of_tokens_is_refused_clearly(place):
    with refused("NotImplementedException"):
        client_tokens.get_derived_token(place.ctx, {})
