"""Everything that can happen to one call, as a table.

A fault happens `once`, to the call of a certain number, or from that call on: to every later call of the same
operation, or of any (`everything`). Whether the service has carried out the call is part of the fault.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

HTML = b"<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>"
OTHER_TYPES: dict[type, Any] = {dict: ["x"], list: "x", str: {"x": 1}, int: ["x"], float: ["x"], bool: {"x": 1}}


def _halved(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _other_types(body: bytes) -> bytes:
    return _members(body, lambda value: OTHER_TYPES.get(type(value), ["x"]))


def _null(body: bytes) -> bytes:
    return _members(body, lambda _: None)


def _members(body: bytes, change: Callable[[Any], Any]) -> bytes:
    try:
        return json.dumps({k: change(v) for k, v in json.loads(body).items()}).encode()
    except ValueError:  # the XML of STS: its only member without content
        return _nothing(body)


def _nothing(body: bytes) -> bytes:
    if body.lstrip().startswith(b"<"):
        return b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"/>'
    return b"{}"


@dataclass(frozen=True)
class Fault:
    """What happens to a call."""

    name: str
    title: str
    how: Literal["lost", "answer", "broken", "error", "slow", "signal"]
    carried_out: bool = True
    """Whether the service carries out the call."""
    lasts: Literal["once", "operation", "everything"] = "once"
    change: Callable[[bytes], bytes] = bytes
    """What becomes of the answer's body."""
    also_refusals: bool = False
    """Whether that becomes of the body of a refusal too."""
    status: int = 400
    code: str = ""
    """The service's code; empty for an answer that is not the service's but that of something before it."""
    message: str = ""
    number: int = 0
    """The signal."""
    group: str = ""

    @property
    def transient(self) -> bool:
        """Whether a later call of the same kind succeeds."""
        return self.lasts == "once"


def _answer(name: str, title: str, change: Callable[[bytes], bytes], **more: Any) -> Fault:
    return Fault(name, title, "answer", change=change, group="answers", **more)


def _error(name: str, title: str, status: int, code: str, message: str = "", **more: Any) -> Fault:
    return Fault(name, title, "error", status=status, code=code, message=message, carried_out=False, **more)


RATE = "Rate exceeded"
BUSY = "Only one request to update user pool can be processed at a time"
INTERNAL = "Internal error."
FAULTS: tuple[Fault, ...] = (
    Fault("lost-before", "connection closed before the call was carried out", "lost", carried_out=False, group="lost"),
    Fault("lost-after", "connection closed after the call was carried out", "lost", group="lost"),
    Fault("broken-off", "answer broken off", "broken", group="lost"),
    Fault("slow", "answer later than the read timeout", "slow", group="lost"),
    Fault("silent", "no answer any more", "slow", lasts="operation", group="lost"),
    _answer("cut", "half of the body, framed as if it were whole", _halved, also_refusals=True),
    _answer("empty", "200 with an empty body", lambda _: b""),
    _answer("html", "200 with HTML", lambda _: HTML),
    _answer("types", "every member has another type", _other_types),
    _answer("null", "every member is null", _null),
    _answer("missing", "no member at all", _nothing),
    _error("500", "500 with a code, once", 500, "InternalErrorException", INTERNAL, group="5xx"),
    Fault(
        "500-after",
        "500 after the call was carried out",
        "error",
        status=500,
        code="InternalErrorException",
        message=INTERNAL,
        group="5xx",
    ),
    _error("500-always", "500 from now on", 500, "InternalErrorException", INTERNAL, lasts="operation", group="5xx"),
    _error("502", "502 with HTML, once", 502, "", group="5xx"),
    _error("502-always", "502 with HTML from now on", 502, "", lasts="operation", group="5xx"),
    _error("503", "503 with a code, once", 503, "ServiceUnavailable", "Service unavailable.", group="5xx"),
    _error("503-bare", "503 without a code, once", 503, "", group="5xx"),
    _error("503-always", "503 with a code from now on", 503, "ServiceUnavailable", lasts="operation", group="5xx"),
    _error("throttled", "throttled once", 400, "TooManyRequestsException", RATE, group="busy"),
    _error(
        "throttled-always", "throttled for ever", 400, "TooManyRequestsException", RATE, lasts="operation", group="busy"
    ),
    _error("conflict", "another write in flight, once", 400, "ConcurrentModificationException", BUSY, group="busy"),
    _error(
        "denied",
        "access denied",
        400,
        "AccessDeniedException",
        "User is not authorized to perform this operation",
        lasts="operation",
        group="refused",
    ),
    _error(
        "expired",
        "token expired",
        400,
        "ExpiredTokenException",
        "The security token included in the request is expired",
        lasts="everything",
        group="refused",
    ),
    _error("vanished", "not found, once", 400, "ResourceNotFoundException", "It does not exist.", group="refused"),
    _error(
        "vanished-always",
        "not found from now on",
        400,
        "ResourceNotFoundException",
        "It does not exist.",
        lasts="operation",
        group="refused",
    ),
    _error(
        "unknown",
        "the operation does not exist",
        400,
        "UnknownOperationException",
        "",
        lasts="operation",
        group="refused",
    ),
    *(
        Fault(f"{word}-{when}", f"{name} {when} the call", "signal", when == "after", number=number, group="signals")
        for word, name, number in (
            ("int", "SIGINT", signal.SIGINT),
            ("term", "SIGTERM", signal.SIGTERM),
            ("kill", "SIGKILL", signal.SIGKILL),
        )
        for when in ("before", "after")
    ),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
