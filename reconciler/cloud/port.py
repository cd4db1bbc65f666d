"""The only port to remote services.

Stages use `Cloud` and do not import boto3. `ReadOnly` is the same port without writes: commands that must not write
receive that type, so "plan cannot write" is enforced by the program. Code that sends other calls, such as
notifications, receives a `Limited` cloud that allows exactly those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any, Protocol

from reconciler.errors import NoAnswer, PoolctlError
from reconciler.model import Tree
from schemas.records import record


@record(frozen=True, slots=True)
class Identity:
    """The account and Region of the caller."""

    account: str
    """Account number, from sts:GetCallerIdentity."""
    region: str
    """Region code of the session."""
    partition: str = "aws"
    """From the caller's ARN: `aws`, `aws-us-gov`, `aws-eusc`."""
    arn: str = ""
    """ARN of the user, or of the session of a role; empty if it is not known."""


@record(frozen=True, slots=True)
class SessionSource:
    """How a session is signed in, as far as that is known without a call to AWS."""

    source: str
    """Where the credentials come from: `env`, `shared-credentials-file`, `sso`; never a part of them."""
    region: str
    """Region code of the session; empty if none is set."""


class Cloud(Protocol):
    """An account and Region that accepts calls."""

    def identity(self) -> Identity:
        """Return the account and Region. Calls STS once."""
        ...

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send one request and return the response without its metadata.

        Args:
            service: boto3's name of the service: `cognito-idp`, `ssm`, `s3`.
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
    """A command that must not write attempted a write. This is a bug in poolctl; nothing was sent."""


class Limited:
    """A cloud that refuses every operation that is not on its list."""

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
            raise WriteAttempted(f"{service}:{operation} is not an allowed call; nothing was sent")
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region, with the same list."""
        return type(self)(self._cloud.at(region), self._allowed)


class ReadOnly(Limited):
    """A cloud whose list contains only reads, for commands that must not write."""


class Sharing:
    """A cloud that sends equal requests once, for documents that are read concurrently.

    Only for requests whose response is the same for all documents, and only while nothing is written: otherwise a run
    over a thousand pools that share a secret would ask for it a thousand times. Errors are not shared; the next request
    is sent again.
    """

    def __init__(self, cloud: Cloud, shared: frozenset[tuple[str, str]]) -> None:
        self._cloud = cloud
        self._shared = shared
        self._elsewhere: dict[str, Sharing] = {}
        self._responses: dict[str, Tree] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def identity(self) -> Identity:
        """Return the account and Region."""
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send a request, or return a copy of the response to an equal one."""
        if (service, operation) not in self._shared:
            return self._cloud.call(service, operation, params)
        from copy import deepcopy  # no run without AWS needs it

        request = repr((service, operation, sorted(params.items())))
        with self._lock:
            lock = self._locks.setdefault(request, Lock())
        with lock:  # concurrent equal requests wait for the response
            if request not in self._responses:
                self._responses[request] = self._cloud.call(service, operation, params)
        return deepcopy(self._responses[request])

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region, where requests are shared too."""
        with self._lock:
            return self._elsewhere.setdefault(region, Sharing(self._cloud.at(region), self._shared))


def pages(
    cloud: Cloud, service: str, operation: str, params: Mapping[str, Any], items: str, *, cursor: str = "NextToken"
) -> Iterator[Tree]:
    """Yield the items of a list operation over all its pages.

    Pages may be short or empty while a token remains (cognito.md 1.1), so only the token ends the loop. botocore
    lacks paginators for half of Cognito's lists.

    Args:
        cloud: Where to call it.
        service: `cognito-idp`.
        operation: The operation.
        params: Its parameters, without a token.
        items: Member of the answer that holds the items.
        cursor: Member of request and answer that holds the token; users and import jobs have PaginationToken.
    """
    further: dict[str, Any] = {}
    while True:
        answer = cloud.call(service, operation, {**params, **further})
        yield from required(answer, items, f"{service}:{operation}")
        if not answer.get(cursor):
            return
        further = {cursor: answer[cursor]}


def required(answer: Tree, member: str, name: str) -> Any:
    """Return the member that holds what was asked for: without it, nothing was answered (decision 14).

    Args:
        answer: The response.
        member: Its member.
        name: `service:Operation`.

    Raises:
        NoAnswer: It is not there.
    """
    if answer.get(member) is None:
        raise NoAnswer(name, "IncompleteAnswer", f"the answer has no {member}, which it always has")
    return answer[member]


class Meter:
    """Counts the requests that were sent, including retries. Thread-safe."""

    def __init__(self) -> None:
        self._sent: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def add(self, service: str, operation: str) -> None:
        """Count one request."""
        with self._lock:
            self._sent[service, operation] += 1

    @property
    def total(self) -> int:
        """Number of requests."""
        with self._lock:
            return self._sent.total()

    @property
    def sent(self) -> dict[tuple[str, str], int]:
        """Requests by service and operation, sorted."""
        with self._lock:
            return dict(sorted(self._sent.items()))


Clock = Callable[[], float]
"""Seconds, monotonic."""
Sleep = Callable[[float], None]
"""Waits for a number of seconds."""
