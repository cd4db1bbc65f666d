"""The same work in several processes at once, for what keeps one core busy.

Threads do not help, as only one of them runs Python at a time. Processes are forked, so that they start with all that
is imported, and answer through a pipe: neither shared memory nor semaphores are needed, which a Lambda function lacks.
Where that is not possible, or a process fails, there is no answer, and whoever asked does the work itself; so an error
is raised where it always is, and with the same words.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.tuples import NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")


class Undivided(Exception):
    """Raised by a part of a work that can only be done in one piece."""


class _Worker(NamedTuple):
    """A process that works."""

    pid: int
    answers: Connection
    """Where its answer is read."""


def cores() -> int:
    """Return how many cores this process may use for forked processes; 1 where it may not fork.

    A fork takes only the thread that forks along, and locks that others hold stay locked. On macOS, libraries of the
    system do not survive one.
    """
    threading: Any = sys.modules.get("threading")
    if sys.platform != "linux" or (threading is not None and threading.active_count() > 1):
        return 1
    return len(os.sched_getaffinity(0))


def spread(work: Callable[[int], T], count: int) -> list[T] | None:
    """Do a work in parts, each but the first in a process of its own.

    Args:
        work: Does the part with a number, and returns what can be pickled; it writes nothing.
        count: How many parts there are.

    Returns:
        What the parts returned, in their order; None if the work is `Undivided`, or a process failed.
    """
    with _workers(work, count) as workers:
        try:
            return [work(0), *(worker.answers.recv() for worker in workers)]
        except (Undivided, EOFError):
            return None


@contextmanager
def _workers(work: Callable[[int], T], count: int) -> Iterator[list[_Worker]]:
    """Start the processes, and end them whatever happens."""
    started: list[_Worker] = []
    try:
        started += (_started(work, number) for number in range(1, count))  # what was started is ended
        yield started
    finally:
        for worker in started:
            worker.answers.close()
            os.kill(worker.pid, signal.SIGKILL)  # it has answered, or its answer is not wanted
            os.waitpid(worker.pid, 0)


def _started(work: Callable[[int], T], number: int) -> _Worker:
    from multiprocessing.connection import Pipe

    reading, writing = Pipe(duplex=False)
    pid = os.fork()
    if pid:
        writing.close()
        return _Worker(pid, reading)
    try:  # from here on in the new process, which must not go on with what this one was doing
        writing.send(work(number))
    finally:
        os._exit(0)
