"""App clients: the ledger, defaults, echoes and refusals (cognito.md 2.3, 3.2, 4.3, 4.5)."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest

from reconciler.local import LocalCognito
from reconciler.local.clients import DEFAULT_READ, DEFAULT_WRITE
from tests.local.support import Api, Refused

MINIMAL = {
    "ClientName": "c",
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
    "ClientType": "REGULAR",
}
MADE = {"UserPoolId", "ClientId", "CreationDate", "LastModifiedDate"}
CODE = {"AllowedOAuthFlows": ["code"], "CallbackURLs": ["https://a.example/cb"]}

# member, settings, what describe shows of it after an update without it: None is "as before", ... is "absent"
LEDGER: list[tuple[str, dict[str, Any], Any]] = [
    ("ClientName", {"ClientName": "x"}, None),
    ("RefreshTokenValidity", {"RefreshTokenValidity": 9}, None),
    ("AccessTokenValidity", {"AccessTokenValidity": 2}, None),
    ("IdTokenValidity", {"IdTokenValidity": 2}, None),
    ("EnableTokenRevocation", {"EnableTokenRevocation": False}, None),
    ("AuthSessionValidity", {"AuthSessionValidity": 10}, None),
    ("ClientSecret", {"GenerateSecret": True}, None),
    ("ReadAttributes", {"ReadAttributes": ["email"]}, ...),
    ("WriteAttributes", {"WriteAttributes": ["email"]}, ...),
    ("ExplicitAuthFlows", {"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}, ...),
    ("SupportedIdentityProviders", {"SupportedIdentityProviders": ["COGNITO"]}, ...),
    ("CallbackURLs", {"CallbackURLs": ["https://a.example/cb"]}, ...),
    ("LogoutURLs", {"LogoutURLs": ["https://a.example/out"]}, ...),
    ("DefaultRedirectURI", {**CODE, "DefaultRedirectURI": "https://a.example/cb"}, ...),
    ("AllowedOAuthFlows", CODE, ...),
    ("AllowedOAuthScopes", {"AllowedOAuthScopes": ["openid"]}, ...),
    (
        "AllowedOAuthFlowsUserPoolClient",
        {**CODE, "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True},
        False,
    ),
    ("AnalyticsConfiguration", {"AnalyticsConfiguration": {"ApplicationId": "ab"}}, ...),
    ("PreventUserExistenceErrors", {"PreventUserExistenceErrors": "ENABLED"}, ...),
    (
        "EnablePropagateAdditionalUserContextData",
        {"GenerateSecret": True, "EnablePropagateAdditionalUserContextData": True},
        False,
    ),
    (
        "RefreshTokenRotation",
        {"RefreshTokenRotation": {"Feature": "ENABLED"}},
        {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0},
    ),
    (
        "TokenValidityUnits",
        {"TokenValidityUnits": {"RefreshToken": "hours"}},
        {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"},
    ),
]


def test_minimal_client_shows_every_default(api: Api) -> None:
    made = api.client(api.pool())
    shown = api.describe_client(made)
    assert {k: v for k, v in shown.items() if k not in MADE} == MINIMAL
    assert set(shown) == MADE | set(MINIMAL)
    assert shown == made
    assert len(made["ClientId"]) == 26
    assert set(made["ClientId"]) <= set(string.ascii_lowercase + string.digits)


@pytest.mark.parametrize(("member", "settings", "after"), LEDGER, ids=[m for m, _, _ in LEDGER])
def test_update_without_the_member(api: Api, member: str, settings: dict[str, Any], after: Any) -> None:
    made = api.client(api.pool(), **settings)
    before = api.describe_client(made)
    shown = api.update_client(made)
    assert before[member] != MINIMAL.get(member)
    expected = before[member] if after is None else after
    assert shown.get(member, ...) == expected


def test_lists_are_echoed_by_writes_and_sorted_by_describe(api: Api) -> None:
    urls = ["https://b.example/", "https://a.example/"]
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = api.client(api.pool(), CallbackURLs=urls, ExplicitAuthFlows=flows, AllowedOAuthScopes=["profile", "email"])
    assert made["CallbackURLs"] == urls
    assert made["ExplicitAuthFlows"] == flows
    shown = api.describe_client(made)
    assert shown["CallbackURLs"] == urls[::-1]
    assert shown["ExplicitAuthFlows"] == flows[::-1]
    assert shown["AllowedOAuthScopes"] == ["email", "profile"]


@pytest.mark.parametrize(
    "member",
    [
        *("ReadAttributes", "WriteAttributes", "ExplicitAuthFlows", "SupportedIdentityProviders", "CallbackURLs"),
        *("LogoutURLs", "AllowedOAuthFlows", "AllowedOAuthScopes"),
    ],
)
def test_empty_lists_are_the_same_as_none(api: Api, member: str) -> None:  # C20
    made = api.client(api.pool(), **{member: []})
    assert member not in made
    assert member not in api.describe_client(made)


def test_attribute_lists_equal_to_the_default_are_not_returned(api: Api) -> None:
    made = api.client(api.pool(), ReadAttributes=sorted(DEFAULT_READ), WriteAttributes=sorted(DEFAULT_WRITE))
    assert not {"ReadAttributes", "WriteAttributes"} & set(api.describe_client(made))


def test_secret_of_the_service_and_of_the_caller(api: Api) -> None:
    pool = api.pool()
    made = api.client(pool, GenerateSecret=True)
    assert len(made["ClientSecret"]) == 52
    assert set(made["ClientSecret"]) <= set(string.ascii_lowercase + string.digits)
    assert api.describe_client(made)["ClientSecret"] == made["ClientSecret"]
    own = "a" * 24
    assert api.describe_client(api.client(pool, ClientSecret=own))["ClientSecret"] == own
    with Refused("cannot be used together"):  # C18
        api.client(pool, GenerateSecret=True, ClientSecret=own)


def test_refresh_validity_zero_is_thirty(api: Api) -> None:
    assert api.client(api.pool(), RefreshTokenValidity=0)["RefreshTokenValidity"] == 30


def test_partial_units_are_filled(api: Api) -> None:
    made = api.client(api.pool(), TokenValidityUnits={"AccessToken": "minutes"}, AccessTokenValidity=10)
    assert made["TokenValidityUnits"] == {"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days"}


def test_leaving_units_out_of_an_update_rescales_the_kept_values(api: Api) -> None:
    made = api.client(api.pool(), TokenValidityUnits={"AccessToken": "minutes"}, AccessTokenValidity=60)
    with Refused("Invalid range for token validity"):
        api.update_client(made)


def test_rotation_fills_in_the_grace_period(api: Api) -> None:
    made = api.client(api.pool(), RefreshTokenRotation={"Feature": "ENABLED"})
    assert made["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}


def test_analytics_role_is_added_and_refused_when_echoed(api: Api) -> None:
    arn = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/ab"
    made = api.client(api.pool(), AnalyticsConfiguration={"ApplicationArn": arn})
    assert "AWSServiceRoleForAmazonCognitoIdp" in made["AnalyticsConfiguration"]["RoleArn"]
    assert made["AnalyticsConfiguration"]["UserDataShared"] is False
    with Refused("ApplicationArn cannot be used with"):  # C16
        api.update_client(made, AnalyticsConfiguration=made["AnalyticsConfiguration"])


OAUTH = "InvalidOAuthFlowException"
INVALID = "InvalidParameterException"


@pytest.mark.parametrize(
    ("rule", "params", "code", "words"),
    [
        ("C1", {"AllowedOAuthFlowsUserPoolClient": True}, INVALID, "required if user pool client is allowed"),
        ("C1", {"AllowedOAuthFlowsUserPoolClient": True, **CODE}, INVALID, "required if"),
        ("C2", {"AllowedOAuthFlows": ["implicit"]}, INVALID, "CallbackURLs"),
        ("C3", {**CODE, "AllowedOAuthFlows": ["client_credentials", "code"]}, OAUTH, "can not be selected along"),
        ("C4", {"AllowedOAuthFlows": ["client_credentials"]}, OAUTH, "does not have a client secret"),
        (
            "C5",
            {"AllowedOAuthFlows": ["client_credentials"], "GenerateSecret": True, "AllowedOAuthScopes": ["openid"]},
            INVALID,
            "custom scope",
        ),
        ("C6", {"AllowedOAuthScopes": ["orders/read"]}, "ScopeDoesNotExistException", "Invalid scope requested"),
        ("C7", {"SupportedIdentityProviders": ["okta"]}, INVALID, "The provider okta does not exist for User Pool"),
        ("C9", {**CODE, "DefaultRedirectURI": "https://other.example"}, INVALID, "DefaultRedirectURI"),
        ("C10", {"WriteAttributes": ["email_verified"]}, INVALID, "Invalid write attributes specified"),
        ("C11", {"WriteAttributes": ["custom:x"]}, INVALID, "Invalid write attributes specified"),
        ("C11", {"ReadAttributes": ["custom:x"]}, INVALID, "Invalid read attributes specified"),
        ("C12", {"AccessTokenValidity": 25}, INVALID, "Invalid range"),
        ("C12", {"AccessTokenValidity": 4, "TokenValidityUnits": {"AccessToken": "minutes"}}, INVALID, "Invalid range"),
        ("C12", {"RefreshTokenValidity": 3651}, INVALID, "Invalid range"),
        ("C12", {"RefreshTokenValidity": 30, "TokenValidityUnits": {"RefreshToken": "minutes"}}, INVALID, "range"),
        (
            "C13",
            {"IdTokenValidity": 3, "RefreshTokenValidity": 2, "TokenValidityUnits": {"RefreshToken": "hours"}},
            INVALID,
            "longer than",
        ),
        ("C14", {"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]}, INVALID, "ALLOW_ prefix"),
        ("C15", {"EnablePropagateAdditionalUserContextData": True}, INVALID, "requires a client secret"),
        (
            "C16",
            {
                "AnalyticsConfiguration": {
                    "ApplicationArn": "arn:aws:mobiletargeting:us-east-1:123456789012:apps/ab",
                    "ApplicationId": "ab",
                }
            },
            INVALID,
            "ApplicationArn",
        ),
        (
            "C17",
            {"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"}},
            INVALID,
            "rotation",
        ),
        ("C21", {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]}, INVALID, "client secret"),
    ],
)
def test_client_refusals(api: Api, rule: str, params: dict[str, Any], code: str, words: str) -> None:
    pool = api.pool()
    with Refused(words, code):
        api.client(pool, **params)
    if not {"GenerateSecret"} & set(params):  # the same from an update
        with Refused(words, code):
            api.update_client(api.client(pool), **params)


def test_client_token_flow_is_let_through_although_the_model_lacks_it(api: Api) -> None:
    flows = ["ALLOW_CLIENT_TOKEN_AUTH"]
    assert api.client(api.pool(), GenerateSecret=True, ExplicitAuthFlows=flows)["ExplicitAuthFlows"] == flows


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://a.example/cb",
            "http://localhost/cb",
            "http://localhost:8080/cb",
            "http://127.0.0.1",
            "http://[::1]/",
        ),
        *("myapp://cb", "com.example.app:/cb"),
    ],
)
def test_good_callback_urls(api: Api, url: str) -> None:  # C8
    assert api.client(api.pool(), CallbackURLs=[url])["CallbackURLs"] == [url]


@pytest.mark.parametrize(
    "url", ["http://a.example/cb", "/cb", "a.example", "https://a.example/#x", "https://", "http://["]
)
@pytest.mark.parametrize("member", ["CallbackURLs", "LogoutURLs"])
def test_bad_urls(api: Api, member: str, url: str) -> None:  # C8
    with Refused():
        api.client(api.pool(), **{member: [url]})


def test_required_attributes_must_be_writable(api: Api) -> None:  # C10
    pool = api.pool(Schema=[{"Name": "email", "Required": True, "Mutable": True}])
    with Refused("Invalid write attributes specified"):
        api.client(pool, WriteAttributes=["name"])
    api.client(pool, WriteAttributes=["name", "email"])


@pytest.mark.parametrize(
    "params", [{"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, {"RefreshTokenRotation": {"Feature": "ENABLED"}}], ids=str
)
def test_features_above_lite(api: Api, params: dict[str, Any]) -> None:  # C19
    with Refused("LITE", "FeatureUnavailableInTierException"):
        api.client(api.pool(UserPoolTier="LITE"), **params)


def test_a_dead_scope_stays_until_the_next_update(api: Api) -> None:
    pool = api.pool()
    scope = {"ScopeName": "read", "ScopeDescription": "d"}
    api.boto.create_resource_server(UserPoolId=pool, Identifier="orders", Name="o", Scopes=[scope])
    made = api.client(pool, AllowedOAuthScopes=["orders/read"])
    api.boto.delete_resource_server(UserPoolId=pool, Identifier="orders")
    assert api.describe_client(made)["AllowedOAuthScopes"] == ["orders/read"]
    with Refused("Invalid scope requested", "ScopeDoesNotExistException"):
        api.update_client(made, AllowedOAuthScopes=["orders/read"])
    api.update_client(made)


def test_unknown_client(api: Api) -> None:
    made = api.client(api.pool())
    api.boto.delete_user_pool_client(UserPoolId=made["UserPoolId"], ClientId=made["ClientId"])
    words = f"User pool client {made['ClientId']} does not exist."
    with Refused(words, "ResourceNotFoundException"):
        api.describe_client(made)


def test_list_items_hold_names_only_and_filter_by_type(api: Api) -> None:
    pool = api.pool()
    made = api.client(pool, GenerateSecret=True)
    items = api.boto.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    assert items == [{"ClientId": made["ClientId"], "UserPoolId": pool, "ClientName": "c"}]
    assert api.boto.list_user_pool_clients(UserPoolId=pool, ClientType="DCR")["UserPoolClients"] == []


MANAGED = "PublishSecretsInAWSSecretsManager"


def kept(api: Api, arn: str) -> dict[str, Any]:
    found = api.local.client("secretsmanager").get_secret_value(SecretId=arn)
    return json.loads(found["SecretString"])


def secret_ids(api: Api, made: dict[str, Any]) -> list[str]:
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    return [s["ClientSecretId"] for s in api.boto.list_user_pool_client_secrets(**ids)["ClientSecrets"]]


def test_a_secret_that_is_kept_in_secrets_manager(api: Api) -> None:  # 2.3
    made = api.client(api.pool(), GenerateSecret=True, **{MANAGED: True})
    assert "ClientSecret" not in made
    text = kept(api, made["ClientSecretArn"])
    assert text == {
        "userPoolId": made["UserPoolId"],
        "userPoolClientId": made["ClientId"],
        "clientSecretValue": text["clientSecretValue"],
    }
    assert api.update_client(made)["ClientSecretArn"] == made["ClientSecretArn"]  # left out: unchanged
    assert kept(api, made["ClientSecretArn"]) == text


@pytest.mark.parametrize("secrets", [1, 2])
def test_keeping_it_there_rotates_at_once_and_drops_the_older_of_two(api: Api, secrets: int) -> None:  # 2.3
    made = api.client(api.pool(), GenerateSecret=True)
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    if secrets > 1:
        api.boto.add_user_pool_client_secret(**ids)
    before = secret_ids(api, made)
    shown = api.update_client(made, **{MANAGED: True})
    assert kept(api, shown["ClientSecretArn"])["clientSecretValue"] != made["ClientSecret"]
    after = secret_ids(api, made)
    assert len(after) == 2
    assert after[0] == before[-1]


def test_no_longer_keeping_it_there_deletes_it_for_good(api: Api) -> None:  # 2.3
    made = api.client(api.pool(), GenerateSecret=True, **{MANAGED: True})
    text = kept(api, made["ClientSecretArn"])
    shown = api.update_client(made, **{MANAGED: False})
    assert shown["ClientSecret"] == text["clientSecretValue"]
    assert "ClientSecretArn" not in shown
    manager = api.local.client("secretsmanager")
    with pytest.raises(manager.exceptions.ResourceNotFoundException):
        manager.describe_secret(SecretId=made["ClientSecretArn"])


def test_a_client_without_a_secret_has_nothing_to_keep(api: Api) -> None:  # 2.3
    made = api.client(api.pool(), **{MANAGED: True})
    assert not {"ClientSecret", "ClientSecretArn"} & set(made)


def test_a_secret_in_secrets_manager_is_there_again_after_a_restart(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        arn = api.client(api.pool(), GenerateSecret=True, **{MANAGED: True})["ClientSecretArn"]
        before = kept(api, arn)
    with LocalCognito(tmp_path) as local:
        assert kept(Api(local), arn) == before


def test_secrets_manager_rotates_it_and_refuses_a_second_rotation_meanwhile(api: Api) -> None:  # 2.3
    made = api.client(api.pool(), GenerateSecret=True, **{MANAGED: True})
    manager, arn, first = (
        api.local.client("secretsmanager"),
        made["ClientSecretArn"],
        kept(api, made["ClientSecretArn"]),
    )
    api.local.pending_describes = 1
    asked = manager.rotate_secret(SecretId=arn)["VersionId"]
    with pytest.raises(manager.exceptions.InvalidRequestException):
        manager.rotate_secret(SecretId=arn)
    assert kept(api, arn) == first
    stages = [manager.describe_secret(SecretId=arn)["VersionIdsToStages"][asked] for _ in range(3)]
    assert stages == [["AWSPENDING"], ["AWSPENDING"], ["AWSCURRENT"]]
    assert kept(api, arn)["clientSecretValue"] != first["clientSecretValue"]
    assert len(secret_ids(api, made)) == 2
