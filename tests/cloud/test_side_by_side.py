"""Work in several threads: in order, bounded, and with the failure of the first item."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.terminal.side_by_side import side_by_side


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(), max_size=20), st.integers(1, 5))
def test_the_results_have_the_order_of_the_items(items, at_once):
    assert side_by_side(lambda i: i * 2, items, at_once=at_once) == [i * 2 for i in items]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 4))
def test_a_failure_is_raised_and_is_one_of_those_that_happened(fails, at_once):
    def work(i: int) -> int:
        if fails[i]:
            raise ValueError(i)
        return i

    if not any(fails):
        assert side_by_side(work, range(len(fails)), at_once=at_once) == [*range(len(fails))]
        return
    with pytest.raises(ValueError, match=r"\d") as caught:
        side_by_side(work, range(len(fails)), at_once=at_once)
    assert fails[caught.value.args[0]]
    if at_once == 1:
        assert caught.value.args[0] == fails.index(True)


def test_there_are_no_more_threads_than_allowed_and_they_work_at_once():
    together = threading.Barrier(3, timeout=20)
    lock, now, most = threading.Lock(), [0], [0]

    def work(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait()
        with lock:
            now[0] -= 1

    side_by_side(work, range(9), at_once=3)
    assert most == [3]


def test_the_threads_end_with_the_process():
    daemons = side_by_side(lambda _: threading.current_thread().daemon, range(3), at_once=3)
    assert daemons == [True, True, True]
