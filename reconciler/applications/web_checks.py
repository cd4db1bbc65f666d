"""What the web says of a pool, held against what its objects say: discovery document, keys, sign-in pages.

Pure: answers come from a function, so that the same decisions are tested without a network. A domain is served minutes,
or up to an hour, after it was made (cognito.md 2.4 and 9.5); until then a name does not resolve, a certificate does not
fit, or CloudFront answers for a distribution that is on its way. That is waiting, and no mistake of the manifest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qs, urljoin, urlsplit

Status: TypeAlias = Literal["ok", "waiting", "wrong", "unread", "skipped"]
"""`wrong` contradicts the manifest, `waiting` is on its way, `unread` had no usable answer, `skipped` was not read."""

MOST_HOPS = 5
"""Most redirects of one page within its own host."""

REDIRECTS = range(300, 400)
"""Statuses with which an answer leads elsewhere."""

BUSY = frozenset(range(500, 600))
"""Status codes of a server that is not ready."""

UNSTYLED = "Login pages unavailable"
"""What managed login says to a client without a branding style (cognito.md 2.10)."""


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """An answer of a web server."""

    status: int
    """Of HTTP."""
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str
    """The body, or its beginning."""


NoAnswerReason: TypeAlias = Literal["name", "certificate", "timeout", "connection"]
"""The name does not resolve, TLS failed, it took too long, or anything else."""


@dataclass(frozen=True, slots=True)
class NoWebAnswer:
    """Why there is no answer."""

    reason: NoAnswerReason
    """What happened."""
    detail: str
    """The type of the error."""


Fetch: TypeAlias = Callable[[str], WebAnswer | NoWebAnswer]
"""Reads a URL, without following redirects."""


@dataclass(frozen=True, slots=True)
class WebCheck:
    """The result of one check."""

    pool: str
    """Name of the pool."""
    what: str
    """`discovery document`, `keys`, `clients/web`."""
    url: str
    """What was read; empty if nothing was."""
    status: Status
    """The result."""
    message: str
    """What was found, and what to do."""


@dataclass(frozen=True, slots=True)
class ExpectedWeb:
    """What a pool should say of itself."""

    pool: str
    """Its name."""
    issuer: str
    """Its issuer."""
    discovery: str
    """URL of the discovery document."""
    jwks: str
    """URL of the keys."""
    records: Mapping[str, str]
    """Each host of the pool, and what the DNS record of a custom one has to name; empty for a prefix."""
    pages: Mapping[str, str]
    """Address of each client with a sign-in page, and the URL of the page."""


def checks(expected: ExpectedWeb, fetch: Fetch) -> Iterator[WebCheck]:
    """Read everything that a pool publishes, and yield a result for each."""
    for what, url, judge in (
        ("discovery document", expected.discovery, _discovery),
        ("keys", expected.jwks, _keys),
        *((client, url, _page) for client, url in expected.pages.items()),
    ):
        status, message = judge(expected, url, fetch)
        yield WebCheck(expected.pool, what, url, status, message)


Verdict: TypeAlias = tuple[Status, str]


def _discovery(expected: ExpectedWeb, url: str, fetch: Fetch) -> Verdict:
    found = _document(expected, url, fetch)
    if isinstance(found, tuple):
        return found
    for member, wanted in (("issuer", expected.issuer), ("jwks_uri", expected.jwks)):
        if found.get(member) != wanted:
            return "wrong", f"{member} is {found.get(member)!s}, expected {wanted}."
    for member in ("authorization_endpoint", "token_endpoint"):
        host = urlsplit(str(found.get(member, ""))).hostname
        if expected.records and host not in expected.records:
            return "wrong", f"{member} is at {host}, which is not a domain of the pool: {', '.join(expected.records)}."
    return "ok", "issuer and endpoints are as declared."


def _keys(expected: ExpectedWeb, url: str, fetch: Fetch) -> Verdict:
    found = _document(expected, url, fetch)
    if isinstance(found, tuple):
        return found
    keys = found.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(k, dict) and k.get("kid") for k in keys):
        return "wrong", "there is no key in it, so no token can be verified."
    return "ok", f"{len(keys)} key{'s' if len(keys) > 1 else ''}."


def _document(expected: ExpectedWeb, url: str, fetch: Fetch) -> dict[str, Any] | Verdict:
    answer = fetch(url)
    trouble = _trouble(expected, url, answer)
    if trouble or isinstance(answer, NoWebAnswer):
        return trouble or ("unread", "there is no answer.")
    if answer.status != HTTPStatus.OK:
        return "wrong", f"the answer is HTTP {answer.status}, not a document."
    try:
        found = json.loads(answer.text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else ("wrong", "the answer is not a JSON object.")


def _page(expected: ExpectedWeb, url: str, fetch: Fetch) -> Verdict:
    """Follow a sign-in page as a browser does, as far as it stays with Cognito."""
    here = url
    for _ in range(MOST_HOPS):
        answer = fetch(here)
        trouble = _trouble(expected, here, answer)
        if trouble or isinstance(answer, NoWebAnswer):
            return trouble or ("unread", "there is no answer.")
        where = urljoin(here, answer.headers.get("location", "")) if answer.status in REDIRECTS else ""
        said = _error(where or here)
        if said:
            return "wrong", _advice(said)
        if not where:
            return _content(answer)
        if urlsplit(where).hostname != urlsplit(url).hostname:
            return "ok", f"leads to {urlsplit(where).hostname}."
        here = where
    return "unread", f"there were more than {MOST_HOPS} redirects."


def _content(answer: WebAnswer) -> Verdict:
    if UNSTYLED in answer.text:
        return "wrong", "managed login has no style for the client. Declare branding in the client."
    if answer.status == HTTPStatus.OK:
        return "ok", "the page is served; client id and callback are accepted."
    return "wrong", f"the answer is HTTP {answer.status}, not a page."


def _error(url: str) -> str:
    """Return the error that Cognito puts into the URL of its error page, or of the callback."""
    found = parse_qs(urlsplit(url).query)
    words = [*found.get("error", ()), *found.get("error_description", ())]
    return ": ".join(words) or ("error" if urlsplit(url).path == "/error" else "")


def _advice(said: str) -> str:
    if "redirect_mismatch" in said:
        return f"Cognito says {said}: it does not accept the callback. Compare CallbackURLs with the live client."
    if "client" in said.lower():
        return f"Cognito says {said}: it does not accept the client. Compare it with the live client."
    return f"Cognito says {said}."


def _trouble(expected: ExpectedWeb, url: str, answer: WebAnswer | NoWebAnswer) -> Verdict | None:
    """Return what keeps an answer from being judged: a domain on its way, or no connection."""
    host = urlsplit(url).hostname or ""
    own = host in expected.records
    record = expected.records.get(host, "")
    if isinstance(answer, NoWebAnswer):
        if own and answer.reason == "name":
            return "waiting", _unresolved(host, record)
        if own and answer.reason == "certificate":
            return "waiting", f"{host} has no matching certificate yet. A custom domain is served after up to an hour."
        return "unread", f"{host} could not be read: {_WORDS[answer.reason]} ({answer.detail})."
    cloudfront = "cloudfront" in f"{answer.headers.get('server', '')} {answer.headers.get('via', '')}".lower()
    from_edge = answer.headers.get("server", "").lower() == "cloudfront"
    if own and ((cloudfront and answer.status in BUSY) or (from_edge and answer.status == HTTPStatus.FORBIDDEN)):
        return "waiting", f"CloudFront answers HTTP {answer.status} for {host}: it is on its way. Try again in minutes."
    if answer.status in BUSY:
        return "unread", f"{host} answers HTTP {answer.status}. Try again."
    return None


def _unresolved(host: str, record: str) -> str:
    if record:
        return f"{host} does not resolve. Make the DNS record {host} CNAME {record} (in Route 53, an alias), then wait."
    if host.count(".") and "amazoncognito" not in host:
        return f"{host} does not resolve. Make its DNS record once the domain exists; `poolctl show pool` has it."
    return f"{host} does not resolve yet. A new prefix domain is served after up to a minute."


_WORDS: Mapping[str, str] = {
    "name": "the name does not resolve",
    "certificate": "the certificate is not accepted",
    "timeout": "the answer took too long",
    "connection": "there is no connection",
}


def worst(found: Sequence[WebCheck]) -> Status:
    """Return the worst result: `wrong`, then what may be asked again, then the rest."""
    order: tuple[Status, ...] = ("wrong", "unread", "waiting", "skipped", "ok")
    return min((c.status for c in found), key=order.index, default="ok")
