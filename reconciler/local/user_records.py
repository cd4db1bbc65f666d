"""Users as plain JSON, so that they outlive a run with `--local`.

Users are moto's objects, which sign-in works on. After each write the records of a pool's users are what its file
keeps, and a new shadow begins with them. Tokens and sessions are not kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.local.imported_passwords import ImportedPassword
from reconciler.local.store import Record, Store
from reconciler.local.user_calls import new_user, status_of

MEMBERS = (
    *("id", "enabled", "preferred_mfa_setting"),
    *("sms_mfa_enabled", "software_token_mfa_enabled", "token_verified"),
)
DATES = ("create_date", "last_modified_date")


def keep(store: Store, pool: Record, shadow: Any) -> None:
    """Make the records of a pool's users what moto's objects are, if they differ.

    Args:
        store: The records; without a directory, nothing is kept.
        pool: The pool.
        shadow: moto's object for it; None if no user operation has needed it yet.
    """
    if store.directory is None or shadow is None:
        return
    kept: Record = pool["users"]
    gone = [name for name in kept if name not in shadow.users]
    for name in gone:
        del kept[name]
    changed = [name for name, user in shadow.users.items() if _renewed(kept, name, _record(user))]
    if gone or changed:
        store.touch(pool)


def _renewed(kept: Record, name: str, record: Record) -> bool:
    """Keep a record if it is not the known one, and return whether it is not. One at a time, as there may be many."""
    if kept.get(name) == record:
        return False
    kept[name] = record
    return True


def _record(user: Any) -> Record:
    return {
        **{member: getattr(user, member) for member in MEMBERS},
        **_password(user.password),
        **{date: getattr(user, date).isoformat() for date in DATES},
        "status": status_of(user),
        "attributes": dict(user.attribute_lookup),
        "groups": sorted(g.group_name for g in user.groups),
    }


def _password(password: Any) -> Record:
    """Return a password as it is kept; as a hash, if nothing else is known."""
    if isinstance(password, ImportedPassword):
        return {"password": None, "hash": [password.algorithm, password.text]}
    return {"password": password}


def restore(shadow: Any, pool: Record) -> None:
    """Give a new shadow the users of a pool; its groups are there already."""
    for name, kept in pool["users"].items():
        password = ImportedPassword(*kept["hash"]) if "hash" in kept else kept["password"]
        user = new_user(pool["id"], name, password, kept["status"], kept["attributes"])
        for member in MEMBERS:
            setattr(user, member, kept[member])
        user.update_attributes([{"Name": "sub", "Value": kept["attributes"]["sub"]}])
        for date in DATES:
            setattr(user, date, datetime.fromisoformat(kept[date]))
        for group in (shadow.groups[g] for g in kept["groups"] if g in shadow.groups):
            group.users.add(user)
            user.groups.add(group)
        shadow.users[name] = user
