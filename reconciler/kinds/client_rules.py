"""The service's rules about app clients (cognito.md 3.2), checked before the first write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from reconciler.kinds.kind import State, Violation
from reconciler.kinds.shared_rules import arn_part, below, dig, strings, tier_violation, unsure
from reconciler.model import Path, Tree
from schemas.user_pool import STANDARD_ATTRIBUTES

CLIENTS = "clients"
OIDC_SCOPES = frozenset({"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"})
"""Scopes that need no resource server."""

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
"""Units of validity."""

VALIDITY = {
    "AccessTokenValidity": ("AccessToken", "hours", 1, range(300, 86401)),
    "IdTokenValidity": ("IdToken", "hours", 1, range(300, 86401)),
    "RefreshTokenValidity": ("RefreshToken", "days", 30, range(3600, 315360001)),
}
"""Validity → its unit member, the unit and value when unset, and the range in seconds (rule C12)."""

LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
EXCLUSIVE_FLOW = "ALLOW_CLIENT_TOKEN_AUTH"
NEVER_WRITABLE = frozenset({"sub", "email_verified", "phone_number_verified"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def seconds(tree: Tree, validity: str) -> int:
    """Return a validity of a client in seconds; 0 and absent mean the default."""
    member, unit, value, _ = VALIDITY[validity]
    found = dig(tree, "TokenValidityUnits", member) or unit
    count = tree.get(validity) or value
    return int(count) * SECONDS.get(found, 0) if isinstance(count, int) else 0


def _broken(rule: str, name: str, path: Path, message: str, advice: str, *, warning: bool = False) -> Violation:
    return Violation(rule, CLIENTS, name, path, message, advice, warning)


def has_secret(tree: Tree) -> bool:
    """Return whether a client has a secret, or will have one."""
    return bool(tree.get("ClientSecret")) or tree.get("GenerateSecret") is True


def grants(state: State) -> Iterator[Violation]:
    """C1 to C5."""
    for address, tree in state.all(CLIENTS).items():
        name = address.name
        flows = strings(tree.get("AllowedOAuthFlows"))
        path: Path = ("AllowedOAuthFlows",)
        if tree.get("AllowedOAuthFlowsUserPoolClient") is True and not state.offline:
            lacking = [m for m in ("AllowedOAuthFlows", "AllowedOAuthScopes") if not tree.get(m)]
            if lacking:
                yield _broken(
                    "C1",
                    name,
                    ("AllowedOAuthFlowsUserPoolClient",),
                    f"OAuth is switched on without {' and '.join(lacking)}.",
                    f"Add {' and '.join(lacking)}, or set AllowedOAuthFlowsUserPoolClient to false.",
                )
        if {"code", "implicit"} & set(flows) and not tree.get("CallbackURLs") and not state.offline:
            yield _broken("C2", name, path, "code and implicit need a callback URL.", "Add CallbackURLs.")
        if "client_credentials" in flows:
            yield from _machine(state, name, tree, flows)


def _machine(state: State, name: str, tree: Tree, flows: list[str]) -> Iterator[Violation]:
    path: Path = ("AllowedOAuthFlows",)
    if len(flows) > 1:
        yield _broken(
            "C3",
            name,
            path,
            "client_credentials must stand alone.",
            "Make two clients: one for machines, one for users.",
        )
    if not has_secret(tree) and (not state.offline or tree.get("GenerateSecret") is False):
        yield _broken("C4", name, path, "client_credentials needs a client secret.", "Set GenerateSecret to true.")
    scopes = tree.get("AllowedOAuthScopes")
    custom = [s for s in strings(scopes) if s not in OIDC_SCOPES]
    if not custom and not unsure(scopes) and (scopes is not None or not state.offline):
        yield _broken(
            "C5",
            name,
            ("AllowedOAuthScopes",),
            "client_credentials needs a custom scope; OIDC scopes are not enough.",
            "Add a scope of a resource server: <identifier>/<scope>.",
        )


def references(state: State) -> Iterator[Violation]:
    """C6 and C7."""
    scopes = set(OIDC_SCOPES)
    for server, tree in state.all("resource_servers").items():
        scopes |= {f"{server.name}/{dig(s, 'ScopeName')}" for s in tree.get("Scopes") or ()}
    providers = {"COGNITO", *(a.name for a in state.all("identity_providers"))}
    for address, tree in state.all(CLIENTS).items():
        if "resource_servers" in state.known:
            for scope in sorted(set(strings(tree.get("AllowedOAuthScopes"))) - scopes):
                yield _broken(
                    "C6",
                    address.name,
                    ("AllowedOAuthScopes",),
                    f"The scope {scope} does not exist.",
                    "Declare it under resource_servers, or correct its spelling: <identifier>/<scope>.",
                )
        if "identity_providers" in state.known:
            for provider in sorted(set(strings(tree.get("SupportedIdentityProviders"))) - providers):
                yield _broken(
                    "C7",
                    address.name,
                    ("SupportedIdentityProviders",),
                    f"The identity provider {provider} does not exist.",
                    "Declare it under identity_providers, or correct its name.",
                )


def urls(state: State) -> Iterator[Violation]:
    """C8 and C9."""
    for address, tree in state.all(CLIENTS).items():
        for member in ("CallbackURLs", "LogoutURLs"):
            for url in strings(tree.get(member)):
                problem = _url_problem(url)
                if problem:
                    yield _broken("C8", address.name, (member,), f"{url}: {problem}", "Correct the URL.")
        default, callbacks = tree.get("DefaultRedirectURI"), tree.get("CallbackURLs")
        known = callbacks is not None or not state.offline
        if isinstance(default, str) and known and default not in strings(callbacks) and not unsure(callbacks):
            yield _broken(
                "C9",
                address.name,
                ("DefaultRedirectURI",),
                "DefaultRedirectURI must be one of CallbackURLs.",
                "Add it to CallbackURLs.",
            )


def _url_problem(url: str) -> str:
    """Return the problem of a callback or logout URL, or empty."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "not a URL."
    if not parts.scheme:
        return "not absolute; it must begin with https:// or a scheme of your own."
    if parts.fragment or url.endswith("#"):
        return "a fragment (#…) is not allowed."
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        return "http is allowed for localhost, 127.0.0.1 and [::1] only; use https."
    return "" if parts.netloc or parts.scheme not in ("http", "https") else "the host is missing."


