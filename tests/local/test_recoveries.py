"""Point-in-time recovery of users (cognito.md 2.21)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.local import LocalCognito
from tests.local.support import Api, Refused

HOUR, DAY = 3600.0, 86400.0
START = 1_800_000_000.0
LIMIT, PAUSED = "LimitExceededException", "OperationNotEnabledException"


class Clock:
    """Seconds since 1970, which pass when a test says so."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Iterator[Api]:
    with LocalCognito(clock=clock) as local:
        yield Api(local)


def ready(api: Api, clock: Clock, tier: str = "ESSENTIALS") -> str:
    """A pool with a user and a group, an hour old."""
    pool = api.pool(UserPoolTier=tier)
    api.boto.create_group(UserPoolId=pool, GroupName="staff")
    api.boto.admin_create_user(UserPoolId=pool, Username="ada", MessageAction="SUPPRESS")
    api.boto.admin_add_user_to_group(UserPoolId=pool, Username="ada", GroupName="staff")
    clock.time += HOUR
    return pool


def initiate(api: Api, pool: str, when: float) -> dict[str, Any]:
    return api.boto.initiate_point_in_time_recovery(UserPoolId=pool, RestoreTimestamp=when)["Restoration"]


def describe(api: Api, pool: str, recovery: str) -> dict[str, Any]:
    return api.boto.describe_point_in_time_recovery(UserPoolId=pool, RestoreId=recovery)["Restoration"]


def start(api: Api, pool: str, recovery: str) -> dict[str, Any]:
    return api.boto.start_point_in_time_recovery(UserPoolId=pool, RestoreId=recovery)["Restoration"]


def cancel(api: Api, pool: str, recovery: str) -> dict[str, Any]:
    return api.boto.cancel_point_in_time_recovery(UserPoolId=pool, RestoreId=recovery)["Restoration"]


def users(api: Api, pool: str) -> set[str]:
    return {u["Username"] for u in api.boto.list_users(UserPoolId=pool)["Users"]}


def test_the_life_of_a_recovery(api: Api, clock: Clock) -> None:
    pool = ready(api, clock)
    point = clock.time
    clock.time += HOUR
    api.boto.admin_delete_user(UserPoolId=pool, Username="ada")
    api.boto.admin_create_user(UserPoolId=pool, Username="eve", MessageAction="SUPPRESS")
    api.boto.delete_group(UserPoolId=pool, GroupName="staff")
    made = initiate(api, pool, point)
    assert made["RestoreStatus"] == "PREVIEW_GENERATING"
    assert "RestorePreview" not in made
    assert describe(api, pool, made["RestoreId"])["RestoreStatus"] == "PREVIEW_GENERATING"
    preview = describe(api, pool, made["RestoreId"])
    assert preview["RestoreStatus"] == "PREVIEW_GENERATED"
    assert {p["Entity"]: (p["CreateCount"], p["UpdateCount"], p["DeleteCount"]) for p in preview["RestorePreview"]} == {
        "Users": (1, 0, 1),
        "Groups": (1, 0, 0),
        "User MFAs": (0, 0, 0),
        "Passkeys": (0, 0, 0),
    }
    assert users(api, pool) == {"eve"}
    assert start(api, pool, made["RestoreId"])["RestoreStatus"] == "RESTORING"
    with Refused("before it is started"):
        cancel(api, pool, made["RestoreId"])
    with Refused(code="PreconditionNotMetException"):
        api.boto.admin_create_user(UserPoolId=pool, Username="bob")
    assert [describe(api, pool, made["RestoreId"])["RestoreStatus"] for _ in range(2)] == [
        "RESTORING",
        "RESTORE_COMPLETED",
    ]
    assert users(api, pool) == {"ada"}
    groups = api.boto.admin_list_groups_for_user(UserPoolId=pool, Username="ada")["Groups"]
    assert [g["GroupName"] for g in groups] == ["staff"]
    with Refused("completed recoveries", code=LIMIT):
        initiate(api, pool, point)


def test_writes_of_users_are_paused_from_the_start_and_configuration_goes_on(api: Api, clock: Clock) -> None:
    pool, other = ready(api, clock), api.pool()
    client = api.client(pool)["ClientId"]
    made = initiate(api, pool, clock.time - HOUR / 2)
    for write in (
        lambda: api.boto.sign_up(ClientId=client, Username="bob", Password="Passw0rd!"),
        lambda: api.boto.admin_disable_user(UserPoolId=pool, Username="ada"),
        lambda: api.boto.create_group(UserPoolId=pool, GroupName="new"),
    ):
        with Refused("paused", code=PAUSED):
            write()
    api.boto.admin_create_user(UserPoolId=other, Username="bob", MessageAction="SUPPRESS")
    api.update(pool, UserPoolTier="ESSENTIALS", DeletionProtection="ACTIVE")
    assert cancel(api, pool, made["RestoreId"])["RestoreStatus"] == "PREVIEW_CANCELLED"
    api.boto.create_group(UserPoolId=pool, GroupName="new")


