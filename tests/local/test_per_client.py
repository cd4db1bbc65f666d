"""Terms, sessions, secrets and CIMD policies (cognito.md 2.3, 2.12, 2.13; O16, O17)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.checks import MASK
from tests.local.support import Api, Refused

LINKS = {"cognito:default": "https://example.com/terms"}
SPANISH = {"cognito:spanish": "https://example.com/es"}


# --- terms ----------------------------------------------------------------------------------------------------------


def terms(api: Api, made: dict[str, Any], name: str = "terms-of-use", **params: Any) -> dict[str, Any]:
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    fixed = {"TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE", "Links": LINKS}
    return api.boto.create_terms(**{**ids, **fixed, **params})["Terms"]


def ids_of(made: dict[str, Any]) -> dict[str, str]:
    return {k: made[k] for k in ("UserPoolId", "TermsId")}


def test_terms_are_read_by_id_and_by_client(api: Api) -> None:
    client = api.client(api.pool())
    made = terms(api, client)
    assert set(made) == {
        *("TermsId", "UserPoolId", "ClientId", "TermsName", "TermsSource", "Enforcement", "Links"),
        *("CreationDate", "LastModifiedDate"),
    }
    assert made == api.boto.describe_terms(**ids_of(made))["Terms"]
    ids = {k: client[k] for k in ("UserPoolId", "ClientId")}
    assert made == api.boto.describe_terms_by_client(**ids, TermsName="terms-of-use")["Terms"]
    with Refused(code="ResourceNotFoundException"):
        api.boto.describe_terms_by_client(**ids, TermsName="privacy-policy")


def test_updating_terms_replaces_links_and_keeps_the_rest(api: Api) -> None:
    made = terms(api, api.client(api.pool()))
    after = api.boto.update_terms(**ids_of(made), Links=SPANISH)["Terms"]
    assert after["Links"] == SPANISH
    assert {k: v for k, v in after.items() if k not in ("Links", "LastModifiedDate")} == {
        k: v for k, v in made.items() if k not in ("Links", "LastModifiedDate")
    }
    assert after["LastModifiedDate"] > made["LastModifiedDate"]
    assert api.boto.update_terms(**ids_of(made), TermsName="privacy-policy")["Terms"]["Links"] == SPANISH


def test_one_document_of_each_name_for_a_client(api: Api) -> None:  # O16
    pool = api.pool()
    client = api.client(pool)
    made = terms(api, client)
    with Refused(code="TermsExistsException"):
        terms(api, client)
    other = terms(api, client, "privacy-policy")
    with Refused(code="TermsExistsException"):
        api.boto.update_terms(**ids_of(other), TermsName="terms-of-use")
    terms(api, api.client(pool))
    api.boto.delete_terms(**ids_of(made))
    with Refused(code="ResourceNotFoundException"):
        api.boto.delete_terms(**ids_of(made))
    terms(api, client)


def test_listed_terms_say_neither_client_nor_links(api: Api) -> None:
    pool = api.pool()
    client = api.client(pool)
    names = {terms(api, client, n)["TermsId"] for n in ("terms-of-use", "privacy-policy")}
    first = api.boto.list_terms(UserPoolId=pool, MaxResults=1)
    assert set(first["Terms"][0]) == {"TermsId", "TermsName", "Enforcement", "CreationDate", "LastModifiedDate"}
    second = api.boto.list_terms(UserPoolId=pool, MaxResults=1, NextToken=first["NextToken"])
    assert "NextToken" not in second
    assert {t["TermsId"] for t in first["Terms"] + second["Terms"]} == names
    assert len(api.boto.list_terms(UserPoolId=pool)["Terms"]) == 2


def test_a_pool_has_forty_terms_at_most(api: Api) -> None:
    pool = api.pool()
    for _ in range(20):
        client = api.client(pool)
        terms(api, client)
        terms(api, client, "privacy-policy")
    with Refused(code="LimitExceededException"):
        terms(api, api.client(pool))


@pytest.mark.parametrize(
    "params", [{"name": "cookies"}, {"Links": {}}, {"Links": {"cognito:latin": "x"}}, {"Enforcement": "ALL"}], ids=str
)
def test_terms_refusals(api: Api, params: dict[str, Any]) -> None:
    with Refused("validation error"):
        terms(api, api.client(api.pool()), **params)
    with Refused(code="ResourceNotFoundException"):
        terms(api, {"UserPoolId": api.pool(), "ClientId": "unknown"})


# --- sessions -------------------------------------------------------------------------------------------------------


def body(answer: dict[str, Any]) -> dict[str, Any]:
    answer.pop("ResponseMetadata")
    return answer


def track(api: Api, pool: str, status: str = "ENABLED", number: int = 5) -> dict[str, Any]:
    return body(
        api.boto.set_user_pool_session_configuration(
            UserPoolId=pool, UserSessionTracking=status, TokenSession={"MaxPerUser": number}
        )
    )


def test_sessions_show_defaults_before_they_are_set(api: Api) -> None:
    made = api.client(api.pool(UserPoolTier="LITE"))
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    pool = {"UserPoolId": made["UserPoolId"]}
    assert body(api.boto.get_user_pool_session_configuration(**pool)) == {
        **pool,
        "UserSessionTracking": "DISABLED",
        "TokenSession": {"MaxPerUser": 20},
    }
    assert body(api.boto.get_user_pool_client_session_configuration(**ids)) == {
        **ids,
        "SSOSession": {"MaxValidityMinutes": 60},
    }


def test_sessions_are_set(api: Api) -> None:
    made = api.client(api.pool())
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    answer = track(api, made["UserPoolId"])
    assert answer == body(api.boto.get_user_pool_session_configuration(UserPoolId=made["UserPoolId"]))
    assert (answer["UserSessionTracking"], answer["TokenSession"]) == ("ENABLED", {"MaxPerUser": 5})
    sso = {"SSOSession": {"MaxValidityMinutes": 0}}
    assert body(api.boto.set_user_pool_client_session_configuration(**ids, **sso)) == {**ids, **sso}
    assert body(api.boto.get_user_pool_client_session_configuration(**ids)) == {**ids, **sso}


def test_clients_need_a_pool_that_tracks(api: Api) -> None:  # O17
    made = api.client(api.pool())
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    sso = {"SSOSession": {"MaxValidityMinutes": 30}}
    with Refused("Session tracking must be enabled"):
        api.boto.set_user_pool_client_session_configuration(**ids, **sso)
    track(api, made["UserPoolId"], "DISABLED")
    with Refused("Session tracking must be enabled"):
        api.boto.set_user_pool_client_session_configuration(**ids, **sso)


def test_sessions_need_essentials(api: Api) -> None:
    pool = api.pool()
    with Refused("Session Configuration", "FeatureUnavailableInTierException"):
        track(api, api.pool(UserPoolTier="LITE"))
    track(api, pool)
    with Refused("Session Configuration", "FeatureUnavailableInTierException"):
        api.update(pool, UserPoolTier="LITE")
    track(api, pool, "DISABLED", 20)
    api.update(pool, UserPoolTier="LITE")


# --- secrets --------------------------------------------------------------------------------------------------------


def secrets(api: Api, made: dict[str, Any]) -> list[dict[str, Any]]:
    return api.boto.list_user_pool_client_secrets(**ids_of_client(made))["ClientSecrets"]


def ids_of_client(made: dict[str, Any]) -> dict[str, str]:
    return {k: made[k] for k in ("UserPoolId", "ClientId")}


def add(api: Api, made: dict[str, Any], **params: Any) -> dict[str, Any]:
    return api.boto.add_user_pool_client_secret(**ids_of_client(made), **params)["ClientSecretDescriptor"]


def test_a_secret_is_rotated(api: Api) -> None:
    made = api.client(api.pool(), GenerateSecret=True)
    (old,) = secrets(api, made)
    assert old["ClientSecretId"].startswith(f"{made['ClientId']}--")
    new = add(api, made)
    assert len(new["ClientSecretValue"]) >= 24
    listed = secrets(api, made)
    assert [s["ClientSecretId"] for s in listed] == [old["ClientSecretId"], new["ClientSecretId"]]
    assert all(set(s) == {"ClientSecretId", "ClientSecretCreateDate"} for s in listed)
    assert listed[0] == old
    assert api.describe_client(made)["ClientSecret"] == made["ClientSecret"]
    api.boto.delete_user_pool_client_secret(**ids_of_client(made), ClientSecretId=old["ClientSecretId"])
    assert api.describe_client(made)["ClientSecret"] == new["ClientSecretValue"]
    assert secrets(api, made) == listed[1:]
    assert api.update_client(made)["ClientSecret"] == new["ClientSecretValue"]


def test_a_secret_that_was_sent_is_neither_echoed_nor_recorded(api: Api) -> None:
    made = api.client(api.pool(), GenerateSecret=True)
    assert set(add(api, made, ClientSecret="a" * 24)) == {"ClientSecretId", "ClientSecretCreateDate"}
    assert api.local.calls[-1].params["ClientSecret"] == MASK


def test_two_secrets_at_most_and_one_at_least(api: Api) -> None:
    made = api.client(api.pool(), GenerateSecret=True)
    new = add(api, made)
    with Refused(code="LimitExceededException"):
        add(api, made)
    with Refused(code="ResourceNotFoundException"):
        api.boto.delete_user_pool_client_secret(**ids_of_client(made), ClientSecretId="x")
    api.boto.delete_user_pool_client_secret(**ids_of_client(made), ClientSecretId=new["ClientSecretId"])
    (last,) = secrets(api, made)
    with Refused("last secret"):
        api.boto.delete_user_pool_client_secret(**ids_of_client(made), ClientSecretId=last["ClientSecretId"])
    assert api.describe_client(made)["ClientSecret"] == made["ClientSecret"]


def test_public_clients_have_no_secrets(api: Api) -> None:
    made = api.client(api.pool())
    assert secrets(api, made) == []
    with Refused("confidential"):
        add(api, made)


# --- CIMD policies --------------------------------------------------------------------------------------------------

PATTERNS = {"URLPatterns": ["https://*.example.com"]}


def test_cimd_policies(api: Api) -> None:
    made = api.client(api.pool())
    ids = ids_of_client(made)
    policy = api.boto.create_cimd_policy(**ids, PolicyName="p", CacheDuration=86400, **PATTERNS)["CIMDPolicy"]
    key = {"UserPoolId": made["UserPoolId"], "CIMDPolicyId": policy["CIMDPolicyId"]}
    assert policy == api.boto.describe_cimd_policy(**key)["CIMDPolicy"]
    (item,) = api.boto.list_cimd_policies(UserPoolId=made["UserPoolId"])["CIMDPolicies"]
    assert item == {k: v for k, v in policy.items() if k not in ("UserPoolId", "URLPatterns")}
    other = {"URLPatterns": ["https://a.example.com"]}
    after = api.boto.update_cimd_policy(**key, ClientId=made["ClientId"], **other)["CIMDPolicy"]
    assert (after["PolicyName"], after["URLPatterns"]) == ("p", other["URLPatterns"])
    assert "CacheDuration" not in after  # unmeasured, as the switch says
    with Refused("another app client"):
        api.boto.update_cimd_policy(**key, ClientId=api.client(made["UserPoolId"])["ClientId"], **other)
    api.boto.delete_cimd_policy(**key)
    with Refused(code="ResourceNotFoundException"):
        api.boto.describe_cimd_policy(**key)


def test_no_client_metadata_document_is_ever_in_the_cache(api: Api) -> None:
    made = api.client(api.pool())
    policy = api.boto.create_cimd_policy(**ids_of_client(made), PolicyName="p", **PATTERNS)["CIMDPolicy"]
    key = {"UserPoolId": made["UserPoolId"], "CIMDPolicyId": policy["CIMDPolicyId"]}
    assert api.boto.list_client_metadata_urls(**key)["ClientMetadataURLs"] == []
    for action in ("REFRESH", "INVALIDATE"):
        with Refused("https://a.example.com/client", "CachedCIMDURLDoesNotExistException"):
            api.boto.update_client_metadata_url_state(**key, URL="https://a.example.com/client", Action=action)
    unknown = {**key, "CIMDPolicyId": "unknown"}
    with Refused(code="ResourceNotFoundException"):
        api.boto.list_client_metadata_urls(**unknown)
    with Refused(code="ResourceNotFoundException"):
        api.boto.update_client_metadata_url_state(**unknown, URL="https://a.example.com/client", Action="REFRESH")


def test_cimd_policies_need_essentials(api: Api) -> None:
    made = api.client(api.pool(UserPoolTier="LITE"))
    with Refused(code="FeatureUnavailableInTierException"):
        api.boto.create_cimd_policy(**ids_of_client(made), PolicyName="p", **PATTERNS)


# --- together -------------------------------------------------------------------------------------------------------


def test_everything_of_a_client_goes_with_it(api: Api) -> None:
    pool = api.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    track(api, pool)
    made, stays = api.client(pool, GenerateSecret=True), api.client(pool)
    for client in (made, stays):
        ids = ids_of_client(client)
        terms(api, client)
        api.boto.set_user_pool_client_session_configuration(**ids, SSOSession={"MaxValidityMinutes": 1})
        block = {"Actions": {"EventAction": "BLOCK"}}
        api.boto.set_risk_configuration(**ids, CompromisedCredentialsRiskConfiguration=block)
        api.boto.create_cimd_policy(**ids, PolicyName="p", **PATTERNS)
    add(api, made)
    api.boto.delete_user_pool_client(**ids_of_client(made))
    assert made["ClientId"] not in str(api.local.records[pool])
    assert len(api.boto.list_terms(UserPoolId=pool)["Terms"]) == 1
    assert len(api.boto.list_cimd_policies(UserPoolId=pool)["CIMDPolicies"]) == 1
