"""Cognito's quotas are kept whatever is asked, and nothing waits where there are none (cognito.md 5.1)."""

from __future__ import annotations

import pytest
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cloud.quotas import (
    ALONE,
    BY_POOL,
    CATEGORIES,
    MANY,
    OTHER_RATES,
    PER_POOL,
    RATES,
    UNLIMITED,
    Bucket,
    Quotas,
    category,
    quota,
)
from tests.cloud import simulated_service
from tests.cloud.simulated_service import SERVICE
from tests.support import Clock

CALLS = st.sampled_from(
    (
        *("DescribeUserPool", "ListGroups", "DescribeUserPoolClient", "CreateGroup", "UpdateUserPoolClient"),
        *("CreateTerms", "GetProvisionedLimit", "ListUsers", "AdminUpdateUserAttributes", "ListCIMDPolicies"),
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
    """Most calls within any one second."""
    return max((sum(t <= other < t + 1.0 - 1e-6 for other in found) for t in found), default=0)


@given(st.lists(st.tuples(CALLS, st.sampled_from(["p1", "p2", "p3"])), max_size=150))
def test_no_second_has_more_calls_than_the_service_allows_not_even_the_first(calls):
    found = times(calls)
    for name in {category(op) for op, _ in calls}:
        limit = SERVICE.get(name, simulated_service.ALONE)
        assert busiest([t for t, op, _ in found if category(op) == name]) <= limit
    for operation, pool in set(calls):
        if category(operation) in BY_POOL:
            assert busiest([t for t, *call in found if call == [operation, pool]]) <= 5


def test_the_rates_are_those_that_the_service_publishes():
    assert RATES == SERVICE
    assert (ALONE, PER_POOL) == (simulated_service.ALONE, simulated_service.ON_ONE_POOL)


@pytest.mark.parametrize("name", [*RATES, "cognito-idp:ListTerms", *OTHER_RATES])
def test_almost_all_of_each_quota_is_used(name):
    """95 %, also at the end of a long run; and half of that by a watcher."""
    operation = next((o for o, found in CATEGORIES.items() if found == name), name.partition(":")[2])
    service = name.partition(":")[0] if ":" in name else "cognito-idp"
    for share in (1.0, 0.5):
        clock = Clock()
        quotas = Quotas(clock, clock.sleep, share=share)
        for i in range(200):
            quotas.take(operation, f"p{i}", service)
        assert clock.now == pytest.approx(199 / (quota(name) * 0.95 * share), rel=0.02)


def test_one_operation_on_one_pool_is_held_back_and_another_pool_is_not():
    alone = times([("ListGroups", "p1")] * 20)[-1][0]
    apart = times([("ListGroups", f"p{i}") for i in range(20)])[-1][0]
    assert alone == pytest.approx(3 * 5 / 4.75, abs=0.1)  # five at once, and five more in each second
    assert apart == pytest.approx(19 / 19, abs=0.1)


def test_operations_without_a_published_category_do_not_share_one():
    calls = [(op, f"p{i}") for i in range(10) for op in ("ListTerms", "ListCIMDPolicies", "ListUserPoolReplicas")]
    assert times(calls)[-1][0] == pytest.approx(times(calls[::3])[-1][0], abs=0.1)


def test_a_few_calls_go_at_once_and_those_after_them_wait_for_as_long():
    found = [t for t, *_ in times([("ListGroups", f"p{i}") for i in range(20)])]
    assert found[:9] == [0.0] * 9
    assert found[9] == pytest.approx(9 / 19)


def test_regions_have_quotas_of_their_own_and_one_upper_limit():
    def both(**options: float) -> float:
        clock = Clock()
        quotas = Quotas(clock, clock.sleep, **options)
        for i in range(60):
            quotas.take("ListGroups", f"p{i}", region=("eu-west-1", "us-east-1")[i % 2])
        return clock.now

    assert both() == pytest.approx(29 / 19, abs=0.1)
    assert both(max_rps=10.0) == pytest.approx(59 / 10, abs=0.1)


def test_an_upper_limit_holds_over_all_operations():
    calls = [(op, f"p{i}") for i in range(10) for op in ("ListGroups", "DescribeUserPool")]
    assert busiest([t for t, *_ in times(calls, max_rps=2.0)]) <= 2
    assert times(calls, max_rps=2.0)[-1][0] >= 9.0


def test_an_emulator_is_never_waited_for_unless_a_limit_is_asked_for():
    calls = [("CreateGroup", "p1")] * 1000
    assert times(calls, share=UNLIMITED)[-1][0] == 0.0
    assert times(calls[:10], share=UNLIMITED, max_rps=1.0)[-1][0] >= 8.0


def test_the_limit_of_another_service_has_no_burst_to_speak_of():
    clock = Clock()
    bucket = Bucket(2.0, clock, clock.sleep)
    found = []
    for _ in range(6):
        bucket.take()
        found.append(clock.now)
    assert found == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.5])


def test_limits_of_pools_that_are_done_are_forgotten_and_those_in_use_are_not():
    clock = Clock()
    quotas = Quotas(clock, clock.sleep)
    busy = []
    for i in range(6 * MANY):
        quotas.take("ListGroups", "busy" if i % 3 == 0 else f"p{i}")
        busy += [clock.now] if i % 3 == 0 else []
    assert busiest(busy) <= 5
    assert len(quotas._gates) < 3 * MANY


def test_every_operation_counts_against_what_is_published_or_against_itself():
    names = get_session().get_service_model("cognito-idp").operation_names
    assert set(CATEGORIES) <= set(names)
    assert {category(n) for n in names} == {*RATES, *(f"cognito-idp:{n}" for n in names if n not in CATEGORIES)}
    assert category("GetProvisionedLimit") == category("UpdateProvisionedLimit") == "LimitManagement"
    assert category("TagResource") == "UserPoolResourceUpdate"
    assert category("TagResource", "cognito-identity") == "cognito-identity:TagResource"
    assert {category(n) for n in ("DescribeUserPool", "ListUserPools")} == {"UserPoolRead"}
    assert {category(n) for n in ("CreateUserPoolClient", "DeleteUserPoolClient")} == {"UserPoolClientUpdate"}
    for name in ("GetLogDeliveryConfiguration", "ListCIMDPolicies", "ListUserPoolClientSecrets"):
        assert category(name) == f"cognito-idp:{name}"


def test_a_clock_that_does_not_move_while_somebody_waits_holds_up_nobody():
    waits: list[float] = []
    quotas = Quotas(lambda: 5.0, waits.append)
    for _ in range(20):
        quotas.take("ListTerms", "p")
    assert sum(waits) == pytest.approx(19 / 4.75, abs=0.3)
