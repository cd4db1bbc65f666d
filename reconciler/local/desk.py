"""The environment of sign-ins: where the server listens, functions for triggers, and sent messages.

A code that Cognito would send by e-mail or SMS is shown instead: on the terminal of `local serve`, at
`/_poolctl/messages`, and here.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_MESSAGES = 1000

Function = Callable[[dict[str, Any]], Any]
"""Takes the event of a trigger and returns the answer of the function; raises `FunctionFailed` if it fails."""


class FunctionFailed(Exception):
    """A function for a trigger raised an error.

    Args of the constructor:
        message: The message of its error.
        cause: `raised`, or `unreachable` if it could not be called.
    """

    def __init__(self, message: str, cause: str = "raised") -> None:
        super().__init__(message)
        self.message, self.cause = message, cause


@dataclass(frozen=True)
class Message:
    """A message that the real Cognito would have sent."""

    time: float
    """Seconds since 1970."""
    pool: str
    """Id of the pool."""
    user: str
    """Name of the user."""
    medium: str
    """`EMAIL` or `SMS`."""
    to: str
    """Address or number, in full."""
    subject: str
    """Empty for SMS."""
    body: str
    """As sent; HTML for e-mail."""
    code: str
    """The code or temporary password in it."""
    link: str = ""
    """The link in it, if it has one."""
    occasion: str = ""
    """Such as `SignUp`, the suffix of the triggerSource of CustomMessage."""


def _quiet(_line: str) -> None:
    """Print nothing."""


@dataclass
class Desk:
    """The environment of sign-ins in one process."""

    base: str = ""
    """URL of the server, without a trailing slash; empty without a server."""
    functions: Mapping[str, Function] = field(default_factory=dict)
    """Functions for triggers by ARN."""
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))
    """Sent messages, the newest last."""
    say: Callable[[str], None] = _quiet
    """Prints a line on the terminal."""
    random: Callable[[int], bytes] = os.urandom
    """Returns a number of random bytes."""
