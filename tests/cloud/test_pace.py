"""Law of a pace: what it says of a call that has others before it is never too late."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.cloud.pace import EARLY, Pace


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
