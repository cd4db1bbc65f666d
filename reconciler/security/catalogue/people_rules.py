"""Rules about groups, users, and scopes of resource servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Path
from reconciler.security.catalogue.client_traits import items
from reconciler.security.catalogue.privileged_names import words
from reconciler.security.rule import SecurityRule, Seen, text
from schemas.manifest import USER_POOL_ID

GROUPS, USERS, SERVERS = "groups", "users", "resource_servers"
OF_PROVIDER = re.compile(rf"^{USER_POOL_ID}_.+$")
"""How a group is called that Cognito makes for an identity provider (cognito.md 2.7)."""


def _ambiguous(seen: Seen) -> Iterator[Breach]:
    first: dict[int, tuple[str, str]] = {}
    for address, group in seen.all(GROUPS).items():
        rank, role = group.get("Precedence"), text(group, "RoleArn")
        if isinstance(rank, int) and role:
            other, its_role = first.setdefault(rank, (address.name, role))
            if its_role != role:
                said = f"Members of this group and of {other} have no preferred role: both have the precedence {rank}."
                yield Breach(GROUPS, address.name, ("Precedence",), said)


CGA02 = SecurityRule(
    Rule(
        id="CGA02",
        title="Two groups of one precedence with different roles",
        what="Two groups have the same Precedence and another RoleArn.",
        why="The token of a member of both has no cognito:preferred_role, so what the user may do is decided "
        "elsewhere: by AmbiguousRoleResolution, or by the application.",
        source=("cognito.md 2.7",),
        advice="Give each group with a role a Precedence of its own.",
    ),
    "medium",
    ("groups.Precedence", "groups.RoleArn"),
    _ambiguous,
    needs=("groups.RoleArn",),
)


def _of_provider(seen: Seen) -> Iterator[Breach]:
    for address, group in seen.all(GROUPS).items():
        if OF_PROVIDER.match(address.name) and group.get("RoleArn"):
            said = "Every user who signs in through the provider is a member of this group, and gets its role."
            yield Breach(GROUPS, address.name, ("RoleArn",), said)


CGA03 = SecurityRule(
    Rule(
        id="CGA03",
        title="A role for all users of a provider",
        what="A group with the name that Cognito gives to the users of an identity provider (<pool id>_<provider>) has "
        "RoleArn.",
        why="Cognito puts each of them into it at the first sign-in, so the provider decides who gets the role.",
        source=("cdk-real-drift", "cognito.md 2.7"),
        advice="Delete the group, which Cognito makes again without a role, and give the role to a group that you "
        "fill.",
    ),
    "critical",
    ("groups.RoleArn",),
    _of_provider,
    profiles={"dev": "high"},
    needs=("groups.RoleArn",),
)

TRIAL = frozenset(
    {"test", "tests", "tester", "testuser", "testing", "demo", "demouser", "dummy", "foo", "foobar", "guest"}
)
"""Words that make a name one of a trial."""
AROUND = frozenset({"user", "account", "admin", "my", "the", "qa", "e", "bot"})
"""Words that may be beside them."""


def _trials(seen: Seen) -> Iterator[Breach]:
    for address, user in seen.all(USERS).items():
        found = set(words(address.name.partition("@")[0]))
        if found & TRIAL and found <= TRIAL | AROUND and user.get("Enabled") in (None, True):
            path: Path = ()
            yield Breach(USERS, address.name, path, "The name is one of the first that an attacker tries.")


CGA04 = SecurityRule(
    Rule(
        id="CGA04",
        title="An account for tests",
        what="A user is called test, demo or the like, and may sign in. Passwords in a manifest are refused whatever "
        "the user is called.",
        why="Its password is known to many, or easily guessed, and hardly anyone looks at what it does.",
        source=("AWS security best practices for user pools", "cognito.md 2.17"),
        advice="Remove the user, or set Enabled to false; keep accounts for tests in a pool with the profile dev.",
    ),
    "high",
    ("users.Username", "users.Enabled"),
    _trials,
    profiles={"dev": None},
    needs=("users",),
)

COARSE = frozenset({"*", "all", "admin", "administrator", "full", "root", "superuser", "everything", "fullaccess"})


@lru_cache(maxsize=1024)
def _is_coarse(scope: str) -> bool:
    return scope == "*" or "".join(words(scope)) in COARSE


def _coarse(seen: Seen) -> Iterator[Breach]:
    for address, server in seen.all(SERVERS).items():
        for index, scope in items(server, "Scopes"):
            name = text(scope, "ScopeName") if isinstance(scope, dict) else ""
            if _is_coarse(name):
                said = f"The scope {name} allows everything at once."
                yield Breach(SERVERS, address.name, ("Scopes", index, "ScopeName"), said)


CGA05 = SecurityRule(
    Rule(
        id="CGA05",
        title="A scope for everything",
        what="A scope of a resource server is called *, admin, full or the like.",
        why="Every client that needs one thing gets all, and tokens that leak open all of the API.",
        source=("AWS security best practices for user pools", "cognito.md 2.5"),
        advice="Name scopes by what they allow: orders.read, orders.cancel.",
    ),
    "low",
    ("resource_servers.Scopes",),
    _coarse,
    profiles={"dev": None},
)

RULES = (CGA02, CGA03, CGA04, CGA05)
