"""What an administrator does with users (cognito.md 2.17)."""

from __future__ import annotations

import base64
import re
from itertools import islice

from reconciler.local.operation import DEFAULT_PAGE, Context, Operation, page
from reconciler.local.people import FINDS, FIRST, MEMBER_OF, SEARCHED, STATUS, By, ListPlace
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.signin import aliases, codes, inviting, passwords, user_factors, written_attributes
from reconciler.local.signin.parties import (
    FORCED,
    Caller,
    admin,
    existing,
    new_user,
    put,
    spelled,
    touch,
)
from reconciler.local.signin.tokens import end_all
from reconciler.local.store import Record
from reconciler.local.user_checks import (
    SHAPES,
    check_attributes,
    check_name,
    is_passwordless,
)

DAY = 24 * 3600.0
DEFAULT_DAYS = 7
"""TemporaryPasswordValidityDays, if it is not set."""

TOKEN = re.compile(r"([ef])(\d{1,18}):(.*)", re.ASCII | re.DOTALL)
FILTER = re.compile(r'\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*')


def admin_create_user(ctx: Context, params: Record) -> Record:
    """AdminCreateUser: with an invitation, unless MessageAction is SUPPRESS; RESEND sends it again."""
    pool, caller = ctx.pool(params), admin(ctx, params)
    if params.get("MessageAction") == "RESEND":
        return {"User": _resent(ctx, caller, params)}
    name = spelled(pool, params["Username"])
    check_name(pool, name)
    attributes = written_attributes.spelled(pool, written_attributes.named(params.get("UserAttributes")))
    check_attributes(pool, attributes | _from_name(pool, name, attributes), new=True)
    attributes |= _from_name(pool, name, attributes)
    _check_new(ctx, pool, params, name, attributes)
    password = params.get("TemporaryPassword")
    if password is not None:
        passwords.check_policy(pool, password, admin=True, member="temporaryPassword")
    known = password is not None or not is_passwordless(pool)
    named = pool["config"].get("UsernameAttributes")
    user = new_user(ctx, None if named else name, FORCED if known else "CONFIRMED", attributes)
    inviting.admit(ctx, caller, user, attributes, params.get("ValidationData"))
    _check_new(ctx, pool, params, name, attributes)  # others go on while the trigger runs
    if known:
        password = password or passwords.temporary_password(pool)
        passwords.set_password(ctx, pool, user, password, until=_until(ctx, pool))
    if params.get("ForceAliasCreation"):
        aliases.claim(ctx, pool, user, move=True)
    put(ctx, pool, user)
    if known and params.get("MessageAction") != "SUPPRESS":
        inviting.invite(ctx, caller, user, password or "", params.get("DesiredDeliveryMediums") or (), resend=False)
    return {"User": _listed(user)}


def _check_new(ctx: Context, pool: Record, params: Record, name: str, attributes: dict[str, str]) -> None:
    """Check that no other user has the name of a new one, or an alias of it that does not move.

    Raises:
        Refusal: UsernameExistsException.
    """
    if aliases.is_taken(ctx, pool, name):
        raise ServiceError("UsernameExistsException", "User account already exists")
    for kind in aliases.held(pool, attributes):
        if kind in aliases.unproven(pool) or not params.get("ForceAliasCreation"):
            aliases.check_free(ctx, pool, kind, attributes[kind], code="UsernameExistsException")


def _until(ctx: Context, pool: Record) -> float:
    """Return when a temporary password that is set now ends."""
    policy = pool["config"].get("Policies", {}).get("PasswordPolicy", {})
    return ctx.now() + DAY * (policy.get("TemporaryPasswordValidityDays") or DEFAULT_DAYS)


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


def _resent(ctx: Context, caller: Caller, params: Record) -> Record:
    pool, user = existing(ctx, params)
    if user["status"] != FORCED:
        said = f"Resend not possible. {user['username']} status is not {FORCED}"
        raise ServiceError("UnsupportedUserStateException", said)
    password = params.get("TemporaryPassword")
    if password is not None:
        passwords.check_policy(pool, password, admin=True, member="temporaryPassword")
    password = password or passwords.temporary_password(pool)
    passwords.set_password(ctx, pool, user, password, until=_until(ctx, pool))
    touch(ctx, pool, user)
    inviting.invite(ctx, caller, user, password or "", params.get("DesiredDeliveryMediums") or (), resend=True)
    return _listed(user)


