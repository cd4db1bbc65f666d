"""Work done by several threads at once, which a signal ends at once.

Python waits for the threads of a `ThreadPoolExecutor` before a process ends, so a read without an answer would hold
up Ctrl-C until it gives up. Reads leave nothing behind, so they run on threads that end with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

TICK = 0.2
"""Seconds after which a waiting thread looks for signals."""

T = TypeVar("T")
R = TypeVar("R")


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
    for _ in range(crew.start(at_once)):
        crew.wait()
    if crew.errors:
        raise crew.errors[min(crew.errors)]
    return [crew.results[i] for i in range(len(crew.items))]


class _Crew(Generic[T, R]):
    """Threads that take one item after the other."""

    def __init__(self, work: Callable[[T], R], items: list[T]) -> None:
        self.work = work
        self.items = items
        self.results: dict[int, R] = {}
        self.errors: dict[int, BaseException] = {}
        self.ended: SimpleQueue[None] = SimpleQueue()
        self._waiting: SimpleQueue[int] = SimpleQueue()

    def start(self, at_once: int) -> int:
        """Start the threads, and return how many there are."""
        for i in range(len(self.items)):
            self._waiting.put(i)
        count = min(at_once, len(self.items))
        for _ in range(count):
            Thread(target=self._serve, daemon=True).start()
        return count

    def wait(self) -> None:
        """Wait until one more thread has ended.

        A signal that arrives just before a thread begins to wait would be handled only after the wait; so it is short.
        """
        while True:
            with suppress(Empty):
                return self.ended.get(timeout=TICK)

    def _serve(self) -> None:
        for i in self._next():
            with _Attempt(self.errors, i):
                self.results[i] = self.work(self.items[i])
        self.ended.put(None)

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
