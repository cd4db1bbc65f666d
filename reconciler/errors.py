"""The expected errors, grouped by what the operator should do.

    PoolctlError             exit
    ├─ Defect                1    unexpected: a bug
    ├─ InvalidInput          3    fix the manifest, option or setting; AWS was not contacted
    ├─ Refused               4    a safety or policy rule refuses; nothing was written
    ├─ Stale                 5    what was planned is not what is live; plan again
    ├─ Partial               6    some writes were made; read what is left, run again
    ├─ Incomplete            7    part could not be read
    └─ CloudError            1    AWS refused a call
       ├─ NotFound                the object is not there
       ├─ Denied                  permission is missing
       ├─ Busy                    throttled or another write in flight, after all retries
       ├─ Unavailable             this Region, partition or emulator does not have the operation
       └─ NoAnswer                no usable response, after all retries
          └─ Ambiguous            the same for a create, which is not repeated: it may or may not have happened

Each error says what is wrong and what to do. The command line catches the root class, prints the message to
standard error and exits with the error's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:  # model.py costs milliseconds that --help should not pay
    from reconciler.model import Position


class ExitCode(IntEnum):
    """The exit code of a run."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    INVALID = 3
    REFUSED = 4
    STALE = 5
    PARTIAL = 6
    INCOMPLETE = 7
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def word(self) -> str:
        """The word on the last line of standard error: `exit 4 (refused)`."""
        return self.name.lower()

    @property
    def meaning(self) -> str:
        """What happened, in one line: that of `--help`."""
        return MEANING[self]


MEANING = {
    ExitCode.OK: "done, nothing to do, or a plan was made",
    ExitCode.ERROR: "error from AWS, or unexpected; nothing known to have been written",
    ExitCode.CHANGES: "changes present (plan --detailed-exitcode), drift, differences or findings",
    ExitCode.INVALID: "invalid manifest, option or usage; AWS was not contacted",
    ExitCode.REFUSED: "refused by a safety or policy rule; nothing was written",
    ExitCode.STALE: "stale: the reviewed plan is not today's plan",
    ExitCode.PARTIAL: "partial: some writes were made, then something failed or did not converge",
    ExitCode.INCOMPLETE: "incomplete: part could not be read, so changes may be missing",
    ExitCode.INTERRUPTED: "interrupted, after the write in flight was finished and reported",
    ExitCode.TERMINATED: "interrupted, after the write in flight was finished and reported",
}
"""What each exit code means."""

SEVERITY = (
    ExitCode.TERMINATED,  # the environment ended the run: it is incomplete, whatever else happened
    ExitCode.INTERRUPTED,  # the same, requested by a person; in both cases the next run continues
    ExitCode.PARTIAL,  # something was written, and changes remain
    ExitCode.STALE,  # nothing more was written; a new plan and a new review are needed
    ExitCode.REFUSED,  # a person has to decide
    ExitCode.INVALID,  # the author has to correct something; a retry cannot help
    ExitCode.ERROR,  # a retry may help
    ExitCode.INCOMPLETE,  # part was not read: the changes that were seen may not be all of them
    ExitCode.CHANGES,  # no failure: changes to review
    ExitCode.OK,
)
"""All exit codes from worst to best: first those after writes, then by what is needed to continue: a decision, a
correction, a retry. docs/exit-codes.md has the same table."""


def worst(codes: Iterable[int]) -> ExitCode:
    """Return the exit code of a run from the codes of its parts; OK when there are none.

    The order is total, so the result depends neither on the order of the parts nor on how they are grouped.

    Raises:
        ValueError: A number is not an exit code.
    """
    return min((ExitCode(code) for code in codes), key=SEVERITY.index, default=ExitCode.OK)


def exit_word(code: int) -> str:
    """Return the word for an exit code; an unknown number is an error."""
    return ExitCode(code).word if code in SEVERITY else ExitCode.ERROR.word


def flow(value: Any) -> str:
    """Return a value as messages show it: in YAML flow style, on one line, each string in double quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return '"' + printable(value.replace("\\", "\\\\").replace('"', '\\"')) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def printable(value: str) -> str:
    """Escape characters that a terminal interprets or hides: control characters, newlines, bidirectional marks."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else _ESCAPES.get(c) or _code(c) for c in value)


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class PoolctlError(Exception):
    """Root of all expected errors."""

    exit_code: ExitCode = ExitCode.ERROR
    """The exit code of the process."""


