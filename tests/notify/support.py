"""Reports, a receiver on loopback, and what stands in for the network and for AWS."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from reconciler.cloud.port import Cloud, Identity
from reconciler.model import Secret, Tree
from reconciler.notify import NOTIFIERS, Receiver
from reconciler.notify.batch import Batch, batch
from reconciler.notify.posting import Answer, Means
from tests.render.found import DRIFTS
from tests.render.through_door import drift_tree

ACCOUNT = "123456789012"
TOKEN = "T0KEN-canary-B00/xoxb-9"
"""Stands in the path of every URL; it must be seen nowhere."""


def rendered(*names: str) -> Tree:
    """The report of the samples that the renderers are tested with."""
    return drift_tree([d for name in names for d in DRIFTS[name]])


def full() -> Tree:
    return rendered("full", "incomplete", "expired")


def pool(name: str = "customers", region: str = "eu-west-1", pool_id: str = "eu-west-1_AbCdEf123") -> Tree:
    summary = dict.fromkeys(("changed", "missing", "unmanaged", "undeclared", "suppressed", "expired", "read"), 0)
    summary |= {"weakens": 0, "mixed": 0}
    return {
        "key": f"{ACCOUNT}/{region}/{name}",
        "name": name,
        "id": pool_id,
        "account": ACCOUNT,
        "region": region,
        "manifest": f"pools/{name}.yaml",
        "complete": True,
        "summary": summary,
    }


def finding(number: int, of: Tree, **other: Any) -> Tree:
    return {
        "id": identity(number),
        "class": "changed",
        "severity": "error",
        "fails": True,
        "pool": of["name"],
        "pool_key": of["key"],
        "address": f"{of['name']}/clients/web",
        "type": "UserPoolClient",
        "path": "CallbackURLs",
        "wanted": ["https://a.example.com/cb"],
        "live": ["https://b.example.com/cb"],
        "sensitive": False,
        "source": {"file": "pools/customers.yaml", "line": 47, "column": 5},
        "attribution": None,
        "direction": "neutral",
        "effects": [],
        **other,
    }


def effect(direction: str = "weakens", risk: str = "high", below: Sequence[str] = (), **other: Any) -> Tree:
    """What a finding means, as a report has it."""
    impact = {"who": "all users", "tokens": None, "reversible": True, "undo": None, "facts": []}
    sentence = "Codes are sent to a new host."
    found = {"path": ".".join(below), "below": list(below), "direction": direction, "risk": risk, "sentence": sentence}
    return {**found, "impact": {**impact, **other}, "rules": ["CHG11"]}


def weak(number: int, of: Tree, *effects: Tree, **other: Any) -> Tree:
    """A finding that weakens."""
    found = effects or (effect(),)
    return finding(number, of, direction=found[0]["direction"], effects=list(found), **other)


def gap(number: int, of: Tree, **other: Any) -> Tree:
    return {
        "id": identity(number),
        "pool_key": of["key"],
        "address": f"{of['name']}/groups",
        "operation": "ListGroups",
        "reason": "AccessDeniedException: no",
        "code": "AccessDeniedException",
        "request_id": None,
        "iam_action": "cognito-idp:ListGroups",
        **other,
    }


def identity(number: int) -> str:
    return f"poolctl-{number:016x}"


def report(*findings: Tree, pools: tuple[Tree, ...] = (), gaps: tuple[Tree, ...] = ()) -> Tree:
    tree = rendered("nothing")
    tree["pools"] = list(pools or (pool(),))
    tree["findings"] = list(findings)
    tree["coverage"] = {"complete": not gaps, "gaps": list(gaps)}
    tree["complete"] = not gaps
    return tree


def many(number: int, value: str = "x" * 500) -> Tree:
    of = pool()
    return report(*(finding(n, of, live=value) for n in range(number)))


def fresh(tree: Tree) -> Batch:
    return batch(tree)


def ids(new: Batch) -> Counter[str]:
    return Counter(a.id for a in new.alerts)


# --- what messages are sent with -----------------------------------------------------------------------------------


@dataclass
class Waits:
    """A sleep that only takes notes."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def no_cloud(region: str) -> Cloud:
    raise AssertionError(region)


def no_post(url: Secret, body: bytes, headers: Mapping[str, str]) -> Answer:
    raise AssertionError(url)


def means(post: Any = no_post, cloud: Callable[[str], Cloud] = no_cloud, now: float = 0.0) -> Means:
    return Means(cloud, Waits(), post, lambda: now)


NAMED = {n.name: n for n in NOTIFIERS}
"""The notifiers by their names."""


def hook(kind: str, url: str = f"https://hooks.example.com/{TOKEN}") -> Receiver:
    return Receiver(NAMED[kind], f"{kind}=env:HOOK", Secret(url, "test"))


class FakeCloud:
    """Answers calls by a function; remembers them with the Region they were for."""

    def __init__(self, answer: Callable[[str, Mapping[str, Any]], Tree]) -> None:
        self._answer = answer
        self.region = ""
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []

    def __call__(self, region: str) -> FakeCloud:
        self.region = region
        return self

    def identity(self) -> Identity:
        return Identity(ACCOUNT, "eu-west-1")

    def at(self, region: str) -> FakeCloud:
        return self(region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.calls.append((self.region, f"{service}:{operation}", params))
        return self._answer(f"{service}:{operation}", params)


# --- a receiver on loopback ----------------------------------------------------------------------------------------


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Local:
    """A server that answers as the script says, and then with 200 `ok`."""

    script: list[tuple[int, Mapping[str, str], str] | None]
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/{TOKEN}"


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(*script: tuple[int, Mapping[str, str], str] | None, certificate: str = "") -> Iterator[Local]:
    """Serve, with TLS where there is a certificate; None in the script closes the connection without an answer."""
    local = Local(list(script))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            local.requests.append(Request(self.path, dict(self.headers), body))
            answer = local.script.pop(0) if local.script else (200, {}, "ok")
            if answer is None:
                self.close_connection = True
                return
            status, headers, text = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            local.requests.append(Request(self.path, dict(self.headers), b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    local.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield local
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
