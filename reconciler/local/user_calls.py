"""What an administrator does with users (cognito.md 2.17): moto's objects, written as strictly as the service does.

moto creates users in any shape, never looks at the schema, and forgets nothing that an update leaves unverified.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from reconciler.local.operation import Context, Operation, page
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.store import Record
from reconciler.local.user_checks import (
    check_alias,
    check_attributes,
    check_name,
    check_password,
    is_passwordless,
)

SEARCHABLE = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username", "sub")
FILTER = re.compile(r'\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*')
MANUAL = "FORCE_CHANGE_PASSWORD"


def new_user(pool_id: str, name: str | None, password: Any, status: str, attributes: Record) -> Any:
    """Return a new object of moto's; without a name, it is called by its `sub`.

    A password is a text, an `ImportedPassword`, or None.
    """
    from moto.cognitoidp.models import CognitoIdpUser

    items = [{"Name": k, "Value": v} for k, v in attributes.items()]
    return CognitoIdpUser(pool_id, name, password, _status(status), items)


def _status(status: str) -> Any:
    """Return a status as moto compares it: by identity."""
    from moto.cognitoidp.models import UserStatus

    return UserStatus(status) if status in UserStatus.__members__ else status


def status_of(user: Any) -> str:
    """Return the status of a user as the API spells it."""
    return str(getattr(user.status, "value", user.status))


def find(ctx: Context, params: Record) -> tuple[Record, Any, Any]:
    """Return the pool, moto's object for it, and the user of a request.

    Raises:
        Refusal: UserNotFoundException.
    """
    pool = ctx.pool(params)
    shadow = ctx.shadow(pool["id"])
    user = look_up(pool, shadow, params["Username"])
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    return pool, shadow, user


def look_up(pool: Record, shadow: Any, name: str) -> Any:
    """Return a user by name, `sub` or address, or None."""
    name = spelled(pool, name)
    found = shadow.users.get(name)
    if found is not None:
        return found
    named = pool["config"].get("UsernameAttributes") or ()
    keys = [*named, *(["sub"] if named else [])]
    return next((u for u in shadow.users.values() if any(u.attribute_lookup.get(k) == name for k in keys)), None)


def spelled(pool: Record, name: str) -> str:
    """Return a name as it is stored: in lower case where case does not matter."""
    insensitive = pool["config"].get("UsernameConfiguration", {}).get("CaseSensitive") is False
    return name.lower() if insensitive else name


def _attributes(items: Any) -> dict[str, str]:
    return {a["Name"]: a.get("Value", "") for a in items or ()}


def admin_create_user(ctx: Context, params: Record) -> Record:
    """AdminCreateUser: sends nothing; RESEND answers with the user as it is."""
    pool = ctx.pool(params)
    if params.get("MessageAction") == "RESEND":
        return {"User": _resent(ctx, params)}
    shadow, name = ctx.shadow(pool["id"]), spelled(pool, params["Username"])
    check_name(pool, name)
    attributes = _attributes(params.get("UserAttributes"))
    check_attributes(pool, attributes | _from_name(pool, name, attributes), new=True)
    attributes |= _from_name(pool, name, attributes)
    if look_up(pool, shadow, name) is not None:
        raise ServiceError("UsernameExistsException", "User account already exists")
    if not params.get("ForceAliasCreation"):
        check_alias(pool, attributes, shadow.users.values(), "UsernameExistsException")
    password = params.get("TemporaryPassword")
    if password is not None:
        check_password(pool, password)
    status = "CONFIRMED" if password is None and is_passwordless(pool) else MANUAL
    named = pool["config"].get("UsernameAttributes")
    user = new_user(pool["id"], None if named else name, password, status, {k: v for k, v in attributes.items() if v})
    shadow.users[user.username] = user
    ctx.store.touch(pool)
    return {"User": _listed(user)}


def _from_name(pool: Record, name: str, attributes: dict[str, str]) -> dict[str, str]:
    """Return the attribute that the name of a new user fills.

    Raises:
        Refusal: It was sent with another value.
    """
    named = pool["config"].get("UsernameAttributes") or ()
    kind = "email" if "@" in name else "phone_number"
    if kind not in named:
        return {}
    if attributes.get(kind, name) != name:
        refuse(f"Attribute {kind} must be the same as the username.")
    return {kind: name}


def _resent(ctx: Context, params: Record) -> Record:
    _, _, user = find(ctx, params)
    if status_of(user) != MANUAL:
        said = f"Resend not possible. {user.username} status is not {MANUAL}"
        raise ServiceError("UnsupportedUserStateException", said)
    return _listed(user)


def admin_get_user(ctx: Context, params: Record) -> Record:
    """AdminGetUser."""
    user = find(ctx, params)[2]
    shown = _listed(user)
    factors = (("SOFTWARE_TOKEN_MFA", user.software_token_mfa_enabled), ("SMS_MFA", user.sms_mfa_enabled))
    on = [name for name, used in factors if used]
    preferred = {"PreferredMfaSetting": user.preferred_mfa_setting} if user.preferred_mfa_setting else {}
    return {
        **{("UserAttributes" if k == "Attributes" else k): v for k, v in shown.items()},
        **({"UserMFASettingList": on} if on else {}),
        **preferred,
    }


def _listed(user: Any) -> Record:
    lookup = user.attribute_lookup
    names = ["sub", *(n for n in lookup if n != "sub")]
    return {
        "Username": user.username,
        "Attributes": [{"Name": n, "Value": lookup[n]} for n in names],
        "UserCreateDate": _seconds(user.create_date),
        "UserLastModifiedDate": _seconds(user.last_modified_date),
        "Enabled": user.enabled,
        "UserStatus": status_of(user),
    }


def _seconds(date: datetime) -> float:
    """Return a date of moto's, which is UTC without saying so, in seconds since 1970."""
    return round(date.replace(tzinfo=UTC).timestamp(), 3)


