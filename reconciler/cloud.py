"""The one port to anything remote.

Stages know `Cloud` and nothing of boto3. `ReadOnly` is the same port with the writes taken out: commands that must
not write are given that type, so "plan cannot write" is a fact of the program and not a promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
            service: `cognito-idp`, `cognito-identity`, `ssm`, `secretsmanager`.
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


class ReadOnly:
    """A cloud that refuses every operation not on its list."""

    def __init__(self, cloud: Cloud, reads: frozenset[tuple[str, str]]) -> None:
        self._cloud = cloud
        self._reads = reads

    def identity(self) -> Identity:
        """Return the account and Region."""
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send a request if it is on the read list.

        Raises:
            WriteAttempted: The operation is not on the list.
        """
        if (service, operation) not in self._reads:
            raise WriteAttempted(f"{service}:{operation} is not on the list of reads; nothing was sent")
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region, without writes there too."""
        return ReadOnly(self._cloud.at(region), self._reads)


def pages(cloud: Cloud, service: str, operation: str, params: Mapping[str, Any], items: str) -> Iterator[Tree]:
    """Yield the items of a list operation over all its pages.

    Pages may be short or empty while a token remains (cognito-facts 1.1), so only the token ends the loop. botocore
    lacks paginators for half of Cognito's lists; all of those used here continue with NextToken.
    """
    token: str | None = None
    while True:
        answer = cloud.call(service, operation, {**params, "NextToken": token} if token else params)
        yield from answer.get(items, ())
        token = answer.get("NextToken")
        if not token:
            return


Clock = Callable[[], float]
"""Seconds, monotonic."""
Sleep = Callable[[float], None]
"""Waits for so many seconds."""
