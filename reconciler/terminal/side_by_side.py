"""Work done by several threads at once, which a signal ends at once.

Python waits for the threads of a `ThreadPoolExecutor` before a process ends, so a read without an answer would hold
up Ctrl-C until it gives up. Reads leave nothing behind, so they run on threads that end with the process.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar, copy_context
from functools import partial
from heapq import heapify, heappop, heappush
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

TICK = 0.2
"""Seconds after which a waiting thread looks for signals."""

T = TypeVar("T")
R = TypeVar("R")

Look = Callable[[], None]
"""Called now and then by a thread that waits for others. What it raises ends the wait; the others are left behind."""


def _nothing_to_see() -> None:
    """Do nothing."""


class Threads:
    """How threads are started and waited for. A simulation of time has to know of both, and sets another one.

    A thread that is done waits for more work: otherwise each call of a run would have one of its own, which costs as
    much as a tenth of a call.
    """

    def __init__(self) -> None:
        self._idle: deque[SimpleQueue[Callable[[], None]]] = deque()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._idle.clear)  # a child has none of the threads

    def start(self, work: Callable[[], None]) -> None:
        """Let a thread that ends with the process do some work, with the context of the one that starts it."""
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            Thread(target=self._serve, args=(inbox,), daemon=True).start()
        inbox.put(partial(copy_context().run, work))

    def _serve(self, inbox: SimpleQueue[Callable[[], None]]) -> None:
        while True:
            work = inbox.get()
            work()
            del work  # and with it the context, and what the work holds
            self._idle.append(inbox)

    def wait(self, ended: SimpleQueue[int], look: Look) -> int:
        """Wait for an entry in a queue that other threads fill.

        A signal that arrives just before a thread begins to wait would be handled only after the wait; so it is short.
        """
        while True:
            with suppress(Empty):
                return ended.get(timeout=TICK)
            look()


USUAL = Threads()
"""Threads of the operating system."""

THREADS: ContextVar[Threads] = ContextVar("THREADS", default=USUAL)
"""The threads of a run. Tests set others to run several threads by a clock of their own."""


def side_by_side(work: Callable[[T], R], items: Iterable[T], *, at_once: int) -> list[R]:
    """Return the results of some work on each item, in the order of the items.

    A signal that arrives meanwhile is handled at once in the thread that called; the others are left behind.

    Args:
        work: Called in several threads.
        items: What to work on.
        at_once: Maximum number of threads.

    Raises:
        Exception: The work on an item failed. Nothing further was begun, and what was in flight has ended. If several
            failed, it is the failure of the first item.
    """
    crew = _Crew(work, list(items))
    if crew.start(at_once):
        crew.threads.wait(crew.ended, _nothing_to_see)
    return crew.outcome()


def in_order(
    work: Callable[[T], R],
    items: Sequence[T],
    before: Sequence[Collection[int]],
    *,
    at_once: int,
    look: Look = _nothing_to_see,
) -> list[R]:
    """Return the results of some work on each item, where an item has to wait until others are done.

    Of the items that may begin, the first does. Signals and failures are handled as by `side_by_side`.

    Args:
        work: Called in several threads, each of which works on one item.
        items: What to work on.
        before: For each item the indexes of those that must be done before; none of them comes later in `items`.
        at_once: Maximum number of threads.
        look: Called now and then in the thread that called.

    Raises:
        Exception: As of `side_by_side`, or from `look`.
    """
    crew = _Crew(work, items)
    missing = [set(indexes) for indexes in before]
    free = [i for i, indexes in enumerate(missing) if not indexes]
    heapify(free)
    busy = 0
    while busy or (free and not crew.errors):
        while free and busy < at_once and not crew.errors:
            crew.start_one(heappop(free))
            busy += 1
        done = crew.threads.wait(crew.ended, look)
        busy -= 1
        for i, indexes in enumerate(missing):
            if done in indexes:
                indexes.discard(done)
                if not indexes:
                    heappush(free, i)
    return crew.outcome()


class _Crew(Generic[T, R]):
    """Threads that take one item after the other."""

    def __init__(self, work: Callable[[T], R], items: Sequence[T]) -> None:
        self.work = work
        self.items = items
        self.results: dict[int, R] = {}
        self.errors: dict[int, BaseException] = {}
        self.ended: SimpleQueue[int] = SimpleQueue()
        self.threads = THREADS.get()
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._serving: list[None] = []
        """One entry for each thread of `start` that has not ended; the last one of them wakes who waits."""

    def start(self, at_once: int) -> int:
        """Start the threads, and return how many there are."""
        for i in range(len(self.items)):
            self._waiting.put(i)
        count = min(at_once, len(self.items))
        self._serving = [None] * count
        for _ in range(count):
            self.threads.start(self._serve)
        return count

    def start_one(self, index: int) -> None:
        """Start a thread for one item."""

        def serve() -> None:
            self._do(index)
            self.ended.put(index)

        self.threads.start(serve)

    def outcome(self) -> list[R]:
        """Return all results, or raise the failure of the first item that failed."""
        if self.errors:
            raise self.errors[min(self.errors)]
        return [self.results[i] for i in range(len(self.items))]

    def _serve(self) -> None:
        for i in self._next():
            self._do(i)
        self._serving.pop()
        if not self._serving:  # of two that end at the same time, both may say so
            self.ended.put(0)

    def _do(self, index: int) -> None:
        with _Attempt(self.errors, index):
            self.results[index] = self.work(self.items[index])

    def _next(self) -> Iterator[int]:
        while not self.errors:
            try:
                yield self._waiting.get_nowait()
            except Empty:
                return


class _Attempt:
    """Keeps the failure of the work on one item for the thread that waits for it."""

    def __init__(self, errors: dict[int, BaseException], index: int) -> None:
        self._errors = errors
        self._index = index

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if error is not None:
            self._errors[self._index] = error
        return True
