"""Which attributes give rights, by their names: `custom:role` and `custom:is_admin` do, `custom:payroll` does not.

Names are read as words, and a word that has a harmless meaning too counts only beside another that settles it: a
`group` of users, but no group of ages.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from reconciler.kinds.shared_rules import is_custom

STRONG = frozenset(
    {
        *("role", "roles", "userrole", "userroles", "authority", "authorities", "clearance", "acl", "rbac"),
        *("admin", "admins", "administrator", "isadmin", "superadmin", "sysadmin", "superuser", "issuperuser", "root"),
        *("permission", "permissions", "privilege", "privileges", "entitlement", "entitlements", "scope", "scopes"),
        *("tenant", "tenants", "tenantid", "orgid", "accesslevel", "usergroup", "usergroups", "impersonate"),
    }
)
"""Words that are about rights whatever is beside them."""
WEAK = frozenset({"group", "groups", "org", "organization", "organisation", "plan", "tier"})
"""Words that are about rights alone, or beside nothing but `BESIDE`."""
BESIDE = frozenset(
    {
        *("user", "access", "account", "security", "auth", "iam", "app", "service", "customer", "member", "membership"),
        *("subscription", "billing", "pricing", "current", "my", "id", "ids", "key"),
    }
)
STATES = frozenset(
    {
        *("admin", "administrator", "staff", "owner", "superuser", "root", "moderator", "manager", "operator"),
        *("internal", "employee", "support", "premium", "paid", "paying", "pro", "subscriber", "member", "privileged"),
        *("approved", "verified", "trusted", "active", "enabled", "allowed", "authorized", "authorised"),
    }
)
"""What follows `is` in the name of a flag that gives rights: `is_staff`."""
SEPARATOR = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


def is_privileged(name: str, named: Collection[str] = ()) -> bool:
    """Return whether an attribute gives rights.

    Args:
        name: Its name, as clients and providers use it.
        named: What the manifest names as such.
    """
    if name in named:
        return True
    found = words(name.rpartition(":")[2]) if is_custom(name) else []
    if STRONG & set(found):
        return True
    if found[:1] == ["is"]:
        return bool(STATES & set(found[1:]))
    levels = "level" in found and bool({"access", "security", "auth"} & set(found))
    return levels or (bool(WEAK & set(found)) and set(found) <= WEAK | BESIDE)


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case: `userRole`, `user_role` and `user-role` are the same."""
    return [word.lower() for word in SEPARATOR.split(name) if word]


BROAD = frozenset({"*", "all", "admin", "administrator", "full", "fullaccess", "root", "superuser", "manage"})
"""Words of scopes that allow about everything."""


def is_broad(scope: str) -> bool:
    """Return whether a scope allows about everything, by the last part of its name."""
    last = scope.rpartition("/")[2]
    return last == "*" or bool(BROAD & set(words(last)))
