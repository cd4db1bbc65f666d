"""What scripts of other origins may ask: the API, the endpoints for tokens, discovery and keys; no page."""

from __future__ import annotations

from werkzeug import Request, Response

EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
API_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
"""Headers of each answer of the API."""
API_ALLOWED = (
    "authorization,content-type,x-amz-target,x-amz-user-agent,x-amz-date,x-amz-security-token,x-amz-content-sha256,"
    "x-amzn-trace-id,cache-control,amz-sdk-invocation-id,amz-sdk-request"
)
"""Headers that SDKs in browsers send; the real list was not recorded."""
MAX_AGE = "172800"
OPEN = {"Access-Control-Allow-Origin": "*"}


def preflight(request: Request) -> Response:
    """Answer a preflight of the API."""
    asked = request.headers.get("Access-Control-Request-Headers", "")
    also = [h for h in (n.strip().lower() for n in asked.split(",")) if h.startswith(("x-amz", "amz-sdk"))]
    return _preflight("POST", ",".join(dict.fromkeys([*API_ALLOWED.split(","), *also])))


def preflight_of_tokens() -> Response:
    """Answer a preflight of an endpoint for tokens."""
    return _preflight("GET,POST", "authorization,content-type,cache-control,x-amz-user-agent")


def _preflight(methods: str, headers: str) -> Response:
    response = Response("", 200)
    response.headers.update(
        {
            **OPEN,
            "Access-Control-Allow-Methods": f"{methods},OPTIONS",
            "Access-Control-Allow-Headers": headers,
            "Access-Control-Max-Age": MAX_AGE,
        }
    )
    return response
