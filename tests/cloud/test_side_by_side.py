"""Work in several threads: in order, bounded, and with the failure of the first item."""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Event, get_ident
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.terminal.side_by_side import THREADS, Threads, side_by_side


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


def test_whoever_waits_is_woken_once_for_all_items():
    class Counted(Threads):
        waits = 0

        def wait(self, ended: SimpleQueue[int], look: Callable[[], None]) -> int:
            self.waits += 1
            return super().wait(ended, look)

    threads = Counted()
    token = THREADS.set(threads)
    try:
        assert side_by_side(lambda i: i, range(20), at_once=7) == [*range(20)]
        assert side_by_side(lambda i: i, (), at_once=7) == []
    finally:
        THREADS.reset(token)
    assert threads.waits == 1


def test_the_threads_end_with_the_process():
    daemons = side_by_side(lambda _: threading.current_thread().daemon, range(3), at_once=3)
    assert daemons == [True, True, True]


# --- threads that are used again -----------------------------------------------------------------------------------


def test_a_thread_that_is_done_takes_the_next_work():
    threads, seen = Threads(), SimpleQueue()
    for _ in range(20):
        threads.start(lambda: seen.put(get_ident()))
        first = seen.get(timeout=10)
        _until(lambda: len(threads._idle) == 1)
    assert first
    assert {first} == {_ident(threads) for _ in range(3)}


def test_as_many_threads_as_there_is_work_at_once():
    threads, started, free = Threads(), SimpleQueue(), Event()

    def work() -> None:
        started.put(get_ident())
        free.wait(10)

    for _ in range(5):
        threads.start(work)
    assert len({started.get(timeout=10) for _ in range(5)}) == 5
    free.set()


def test_each_work_has_the_context_of_whoever_starts_it():
    threads, seen, word = Threads(), SimpleQueue(), ContextVar("word", default="none")
    for value in ("one", "two"):
        word.set(value)
        threads.start(lambda: (seen.put(word.get()), word.set("left behind")))
        assert seen.get(timeout=10) == value
        _until(lambda: len(threads._idle) == 1)
    word.set("three")
    threads.start(lambda: seen.put(word.get()))
    assert seen.get(timeout=10) == "three"


def test_a_thread_that_waits_holds_nothing_of_its_last_work():
    class Held:
        pass

    threads, held, done = Threads(), Held(), Event()
    gone = ref(held)
    threads.start(lambda held=held: done.set())
    assert done.wait(10)
    del held
    _until(lambda: gone() is None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_hands_no_work_to_threads_that_it_does_not_have():
    threads, done = Threads(), Event()
    threads.start(done.set)
    assert done.wait(10)
    _until(lambda: len(threads._idle) == 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        child = os.fork()
    if child == 0:
        ran = Event()
        threads.start(ran.set)
        os._exit(0 if ran.wait(10) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _ident(threads: Threads) -> int:
    seen: SimpleQueue[int] = SimpleQueue()
    threads.start(lambda: seen.put(get_ident()))
    found = seen.get(timeout=10)
    _until(lambda: len(threads._idle) == 1)
    return found


def _until(true: Callable[[], bool]) -> None:
    """Wait until a thread has done what it is about to do."""
    limit = time.monotonic() + 10
    while not true():
        assert time.monotonic() < limit
        time.sleep(0)
