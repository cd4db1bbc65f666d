"""The row about `local serve`: requests a second on one kept-alive connection, beside other emulators of Cognito."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.builds import Build, Unmeasured, environment
from benchmarks.context import Context, medians, number, workplace
from benchmarks.pools import REGION
from benchmarks.table import Figure, Row, Target

SIGNED = f"AWS4-HMAC-SHA256 Credential=any/20260101/{REGION}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"
BATCH = 50
"""Requests to one server before the next has its turn."""
STARTING = 60.0
"""Seconds that a server may take to listen."""
EMULATORS = ("ministack", "cognito-local")


class Client:
    """One kept-alive connection, and a client of a pool to ask for."""

    def __init__(self, port: int) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=30)
        pool = self._ask("CreateUserPool", {"PoolName": "benchmark"})["UserPool"]["Id"]
        made = self._ask("CreateUserPoolClient", {"UserPoolId": pool, "ClientName": "c"})["UserPoolClient"]
        self._asked = {"UserPoolId": pool, "ClientId": made["ClientId"]}

    def _ask(self, operation: str, params: Mapping[str, str]) -> Any:
        target = f"AWSCognitoIdentityProviderService.{operation}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1", "Authorization": SIGNED}
        self._http.request("POST", "/", json.dumps(params), headers)
        response = self._http.getresponse()
        said = response.read()
        if response.status != 200:  # noqa: PLR2004
            raise Unmeasured(f"{operation} is answered with {response.status}")
        return json.loads(said)

    def rate(self) -> float:
        """Return the requests a second of a batch."""
        begin = time.perf_counter()
        for _ in range(BATCH):
            self._ask("DescribeUserPoolClient", self._asked)
        return BATCH / (time.perf_counter() - begin)


@contextmanager
def _server(words: Sequence[str], port: int, directory: Path, **more: str) -> Iterator[Client]:
    """Start a server, wait until it answers, and end it."""
    with (directory / "server.txt").open("wb") as output:
        server = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            env={**environment(directory), **more},
        )
        try:
            yield _connected(server, port)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _connected(server: subprocess.Popen[bytes], port: int) -> Client:
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if server.poll() is not None:
            raise Unmeasured(f"it ended with {server.returncode} while it started")
        try:
            return Client(port)
        except OSError:
            time.sleep(0.1)
    raise Unmeasured(f"it does not listen after {STARTING:.0f} s")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _served(build: Build, directory: Path) -> AbstractContextManager[Client]:
    port = _free_port()
    words = [str(build.home / "bin" / "poolctl"), "--local=state", "local", "serve", "--port", str(port)]
    return _server(words, port, directory)


def _emulator(context: Context, name: str, directory: Path) -> AbstractContextManager[Client]:
    port = _free_port()
    ports = {"GATEWAY_PORT": str(port), "PORT": str(port), "HOST": "127.0.0.1"}
    return _server([context.peers.program(name)], port, directory, **ports)


def serve(context: Context) -> Iterable[Row]:
    """All servers run at once and are asked in turns."""
    runs: dict[str, Callable[[], float]] = {}
    with workplace() as directory, ExitStack() as stack:
        for build in context.builds:
            context.say(f"starting the server of {build.name}")
            place = _place(directory, build.name)
            runs[build.name] = _rate_of(stack, partial(_served, build, place))
        for name in EMULATORS:
            context.say(f"starting {name}")
            place = _place(directory, name)
            runs[name] = _rate_of(stack, partial(_emulator, context, name, place))
        found = medians(runs, context.size(10, 1))
    this, other = context.each("local serve", lambda build: _figure(number(found[build.name])))
    target = Target("≥ 150/s", lambda this, _other: this["rate"] >= 150)  # noqa: PLR2004
    peer = _peers(context, found)
    yield Row("serve", "`local serve`, kept-alive: DescribeUserPoolClient", this, other, peer, target)


def _place(directory: Path, name: str) -> Path:
    place = directory / name.replace(" ", "-")
    place.mkdir()
    return place


def _rate_of(stack: ExitStack, start: Callable[[], AbstractContextManager[Client]]) -> Callable[[], float]:
    try:
        return stack.enter_context(start()).rate
    except Unmeasured as why:
        return _failing(why)


def _failing(why: Unmeasured) -> Callable[[], float]:
    def fail() -> float:
        raise why

    return fail


def _figure(rate: float) -> Figure:
    return Figure(f"{rate:.0f}/s", {"rate": rate})


def _peers(context: Context, found: Mapping[str, float | Unmeasured]) -> Figure:
    texts, numbers = [], {}
    for name in EMULATORS:
        rate = found[name]
        if isinstance(rate, Unmeasured):
            texts.append(f"{name} not measured: {rate}")
        else:
            texts.append(f"{context.peers.version(name)} {rate:.0f}/s")
            numbers[name] = rate
    return Figure("; ".join(texts), numbers)
