"""The laws of the scheduler, in virtual seconds, against a service that refuses what is too much.

Whatever the mix of calls, nothing is throttled while nobody else uses the quotas, and the quotas are used. With
somebody else the share of throttled calls stays small, both stay alive, and the pace comes back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.pace import Pace
from reconciler.cloud.quotas import UNLIMITED, USED, Quotas
from tests.cloud.simulated_service import MEASURES, Measure, SimulatedService, floor
from tests.cloud.virtual_time import VirtualTime

LATENCY = 0.08


class One(NamedTuple):
    """A call."""

    operation: str
    pool: str = ""


ANY = One("ListTagsForResource")


@dataclass
class Caller:
    """Some threads that make calls, and try again what is throttled."""

    measure: Measure = "bucket"
    share: float = 1.0
    workers: int = 8
    max_rps: float | None = None
    time: VirtualTime = field(default_factory=VirtualTime)
    sent: int = 0
    throttled: int = 0
    longest: float = 0.0
    left: int = 0

    def __post_init__(self) -> None:
        self.service = SimulatedService(self.time.clock, self.measure)
        self.quotas = Quotas(self.time.clock, self.time.sleep, share=self.share, max_rps=self.max_rps)

    def call(self, one: One) -> None:
        began, pause = self.time.now, 0.5
        while True:
            permit = self.quotas.take(one.operation, one.pool)
            self.longest = max(self.longest, self.time.now - began)
            self.sent += 1
            accepted = self.service.accepts(one.operation, one.pool)
            self.time.sleep(LATENCY)
            if accepted:
                return
            self.throttled += 1
            self.quotas.throttled(permit)
            self.time.sleep(pause)
            began, pause = self.time.now, pause * 2

    def run(self, calls: Sequence[One], beside: float = 0.0, by: One = ANY) -> float:
        """Make calls, while somebody else makes others, so many a second; return when they are done."""
        waiting, self.left = [*reversed(calls)], self.workers

        def work() -> None:
            while waiting:
                self.call(waiting.pop())
            self.left -= 1

        def somebody() -> None:
            while self.left:
                self.time.sleep(1.0 / beside)
                self.service.accepts(*by)

        return self.time.run([work] * self.workers + ([somebody] if beside else []))


CALLS = st.builds(
    One,
    st.sampled_from(
        (
            *("DescribeUserPool", "ListGroups", "ListResourceServers", "GetUserPoolMfaConfig", "CreateGroup"),
            *("DescribeUserPoolClient", "UpdateUserPoolClient", "ListTerms", "ListCIMDPolicies", "GetProvisionedLimit"),
        )
    ),
    st.sampled_from(("p1", "p2", "p3", "p4")),
)


@settings(deadline=None, max_examples=60)
@given(
    calls=st.lists(CALLS, min_size=1, max_size=120),
    measure=st.sampled_from(MEASURES),
    share=st.sampled_from((1.0, 0.5)),
    workers=st.integers(1, 12),
    max_rps=st.sampled_from((None, 8.0, 20.0)),
)
def test_nothing_is_throttled_while_nobody_else_calls(calls, measure, share, workers, max_rps):
    caller = Caller(measure, share, workers, max_rps)
    end = caller.run(calls)
    assert caller.throttled == 0
    assert caller.sent == len(calls)
    busy = floor(caller.service.sent, share=share * 0.95) + len(calls) * (LATENCY + 1 / (max_rps or 1000))
    assert end <= busy + 1.0


@settings(deadline=None, max_examples=300)
@given(
    rate=st.sampled_from((0.95, 2.375, 4.75, 9.5, 14.25, 19.0)),
    steps=st.lists(st.tuples(st.floats(0, 1.5), st.integers(1, 12)), max_size=40),
)
def test_no_second_has_too_many_calls_whatever_pauses_are_between_them(rate, steps):
    """Also not when calls come slowly, so that nothing was held back, and then many of them."""
    pace, now, went = Pace(rate, 0.0), 0.0, []
    for pause, number in steps:
        now += pause
        for _ in range(number):
            now = pace.ready_at(now)
            pace.take(now)
            went.append(now)
    for first in went:
        assert sum(first <= t < first + 1.0 - 1e-6 for t in went) <= math.ceil(rate / USED)


def test_calls_that_come_slowly_save_nothing_for_later():
    pace, went = Pace(14.25, 0.0), []
    for i in range(40):
        now = pace.ready_at(max(went[-1] if went else 0.0, min(i, 28) * 0.0702))
        pace.take(now)
        went.append(now)
    assert max(sum(first <= t < first + 1.0 for t in went) for first in went) <= 15


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "calls",
    [
        [One("ListGroups", f"p{i}") for i in range(400)],
        [One("CreateUserPoolClient", "p")] * 100,
        [One("ListCIMDPolicies", f"p{i}") for i in range(100)],
        [
            One(o, f"p{i}")
            for i in range(40)
            for o in ("DescribeUserPool", *["DescribeUserPoolClient"] * 3, *["DescribeResourceServer"] * 2, "ListTerms")
        ],
    ],
    ids=["one category", "one pool", "no category", "mixed"],
)
def test_a_long_run_takes_hardly_longer_than_the_quotas_ask_for(calls, measure):
    caller = Caller(measure)
    assert caller.run(calls) <= 1.08 * caller.service.floor
    assert caller.throttled == 0


def test_a_call_that_waits_for_its_pool_takes_nothing_of_the_category():
    """Twenty calls to one pool come first; calls to others go past them, and use what the category has."""
    calls = [One("ListGroups", "crowded")] * 20 + [One("ListGroups", f"p{i}") for i in range(44)]
    caller = Caller(workers=80)
    assert caller.run(calls) <= 1.2 * 20 / 5
    crowded = [t for t, _, pool in caller.service.times if pool == "crowded"]
    others = [t for t, _, pool in caller.service.times if pool != "crowded"]
    assert max(others) < max(crowded) + LATENCY
    assert min(others) == 0.0


def test_calls_go_in_the_order_in_which_they_came():
    time = VirtualTime()
    quotas = Quotas(time.clock, time.sleep)
    went = []

    def one(number: int) -> None:
        time.sleep(number * 0.001)
        quotas.take("ListGroups", f"p{number % 7}")
        went.append(number)

    time.run([lambda n=n: one(n) for n in range(60)])
    assert went == [*range(60)]


def test_nobody_starves_beside_pools_that_ask_for_more():
    """Three pools ask for all that there is; one call to a fourth one waits for no more than a turn of each."""
    time = VirtualTime()
    quotas = Quotas(time.clock, time.sleep)
    left = [6]
    waits = []

    def greedy(pool: str) -> None:
        for i in range(40):
            quotas.take(("ListGroups", "ListResourceServers", "DescribeResourceServer")[i % 3], pool)
        left[0] -= 1

    def modest() -> None:
        while left[0]:
            time.sleep(1.0)
            began = time.now
            quotas.take("GetUserPoolMfaConfig", "small")
            waits.append(time.now - began)

    time.run([*[lambda p=p: greedy(f"p{p % 3}") for p in range(6)], modest])
    assert len(waits) > 5
    assert max(waits) <= 7 / 19 + 1e-6


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("part", [0.3, 0.6])
@pytest.mark.parametrize(
    ("operation", "other", "rate"),
    [("ListGroups", "ListIdentityProviders", 20), ("UpdateUserPoolClient", "CreateUserPoolClient", 15)],
)
def test_with_somebody_else_few_calls_are_throttled_and_the_run_ends(measure, part, operation, other, rate):
    caller = Caller(measure)
    calls = [One(operation, f"p{i}") for i in range(20 * rate)]
    end = caller.run(calls, beside=part * rate, by=One(other))
    assert caller.throttled / caller.sent <= 0.04
    assert end <= 1.4 * 20 / (1 - part)
    refused = caller.service.throttled - caller.throttled
    assert refused / (end * part * rate) <= 0.04  # the other one hardly notices


@pytest.mark.parametrize("measure", MEASURES)
def test_somebody_who_takes_almost_all_ends_no_run(measure):
    caller = Caller(measure)
    caller.run([One("ListGroups", f"p{i}") for i in range(60)], beside=18)
    assert len(caller.service.times) > 60
    assert caller.throttled / caller.sent <= 0.3


def test_the_pace_comes_back_slowly():
    pace = Pace(10.0, 0.0)
    pace.throttled(0.0, 1.0)
    assert pace.rate(1.0) == pytest.approx(7.0)
    assert pace.rate(11.0) == pytest.approx(8.0)
    assert pace.rate(31.0) == pace.rate(1000.0) == 10.0


def test_calls_that_were_under_way_lower_the_pace_once():
    pace = Pace(10.0, 0.0)
    for sent in (0.9, 0.95, 1.0):
        pace.throttled(sent, 1.0)
    assert pace.rate(1.0) == pytest.approx(7.0)
    pace.throttled(1.5, 2.0)
    assert pace.rate(2.0) == pytest.approx(7.1 * 0.7)


def test_a_pace_never_ends():
    pace = Pace(10.0, 0.0)
    for second in range(1, 100):
        pace.throttled(second, second + 0.5)
    assert pace.rate(100.0) >= 0.5


def test_a_call_that_is_given_up_holds_nobody_up():
    """A signal ends a thread that waits: the next one takes its place."""
    time = VirtualTime()

    def asleep(seconds: float) -> None:
        if time.now > 0.5 and not broken:
            broken.append(1)
            raise KeyboardInterrupt
        time.sleep(seconds)

    broken: list[int] = []
    quotas = Quotas(time.clock, asleep)
    went = []

    def one() -> None:
        for _ in range(3):
            try:
                quotas.take("ListTerms", "p")
                went.append(time.now)
            except KeyboardInterrupt:
                went.append(-1.0)

    time.run([one] * 4)
    assert went.count(-1.0) == 1
    assert max(went) <= 11 / 4.75 + 0.1


def test_an_emulator_is_not_counted():
    caller = Caller(share=UNLIMITED)
    caller.run([One("ListGroups", "p")] * 40)
    assert caller.longest == 0.0


def test_a_call_that_waits_seldom_looks_whether_it_may_go():
    """It sleeps until it may, as far as that is known: a crowd that looks all the time costs more than its calls."""
    looks = []
    time = VirtualTime()

    def asleep(seconds: float) -> None:
        looks.append(seconds)
        time.sleep(seconds)

    quotas = Quotas(time.clock, asleep)
    calls = [One("ListGroups", f"p{i % 12}") for i in range(240)]

    def work() -> None:
        while calls:
            quotas.take(*calls.pop())

    time.run([work] * 40)
    assert len(looks) <= 4 * 240
