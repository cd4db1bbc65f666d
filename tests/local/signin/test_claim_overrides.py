"""What PreTokenGeneration may change of tokens in each version, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.desk import FunctionFailed
from reconciler.local.signin import claim_overrides, keys, tokens
from tests.local.signin.support import CLIENT, Place, refused

ROLE = "arn:aws:iam::123456789012:role/"


class Function:
    """Answers with a response, and keeps the events."""

    def __init__(self, response: Any) -> None:
        self.response, self.events = response, []

    def __call__(self, event: dict[str, Any]) -> Any:
        self.events.append(event)
        return {**event, "response": self.response}


def signed(place: Place, *scopes: str) -> tuple[dict[str, Any], dict[str, Any]]:
    grant = tokens.Grant(scopes or (tokens.API_SCOPE,), "TokenGeneration_Authentication", place.time)
    found = tokens.issue(place.ctx, place.caller("hosted" if scopes else "api", stage="x"), place.user, grant)
    return keys.unpacked(found["IdToken"], 1), keys.unpacked(found["AccessToken"], 1)


def first(place: Place, **details: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    place.map_trigger(Function({"claimsOverrideDetails": details}))
    return signed(place)


def later(
    place: Place,
    for_id: Any = None,
    access: Any = None,
    version: str = "V2_0",
    scopes: tuple[str, ...] = (),
    **more: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    details = {"idTokenGeneration": for_id, "accessTokenGeneration": access, **more}
    place.map_trigger(Function({"claimsAndScopeOverrideDetails": details}), version)
    return signed(place, *scopes)


def in_groups(place: Place) -> None:
    for number, name in enumerate(("admin", "staff")):
        place.pool["groups"][name] = {"GroupName": name, "RoleArn": ROLE + name, "Precedence": number}
    place.user["groups"] = ["staff", "admin"]
    place.put()


@pytest.mark.parametrize(
    "name", [*sorted(claim_overrides.FORBIDDEN), "cognito:username", "cognito:groups", "cognito:x"]
)
@pytest.mark.parametrize("version", ["V1_0", "V2_0"])
def test_claims_of_cognito_can_neither_be_changed_nor_left_out(place, name, version):
    place.map_trigger(Function({}), version)
    before = signed(place)
    wish = {"claimsToAddOrOverride": {name: "forged"}, "claimsToSuppress": [name]}
    after = first(place, **wish) if version == "V1_0" else later(place, wish, wish, version)
    for one, other in zip(before, after, strict=True):
        assert set(one) == set(other)
        assert other.get(name) != "forged"


@pytest.mark.parametrize("response", [{}, {"claimsOverrideDetails": None}, {"claimsOverrideDetails": {}}])
def test_an_answer_without_wishes_changes_nothing(place, response):
    in_groups(place)
    place.map_trigger(Function(response))
    for_id, access = signed(place)
    assert for_id["cognito:groups"] == access["cognito:groups"] == ["admin", "staff"]
    assert for_id["email"] == "jane@example.com"


def test_the_first_version_changes_the_id_token_alone_and_with_texts(place):
    added = {"x": "1", "email": "other@example.com", "n": 5, "flag": True, "none": None}
    for_id, access = first(place, claimsToAddOrOverride=added, claimsToSuppress=["email_verified"])
    assert (for_id["x"], for_id["email"], for_id["n"], for_id["flag"]) == ("1", "other@example.com", "5", "true")
    assert {"email_verified", "none"}.isdisjoint(for_id)
    assert "x" not in access


@pytest.mark.parametrize(
    "details",
    [
        {"claimsToAddOrOverride": []},
        {"claimsToAddOrOverride": {"x": ["1"]}},
        {"claimsToAddOrOverride": {"x": {"y": 1}}},
        {"claimsToSuppress": "email"},
        {"groupOverrideDetails": []},
        {"groupOverrideDetails": {"groupsToOverride": "a"}},
        {"groupOverrideDetails": {"preferredRole": 1}},
    ],
)
def test_nonsense_of_the_first_version_is_refused(place, details):
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        first(place, **details)


@pytest.mark.parametrize(
    "details",
    [
        {"idTokenGeneration": []},
        {"accessTokenGeneration": {"claimsToAddOrOverride": 1}},
        {"accessTokenGeneration": {"scopesToAdd": "x"}},
        {"accessTokenGeneration": {"scopesToAdd": ["a b"]}},
        {"accessTokenGeneration": {"scopesToSuppress": [1]}},
    ],
)
def test_nonsense_of_later_versions_is_refused(place, details):
    place.map_trigger(Function({"claimsAndScopeOverrideDetails": details}), "V2_0")
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        signed(place)


def test_a_function_that_fails_leaves_no_tokens(place):
    def function(_event: Any) -> Any:
        raise FunctionFailed("no")

    place.map_trigger(function)
    with refused("UserLambdaValidationException", "PreTokenGeneration failed with error no."):
        signed(place)
    assert place.ctx.ledger.of("family", place.pool["id"], "jane") == []


@pytest.mark.parametrize("version", ["V2_0", "V3_0"])
def test_later_versions_change_both_tokens_with_any_values(place, version):
    values = {"list": [1, "a"], "object": {"a": {"b": None}}, "number": 1.5, "flag": False}
    for_id, access = later(
        place,
        {"claimsToAddOrOverride": values, "claimsToSuppress": ["email"]},
        {"claimsToAddOrOverride": {**values, "email": "x", "custom:y": "z"}},
        version,
    )
    assert {k: for_id[k] for k in values} == {k: access[k] for k in values} == values
    assert "email" not in for_id
    assert (access["email"], access["custom:y"]) == ("x", "z")


def test_the_first_versions_answer_means_nothing_to_a_later_one_and_the_reverse(place):
    place.map_trigger(Function({"claimsOverrideDetails": {"claimsToAddOrOverride": {"x": "1"}}}), "V2_0")
    assert "x" not in signed(place)[0]
    details = {"idTokenGeneration": {"claimsToAddOrOverride": {"x": "1"}}}
    place.map_trigger(Function({"claimsAndScopeOverrideDetails": details}), "V1_0")
    assert "x" not in signed(place)[0]


@pytest.mark.parametrize(("audience", "shown"), [(CLIENT, CLIENT), ("other", None)])
def test_the_audience_of_an_access_token_may_become_the_client(place, audience, shown):
    wish = {"claimsToAddOrOverride": {"aud": audience}}
    for_id, access = later(place, wish, wish)
    assert for_id["aud"] == CLIENT
    assert access.get("aud") == shown


def test_scopes_are_added_and_suppressed(place):
    wish = {
        "scopesToAdd": ["api/write", "openid", "aws.cognito.signin.user.admin"],
        "scopesToSuppress": ["email"],
    }
    assert later(place, None, wish, scopes=("openid", "email"))[1]["scope"] == "openid api/write"
    assert "scope" not in later(place, None, {"scopesToSuppress": [tokens.API_SCOPE]})[1]


def test_an_access_token_without_its_scope_does_not_let_in(place):
    place.map_trigger(
        Function(
            {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToSuppress": [tokens.API_SCOPE]}}}
        ),
        "V2_0",
    )
    grant = tokens.Grant((tokens.API_SCOPE,), "TokenGeneration_Authentication", place.time)
    found = tokens.issue(place.ctx, place.caller(), place.user, grant)
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        tokens.bearer(place.ctx, found["AccessToken"])


@pytest.mark.parametrize(
    "override", [None, {}, {"groupsToOverride": None}, {"groupsToOverride": [], "iamRolesToOverride": []}]
)
def test_an_empty_override_of_groups_removes_them(place, override):
    in_groups(place)
    for found in (first(place, groupOverrideDetails=override), later(place, groupOverrideDetails=override)):
        for_id, access = found
        assert not [name for name in (*for_id, *access) if name in claim_overrides.GROUPS.values()]


def test_groups_are_overridden(place):
    in_groups(place)
    override = {"groupsToOverride": ["x"], "iamRolesToOverride": ["r"], "preferredRole": "r"}
    for found in (first(place, groupOverrideDetails=override), later(place, groupOverrideDetails=override)):
        for_id, access = found
        assert [for_id[name] for name in claim_overrides.GROUPS.values()] == [["x"], ["r"], "r"]
        assert access["cognito:groups"] == ["x"]
        assert "cognito:roles" not in access


def test_the_event_says_what_is_to_be_changed(place):
    in_groups(place)
    function = Function({})
    place.map_trigger(function, "V2_0")
    signed(place, "openid", "api/read")
    (event,) = function.events
    assert (event["triggerSource"], event["userName"]) == ("TokenGeneration_Authentication", "jane")
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": ["admin", "staff"],
        "iamRolesToOverride": [ROLE + "admin", ROLE + "staff"],
        "preferredRole": ROLE + "admin",
    }
    assert event["request"]["scopes"] == ["openid", "api/read"]
    assert event["request"]["clientMetadata"] == {"stage": "x"}


def test_a_refresh_says_that_it_is_one(place):
    function = Function({})
    grant = tokens.Grant((tokens.API_SCOPE,), "TokenGeneration_Authentication", place.time)
    token = tokens.issue(place.ctx, place.caller(), place.user, grant)["RefreshToken"]
    place.map_trigger(function)
    tokens.renew(place.ctx, place.caller(), token, rotate=False, device_key="", metadata={"stage": "y"})
    (event,) = function.events
    assert event["triggerSource"] == "TokenGeneration_RefreshTokens"
    assert event["request"]["clientMetadata"] == {"stage": "y"}
    assert "scopes" not in event["request"]
