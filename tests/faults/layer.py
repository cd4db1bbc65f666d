"""The embedded Cognito over HTTP, with a layer before it that does harm to one call of a run."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from reconciler.local.server import RequestHandler, Server, dispatch
from reconciler.local.store import Store
from tests.faults.faults import HTML, Fault
from tests.faults.state import canonical

READ_TIMEOUT = 0.25
"""Seconds after which a run gives up a silent endpoint, in cells with one."""
READS = ("Describe", "List", "Get", "Search")
JSON = {"Content-Type": "application/x-amz-json-1.1"}


@dataclass
class Call:
    """One request, and what became of it."""

    number: int
    operation: str
    params: dict[str, Any]
    status: int = 0
    """The service's own answer; 0 where it was not asked."""
    told: bool = True
    """Whether the run got the service's own answer."""

    @property
    def writes(self) -> bool:
        return not self.operation.startswith(READS)

    @property
    def written(self) -> bool:
        """Whether the service has carried out a write."""
        return self.writes and 200 <= self.status < 300


@dataclass
class Layer:
    """What is to happen, and what has happened."""

    fault: Fault | None = None
    at: int = 0
    """Number of the call that the fault happens to; from 1."""
    pid: int = 0
    """Process of the run, for signals."""
    calls: list[Call] = field(default_factory=list)
    history: list[Any] | None = None
    """States after each write, if somebody wants them."""
    lock: Any = field(default_factory=threading.Lock)
    met: str = ""
    """Operation that the fault has happened to."""
    ready: Any = field(default_factory=threading.Event)
    """Set when `pid` is."""

    def due(self, call: Call) -> Fault | None:
        """Return what happens to a call."""
        if self.fault is None or call.number < self.at:
            return None
        if call.number == self.at:
            self.met = call.operation
            return self.fault
        again = {"once": False, "operation": call.operation == self.met, "everything": True}[self.fault.lasts]
        return self.fault if again else None


class Handler(RequestHandler):
    """One connection; `layer` is set by a subclass for each server."""

    layer: Layer
    store: Store

    def handle_any(self) -> None:
        body = self.read_body()
        layer = self.layer
        with layer.lock:
            call = Call(len(layer.calls) + 1, self._operation(body), _parsed(body))
            layer.calls.append(call)
            fault = layer.due(call)
        try:
            self._meet(fault, call, body)
        except OSError:  # the run has gone away
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def _operation(self, body: bytes) -> str:
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        found = re.search(rb"Action=(\w+)", body)
        return target or (found[1].decode() if found else self.path)

    def _meet(self, fault: Fault | None, call: Call, body: bytes) -> None:
        if fault is None:
            self.answer(*self._carried_out(call, body))
            return
        call.told = False
        {
            "lost": self._lose,
            "broken": self._break_off,
            "answer": self._spoil,
            "error": self._refuse,
            "slow": self._delay,
            "signal": self._signal,
        }[fault.how](fault, call, body)

    def _carried_out(self, call: Call, body: bytes) -> tuple[int, dict[str, str], bytes]:
        status, headers, payload = dispatch(self.command, self.path, dict(self.headers.items()), body)
        call.status = status
        if self.layer.history is not None and call.written:
            self.layer.history.append(canonical(self.store))
        return status, headers, payload.encode() if isinstance(payload, str) else payload

    def _lose(self, fault: Fault, call: Call, body: bytes) -> None:
        if fault.carried_out:
            self._carried_out(call, body)
        self._hang_up()

    def _hang_up(self) -> None:
        """Reset the connection, as a load balancer that restarts does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _break_off(self, _fault: Fault, call: Call, body: bytes) -> None:
        status, _, payload = self._carried_out(call, body)
        self.send_response(status)
        self.send_header("Content-Type", JSON["Content-Type"])
        self.send_header("Content-Length", str(len(payload) + 10))
        self.end_headers()
        self.wfile.write(payload[: len(payload) // 2])
        self.close_connection = True

    def _spoil(self, fault: Fault, call: Call, body: bytes) -> None:
        status, headers, payload = self._carried_out(call, body)
        self.answer(status, headers, fault.change(payload) if status < 300 or fault.also_refusals else payload)

    def _refuse(self, fault: Fault, call: Call, body: bytes) -> None:
        if fault.carried_out:
            self._carried_out(call, body)
        if not fault.code:
            self.answer(fault.status, {"Content-Type": "text/html"}, HTML)
        elif call.operation == "GetCallerIdentity":
            inner = f"<Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
            text = f"<ErrorResponse>{inner}</ErrorResponse>"
            self.answer(fault.status, {"Content-Type": "text/xml"}, text.encode())
        else:
            text = json.dumps({"__type": fault.code, "message": fault.message})
            self.answer(fault.status, {**JSON, "x-amzn-ErrorType": fault.code}, text.encode())

    def _delay(self, _fault: Fault, call: Call, body: bytes) -> None:
        self._carried_out(call, body)
        time.sleep(READ_TIMEOUT * 2)
        self._hang_up()

    def _signal(self, fault: Fault, call: Call, body: bytes) -> None:
        call.told = True
        kills = fault.number == 9
        self.layer.ready.wait(5)
        if kills:
            if fault.carried_out:
                self._carried_out(call, body)
            os.kill(self.layer.pid, fault.number)
            self._hang_up()
        elif fault.carried_out:
            answer = self._carried_out(call, body)
            os.kill(self.layer.pid, fault.number)
            self.answer(*answer)
        else:
            os.kill(self.layer.pid, fault.number)
            self.answer(*self._carried_out(call, body))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Service:
    """One embedded Cognito behind a layer, whose state can be put back in a millisecond."""

    def __init__(self) -> None:
        self.store = Store(None)
        handler = type("LayerHandler", (Handler,), {"layer": Layer(), "store": self.store})
        self._handler: Any = handler
        self.server = Server(self.store, "127.0.0.1", 0, handler)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def layer(self) -> Layer:
        layer: Layer = self._handler.layer
        return layer

    def begin(self, layer: Layer) -> Layer:
        """Put a new layer before the service; later requests meet it."""
        self._handler.layer = layer
        return layer

    def save(self) -> str:
        """Return the whole state."""
        store = self.store
        return json.dumps([store.pools, store.account, store._serial])

    def restore(self, saved: str) -> None:
        """Put a state back."""
        store = self.store
        with store.lock:
            pools, account, serial = json.loads(saved)
            store.pools.clear()
            store.pools.update(pools)
            store.account.clear()
            store.account.update(account)
            store._serial = serial
            for pool in store.pools.values():
                store.touch(pool)
