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
SUCCESS = 200


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
    body: str | None = None
    """What arrives in place of the answer, whatever is between service and client has done to it."""
    http: int = 0
    """HTTP status; 0 takes that of the error."""

    @property
    def status(self) -> int:
        """The HTTP status of the answer: with one of success, the operation takes effect."""
        return self.http or (STATUS.get(self.error_code or "", 400) if self.error_code else SUCCESS)

    @property
    def refuses(self) -> bool:
        """Whether the operation does not take effect."""
        return not self.lost_answer and self.status != SUCCESS


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
        body: str | None = None,
        status: int = 0,
    ) -> None:
        """Make an operation fail.

        Args:
            operation: CamelCase, or `*` for any.
            error_code: Name of the exception. Optional with `lost_answer`.
            times: Number of occurrences.
            after: Number of calls of the operation that succeed first.
            message: The service's message; by default a generic one.
            lost_answer: Run the operation, then break the connection. Takes precedence over `error_code`.
            body: Text that arrives in place of the answer. Without a `status` of failure, the operation is run.
            status: HTTP status; 0 takes that of the error, or 200.

        Raises:
            ValueError: Neither an error nor a lost answer nor a body was given.
        """
        if error_code is None and not lost_answer and body is None:
            raise ValueError("a fault needs an error code, a lost answer or a body")
        text = message or MESSAGES.get(error_code or "", "Injected fault.")
        self._faults.append(Fault(operation, error_code, times, after, text, lost_answer, body, status))

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
