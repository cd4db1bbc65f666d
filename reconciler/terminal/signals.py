"""Signals: finish the write in flight before stopping.

Interrupting a write leaves its outcome unknown. So the first signal only requests a stop: the applier finishes the
write in flight, checks the request, reports what is left and ends. A second signal stops at once.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Signals that request a stop: Ctrl-C, and the end of a container or a CI job."""


STOPPING = "Stopping after the write in flight. Interrupt again to stop at once and leave its outcome unknown."
"""What is said on the first signal of a graceful stop."""


class Interrupted(BaseException):
    """A signal that ends the run at once. Not an `Exception`, so that no handler of errors swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        """Number of the signal."""

    @property
    def exit_code(self) -> int:
        """Exit code of the process: 130 or 143."""
        return 128 + self.number


class Stop:
    """Whether a stop was requested. Call it to know: `stop()`."""

    def __init__(self) -> None:
        self.number = 0
        """The signal that requested it; 0 for none."""
        self._may_leave: Callable[[], bool] = lambda: False

    @property
    def reading(self) -> bool:
        """Whether nothing is written just now, so that the first signal may end what is under way."""
        return self._may_leave()

    @contextmanager
    def while_reading(self, check: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """While it is open, the first signal raises `Interrupted` as well: nothing has to be finished first.

        Args:
            check: Asked when the signal comes, where several threads are at work: whether all of them only read.
        """
        self._may_leave = check
        try:
            yield
        finally:
            self._may_leave = lambda: False

    def __call__(self) -> bool:
        """Return whether a signal came."""
        return self.requested

    @property
    def requested(self) -> bool:
        """Whether a signal came."""
        return self.number != 0

    @property
    def exit_code(self) -> int:
        """Exit code for the process: 130 or 143, or 0 when no signal came."""
        return 128 + self.number if self.number else 0


class _Handlers:
    """Installs a handler temporarily. Outside the main thread, where Python allows none, it does nothing."""

    def __init__(self, numbers: tuple[signal.Signals, ...]) -> None:
        self._numbers = numbers
        self._before: dict[signal.Signals, Any] = {}

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        raise Interrupted(number)

    def _install(self) -> None:
        try:
            for number in self._numbers:
                self._before[number] = signal.signal(number, self._handle)
        except ValueError:
            return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()


class Immediate(_Handlers):
    """While it is open, a signal raises `Interrupted`. Right for everything that does not write."""

    def __init__(self) -> None:
        super().__init__(SIGNALS)

    def __enter__(self) -> None:
        self._install()


class Graceful(_Handlers):
    """While it is open, the first signal sets the `Stop` that it gives, and the second raises `Interrupted`.

    Args of the constructor:
        announce: Called with a sentence when the first signal comes; it must not raise.
    """

    def __init__(self, announce: Callable[[str], None]) -> None:
        super().__init__(SIGNALS)
        self._announce = announce
        self._stop = Stop()

    def __enter__(self) -> Stop:
        self._install()
        return self._stop

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        again = self._stop.requested
        self._stop.number = self._stop.number or number
        if again or self._stop.reading:
            raise Interrupted(number)
        with suppress(Exception):  # it interrupts any line of the program, such as one that writes to the same stream
            self._announce(STOPPING)
