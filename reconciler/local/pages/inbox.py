"""`/_poolctl`: the pools with links to their sign-in pages, and the messages that Cognito would have sent."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import urlencode

from werkzeug import Request, Response

from reconciler.local.desk import Message
from reconciler.local.pages import colours, rendering
from reconciler.local.pages.authorizing import IMPLICIT
from reconciler.local.pages.site import PREFIX, PageEngine
from reconciler.local.store import Record

HOME, MESSAGES = "/_poolctl", "/_poolctl/messages"
MOST = 100
"""Number of messages on the page."""


def messages(engine: PageEngine, request: Request) -> list[Message]:
    """Return the messages that match `to`, `user` and `pool` of a request, the newest first."""
    wanted = {k: v for k in ("to", "user", "pool") if (v := request.args.get(k))}
    found = reversed(engine.context("us-east-1").desk.messages)
    return [m for m in found if all(getattr(m, k) == v for k, v in wanted.items())]


def as_json(engine: PageEngine, request: Request) -> Response:
    """`GET /_poolctl/messages`."""
    found = [asdict(m) for m in messages(engine, request)]
    response = Response(json.dumps({"messages": found}, indent=2), 200, content_type="application/json")
    response.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return response


def home(engine: PageEngine, request: Request) -> Response:
    """`GET /_poolctl`."""
    response = Response("", 200, content_type="text/html; charset=utf-8")
    shown = [{"message": m, "time": _shown(m.time)} for m in messages(engine, request)[:MOST]]
    pools = [_pool(p) for p in engine.store.pools.values()]
    rendering.write(response, "inbox.html", colours.own(), [], messages=shown, pools=pools)
    return response


def _shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _pool(pool: Record) -> Record:
    domains = sorted(pool["domains"])
    return {
        "id": pool["id"],
        "name": pool.get("name", pool["id"]),
        "region": pool["region"],
        "domains": domains,
        "clients": [_client(c, domains) for c in pool["clients"].values()],
    }


def _client(client: Record, domains: list[str]) -> Record:
    return {"name": client.get("ClientName", ""), "id": client["ClientId"], "link": sign_in_link(client, domains)}


def sign_in_link(client: Record, domains: list[str]) -> str:
    """Return the path of the sign-in page of a client, or empty if it has none."""
    flows, urls = client.get("AllowedOAuthFlows", ()), client.get("CallbackURLs", ())
    usable = bool(client.get("AllowedOAuthFlowsUserPoolClient") and {"code", "implicit"} & set(flows))
    if not (domains and urls and usable and client.get("SupportedIdentityProviders")):
        return ""
    query = {
        "client_id": client["ClientId"],
        "response_type": "code" if "code" in flows else IMPLICIT,
        "redirect_uri": client.get("DefaultRedirectURI") or urls[0],
    }
    return f"{PREFIX}{domains[0]}/login?{urlencode(query)}"
