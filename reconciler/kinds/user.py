"""Users that a manifest declares (cognito.md 2.17): created if missing, with attributes, groups and a password.

A pool may hold millions, so only declared users are read, by name; nothing is known of the others, and none is ever
deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.iam_access import IamAccess, sets, unsets
from reconciler.kinds.kind import (
    Breach,
    ListedPart,
    Listing,
    Need,
    PendingCall,
    Reading,
    ResourceKind,
    Rule,
    State,
    Undecided,
    no_names,
)
from reconciler.kinds.shared_rules import attributes, full_name, no_attribute
from reconciler.model import Call, FieldChange, Path, Reference, Tree
from schemas.user import User
from schemas.user_pool import STANDARD_ATTRIBUTES

USERS, SERVICE = "users", "cognito-idp"
ATTRIBUTES, GROUPS = "UserAttributes", "groups"
CONTACTS = ("email", "phone_number")
SUB = "sub"
BY_COGNITO = (SUB, "identities")
"""Attributes that Cognito sets."""
PASSWORDS = ("Password", "TemporaryPassword")
DROPPED = (
    *("Username", "sub", "Attributes", "UserCreateDate", "UserLastModifiedDate"),
    *("MFAOptions", "PreferredMfaSetting", "UserMFASettingList"),
)
"""Members of answers that are not configured, or that are spelled otherwise in an input."""
WITHOUT_PASSWORD = frozenset({"FORCE_CHANGE_PASSWORD", "RESET_REQUIRED", "UNCONFIRMED"})
"""Statuses of users who have no permanent password that works."""


def join(answer: Tree, groups: Iterable[Tree]) -> Tree:
    """Add the groups of a user, without those that Cognito makes for identity providers."""
    own = [g for g in groups if not str(g.get("GroupName", "")).startswith(f"{g.get('UserPoolId')}_")]
    return {**answer, GROUPS: sorted(str(g["GroupName"]) for g in own)}


def pick(answer: Tree, _ids: Mapping[str, Any]) -> Tree:
    """Give a user its `sub` as an identifier, which CloudTrail has in place of the name."""
    sub = next((p.get("Value") for p in answer.get(ATTRIBUTES) or () if p.get("Name") == SUB), None)
    return {**answer, **({SUB: sub} if sub else {})}


def from_api(answer: Tree) -> Tree:
    """Make a map of the attributes, and drop what is not configured."""
    pairs = answer.get(ATTRIBUTES) or answer.get("Attributes") or ()
    kept = {k: v for k, v in answer.items() if k not in DROPPED}
    return {**kept, ATTRIBUTES: {p["Name"]: p.get("Value", "") for p in pairs}}


def from_manifest(tree: Tree) -> Tree:
    """Take the API's list of attributes too, and values as YAML writes them: true, 5."""
    given = tree.get(ATTRIBUTES)
    if isinstance(given, list) and all(isinstance(p, dict) and isinstance(p.get("Name"), str) for p in given):
        given = {p["Name"]: p.get("Value", "") for p in given}
    if not isinstance(given, dict):
        return tree
    return {**tree, ATTRIBUTES: {name: _text(value) for name, value in given.items()}}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def to_manifest(_tree: Tree, _pool: Tree) -> Tree:
    """What is not declared of a user is the user's own."""
    return {}


def exported(tree: Tree, _pool: Tree) -> Tree:
    """Return what a manifest may declare of a user; a password is never known."""
    own = {name: value for name, value in tree[ATTRIBUTES].items() if name not in BY_COGNITO}
    return {**tree, ATTRIBUTES: own}


def key(user: Tree, pool: Tree) -> str:
    """Return the name under which a manifest declares a user of a list.

    Args:
        user: An item of ListUsers.
        pool: The live pool: with UsernameAttributes, the address is the name, and Username is an id.
    """
    known = from_api(user)[ATTRIBUTES]
    return next((known[n] for n in pool.get("UsernameAttributes") or () if known.get(n)), str(user["Username"]))


def omissions(tree: Tree) -> Iterator[Undecided]:
    """Refuse passwords that are written out, and an invitation that would be sent again."""
    for member in PASSWORDS:
        value = tree.get(member)
        if value is not None and not (isinstance(value, Reference) and value.kind == "secret"):
            yield Undecided((member,), "a password comes from AWS Secrets Manager only.", "Write {$secret: NAME#KEY}.")
    if tree.get("MessageAction") == "RESEND":
        yield Undecided(
            ("MessageAction",), "RESEND sends an invitation again, which is an action.", "Write SUPPRESS, or remove it."
        )


