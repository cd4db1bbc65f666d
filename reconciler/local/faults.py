"""Fault injection, and the list of received calls.

A real account throttles, has writes in flight and loses answers; moto never does. Tests configure faults here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MESSAGES = {
    "TooManyRequestsException": "Rate exceeded",
    "ConcurrentModificationException": "Only one request to update user pool can be processed at a time",
    "AccessDeniedException": "User is not authorized to perform this operation",
    "InternalErrorException": "Internal error.",
}
STATUS = {"InternalErrorException": 500, "InternalServerException": 500, "ServiceUnavailable": 503}
ANY = "*"


@dataclass
class Fault:
    """A fault that occurs a number of times."""

    operation: str
    """CamelCase, of any service (TagResource is in two), or `*` for any."""
    error_code: str | None
    """Name of the exception; None if only the answer is lost."""
    times: int
    """Remaining number of occurrences."""
    after: int
    """Number of calls before it starts."""
    message: str
    """The service's message."""
    lost_answer: bool
    """Whether the operation takes effect and the connection then breaks."""

    @property
    def status(self) -> int:
        """The HTTP status of the error."""
        return STATUS.get(self.error_code or "", 400)


class Faults:
    """Faults to inject."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        operation: str,
        error_code: str | None = None,
        times: int = 1,
        after: int = 0,
        message: str = "",
        *,
        lost_answer: bool = False,
    ) -> None:
        """Make an operation fail.

        Args:
            operation: CamelCase, or `*` for any.
            error_code: Name of the exception. Optional with `lost_answer`.
            times: Number of occurrences.
            after: Number of calls of the operation that succeed first.
            message: The service's message; by default a generic one.
            lost_answer: Run the operation, then break the connection. Takes precedence over `error_code`.

        Raises:
            ValueError: Neither an error nor a lost answer was given.
        """
        if error_code is None and not lost_answer:
            raise ValueError("a fault needs an error code or a lost answer")
        text = message or MESSAGES.get(error_code or "", "Injected fault.")
        self._faults.append(Fault(operation, error_code, times, after, text, lost_answer))

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def due(self, operation: str) -> Fault | None:
        """Return the fault for this call, and count it. Call once per request."""
        for fault in self._faults:
            if fault.operation not in (operation, ANY) or not fault.times:
                continue
            if fault.after:
                fault.after -= 1
                continue
            fault.times -= 1
            return fault
        return None


@dataclass(frozen=True)
class RecordedCall:
    """One received request."""

    service: str
    """`cognito-idp`, `cognito-identity` or `wafv2`."""
    operation: str
    """CamelCase."""
    params: dict[str, Any]
    """The request, with secrets masked."""
    region: str
    """The Region of the request."""
    error: str = ""
    """Name of the returned exception; empty if there was none."""
