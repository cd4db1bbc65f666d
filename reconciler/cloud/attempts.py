"""How often and how long a call is tried.

Every loop ends by itself: a refused call at once, a throttled or broken one after some attempts, a silent endpoint
and a role that does not become usable after a time that the message names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from reconciler.cloud.failures import MISSING as NOT_THERE
from reconciler.cloud.failures import SILENT, UNSENT, Fate, code_of, creates, fate
from reconciler.cloud.port import Clock

LOST_BEFORE = "the answer to an earlier attempt was lost, and that one may have taken effect"
"""What is said of a write that ended with a refusal, but may have been carried out before."""

READS = ("Describe", "Get", "List", "Lookup", "Filter")
"""How the names of operations begin that change nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one call. Times are in seconds."""

    attempts: int = 8
    """Attempts of a call that is throttled or answered with an error of the service."""
    connect: float = 5.0
    """To wait for a connection."""
    read: float = 20.0
    """To wait for the answer to a read."""
    write: float = 60.0
    """To wait for the answer to a write, which may take the service longer."""
    silences: int = 3
    """How often the answer to one call is waited for in vain."""
    spreading: float = 120.0
    """To wait for a new IAM role (cognito.md 6)."""
    pause: float = 5.0
    """Between two attempts with a new IAM role."""

    def wait(self, operation: str) -> float:
        """Return how long to wait for the answer to an operation."""
        return self.read if is_read(operation) else self.write


def is_read(operation: str) -> bool:
    """Return whether an operation changes nothing."""
    return operation.removeprefix("Admin").startswith(READS)


class Attempts:
    """The attempts of one call."""

    def __init__(self, operation: str, patience: Patience, clock: Clock) -> None:
        self._operation = operation
        self._patience = patience
        self._clock = clock
        self.began = clock()
        """When the first attempt began."""
        self._failed = 0
        self._silent = 0
        self._lost = False
        self.count = 0
        """Attempts so far."""

    @property
    def may_have_written(self) -> bool:
        """Whether the answer to an attempt at a write was lost."""
        return self._lost and not is_read(self._operation)

    @property
    def may_be_left(self) -> bool:
        """Whether it is known that no attempt at a write was carried out."""
        return not self._lost and not is_read(self._operation)

    def pause(self, error: Exception) -> float | None:
        """Return the seconds to wait before the next attempt after a failure, or None for no further attempt."""
        self.count += 1
        found = fate(error)
        self._lost |= found is Fate.LOST
        if found is Fate.SPREADING:
            left = self._patience.spreading - (self._clock() - self.began)
            return min(self._patience.pause, left) if left > 0 else None
        self._failed += 1
        self._silent += isinstance(error, SILENT)
        tired = self._failed >= self._patience.attempts or self._silent >= self._patience.silences
        once = found is Fate.LOST and creates(self._operation)
        if found not in (Fate.UNDONE, Fate.LOST) or tired or once:
            return None
        longest: float = min(30.0, 0.5 * 2 ** (self._failed - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    def is_done(self, error: Exception) -> bool:
        """Return whether a failure means that an earlier attempt succeeded: what it deleted is gone."""
        return self._lost and self._operation.startswith(("Delete", "Remove")) and code_of(error) in NOT_THERE

    def note(self, error: Exception) -> str:
        """Return what was tried, as the end of a message; empty if another attempt would not have helped."""
        doubt = LOST_BEFORE if self.may_have_written and fate(error) is not Fate.LOST else ""
        return "; ".join(filter(None, (self._tried(error), doubt)))

    def _tried(self, error: Exception) -> str:
        elapsed = f"{self._clock() - self.began:.0f} seconds"
        if isinstance(error, SILENT):
            times = "once" if self.count == 1 else f"{self.count} times"
            connecting = isinstance(error, UNSENT)
            limit = self._patience.connect if connecting else self._patience.wait(self._operation)
            return f"no {'connection' if connecting else 'answer'} within {limit:g} seconds, tried {times} in {elapsed}"
        if fate(error) is Fate.SPREADING:
            return f"still refused after {elapsed}, in which a new IAM role would have become usable"
        again = self.count > 1 and fate(error) in (Fate.UNDONE, Fate.LOST)
        return f"tried {self.count} times in {elapsed}" if again else ""
