"""Rules about secrets in a manifest, and about what was not filled in.

A secret is compared with well-known words, and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Breach, Rule, State
from reconciler.model import Address, Path, Secret, Tree
from reconciler.security.rule import SecurityRule, Seen, once
from schemas.base import ApiModel, Member, Sensitive, members

LITERAL = "literal"
"""Origin of a secret that is written in the manifest."""
FILLERS: tuple[str, ...] = (
    *(
        "changeme",
        "change_me",
        "change-me",
        "secret",
        "password",
        "placeholder",
        "todo",
        "tbd",
        "fixme",
        "dummy",
        "test",
    ),
    *("replaceme", "replace_me", "replace-me", "yoursecret", "your_secret", "your-secret", "your-client-secret", "foo"),
    *("your_client_secret", "client_secret", "clientsecret", "mysecret", "my-secret", "none", "null", "example"),
    *("redacted", "hidden", "123456", "12345678", "<secret>", "<client_secret>", "<client-secret>", "***", "..."),
)
LONGEST = 128


def _fillers() -> Iterator[str]:
    """Yield what is written where a secret is to come, in the spellings that occur."""
    for word in FILLERS:
        yield from {word, word.upper(), word.capitalize()}
        yield from (word * count for count in range(2, LONGEST // len(word) + 1))
    for sign in "xX*.0?-_":
        yield from (sign * count for count in range(1, LONGEST + 1))


WORDS = frozenset(Secret(word, "") for word in {*_fillers()})


Secrets = tuple[tuple[Address, Path, Secret], ...]
"""The secrets that a manifest has in clear, by their objects and paths."""
Blanks = tuple[tuple[Address, Path, str], ...]
"""What was not filled in of the texts in the places of addresses and identifiers, by their objects and paths."""


Noticed = list[tuple[Path, str | Secret]]
"""Secrets, and what was not filled in, by the path within a tree."""


@once
def _noticed(state: State) -> tuple[Secrets, Blanks]:
    """Return what one walk through all objects finds, for all rules of this module."""
    secrets: list[tuple[Address, Path, Secret]] = []
    blanks: list[tuple[Address, Path, str]] = []
    for address, tree in state.objects.items():
        for path, found in _in_structure(KINDS[address.section].model, tree):
            if isinstance(found, Secret):
                secrets.append((address, path, found))
            else:
                blanks.append((address, path, found))
    return tuple(secrets), tuple(blanks)


class _Walks(dict[str, "type[ApiModel] | bool"]):
    """How the members of a structure are walked through, once one was asked for.

    As the structure that they are or list; as any tree (True); or not at all (False), as most have neither a secret nor
    an address by the schema.
    """

    def __init__(self, model: type[ApiModel]) -> None:
        super().__init__()
        self._members = members(model)

    def __missing__(self, name: str) -> type[ApiModel] | bool:
        member = self._members.get(name)
        found = self[name] = True if member is None else _walk(member)
        return found


@cache
def _walks(model: type[ApiModel]) -> _Walks:
    return _Walks(model)


def _walk(member: Member) -> type[ApiModel] | bool:
    marks = (*member.marks, *member.item_marks)
    if any(isinstance(mark, Sensitive) for mark in marks) or _is_place(member.name) or member.name in WHOLE:
        return True
    if member.shape == "map" or (member.scalar is object and not member.model):
        return True
    return member.model or False


def _in_structure(model: type[ApiModel], tree: Tree) -> Noticed:
    """Return what is noticed in a structure, by path; a member that the schema does not know is walked through."""
    walks = _walks(model)
    found: Noticed = []
    for name, value in tree.items():
        walk = walks[name]
        if walk is False:
            continue
        if walk is True or not isinstance(value, (dict, list)):
            found += _within({name: value})
        elif isinstance(value, dict):
            below = _in_structure(walk, value)
            if below:
                found += [((name, *path), noticed) for path, noticed in below]
        else:
            found += [((name, *path), noticed) for path, noticed in _in_list(walk, value)]
    return found


def _in_list(model: type[ApiModel], items: list[Any]) -> Noticed:
    """Return what is noticed in a list of structures, by path."""
    found: Noticed = []
    for index, item in enumerate(items):
        below = _in_structure(model, item) if isinstance(item, dict) else _within([item])
        found += [((index, *path), noticed) for path, noticed in below]
    return found


def _within(value: Any, last: str | int = "", wanted: bool = False) -> Noticed:
    """Return what is noticed in a tree, by path; few have anything, so paths are put together from where it is found.

    Args:
        value: A map or a list.
        last: The step that leads to it.
        wanted: Whether it is in the place of an address or an identifier.
    """
    within = wanted if isinstance(value, list) else last in WHOLE
    found: Noticed = []
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        kind = type(inner)  # as most have it exactly, which is asked quickly
        if kind is str or isinstance(inner, str):
            if (within or _is_place(str(step))) and (blank := _blank(inner)):
                found.append(((step,), blank))
        elif kind is dict or kind is list or isinstance(inner, (dict, list)):
            below = _within(inner, step, within or _is_place(str(step)))
            if below:
                found += [((step, *path), noticed) for path, noticed in below]
        elif kind is not bool and isinstance(inner, Secret) and inner.origin == LITERAL and inner:
            found.append(((step,), inner))
    return found


def _literal(seen: Seen) -> Iterator[Breach]:
    for address, path, secret in _noticed(seen)[0]:
        if secret not in WORDS:
            said = "A secret is in the manifest, and so in its history for good."
            yield Breach(address.section, address.name, path, said)


CGS01 = SecurityRule(
    Rule(
        id="CGS01",
        title="A secret in the manifest",
        what="A client secret or a private key is written in the manifest.",
        why="Everyone who can read the repository, or a copy of it, has the secret, and removing the line does not "
        "take it back.",
        source=("OWASP secrets management",),
        advice="Rotate the secret, and refer to the new one: {$secret: NAME#KEY}.",
    ),
    "critical",
    (
        "clients.ClientSecret",
        "identity_providers.ProviderDetails.client_secret",
        "identity_providers.ProviderDetails.private_key",
    ),
    _literal,
    profiles={"dev": "high"},
)


def _filler(seen: Seen) -> Iterator[Breach]:
    for address, path, secret in _noticed(seen)[0]:
        if secret in WORDS:
            said = "The secret is a word that is written where a secret is to come."
            yield Breach(address.section, address.name, path, said)


CGS02 = SecurityRule(
    Rule(
        id="CGS02",
        title="A placeholder in the place of a secret",
        what="A client secret or a private key in the manifest is changeme, xxx or the like.",
        why="Sign-in through the provider fails, or everyone can guess the secret of the client.",
        source=("OWASP secrets management",),
        advice="Refer to the secret: {$secret: NAME#KEY}.",
    ),
    "high",
    (
        "clients.ClientSecret",
        "identity_providers.ProviderDetails.client_secret",
        "identity_providers.ProviderDetails.private_key",
    ),
    _filler,
    profiles={"dev": "medium"},
)


# --- what was not filled in ----------------------------------------------------------------------------------------

BLANK = (
    r"\{\{.*?\}\}|<[A-Za-z][\w .-]*>|%(?![0-9A-F]{2})[A-Z][A-Z0-9_]*%|__[A-Z][A-Z0-9_]*__|\$\([A-Za-z_][\w.]*\)"
    r"|\$(?!LATEST)\{?[A-Z][A-Z0-9_]+\}?|\b(?:TODO|FIXME|TBD|REPLACE[-_]?ME|CHANGE[-_]?ME|YOUR[-_][A-Z_-]+)\b|\byour-[a-z-]*domain\b(?!-)"
)
"""What templates of other tools leave, and what is written where a value is to come."""
WHOLE = ("Links", "Roles", "LambdaConfig")
"""Maps of which every text is such a member."""
PLACES = r"(?:URLs?|URI|Arn|ARN|ARNs|_url|_uri|_issuer|client_id|CertificateArn|KMSKeyID|Links|SourceArn)$"
"""Members that hold an address, an ARN or an identifier."""


@lru_cache(maxsize=4096)
def _is_place(member: str) -> bool:
    return bool(re.search(PLACES, member))


@lru_cache(maxsize=4096)  # pools of one owner have many addresses in common
def _blank(value: str) -> str:
    found = re.search(BLANK, value)  # compiled once there is an address to look at
    return found[0] if found else ""


def _unfilled(seen: Seen) -> Iterator[Breach]:
    for address, path, blank in _noticed(seen)[1]:
        said = f"What belongs in the place of {blank} was not filled in."
        yield Breach(address.section, address.name, path, said)


CGS04 = SecurityRule(
    Rule(
        id="CGS04",
        title="A placeholder in an address or an ARN",
        what="A URL, an ARN or an id of a client has what another tool or a person was to replace: {{ host }}, "
        "<your-domain>, $HOST, TODO. References of poolctl itself are resolved, or errors.",
        why="Users are sent to an address that does not exist, or that whoever registers it controls.",
        source=("OWASP secrets management", "cognito.md 3.2"),
        advice="Write the value, or refer to it: {$var: NAME}, ${var.NAME}.",
    ),
    "medium",
    (
        "clients.CallbackURLs",
        "clients.LogoutURLs",
        "identity_providers.ProviderDetails",
        "user_pool.LambdaConfig",
        "roles.Roles",
        "clients.terms.Links",
    ),
    _unfilled,
)

RULES = (CGS01, CGS02, CGS04)
