"""Groups: what CreateGroup and UpdateGroup take (cognito.md 2.7)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import COMPUTED, PRINTABLE, ApiModel, ClearWith, KeyName, LeftOut, Note, NotRemovable, OnUpdate
from schemas.base import RoleArn as RoleArnType
from schemas.limits import Field, StringConstraints

GroupLabel = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=PRINTABLE)]


class Group(ApiModel):
    """A group of users; tokens contain the groups of a user."""

    INPUTS = (("cognito-idp", "CreateGroup"), ("cognito-idp", "UpdateGroup"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside groups"),
        "CreationDate": COMPUTED,
        "LastModifiedDate": COMPUTED,
    }

    GroupName: Annotated[GroupLabel, KeyName(renameable=False)] | None = None
    """Its name; the same as the key."""
    Description: Annotated[str, StringConstraints(max_length=2048), ClearWith(""), OnUpdate("kept")] | None = None
    """Description of the group."""
    RoleArn: (
        Annotated[
            RoleArnType,
            NotRemovable(
                "Only deleting the group removes its role, but also its members. Set a role without permissions."
            ),
            OnUpdate("kept"),
            Note("A role in the pool's account."),
        ]
        | None
    ) = None
    """The role that members can assume through an identity pool."""
    Precedence: (
        Annotated[
            int,
            Field(ge=0, le=2_147_483_647),
            NotRemovable("Cognito keeps a precedence once it is set. Write a high number instead."),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """Priority of its role for a user in several groups: 0 is highest, no value is lowest."""
