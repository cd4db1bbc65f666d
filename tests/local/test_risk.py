"""Risk configuration (cognito.md 2.8, 4.4; O14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import SES, Api, Refused

BLOCK = {"Actions": {"EventAction": "BLOCK"}}
QUIET = {"Actions": {"HighAction": {"Notify": False, "EventAction": "BLOCK"}}}
LOUD = {"Actions": {"LowAction": {"Notify": True, "EventAction": "NO_ACTION"}}}
NOTIFY = {"SourceArn": SES, "From": "a@example.com"}
RANGES = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24"], "SkippedIPRangeList": ["::1/128"]}}


@pytest.fixture
def pool(api: Api) -> str:
    return api.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})


def put(api: Api, pool: str, **params: Any) -> dict[str, Any]:
    return api.boto.set_risk_configuration(UserPoolId=pool, **params)["RiskConfiguration"]


def get(api: Api, pool: str, **params: Any) -> dict[str, Any]:
    return api.boto.describe_risk_configuration(UserPoolId=pool, **params)["RiskConfiguration"]


def test_nothing_set_shows_the_ids_also_without_threat_protection(api: Api) -> None:
    pool = api.pool()
    client = api.client(pool)["ClientId"]
    assert get(api, pool) == {"UserPoolId": pool}
    assert get(api, pool, ClientId=client) == {"UserPoolId": pool, "ClientId": client}


def test_set_answers_with_what_describe_shows(api: Api, pool: str) -> None:
    answer = put(api, pool, CompromisedCredentialsRiskConfiguration=BLOCK, **RANGES)
    assert answer == get(api, pool)
    date = answer.pop("LastModifiedDate")
    assert answer == {
        "UserPoolId": pool,
        "CompromisedCredentialsRiskConfiguration": {"EventFilter": [], **BLOCK},
        **RANGES,
    }
    assert put(api, pool, CompromisedCredentialsRiskConfiguration=BLOCK)["LastModifiedDate"] > date


def test_ranges_are_sets(api: Api, pool: str) -> None:
    ranges = {"BlockedIPRangeList": ["10.0.1.0/24", "10.0.0.0/24"]}
    put(api, pool, RiskExceptionConfiguration=ranges)
    assert get(api, pool)["RiskExceptionConfiguration"] == {"BlockedIPRangeList": ["10.0.0.0/24", "10.0.1.0/24"]}


def test_what_is_left_out_goes_and_ids_alone_remove_all(api: Api, pool: str) -> None:
    put(api, pool, CompromisedCredentialsRiskConfiguration=BLOCK, **RANGES)
    put(api, pool, AccountTakeoverRiskConfiguration={**LOUD, "NotifyConfiguration": NOTIFY})
    shown = get(api, pool)
    assert set(shown) == {"UserPoolId", "AccountTakeoverRiskConfiguration", "LastModifiedDate"}
    put(api, pool, AccountTakeoverRiskConfiguration=QUIET)
    assert get(api, pool)["AccountTakeoverRiskConfiguration"] == QUIET
    put(api, pool)
    assert get(api, pool) == {"UserPoolId": pool}


def test_clients_have_their_own_or_none(api: Api, pool: str) -> None:
    client = api.client(pool)["ClientId"]
    put(api, pool, CompromisedCredentialsRiskConfiguration=BLOCK)
    assert get(api, pool, ClientId=client) == {"UserPoolId": pool, "ClientId": client}
    put(api, pool, ClientId=client, AccountTakeoverRiskConfiguration=QUIET)
    assert get(api, pool, ClientId=client)["AccountTakeoverRiskConfiguration"] == QUIET
    assert "AccountTakeoverRiskConfiguration" not in get(api, pool)
    put(api, pool, ClientId=client)
    assert get(api, pool, ClientId=client) == {"UserPoolId": pool, "ClientId": client}
    with Refused(code="ResourceNotFoundException"):
        put(api, pool, ClientId="unknown", CompromisedCredentialsRiskConfiguration=BLOCK)


@pytest.mark.parametrize("params", [{}, {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}}])
def test_threat_protection_must_be_on(api: Api, params: dict[str, Any]) -> None:
    pool = api.pool(**params)
    for sent in ({"CompromisedCredentialsRiskConfiguration": BLOCK}, {}):
        with Refused("advanced security", "UserPoolAddOnNotEnabledException"):
            put(api, pool, **sent)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ses:sa-east-1:123456789012:identity/a@b.example",
        "arn:aws:ses:us-east-1:222222222222:identity/a@b.example",
    ],
)
def test_notifications_use_an_identity_that_the_pool_can_use(api: Api, pool: str, arn: str) -> None:  # P16
    with Refused("Invalid source ARN"):
        put(api, pool, AccountTakeoverRiskConfiguration={**LOUD, "NotifyConfiguration": {"SourceArn": arn}})


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"AccountTakeoverRiskConfiguration": LOUD}, "NotifyConfiguration is required"),
        ({"RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/8"] * 201}}, "200"),
        ({"RiskExceptionConfiguration": {"SkippedIPRangeList": []}}, "SkippedIPRangeList cannot be empty"),
        ({"RiskExceptionConfiguration": {"SkippedIPRangeList": ["10.0.0.0/33"]}}, "CIDR"),
    ],
)
def test_refusals(api: Api, pool: str, params: dict[str, Any], words: str) -> None:
    put(api, pool, CompromisedCredentialsRiskConfiguration=BLOCK)
    before = get(api, pool)
    with Refused(words):
        put(api, pool, **params)
    assert get(api, pool) == before
