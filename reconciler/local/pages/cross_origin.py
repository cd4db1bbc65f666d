"""CORS: scripts of other origins may call the endpoints for tokens, discovery and keys, but no page."""

from __future__ import annotations

from werkzeug import Response

MAX_AGE = "172800"
OPEN = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    **OPEN,
    "Access-Control-Allow-Methods": "GET,POST,OPTIONS",
    "Access-Control-Allow-Headers": "authorization,content-type,cache-control,x-amz-user-agent",
    "Access-Control-Max-Age": MAX_AGE,
}


def preflight() -> Response:
    """Answer a preflight request."""
    response = Response("", 200)
    response.headers.update(PREFLIGHT)
    return response
