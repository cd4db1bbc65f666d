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

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # model.py costs milliseconds that --help should not pay
    from reconciler.model import Position

EXIT_MEANING = {
    0: "ok",
    1: "error",
    2: "changes",
    3: "invalid",
    4: "refused",
    5: "stale",
    6: "partial",
    7: "incomplete",
    130: "interrupted",
    143: "terminated",
}
"""The word for each exit code; printed on the last line of standard error."""

SEVERITY = (6, 5, 4, 3, 1, 2, 7, 0)
"""Exit codes from worst to best: the worst of several wins."""


def worst(codes: Sequence[int]) -> int:
    """Return the exit code of a run over several documents."""
    return min(codes, key=SEVERITY.index, default=0)


class PoolctlError(Exception):
    """Root of all expected errors."""

    exit_code = 1
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

    exit_code = 3


class InvalidManifest(InvalidInput):
    """One or more manifests are wrong; carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.position, p.path)))
        super().__init__("\n".join(map(str, self.problems)))


class Refused(PoolctlError):
    """A safety or policy rule says no. Nothing was written."""

    exit_code = 4


class Stale(PoolctlError):
    """What was planned or reviewed is not what is live. Nothing more was written."""

    exit_code = 5


class Partial(PoolctlError):
    """Some writes were made, then something failed, or the result did not converge."""

    exit_code = 6


class Incomplete(PoolctlError):
    """Part could not be read."""

    exit_code = 7


class CloudError(PoolctlError):
    """AWS refused a call."""

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


class NotFound(CloudError):
    """The object is not there."""


class Denied(CloudError):
    """Permission is missing; the message names the action."""


class Busy(CloudError):
    """Throttled, or another write in flight, after all retries."""


class Ambiguous(CloudError):
    """The answer was lost: the write may or may not have happened."""
