"""Rules about OAuth: where codes and tokens are sent, and in which flows clients get them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Path, Tree
from reconciler.security.catalogue.client_traits import (
    CLIENTS,
    addresses,
    clients,
    has_pages,
    is_loopback,
    is_public,
    is_web,
    oauth,
    place,
)
from reconciler.security.rule import SecurityRule, Seen, texts

CALLBACKS, LOGOUTS = "CallbackURLs", "LogoutURLs"

ENFORCED: Mapping[str, tuple[str, ...]] = {
    "CG503": ("C8",),
    "CG507": ("C8", "C9"),
    "CG508": ("C3", "C4", "C5"),
    "CG510": ("C6",),
}
"""Rules of the catalogue that Cognito enforces by itself, wholly or in part, and the rules of `kinds/` that say so."""

UNJUDGED: Mapping[str, str] = {
    "CG512": "Whether an application without a secret uses PKCE is decided in the application: no setting of the "
    "client shows or enforces it, so no manifest with such a client could keep the rule.",
}
"""Rules of the catalogue that no manifest can keep, and why."""


@lru_cache(maxsize=4096)
def ip(parts: SplitResult) -> IPv4Address | IPv6Address | None:
    """Return the address of a URL whose host is one."""
    try:
        return ip_address(parts.hostname or "")
    except ValueError:
        return None


def under(host: str, domains: frozenset[str]) -> bool:
    """Return whether a host is one of some domains or lies below one."""
    steps = host.split(".")
    return any(".".join(steps[i:]) in domains for i in range(len(steps)))


# --- flows ---------------------------------------------------------------------------------------------------------


def _implicit(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        if "implicit" in texts(client, "AllowedOAuthFlows"):
            path = place(client, "AllowedOAuthFlows", "implicit")
            yield Breach(CLIENTS, name, path, "Tokens are put into the address of the page.")


CG501 = SecurityRule(
    Rule(
        id="CG501",
        title="The implicit flow",
        what="AllowedOAuthFlows has implicit.",
        why="The history of the browser, logs of proxies and every script of the page can read the tokens there. OAuth "
        "2.1 has dropped the flow.",
        source=("RFC 9700", "cognito.md 2.3"),
        advice="Use code, with PKCE on clients without a secret.",
    ),
    "high",
    ("clients.AllowedOAuthFlows",),
    _implicit,
    profiles={"dev": "low"},
)


def _dead_oauth(seen: Seen) -> Iterator[Breach]:
    member = "AllowedOAuthFlowsUserPoolClient"
    for name, client in clients(seen):
        off = client.get(member) in (None, False)
        given = [m for m in ("AllowedOAuthFlows", "AllowedOAuthScopes") if texts(client, m)] if off else []
        if given:
            yield Breach(CLIENTS, name, (member,), f"The settings of {' and '.join(given)} have no effect.")


CG509 = SecurityRule(
    Rule(
        id="CG509",
        title="OAuth settings without effect",
        what="AllowedOAuthFlows or AllowedOAuthScopes is set, and AllowedOAuthFlowsUserPoolClient is false.",
        why="The client looks limited to flows and scopes that it does not use, and another change switches all of "
        "them on at once.",
        source=("cognito.md 2.3",),
        advice="Set AllowedOAuthFlowsUserPoolClient to true, or remove the flows and scopes.",
    ),
    "low",
    ("clients.AllowedOAuthFlowsUserPoolClient", "clients.AllowedOAuthFlows", "clients.AllowedOAuthScopes"),
    _dead_oauth,
)


# --- addresses -----------------------------------------------------------------------------------------------------

PATTERN = ("*", "\\", "(?", "[^", ".+")
"""What a pattern has and an address does not."""


@lru_cache(maxsize=4096)  # pools of one owner have many addresses in common
def _is_pattern(url: str) -> bool:
    return any(sign in url for sign in PATTERN) or url.startswith("^") or url.endswith("$")


def _patterns(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        for member in (CALLBACKS, LOGOUTS):
            for url in texts(client, member):
                if _is_pattern(url):
                    said = f"This is a pattern, not an address: {url}."
                    yield Breach(CLIENTS, name, place(client, member, url), said)


CG502 = SecurityRule(
    Rule(
        id="CG502",
        title="A pattern in the place of a URL",
        what="CallbackURLs or LogoutURLs has an address with * or the signs of a regular expression.",
        why="Whoever can publish a page below the pattern gets the codes and tokens of users; taken literally, it is "
        "an address that does not exist.",
        source=("RFC 9700", "cognito.md 3.2"),
        advice="List each address in full.",
    ),
    "critical",
    ("clients.CallbackURLs", "clients.LogoutURLs"),
    _patterns,
    profiles={"dev": "high"},
)

LOCAL = frozenset({"local", "localdomain", "lan", "test", "home.arpa"})
"""Domains that every network gives to hosts of its own."""
TUNNELS = frozenset(
    {
        *("ngrok.io", "ngrok.app", "ngrok.dev", "ngrok-free.app", "ngrok-free.dev", "trycloudflare.com", "loca.lt"),
        *("localtunnel.me", "serveo.net", "lhr.life", "localhost.run", "devtunnels.ms", "pagekite.me", "telebit.io"),
        *("lvh.me", "localtest.me", "nip.io", "sslip.io", "vcap.me", "lacolhost.com", "tunnelmole.net", "bore.pub"),
    }
)
"""Domains whose hosts lead to the machine of whoever asks for one."""
TOOLS = frozenset(
    {
        *(
            "oauth.pstmn.io",
            "getpostman.com",
            "jwt.io",
            "jwt.ms",
            "oauthdebugger.com",
            "oidcdebugger.com",
            "openidconnect.net",
        ),
        *(
            "webhook.site",
            "requestbin.com",
            "pipedream.net",
            "beeceptor.com",
            "httpbin.org",
            "hoppscotch.io",
            "insomnia.rest",
        ),
        *("requestcatcher.com", "oauth.tools", "hookdeck.com"),
    }
)
"""Hosts of tools that show or keep what is sent to them."""
PLACEHOLDERS = frozenset(
    {"example.com", "www.example.com", "example.org", "example.net", "yourdomain.com", "mydomain.com"}
)
"""Hosts of examples; that of the CDK is example.com."""


def _is_native(client: Tree) -> bool:
    """Return whether a client is of an application on a device that listens there, as RFC 8252 has it.

    It names the address of the device by its number; `localhost` is what developers write.
    """
    parts = [parts for _, _, parts in addresses(client, CALLBACKS)]
    return is_public(client) and all(not is_web(p) or (is_loopback(p) and ip(p) is not None) for p in parts)


@lru_cache(maxsize=4096)
def _where(parts: SplitResult) -> tuple[str, bool]:
    """Return what is wrong with the host of an address, or empty, and whether it is right for developers."""
    host, number = parts.hostname or "", ip(parts)
    if is_loopback(parts):
        return "The address leads to the device of the user, where any program may listen", True
    if under(host, TUNNELS):
        return f"The host {host} leads to the machine of whoever asks for it", True
    if (number is not None and number.is_private) or under(host, LOCAL):
        return f"Another host is called {host} in every other network", True
    if under(host, TOOLS):
        return f"The host {host} belongs to a tool that shows what it gets", False
    return (f"The host {host} is one of examples, and is not yours", False) if host in PLACEHOLDERS else ("", True)


def _foreign(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        for path, _, parts in addresses(client, CALLBACKS):
            said, for_developers = _where(parts) if is_web(parts) else ("", True)
            if not said:
                continue
            if not (for_developers and (seen.profile == "dev" or (is_loopback(parts) and _is_native(client)))):
                yield Breach(CLIENTS, name, path, f"{said}.")


CG504 = SecurityRule(
    Rule(
        id="CG504",
        title="A callback URL of a developer, a tool or an example",
        what="CallbackURLs has localhost, a private address, a tunnel, a tool for trying OAuth, or a host of examples. "
        "Addresses for developers are fine with the profile dev; 127.0.0.1 and [::1] are fine for applications "
        "on devices, which have no other web address.",
        why="Codes of real users are sent there. Whoever controls that host, or sits at that port, signs in as them.",
        source=("RFC 8252", "cognito.md 3.2"),
        advice="Keep it in an overlay or a client for development, and remove it here.",
    ),
    "high",
    ("clients.CallbackURLs",),
    _foreign,
    profiles={"dev": "medium"},
)


def _outside(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen) if seen.redirect_hosts else ():
        for path, _, parts in addresses(client, CALLBACKS, LOGOUTS):
            host = parts.hostname or ""
            if is_web(parts) and not is_loopback(parts) and host not in seen.redirect_hosts:
                yield Breach(CLIENTS, name, path, f"The host {host} is not one of allowed_redirect_hosts.")


CG505 = SecurityRule(
    Rule(
        id="CG505",
        title="A redirect to a host that is not allowed",
        what="CallbackURLs or LogoutURLs has a web address whose host allowed_redirect_hosts of the manifest does not "
        "name. Addresses of the user's own device are left to CG504.",
        why="The list exists so that a new host is a decision of its own, and not one line among many.",
        source=("RFC 9700",),
        advice="Remove the address, or add its host to allowed_redirect_hosts.",
    ),
    "high",
    ("clients.CallbackURLs", "clients.LogoutURLs"),
    _outside,
)


def _schemes(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        for path, _, parts in addresses(client, CALLBACKS):
            if not is_web(parts) and "." not in parts.scheme:
                said = f"Any application on the device can claim the scheme {parts.scheme}."
                yield Breach(CLIENTS, name, path, said)


CG506 = SecurityRule(
    Rule(
        id="CG506",
        title="A scheme that any application can claim",
        what="CallbackURLs has a scheme of an application that is one word (myapp://).",
        why="Another application on the device can register the same word and be sent the codes; PKCE keeps it from "
        "using them, but users see its sign-in.",
        source=("RFC 8252",),
        advice="Use an https link that the system gives to your application alone, or a scheme with your domain "
        "(com.example.app:/callback).",
    ),
    "low",
    ("clients.CallbackURLs",),
    _schemes,
    profiles={"dev": None},
)


def _odd(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        before: set[tuple[str | int, str]] = set()
        for path, url, parts in addresses(client, CALLBACKS, LOGOUTS):
            one = (path[0], url)
            said = _oddity(parts, one in before)
            before.add(one)
            if said:
                yield Breach(CLIENTS, name, path, said)


@lru_cache(maxsize=4096)
def _oddity(parts: SplitResult, again: bool) -> str:
    number = ip(parts)
    if parts.username or parts.password:
        return f"What is before the @ looks like the host, which is {parts.hostname}."
    if number is not None and number.is_global and is_web(parts):
        return "The host is a number, which belongs to whoever gets the address next."
    return "The address is listed twice." if again else ""


CG507 = SecurityRule(
    Rule(
        id="CG507",
        title="A URL that is not what it seems",
        what="CallbackURLs or LogoutURLs has a URL with a user name, a public IP address as host, or the same URL "
        "twice.",
        why="Reviewers read one host while users are sent to another, or to an address in a cloud that is handed on "
        "when it is given up.",
        source=("RFC 9700",),
        advice="Write a host name of your own, once.",
    ),
    "medium",
    ("clients.CallbackURLs", "clients.LogoutURLs"),
    _odd,
)


def _no_sign_out(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        if client.get(LOGOUTS) in (None, []) and "code" in oauth(client) and has_pages(client):
            path: Path = (LOGOUTS,)
            yield Breach(CLIENTS, name, path, "Users cannot end the session of the sign-in pages.")


CG511 = SecurityRule(
    Rule(
        id="CG511",
        title="No way to sign out of the sign-in pages",
        what="A client of a web page uses the flow code and has no LogoutURLs.",
        why="After sign-out in the application, one click signs the next person at the browser in again, without a "
        "password.",
        source=("cognito.md 2.3",),
        advice="Add an address to LogoutURLs, and send users to the logout endpoint.",
    ),
    "low",
    ("clients.LogoutURLs", "clients.CallbackURLs", "clients.AllowedOAuthFlows"),
    _no_sign_out,
    profiles={"dev": None},
)

RULES = (CG501, CG502, CG504, CG505, CG506, CG507, CG509, CG511)
