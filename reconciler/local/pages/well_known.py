"""The documents below `/<pool id>/.well-known/`, where libraries find endpoints and keys."""

from __future__ import annotations

import json
import re

from werkzeug import Request, Response

from reconciler.local.operation import Context
from reconciler.local.pages.cross_origin import OPEN
from reconciler.local.pages.site import PREFIX
from reconciler.local.signin import keys
from reconciler.local.store import Record

PATH = re.compile(r"/([\w-]+_[0-9A-Za-z]+)/\.well-known/(openid-configuration|jwks\.json)")


def endpoints_at(request: Request, pool: Record) -> str:
    """Return the base URL of the domain of a pool for this request: the custom domain, if there is one."""
    names = sorted(pool["domains"], key=lambda name: "." not in name)
    origin = f"{request.scheme}://{request.host}"
    return f"{origin}{PREFIX}{names[0]}" if names else f"{origin}/{pool['id']}"


def document(ctx: Context, request: Request, pool: Record, name: str) -> Response:
    """Return one of the documents.

    Args:
        ctx: The context.
        request: The request; endpoints have its scheme and host.
        pool: The pool.
        name: `openid-configuration` or `jwks.json`.
    """
    found = keys.jwks(ctx, pool) if name == "jwks.json" else _discovery(ctx, request, pool)
    response = Response(json.dumps(found, separators=(",", ":")), 200, content_type="application/json")
    response.headers.update({**OPEN, "Cache-Control": "public, max-age=0"})
    return response


def _discovery(ctx: Context, request: Request, pool: Record) -> Record:
    base = endpoints_at(request, pool)
    joined = "/oauth2" if pool["domains"] else ""  # without a domain, Cognito names endpoints that do not work
    return {
        "authorization_endpoint": f"{base}{joined}/authorize",
        "end_session_endpoint": f"{base}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": keys.issuer(ctx, pool),
        "jwks_uri": f"{request.scheme}://{request.host}/{pool['id']}/.well-known/jwks.json",
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": f"{base}{joined}/revoke",
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": f"{base}{joined}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": f"{base}{joined}/userInfo",
    }
