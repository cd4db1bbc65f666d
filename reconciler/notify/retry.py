"""The number of attempts to send a message, and the time between them."""

from __future__ import annotations

import random

ATTEMPTS = 5
"""Maximum attempts to send a message."""

LONGEST = 60.0
"""Maximum seconds between two attempts, whatever a receiver requests."""


def back_off(attempt: int) -> float:
    """Return how many seconds to wait after an attempt that failed: 1, 2, 4, …, less a random part.

    Args:
        attempt: Counts from 1.
    """
    return min(LONGEST, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
