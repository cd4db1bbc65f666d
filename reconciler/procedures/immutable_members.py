"""Members that can be set once only: what a change of each takes, and what it means for users.

One row a member. A test holds the table against the marks of the schemas, so a new immutable member has to be added.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.records import record


@record(frozen=True, slots=True)
class ImmutableMember:
    """What a change of an immutable member takes."""

    needs_pool: bool
    """Whether another pool has to take the place of the live one."""
    meaning: str
    """What the change means for users, or what to do in place of a new pool."""
    source: str
    """Where docs/cognito.md says so."""
    voids: str = ""
    """Member of an item whose change voids what is live of the item and not declared: limits of another type."""


IMMUTABLE_MEMBERS: Mapping[str, ImmutableMember] = {
    "user_pool.UsernameAttributes": ImmutableMember(
        True,
        "Users sign up with another kind of name. With UsernameAttributes, the user name of an import or a trigger is "
        "an address, unique in the new pool, and Cognito makes the stored name itself: users without that address, and "
        "all but one of those who share it, cannot be moved.",
        "2.1, 2.17",
    ),
    "user_pool.AliasAttributes": ImmutableMember(
        True,
        "Users sign in with other attributes beside their name. An alias belongs to one user: where several users "
        "share an address, one of them gets it.",
        "2.1, 2.17",
    ),
    "user_pool.UsernameConfiguration": ImmutableMember(
        True,
        "Names that differ only in case are one user in a pool that ignores case: of such users, one can be moved. "
        "Look for them before you decide.",
        "2.1",
    ),
    "user_pool.Schema": ImmutableMember(
        True,
        "The new pool defines its attributes anew: a value that does not fit the new type or limits fails its row of "
        "an import, and a required attribute must be filled for each user. Another attribute with another name needs "
        "no new pool.",
        "2.1, 2.16",
        voids="AttributeDataType",
    ),
    "clients.GenerateSecret": ImmutableMember(
        False,
        "A second client beside this one is enough. It has another id; users keep their accounts and sign in again.",
        "2.3",
    ),
    "clients.ClientSecret": ImmutableMember(
        False, "poolctl rotate-secret gives the client another secret; its id and its users stay.", "2.3"
    ),
    "identity_providers.ProviderType": ImmutableMember(
        False,
        "A second provider with another name is enough. Its users are new users of the pool, unless they are linked.",
        "2.6",
    ),
    "identity_pool.DeveloperProviderName": ImmutableMember(
        True,
        "Identities of the old identity pool are not those of the new one: each user gets another identity id.",
        "2.18",
    ),
    "log_groups.logGroupClass": ImmutableMember(
        False, "A log group of another name is enough. Logs stay in the old one.", "9.7"
    ),
    "sms_role.Path": ImmutableMember(False, "A role of another name is enough.", "9.1"),
    "users.UserAttributes": ImmutableMember(
        False,
        "Not even an administrator changes an attribute that is not Mutable: add an attribute with another name, or "
        "delete the user by hand and let it be made anew.",
        "2.1",
    ),
    "users.TemporaryPassword": ImmutableMember(
        False, "The user exists: invite the user anew, or set a password.", "2.17"
    ),
    "users.MessageAction": ImmutableMember(False, "The user exists, and is not invited a second time.", "2.17"),
    "users.DesiredDeliveryMediums": ImmutableMember(
        False, "The user exists, and is not invited a second time.", "2.17"
    ),
}
"""By section and path of the member; a list that is keyed has one row for all its items."""


def row_of(section: str, path: tuple[str | int, ...]) -> ImmutableMember | None:
    """Return the row of a member, or of what it is inside of; None if there is none."""
    for length in range(len(path), 0, -1):
        found = IMMUTABLE_MEMBERS.get(f"{section}." + ".".join(map(str, path[:length])))
        if found:
            return found
    return None
