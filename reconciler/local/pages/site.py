"""The domain of a user pool, which browsers reach below a path of this server or as a host of its own.

`http://127.0.0.1:PORT/_domain/<domain>/login` and `http://<domain>.localhost:PORT/login` are the same page.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from werkzeug import Request, Response
from werkzeug.urls import iri_to_uri

from reconciler.local.operation import Context
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record, Store

PREFIX = "/_domain/"
LOCALHOST = ".localhost"
MANAGED = 2
"""ManagedLoginVersion for managed login."""
CARRIED = (
    *("client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge"),
    *("code_challenge_method", "identity_provider", "idp_identifier", "prompt", "login_hint", "lang", "resource"),
)
"""Parameters that each page passes on to the next."""


class PageEngine(Protocol):
    """The part of the embedded Cognito that the pages use."""

    @property
    def store(self) -> Store:
        """The records."""

    def context(self, region: str) -> Context:
        """Return the context of an operation in a Region."""

    def turn(self) -> AbstractContextManager[object]:
        """Hold the lock and save at the end."""


class Elsewhere(Exception):
    """Raised to answer a request with another page or a redirect.

    Args of the constructor:
        response: The response.
    """

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class Site:
    """One request to the domain of a pool."""

    ctx: Context
    request: Request
    pool: Record
    domain: str
    """The prefix, or the name of a custom domain."""
    root: str
    """Prefix of each path; empty on a host of its own."""
    path: str
    """Path within the domain, such as `/login`."""

    @property
    def managed(self) -> bool:
        """Whether the pages are those of managed login."""
        return bool(self.pool["domains"].get(self.domain, {}).get("ManagedLoginVersion", 1) == MANAGED)

    @property
    def carried(self) -> dict[str, str]:
        """The parameters of the request that are passed on."""
        return {k: self.request.args[k] for k in CARRIED if k in self.request.args}

    @property
    def host(self) -> str:
        """The host that the browser sees, without a port."""
        return (urlsplit(f"//{self.request.host}").hostname or "").lower()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the request."""
        return f"{self.request.scheme}://{self.request.host}"

    def url(self, path: str, **query: str) -> str:
        """Return the path of a page with a query, for links and redirects."""
        return f"{self.root}{path}{'?' if query else ''}{urlencode(query)}"

    def onward(self, path: str, without: tuple[str, ...] = (), **query: str) -> str:
        """Return the path of a page with the parameters that are passed on."""
        return self.url(path, **{k: v for k, v in self.carried.items() if k not in without} | query)

    def client(self) -> Record | None:
        """Return the app client that the request names, or None."""
        found: Record | None = self.pool["clients"].get(self.request.args.get("client_id", ""))
        return found

    def caller(self, client: Record, metadata: Mapping[str, str] | None = None) -> Caller:
        """Return the caller for operations that these pages call."""
        return Caller(self.pool, client, "hosted", dict(metadata or {}), host=self.host)


def redirect(url: str) -> Response:
    """Return a redirect to one of our pages or a URL of an app client, exactly as given."""
    response = Response("", 302, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = url if url.isascii() else iri_to_uri(url)
    response.headers["Cache-Control"] = "no-store"
    return response


def find(engine: PageEngine, request: Request) -> Site | None:
    """Return the domain that a request is for, or None. Use within `engine.turn()`."""
    host = (urlsplit(f"//{request.host}").hostname or "").lower()
    name, root, path = "", "", request.path
    if request.path.startswith(PREFIX):
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        root, path = f"{PREFIX}{name}", f"/{rest}"
    elif host.endswith(LOCALHOST):
        name = host.removesuffix(LOCALHOST)
    for pool in engine.store.pools.values() if name else ():
        if name in pool["domains"]:
            return Site(engine.context(pool["region"]), request, pool, name, root, path)
    return None
