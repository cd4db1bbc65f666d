"""The quotas of the benchmarks: the floor of calls, their longest chain, and the buckets that refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quotas import (
    CATEGORIES,
    PER_POOL,
    RATES,
    UNLISTED,
    Buckets,
    Call,
    buckets,
    floor,
    one_by_one,
    round_trips,
    span,
)


def call(operation: str, pool: str = "", start: float = 0.0, end: float = 1.0, *, throttled: bool = False) -> Call:
    return Call(operation, pool, start, end, throttled)


def test_the_floor_of_a_category_is_what_is_beyond_its_burst():
    calls = [call("DescribeUserPool", f"pool-{n}") for n in range(100)]
    assert floor(calls) == pytest.approx((100 - 15) / 15)


@pytest.mark.parametrize(
    ("count", "delay", "seconds"),
    [
        (1, 0.05, 0.05),
        (5, 0.05, 4 * 0.1 + 0.05),
        (6, 0.05, 1.0 + 0.05),
        (20, 0.05, 3.0 + 4 * 0.1 + 0.05),
        (20, 0.02, 3.0 + 4 * 0.04 + 0.02),
        (6, 0.2, 5 * 0.4 + 0.2),
    ],
)
def test_writes_one_by_one_wait_for_answers_and_for_the_fifth_before_them(count: int, delay: float, seconds: float):
    assert one_by_one(count, delay) == pytest.approx(seconds)


def test_the_floor_is_that_of_the_slowest_bucket():
    one_pool = [call("UpdateGroup", "pool") for _ in range(20)]
    many_pools = [call("UpdateGroup", f"pool-{n}") for n in range(20)]
    assert floor(one_pool) == pytest.approx((20 - 5) / 5)
    assert floor(many_pools) == pytest.approx((20 - 15) / 15)
    assert floor([*one_pool, *(call("GetLogDeliveryConfiguration", f"pool-{n}") for n in range(30))]) == 5.0


def test_an_operation_without_a_category_has_a_bucket_of_its_own_for_the_account():
    assert buckets("ListCIMDPolicies", "pool") == {("ListCIMDPolicies", ""): UNLISTED}
    both = [call(o, f"pool-{n}") for n in range(10) for o in ("ListCIMDPolicies", "DescribeTermsByClient")]
    assert floor(both) == pytest.approx((10 - 5) / 5)


def test_a_share_is_of_the_account_and_not_of_a_pool():
    calls = [call("DescribeUserPool", f"pool-{n}") for n in range(30)]
    assert floor(calls, 0.5) == pytest.approx((30 - 7.5) / 7.5)
    one_pool = [call("DescribeUserPoolClient", "pool") for _ in range(10)]
    assert floor(one_pool, 0.9) == floor(one_pool) == pytest.approx((10 - 5) / 5)


def test_a_refused_call_does_not_raise_the_floor():
    refused = [call("UpdateGroup", "pool", throttled=True) for _ in range(20)]
    assert floor([*refused, call("UpdateGroup", "pool")]) == 0.0


def test_few_calls_have_no_floor():
    assert floor([]) == 0.0
    assert floor([call("UpdateGroup", "pool") for _ in range(5)]) == 0.0


@pytest.mark.parametrize(("operation", "category"), CATEGORIES.items())
def test_a_bucket_gives_one_second_of_calls_at_once_and_then_its_rate(operation, category):
    taken = Buckets()
    rate = int(RATES[category])
    assert [taken.take(operation, "", 0.0) for _ in range(rate + 1)] == [True] * rate + [False]
    assert taken.take(operation, "", 1.01 / rate)
    assert not taken.take(operation, "", 1.02 / rate)


def test_a_refused_call_takes_no_token_of_another_bucket():
    taken = Buckets()
    for _ in range(int(PER_POOL)):
        assert taken.take("UpdateGroup", "a", 0.0)
    for _ in range(50):
        assert not taken.take("UpdateGroup", "a", 0.0)
    assert sum(taken.take("UpdateGroup", f"b-{n}", 0.0) for n in range(50)) == 10


@given(st.lists(st.sampled_from(["UpdateGroup", "DescribeUserPool", "ListCIMDPolicies", "ListUserPoolClients"])))
def test_nobody_is_faster_than_the_floor(operations):
    """Calls that are made as soon as the quotas allow take the floor, within one step of the clock."""
    taken, now, step, calls = Buckets(), 0.0, 1 / 60, []
    for operation in operations:
        while not taken.take(operation, "pool", now):
            now += step
        calls.append(call(operation, "pool", now, now))
    assert span(calls) >= floor(calls) - 1e-6


CHAINS = [
    ([], 0),
    ([(0, 1)], 1),
    ([(0, 1), (0, 1), (0, 1)], 1),
    ([(0, 1), (1, 2), (2, 3)], 3),
    ([(0, 1), (0.5, 1.5), (1.2, 2.2)], 2),
    ([(0, 10), (1, 2), (3, 4)], 2),
    ([(0, 1), (0, 1), (1, 2), (1.1, 2.1), (2.2, 3)], 3),
]


@pytest.mark.parametrize(("intervals", "length"), CHAINS)
def test_round_trips_are_the_longest_chain_of_calls_that_do_not_overlap(intervals, length):
    calls = [call("GetGroup", start=start, end=end) for start, end in intervals]
    assert round_trips(calls) == round_trips(calls[::-1]) == length


def test_a_span_is_from_the_first_call_to_the_last_answer():
    assert span([call("GetGroup", start=2.0, end=3.0), call("GetGroup", start=1.0, end=9.0)]) == 8.0
    assert span([]) == 0.0
