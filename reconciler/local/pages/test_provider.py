"""`/_poolctl/idp`: an identity provider for tests, where one enters who signs in and with which claims."""

from __future__ import annotations

import secrets
from typing import Any

from werkzeug import Request, Response

from reconciler.local import foreign_json
from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.pages import colours, rendering
from reconciler.local.pages.federating import AWAY, BACK, PROVIDER, SECONDS, USERNAME, mapped
from reconciler.local.pages.site import PageEngine, redirect
from reconciler.local.store import Record

SAMPLES = {
    "email": "alice@example.com",
    "email_verified": "true",
    "phone_number": "+14255550100",
    "phone_number_verified": "true",
    "name": "Alice Example",
    "given_name": "Alice",
    "family_name": "Example",
    "preferred_username": "alice",
    "birthdate": "1990-01-31",
    "locale": "en",
}
"""Sample values of claims, by the attribute that they are mapped to."""
CLAIM = "claim:"
DENIED = "The user cancelled the sign-in at the identity provider."
GONE = "This sign-in is over. Go back to the application and start again."
PATH = PROVIDER
DEFAULT_SUBJECT = "alice"


def answer(engine: PageEngine, request: Request) -> Response:
    """Answer a request to the test provider."""
    ticket = request.values.get("ticket", "")
    found = _away(engine, ticket)
    if found is None:
        return _page("idp_gone.html", 400, [], message=GONE)
    ctx, kept = found
    if request.method != "POST":
        return _form(ctx, kept, ticket, {})
    if request.form.get("action") == "deny":
        return _back(ctx, ticket, kept, {"error": DENIED, "subject": "", "claims": {}})
    subject, claims, error = _picked(request)
    if error or request.form.get("action") == "preview":
        return _form(ctx, kept, ticket, request.form, claims=claims, error=error)
    return _back(ctx, ticket, kept, {"error": "", "subject": subject, "claims": claims})


def _away(engine: PageEngine, ticket: str) -> tuple[Context, Record] | None:
    """Return the state of a browser that was sent here."""
    ledger = engine.context("us-east-1").ledger
    kept = ledger.get(AWAY, hashed(ticket)) if ticket else None
    pool = engine.store.pools.get(kept["pool"]) if kept else None
    if kept is None or pool is None or kept["provider"] not in pool["providers"]:
        return None
    ctx = engine.context(pool["region"])
    return (ctx, kept) if kept["expires"] > ctx.now() else None


def _picked(request: Request) -> tuple[str, Record, str]:
    """Return the subject, its claims, and an error message or empty."""
    form = request.form
    claims: Record = {k.removeprefix(CLAIM): v for k, v in form.items() if k.startswith(CLAIM) and v}
    subject = form.get("subject", "").strip()
    try:
        more: Any = foreign_json.loads(form.get("more", "").strip() or "{}")
    except ValueError:
        more = None
    if not isinstance(more, dict):
        return subject, claims, "More claims must be a JSON object."
    claims.update(more)
    return subject, claims, "" if subject else "Enter a subject."


def _form(
    ctx: Context, kept: Record, ticket: str, sent: Any, *, claims: Record | None = None, error: str = ""
) -> Response:
    pool = ctx.store.pools[kept["pool"]]
    settings = pool["providers"][kept["provider"]]
    mapping = {a: c for a, c in settings["AttributeMapping"].items() if a != USERNAME}
    attributes = dict(sorted(mapping.items()))
    shown = {c: sent.get(f"{CLAIM}{c}", _sample(kept, a)) for a, c in attributes.items()}
    rows = [{"claim": c, "value": v, "to": [a for a in attributes if mapping[a] == c]} for c, v in shown.items()]
    values = {
        "ticket": ticket,
        "provider": kept["provider"],
        "kind": settings["ProviderType"],
        "pool": pool.get("name", pool["id"]),
        "subject": sent.get("subject", kept["hint"] or DEFAULT_SUBJECT),
        "rows": rows,
        "more": sent.get("more", ""),
        "mapped": dict(sorted(mapped(mapping, claims).items())) if claims is not None and not error else None,
        "error": error,
    }
    targets = [rendering.origin_of(kept["back"]), rendering.origin_of(kept["callback"])]
    return _page("idp.html", 400 if error else 200, targets, **values)


def _sample(kept: Record, attribute: str) -> str:
    hint: str = kept["hint"]
    return hint if attribute == "email" and "@" in hint else SAMPLES.get(attribute, "")


def _back(ctx: Context, ticket: str, kept: Record, said: Record) -> Response:
    """Send the browser back; a ticket works once."""
    ctx.ledger.drop(AWAY, hashed(ticket))
    arrival = secrets.token_urlsafe(24)
    value = {"provider": kept["provider"], "client": kept["client"], **said}
    ctx.ledger.put(BACK, hashed(arrival), value, pool=kept["pool"], expires=ctx.now() + SECONDS)
    return redirect(f"{kept['back']}&arrival={arrival}")


def _page(template: str, status: int, targets: list[str], **values: Any) -> Response:
    response = Response("", status, content_type="text/html; charset=utf-8")
    rendering.write(response, template, colours.own(), [t for t in targets if t], **values)
    return response