def attributes(state: State) -> Iterator[Violation]:
    """C10 and C11."""
    schema = state.one("user_pool").get("Schema") or ()
    required = {a["Name"] for a in schema if a.get("Required") is True and a["Name"] != "sub"}
    custom = {a["Name"] for a in schema if a["Name"] not in STANDARD_ATTRIBUTES}
    known = set(STANDARD_ATTRIBUTES) | {_full(a) for a in schema if a["Name"] in custom}
    for address, tree in state.all(CLIENTS).items():
        writable = strings(tree.get("WriteAttributes"))
        path: Path = ("WriteAttributes",)
        forbidden = sorted(NEVER_WRITABLE & set(writable))
        if forbidden:
            yield _broken(
                "C10",
                address.name,
                path,
                f"{', '.join(forbidden)} can never be written by a client.",
                f"Take {', '.join(forbidden)} out of WriteAttributes.",
            )
        lacking = sorted(required - set(writable)) if writable and not unsure(tree["WriteAttributes"]) else []
        if lacking and not state.offline:
            yield _broken(
                "C10",
                address.name,
                path,
                f"WriteAttributes lacks {', '.join(lacking)}, which the pool requires of every user.",
                "Add the required attributes.",
            )
        if not state.offline:
            yield from _unknown_attributes(address.name, tree, known)


def _full(attribute: Tree) -> str:
    """Return the name of a custom attribute as used by clients."""
    name = str(attribute["Name"]).removeprefix("dev:").removeprefix("custom:")
    return f"dev:custom:{name}" if attribute.get("DeveloperOnlyAttribute") is True else f"custom:{name}"


def _unknown_attributes(name: str, tree: Tree, known: set[str]) -> Iterator[Violation]:
    for member in ("ReadAttributes", "WriteAttributes"):
        for attribute in sorted(set(strings(tree.get(member))) - known):
            yield _broken(
                "C11",
                name,
                (member,),
                f"The pool has no attribute {attribute}.",
                "Declare it under user_pool.Schema; custom attributes are named custom:<name> here.",
            )


def validities(state: State) -> Iterator[Violation]:
    """C12 and C13."""
    for address, tree in state.all(CLIENTS).items():
        for member, (unit, _, _, allowed) in VALIDITY.items():
            said = tree.get(member) is not None and (not state.offline or dig(tree, "TokenValidityUnits", unit))
            length = seconds(tree, member)
            if said and length and length not in allowed:
                yield _broken(
                    "C12",
                    address.name,
                    (member,),
                    f"{member} is {length} seconds.",
                    f"Choose a value from {allowed.start} to {allowed.stop - 1} seconds; check TokenValidityUnits.",
                )
        if state.offline:
            continue
        refresh = seconds(tree, "RefreshTokenValidity")
        for member in ("AccessTokenValidity", "IdTokenValidity"):
            if refresh and seconds(tree, member) > refresh:
                yield _broken(
                    "C13",
                    address.name,
                    (member,),
                    f"{member} is longer than RefreshTokenValidity.",
                    "Shorten it, or lengthen RefreshTokenValidity.",
                )


