"""Users that a manifest declares: what AdminCreateUser and AdminUpdateUserAttributes take (cognito.md 2.17).

Attributes are a map from name to value and not the API's list of pairs, which is taken too. `groups`, `Enabled` and
`Password` have operations of their own.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    PRINTABLE,
    ApiModel,
    ByItem,
    CreateOnly,
    Default,
    KeyName,
    LeftOut,
    Note,
    OneOf,
    OnUpdate,
    Pattern,
    Sensitive,
    Unordered,
    WriteOnly,
)
from schemas.group import GroupLabel
from schemas.limits import StringConstraints

UserLabel = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=PRINTABLE)]
AttributeLabel = Annotated[str, StringConstraints(min_length=1, max_length=32)]
AttributeValue = Annotated[str, StringConstraints(max_length=2048)]
NO_SPACE = Pattern(r"^\S+$", "has a space in it", "Use a password without spaces.")
PasswordText = Annotated[str, StringConstraints(max_length=256, pattern=NO_SPACE)]
ONCE = "It counts only when the user is created: delete the user to create it again, which changes its sub."
CHOICE = LeftOut("is the user's own choice: remove it")

KEPT_USERS = Note(
    "--prune leaves them: no user can be made again. `Enabled: false` shuts a user out. By hand: `aws "
    "cognito-idp admin-delete-user --user-pool-id ID --username NAME`."
)
"""What --prune does, and how to do it by hand."""


class User(ApiModel):
    """A user that is created if it is missing; other users of the pool are not read."""

    INPUTS = (("cognito-idp", "AdminCreateUser"), ("cognito-idp", "AdminUpdateUserAttributes"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside users"),
        "UserStatus": COMPUTED,
        "UserCreateDate": COMPUTED,
        "UserLastModifiedDate": COMPUTED,
        "MFAOptions": CHOICE,
        "PreferredMfaSetting": CHOICE,
        "UserMFASettingList": CHOICE,
        "ForceAliasCreation": "would take an alias away from another user: remove it, and resolve the conflict first",
        "ValidationData": "goes to a Lambda function and is not stored: remove it",
        "ClientMetadata": "goes to a Lambda function and is not stored: remove it",
    }

    Username: (
        Annotated[
            UserLabel,
            KeyName(renameable=False),
            Note("With UsernameAttributes, the address that the user signs in with."),
        ]
        | None
    ) = None
    """The name; the same as the key."""
    UserAttributes: Annotated[dict[AttributeLabel, AttributeValue], OnUpdate("kept")] | None = None
    """Attributes by name; null removes one. Attributes that are not declared stay as they are."""
    groups: (
        Annotated[
            list[GroupLabel], Unordered(), ByItem(), Note("Groups that Cognito makes for identity providers stay.")
        ]
        | None
    ) = None
    """All groups of the user: the list is written whole, so others are left. Without it, memberships stay."""
    Enabled: Annotated[bool, Default(True)] | None = None
    """Whether the user may sign in."""
    Password: (
        Annotated[
            PasswordText,
            Sensitive(),
            Note(
                "From {$secret: ...} only. It is set while the user has no permanent password (UserStatus other than "
                "CONFIRMED) and never compared; to have it set again, reset the user's password and apply."
            ),
        ]
        | None
    ) = None
    """Permanent password. With it, no invitation is sent unless MessageAction or TemporaryPassword is declared."""
    TemporaryPassword: (
        Annotated[PasswordText, Sensitive(), CreateOnly(ONCE), WriteOnly(), Note("From {$secret: ...} only.")] | None
    ) = None
    """Password of the invitation; Cognito makes one up if it is not declared."""
    MessageAction: (
        Annotated[
            str,
            OneOf(("RESEND", "SUPPRESS")),
            CreateOnly(ONCE),
            WriteOnly(),
            Note("SUPPRESS sends no invitation. RESEND is refused: an invitation is sent once."),
        ]
        | None
    ) = None
    """Whether Cognito sends the invitation."""
    DesiredDeliveryMediums: (
        Annotated[
            list[Annotated[str, OneOf(("SMS", "EMAIL"))]],
            Unordered(),
            CreateOnly(ONCE),
            WriteOnly(),
            Note("SMS by default."),
        ]
        | None
    ) = None
    """How Cognito sends the invitation."""
