"""Rules about the IAM roles that users get: who can assume them, and what they allow (`lint --live`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Path
from reconciler.security.rule import SecurityRule, Seen, dig

ROLES, GROUPS, READING = "roles", "groups", "roles"
COGNITO = "cognito-identity.amazonaws.com"
AUD, AMR = f"{COGNITO}:aud", f"{COGNITO}:amr"
AUTHENTICATED, GUESTS = "authenticated", "unauthenticated"
HOUR = 3600


# --- what was read -------------------------------------------------------------------------------------------------


def _each(value: Any) -> list[Any]:
    """Return a value of a policy as a list: one may be written without."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _role(seen: Seen, arn: object) -> Mapping[str, Any] | None:
    """Return what was read of a role; None if nothing was, or if it does not exist."""
    found = dig(seen.outside.get(READING), arn) if isinstance(arn, str) else None
    return found if isinstance(found, Mapping) and not found.get("missing") else None


def _named(seen: Seen) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield the roles of an identity pool: the path, whom it is for, and what was read."""
    tree = seen.one(ROLES)
    for who, arn in (tree.get("Roles") or {}).items():
        role = _role(seen, arn)
        if role is not None:
            yield ("Roles", who), who, role
    for key, mapping in (tree.get("RoleMappings") or {}).items():
        for i, rule in enumerate(dig(mapping, "RulesConfiguration", "Rules") or ()):
            role = _role(seen, dig(rule, "RoleARN"))
            if role is not None:
                yield ("RoleMappings", key, "RulesConfiguration", "Rules", i, "RoleARN"), AUTHENTICATED, role


def _statements(document: Any) -> Iterator[Mapping[str, Any]]:
    for statement in _each(dig(document, "Statement")):
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            yield statement


def _trusting(role: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a trust with which identity pools assume the role."""
    found = _statements(role.get("trust"))
    return [s for s in found if COGNITO in _each(dig(s.get("Principal"), "Federated"))]


def _condition(statement: Mapping[str, Any], key: str) -> list[str]:
    """Return the values that a statement requires of a key; empty if it requires none."""
    conditions = statement.get("Condition") or {}
    values = [v for operator in conditions.values() for k, v in operator.items() if k.lower() == key]
    return [str(one) for value in values for one in _each(value)]


# --- what they allow -----------------------------------------------------------------------------------------------

HARMLESS = frozenset({"mobileanalytics:putevents", "rum:putrumevents", "mobiletargeting:putevents"})
"""Actions that guests may have on every resource."""

OWN_SERVICES = ("cognito-sync", "cognito-identity")
"""Services in which an identity reaches nothing but its own data."""


def _guest_rights(seen: Seen) -> Iterator[Breach]:
    for path, who, role in _named(seen):
        said = _too_much(role) if who == GUESTS else ""
        if said:
            yield Breach(ROLES, "", path, said)


def _too_much(role: Mapping[str, Any]) -> str:
    for statement in (s for policy in role.get("policies") or () for s in _statements(policy)):
        if "NotAction" in statement:
            return "Guests may do everything but what the policy of their role excludes (NotAction)."
        everywhere = "*" in _each(statement.get("Resource")) or "NotResource" in statement
        for action in map(str, _each(statement.get("Action"))):
            service, _, name = action.partition(":")
            own = service in OWN_SERVICES or action.lower() in HARMLESS
            if action == "*" or (name == "*" and not own):
                return f"Guests may do {action}."
            if everywhere and not own:
                return f"Guests may do {action} on every resource."
    return ""


CG902 = SecurityRule(
    Rule(
        id="CG902",
        title="A role for guests that allows too much",
        what="The role for unauthenticated identities allows all actions of a service, or actions on every resource "
        "(with --live).",
        why="Anyone on the Internet gets the credentials of this role with the id of the pool, which is in every "
        "application. A survey of 2,500 pools found thousands of open buckets this way.",
        source=("Riancho 2019, Internet-scale analysis of AWS Cognito security",),
        advice="Allow single actions on single resources, or set AllowUnauthenticatedIdentities to false.",
    ),
    "critical",
    ("roles.Roles",),
    _guest_rights,
    reads=(READING,),
)

ADMINISTRATORS = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def _administrators(seen: Seen) -> Iterator[Breach]:
    for address, group in seen.all(GROUPS).items():
        role = _role(seen, group.get("RoleArn"))
        said = _is_administrator(role) if role is not None else ""
        if said:
            yield Breach(GROUPS, address.name, ("RoleArn",), f"Members of this group {said}.")


