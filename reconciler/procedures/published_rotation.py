"""Rotation of a client secret that Cognito keeps in Secrets Manager: it is asked for there, and waited for.

The versions of the secret say how far it is: a version that is pending is a rotation under way, which is not asked for
again. Cognito makes the new secret and puts it there (cognito.md 2.3), so nothing is handed over and none is deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.errors import PoolctlError, flow
from reconciler.procedures.secret_places import MANAGER, Calls

CALLS: Calls = frozenset((MANAGER, name) for name in ("DescribeSecret", "RotateSecret"))
"""The calls of such a rotation."""

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
"""Stages of versions."""

POLL = 2.0
"""Seconds between two looks at the versions."""

PATIENCE = 600.0
"""Seconds to wait for the new version."""


class VersionsSeen(NamedTuple):
    """The versions of a secret that matter to a rotation."""

    current: str
    """Id of the version that applications get."""
    pending: bool
    """Whether a rotation is under way."""


class PublishedRotation:
    """One run of such a rotation.

    Args of the constructor:
        cloud: Allows `CALLS`.
        arn: ARN of the secret, as Cognito answers it.
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
        say: Called with the state while it waits.
    """

    def __init__(self, cloud: Cloud, arn: str, *, clock: Clock, sleep: Sleep, say: Callable[[str], None]) -> None:
        self._cloud, self._arn = cloud, arn
        self._clock, self._sleep, self._say = clock, sleep, say

    def look(self) -> VersionsSeen:
        """Return the versions of the secret.

        Raises:
            CloudError: They could not be read.
        """
        answer = self._cloud.call(MANAGER, "DescribeSecret", {"SecretId": self._arn})
        stages: Mapping[str, Sequence[str]] = answer.get("VersionIdsToStages") or {}
        current = next((version for version, names in stages.items() if CURRENT in names), "")
        pending = any(PENDING in names and CURRENT not in names for names in stages.values())
        return VersionsSeen(current, pending)

    def ask(self, before: VersionsSeen) -> bool:
        """Ask for a rotation, unless one is under way. Return whether it was asked for.

        Args:
            before: The versions, as they are.

        Raises:
            CloudError: Secrets Manager refused.
        """
        if before.pending:
            return False
        token = str(uuid.uuid4())  # one for all attempts, so that a lost answer does not lead to a second rotation
        self._cloud.call(MANAGER, "RotateSecret", {"SecretId": self._arn, "ClientRequestToken": token})
        return True

    def wait(self, before: VersionsSeen) -> VersionsSeen:
        """Wait until there is a new version.

        Args:
            before: The versions before it was asked for.

        Raises:
            PoolctlError: There is none yet, or it could not be read.
        """
        began = self._clock()
        while (seen := self.look()).current == before.current:
            elapsed = self._clock() - began
            if elapsed > PATIENCE:
                raise PoolctlError(
                    f"{flow(self._arn)} has no new version after {elapsed:.0f} seconds; Secrets Manager goes on by "
                    "itself. See its rotation status there, and run this again."
                )
            self._say(f"Waiting for Secrets Manager to rotate the secret ({elapsed:.0f} s)…")
            self._sleep(POLL)
        self._say("")
        return seen
