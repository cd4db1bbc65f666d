"""The embedded Cognito: what `--local`, the tests and `poolctl local serve` run against.

In: API calls, in process or over HTTP. Out: the answers and errors of the real service, as far as they are known.
moto, extended from outside: it replaces where the service replaces, keeps where it keeps, fills in, re-sorts and
refuses. moto's plain behaviour must not be taken for Cognito's. Importing this package is cheap; moto and boto3 (0.5 s)
are imported on start.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:  # heavy
    from reconciler.local.faults import Faults, RecordedCall
    from reconciler.local.server import Server

STAND_IN_LENGTH = 24
"""Least length of a stand-in; Cognito takes client secrets of 24 to 64 characters."""


class LocalCognito:
    """An embedded Cognito in this process; boto3 clients made after `start` talk to it.

    Args:
        directory: Where the state lives between runs; None keeps it in memory.
        unmeasured: What an update does to omitted members of which nobody measured it (cognito.md 2.1).
        empty_pages: Whether lists answer with empty and short pages now and then.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        unmeasured: Literal["reset", "kept"] = "reset",
        empty_pages: bool = False,
    ) -> None:
        from reconciler.local.faults import Faults
        from reconciler.local.store import Store

        self._store = Store(directory)
        self._store.unmeasured = unmeasured
        self._store.empty_pages = empty_pages
        self._stack = ExitStack()
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self.faults: Faults = Faults()
        """What should go wrong."""
        self.calls: list[RecordedCall] = []
        """The requests that arrived about user pools and identity pools, in order, secrets masked."""

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """The records by user pool id, for tests."""
        return self._store.pools

    @property
    def account(self) -> dict[str, Any]:
        """The records of what belongs to no user pool, for tests: identity pools, limits, web ACLs."""
        return self._store.account

    @property
    def unmeasured(self) -> Literal["reset", "kept"]:
        """What an update does to omitted members of which nobody measured it; may be changed at any time."""
        return self._store.unmeasured

    @unmeasured.setter
    def unmeasured(self, value: Literal["reset", "kept"]) -> None:
        self._store.unmeasured = value

    @property
    def pending_describes(self) -> int:
        """For how many describes a domain or replica that is made or changed from now on stays as if in the making."""
        return self._store.pending_describes

    @pending_describes.setter
    def pending_describes(self, value: int) -> None:
        self._store.pending_describes = value

    def start(self) -> Self:
        """Read the state and intercept boto3.

        Raises:
            InvalidInput: The directory is in use, or what is in it is not ours.
        """
        from moto import mock_aws

        from reconciler.local.backend import Engine, installed

        engine = Engine(self._store)
        engine.faults, engine.calls = self.faults, self.calls
        with ExitStack() as stack:
            self._store.open()
            stack.callback(self._store.close)
            stack.enter_context(mock_aws())
            stack.enter_context(installed(engine))
            self._stack = stack.pop_all()
        return self

    def stop(self) -> None:
        """Let go: boto3 talks to AWS again, and moto's Cognito is moto's own."""
        self._session = None
        self._clients.clear()
        self._stack.close()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client that talks to this Cognito, or to moto's other services."""
        import boto3

        self._session = self._session or boto3.session.Session()
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.client(service, region_name=region)
        return self._clients[service, region]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def serve(directory: Path | None, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Return an embedded Cognito that listens on a loopback address once it is started.

    Args:
        directory: Where the state lives; None keeps it in memory.
        host: A loopback address.
        port: 0 takes a free one.

    Raises:
        InvalidInput: The host is not a loopback address.
    """
    from reconciler.local.server import Server
    from reconciler.local.store import Store

    return Server(Store(directory), host, port)


def stand_in_secret(name: str, key: str) -> str:
    """Return a stand-in for a secret that a local run cannot read.

    Deterministic per name and key, at least 24 characters, letters, digits and underscores only, so that Cognito's own
    pattern for client secrets accepts it.
    """
    slug = re.sub(r"\W+", "_", f"local_{name}_{key}", flags=re.ASCII)[:40]
    digest = hashlib.sha256(f"{name}#{key}".encode()).hexdigest()
    return f"{slug}_{digest[:16]}".ljust(STAND_IN_LENGTH, "0")