def admin_get_user(ctx: Context, params: Record) -> Record:
    """AdminGetUser."""
    user = existing(ctx, params)[1]
    shown = _listed(user)
    shown["UserAttributes"] = shown.pop("Attributes")
    return shown | user_factors.settings(user)


def _listed(user: Record) -> Record:
    attributes = user["attributes"]
    names = ["sub", *(n for n in attributes if n != "sub")]
    return {
        "Username": user["username"],
        "Attributes": [{"Name": n, "Value": attributes[n]} for n in names],
        "UserCreateDate": round(user["created"], 3),
        "UserLastModifiedDate": round(user["modified"], 3),
        "Enabled": user["enabled"],
        "UserStatus": user["status"],
    }


def admin_update_user_attributes(ctx: Context, params: Record) -> Record:
    """AdminUpdateUserAttributes: merges; an empty value removes, and a new address is not verified unless said.

    No code is sent: whether Cognito sends one here is not documented.
    """
    pool, user = existing(ctx, params)
    sent = written_attributes.spelled(pool, written_attributes.named(params["UserAttributes"]))
    check_attributes(pool, sent, new=False)
    for kind in ("email", "phone_number"):
        if kind in sent and sent[kind] != user["attributes"].get(kind) and f"{kind}_verified" not in sent:
            sent[f"{kind}_verified"] = "false" if sent[kind] else ""
    after = {k: v for k, v in {**user["attributes"], **sent}.items() if v}
    for kind in aliases.held(pool, after):
        if kind in sent or f"{kind}_verified" in sent:
            aliases.check_free(ctx, pool, kind, after[kind], user["username"])
    for kind in SHAPES.keys() & sent.keys():
        codes.drop(ctx, pool, user, codes.verifying(kind))
        user["pending"].pop(kind, None)
    user["attributes"] = after
    touch(ctx, pool, user)
    return {}


def admin_delete_user_attributes(ctx: Context, params: Record) -> Record:
    """AdminDeleteUserAttributes: one that is not set counts as removed."""
    pool, user = existing(ctx, params)
    names = list(params["UserAttributeNames"])
    check_attributes(pool, dict.fromkeys(names, ""), new=False)
    user["attributes"] = {k: v for k, v in user["attributes"].items() if k not in names}
    touch(ctx, pool, user)
    return {}


def admin_set_user_password(ctx: Context, params: Record) -> Record:
    """AdminSetUserPassword."""
    pool, user = existing(ctx, params)
    passwords.check_policy(pool, params["Password"], admin=True)
    if user["status"] == "EXTERNAL_PROVIDER":
        refuse("User password cannot be set for a federated user.")
    passwords.check_history(pool, user, params["Password"])
    permanent = params.get("Permanent", False)
    passwords.set_password(ctx, pool, user, params["Password"], until=None if permanent else _until(ctx, pool))
    user["status"] = "CONFIRMED" if permanent else FORCED
    touch(ctx, pool, user)
    return {}


def admin_enable_user(ctx: Context, params: Record) -> Record:
    """AdminEnableUser."""
    return _switched(ctx, params, enabled=True)


def admin_disable_user(ctx: Context, params: Record) -> Record:
    """AdminDisableUser."""
    return _switched(ctx, params, enabled=False)


def _switched(ctx: Context, params: Record, *, enabled: bool) -> Record:
    pool, user = existing(ctx, params)
    user["enabled"] = enabled
    if not enabled:
        end_all(ctx, pool, user)
    touch(ctx, pool, user)
    return {}


def admin_delete_user(ctx: Context, params: Record) -> Record:
    """AdminDeleteUser."""
    pool, user = existing(ctx, params)
    ctx.people.remove(pool["id"], user["username"], ctx.now())
    ctx.ledger.remove_user(pool["id"], user["username"])
    return {}


def _group(pool: Record, name: str) -> str:
    if name not in pool["groups"]:
        not_found("Group not found.")
    return name