def admin_update_user_attributes(ctx: Context, params: Record) -> Record:
    """AdminUpdateUserAttributes: merges; an empty value removes, and a new address is not verified unless said."""
    pool, shadow, user = find(ctx, params)
    sent = _attributes(params["UserAttributes"])
    check_attributes(pool, sent, new=False)
    for kind in ("email", "phone_number"):
        if kind in sent and sent[kind] != user.attribute_lookup.get(kind) and f"{kind}_verified" not in sent:
            sent[f"{kind}_verified"] = "false" if sent[kind] else ""
    after = {**user.attribute_lookup, **sent}
    check_alias(pool, after, (u for u in shadow.users.values() if u is not user), "AliasExistsException")
    user.update_attributes([{"Name": k, "Value": v} for k, v in sent.items() if v])
    _remove(user, [k for k, v in sent.items() if not v])
    ctx.store.touch(pool)
    return {}


def _remove(user: Any, names: list[str]) -> None:
    there = [n for n in names if n in user.attribute_lookup]
    if there:
        user.delete_attributes(there)


def admin_delete_user_attributes(ctx: Context, params: Record) -> Record:
    """AdminDeleteUserAttributes: one that is not set counts as removed."""
    pool, _, user = find(ctx, params)
    names = list(params["UserAttributeNames"])
    check_attributes(pool, dict.fromkeys(names, ""), new=False)
    _remove(user, names)
    ctx.store.touch(pool)
    return {}


def admin_set_user_password(ctx: Context, params: Record) -> Record:
    """AdminSetUserPassword."""
    pool, _, user = find(ctx, params)
    check_password(pool, params["Password"])
    if status_of(user) == "EXTERNAL_PROVIDER":
        refuse("User password cannot be set for a federated user.")
    user.password = params["Password"]
    user.status = _status("CONFIRMED" if params.get("Permanent") else MANUAL)
    ctx.store.touch(pool)
    return {}


def admin_enable_user(ctx: Context, params: Record) -> Record:
    """AdminEnableUser."""
    return _switched(ctx, params, enabled=True)


def admin_disable_user(ctx: Context, params: Record) -> Record:
    """AdminDisableUser."""
    return _switched(ctx, params, enabled=False)


def _switched(ctx: Context, params: Record, *, enabled: bool) -> Record:
    pool, _, user = find(ctx, params)
    user.enabled = enabled
    ctx.store.touch(pool)
    return {}


def admin_delete_user(ctx: Context, params: Record) -> Record:
    """AdminDeleteUser."""
    pool, shadow, user = find(ctx, params)
    for group in list(user.groups):
        group.users.discard(user)
    del shadow.users[user.username]
    ctx.store.touch(pool)
    return {}


