"""Domains, identity providers, resource servers and groups (cognito.md 2.4 to 2.7, 3.3, 4.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import CERTIFICATE, ROLE, Api, Refused

CUSTOM = {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}
SECRETS = {"client_id": "i", "client_secret": "s", "authorize_scopes": "openid"}
OIDC = {**SECRETS, "attributes_request_method": "GET", "oidc_issuer": "https://idp.example"}
APPLE = {"client_id": "i", "team_id": "t", "key_id": "k", "private_key": "p", "authorize_scopes": "email"}
FILE = (
    '<md:EntityDescriptor><ds:X509Certificate>M</ds:X509Certificate><md:SingleSignOnService Binding="urn:HTTP-Redirect"'
    ' Location="https://idp.example/sso"/></md:EntityDescriptor>'
)


# --- domains --------------------------------------------------------------------------------------------------------


def describe_domain(api: Api, name: str) -> dict[str, Any]:
    return api.boto.describe_user_pool_domain(Domain=name)["DomainDescription"]


def test_prefix_domain(api: Api) -> None:
    pool = api.pool()
    answer = api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    assert "CloudFrontDomain" not in answer
    shown = describe_domain(api, "acme")
    assert set(shown) == {
        *("UserPoolId", "AWSAccountId", "Domain", "S3Bucket", "CloudFrontDistribution", "Version", "Status"),
        "ManagedLoginVersion",
    }
    assert (shown["Status"], shown["ManagedLoginVersion"], shown["AWSAccountId"]) == ("ACTIVE", 1, "123456789012")
    assert shown["S3Bucket"] == "aws-cognito-prod-iad-assets"
    assert describe_domain(api, "acme") == shown
    assert api.describe(pool)["Domain"] == "acme"


def test_custom_domain_is_its_own_member(api: Api) -> None:
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    answer = api.boto.create_user_pool_domain(UserPoolId=pool, Domain="auth.example.com", **CUSTOM)
    assert answer["CloudFrontDomain"].endswith(".cloudfront.net")
    shown = api.describe(pool)
    assert (shown["Domain"], shown["CustomDomain"]) == ("acme", "auth.example.com")
    assert describe_domain(api, "auth.example.com")["CustomDomainConfig"] == CUSTOM["CustomDomainConfig"]


def test_unknown_domain_has_an_empty_answer(api: Api) -> None:
    assert describe_domain(api, "nobody") == {}


def test_update_replaces(api: Api) -> None:
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme", ManagedLoginVersion=2)
    api.boto.update_user_pool_domain(UserPoolId=pool, Domain="acme")
    assert describe_domain(api, "acme")["ManagedLoginVersion"] == 1


def test_custom_stays_custom_and_prefix_prefix(api: Api) -> None:
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="auth.example.com", **CUSTOM)
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    with Refused("Cannot convert custom domain to prefix domain"):
        api.boto.update_user_pool_domain(UserPoolId=pool, Domain="auth.example.com", ManagedLoginVersion=2)
    with Refused("Cannot convert prefix domain to custom domain"):
        api.boto.update_user_pool_domain(UserPoolId=pool, Domain="acme", **CUSTOM)


@pytest.mark.parametrize(
    "name", ["my-aws", "amazonia", "cognito1", "UPPER", "-a", "a-", "a_b", "a.example.com", "x" * 64]
)
def test_bad_prefixes(api: Api, name: str) -> None:  # O1
    with Refused():
        api.boto.create_user_pool_domain(UserPoolId=api.pool(), Domain=name)


@pytest.mark.parametrize(
    ("name", "certificate"),
    [("example.com", CERTIFICATE), ("a.example.com", CERTIFICATE.replace("us-east-1", "eu-west-1"))],
)
def test_bad_custom_domains(api: Api, name: str, certificate: str) -> None:  # O2
    with Refused():
        api.boto.create_user_pool_domain(
            UserPoolId=api.pool(), Domain=name, CustomDomainConfig={"CertificateArn": certificate}
        )


def test_domains_are_unique_and_one_of_each_per_pool(api: Api) -> None:
    pool, other = api.pool(), api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    with Refused("Domain already associated with another user pool."):
        api.boto.create_user_pool_domain(UserPoolId=other, Domain="acme")
    with Refused("already has a domain"):
        api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme2")
    with Refused("No such domain"):
        api.boto.delete_user_pool_domain(UserPoolId=other, Domain="acme")
    api.boto.delete_user_pool_domain(UserPoolId=pool, Domain="acme")
    api.boto.create_user_pool_domain(UserPoolId=other, Domain="acme")
    assert describe_domain(api, "acme")["UserPoolId"] == other


def test_custom_domains_are_unique_worldwide_and_prefixes_in_their_region(api: Api) -> None:
    there = api.local.client("cognito-idp", "eu-west-1")
    other = there.create_user_pool(PoolName="p")["UserPool"]["Id"]
    pool = api.pool()
    for name, more in (("acme", {}), ("auth.example.com", CUSTOM)):
        api.boto.create_user_pool_domain(UserPoolId=pool, Domain=name, **more)
    there.create_user_pool_domain(UserPoolId=other, Domain="acme")
    with Refused("Domain already associated"):
        there.create_user_pool_domain(UserPoolId=other, Domain="auth.example.com", **CUSTOM)
    assert there.describe_user_pool_domain(Domain="auth.example.com")["DomainDescription"] == {}


def test_managed_login_needs_essentials(api: Api) -> None:  # O3
    lite = api.pool(UserPoolTier="LITE")
    with Refused("Managed Login", "FeatureUnavailableInTierException"):
        api.boto.create_user_pool_domain(UserPoolId=lite, Domain="acme", ManagedLoginVersion=2)
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme", ManagedLoginVersion=2)
    with Refused("Managed Login", "FeatureUnavailableInTierException"):
        api.update(pool, UserPoolTier="LITE")


def test_a_domain_can_take_its_time(api: Api) -> None:
    pool = api.pool()
    api.local.pending_describes = 2
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    assert [describe_domain(api, "acme")["Status"] for _ in range(3)] == ["CREATING", "CREATING", "ACTIVE"]
    api.boto.update_user_pool_domain(UserPoolId=pool, Domain="acme")
    assert [describe_domain(api, "acme")["Status"] for _ in range(3)] == ["UPDATING", "UPDATING", "ACTIVE"]


# --- identity providers ---------------------------------------------------------------------------------------------


def provider(api: Api, pool: str, name: str, type_: str, details: dict[str, str], **more: Any) -> dict[str, Any]:
    api.boto.create_identity_provider(
        UserPoolId=pool, ProviderName=name, ProviderType=type_, ProviderDetails=details, **more
    )
    return describe_provider(api, pool, name)


def describe_provider(api: Api, pool: str, name: str) -> dict[str, Any]:
    return api.boto.describe_identity_provider(UserPoolId=pool, ProviderName=name)["IdentityProvider"]


# what the service adds per type, and the default mapping: table of 2.6; values of the docform samples
ADDED: list[tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = [
    ("OIDC", OIDC, {"attributes_url_add_attributes": "false"}, {"username": "sub"}),
    (
        "Google",
        SECRETS,
        {
            "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
            "attributes_url_add_attributes": "true",
            "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "oidc_issuer": "https://accounts.google.com",
            "token_request_method": "POST",
            "token_url": "https://www.googleapis.com/oauth2/v4/token",
        },
        {"username": "sub"},
    ),
    (
        "Facebook",
        {**SECRETS, "api_version": "v12.0"},
        {
            "attributes_url": "https://graph.facebook.com/v12.0/me?fields=",
            "attributes_url_add_attributes": "true",
            "authorize_url": "https://www.facebook.com/v12.0/dialog/oauth",
            "token_request_method": "GET",
            "token_url": "https://graph.facebook.com/v12.0/oauth/access_token",
        },
        {"username": "id"},
    ),
    (
        "LoginWithAmazon",
        SECRETS,
        {
            "attributes_url": "https://api.amazon.com/user/profile",
            "attributes_url_add_attributes": "false",
            "authorize_url": "https://www.amazon.com/ap/oa",
            "token_request_method": "POST",
            "token_url": "https://api.amazon.com/auth/o2/token",
        },
        {"username": "user_id"},
    ),
    (
        "SignInWithApple",
        {k: v for k, v in APPLE.items() if k != "private_key"},
        {
            "attributes_url_add_attributes": "false",
            "authorize_url": "https://appleid.apple.com/auth/authorize",
            "oidc_issuer": "https://appleid.apple.com",
            "token_request_method": "POST",
            "token_url": "https://appleid.apple.com/auth/token",
        },
        {"username": "sub"},
    ),
]


@pytest.mark.parametrize(("type_", "sent", "added", "mapping"), ADDED, ids=[a[0] for a in ADDED])
def test_what_the_service_adds(
    api: Api, type_: str, sent: dict[str, str], added: dict[str, str], mapping: dict[str, str]
) -> None:
    details = {**sent, "private_key": "p"} if type_ == "SignInWithApple" else sent
    shown = provider(api, api.pool(), "okta" if type_ == "OIDC" else type_, type_, details)
    assert shown["ProviderDetails"] == {**sent, **added}
    assert shown["AttributeMapping"] == mapping
    assert shown["IdpIdentifiers"] == []


@pytest.mark.parametrize(
    "metadata", [{"MetadataURL": "https://idp.example/m"}, {"MetadataFile": FILE}], ids=["url", "file"]
)
def test_saml_is_enriched_and_refuses_its_own_echo(api: Api, metadata: dict[str, str]) -> None:
    pool = api.pool()
    shown = provider(api, pool, "okta", "SAML", metadata)
    assert shown["AttributeMapping"] == {}
    assert shown["ProviderDetails"]["SSORedirectBindingURI"].startswith("https://idp.example/sso")
    assert metadata.items() <= shown["ProviderDetails"].items()
    with Refused("ActiveEncryptionCertificate is not a valid key for SAML identity provider details"):
        api.boto.update_identity_provider(
            UserPoolId=pool, ProviderName="okta", ProviderDetails=shown["ProviderDetails"]
        )


def test_update_merges_members_and_replaces_maps(api: Api) -> None:
    pool = api.pool()
    before = provider(
        api, pool, "okta", "OIDC", {**OIDC, "jwks_uri": "https://idp.example/j"}, AttributeMapping={"email": "mail"},
        IdpIdentifiers=["one"],
    )  # fmt: skip
    ids = {"UserPoolId": pool, "ProviderName": "okta"}
    api.boto.update_identity_provider(**ids, IdpIdentifiers=["two"])
    shown = describe_provider(api, pool, "okta")
    for kept in ("ProviderDetails", "AttributeMapping"):
        assert shown[kept] == before[kept]
    assert shown["LastModifiedDate"] > before["LastModifiedDate"]
    api.boto.update_identity_provider(**ids, ProviderDetails=OIDC, AttributeMapping={"name": "n"})
    shown = describe_provider(api, pool, "okta")
    assert "jwks_uri" not in shown["ProviderDetails"]
    assert shown["AttributeMapping"] == {"name": "n", "username": "sub"}
    api.boto.update_identity_provider(**ids, IdpIdentifiers=[], AttributeMapping={})
    shown = describe_provider(api, pool, "okta")
    assert (shown["IdpIdentifiers"], shown["AttributeMapping"]) == ([], {"username": "sub"})


def test_apples_key_is_never_returned_and_always_required(api: Api) -> None:
    pool = api.pool()
    shown = provider(api, pool, "SignInWithApple", "SignInWithApple", APPLE)
    assert "private_key" not in str(api.local.records)
    with Refused("private_key"):
        api.boto.update_identity_provider(
            UserPoolId=pool, ProviderName="SignInWithApple", ProviderDetails=shown["ProviderDetails"]
        )


NO = "InvalidParameterException"


@pytest.mark.parametrize(
    ("name", "type_", "details", "more"),
    [
        ("MyGoogle", "Google", SECRETS, {}),  # O9
        ("Google", "OIDC", OIDC, {}),
        ("my_okta", "OIDC", OIDC, {}),
        ("ok", "OIDC", OIDC, {}),
        ("my okta", "SAML", {"MetadataURL": "https://a.example"}, {}),
        ("okta", "OIDC", {**OIDC, "oidc_issuer": "http://idp.example"}, {}),  # O8
        ("okta", "OIDC", {**OIDC, "oidc_issuer": "https://idp.example/"}, {}),
        ("okta", "OIDC", {**OIDC, "attributes_request_method": "PUT"}, {}),
        ("okta", "OIDC", {**OIDC, "authorize_scopes": "email"}, {}),
        ("okta", "OIDC", SECRETS, {}),
        ("okta", "OIDC", {**OIDC, "made_up": "x"}, {}),
        ("okta", "SAML", {}, {}),  # O10
        ("okta", "SAML", {"MetadataURL": "https://a.example", "MetadataFile": FILE}, {}),
        ("okta", "SAML", {"MetadataURL": "http://a.example"}, {}),
        ("okta", "SAML", {"MetadataFile": "<xml/>"}, {}),
        ("okta", "SAML", {"MetadataFile": FILE}, {"AcrMapping": {"Level1": "x"}}),  # O12
        ("okta", "OIDC", OIDC, {"AttributeMapping": {"custom:none": "x"}}),
        ("okta", "OIDC", OIDC, {"AttributeMapping": {"sub": "x"}}),
        ("okta", "OIDC", OIDC, {"IdpIdentifiers": ["one", "one"]}),
    ],
    ids=str,
)
def test_provider_refusals(api: Api, name: str, type_: str, details: dict[str, str], more: dict[str, Any]) -> None:
    with Refused():
        provider(api, api.pool(), name, type_, details, **more)


def test_duplicate_provider_and_identifier(api: Api) -> None:
    pool = api.pool()
    provider(api, pool, "okta", "OIDC", OIDC, IdpIdentifiers=["one"])
    with Refused(code="DuplicateProviderException"):
        provider(api, pool, "okta", "OIDC", OIDC)
    with Refused("unique"):
        provider(api, pool, "other", "OIDC", OIDC, IdpIdentifiers=["one"])


def test_a_provider_makes_a_group(api: Api) -> None:
    pool = api.pool()
    provider(api, pool, "okta", "OIDC", OIDC)
    (group,) = api.boto.list_groups(UserPoolId=pool)["Groups"]
    assert group["GroupName"] == f"{pool}_okta"
    assert group["Description"]
    assert "RoleArn" not in group


def test_a_client_keeps_a_dead_provider(api: Api) -> None:  # O11
    pool = api.pool()
    provider(api, pool, "okta", "OIDC", OIDC)
    made = api.client(pool, SupportedIdentityProviders=["okta"])
    api.boto.delete_identity_provider(UserPoolId=pool, ProviderName="okta")
    assert api.describe_client(made)["SupportedIdentityProviders"] == ["okta"]
    with Refused(f"The provider okta does not exist for User Pool {pool}"):
        api.update_client(made, SupportedIdentityProviders=["okta"])


def test_find_by_identifier_and_list(api: Api) -> None:
    pool = api.pool()
    shown = provider(api, pool, "okta", "OIDC", OIDC, IdpIdentifiers=["one"])
    found = api.boto.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="one")["IdentityProvider"]
    assert found == shown
    with Refused(code="ResourceNotFoundException"):
        api.boto.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="two")
    (item,) = api.boto.list_identity_providers(UserPoolId=pool)["Providers"]
    assert set(item) == {"ProviderName", "ProviderType", "LastModifiedDate", "CreationDate"}


# --- resource servers -----------------------------------------------------------------------------------------------


def scope(name: str) -> dict[str, str]:
    return {"ScopeName": name, "ScopeDescription": name}


def test_scopes_are_sorted_replaced_and_emptied(api: Api) -> None:
    pool = api.pool()
    ids = {"UserPoolId": pool, "Identifier": "orders"}
    made = api.boto.create_resource_server(**ids, Name="o", Scopes=[scope("write"), scope("read")])["ResourceServer"]
    assert made == {**ids, "Name": "o", "Scopes": [scope("read"), scope("write")]}
    api.boto.update_resource_server(**ids, Name="p", Scopes=[scope("read")])
    assert api.boto.describe_resource_server(**ids)["ResourceServer"]["Scopes"] == [scope("read")]
    api.boto.update_resource_server(**ids, Name="p")
    assert api.boto.describe_resource_server(**ids)["ResourceServer"] == {**ids, "Name": "p", "Scopes": []}


def test_resource_server_refusals(api: Api) -> None:
    pool = api.pool()
    api.boto.create_resource_server(UserPoolId=pool, Identifier="orders", Name="o")
    with Refused(f"orders already exists in user pool {pool}"):
        api.boto.create_resource_server(UserPoolId=pool, Identifier="orders", Name="o")
    with Refused("regular expression"):
        api.boto.create_resource_server(UserPoolId=pool, Identifier="b", Name="o", Scopes=[scope("a/b")])
    with Refused("unique"):
        api.boto.create_resource_server(UserPoolId=pool, Identifier="b", Name="o", Scopes=[scope("a"), scope("a")])
    with Refused(code="ResourceNotFoundException"):
        api.boto.update_resource_server(UserPoolId=pool, Identifier="none", Name="o")
    with Refused("Value '0' at 'maxResults'"):  # 1.1
        api.boto.list_resource_servers(UserPoolId=pool)
    with Refused("less than or equal to 50"):
        api.boto.list_resource_servers(UserPoolId=pool, MaxResults=51)


# --- groups ---------------------------------------------------------------------------------------------------------


def test_groups_merge(api: Api) -> None:
    pool = api.pool()
    ids = {"UserPoolId": pool, "GroupName": "g"}
    made = api.boto.create_group(**ids)["Group"]
    assert set(made) == {"GroupName", "UserPoolId", "LastModifiedDate", "CreationDate"}
    api.boto.update_group(**ids, Description="d", RoleArn=ROLE, Precedence=0)
    shown = api.boto.update_group(**ids)["Group"]
    assert (shown["Description"], shown["RoleArn"], shown["Precedence"]) == ("d", ROLE, 0)
    api.boto.update_group(**ids, Description="")
    shown = api.boto.get_group(**ids)["Group"]
    assert "Description" not in shown
    assert shown["RoleArn"] == ROLE
    assert shown["LastModifiedDate"] > made["LastModifiedDate"]


def test_group_refusals(api: Api) -> None:
    pool = api.pool()
    api.boto.create_group(UserPoolId=pool, GroupName="g")
    with Refused(code="GroupExistsException"):
        api.boto.create_group(UserPoolId=pool, GroupName="g")
    with Refused("Group not found.", "ResourceNotFoundException"):
        api.boto.get_group(UserPoolId=pool, GroupName="none")
    with Refused("Cross-account pass role is not allowed."):  # O13
        api.boto.create_group(UserPoolId=pool, GroupName="h", RoleArn=ROLE.replace("123456789012", "999999999999"))
    api.boto.delete_group(UserPoolId=pool, GroupName="g")
    assert api.boto.list_groups(UserPoolId=pool)["Groups"] == []
