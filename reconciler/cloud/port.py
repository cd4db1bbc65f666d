"""The one port to anything remote.

Stages know `Cloud` and nothing of boto3. `ReadOnly` is the same port with the writes taken out: commands that must
not write are given that type, so "plan cannot write" is a fact of the program and not a promise. What has to send
something else, as notifications do, is given a `Limited` one that can do that and nothing besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from reconciler.errors import PoolctlError
from reconciler.model import Tree


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is calling, and where."""

    account: str
    """Account number, from sts:GetCallerIdentity."""
    region: str
    """Region code of the session."""
    partition: str = "aws"
    """`aws`, `aws-cn`, `aws-us-gov`."""


class Cloud(Protocol):
    """An account and Region that answers calls."""

    def identity(self) -> Identity:
        """Return the account and Region. Asks STS once."""
        ...

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send one request and return the answer without its metadata.

        Args:
            service: As boto3 calls it: `cognito-idp`, `ssm`, `s3`.
            operation: CamelCase, as in the service model.
            params: The input structure; `Secret` leaves are revealed here and nowhere else.

        Raises:
            CloudError: The service refused, or could not be reached.
        """
        ...

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region.

        Args:
            region: Region code.
        """
        ...


class WriteAttempted(PoolctlError):
    """A command that must not write tried to. This is a defect of poolctl; nothing was sent."""


class Limited:
    """A cloud that refuses every operation not on its list."""

    def __init__(self, cloud: Cloud, allowed: frozenset[tuple[str, str]]) -> None:
        self._cloud = cloud
        self._allowed = allowed

    def identity(self) -> Identity:
        """Return the account and Region."""
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send a request if it is on the list.

        Raises:
            WriteAttempted: The operation is not on the list.
        """
        if (service, operation) not in self._allowed:
            raise WriteAttempted(f"{service}:{operation} is not on the list of what may be sent; nothing was sent")
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region, with the same list."""
        return type(self)(self._cloud.at(region), self._allowed)


class ReadOnly(Limited):
    """A cloud whose list holds reads and nothing else: what a command is given that must not write."""


class Sharing:
    """A cloud that asks a question once, for documents that are read side by side.

    Only for questions whose answer is the same for all of them, and only while nothing is written: a fleet of a
    thousand pools would otherwise list all pools a thousand times. An error is no answer; the next one asks again.
    """

    def __init__(self, cloud: Cloud, shared: frozenset[tuple[str, str]]) -> None:
        self._cloud = cloud
        self._shared = shared
        self._elsewhere: dict[str, Sharing] = {}
        self._answers: dict[str, Tree] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def identity(self) -> Identity:
        """Return the account and Region."""
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send a request, or return a copy of the answer that was given to the same one."""
        if (service, operation) not in self._shared:
            return self._cloud.call(service, operation, params)
        question = repr((service, operation, sorted(params.items())))
        with self._lock:
            mine = self._locks.setdefault(question, Lock())
        with mine:  # who asks at the same time waits for the answer
            if question not in self._answers:
                self._answers[question] = self._cloud.call(service, operation, params)
        return deepcopy(self._answers[question])

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region, where questions are shared too."""
        with self._lock:
            return self._elsewhere.setdefault(region, Sharing(self._cloud.at(region), self._shared))


def pages(cloud: Cloud, service: str, operation: str, params: Mapping[str, Any], items: str) -> Iterator[Tree]:
    """Yield the items of a list operation over all its pages.

    Pages may be short or empty while a token remains (cognito.md 1.1), so only the token ends the loop. botocore
    lacks paginators for half of Cognito's lists; all of those used here continue with NextToken.
    """
    token: str | None = None
    while True:
        answer = cloud.call(service, operation, {**params, "NextToken": token} if token else params)
        yield from answer.get(items, ())
        token = answer.get("NextToken")
        if not token:
            return


class Meter:
    """How many requests were sent, repeated ones included. Threads may share it."""

    def __init__(self) -> None:
        self._sent: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def add(self, service: str, operation: str) -> None:
        """Count one request."""
        with self._lock:
            self._sent[service, operation] += 1

    @property
    def sent(self) -> dict[tuple[str, str], int]:
        """Requests by service and operation, sorted."""
        with self._lock:
            return dict(sorted(self._sent.items()))


Clock = Callable[[], float]
"""Seconds, monotonic."""
Sleep = Callable[[float], None]
"""Waits for so many seconds."""
