"""The claims of tokens: what settings of the client, the pool and the user change in them."""

from __future__ import annotations

import pytest

from reconciler.local.clients import DEFAULT_READ
from reconciler.local.signin import claims, tokens
from tests.local.signin.support import CLIENT, POOL, Place

API = (tokens.API_SCOPE,)
ROLE = "arn:aws:iam::123456789012:role/"


def grant(*scopes: str, **members: object) -> tokens.Grant:
    return tokens.Grant(scopes or API, "TokenGeneration_Authentication", 1_790_000_000.9, **members)


def id_of(place: Place, *scopes: str, **members: object) -> dict[str, object]:
    door = "hosted" if scopes else "api"
    return tokens.id_claims(place.ctx, place.caller(door), place.user, grant(*scopes, **members))


def access_of(place: Place, *scopes: str, **members: object) -> dict[str, object]:
    door = "hosted" if scopes else "api"
    return tokens.access_claims(place.ctx, place.caller(door), place.user, grant(*scopes, **members))


def attributes(place: Place, **values: str) -> None:
    place.user["attributes"] |= values


def test_an_id_token_of_the_api(place):
    assert id_of(place, event_id="e") == {
        "sub": place.user["attributes"]["sub"],
        "email": "jane@example.com",
        "email_verified": True,
        "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}",
        "cognito:username": "jane",
        "aud": CLIENT,
        "event_id": "e",
        "token_use": "id",
        "auth_time": 1_790_000_000,
    }


def test_an_access_token_of_the_api_holds_nothing_personal(place):
    place.pool["groups"]["staff"] = {"GroupName": "staff", "RoleArn": ROLE + "a"}
    place.user["groups"] = ["staff"]
    assert access_of(place, event_id="e", nonce="n") == {
        "sub": place.user["attributes"]["sub"],
        "cognito:groups": ["staff"],
        "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}",
        "client_id": CLIENT,
        "event_id": "e",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": 1_790_000_000,
        "username": "jane",
    }


def test_an_access_token_of_the_pages(place):
    found = access_of(place, "openid", "api/read", resource="api", device_key="us-east-1_d")
    assert (found["scope"], found["version"], found["aud"]) == ("openid api/read", 2, "api")
    assert found["device_key"] == "us-east-1_d"


# --- attributes ----------------------------------------------------------------------------------------------------


def test_attributes_have_the_types_of_tokens(place):
    attributes(
        place,
        phone_number="+491",
        address="Main Street 1",
        updated_at="1790000000",
        **{"custom:age": "42", "custom:member": "true"},
    )
    place.client["ReadAttributes"] = [*place.user["attributes"], "phone_number_verified"]
    found = id_of(place)
    assert found["address"] == {"formatted": "Main Street 1"}
    assert found["phone_number_verified"] is False
    assert found["updated_at"] == "1790000000"
    assert (found["custom:age"], found["custom:member"]) == ("42", "true")


@pytest.mark.parametrize("read", [None, [], sorted(DEFAULT_READ)])
def test_without_a_choice_all_standard_attributes_can_be_read(place, read):
    attributes(place, name="Jane", **{"custom:x": "1"})
    if read is not None:
        place.client["ReadAttributes"] = read
    found = id_of(place)
    assert found["name"] == "Jane"
    assert "custom:x" not in found


def test_only_what_the_client_may_read_is_in_the_token(place):
    attributes(place, name="Jane", **{"custom:x": "1"})
    place.client["ReadAttributes"] = ["custom:x", "email"]
    found = id_of(place)
    assert {"sub", "custom:x", "email"} <= set(found)
    assert {"name", "email_verified"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        (["openid"], {"email", "email_verified", "phone_number", "phone_number_verified", "name", "custom:x"}),
        (["openid", "aws.cognito.signin.user.admin", "api/read"], {"email", "phone_number", "name", "custom:x"}),
        (["openid", "email"], {"email", "email_verified"}),
        (["openid", "phone"], {"phone_number", "phone_number_verified"}),
        (["openid", "profile"], {"name", "custom:x"}),
        (["openid", "email", "profile"], {"email", "email_verified", "name", "custom:x"}),
    ],
)
def test_scopes_open_attributes(place, scopes, seen):
    attributes(place, phone_number="+491", phone_number_verified="true", name="Jane", **{"custom:x": "1"})
    place.client["ReadAttributes"] = [*place.user["attributes"]]
    found = set(id_of(place, *scopes))
    assert seen <= found
    if "email" in scopes or "phone" in scopes or "profile" in scopes:
        personal = set(place.user["attributes"]) - {"sub"}
        assert found & personal == seen


