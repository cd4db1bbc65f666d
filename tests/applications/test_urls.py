"""Addresses of a pool, in every partition, by hand-written expectations."""

import pytest

from reconciler.applications import urls
from reconciler.applications.known_pool import Unsettled, from_live
from reconciler.errors import InvalidInput
from tests.applications.support import observed, pool

CALLBACK = "https%3A%2F%2Fapp.example.com%2Fcallback"


@pytest.mark.parametrize(
    ("region", "service", "pages"),
    [
        ("eu-west-1", "cognito-idp.eu-west-1.amazonaws.com", "acme.auth.eu-west-1.amazoncognito.com"),
        ("us-gov-west-1", "cognito-idp.us-gov-west-1.amazonaws.com", "acme.auth-fips.us-gov-west-1.amazoncognito.com"),
        ("eusc-de-east-1", "cognito-idp.eusc-de-east-1.amazonaws.eu", "acme.auth.eusc-de-east-1.amazoncognito.eu"),
        ("cn-north-1", "cognito-idp.cn-north-1.amazonaws.com.cn", "acme.auth.cn-north-1.amazoncognito.com.cn"),
    ],
)
def test_hosts_follow_the_partition(region, service, pages):
    live = pool(region=region)
    assert urls.issuer(live) == f"https://{service}/{region}_Example01"
    assert urls.discovery(live) == f"https://{service}/{region}_Example01/.well-known/openid-configuration"
    assert urls.jwks(live) == f"https://{service}/{region}_Example01/.well-known/jwks.json"
    there = urls.endpoints(live)
    assert there is not None
    assert (there.host, there.token) == (pages, f"https://{pages}/oauth2/token")


def test_a_partition_without_pages_is_an_error_and_no_made_up_host():
    with pytest.raises(InvalidInput, match=r"no sign-in pages under c2s\.ic\.gov"):
        urls.endpoints(pool(region="us-iso-east-1"))


def test_the_updated_issuer_is_that_of_the_primary_region():
    live = pool(settings={"IssuerConfiguration": {"Type": "UPDATED"}})
    assert urls.issuer(live) == "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"
    root = observed("user_pool", "", {"IssuerConfiguration": {"Type": "UPDATED"}}, UserPoolId="eu-west-1_A")
    replica = from_live("eu-central-1", [root], frozenset({"user_pool"}))
    assert urls.issuer(replica) == "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"


def test_the_pages_of_a_client():
    live = pool()
    found = urls.client_links(live, live.clients[0])
    query = f"client_id=exampleclient&response_type=code&scope=openid%20email&redirect_uri={CALLBACK}"
    base = "https://acme.auth.eu-west-1.amazoncognito.com"
    assert found.sign_in == f"{base}/login?{query}"
    assert found.sign_up == f"{base}/signup?{query}"
    assert found.authorize == f"{base}/oauth2/authorize?{query}"
    assert found.sign_out == f"{base}/logout?client_id=exampleclient&logout_uri=https%3A%2F%2Fapp.example.com%2Fbye"


@pytest.mark.parametrize(
    ("change", "empty"),
    [
        ({"AllowedOAuthFlowsUserPoolClient": False}, ("sign_in", "sign_up", "sign_out", "authorize")),
        ({"AllowedOAuthFlows": ["client_credentials"]}, ("sign_in", "sign_up", "authorize")),
        ({"CallbackURLs": []}, ("sign_in", "sign_up", "authorize")),
        ({"LogoutURLs": []}, ("sign_out",)),
        ({"SupportedIdentityProviders": ["okta"]}, ("sign_up",)),
    ],
)
def test_a_page_that_a_client_cannot_use_has_no_address(change, empty):
    live = pool(client=change)
    found = urls.client_links(live, live.clients[0])
    assert {n for n in ("sign_in", "sign_up", "sign_out", "authorize") if not getattr(found, n)} == set(empty)


def test_nobody_signs_up_where_administrators_create_users():
    live = pool(settings={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
    found = urls.client_links(live, live.clients[0])
    assert found.sign_in
    assert not found.sign_up


@pytest.mark.parametrize(("flows", "wanted"), [(["implicit"], "token"), (["implicit", "code"], "code"), ([], "")])
def test_the_response_type_is_one_of_two(flows, wanted):
    assert urls.response_type(pool(client={"AllowedOAuthFlows": flows}).clients[0]) == wanted


def test_the_default_redirect_is_the_one_that_the_pages_use():
    backs = {"CallbackURLs": ["https://a.example", "https://b.example"], "DefaultRedirectURI": "https://b.example"}
    live = pool(client=backs)
    assert urls.client_links(live, live.clients[0]).sign_in.endswith("redirect_uri=https%3A%2F%2Fb.example")


def test_a_custom_domain_comes_first_and_needs_a_record():
    custom = observed("domains", "auth.example.com", {}, CloudFrontDistribution="d111.cloudfront.net")
    live = pool(custom)
    there = urls.endpoints(live)
    assert there is not None
    assert there.base == "https://auth.example.com"
    assert urls.dns_records(live) == (urls.DnsRecord("auth.example.com", "d111.cloudfront.net"),)


def test_without_a_domain_there_are_no_endpoints():
    assert urls.endpoints(pool(prefix="")) is None


def test_unread_domains_are_not_absent():
    live = from_live("eu-west-1", [observed("user_pool", "", {}, UserPoolId="eu-west-1_A")], frozenset({"user_pool"}))
    with pytest.raises(Unsettled, match="domains"):
        urls.endpoints(live)
