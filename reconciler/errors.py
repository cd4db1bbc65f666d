"""Everything that can go wrong, sorted by what the operator should do.

    PoolctlError             exit
    ├─ InvalidInput          3    fix the manifest, option or setting; AWS was not contacted
    ├─ Refused               4    a safety or policy rule says no; nothing was written
    ├─ Stale                 5    what was planned is not what is live; plan again
    ├─ Partial               6    some writes were made; read what is left, run again
    ├─ Incomplete            7    part could not be read
    └─ CloudError            1    AWS said no
       ├─ NotFound                the object is not there
       ├─ Denied                  permission is missing
       ├─ Busy                    throttled or another write in flight, after all retries
       └─ Ambiguous               the answer was lost: the write may or may not have happened

Each error says what is wrong and what to do. The command line catches the root class, prints the message to
standard error and ends with the error's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:  # model.py costs milliseconds that --help should not pay
    from reconciler.model import Position


class ExitCode(IntEnum):
    """What a run ends with."""

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
    ExitCode.CHANGES: "changes present (plan --detailed-exitcode), drift or diff found",
    ExitCode.INVALID: "invalid manifest, option or usage; AWS was not contacted",
    ExitCode.REFUSED: "refused by a safety or policy rule; nothing was written",
    ExitCode.STALE: "stale: the reviewed plan is not today's plan",
    ExitCode.PARTIAL: "partial: some writes were made, then something failed or did not converge",
    ExitCode.INCOMPLETE: "incomplete: no change seen, but part could not be read",
    ExitCode.INTERRUPTED: "interrupted, after the write in flight was finished and reported",
    ExitCode.TERMINATED: "interrupted, after the write in flight was finished and reported",
}
"""What each exit code means."""

SEVERITY = (
    ExitCode.TERMINATED,  # the environment ended the run: whatever else it says, the run is not whole
    ExitCode.INTERRUPTED,  # the same, asked for by a person; both say that a second run goes on
    ExitCode.PARTIAL,  # something was written, and more has to be
    ExitCode.STALE,  # from here on nothing was written; a new plan and a new review are needed
    ExitCode.REFUSED,  # a person has to decide
    ExitCode.INVALID,  # the author has to correct something; trying again cannot help
    ExitCode.ERROR,  # trying again may help
    ExitCode.CHANGES,  # no failure: something to look at
    ExitCode.INCOMPLETE,  # nothing seen, but not everything was seen; a change that was seen says more
    ExitCode.OK,
)
"""All exit codes from worst to best. What has changed live state comes first, then who is needed to go on: a person
before the author, the author before another attempt. docs/exit-codes.md has the same table."""


def worst(codes: Iterable[int]) -> ExitCode:
    """Return the exit code of a run whose parts ended with these codes; OK when there are none.

    The order is total, so the result depends neither on the order of the parts nor on how they are grouped.

    Raises:
        ValueError: A number is no exit code.
    """
    return min((ExitCode(code) for code in codes), key=SEVERITY.index, default=ExitCode.OK)


def exit_word(code: int) -> str:
    """Return the word for an exit code; a number that is none of ours is an error."""
    return ExitCode(code).word if code in SEVERITY else ExitCode.ERROR.word


def flow(value: Any) -> str:
    """Return a value as messages show it: in YAML's flow style, in one line, each text in double quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escaped(c)) for c in value) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class PoolctlError(Exception):
    """Root of all expected errors."""

    exit_code: ExitCode = ExitCode.ERROR
    """What the process ends with."""


class Problem:
    """One thing that is wrong with a manifest, where, and how to put it right."""

    __slots__ = ("fix", "message", "path", "position")

    def __init__(self, position: Position, path: str, message: str, fix: str = "") -> None:
        self.position = position
        self.path = path
        """The manifest path, dotted; empty when the file itself is at fault."""
        self.message = message
        self.fix = fix
        """What to do, as an imperative sentence; may be empty when the message says it."""

    def __str__(self) -> str:
        where = f"{self.position} {self.path}: " if self.path else f"{self.position}: "
        return where + self.message + (f" {self.fix}" if self.fix else "")


class InvalidInput(PoolctlError):
    """A manifest, option or setting is wrong. AWS was not contacted."""

    exit_code = ExitCode.INVALID