IDENTITY = {
    "userId": "1",
    "providerName": "Google",
    "providerType": "Google",
    "issuer": None,
    "primary": True,
    "dateCreated": 1_790_000_000_123,
}


def test_identities_are_there_for_a_federated_user(place):
    assert "identities" not in id_of(place)
    place.user["identities"] = [IDENTITY]
    assert id_of(place)["identities"] == [{**IDENTITY, "primary": "true", "dateCreated": "1790000000123"}]
    place.client["ReadAttributes"] = ["email"]
    assert "identities" not in id_of(place)
    place.client["ReadAttributes"] = ["email", "identities"]
    assert "identities" in id_of(place)


def test_a_nonce_is_echoed(place):
    assert "nonce" not in id_of(place, "openid")
    assert id_of(place, "openid", nonce="n-1")["nonce"] == "n-1"


# --- groups --------------------------------------------------------------------------------------------------------


def groups(place: Place, **known: tuple[int | None, str | None]) -> dict[str, object]:
    for name, (precedence, role) in known.items():
        settings = {"Precedence": precedence, "RoleArn": role and ROLE + role}
        place.pool["groups"][name] = {"GroupName": name} | {k: v for k, v in settings.items() if v is not None}
    place.user["groups"] = [*known]
    return claims.group_claims(place.pool, place.user)


def test_without_groups_there_are_no_claims(place):
    assert groups(place) == {}


def test_a_group_that_is_gone_is_not_named(place):
    place.user["groups"] = ["gone"]
    assert claims.group_claims(place.pool, place.user) == {}


def test_groups_are_in_the_order_of_their_precedence(place):
    found = groups(place, late=(None, None), b=(5, None), a=(5, None), first=(0, None))
    assert found == {"cognito:groups": ["first", "a", "b", "late"]}


def test_the_role_of_the_lowest_number_is_preferred(place):
    found = groups(place, staff=(2, "staff"), admin=(1, "admin"), other=(None, "other"), plain=(0, None))
    assert found["cognito:roles"] == [ROLE + "admin", ROLE + "staff", ROLE + "other"]
    assert found["cognito:preferred_role"] == ROLE + "admin"


def test_no_role_is_preferred_where_two_share_the_lowest_number(place):
    assert "cognito:preferred_role" not in groups(place, a=(1, "a"), b=(1, "b"))


def test_two_groups_with_one_role_prefer_it(place):
    found = groups(place, a=(1, "x"), b=(1, "x"))
    assert (found["cognito:roles"], found["cognito:preferred_role"]) == ([ROLE + "x"], ROLE + "x")


# --- lifetimes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "access", "refresh"),
    [
        ({}, 3600, 30 * 86400),
        ({"AccessTokenValidity": 5, "RefreshTokenValidity": 2}, 5 * 3600, 2 * 86400),
        ({"AccessTokenValidity": 5, "TokenValidityUnits": {"AccessToken": "minutes"}}, 300, 30 * 86400),
        ({"AccessTokenValidity": 600, "TokenValidityUnits": {"AccessToken": "seconds"}}, 600, 30 * 86400),
        ({"RefreshTokenValidity": 90, "TokenValidityUnits": {"RefreshToken": "minutes"}}, 3600, 5400),
        ({"TokenValidityUnits": {"AccessToken": "minutes", "RefreshToken": "hours"}}, 3600, 30 * 86400),
        ({"AccessTokenValidity": 0, "RefreshTokenValidity": 0, "TokenValidityUnits": {}}, 3600, 30 * 86400),
    ],
)
def test_lifetimes_with_their_units(members, access, refresh):
    assert claims.lifetime(members, "AccessToken") == access
    assert claims.lifetime(members, "RefreshToken") == refresh
