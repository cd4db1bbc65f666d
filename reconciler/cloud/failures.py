"""What went wrong with a call, sorted by what that means for the next attempt, and in words for the operator."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import botocore.exceptions as failures

from reconciler.cloud.answers import LostAnswer
from reconciler.cloud.endpoints import masked
from reconciler.errors import DENIED, SIGN_IN, Ambiguous, Busy, CloudError, Denied, NoAnswer, NotFound, Unavailable

TOO_FAST = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "Throttling", "Throttled", "ThrottledException"}
)
"""Not executed, because a quota of requests is used up (cognito.md 5.3)."""

THROTTLED = TOO_FAST | {
    "ConcurrentModificationException",
    "ConcurrentModification",
    "OperationAbortedException",
    "KMSThrottling",
}
"""Not executed: may be retried, including creates (cognito.md 6)."""

BROKEN = frozenset(
    {
        "InternalErrorException",
        "InternalServerException",
        "ServiceUnavailable",
        "InternalFailure",
        "ServiceFailure",
        "ServiceException",
        "ServiceUnavailableException",
        "InternalError",
        "InternalException",
    }
)
"""Possibly executed: may be retried, except for creates. So may every answer with a status of 500 and above."""

WAITING = frozenset({"UserImportInProgressException"})
"""Not executed, and not for as long as an import job takes: no attempt of the same run will do (cognito.md 6)."""

PROPAGATING = frozenset(
    {
        "InvalidSmsRoleTrustRelationshipException",
        "InvalidSmsRoleAccessPolicyException",
        "InvalidEmailRoleAccessPolicyException",
        "CodeDeliveryFailureException",
    }
)
"""A new IAM role is refused for up to two minutes, with the same codes as an invalid one (cognito.md 6)."""

MISSING = frozenset(
    {
        "ResourceNotFoundException",
        "ParameterNotFound",
        "UserNotFoundException",
        "NoSuchKey",
        "NoSuchEntity",
        "NotFound",
    }
)

UNKNOWN = frozenset(
    {
        "UnknownOperationException",
        "UnknownOperation",
        "InvalidAction",
        "NotImplementedException",
        "NotImplemented",
    }
)
"""Codes of a service or an emulator that does not have the operation (cognito.md 6)."""

SILENT = (failures.ReadTimeoutError, failures.ConnectTimeoutError)
"""Nobody answered in time."""

UNSENT = (failures.EndpointConnectionError, failures.ConnectTimeoutError)
"""There was no response, because nothing was sent."""

LOST = (
    LostAnswer,
    failures.ConnectionClosedError,
    failures.ReadTimeoutError,
    failures.HTTPClientError,
    failures.IncompleteReadError,
    *UNSENT,
)
"""There was no response, or none that can be used."""

FAILURES = (failures.BotoCoreError, failures.ClientError, LostAnswer)
"""Everything that a call can fail with."""

LONGEST = 300
"""Maximum characters of a message that is no message but the page of a proxy."""


class Fate(enum.Enum):
    """What a failure means for the next attempt."""

    UNDONE = "the request was not executed"
    LOST = "the request may have been executed"
    SPREADING = "the role may become usable"
    UNAVAILABLE = "the service does not have the operation"
    REFUSED = "another attempt would fail the same way"


def fate(error: Exception) -> Fate:
    """Sort a failure."""
    if isinstance(error, UNSENT):
        return Fate.UNDONE
    if isinstance(error, LOST):
        return Fate.LOST
    return _fate(code_of(error), _status(error)) if isinstance(error, failures.ClientError) else Fate.REFUSED


def _fate(code: str, status: int) -> Fate:
    plain = status == HTTPStatus.NOT_FOUND and code == str(status.real)  # of no service that knows the protocol
    if status == HTTPStatus.NOT_IMPLEMENTED or code in UNKNOWN or plain:
        return Fate.UNAVAILABLE
    if code in PROPAGATING:
        return Fate.SPREADING
    if code in THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Fate.UNDONE
    if code in BROKEN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Fate.LOST
    return Fate.REFUSED


def creates(operation: str) -> bool:
    """Return whether repeating an operation makes a second object (decision 11)."""
    return operation.startswith(("Create", "Add", "AdminCreate"))


def code_of(error: Exception) -> str:
    """Return the service's code of an error, or the name of the exception."""
    if isinstance(error, LostAnswer):
        return "IncompleteAnswer"
    if isinstance(error, failures.ClientError):
        return str(error.response.get("Error", {}).get("Code") or _status(error) or "Unknown")
    return type(error).__name__


def _status(error: failures.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def translate(name: str, error: Exception, hide: Sequence[str] = (), note: str = "") -> CloudError:
    """Translate a botocore error to a `CloudError`, by what the operator should do.

    Args:
        name: `service:Operation`.
        error: The botocore error. Its message comes from the service and contains no parameters, except for
            ParamValidationError, whose message may quote values and is therefore not repeated.
        hide: Texts to remove from the message if the service quotes them.
        note: What was tried, to follow the message.
    """
    code = code_of(error)
    if isinstance(error, failures.ParamValidationError):
        return CloudError(name, "ParamValidation", "the installed botocore rejects the parameters (values not shown).")
    said, request = _said(error)
    message = masked(said)
    for text in filter(None, hide):
        message = message.replace(text, "(sensitive value)")
    message = f"{message.rstrip('. ')}; {note}" if note else message
    return _class(name.partition(":")[2], code, error)(name, code, message, request)


def _class(operation: str, code: str, error: Exception) -> type[CloudError]:
    found = fate(error)
    if found is Fate.UNAVAILABLE:
        return Unavailable
    if isinstance(error, UNSENT):
        return NoAnswer
    if found is Fate.LOST:
        return Ambiguous if creates(operation) else NoAnswer
    if code in MISSING:
        return NotFound
    if code in DENIED or code in SIGN_IN:
        return Denied
    return Busy if found is Fate.UNDONE or code in WAITING else CloudError


def _said(error: Exception) -> tuple[str, str]:
    """Return the service's own words, and the id of the request."""
    if not isinstance(error, failures.ClientError):
        return str(error), ""
    detail: Any = error.response.get("Error", {})
    request = str(error.response.get("ResponseMetadata", {}).get("RequestId", ""))
    return _words(str(detail.get("Message") or ""), _status(error)), request


def _words(message: str, status: int) -> str:
    """Return a message as it is; of the page of a proxy its title; without one, the meaning of the status."""
    text = message
    if "<" in message and re.search(r"<(!doctype|html|head|body)\b", message, re.IGNORECASE):
        title = re.search(r"<title[^>]*>(.*?)</title>", message, re.IGNORECASE | re.DOTALL)
        text = " ".join(re.sub(r"<[^>]*>", " ", title[1] if title else message).split())[:LONGEST]
    known = status in {s.value for s in HTTPStatus}
    return text or (HTTPStatus(status).phrase if known else "")
