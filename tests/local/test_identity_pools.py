"""Identity pools (cognito.md 1.2, 2.18, 4.4; O18, O19; cognito.md 15.14)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local import LocalCognito
from tests.local.support import Api, Refused

ACCOUNT = "123456789012"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"
AUTH = f"arn:aws:iam::{ACCOUNT}:role/auth"
GUEST = f"arn:aws:iam::{ACCOUNT}:role/guest"
NAMED = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False}


class Identity:
    """The API of identity pools."""

    def __init__(self, local: LocalCognito) -> None:
        self.local = local
        self.boto: Any = local.client("cognito-identity")

    def create(self, **params: Any) -> dict[str, Any]:
        return body(self.boto.create_identity_pool(**{**NAMED, **params}))

    def update(self, pool: str, **params: Any) -> dict[str, Any]:
        answer = body(self.boto.update_identity_pool(**{"IdentityPoolId": pool, **NAMED, **params}))
        assert answer == self.describe(pool)
        return answer

    def describe(self, pool: str) -> dict[str, Any]:
        return body(self.boto.describe_identity_pool(IdentityPoolId=pool))

    def roles(self, pool: str, roles: dict[str, str], **params: Any) -> dict[str, Any]:
        self.boto.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles, **params)
        return self.get_roles(pool)

    def get_roles(self, pool: str) -> dict[str, Any]:
        answer = body(self.boto.get_identity_pool_roles(IdentityPoolId=pool))
        assert answer.pop("IdentityPoolId") == pool
        return answer


def body(answer: dict[str, Any]) -> dict[str, Any]:
    answer.pop("ResponseMetadata")
    return answer


@pytest.fixture
def identity(local: LocalCognito) -> Identity:
    return Identity(local)


@pytest.fixture
def provider(api: Api) -> dict[str, str]:
    """A client of a user pool, as a provider."""
    made = api.client(api.pool())
    name = f"cognito-idp.us-east-1.amazonaws.com/{made['UserPoolId']}"
    return {"ProviderName": name, "ClientId": made["ClientId"]}


def test_a_minimal_pool(identity: Identity) -> None:
    made = identity.create()
    pool = made["IdentityPoolId"]
    assert made == identity.describe(pool)
    assert made == {"IdentityPoolId": pool, **NAMED, "AllowClassicFlow": False, "IdentityPoolTags": {}}
    assert pool.startswith("us-east-1:")
    assert len(pool.rpartition(":")[2]) == 36


def test_what_the_service_adds_and_leaves_away(identity: Identity, provider: dict[str, str]) -> None:
    made = identity.create(
        CognitoIdentityProviders=[provider], SamlProviderARNs=[], SupportedLoginProviders={}, IdentityPoolTags={}
    )
    assert made["CognitoIdentityProviders"] == [{**provider, "ServerSideTokenCheck": False}]
    assert not {"SamlProviderARNs", "SupportedLoginProviders", "OpenIdConnectProviderARNs"} & set(made)


def test_providers_are_sets(identity: Identity, provider: dict[str, str]) -> None:
    first = {"ProviderName": provider["ProviderName"], "ClientId": "0", "ServerSideTokenCheck": True}
    made = identity.create(CognitoIdentityProviders=[provider, first], SamlProviderARNs=[SAML + "2", SAML])
    assert made["CognitoIdentityProviders"] == [first, {**provider, "ServerSideTokenCheck": False}]
    assert made["SamlProviderARNs"] == [SAML, SAML + "2"]


def test_names_are_not_unique(identity: Identity) -> None:
    assert identity.create()["IdentityPoolId"] != identity.create()["IdentityPoolId"]


@pytest.mark.parametrize("unmeasured", ["reset", "kept"])
def test_update_replaces_all_but_the_flow(identity: Identity, provider: dict[str, str], unmeasured: str) -> None:
    identity.local.unmeasured = unmeasured
    full = {
        "AllowClassicFlow": True,
        "SupportedLoginProviders": {"accounts.google.com": "x"},
        "OpenIdConnectProviderARNs": [OIDC],
        "SamlProviderARNs": [SAML],
        "CognitoIdentityProviders": [{**provider, "ServerSideTokenCheck": True}],
        "IdentityPoolTags": {"a": "b"},
    }
    made = identity.create(**full)
    pool = made["IdentityPoolId"]
    assert {k: made[k] for k in full} == full
    after = identity.update(pool, IdentityPoolName="other", AllowUnauthenticatedIdentities=True)
    assert after == {
        "IdentityPoolId": pool,
        "IdentityPoolName": "other",
        "AllowUnauthenticatedIdentities": True,
        "AllowClassicFlow": True,
        "IdentityPoolTags": {"a": "b"} if unmeasured == "kept" else {},
    }
    assert identity.update(pool, AllowClassicFlow=False, IdentityPoolTags={"c": "d"})["IdentityPoolTags"] == {"c": "d"}


def test_the_developer_provider_is_forever(identity: Identity) -> None:  # O19
    pool = identity.create()["IdentityPoolId"]
    identity.update(pool, DeveloperProviderName="dev")
    for params in ({"DeveloperProviderName": "other"}, {}):
        with Refused("DeveloperProviderName"):
            identity.update(pool, **params)
    assert identity.update(pool, DeveloperProviderName="dev")["DeveloperProviderName"] == "dev"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"OpenIdConnectProviderARNs": [OIDC.replace("123", "321")]}, "account"),
        ({"SamlProviderARNs": [SAML.replace("123", "321")]}, "account"),
        ({"SamlProviderARNs": [OIDC]}, "saml-provider"),
        (
            {"CognitoIdentityProviders": [{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_a"}]},
            "is not a user pool",
        ),
        ({"CognitoIdentityProviders": [{"ProviderName": "us-east-1_a"}]}, "is not a user pool"),
        ({"IdentityPoolTags": {"aws:x": "y"}}, "reserved"),
        ({"IdentityPoolTags": {f"k{n}": "" for n in range(51)}}, "50"),
    ],
    ids=lambda v: str(v)[:60],
)
def test_refusals(identity: Identity, params: dict[str, Any], words: str) -> None:  # O18
    with Refused(words):
        identity.create(**params)
    pool = identity.create()["IdentityPoolId"]
    with Refused(words):
        identity.update(pool, **params)


def test_a_user_pool_of_another_region_will_do(identity: Identity) -> None:
    there = identity.local.client("cognito-idp", "eu-west-1")
    pool = there.create_user_pool(PoolName="p")["UserPool"]["Id"]
    wrong = {"ProviderName": f"cognito-idp.us-east-1.amazonaws.com/{pool}", "ClientId": "c"}
    with Refused("is not a user pool"):
        identity.create(CognitoIdentityProviders=[wrong])
    identity.create(CognitoIdentityProviders=[{**wrong, "ProviderName": f"cognito-idp.eu-west-1.amazonaws.com/{pool}"}])


@pytest.mark.parametrize(
    "params", [{"IdentityPoolName": "a/b"}, {"SupportedLoginProviders": {"a": "b c"}}, {"DeveloperProviderName": "a b"}]
)
def test_the_model_is_enforced(identity: Identity, params: dict[str, Any]) -> None:
    with Refused("1 validation error detected", "ValidationException"):
        identity.create(**params)


def test_lists_are_paged_and_of_their_region(identity: Identity) -> None:
    made = [identity.create(IdentityPoolName=f"p{n}") for n in range(3)]
    pages = list(identity.boto.get_paginator("list_identity_pools").paginate(MaxResults=2))
    assert [len(p["IdentityPools"]) for p in pages] == [2, 1]
    shown = [i for p in pages for i in p["IdentityPools"]]
    assert shown == [{k: m[k] for k in ("IdentityPoolId", "IdentityPoolName")} for m in made]
    with Refused("validation", "ValidationException"):
        identity.boto.list_identity_pools(MaxResults=61)
    there = identity.local.client("cognito-identity", "eu-west-1")
    assert there.list_identity_pools(MaxResults=60)["IdentityPools"] == []
    with Refused(code="ResourceNotFoundException"):
        there.describe_identity_pool(IdentityPoolId=made[0]["IdentityPoolId"])


def test_delete(identity: Identity) -> None:
    pool = identity.create()["IdentityPoolId"]
    identity.boto.delete_identity_pool(IdentityPoolId=pool)
    for call in (identity.describe, identity.get_roles, identity.update):
        with Refused(code="ResourceNotFoundException"):
            call(pool)


# --- roles ----------------------------------------------------------------------------------------------------------

TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
RULE = {"Claim": "c", "MatchType": "Equals", "Value": "v", "RoleARN": AUTH}
RULES = {
    "Type": "Rules",
    "AmbiguousRoleResolution": "AuthenticatedRole",
    "RulesConfiguration": {"Rules": [RULE, {**RULE, "Value": "a"}]},
}
USER_POOL = "cognito-idp.us-east-1.amazonaws.com/us-east-1_a"


def test_roles_are_replaced_as_a_whole(identity: Identity, provider: dict[str, str]) -> None:
    configured = {"CognitoIdentityProviders": [provider], "SupportedLoginProviders": {"accounts.google.com": "x"}}
    pool = identity.create(**configured)["IdentityPoolId"]
    assert identity.get_roles(pool) == {}
    both = {"authenticated": AUTH, "unauthenticated": GUEST}
    mappings = {f"{provider['ProviderName']}:{provider['ClientId']}": RULES, "accounts.google.com": TOKEN}
    assert identity.roles(pool, both, RoleMappings=mappings) == {"Roles": both, "RoleMappings": mappings}
    assert identity.roles(pool, {"authenticated": AUTH}) == {"Roles": {"authenticated": AUTH}}
    assert identity.roles(pool, {}) == {}
    assert "roles" not in identity.describe(pool)


@pytest.mark.parametrize(
    ("key", "mapping", "words"),
    [
        (USER_POOL, TOKEN, "provider:clientId"),
        (f"{USER_POOL}:", TOKEN, "provider:clientId"),
        (f"{USER_POOL}:c", TOKEN, "not a configured provider"),
        ("accounts.google.com", TOKEN, "not a configured provider"),
        (f"{USER_POOL}:c", {"Type": "Token"}, "AmbiguousRoleResolution"),
        (f"{USER_POOL}:c", {k: v for k, v in RULES.items() if k != "AmbiguousRoleResolution"}, "AmbiguousRole"),
        (f"{USER_POOL}:c", {**RULES, "Type": "Token"}, "is not allowed"),
        (f"{USER_POOL}:c", {**TOKEN, "Type": "Rules"}, "is required"),
        (f"{USER_POOL}:c", {**RULES, "RulesConfiguration": {"Rules": [RULE] * 26}}, "25"),
        (
            f"{USER_POOL}:c",
            {**RULES, "RulesConfiguration": {"Rules": [{**RULE, "RoleARN": AUTH.replace("123", "321")}]}},
            "account",
        ),
    ],
    ids=lambda v: str(v)[-40:],
)
def test_mapping_refusals(identity: Identity, key: str, mapping: dict[str, Any], words: str) -> None:  # O18
    pool = identity.create()["IdentityPoolId"]
    with Refused(words):
        identity.roles(pool, {}, RoleMappings={key: mapping})
    assert identity.get_roles(pool) == {}


@pytest.mark.parametrize("key", [f"{USER_POOL}:c", "accounts.google.com", SAML])
def test_a_mapping_is_of_a_configured_provider(identity: Identity, key: str) -> None:  # O22
    pool = identity.create(OpenIdConnectProviderARNs=[OIDC])["IdentityPoolId"]
    with Refused("is not a configured provider"):
        identity.roles(pool, {}, RoleMappings={key: TOKEN})
    assert OIDC in identity.roles(pool, {}, RoleMappings={OIDC: TOKEN})["RoleMappings"]


def test_role_refusals(identity: Identity) -> None:
    pool = identity.create()["IdentityPoolId"]
    with Refused("account"):
        identity.roles(pool, {"authenticated": AUTH.replace("123", "321")})
    with Refused("role"):
        identity.roles(pool, {"authenticated": SAML})
    with Refused("(un)?authenticated", "ValidationException"):
        identity.roles(pool, {"admin": AUTH})


# --- principal tags, tags -------------------------------------------------------------------------------------------


def test_principal_tags_belong_to_a_provider(identity: Identity) -> None:
    pool = identity.create()["IdentityPoolId"]
    ids = {"IdentityPoolId": pool, "IdentityProviderName": USER_POOL}
    none = {**ids, "UseDefaults": False, "PrincipalTags": {}}
    assert body(identity.boto.get_principal_tag_attribute_map(**ids)) == none
    answer = body(identity.boto.set_principal_tag_attribute_map(**ids, PrincipalTags={"dept": "custom:dept"}))
    assert answer == body(identity.boto.get_principal_tag_attribute_map(**ids))
    assert answer == {**none, "PrincipalTags": {"dept": "custom:dept"}}
    assert body(identity.boto.set_principal_tag_attribute_map(**ids, UseDefaults=True)) == {**none, "UseDefaults": True}
    other = {**ids, "IdentityProviderName": OIDC}
    assert body(identity.boto.get_principal_tag_attribute_map(**other)) == {**none, **other}
    with Refused(code="ResourceNotFoundException"):
        identity.boto.get_principal_tag_attribute_map(**{**ids, "IdentityPoolId": "us-east-1:0"})


def test_tags(identity: Identity) -> None:
    pool = identity.create(IdentityPoolTags={"a": "b"})["IdentityPoolId"]
    arn = f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{pool}"
    identity.boto.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    identity.boto.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert identity.boto.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"c": "d"}
    assert identity.describe(pool)["IdentityPoolTags"] == {"c": "d"}
    with Refused("50"):
        identity.boto.tag_resource(ResourceArn=arn, Tags={f"k{n}": "" for n in range(50)})
    with Refused(code="ResourceNotFoundException"):
        identity.boto.list_tags_for_resource(ResourceArn=f"{arn}0")
    with Refused("not the ARN of an identity pool"):
        identity.boto.list_tags_for_resource(ResourceArn=arn.replace("cognito-identity", "cognito-idp"))


# --- around ---------------------------------------------------------------------------------------------------------


def test_calls_are_recorded_and_faults_happen(identity: Identity) -> None:
    identity.create()
    call = identity.local.calls[-1]
    assert (call.service, call.operation, call.params, call.region) == (
        *("cognito-identity", "CreateIdentityPool", NAMED, "us-east-1"),
    )
    identity.local.faults.add("CreateIdentityPool", "ResourceConflictException", message="words")
    with Refused("words", "ResourceConflictException"):
        identity.create()
    assert identity.local.calls[-1].error == "ResourceConflictException"
    assert len(identity.local.account["identity_pools"]) == 1


def test_identities_stay_motos(identity: Identity) -> None:
    pool = identity.create()["IdentityPoolId"]
    token = {"cognito-idp.us-east-1.amazonaws.com/us-east-1_a": "hunter2"}
    made = identity.boto.get_id(IdentityPoolId=pool, Logins=token)["IdentityId"]
    assert "hunter2" not in str(identity.local.calls[-1])
    assert identity.boto.list_identities(IdentityPoolId=pool, MaxResults=1)["Identities"][0]["IdentityId"] == made
    with Refused(code="NotImplementedException"):
        identity.boto.describe_identity(IdentityId=made)
