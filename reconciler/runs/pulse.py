"""How far a run is, on a terminal, once it takes longer than a moment."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from reconciler.render.progress import going

if TYPE_CHECKING:
    from reconciler.runs.runtime import Runtime
    from reconciler.terminal.console import Console

SOON = 3.0
"""Seconds after which it is shown."""


class Pulse:
    """Counts what is done, and shows it on the live line of the console.

    Args of the constructor:
        runtime: The run; its clock and its count of requests.
        console: Where it is shown, if that is a terminal.
        doing: What is done: `Reading`.
        total: How much there is to do.
        noun: What it is: `pool`.
    """

    def __init__(self, runtime: Runtime, console: Console, doing: str, total: int, noun: str) -> None:
        self._runtime = runtime
        self._console = console
        self._doing, self._total, self._noun = doing, total, noun
        self._done, self._lock = 0, Lock()
        self._began, self._sent = runtime.clock(), runtime.meter.total

    def add(self, number: int = 1) -> None:
        """Count what is done."""
        with self._lock:
            self._done += number

    @property
    def is_shown(self) -> bool:
        """Whether it is time to show it, on a terminal."""
        return self._console.live and self._runtime.clock() - self._began > SOON

    def look(self) -> None:
        """Show how far it is, if it is time."""
        if self.is_shown:
            seconds, sent = self._runtime.clock() - self._began, self._runtime.meter.total - self._sent
            self._console.status(going(self._doing, self._done, self._total, self._noun, calls=sent, seconds=seconds))
