"""Cognito's quotas are kept whatever is asked, and nothing waits where there are none (cognito.md 5.1)."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cloud.quotas import BY_ACCOUNT, RATES, UNLIMITED, Quotas, category
from tests.support import Clock

SERVICE = {"UserPoolRead": 15, "UserPoolUpdate": 15, "UserPoolResourceRead": 20, "UserPoolResourceUpdate": 15}
SERVICE |= {"UserPoolClientRead": 15, "UserPoolClientUpdate": 15, "LimitManagement": 1, "IdentityPools": 5, "Other": 5}
SERVICE |= {"UserCreation": 50, "UserRead": 120, "UserUpdate": 25, "UserList": 30, "UserResourceRead": 50}
SERVICE |= {"UserAccountRecovery": 30}
"""What the service allows in a second."""

CALLS = st.sampled_from(
    (
        *("DescribeUserPool", "ListGroups", "DescribeUserPoolClient", "CreateGroup", "UpdateUserPoolClient"),
        *("CreateTerms", "GetProvisionedLimit", "ListUsers", "AdminUpdateUserAttributes"),
    )
)


def times(calls: list[tuple[str, str]], **options: float) -> list[tuple[float, str, str]]:
    """When each call may be sent, if nothing but the quotas takes time."""
    clock = Clock()
    quotas = Quotas(clock, clock.sleep, **options)
    found = []
    for operation, pool in calls:
        quotas.take(operation, pool)
        found.append((clock.now, operation, pool))
    return found


def busiest(found: list[float]) -> int:
    """Most calls within any one second after the first: a bucket that was full gives what it had saved."""
    late = [t for t in found if t >= 1.0]
    return max((sum(t <= other < t + 1.0 for other in late) for t in late), default=0)


@given(st.lists(st.tuples(CALLS, st.sampled_from(["p1", "p2", "p3"])), max_size=150))
def test_no_second_has_more_calls_than_the_service_allows(calls):
    found = times(calls)
    for name, limit in SERVICE.items():
        assert busiest([t for t, op, _ in found if category(op) == name]) <= limit
    for operation, pool in set(calls):
        if category(operation) not in BY_ACCOUNT:
            assert busiest([t for t, *call in found if call == [operation, pool]]) <= 5


@pytest.mark.parametrize("name", RATES)
def test_our_rates_are_below_those_of_the_service(name):
    assert RATES[name] < SERVICE[name]


def test_one_operation_on_one_pool_is_held_back_and_another_pool_is_not():
    alone = times([("ListGroups", "p1")] * 20)[-1][0]
    apart = times([("ListGroups", f"p{i}") for i in range(20)])[-1][0]
    assert alone == pytest.approx(4.0, abs=0.1)
    assert apart < 1.0


def test_a_watcher_takes_its_part_only():
    calls = [("ListGroups", f"p{i}") for i in range(120)]
    assert times(calls, share=0.5)[-1][0] > 1.9 * times(calls)[-1][0]


def test_an_upper_limit_holds_over_all_operations():
    calls = [(op, f"p{i}") for i in range(10) for op in ("ListGroups", "DescribeUserPool")]
    assert busiest([t for t, *_ in times(calls, max_rps=2.0)]) <= 3
    assert times(calls, max_rps=2.0)[-1][0] >= 9.0


def test_an_emulator_is_never_waited_for_unless_a_limit_is_asked_for():
    calls = [("CreateGroup", "p1")] * 1000
    assert times(calls, share=UNLIMITED)[-1][0] == 0.0
    assert times(calls[:10], share=UNLIMITED, max_rps=1.0)[-1][0] >= 8.0


def test_every_operation_of_the_api_has_a_category():
    names = get_session().get_service_model("cognito-idp").operation_names
    found = Counter(category(name) for name in names)
    assert {*found, "IdentityPools"} == set(RATES)
    assert category("GetProvisionedLimit") == category("UpdateProvisionedLimit") == "LimitManagement"
    assert category("DescribeIdentityPool", "cognito-identity") == "IdentityPools"
    assert {category(n) for n in ("DescribeUserPool", "ListUserPools")} == {"UserPoolRead"}
    assert {category(n) for n in ("CreateUserPoolClient", "DeleteUserPoolClient")} == {"UserPoolClientUpdate"}
    assert category("GetLogDeliveryConfiguration") == "Other"
