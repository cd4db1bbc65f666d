"""How fast calls under one limit may follow each other, learned from the answers.

What the service measures is unknown: a token bucket, a window of a second that begins anywhere, or one by the clock.
So a pace keeps all three: after a short burst calls are spread evenly, and no second ever has more of them than the
limit. Somebody else may use the same limit. A throttled answer lowers the pace, and time raises it again.
"""

from __future__ import annotations

import math
from collections import deque

BURST = 0.5
"""The burst of a limit that the application shares, in seconds' worth of calls: half is left for it."""

LOWERED = 0.7
"""What is left of a pace after a throttled answer."""

LEAST = 0.05
"""Lowest pace, as a part of the full one: whoever else uses the limit may stop, and only a call can show that."""

RAISED = 0.01
"""Part of the full pace that is added again a second."""

EARLY = 1e-6
"""Seconds that count as none: clocks are added up from floating-point numbers."""

LATE = 0.025
"""Seconds by which a call may be late and counts as on time where there is no even line, so that delays of threads do
not add up from one second to the next."""

STALL = 0.15
"""Seconds by which a call may be late and does not move the even line: a busy machine held it up. A longer pause is one
in which nobody called, and brings a burst instead."""

TOGETHER = 1.05
"""Seconds within which no more calls go than the limit, for a call that is late and one that arrives early."""

CATCHING_UP = 1.0 - LATE / TOGETHER
"""Time in which as many calls go as the limit has, on an even line, as a part of that which they take on average: so
what a busy machine held up can catch up."""


class Pace:
    """One limit. It knows no clock: whoever uses it says what time it is.

    Args of the constructor:
        rate: Calls a second, at most.
        now: Seconds, monotonic.
        burst: Calls that may go at once after a pause, in seconds' worth of calls; those after them wait for as long.
            None for a limit that only this run uses: then no second has too many calls, and that is all.
    """

    def __init__(self, rate: float, now: float, burst: float | None = BURST) -> None:
        self._full = rate
        self._seconds, self._even = burst or 0.0, burst is not None
        self._lowered, self._since = rate, now
        self._line = now
        self._ahead = self._burst(rate)
        self._recent: deque[float] = deque(maxlen=max(1, math.ceil(rate * TOGETHER - EARLY)))

    def rate(self, now: float) -> float:
        """Return the calls a second that are allowed by now."""
        if self._lowered >= self._full:
            return self._full
        return min(self._full, self._lowered + RAISED * self._full * (now - self._since))

    def ready_at(self, now: float, others: int = 0) -> float:
        """Return when the next call may go.

        Args:
            now: Seconds, monotonic.
            others: Calls that will go before it; the time is then the earliest possible one.
        """
        rate = self.rate(now)
        return max(self._evenly(now, rate, others) if self._even else max(self._line, now), self._apart(rate, others))

    def take(self, now: float) -> None:
        """Take note that a call goes now, or at a later time that `ready_at` has given."""
        rate = self.rate(now)
        self._recent.append(now if self._even else min(now, max(now - LATE, self._apart(rate))))
        if not self._even:
            return
        if now + EARLY < self._line:
            self._ahead -= 1.0
        elif now > self._line + STALL:
            self._ahead = self._saved(now, rate)
            self._line = now
        self._line += 1.0 / rate

    def throttled(self, sent: float, now: float) -> None:
        """Slow down, because the service refused a call. One that was sent before that is no news.

        Args:
            sent: When the call went.
            now: Seconds, monotonic.
        """
        if self._lowered < self._full and sent <= self._since:
            return
        self._lowered = max(self._full * LEAST, self.rate(now) * LOWERED)
        self._since = now
        self._ahead = 0.0
        self._line = max(self._line, now + 1.0 / self._lowered)

    def is_idle(self, now: float) -> bool:
        """Return whether it is as good as a new one."""
        size = self._recent.maxlen or 1
        old = not self._recent or self._recent[-1] + size / self._full + LATE < now
        return old and self.rate(now) >= self._full

    def _evenly(self, now: float, rate: float, others: int) -> float:
        """Return when one more call is due on the even line, after others, unless what was saved lets it go at once."""
        saved = self._saved(now, rate)
        free = int(saved) + (now + EARLY >= self._line)
        return now if others < free else max(self._line, now) + max(0.0, others - saved) / rate

    def _apart(self, rate: float, others: int = 0) -> float:
        """Return when one more call, after others, makes no more of them than the limit in the time for so many."""
        size = self._recent.maxlen or 1
        place = len(self._recent) - size + others
        time = size / rate * (CATCHING_UP if self._even else 1.0)
        return self._recent[place] + time if 0 <= place < len(self._recent) else -math.inf

    def _saved(self, now: float, rate: float) -> float:
        """Return how many calls may go ahead of the even line: those that were not made while there were none."""
        return min(self._burst(rate), self._ahead + max(0.0, now - self._line) * rate)

    def _burst(self, rate: float) -> float:
        return max(0.0, math.floor(rate * self._seconds + EARLY) - 1.0)
