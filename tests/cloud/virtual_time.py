"""A clock for several threads that passes only when all of them wait, and then as far as the first of them waits.

A thread that sleeps gives way to the one whose time comes first. So a run of many threads takes as many seconds by this
clock as it would take if nothing but calls and waits took time, whatever the machine is doing.

    time = VirtualTime()
    TIME.set((time.clock, time.sleep))
    THREADS.set(VirtualThreads(time))
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue

from reconciler.terminal.side_by_side import THREADS, TICK, Look, Threads, side_by_side

BLOCKED = 0.25
"""Real seconds in which no thread that should be running has used the processor, after which one of them is taken to
wait for a lock, which the simulation cannot see: then the thread that has the lock may go on."""


class VirtualTime:
    """The clock. The thread that makes it counts as running."""

    def __init__(self) -> None:
        self.now = 0.0
        self._mutex = threading.Lock()
        self._running = 1
        self._order = 0
        self._signs = 0
        self._counted = {threading.get_ident()}
        self._resting: set[int] = set()
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._waiting: list[tuple[SimpleQueue[int], threading.Event]] = []

    def clock(self) -> float:
        """Return the time, in seconds."""
        self._signs += 1
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass for the thread that calls."""
        self._rest(self.now + max(seconds, 0.0))

    def join(self) -> None:
        """Take note of the thread that calls, which `begin` has counted."""
        with self._mutex:
            self._counted.add(threading.get_ident())

    def begin(self) -> None:
        """Count one more thread, before it starts."""
        with self._mutex:
            self._running += 1

    def end(self) -> None:
        """Count one thread less, in its last moment; those that wait for what it has done go on."""
        with self._mutex:
            for queue, event in [*self._waiting]:
                if not queue.empty():
                    self._waiting.remove((queue, event))
                    self._running += 1
                    event.set()
            self._counted.discard(threading.get_ident())
            self._running -= 1
            self._advance()

    def wait_for(self, queue: SimpleQueue[int], seconds: float) -> bool:
        """Wait until a thread that ended has left something in a queue; return whether it has, in some seconds."""
        if not queue.empty():
            return True
        self._rest(self.now + seconds, queue)
        return not queue.empty()

    def run(self, works: Sequence[Callable[[], None]]) -> float:
        """Do works side by side, and return when the last one ended."""
        token = THREADS.set(VirtualThreads(self))
        try:
            side_by_side(lambda work: work(), works, at_once=max(len(works), 1))
        finally:
            THREADS.reset(token)
        return self.now

    def _rest(self, until: float, queue: SimpleQueue[int] | None = None) -> None:
        event = threading.Event()
        with self._mutex:
            self._order += 1
            heapq.heappush(self._asleep, (until, self._order, event))
            if queue is not None:
                self._waiting.append((queue, event))
            self._signs += 1
            self._running -= 1
            self._resting.add(threading.get_ident())
            self._advance()
        self._await(event)
        with self._mutex:
            self._resting.discard(threading.get_ident())
            if queue is not None:
                self._waiting = [w for w in self._waiting if w[1] is not event]

    def _await(self, event: threading.Event) -> None:
        seen = self._life()
        while not event.wait(BLOCKED):
            with self._mutex:
                now = self._life()
                if seen == now and not event.is_set():
                    self._wake()
                seen = self._life()

    def _life(self) -> tuple[int, ...]:
        """Return what changes while a thread is running: what they have done here, and their time on the processor."""
        used = []
        for ident in sorted(self._counted - self._resting):
            with suppress(OSError):  # it has ended just now
                used.append(time.clock_gettime_ns(time.pthread_getcpuclockid(ident)))
        return (self._signs, *used)

    def _advance(self) -> None:
        if self._running == 0:
            self._wake()

    def _wake(self) -> None:
        """Wake the thread whose time comes first."""
        while self._asleep:
            until, _, event = heapq.heappop(self._asleep)
            if event.is_set():
                continue  # it waited for a queue, and was woken by that
            self.now = max(self.now, until)
            self._running += 1
            self._signs += 1
            event.set()
            return


class VirtualThreads(Threads):
    """Threads by a virtual clock.

    Args of the constructor:
        clock: The clock.
    """

    def __init__(self, clock: VirtualTime) -> None:
        self._time = clock

    def start(self, work: Callable[[], None]) -> None:
        """Start a thread that counts."""
        context = copy_context()
        self._time.begin()

        def counted() -> None:
            self._time.join()
            try:
                context.run(work)
            finally:
                self._time.end()

        threading.Thread(target=counted, daemon=True).start()

    def wait(self, ended: SimpleQueue[int], look: Look) -> int:
        """Wait for an entry that a thread leaves when it ends."""
        while not self._time.wait_for(ended, TICK):
            look()
        return ended.get()
