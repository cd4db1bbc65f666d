"""Log delivery and provisioned limits (cognito.md 1.1, 2.11, 4.4; O15)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import Api, Refused

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:g"
TO_GROUP = {"CloudWatchLogsConfiguration": {"LogGroupArn": GROUP}}
TO_BUCKET = {"S3Configuration": {"BucketArn": "arn:aws:s3:::b"}}
NOTICES = {"EventSource": "userNotification", "LogLevel": "ERROR", **TO_GROUP}
EVENTS = {"EventSource": "userAuthEvents", "LogLevel": "INFO", **TO_BUCKET}
AUDIT = {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}


def put(api: Api, pool: str, *entries: dict[str, Any]) -> dict[str, Any]:
    answer = api.boto.set_log_delivery_configuration(UserPoolId=pool, LogConfigurations=list(entries))
    return answer["LogDeliveryConfiguration"]


def get(api: Api, pool: str) -> list[dict[str, Any]]:
    return api.boto.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"]["LogConfigurations"]


def test_no_logs_are_an_empty_list(api: Api) -> None:
    pool = api.pool()
    answer = api.boto.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"]
    assert answer == {"UserPoolId": pool, "LogConfigurations": []}


def test_the_list_is_replaced_and_comes_back_in_another_order(api: Api) -> None:
    pool = api.pool(**AUDIT)
    assert put(api, pool, NOTICES, EVENTS) == {"UserPoolId": pool, "LogConfigurations": [NOTICES, EVENTS]}
    assert get(api, pool) == [EVENTS, NOTICES]
    put(api, pool, NOTICES)
    assert get(api, pool) == [NOTICES]
    put(api, pool)
    assert get(api, pool) == []


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([NOTICES, NOTICES], "only one"),
        ([{**NOTICES, "LogLevel": "INFO"}], "LogLevel must be ERROR"),
        ([{**EVENTS, "LogLevel": "ERROR"}], "LogLevel must be INFO"),
        ([{k: NOTICES[k] for k in ("EventSource", "LogLevel")}], "one destination"),
        ([{**EVENTS, **TO_GROUP}], "one destination"),
        ([{**EVENTS, "S3Configuration": {}}], "one destination"),
        ([{"EventSource": "userNotification", "LogLevel": "ERROR", **TO_BUCKET}], "CloudWatch Logs only"),
        ([{**NOTICES, "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP.replace("us-east-1", "eu-west-1")}}], "log"),
        ([{**NOTICES, "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP.replace("123", "321")}}], "log group"),
        ([{**NOTICES, "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP + ":*"}}], "regular expression"),
    ],
    ids=lambda v: str(v)[-60:],
)
def test_log_refusals(api: Api, entries: list[dict[str, Any]], words: str) -> None:
    pool = api.pool(**AUDIT)
    put(api, pool, NOTICES)
    with Refused(words):
        put(api, pool, *entries)
    assert get(api, pool) == [NOTICES]


def test_activity_logs_need_plus_and_threat_protection(api: Api) -> None:
    with Refused("User Activity Log Export", "FeatureUnavailableInTierException"):
        put(api, api.pool(), EVENTS)
    with Refused("threat protection"):
        put(api, api.pool(UserPoolTier="PLUS"), EVENTS)
    put(api, api.pool(UserPoolTier="LITE"), NOTICES)


def test_activity_logs_go_before_the_plan_is_lowered(api: Api) -> None:  # 7.3
    pool = api.pool(**AUDIT)
    put(api, pool, NOTICES, EVENTS)
    off = {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}}
    with Refused("User Activity Log Export", "FeatureUnavailableInTierException"):
        api.update(pool, UserPoolTier="LITE", **off)
    put(api, pool, NOTICES)
    assert api.update(pool, UserPoolTier="LITE", **off)["UserPoolTier"] == "LITE"


# --- provisioned limits ---------------------------------------------------------------------------------------------


def limit(category: str) -> dict[str, Any]:
    return {"LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}}


def test_a_limit_belongs_to_account_and_region(api: Api) -> None:
    free = {**limit("UserCreation"), "ProvisionedLimitValue": 50, "FreeLimitValue": 50}
    assert api.boto.get_provisioned_limit(**limit("UserCreation"))["Limit"] == free
    answer = api.boto.update_provisioned_limit(**limit("UserCreation"), RequestedLimitValue=80)["Limit"]
    assert answer == api.boto.get_provisioned_limit(**limit("UserCreation"))["Limit"]
    assert answer == {**free, "ProvisionedLimitValue": 80}
    assert api.local.client("cognito-idp", "eu-west-1").get_provisioned_limit(**limit("UserCreation"))["Limit"] == free
    assert api.boto.update_provisioned_limit(**limit("UserCreation"), RequestedLimitValue=50)["Limit"] == free


def test_limit_refusals(api: Api) -> None:
    with Refused("at least 50"):
        api.boto.update_provisioned_limit(**limit("UserCreation"), RequestedLimitValue=49)
    with Refused("quota", "ServiceQuotaExceededException"):
        api.boto.update_provisioned_limit(**limit("UserCreation"), RequestedLimitValue=501)
    with Refused(code="ResourceNotFoundException"):
        api.boto.get_provisioned_limit(**limit("UserPoolRead"))
    with Refused("Category"):
        api.boto.get_provisioned_limit(LimitDefinition={"LimitClass": "API_CATEGORY", "Attributes": {}})