def equivalent(declared: Tree, observed: Tree) -> Iterator[Path]:
    """The name is the key, whatever an answer calls the user; a permanent password that is set cannot be compared."""
    yield ("Username",)
    if observed and "Password" in declared and observed.get("UserStatus") not in WITHOUT_PASSWORD:
        yield ("Password",)


def immutable(change: FieldChange, pool: Tree) -> str:
    """Return what to do about an attribute that the schema of the pool does not let change."""
    if len(change.path) < len((ATTRIBUTES, "name")) or change.path[0] != ATTRIBUTES:
        return ""
    name = change.path[1]
    known: Tree = next((a for a in pool.get("Schema") or () if _name(a) == name), {})
    if name in BY_COGNITO:
        return f"Cognito sets {name}: remove it."
    if known.get("Mutable") is False:
        return f"The schema of the pool says Mutable: false for {name}. Declare the live value, or remove it."
    return ""


def _name(attribute: Tree) -> str:
    """Return the name of an attribute as users have it: custom ones with their prefix."""
    name = str(attribute.get("Name"))
    return name if name in STANDARD_ATTRIBUTES else full_name(attribute)


def reason(declared: Tree, live: Tree) -> str:
    """Say what happens beside the changed members."""
    if not live:
        silent = "Password" in declared and not {"MessageAction", "TemporaryPassword"} & set(declared)
        return "no invitation is sent, because Password is declared" if silent else ""
    wanted, found = declared.get(ATTRIBUTES) or {}, live.get(ATTRIBUTES) or {}
    fresh = [c for c in CONTACTS if wanted.get(c) not in (None, found.get(c)) and f"{c}_verified" not in wanted]
    return f"{' and '.join(f'{c}_verified' for c in fresh)} becomes false with the new address" if fresh else ""