def _is_administrator(role: Mapping[str, Any]) -> str:
    for arn in map(str, role.get("attached") or ()):
        if arn.rpartition("/")[2] in ADMINISTRATORS:
            return f"have the policy {arn.rpartition('/')[2]}"
    for statement in (s for policy in role.get("policies") or () for s in _statements(policy)):
        actions = [str(a) for a in _each(statement.get("Action"))]
        wide = [a for a in actions if a in ("*", "*:*", "iam:*", "sts:*")]
        if (wide or "NotAction" in statement) and "*" in _each(statement.get("Resource")):
            return f"may do {wide[0] if wide else 'nearly everything'} on every resource"
    return ""


CGA01 = SecurityRule(
    Rule(
        id="CGA01",
        title="A group whose role is an administrator",
        what="RoleArn of a group names a role with administrator rights (with --live).",
        why="Who puts a user into the group, by hand, by a trigger or by a mapping of an identity provider, makes an "
        "administrator of the AWS account.",
        source=("AWS documentation, groups in user pools",),
        advice="Give the group a role with the few rights that its members need.",
    ),
    "high",
    ("groups.RoleArn",),
    _administrators,
    reads=(READING,),
)


# --- who can assume them -------------------------------------------------------------------------------------------


def _any_pool(seen: Seen) -> Iterator[Breach]:
    own = seen.outside.get("pool_id")
    for path, _, role in _named(seen):
        for said in (_open_to(statement, own) for statement in _trusting(role)):
            if said:
                yield Breach(ROLES, "", path, said)
                break


def _open_to(statement: Mapping[str, Any], own: object) -> str:
    pools = _condition(statement, AUD)
    if not pools or "*" in pools:
        return "Any identity pool of any account can assume the role: its trust does not name this pool."
    others = [pool for pool in pools if isinstance(own, str) and own and pool != own]
    return f"The trust of the role names another identity pool: {', '.join(others)}." if others else ""


CG904 = SecurityRule(
    Rule(
        id="CG904",
        title="A role that any identity pool can assume",
        what="The trust of a role has no condition on cognito-identity.amazonaws.com:aud, or names another pool (with "
        "--live).",
        why="A stranger makes an identity pool in an account of their own and assumes the role with it. That happened "
        "to roles that Amplify made (CVE-2024-28056).",
        source=("AWS documentation, role trust and permissions", "CVE-2024-28056"),
        advice="Require StringEquals cognito-identity.amazonaws.com:aud with the id of the identity pool, and amr.",
    ),
    "critical",
    ("roles.Roles", "roles.RoleMappings"),
    _any_pool,
    reads=(READING,),
)


def _guests_too(seen: Seen) -> Iterator[Breach]:
    for path, who, role in _named(seen):
        if who == AUTHENTICATED and any(_lets_guests(_condition(s, AMR)) for s in _trusting(role)):
            said = "Guests can assume the role of signed-in users: its trust does not require amr authenticated."
            yield Breach(ROLES, "", path, said)


def _lets_guests(methods: Iterable[str]) -> bool:
    methods = list(methods)
    return not methods or any(method in (GUESTS, "*") for method in methods)


CG905 = SecurityRule(
    Rule(
        id="CG905",
        title="A role of signed-in users that guests can assume",
        what="The trust of a role for authenticated identities has no condition on cognito-identity.amazonaws.com:amr "
        "(with --live).",
        why="With the basic flow, a client picks the role itself: a guest then takes the one of signed-in users.",
        source=("AWS documentation, role trust and permissions",),
        advice="Require ForAnyValue:StringLike cognito-identity.amazonaws.com:amr with authenticated.",
    ),
    "critical",
    ("roles.Roles", "roles.RoleMappings"),
    _guests_too,
    reads=(READING,),
)


def _long_or_shared(seen: Seen) -> Iterator[Breach]:
    for path, _, role in _named(seen):
        if int(role.get("MaxSessionDuration") or HOUR) > HOUR:
            hours = round(int(role["MaxSessionDuration"]) / HOUR)
            yield Breach(ROLES, "", path, f"Credentials of the role can be valid for {hours} hours.")
        elif len({pool for s in _trusting(role) for pool in _condition(s, AUD)}) > 1:
            yield Breach(ROLES, "", path, "The role serves several identity pools, so none can be limited by itself.")


CG913 = SecurityRule(
    Rule(
        id="CG913",
        title="A role with long sessions, or for several identity pools",
        what="MaxSessionDuration of a role is more than an hour, or its trust names several pools (with --live).",
        why="Credentials cannot be revoked one by one; they end with their session.",
        source=("AWS IAM, MaxSessionDuration",),
        advice="Set MaxSessionDuration to 3600, and give each identity pool a role of its own.",
    ),
    "low",
    ("roles.Roles", "roles.RoleMappings"),
    _long_or_shared,
    reads=(READING,),
)

RULES = (CG902, CG904, CG905, CG913, CGA01)
