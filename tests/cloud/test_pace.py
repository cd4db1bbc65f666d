"""Laws of a pace: what it says of a call with others before it is never too late, and time that was lost comes back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cloud.pace import EARLY, TOGETHER, Pace


@given(
    rate=st.floats(0.5, 30.0),
    before=st.lists(st.floats(0.0, 1.0), max_size=12),
    delays=st.lists(st.floats(0.0, 0.5), max_size=8),
)
def test_a_call_behind_others_is_never_said_to_be_ready_later_than_it_is(rate, before, delays):
    """Whoever waits wakes up at that time: a call that could have gone before would be sent late, and meet others."""
    pace, now = Pace(rate, 0.0), 0.0
    for pause in before:
        now = pace.ready_at(now + pause)
        pace.take(now)
    said = pace.ready_at(now, len(delays))
    for delay in delays:  # those that go before it may wait for something else, too
        now = pace.ready_at(now) + delay
        pace.take(now)
    assert pace.ready_at(now) >= said - EARLY


@pytest.mark.parametrize("rate", [4.75, 9.5, 14.25, 19.0])
def test_calls_that_a_busy_machine_held_up_catch_up(rate):
    """A stall of a third of the burst, every six seconds: a long run ends as if there had been none."""
    pace, went, stalls = Pace(rate, 0.0), [0.0], 0
    pace.take(0.0)
    while len(went) < 60 * rate:
        now = pace.ready_at(went[-1])
        if now > 6.0 * (stalls + 1):
            stalls, now = stalls + 1, now + 0.14
        pace.take(now)
        went.append(now)
    assert stalls >= 9
    assert went[-1] <= 60.0 + 0.5  # 61.3 without
    size = math.ceil(rate * TOGETHER - EARLY)
    assert all(late - early > 1.02 for early, late in zip(went, went[size:], strict=False))