class Defect(PoolctlError):
    """Something unexpected. The message is the type of the original error and its place.

    Its text is left out, because an exception of a library may quote parameters, and with them a secret.
    """

    def __init__(self, error: Exception) -> None:
        import os  # costs nothing: it is loaded
        import traceback

        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
        super().__init__(f"unexpected {type(error).__name__}{place}. This is a bug in poolctl; please report it.")


@contextmanager
def expected_errors() -> Iterator[None]:
    """While it is open, an unexpected error becomes a `Defect`, so that the work around it can go on.

    Raises:
        PoolctlError: An expected error as it is, any other as a `Defect`.
    """
    try:
        yield
    except PoolctlError:
        raise
    except Exception as error:
        raise Defect(error) from error


class Problem:
    """One error in a manifest, its position, and how to correct it."""

    __slots__ = ("fix", "message", "path", "position", "whole_file")

    def __init__(self, position: Position, path: str, message: str, fix: str = "", *, whole_file: bool = False) -> None:
        self.position = position
        self.path = path
        """The manifest path, dotted; empty when the error is in the file itself."""
        self.message = message
        self.fix = fix
        """What to do, as an imperative sentence; empty if the message includes it."""
        self.whole_file = whole_file
        """Whether it is about the file or directory itself, such as one that does not exist. For people it then has no
        line; formats that require one have the first."""

    def __str__(self) -> str:
        place = self.position.file if self.whole_file else str(self.position)
        where = f"{place} {self.path}: " if self.path else f"{place}: "
        return printable(where + self.message + (f" {self.fix}" if self.fix else ""))


class InvalidInput(PoolctlError):
    """A manifest, option or setting is invalid. AWS was not contacted."""

    exit_code = ExitCode.INVALID


class InvalidManifest(InvalidInput):
    """One or more manifests are invalid; carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.position, p.path)))
        super().__init__("\n".join(map(str, self.problems)))


class Refused(PoolctlError):
    """A safety or policy rule refuses the operation. Nothing was written."""

    exit_code = ExitCode.REFUSED


class Stale(PoolctlError):
    """The live state no longer matches what was planned or reviewed. Nothing more was written."""

    exit_code = ExitCode.STALE


class Partial(PoolctlError):
    """Some writes succeeded, then something failed, or the result did not converge."""

    exit_code = ExitCode.PARTIAL


class Incomplete(PoolctlError):
    """Part could not be read."""

    exit_code = ExitCode.INCOMPLETE


IAM_PREFIX = {"service-quotas": "servicequotas", "sesv2": "ses"}
"""Service prefix in IAM actions, where it differs from boto3's service name."""


AT_FAULT = frozenset({"InvalidParameterException", "ValidationException", "ParamValidation"})
"""Codes with which AWS refuses a value from the manifest."""

DENIED = frozenset(
    {
        "AccessDeniedException",
        "AccessDenied",
        "NotAuthorizedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "AuthorizationError",
    }
)
"""Codes with which AWS denies a call."""

_EXPIRED = "Temporary credentials have expired: sign in again"
_REFUSED = "AWS does not know these keys: they were deleted or deactivated, or are of another partition"
_SSO = "Sign in again with `aws sso login --profile NAME`"
_LOGIN = "Sign in again with `aws login`"
_UNSIGNED = "The secret key does not belong to the key id, or the clock of this machine is wrong"

SIGN_IN = {
    "NoCredentialsError": "Name a profile with --profile or AWS_PROFILE, sign in with `aws sso login`, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. --local needs no credentials",
    "PartialCredentialsError": "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither",
    "ProfileNotFound": "Correct --profile or AWS_PROFILE: `aws configure list-profiles` lists those that there are",
    "CredentialRetrievalError": "Correct what the profile gets its credentials from: a process, a role or an identity",
    "SSOError": _SSO,
    "SSOTokenLoadError": _SSO,
    "UnauthorizedSSOTokenError": _SSO,
    "TokenRetrievalError": _SSO,
    "LoginError": _LOGIN,
    "LoginRefreshRequired": _LOGIN,
    "LoginTokenLoadError": _LOGIN,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidClientTokenId": _REFUSED,
    "UnrecognizedClientException": _REFUSED,
    "SignatureDoesNotMatch": _UNSIGNED,
    "InvalidSignatureException": _UNSIGNED,
}
"""Codes of a denied call that no permission fixes, because the caller is not authenticated, and what to do."""

DOCTOR = "`poolctl doctor` checks what is missing."

NOT_SIGNED_IN = frozenset(SIGN_IN)
"""Codes of a denied call that no permission fixes."""


