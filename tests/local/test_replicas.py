"""Replicas (cognito.md 2.14): the same pool in a second Region, with a few settings of its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import DEVELOPER, FUNCTION, SES, SMS, Api, Refused

THERE = "eu-west-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/mrk-00000000000000000000000000000000"
KEYS = {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}}
HERE_ONLY = {"LambdaConfig": {"PreSignUp": FUNCTION}, "EmailConfiguration": DEVELOPER, "UserPoolTags": {"a": "b"}}


@pytest.fixture
def pool(api: Api) -> str:
    return api.pool(**KEYS, **HERE_ONLY)


@pytest.fixture
def there(api: Api) -> Any:
    return api.local.client("cognito-idp", THERE)


def create(api: Api, pool: str, **params: Any) -> dict[str, Any]:
    return api.boto.create_user_pool_replica(UserPoolId=pool, RegionName=THERE, **params)["UserPoolReplica"]


def listed(boto: Any, pool: str) -> dict[str, str]:
    replicas = boto.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]
    return {r["RegionName"]: r["Status"] for r in replicas}


def activate(api: Api, pool: str, status: str) -> dict[str, Any]:
    answer = api.boto.update_user_pool_replica(UserPoolId=pool, RegionName=THERE, Status=status)
    return answer["UserPoolReplica"]


def test_a_pool_without_replicas_lists_itself(api: Api) -> None:
    pool = api.pool()
    assert api.boto.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"] == [
        {
            "RegionName": "us-east-1",
            "Status": "ACTIVE",
            "Role": "PRIMARY",
            "UserPoolArn": f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool}",
        }
    ]


def test_the_life_of_a_replica(api: Api, pool: str, there: Any) -> None:
    api.local.pending_describes = 2
    arn = f"arn:aws:cognito-idp:{THERE}:123456789012:userpool/{pool}"
    made = create(api, pool)
    assert made == {"RegionName": THERE, "Status": "CREATING", "Role": "SECONDARY", "UserPoolArn": arn}
    with Refused(code="ResourceNotFoundException"):
        there.describe_user_pool(UserPoolId=pool)
    for action in (lambda: activate(api, pool, "ACTIVE"), lambda: delete(api, pool)):
        with Refused("CREATING"):
            action()
    assert [listed(api.boto, pool)[THERE] for _ in range(3)] == ["CREATING", "CREATING", "INACTIVE"]
    assert activate(api, pool, "ACTIVE")["Status"] == listed(there, pool)[THERE] == "ACTIVE"
    with Refused("INACTIVE"):
        delete(api, pool)
    with Refused("has a replica"):
        api.boto.delete_user_pool(UserPoolId=pool)
    activate(api, pool, "INACTIVE")
    assert delete(api, pool)["Status"] == "DELETING"
    assert [listed(api.boto, pool).get(THERE) for _ in range(3)] == ["DELETING", "DELETING", None]
    with Refused(code="ResourceNotFoundException"):
        there.describe_user_pool(UserPoolId=pool)
    api.boto.delete_user_pool(UserPoolId=pool)


def delete(api: Api, pool: str) -> dict[str, Any]:
    return api.boto.delete_user_pool_replica(UserPoolId=pool, RegionName=THERE)["UserPoolReplica"]


def test_without_waiting_a_replica_is_there_at_once(api: Api, pool: str) -> None:
    create(api, pool)
    assert listed(api.boto, pool) == {"us-east-1": "ACTIVE", THERE: "INACTIVE"}
    delete(api, pool)
    assert listed(api.boto, pool) == {"us-east-1": "ACTIVE"}


@pytest.mark.parametrize(
    "key", [{}, {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY.replace("mrk-", "")}}]
)
def test_a_multi_region_key_is_needed(api: Api, key: dict[str, Any]) -> None:
    with Refused("multi-Region key"):
        create(api, api.pool(**key))


def test_the_key_stays_while_there_is_a_replica(api: Api, pool: str) -> None:
    create(api, pool)
    with Refused("multi-Region key"):
        api.update(pool, KeyConfiguration={"KeyType": "AWS_OWNED_KEY"})


def test_one_replica_at_most_in_another_region(api: Api, pool: str) -> None:
    create(api, pool)
    with Refused(code="LimitExceededException"):
        api.boto.create_user_pool_replica(UserPoolId=pool, RegionName="eu-west-2")
    for region in ("us-east-1", "nowhere"):
        with Refused("is not a Region"):
            api.boto.create_user_pool_replica(UserPoolId=pool, RegionName=region)
    with Refused(code="ResourceNotFoundException"):
        api.boto.update_user_pool_replica(UserPoolId=pool, RegionName="eu-west-2", Status="ACTIVE")


def test_replicas_need_essentials(api: Api, pool: str) -> None:
    with Refused("Multi-Region Replication", "FeatureUnavailableInTierException"):
        create(api, api.pool(UserPoolTier="LITE", **KEYS))
    create(api, pool)
    with Refused("Multi-Region Replication", "FeatureUnavailableInTierException"):
        api.update(pool, UserPoolTier="LITE", **KEYS)


def test_reserved_tags(api: Api, pool: str) -> None:
    with Refused(code="UserPoolTaggingException"):
        create(api, pool, UserPoolTags={"aws:x": "y"})


# --- in the secondary Region ----------------------------------------------------------------------------------------


def test_the_replicas_view(api: Api, pool: str, there: Any) -> None:
    create(api, pool, UserPoolTags={"c": "d"})
    here, seen = api.describe(pool), there.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert seen["Arn"] == here["Arn"].replace(":us-east-1:", f":{THERE}:")
    differ = {k for k in here | seen if here.get(k) != seen.get(k)}
    assert differ == {"Arn", "CreationDate", "LastModifiedDate", "LambdaConfig", "EmailConfiguration", "UserPoolTags"}
    assert (seen["LambdaConfig"], seen["UserPoolTags"]) == ({}, {"c": "d"})
    assert [p["Id"] for p in there.list_user_pools(MaxResults=60)["UserPools"]] == [pool]
    made = api.client(pool)
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    assert there.describe_user_pool_client(**ids)["UserPoolClient"]["ClientName"] == "c"


def test_regional_settings_are_written_there(api: Api, pool: str, there: Any) -> None:
    create(api, pool)
    before = api.describe(pool)
    mine = {
        "LambdaConfig": {"PreSignUp": FUNCTION.replace("us-east-1", THERE)},
        "EmailConfiguration": {**DEVELOPER, "SourceArn": SES.replace("us-east-1", THERE)},
        "SmsConfiguration": SMS,
    }
    there.update_user_pool(UserPoolId=pool, **KEYS, **mine)
    seen = there.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert {k: seen[k] for k in mine} == {**mine, "SmsConfiguration": {**SMS, "SnsRegion": THERE}}
    assert api.describe(pool) == before
    there.update_user_pool(UserPoolId=pool, **KEYS)
    seen = there.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert seen["LambdaConfig"] == {}  # replaced there as here
    assert "SmsConfiguration" in seen
    with Refused("Region of the user pool"):
        there.update_user_pool(UserPoolId=pool, **KEYS, LambdaConfig={"PreSignUp": FUNCTION})


@pytest.mark.parametrize(
    "params",
    [
        {},  # the key is reset
        {**KEYS, "PoolName": "other"},
        {**KEYS, "Policies": {"PasswordPolicy": {"MinimumLength": 12}}},
        {**KEYS, "MfaConfiguration": "OPTIONAL", "SmsConfiguration": SMS},
        {**KEYS, "DeletionProtection": "ACTIVE"},
    ],
    ids=str,
)
def test_global_settings_must_be_carried_along(api: Api, pool: str, there: Any, params: dict[str, Any]) -> None:
    create(api, pool)
    with Refused("can differ from the primary's settings"):
        there.update_user_pool(UserPoolId=pool, **params)


def test_other_writes_are_not_enabled_there(api: Api, pool: str, there: Any) -> None:
    create(api, pool)
    not_enabled = "OperationNotEnabledException"
    for call in (
        lambda: there.create_group(UserPoolId=pool, GroupName="g"),
        lambda: there.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF"),
        lambda: there.delete_user_pool(UserPoolId=pool),
        lambda: there.delete_user_pool_replica(UserPoolId=pool, RegionName=THERE),
        lambda: there.admin_create_user(UserPoolId=pool, Username="bob"),
    ):
        with Refused("secondary Region", not_enabled):
            call()
    assert there.get_user_pool_mfa_config(UserPoolId=pool)["MfaConfiguration"] == "OFF"
    answer = there.update_user_pool_replica(UserPoolId=pool, RegionName=THERE, Status="ACTIVE")  # from either Region
    assert answer["UserPoolReplica"]["Status"] == "ACTIVE"


def test_a_replica_has_tags_of_its_own(api: Api, pool: str, there: Any) -> None:
    arn = create(api, pool)["UserPoolArn"]
    there.tag_resource(ResourceArn=arn, Tags={"x": "y", "z": ""})
    there.untag_resource(ResourceArn=arn, TagKeys=["z"])
    assert there.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"x": "y"}
    assert api.describe(pool)["UserPoolTags"] == {"a": "b"}
    with Refused(code="ResourceNotFoundException"):
        api.boto.list_tags_for_resource(ResourceArn=arn)


def test_only_the_sender_of_risk_notices_differs_there(api: Api, there: Any) -> None:
    pool = api.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, **KEYS)
    create(api, pool)
    notify = {"SourceArn": SES, "From": "a@example.com", "ReplyTo": "r@example.com"}
    actions = {"Actions": {"LowAction": {"Notify": True, "EventAction": "NO_ACTION"}}}
    block = {**actions, "NotifyConfiguration": notify}
    api.boto.set_risk_configuration(UserPoolId=pool, AccountTakeoverRiskConfiguration=block)
    mine = {**notify, "SourceArn": SES.replace("us-east-1", THERE), "From": "b@example.com"}
    own = {**actions, "NotifyConfiguration": mine}
    there.set_risk_configuration(UserPoolId=pool, AccountTakeoverRiskConfiguration=own)
    member = "AccountTakeoverRiskConfiguration"
    assert there.describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"][member] == own
    assert api.boto.describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"][member] == block
    with Refused("can differ"):
        there.set_risk_configuration(UserPoolId=pool)
