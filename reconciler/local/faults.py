"""Faults on demand, and the list of calls that arrived.

A real account throttles, has writes in flight and loses answers; moto never does. Tests say here what should go wrong.
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
    """Something that goes wrong a number of times."""

    operation: str
    """CamelCase, of any service (TagResource is in two), or `*` for any."""
    error_code: str | None
    """Name of the exception; None when only the answer is lost."""
    times: int
    """How often it still happens."""
    after: int
    """How many calls pass before it starts."""
    message: str
    """The service's words."""
    lost_answer: bool
    """Whether the operation is carried out and the connection then breaks."""

    @property
    def status(self) -> int:
        """The HTTP status of the error."""
        return STATUS.get(self.error_code or "", 400)


class Faults:
    """What should go wrong."""

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
        """Let an operation fail.

        Args:
            operation: CamelCase, or `*` for any.
            error_code: Name of the exception. May be left out with `lost_answer`.
            times: How often.
            after: How many calls of the operation pass first.
            message: The service's words; the usual ones if left out.
            lost_answer: Carry the operation out, then break the connection. Takes precedence over `error_code`.

        Raises:
            ValueError: Neither an error nor a lost answer was asked for.
        """
        if error_code is None and not lost_answer:
            raise ValueError("a fault needs an error code or a lost answer")
        text = message or MESSAGES.get(error_code or "", "Injected fault.")
        self._faults.append(Fault(operation, error_code, times, after, text, lost_answer))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    def due(self, operation: str) -> Fault | None:
        """Return the fault that this call meets, and count it. Call once per request."""
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
    """One request that arrived."""

    service: str
    """`cognito-idp`, `cognito-identity` or `wafv2`."""
    operation: str
    """CamelCase."""
    params: dict[str, Any]
    """The request, secrets masked."""
    region: str
    """The Region that was addressed."""
    error: str = ""
    """Name of the exception that was answered; empty if there was none."""
