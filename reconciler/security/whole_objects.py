"""What it means that an object appears or disappears as a whole.

Settings that every pool has are not here: they are judged member by member, like an update from or to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model import Direction, Effect, Tree
from reconciler.security.bearing import ALL_USERS, CLIENT_USERS, GROUP_USERS, OPERATORS, PROVIDER_USERS, WholeObject


def _neutral(_: Tree) -> Direction:
    return Direction.NEUTRAL


def _weakens(_: Tree) -> Direction:
    return Direction.WEAKENS


def _strengthens(_: Tree) -> Direction:
    return Direction.STRENGTHENS


def _by_role(group: Tree) -> Direction:
    return Direction.WEAKENS if group.get("RoleArn") else Direction.NEUTRAL


OBJECTS: Mapping[str, WholeObject] = {
    "clients": WholeObject(
        _neutral,
        "A client that no manifest declares can sign users in.",
        "",
        CLIENT_USERS,
        ("CHG28",),
        ("CHG02",),
        undo="A client id never comes back: applications that use it stop.",
        foreign=_weakens,
    ),
    "identity_providers": WholeObject(
        _weakens,
        "Users of another provider can sign in: look at who runs it.",
        "",
        PROVIDER_USERS,
        ("CHG13",),
        ("CHG14",),
        "critical",
        undo="Users who came through the provider are left without a way to sign in.",
    ),
    "groups": WholeObject(
        _by_role,
        "Members of the group get its role: look at its policies.",
        "",
        GROUP_USERS,
        ("CHG19",),
        ("CHG02",),
        "critical",
        undo="Who was a member is lost.",
    ),
    "domains": WholeObject(
        _neutral,
        "Pages that no manifest declares take the passwords of users.",
        "",
        ALL_USERS,
        ("CHG28",),
        ("CHG02",),
        undo="Another account can take the name as soon as it is free.",
        foreign=_weakens,
    ),
    "resource_servers": WholeObject(_neutral, "", "", OPERATORS, (), ("CHG25",)),
    "clients.cimd_policies": WholeObject(
        _weakens, "Clients that are not registered can use this pool.", "", CLIENT_USERS, ("CHG09",)
    ),
    "clients.terms": WholeObject(_neutral, "", "", CLIENT_USERS),
    "clients.branding": WholeObject(_neutral, "", "", CLIENT_USERS),
    "replicas": WholeObject(_strengthens, "", "The pool cannot move to this Region.", ALL_USERS, (), ("CHG24",)),
    "users": WholeObject(_neutral, "", "", "this user"),
    "trigger_permissions": WholeObject(_neutral, "", "", OPERATORS),
    "log_groups": WholeObject(_strengthens, "", "Events are no longer kept.", OPERATORS, (), ("CHG20",)),
    "sms_role": WholeObject(_neutral, "", "", OPERATORS),
    "sms_role_trust": WholeObject(_strengthens, "", "", OPERATORS),
    "limits": WholeObject(_neutral, "", "", OPERATORS),
    "principal_tags": WholeObject(_weakens, "Claims become tags that policies look at.", "", OPERATORS, ("CHG18",)),
}
"""By section."""


def appeared(section: str, tree: Tree, *, foreign: bool = False) -> Effect | None:
    """Return what it means that an object is there which was not; None for a setting that every pool has.

    Args:
        section: Its section.
        tree: The object.
        foreign: Whether no manifest declares it.
    """
    whole = OBJECTS.get(section)
    if whole is None:
        return None
    direction = (whole.foreign or whole.order)(tree) if foreign else whole.order(tree)
    alarming = direction in (Direction.WEAKENS, Direction.MIXED)
    said, rules = (whole.sentence, whole.rules) if alarming else ("", ())  # the rules are about the alarm
    return Effect((), direction, said, whole.who, rules=rules, risk=whole.risk)


def vanished(section: str, tree: Tree) -> Effect | None:
    """Return what it means that an object is gone; None for a setting that every pool has."""
    whole = OBJECTS.get(section)
    if whole is None:
        return None
    direction = whole.order(tree).opposite
    said = whole.gone if direction in (Direction.WEAKENS, Direction.MIXED) else ""
    return Effect((), direction, said, whole.who, undo=whole.undo, rules=whole.gone_rules, risk=whole.risk)
