"""The embedded Cognito: the backend of `--local`, the tests and `poolctl local serve`.

In: API calls, in process or over HTTP. Out: the answers and errors of the real service, as far as known.
moto, extended from outside: it replaces, keeps, fills in, re-sorts and refuses as the service does.
Plain moto's behaviour is not evidence about Cognito. Importing this package is cheap; boto3 is imported on start, and
moto (0.3 s) for the first request that is not about user pools.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:  # heavy
    from reconciler.local.backend import Engine
    from reconciler.local.desk import Desk
    from reconciler.local.faults import Faults, RecordedCall
    from reconciler.local.server import Server

STAND_IN_LENGTH = 24
"""Minimum length of a placeholder; Cognito accepts client secrets of 24 to 64 characters."""


class LocalCognito:
    """An embedded Cognito in this process; boto3 clients created after `start` use it.

    Args:
        directory: Where the state is stored between runs; None keeps it in memory.
        unmeasured: The effect of an update on omitted members for which it was not measured (cognito.md 2.1).
        empty_pages: Whether lists sometimes return empty and short pages.
        clock: Seconds since 1970.
        surroundings: Whether moto's other services start with it; otherwise the first request to one of them starts
            those, and `surround` IAM, Lambda and CloudWatch Logs.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        unmeasured: Literal["reset", "kept"] = "reset",
        empty_pages: bool = False,
        clock: Callable[[], float] = time.time,
        surroundings: bool = True,
    ) -> None:
        from reconciler.local.desk import Desk
        from reconciler.local.faults import Faults
        from reconciler.local.store import Store

        self._store = Store(directory, clock)
        self._store.unmeasured = unmeasured
        self._store.empty_pages = empty_pages
        self._stack = ExitStack()
        self._engine: Engine | None = None
        self._surroundings = surroundings
        self._start_moto: Callable[[], object] = lambda: None
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self.faults: Faults = Faults()
        """Faults to inject."""
        self.desk: Desk = Desk()
        """Functions for triggers, and what was sent to users."""
        self.calls: list[RecordedCall] = []
        """Received requests about user pools and identity pools, in order, with secrets masked."""

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """The records by user pool id, for tests."""
        return self._store.pools

    @property
    def account(self) -> dict[str, Any]:
        """The records outside user pools, for tests: identity pools, limits, web ACLs."""
        return self._store.account

    @property
    def unmeasured(self) -> Literal["reset", "kept"]:
        """The effect of an update on omitted members for which it was not measured; can be changed at any time."""
        return self._store.unmeasured

    @unmeasured.setter
    def unmeasured(self, value: Literal["reset", "kept"]) -> None:
        self._store.unmeasured = value

    @property
    def pending_describes(self) -> int:
        """Number of describes for which a new or changed domain or replica remains in progress."""
        return self._store.pending_describes

    @pending_describes.setter
    def pending_describes(self, value: int) -> None:
        self._store.pending_describes = value

    def start(self) -> Self:
        """Read the state and intercept boto3.

        Raises:
            InvalidInput: The directory is in use, or its content is not ours.
        """
        from reconciler.local.backend import Engine
        from reconciler.local.in_process import InProcess, intercepted

        engine = Engine(self._store)
        engine.faults, engine.calls, engine.desk = self.faults, self.calls, self.desk
        with ExitStack() as stack:
            engine.open()
            stack.callback(engine.close)
            stack.callback(engine.uploads.close)
            handler = InProcess(engine)
            stack.enter_context(intercepted(handler))
            stack.callback(handler.stop)
            self._start_moto = handler.moto
            self._stack = stack.pop_all()
        self._engine = engine
        if self._surroundings:
            self.surround()
        return self

    def surround(self) -> None:
        """Start IAM, Lambda and CloudWatch Logs beside a started Cognito, if they have not been started yet."""
        from reconciler.local.surroundings import installed

        if self._engine:
            self._start_moto()
            self._stack.enter_context(installed(self._engine))
            self._engine = None

    def keep_parameters(self) -> None:
        """Let parameters of poolctl itself in Systems Manager outlive this run, as the pools do."""
        from reconciler.local.parameters import installed

        if self._engine:
            self._start_moto()
            self._stack.enter_context(installed(self._engine))

    def stop(self) -> None:
        """Stop: boto3 uses AWS again, and moto's Cognito is restored."""
        self._session = None
        self._clients.clear()
        self._stack.close()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client for this Cognito, or for moto's other services."""
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
    """Return an embedded Cognito that listens on a loopback address after `start`.

    Args:
        directory: Where the state is stored; None keeps it in memory.
        host: A loopback address.
        port: 0 selects a free one.

    Raises:
        InvalidInput: The host is not a loopback address.
    """
    from reconciler.local.server import Server
    from reconciler.local.store import Store

    return Server(Store(directory), host, port)


def stand_in_secret(name: str, key: str) -> str:
    """Return a placeholder for a secret that a local run cannot read.

    Deterministic per name and key, at least 24 characters, letters, digits and underscores only, so Cognito's own
    pattern for client secrets accepts it.
    """
    slug = re.sub(r"\W+", "_", f"local_{name}_{key}", flags=re.ASCII)[:40]
    digest = hashlib.sha256(f"{name}#{key}".encode()).hexdigest()
    return f"{slug}_{digest[:16]}".ljust(STAND_IN_LENGTH, "0")