class InvalidManifest(InvalidInput):
    """One or more manifests are wrong; carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.position, p.path)))
        super().__init__("\n".join(map(str, self.problems)))


class Refused(PoolctlError):
    """A safety or policy rule says no. Nothing was written."""

    exit_code = ExitCode.REFUSED


class Stale(PoolctlError):
    """What was planned or reviewed is not what is live. Nothing more was written."""

    exit_code = ExitCode.STALE


class Partial(PoolctlError):
    """Some writes were made, then something failed, or the result did not converge."""

    exit_code = ExitCode.PARTIAL


class Incomplete(PoolctlError):
    """Part could not be read."""

    exit_code = ExitCode.INCOMPLETE


IAM_PREFIX = {"service-quotas": "servicequotas"}
"""Prefix of a service in IAM's actions, where boto3's name for the service is another."""


AT_FAULT = frozenset({"InvalidParameterException", "ValidationException", "ParamValidation"})
"""Codes with which AWS refuses a value that the manifest gave."""

NOT_SIGNED_IN = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "NoCredentialsError",
        "PartialCredentialsError",
        "UnrecognizedClientException",
    }
)
"""Codes of a denied call that no permission helps, as the caller is unknown."""


def iam_action(operation: str) -> str:
    """Return the IAM action that a call needs; empty for what is no call, such as reading the configuration.

    Args:
        operation: `service:Operation`, with boto3's name of the service.
    """
    service, colon, name = operation.partition(":")
    return f"{IAM_PREFIX.get(service, service)}:{name}" if colon else ""


def needs(action: str) -> str:
    """Return the words for a permission that is missing, as they follow what AWS said; empty where none is known."""
    return f" (needs the IAM action {action})" if action else ""


class CloudError(PoolctlError):
    """AWS refused a call.

    What AWS said stays data. Whoever knows what the call was for adds that with `located`.
    """

    def __init__(self, operation: str, code: str, message: str, request_id: str = "") -> None:
        self.operation = operation
        """`cognito-idp:UpdateUserPool`."""
        self.code = code
        """`InvalidParameterException`."""
        self.message = message
        """The service's words."""
        self.request_id = request_id
        """For support cases; may be empty."""
        suffix = f" (request {request_id})" if request_id else ""
        super().__init__(f"{operation}: {code}: {message}{suffix}")

    @property
    def iam_action(self) -> str:
        """The IAM action that the call needs; empty for what is no call."""
        return iam_action(self.operation)

    def located(self, where: str, again: str) -> Self:
        """Return this error with the place that it is about in front, and what to do behind.

        Args:
            where: `pools/customers.yaml:12:5 clients.web.CallbackURLs in customers`, or what else leads there.
            again: What to run once that is done: `plan` or `apply`.
        """
        made = type(self)(self.operation, self.code, self.message, self.request_id)
        text = f"{self}{self.missing}"
        stop = "" if text.endswith((".", "!", "?")) else "."
        made.args = (f"{where}: {text}{stop} {self.advice(again)}",)
        return made

    @property
    def missing(self) -> str:
        """The permission that is missing, in words; empty when that is not what is wrong."""
        return ""

    def advice(self, again: str) -> str:
        """Return what to do, as an imperative sentence.

        Args:
            again: What to run once that is done.
        """
        if self.code in AT_FAULT:
            return f"Correct the manifest, then run {again} again."
        if self.code in ("LimitExceededException", "ServiceQuotaExceededException"):
            return f"Ask AWS for a higher quota or delete what is not needed, then run {again} again."
        return "Run plan to see what is live."


class NotFound(CloudError):
    """The object is not there."""


class Denied(CloudError):
    """Permission or credentials are missing."""

    @property
    def missing(self) -> str:
        """The IAM action that is missing."""
        return "" if self.code in NOT_SIGNED_IN else needs(self.iam_action)

    def advice(self, again: str) -> str:
        """Return who has to be let in."""
        if self.missing:
            return f"Give it to the role, then run {again} again."
        return f"Get valid credentials, then run {again} again."


class Busy(CloudError):
    """Throttled, or another write in flight, after all retries."""

    def advice(self, again: str) -> str:
        """Return that time helps."""
        return f"Wait a minute, then run {again} again."


class Ambiguous(CloudError):
    """The answer was lost: the write may or may not have happened."""