def lower(pending_call: PendingCall, _usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a user over its operations; each of them can be repeated."""
    change = pending_call.change
    ids = {k: change.ids[k] for k in ("UserPoolId", "Username")}
    new = change.before is None
    calls = [_create(ids, change.declared)] if new else list(_attributes(ids, change.fields, change.declared))
    changed = {f.path[0] for f in change.fields}
    if "Password" in changed:
        password = {"Password": change.declared["Password"], "Permanent": True}
        calls.append(Call(SERVICE, "AdminSetUserPassword", {**ids, **password}))
    if "Enabled" in changed and (not new or change.declared["Enabled"] is False):
        verb = "Enable" if change.declared["Enabled"] is not False else "Disable"
        calls.append(Call(SERVICE, f"Admin{verb}User", ids))
    if GROUPS in changed:
        live, wanted = set((change.before or {}).get(GROUPS) or ()), set(change.declared[GROUPS] or ())
        calls += [Call(SERVICE, "AdminAddUserToGroup", {**ids, "GroupName": g}) for g in sorted(wanted - live)]
        calls += [Call(SERVICE, "AdminRemoveUserFromGroup", {**ids, "GroupName": g}) for g in sorted(live - wanted)]
    return tuple(calls)


def _create(ids: Tree, declared: Tree) -> Call:
    sent: Tree = {
        m: declared[m] for m in ("TemporaryPassword", "MessageAction", "DesiredDeliveryMediums") if m in declared
    }
    if "Password" in declared and not {"MessageAction", "TemporaryPassword"} & set(sent):
        sent["MessageAction"] = "SUPPRESS"
    given = {k: v for k, v in (declared.get(ATTRIBUTES) or {}).items() if v is not None}
    pairs = {ATTRIBUTES: _pairs(given)} if given else {}
    return Call(SERVICE, "AdminCreateUser", {**ids, **pairs, **sent})


def _attributes(ids: Tree, fields: Iterable[FieldChange], declared: Tree) -> Iterator[Call]:
    """Write the changed attributes only: the update merges. A new address is sent with what is declared of it."""
    wanted = declared.get(ATTRIBUTES) or {}
    names = [str(f.path[1]) for f in fields if f.path[0] == ATTRIBUTES and len(f.path) > 1]
    for contact in CONTACTS:
        verified = f"{contact}_verified"
        if contact in names and wanted.get(verified) is not None and verified not in names:
            names.append(verified)
    written = {n: wanted[n] for n in names if wanted.get(n) is not None}
    removed = [n for n in names if wanted.get(n) is None]
    if written:
        yield Call(SERVICE, "AdminUpdateUserAttributes", {**ids, ATTRIBUTES: _pairs(written)})
    if removed:
        yield Call(SERVICE, "AdminDeleteUserAttributes", {**ids, "UserAttributeNames": removed})


def _pairs(given: Tree) -> list[Tree]:
    return [{"Name": name, "Value": value} for name, value in given.items()]


def needs(tree: Tree) -> Iterable[Need]:
    """A user is put into groups, which come before users in any case."""
    for group in tree.get(GROUPS) or ():
        if isinstance(group, str):
            yield Need(GROUPS, group, orders=False)


def unfit(state: State) -> Iterator[Breach]:
    """O20."""
    schema = attributes(state)
    for address, tree in state.all(USERS).items():
        given = tree.get(ATTRIBUTES) or {}
        for name in given if state.one("user_pool") and not state.offline else ():
            if name not in schema:
                yield _breach(address.name, (ATTRIBUTES, name), *no_attribute(name, schema))
        if address in state.made:
            yield from _new(state, address.name, given, schema)
        for group in tree.get(GROUPS) or () if GROUPS in state.known and not state.offline else ():
            if not state.one(GROUPS, group):
                yield _breach(address.name, (GROUPS,), f"There is no group {group}.", f"Declare groups/{group}.")


def _new(state: State, name: str, given: Tree, schema: Mapping[str, Tree]) -> Iterator[Breach]:
    named = state.one("user_pool").get("UsernameAttributes") or ()
    filled = {*given, *(n for n in named if ("@" in name) == (n == "email"))}
    for missing in (n for n, a in schema.items() if a.get("Required") and n != "sub" and n not in filled):
        yield _breach(name, (ATTRIBUTES,), f"The pool requires {missing}.", f"Declare {missing} in UserAttributes.")
    for provider in sorted(state.names("identity_providers")):
        if name.lower().startswith(f"{provider.lower()}_"):
            said = f"This is the name of a user of the identity provider {provider}, who has not signed in yet."
            yield _breach(name, (), said, "Cognito creates the user at the first sign-in: apply after that.")


def _breach(name: str, path: Path, message: str, advice: str) -> Breach:
    return Breach(USERS, name, path, message, advice)


O20 = Rule(
    id="O20",
    title="A user that the pool cannot have",
    what="A new user lacks an attribute that the pool requires, or has the name of a user of an identity provider; or "
    "a user has an attribute that the pool does not have, or a group that does not exist.",
    why="Cognito refuses the user. It creates users of identity providers itself, at their first sign-in.",
    source=("cognito.md 3.3", "cognito.md 2.17"),
    advice="Declare the attribute in user_pool.Schema, the group in groups, or what the pool requires of the user.",
    check=unfit,
    needs=("users",),
)

KIND = ResourceKind(
    section=USERS,
    resource_type="UserPoolUser",
    title="user",
    model=User,
    reading=Reading("AdminGetUser", always=("UserStatus", "Enabled"), sometimes=frozenset({SUB})),
    further_reads=(ListedPart(Listing("AdminListGroupsForUser", "Groups", ("Limit", 60), complete=True), join),),
    create="AdminCreateUser",
    created="User",
    update="AdminUpdateUserAttributes",
    ended_by="AdminDeleteUser",
    name_member="Username",
    id_param="Username",
    extra_ids={SUB: SUB},
    pick=pick,
    declared_only=True,
    after=("user_pool", "groups", "identity_providers"),
    read_with=("user_pool", "groups", "identity_providers"),
    names=no_names,
    from_api=from_api,
    from_manifest=from_manifest,
    from_call=from_manifest,
    to_manifest=to_manifest,
    exported=exported,
    needs=needs,
    omissions=omissions,
    equivalent=equivalent,
    immutable=immutable,
    reason=reason,
    lower=lower,
    rules=(O20,),
    elsewhere={
        ATTRIBUTES: ("AdminUpdateUserAttributes", "AdminDeleteUserAttributes"),
        "groups": ("AdminAddUserToGroup", "AdminRemoveUserFromGroup"),
        "Enabled": ("AdminEnableUser", "AdminDisableUser"),
        "Password": ("AdminSetUserPassword",),
    },
    iam=IamAccess(
        only_if={
            "AdminUpdateUserAttributes": sets,
            "AdminDeleteUserAttributes": unsets,
            "AdminAddUserToGroup": sets,
            "AdminEnableUser": lambda value: value is not False,
            "AdminDisableUser": lambda value: value is False,
        }
    ),
)
