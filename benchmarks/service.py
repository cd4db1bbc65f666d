"""A server that answers Cognito's operations from memory, keeps its quotas, and records the calls.

    python -m benchmarks.service

It prints its URL, and ends with its standard input. The embedded Cognito gives the answers; what was asked before and
has not been written since is answered from a cache, so that the server is no bottleneck. `POST /` are calls of AWS;
`POST /control` is spoken by `Recorder`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import astuple
from typing import Any

from benchmarks.pools import ACCOUNT, REGION, Tree, change_groups, make
from benchmarks.quotas import Buckets, Call, is_write
from reconciler.local.backend import Engine
from reconciler.local.store import Store

IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/measured</Arn><UserId>measured</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
THROTTLED = '{"__type":"TooManyRequestsException","message":"Too many requests"}'
Answer = tuple[int, str, str]
"""Status, content type, body."""
JSON = "application/x-amz-json-1.1"


class Answers(Engine):
    """The embedded Cognito without users, of which it would note the groups of the whole pool at each write."""

    def _save(self) -> None:
        self.store.save()


class Account:
    """What the server keeps: the pools, the quotas and the calls.

    Args of the constructor:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.begin(quotas=False, delay=0.0)
        self.forget()

    def begin(self, *, quotas: bool, delay: float) -> None:
        """Begin to record.

        Args:
            quotas: Whether calls beyond Cognito's quotas are refused.
            delay: Seconds until an answer is sent, as over a network.
        """
        self.quotas, self.delay = quotas, delay
        self.calls: list[Call] = []
        self.asked: list[tuple[str, Any]] = []
        self.buckets = Buckets()
        self.began = self.clock()

    def forget(self) -> None:
        """Forget all pools."""
        self.engine = Answers(Store(None), record=False)
        self.engine.open()
        self.known: dict[tuple[str, bytes], Answer] = {}

    def ask(self, operation: str, params: Tree) -> Tree:
        """Make one call that is not recorded."""
        status, _, said = self.engine.direct(REGION, operation, json.dumps(params).encode())
        self.known.clear()
        if status >= 400:  # noqa: PLR2004
            raise RuntimeError(f"{operation}: {said}")
        answer: Tree = json.loads(said)
        return answer

    def answer(self, operation: str, body: bytes) -> Answer:
        """Answer one call within its quotas."""
        if is_write(operation):
            self.known.clear()
            return self._answered(operation, body)
        if (operation, body) not in self.known:
            self.known[operation, body] = self._answered(operation, body)
        return self.known[operation, body]

    def _answered(self, operation: str, body: bytes) -> Answer:
        status, _, said = self.engine.direct(REGION, operation, body)
        return status, JSON, said

    def control(self, asked: Tree) -> Any:
        """Carry out what the benchmark asks for."""
        match asked["do"]:
            case "begin":
                return self.begin(quotas=asked["quotas"], delay=asked["delay"])
            case "make":
                return [make(tree, self.ask).as_tree() for tree in asked["manifests"]]
            case "change groups":
                return self._change_groups(asked["manifest"], asked["every"])
            case "forget":
                return self.forget()
            case "asked":
                return self.asked
        return [astuple(call) for call in self.calls]

    def _change_groups(self, manifest: Tree, every: int) -> Any:
        made = make(manifest, self.ask)
        return {**made.as_tree(), "changed": change_groups(made, every, self.ask)}


class Connection:
    """One kept-alive connection."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client closes the connection."""
        try:
            while head := await _head(reader):
                path, headers = head
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, kind, said = await self.answer(path, headers, body)
                payload = said.encode()
                lines = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(payload)}\r\n\r\n"
                writer.write(lines.encode() + payload)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client or the benchmark has gone away
        finally:
            writer.close()

    async def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer a request.

        Args:
            path: `/` for a call of AWS, `/control` for one of the benchmark.
            headers: By names in lower case.
            body: JSON.
        """
        if path == "/control":
            return 200, "application/json", json.dumps(self._account.control(json.loads(body)))
        target, _, operation = headers.get("x-amz-target", "").partition(".")
        if not target:
            return 200, "text/xml", IDENTITY
        if operation == "GetWebACLForResource":
            return 200, JSON, "{}"
        if target != "AWSCognitoIdentityProviderService":
            return 400, JSON, json.dumps({"__type": "UnknownOperationException", "message": target})
        return await self._recorded(operation, body)

    async def _recorded(self, operation: str, body: bytes) -> Answer:
        account, now = self._account, self._account.clock()
        params = json.loads(body or b"{}")
        account.asked.append((operation, params))
        pool = str(params.get("UserPoolId", ""))
        allowed = not account.quotas or account.buckets.take(operation, pool, now)
        answer = account.answer(operation, body) if allowed else (400, JSON, THROTTLED)
        if account.delay:
            await asyncio.sleep(account.delay - (account.clock() - now))
        start = now - account.began
        account.calls.append(Call(operation, pool, start, account.clock() - account.began, not allowed))
        return answer


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    """Return the path and the headers of the next request; None at the end of the connection."""
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    pairs = (line.partition(":") for line in lines if line)
    return first.split()[1], {name.lower(): value.strip() for name, _, value in pairs}


async def serve() -> None:
    """Serve on a free loopback port, and print the URL."""
    account = Account()
    server = await asyncio.start_server(Connection(account).serve, "127.0.0.1", 0, limit=1 << 24)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        sys.stdin.read()  # to its end: the benchmark has ended
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve())
