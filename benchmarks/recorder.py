"""Speaks to the server of quotas: a process of its own for each measurement."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from benchmarks.builds import ROOT
from benchmarks.pools import Tree
from benchmarks.quotas import Call

DELAY = 0.05
"""Seconds from a request to its answer."""
NEAR = 0.02
"""The same, of who is near."""
NOT_LOOPBACK = "127.1"
"""The same address as 127.0.0.1 in a spelling that poolctl does not take for a loopback address, as `is_emulator` reads
the text: so it keeps Cognito's quotas. `check_keeps_quotas` asks each build whether this is so."""


class Recorder:
    """A running server."""

    def __init__(self, url: str) -> None:
        self.url = url
        """For runs that keep no quota."""
        self.quota_url = url.replace("127.0.0.1", NOT_LOOPBACK)
        """For runs that keep Cognito's quotas."""

    def begin(self, *, quotas: bool = False, delay: float = 0.0) -> None:
        """Begin to record; `delay` is in seconds an answer."""
        self._control(do="begin", quotas=quotas, delay=delay)

    def calls(self) -> list[Call]:
        """Return the calls since `begin`, in the order of their answers."""
        return [Call(*found) for found in self._control(do="calls")]

    def asked(self) -> list[tuple[str, Tree]]:
        """Return the operation and the parameters of each call since `begin`, as they came in."""
        return [(operation, params) for operation, params in self._control(do="asked")]

    def make(self, manifests: Sequence[Tree]) -> list[Tree]:
        """Make pools; return what each consists of, as `Made`."""
        found: list[Tree] = self._control(do="make", manifests=list(manifests))
        return found

    def make_changed(self, manifest: Tree, every: int) -> Tree:
        """Make a pool in which one group in so many differs from the manifest."""
        found: Tree = self._control(do="change groups", manifest=manifest, every=every)
        return found

    def forget(self) -> None:
        """Forget all pools."""
        self._control(do="forget")

    def _control(self, **asked: Any) -> Any:
        http = HTTPConnection(urlsplit(self.url).netloc, timeout=600)
        try:
            http.request("POST", "/control", json.dumps(asked))
            return json.loads(http.getresponse().read())
        finally:
            http.close()


@contextmanager
def recording() -> Iterator[Recorder]:
    """Start a server, and end it."""
    words = [sys.executable, "-m", "benchmarks.service"]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdin  # noqa: S101
    assert server.stdout  # noqa: S101
    try:
        url = server.stdout.readline().strip()
        if not url:
            raise RuntimeError("The server of quotas did not start; its error is above.")
        yield Recorder(url)
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait(20)


def throttled(calls: Iterable[Call]) -> int:
    """Return how many calls were refused for a quota."""
    return sum(call.throttled for call in calls)