def test_a_preview_that_nobody_answers_expires(api: Api, clock: Clock) -> None:
    pool = ready(api, clock)
    made = initiate(api, pool, clock.time - HOUR / 2)
    clock.time += DAY + 1
    api.boto.create_group(UserPoolId=pool, GroupName="new")
    listed = api.boto.list_point_in_time_recoveries(UserPoolId=pool)["Restorations"]
    assert [(r["RestoreId"], r["RestoreStatus"]) for r in listed] == [(made["RestoreId"], "PREVIEW_EXPIRED")]
    assert not {"RestorePreview", "TriggerTimestamp"} & listed[0].keys()
    with Refused("PREVIEW_EXPIRED"):
        start(api, pool, made["RestoreId"])


@pytest.mark.parametrize(
    ("tier", "age", "words"),
    [
        ("ESSENTIALS", 60.0, "15 minutes"),
        ("ESSENTIALS", 3 * HOUR, "after the user pool was created"),
        ("ESSENTIALS", DAY + HOUR, "out of reach"),
        ("PLUS", 14 * DAY + HOUR, "out of reach"),
    ],
)
def test_the_recovery_point_has_bounds(api: Api, clock: Clock, tier: str, age: float, words: str) -> None:
    pool = ready(api, clock, tier)
    clock.time += HOUR if age <= 3 * HOUR else 20 * DAY
    with Refused(words):
        initiate(api, pool, clock.time - age)


def test_lite_has_no_recovery(api: Api, clock: Clock) -> None:
    pool = ready(api, clock, "LITE")
    with Refused("Point-in-Time Recovery", code="FeatureUnavailableInTierException"):
        initiate(api, pool, clock.time - HOUR / 2)
    assert api.boto.list_point_in_time_recoveries(UserPoolId=pool)["Restorations"] == []


def test_one_active_recovery_and_three_previews_a_day(api: Api, clock: Clock) -> None:
    pool = ready(api, clock)
    for _ in range(3):
        made = initiate(api, pool, clock.time - HOUR / 2)
        with Refused("active recoveries of a user pool", code=LIMIT):
            initiate(api, pool, clock.time - HOUR / 2)
        cancel(api, pool, made["RestoreId"])
    with Refused("3 previews", code=LIMIT):
        initiate(api, pool, clock.time - HOUR / 2)
    clock.time += DAY + HOUR
    assert initiate(api, pool, clock.time - HOUR)["RestoreStatus"] == "PREVIEW_GENERATING"


def test_a_password_changed_since_is_kept(api: Api, clock: Clock) -> None:
    pool = ready(api, clock)
    client = api.client(pool, ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])["ClientId"]
    point = clock.time
    clock.time += HOUR
    api.boto.admin_set_user_password(UserPoolId=pool, Username="ada", Password="Brand-new-1", Permanent=True)
    made = initiate(api, pool, point)
    assert [describe(api, pool, made["RestoreId"]) for _ in range(2)][1]["RestoreStatus"] == "PREVIEW_GENERATED"
    start(api, pool, made["RestoreId"])
    answer = api.boto.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "Brand-new-1"},
    )
    assert answer.get("AuthenticationResult") or answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED"


def test_users_of_an_earlier_run_are_what_a_recovery_begins_with(clock: Clock, tmp_path: Path) -> None:
    with LocalCognito(tmp_path, clock=clock) as local:
        pool = ready(Api(local), clock)
    with LocalCognito(tmp_path, clock=clock) as local:
        api = Api(local)
        api.describe(pool)  # no users are needed for this
        clock.time += HOUR
        api.boto.admin_create_user(UserPoolId=pool, Username="eve", MessageAction="SUPPRESS")
        api.boto.admin_delete_user(UserPoolId=pool, Username="ada")
        clock.time += HOUR
        made = initiate(api, pool, clock.time - 1.5 * HOUR)
        start(api, pool, [describe(api, pool, made["RestoreId"]) for _ in range(2)][1]["RestoreId"])
        assert users(api, pool) == {"ada"}
    with LocalCognito(tmp_path, clock=clock) as local:
        assert users(Api(local), pool) == {"ada"}
