"""What a client is for, as far as its settings show it: rules about clients ask here, so that they agree.

What is not known makes no trait: a client whose secret is a reference is neither public nor confidential.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from reconciler.kinds.client_rules import LOCAL_HOSTS
from reconciler.kinds.kind import State
from reconciler.model import Path, Tree
from reconciler.security.rule import Seen, dig, is_known, once, text, texts

CLIENTS = "clients"
POOL = "user_pool"
FLOWS = "ExplicitAuthFlows"
WRITABLE = "WriteAttributes"

PASSWORD = frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"})
"""Flows in which an application sends a password in plain text within TLS."""
SERVER_PASSWORD = frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})
"""The same for a back end, which needs AWS credentials."""
CUSTOM = frozenset({"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"})
SRP, CHOICE = "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"
DIRECT = PASSWORD | {SRP, CHOICE}
"""Flows in which everyone can sign in with the SDK and a password of the pool."""
SIGN_IN = DIRECT | CUSTOM | SERVER_PASSWORD
"""Every flow in which users sign in without the sign-in pages; their access tokens can change the user."""
USUAL = frozenset({SRP, "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"})
"""What a client without flows has (cognito.md 2.3)."""
USER_SCOPE = "aws.cognito.signin.user.admin"
"""The scope with which a user can read and change attributes and factors, and delete the user."""


def clients(seen: Seen) -> Sequence[tuple[str, Tree]]:
    """Return the clients with their names."""
    return seen.state.each(CLIENTS)


@once
def clients_of_users(state: State) -> tuple[tuple[str, Tree], ...]:
    """Return the clients that are not for programs, by their names."""
    return tuple((a.name, tree) for a, tree in state.all(CLIENTS).items() if not is_machine(tree))


def is_machine(client: Tree) -> bool:
    """Return whether a client gets tokens for itself, so that it has no users."""
    granted = "client_credentials" in texts(client, "AllowedOAuthFlows")
    return granted or texts(client, FLOWS) == ("ALLOW_CLIENT_TOKEN_AUTH",)


def is_confidential(client: Tree) -> bool:
    """Return whether a client has a secret."""
    own = client.get("ClientSecret") or client.get("PublishSecretsInAWSSecretsManager")
    return bool(own) or client.get("GenerateSecret") is True


def is_public(client: Tree) -> bool:
    """Return whether a client is known to have no secret."""
    return not is_confidential(client) and client.get("GenerateSecret") in (None, False)


def flows(client: Tree) -> frozenset[str]:
    """Return the flows of a client; those of the default where it sets none."""
    return frozenset(texts(client, FLOWS)) if client.get(FLOWS) else USUAL


def oauth(client: Tree) -> frozenset[str]:
    """Return the OAuth flows that a client can use."""
    return (
        frozenset(texts(client, "AllowedOAuthFlows"))
        if client.get("AllowedOAuthFlowsUserPoolClient") is True
        else frozenset()
    )


def place(tree: Tree, member: str, item: object) -> Path:
    """Return the path of an item of a list, or of the list if that does not have it."""
    found = tree.get(member)
    return (member, found.index(item)) if isinstance(found, list) and item in found else (member,)


def items(tree: Tree, *path: str) -> Iterator[tuple[int, Any]]:
    """Return the items of a list with their places; none of what is no list, or not known."""
    found = dig(tree, *path)
    return enumerate(found if isinstance(found, list) else ())


def whole(tree: Tree, member: str) -> bool:
    """Return whether all items of a list are known, so that what it lacks can be judged."""
    found = tree.get(member)
    return is_known(found) and (not isinstance(found, list) or all(is_known(item) for item in found))


# --- addresses -----------------------------------------------------------------------------------------------------


def addresses(client: Tree, *members: str) -> Iterator[tuple[Path, str, SplitResult]]:
    """Yield the path, the text and the parts of each address of a client; what is no URL is left out."""
    for member in members:
        found = client.get(member)
        for index, url in enumerate(found if isinstance(found, list) else ()):
            parts = _parts(url) if isinstance(url, str) else None
            if parts:
                yield (member, index), url, parts


def split(url: object) -> SplitResult | None:
    """Return the parts of an address; None if it is not known or no URL."""
    return _parts(url) if isinstance(url, str) else None


@lru_cache(maxsize=4096)  # each address is looked at by a dozen rules
def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme else None


def is_web(parts: SplitResult) -> bool:
    """Return whether an address is one of the web, not of an application on a device."""
    return parts.scheme in ("http", "https")


@lru_cache(maxsize=4096)
def is_loopback(parts: SplitResult) -> bool:
    """Return whether a web address leads to the device of the user."""
    host = parts.hostname or ""
    return is_web(parts) and (host in LOCAL_HOSTS or host.endswith(".localhost"))


def has_pages(client: Tree) -> bool:
    """Return whether the application of a client has pages on the web, to which users are sent back."""
    return any(map(_is_page, texts(client, "CallbackURLs")))


@lru_cache(maxsize=4096)
def _is_page(url: str) -> bool:
    """Return whether an address is one on the web, not on the device of the user."""
    parts = _parts(url)
    return parts is not None and is_web(parts) and not is_loopback(parts)


# --- attributes ----------------------------------------------------------------------------------------------------


def sign_up_is_open(state: State) -> bool:
    """Return whether everyone can make an account."""
    pool = state.one(POOL)
    return bool(pool) and dig(pool, "AdminCreateUserConfig", "AllowAdminCreateUserOnly") in (None, False)


def writes(state: State, client: Tree) -> bool:
    """Return whether users can set attributes of themselves through a client.

    They can with an access token of any sign-in without the pages, or with the scope of the user; and at sign-up,
    unless the client has a secret, which they lack.
    """
    if is_machine(client):
        return False
    scoped = USER_SCOPE in texts(client, "AllowedOAuthScopes") and bool(oauth(client))
    return scoped or bool(flows(client) & SIGN_IN) or (is_public(client) and sign_up_is_open(state))


@once
def clients_that_write(state: State) -> tuple[tuple[str, Tree], ...]:
    """Return the clients through which users can set attributes of themselves, by their names."""
    return tuple((a.name, tree) for a, tree in state.all(CLIENTS).items() if writes(state, tree))


def provided(state: State, client: Tree, attribute: str) -> str:
    """Return the identity provider of a client that fills an attribute in; empty if there is none."""
    named = texts(client, "SupportedIdentityProviders")
    providers = ((a.name, t) for a, t in state.all("identity_providers").items() if a.name in named)
    return next((name for name, tree in providers if text(tree, "AttributeMapping", attribute)), "")