def is_denied(code: str) -> bool:
    """Return whether a permission would let a call with this code succeed; no code is taken for a denied call."""
    return not code or (code in DENIED and code not in NOT_SIGNED_IN)


def iam_action(operation: str) -> str:
    """Return the IAM action that a call needs; empty for steps that are not calls, such as reading the configuration.

    Args:
        operation: `service:Operation`, with boto3's name of the service.
    """
    service, colon, name = operation.partition(":")
    return f"{IAM_PREFIX.get(service, service)}:{name}" if colon else ""


def needs(action: str) -> str:
    """Return the suffix that names a missing permission, to follow the message of AWS; empty if none is known."""
    return f" (needs the IAM action {action})" if action else ""


class CloudError(PoolctlError):
    """AWS refused a call.

    Operation, code and message of AWS stay data. The caller that knows the purpose of the call adds it with `located`.
    """

    def __init__(self, operation: str, code: str, message: str, request_id: str = "") -> None:
        self.operation = operation
        """`cognito-idp:UpdateUserPool`."""
        self.code = code
        """`InvalidParameterException`."""
        self.message = message
        """The service's message."""
        self.request_id = request_id
        """For support cases; may be empty."""
        self.lost = False
        """Whether the answer to an earlier attempt was lost, so that a write may have taken effect in spite of this."""
        suffix = f" (request {request_id})" if request_id else ""
        text = f"{operation}: {code}: {message}{suffix}"
        cure = f"{text.rstrip('. ')}. {SIGN_IN[code]}. {DOCTOR}" if code in SIGN_IN else text
        super().__init__(printable(cure))

    @property
    def iam_action(self) -> str:
        """The IAM action that the call needs; empty for steps that are not calls."""
        return iam_action(self.operation)

    def located(self, where: str, again: str) -> Self:
        """Return this error with its location prepended and what to do appended.

        Args:
            where: `pools/customers.yaml:12:5 clients.web.CallbackURLs in customers`, or another location.
            again: The command to run afterwards: `plan` or `apply`.
        """
        made = type(self)(self.operation, self.code, self.message, self.request_id)
        made.lost = self.lost
        text = f"{self}{self.missing}"
        stop = "" if text.endswith((".", "!", "?")) else "."
        made.args = (f"{printable(where)}: {text}{stop} {self.advice(again)}",)
        return made

    @property
    def missing(self) -> str:
        """The suffix that names the missing permission; empty for other errors."""
        return ""

    def advice(self, again: str) -> str:
        """Return what to do, as an imperative sentence.

        Args:
            again: The command to run afterwards.
        """
        if self.code in AT_FAULT:
            return f"Correct the manifest, then run {again} again."
        if self.code in ("LimitExceededException", "ServiceQuotaExceededException"):
            return f"Request a quota increase from AWS or delete unused objects, then run {again} again."
        return "Run plan to see the live state."


class NotFound(CloudError):
    """The object does not exist."""


class Denied(CloudError):
    """Permission or credentials are missing."""

    @property
    def missing(self) -> str:
        """The IAM action that is missing."""
        return "" if self.code in NOT_SIGNED_IN else needs(self.iam_action)

    def advice(self, again: str) -> str:
        """Return the permission to grant; what to do about credentials is said before."""
        if self.missing:
            return f"Grant it to the role, then run {again} again."
        return f"Then run {again} again."


class Busy(CloudError):
    """Throttled, or another write in flight, after all retries."""

    def advice(self, again: str) -> str:
        """Return the advice to wait."""
        return f"Wait a minute, then run {again} again."


class Unavailable(CloudError):
    """This Region, partition or emulator does not have the operation."""

    def advice(self, again: str) -> str:
        """Return where to go instead."""
        return f"Use a Region or an endpoint that has the operation, or remove what needs it, then run {again} again."


UNREACHED = frozenset({"EndpointConnectionError", "ConnectTimeoutError"})
"""Codes of a call that was not sent, because there was no connection."""


class NoAnswer(CloudError):
    """There was no usable response, after all retries."""

    @property
    def unsent(self) -> bool:
        """Whether the request did not even reach the service, by the last attempt."""
        return self.code in UNREACHED

    def advice(self, again: str) -> str:
        """Return the advice to try again."""
        return f"Check the connection and the state of the service, then run {again} again."


class Ambiguous(NoAnswer):
    """The response to a create was lost: the object may or may not have been made."""

    def advice(self, again: str) -> str:
        """Return the advice to look before trying again."""
        return f"Run plan to see the live state, then run {again} again."