def _group(shadow: Any, name: str) -> Any:
    if name not in shadow.groups:
        not_found("Group not found.")
    return shadow.groups[name]


def admin_add_user_to_group(ctx: Context, params: Record) -> Record:
    """AdminAddUserToGroup: repeating it changes nothing."""
    pool, shadow, user = find(ctx, params)
    group = _group(shadow, params["GroupName"])
    group.users.add(user)
    user.groups.add(group)
    ctx.store.touch(pool)
    return {}


def admin_remove_user_from_group(ctx: Context, params: Record) -> Record:
    """AdminRemoveUserFromGroup."""
    pool, shadow, user = find(ctx, params)
    group = _group(shadow, params["GroupName"])
    group.users.discard(user)
    user.groups.discard(group)
    ctx.store.touch(pool)
    return {}


def admin_list_groups_for_user(ctx: Context, params: Record) -> Record:
    """AdminListGroupsForUser: items are complete."""
    pool, _, user = find(ctx, params)
    names = sorted(g.group_name for g in user.groups)
    return page(ctx, [pool["groups"][n] for n in names if n in pool["groups"]], params, "Groups", "Limit")


def list_users_in_group(ctx: Context, params: Record) -> Record:
    """ListUsersInGroup."""
    shadow = ctx.shadow(ctx.pool(params)["id"])
    members = _group(shadow, params["GroupName"]).users
    answer = page(ctx, list(shadow.users.values()), params, "Users", "Limit", wanted=members.__contains__)
    return {**answer, "Users": [_listed(u) for u in answer["Users"]]}


def list_users(ctx: Context, params: Record) -> Record:
    """ListUsers: one condition, and pages by PaginationToken, which may be empty while a token remains."""
    users = list(ctx.shadow(ctx.pool(params)["id"]).users.values())
    text = params.get("Filter", "").strip()
    condition = _condition(text) if text else None
    asked = {"NextToken": params["PaginationToken"]} if "PaginationToken" in params else {}
    answer = page(
        ctx,
        users,
        {**params, **asked},
        "Users",
        "Limit",
        wanted=lambda user: condition is None or _matches(user, *condition),
    )
    token = answer.pop("NextToken", None)
    shown = [_listed(u) for u in answer["Users"]]
    names = params.get("AttributesToGet") or ()
    for user in shown if names else ():
        user["Attributes"] = [a for a in user["Attributes"] if a["Name"] in names]
    return {"Users": shown, **({"PaginationToken": token} if token else {})}


def _condition(text: str) -> tuple[str, bool, str]:
    """Return attribute, whether a prefix is enough, and value."""
    found = FILTER.fullmatch(text)
    if not found:
        refuse("Error while parsing filter.")
    if found[1] not in (*SEARCHABLE, "username", "cognito:user_status", "status"):
        refuse(f"Invalid search attribute: {found[1]}")
    return found[1], found[2] == "^=", re.sub(r"\\(.)", r"\1", found[3])


def _matches(user: Any, name: str, prefix: bool, value: str) -> bool:
    special = {
        "username": user.username,
        "cognito:user_status": status_of(user).lower(),
        "status": "Enabled" if user.enabled else "Disabled",
    }
    found = str(special.get(name, user.attribute_lookup.get(name, "")))
    value = value.lower() if name == "cognito:user_status" else value
    return found.startswith(value) if prefix else found == value


OPERATIONS: dict[str, Operation] = {
    "AdminCreateUser": admin_create_user,
    "AdminGetUser": admin_get_user,
    "AdminUpdateUserAttributes": admin_update_user_attributes,
    "AdminDeleteUserAttributes": admin_delete_user_attributes,
    "AdminSetUserPassword": admin_set_user_password,
    "AdminEnableUser": admin_enable_user,
    "AdminDisableUser": admin_disable_user,
    "AdminDeleteUser": admin_delete_user,
    "AdminAddUserToGroup": admin_add_user_to_group,
    "AdminRemoveUserFromGroup": admin_remove_user_from_group,
    "AdminListGroupsForUser": admin_list_groups_for_user,
    "ListUsersInGroup": list_users_in_group,
    "ListUsers": list_users,
}