def admin_add_user_to_group(ctx: Context, params: Record) -> Record:
    """AdminAddUserToGroup: repeating it changes nothing."""
    pool, user = existing(ctx, params)
    user["groups"] = sorted({*user["groups"], _group(pool, params["GroupName"])})
    put(ctx, pool, user)
    return {}


def admin_remove_user_from_group(ctx: Context, params: Record) -> Record:
    """AdminRemoveUserFromGroup."""
    pool, user = existing(ctx, params)
    user["groups"] = sorted({*user["groups"]} - {_group(pool, params["GroupName"])})
    put(ctx, pool, user)
    return {}


def admin_list_groups_for_user(ctx: Context, params: Record) -> Record:
    """AdminListGroupsForUser: items are complete."""
    pool, user = existing(ctx, params)
    return page(ctx, [pool["groups"][n] for n in user["groups"] if n in pool["groups"]], params, "Groups", "Limit")


def list_users_in_group(ctx: Context, params: Record) -> Record:
    """ListUsersInGroup."""
    pool = ctx.pool(params)
    by = By(MEMBER_OF, _group(pool, params["GroupName"]))
    users, token = _page(ctx, pool, params, "NextToken", by)
    return {"Users": [_listed(u) for u in users], **({"NextToken": token} if token else {})}


def list_users(ctx: Context, params: Record) -> Record:
    """ListUsers: one condition, and pages by PaginationToken, which may be empty while a token remains."""
    pool = ctx.pool(params)
    text = params.get("Filter", "").strip()
    condition = _condition(text) if text else None
    users, token = _page(ctx, pool, params, "PaginationToken", condition)
    shown = [_listed(u) for u in users]
    names = params.get("AttributesToGet") or ()
    for user in shown if names else ():
        user["Attributes"] = [a for a in user["Attributes"] if a["Name"] in names]
    return {"Users": shown, **({"PaginationToken": token} if token else {})}


def _page(ctx: Context, pool: Record, params: Record, member: str, by: By | None) -> tuple[list[Record], str | None]:
    """Return a page of users, and the token of the next one. It reads no more users than it needs."""
    size = params.get("Limit") or DEFAULT_PAGE
    after, marked = _position(params.get(member))
    if ctx.store.empty_pages and not marked and ctx.people.count(pool["id"]):
        return [], _token(after, marked=True)
    size = max(1, size // 2) if ctx.store.empty_pages else size
    without = by.attribute if by and not by.value else ""  # users without an attribute are in no index
    every = ctx.people.every(pool["id"], after, None if without else by)
    found = list(islice((p for p in every if not without or _lacks(p.user, by)), size + 1))
    token = _token(found[size - 1].place, marked=False) if len(found) > size else None
    return [p.user for p in found[:size]], token


def _token(place: ListPlace, *, marked: bool) -> str:
    """Return the token of a page that begins after a place; marked if an empty page came before it."""
    return base64.urlsafe_b64encode(f"{'e' if marked else 'f'}{place.number}:{place.value}".encode()).decode()


def _position(token: str | None) -> tuple[ListPlace, bool]:
    """Return the place and the mark of a token; the beginning without one."""
    if token is None:
        return FIRST, False
    try:
        found = TOKEN.fullmatch(base64.urlsafe_b64decode(token).decode())
    except ValueError:
        found = None
    if found is None:
        refuse("Invalid pagination token given.")
    return ListPlace(int(found[2]), found[3]), found[1] == "e"


def _condition(text: str) -> By:
    """Return what a filter asks for."""
    found = FILTER.fullmatch(text)
    if not found:
        refuse("Error while parsing filter.")
    name, value = found[1], re.sub(r"\\(.)", r"\1", found[3])
    if name not in FINDS or name == MEMBER_OF:
        refuse(f"Invalid search attribute: {name}")
    return By(name, value.lower() if name == STATUS else value, found[2] == "^=")


def _lacks(user: Record, by: By | None) -> bool:
    """Return whether a user has nothing to be found by; every value begins with nothing."""
    return by is None or by.prefix or (by.attribute in SEARCHED and not user["attributes"].get(by.attribute))


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
