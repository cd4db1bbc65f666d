"""How often a message is sent, and how long to wait in between."""

from __future__ import annotations

import random

ATTEMPTS = 5
"""How often a message is sent at most."""

LONGEST = 60.0
"""Seconds that are waited at most between two attempts, whatever a receiver asks for."""


def back_off(attempt: int) -> float:
    """Return how many seconds to wait after an attempt that failed: 1, 2, 4, …, less a random part.

    Args:
        attempt: Counts from 1.
    """
    return min(LONGEST, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