def auth_flows(state: State) -> Iterator[Violation]:
    """C14, C17, C19 and C21."""
    path: Path = ("ExplicitAuthFlows",)
    for address, tree in state.all(CLIENTS).items():
        flows = strings(tree.get("ExplicitAuthFlows"))
        legacy = sorted(LEGACY_FLOWS & set(flows))
        if legacy and len(legacy) < len(flows):
            yield _broken(
                "C14",
                address.name,
                path,
                f"{', '.join(legacy)} cannot be mixed with ALLOW_ flows.",
                "Use ALLOW_ flows only: ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_CUSTOM_AUTH, ALLOW_USER_PASSWORD_AUTH.",
            )
        rotating = dig(tree, "RefreshTokenRotation", "Feature") == "ENABLED"
        if rotating and "ALLOW_REFRESH_TOKEN_AUTH" in flows:
            yield _broken(
                "C17",
                address.name,
                ("RefreshTokenRotation", "Feature"),
                "Refresh-token rotation excludes ALLOW_REFRESH_TOKEN_AUTH.",
                "Take ALLOW_REFRESH_TOKEN_AUTH out of ExplicitAuthFlows.",
            )
        if rotating and below(state, "ESSENTIALS"):
            yield tier_violation(
                CLIENTS, address.name, ("RefreshTokenRotation",), "Refresh-token rotation", "ESSENTIALS"
            )
        if "ALLOW_USER_AUTH" in flows and below(state, "ESSENTIALS"):
            yield tier_violation(CLIENTS, address.name, path, "ALLOW_USER_AUTH", "ESSENTIALS", rule="C19")
        if EXCLUSIVE_FLOW in flows and (len(flows) > 1 or not (has_secret(tree) or state.offline)):
            yield _broken(
                "C21",
                address.name,
                path,
                f"{EXCLUSIVE_FLOW} must be the only flow, of a client with a secret.",
                "Make a client of its own for it, with GenerateSecret: true.",
            )


def secrets(state: State) -> Iterator[Violation]:
    """C15 and C18."""
    for address, tree in state.all(CLIENTS).items():
        wants = tree.get("EnablePropagateAdditionalUserContextData") is True
        public = not has_secret(tree) and (not state.offline or tree.get("GenerateSecret") is False)
        if wants and public:
            yield _broken(
                "C15",
                address.name,
                ("EnablePropagateAdditionalUserContextData",),
                "Additional user context data needs a client secret.",
                "Set it to false, or make a client with GenerateSecret: true.",
            )
        if state.offline and tree.get("GenerateSecret") is True and tree.get("ClientSecret"):
            yield _broken(
                "C18",
                address.name,
                ("GenerateSecret",),
                "GenerateSecret and ClientSecret exclude each other.",
                "Keep ClientSecret to bring your own, or GenerateSecret to have one made.",
            )


def analytics(state: State) -> Iterator[Violation]:
    """C16."""
    for address, tree in state.all(CLIENTS).items():
        config = tree.get("AnalyticsConfiguration") or {}
        arn = config.get("ApplicationArn")
        if arn and config.get("ApplicationId"):
            yield _broken(
                "C16",
                address.name,
                ("AnalyticsConfiguration", "ApplicationArn"),
                "ApplicationArn excludes ApplicationId, RoleArn and ExternalId.",
                "Keep ApplicationArn alone, or the other three.",
            )
        if state.region and arn_part(arn, 3) not in ("", state.region):
            yield _broken(
                "C16",
                address.name,
                ("AnalyticsConfiguration", "ApplicationArn"),
                f"The Pinpoint application is in {arn_part(arn, 3)}, the pool in {state.region}.",
                "Use an application in the pool's Region.",
            )


def hints(state: State) -> Iterator[Violation]:
    """C22 and C23: the service accepts it, but sign-in fails later."""
    if state.offline:
        return
    for address, tree in state.all(CLIENTS).items():
        readable: Any = tree.get("ReadAttributes")
        scopes = strings(tree.get("AllowedOAuthScopes"))
        if readable and {"openid", "email"} <= set(scopes) and "email" not in strings(readable):
            yield _broken(
                "C22",
                address.name,
                ("ReadAttributes",),
                "The email scope is allowed, but the client may not read the attribute email: tokens will be refused.",
                "Add email to ReadAttributes, or take the scope out.",
                warning=True,
            )
        uses = tree.get("AllowedOAuthFlowsUserPoolClient") is True and tree.get("AllowedOAuthFlows")
        if uses and DOMAINS in state.known and not state.all(DOMAINS):
            yield _broken(
                "C23",
                address.name,
                ("AllowedOAuthFlows",),
                "OAuth is configured, but the pool has no domain, so its endpoints do not exist.",
                "Declare a domain under domains.",
                warning=True,
            )


DOMAINS = "domains"

RULES = (
    grants,
    references,
    urls,
    attributes,
    validities,
    auth_flows,
    secrets,
    analytics,
    hints,
)
