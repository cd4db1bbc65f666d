"""GitHub's API on the loopback, as far as it is used: issues, comments, labels, pull requests, pages and bad days."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghs_canary_5d0c2f7b91e84a66"
BOT = "github-actions[bot]"
REPO = "octo/pools"


@dataclass
class Fault:
    """What goes wrong once, with the next request of that method."""

    method: str
    status: int = 0
    """0: the connection is cut without an answer."""
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "bad day"
    done: bool = False
    """Whether the request is carried out before the answer is lost."""


class FakeGitHub:
    """The state of one repository, and the server in front of it."""

    def __init__(self) -> None:
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, dict[str, Any]] = {}
        self.pulls: dict[str, list[dict[str, Any]]] = {}
        self.labels: dict[str, dict[str, Any]] = {}
        self.files: dict[tuple[str, str], str] = {}
        self.heads: dict[str, str] = {}
        self.faults: deque[Fault] = deque()
        self.seen: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self.page = 2
        self.actor = BOT
        self.url = ""
        self.renamed = ""
        self._next = 100

    # --- what tests do and ask ---

    def number(self) -> int:
        self._next += 1
        return self._next

    def comment(self, issue: int, body: str, author: str = BOT) -> dict[str, Any]:
        """A comment that somebody wrote."""
        made = {"id": self.number(), "issue": issue, "body": body, "user": {"login": author}}
        self.comments[made["id"]] = made
        return made

    def issue(self, body: str, *, author: str = BOT, labels: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
        number = self.number()
        names = [{"name": label} for label in labels]
        made = {
            "number": number,
            "title": "t",
            "body": body,
            "user": {"login": author},
            "labels": names,
            "state": "open",
        }
        self.issues[number] = {**made, **more}
        return self.issues[number]

    def said(self, issue: int, author: str = BOT) -> list[str]:
        return [c["body"] for c in self.comments.values() if c["issue"] == issue and c["user"]["login"] == author]

    @property
    def writes(self) -> list[str]:
        return [f"{method} {path}" for method, path in self.seen if method != "GET"]

    def merged(self, sha: str, number: int, **more: Any) -> None:
        pull = {
            "number": number,
            "merged_at": "2026-11-25T10:00:00Z",
            "merge_commit_sha": sha,
            "base": {"ref": "main"},
            "head": {"sha": "head"},
        }
        self.pulls.setdefault(sha, []).append({**pull, **more})

    # --- the API ---

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        for verb, pattern, act in self.routes():
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                return act(*match.groups(), query=query, body=body)
        return 404, {"message": f"Not Found: {method} {path}"}

    def routes(self):
        repo = f"/repos/{REPO}"
        yield "GET", rf"{repo}/issues/(\d+)/comments", self._list_comments
        yield "POST", rf"{repo}/issues/(\d+)/comments", self._create_comment
        yield "PATCH", rf"{repo}/issues/comments/(\d+)", self._update_comment
        yield "DELETE", rf"{repo}/issues/comments/(\d+)", self._delete_comment
        yield "GET", rf"{repo}/commits/(\w+)/pulls", lambda sha, **_: (200, self.pulls.get(sha, []))
        yield "GET", rf"{repo}/issues", self._list_issues
        yield "POST", rf"{repo}/issues", self._create_issue
        yield "PATCH", rf"{repo}/issues/(\d+)", self._update_issue
        yield "GET", rf"{repo}/contents/(.+)", self._get_file
        yield "GET", rf"{repo}/git/ref/heads/(.+)", self._get_branch
        yield "GET", rf"{repo}/labels/(.+)", self._get_label
        yield "POST", rf"{repo}/labels", self._create_label

    def _list_comments(self, issue, **_):
        return 200, [c for c in self.comments.values() if c["issue"] == int(issue)]

    def _create_comment(self, issue, *, body, **_):
        if len(body["body"]) > 65_535:
            return 422, {"message": "body is too long (maximum is 65536 characters)"}
        return 201, self.comment(int(issue), body["body"], self.actor)

    def _update_comment(self, number, *, body, **_):
        if len(body["body"]) > 65_535:
            return 422, {"message": "body is too long"}
        self.comments[int(number)]["body"] = body["body"]
        return 200, self.comments[int(number)]

    def _delete_comment(self, number, **_):
        return (204, None) if self.comments.pop(int(number), None) else (404, {"message": "Not Found"})

    def _list_issues(self, *, query, **_):
        label, state = query.get("labels", ""), query.get("state", "open")
        found = [i for i in self.issues.values() if i["state"] == state]
        return 200, [i for i in found if not label or label in [n["name"] for n in i["labels"]]]

    def _create_issue(self, *, body, **_):
        if len(body["body"]) > 65_536:
            return 422, {"message": "body is too long"}
        missing = [name for name in body["labels"] if name not in self.labels]
        assert not missing, missing
        return 201, self.issue(body["body"], author=self.actor, labels=tuple(body["labels"]), title=body["title"])

    def _update_issue(self, number, *, body, **_):
        assert len(body.get("body", "")) <= 65_536
        self.issues[int(number)].update(body)
        return 200, self.issues[int(number)]

    def _get_file(self, path, *, query, **_):
        found = self.files.get((query["ref"], unquote(path)))
        content = {"encoding": "base64", "content": base64.encodebytes((found or "").encode()).decode()}
        return (404, {"message": "Not Found"}) if found is None else (200, content)

    def _get_branch(self, name, **_):
        found = self.heads.get(unquote(name))
        return (200, {"object": {"type": "commit", "sha": found}}) if found else (404, {"message": "Not Found"})

    def _get_label(self, name, **_):
        found = self.labels.get(unquote(name))
        return (200, found) if found else (404, {"message": "Not Found"})

    def _create_label(self, *, body, **_):
        self.labels[body["name"]] = body
        return 201, body

    def fault(self, method: str) -> Fault | None:
        if self.faults and self.faults[0].method == method:
            return self.faults.popleft()
        return None


class Handler(BaseHTTPRequestHandler):
    github: FakeGitHub

    def log_message(self, *_: object) -> None:
        pass

    def _handle(self) -> None:
        split = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(split.query).items()}
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        github = self.github
        github.seen.append((self.command, split.path))
        github.tokens.add(self.headers.get("Authorization", ""))
        fault = github.fault(self.command)
        if fault is None or fault.done:
            status, found = self._answer(split.path, query, body)
        if fault and not fault.status:
            self.close_connection = True
            return
        if fault:
            self._send(fault.status, {"message": fault.message}, fault.headers)
            return
        self._paged(status, found, split.path, query)

    def _answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        return self.github.answer(self.command, path, query, body)

    def _paged(self, status: int, found: Any, path: str, query: dict[str, str]) -> None:
        if not isinstance(found, list):
            self._send(status, found, {})
            return
        assert query["per_page"] == "100"
        at, size = int(query.get("page", 1)), self.github.page
        rest = "".join(f"&{k}={v}" for k, v in query.items() if k != "page")
        more = at * size < len(found)
        link = {"Link": f'<{self.github.url}{path}?page={at + 1}{rest}>; rel="next"'} if more else {}
        self._send(status, found[(at - 1) * size : at * size], link)

    def _send(self, status: int, tree: Any, headers: dict[str, str]) -> None:
        content = b"" if tree is None else json.dumps(tree).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle


@contextmanager
def serving() -> Iterator[FakeGitHub]:
    """A fake on a free port of the loopback."""
    github = FakeGitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"github": github}))
    server.daemon_threads = True
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
