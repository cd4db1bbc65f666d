"""A pool's replica in another Region: what CreateUserPoolReplica and UpdateUserPoolReplica take, and what may differ.

The two operations take the tags at creation and the status afterwards. All other settings specific to a replica
(functions, e-mail, SMS, tags) are written to the pool in its Region, with UpdateUserPool and TagResource there, and the
rest are those of the primary (cognito.md 2.14).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import COMPUTED, ApiModel, Default, KeyName, LeftOut, Note, OneOf, OnUpdate, Region, Since, Tags, Tier
from schemas.user_pool import KEEPS_SMS, EmailConfigurationType, LambdaConfigType, SmsConfigurationType

REGIONAL = Note("Specific to the replica's Region; written there with UpdateUserPool.")


class Replica(ApiModel):
    """A replica of the pool; currently a pool can have one."""

    INPUTS = (("cognito-idp", "CreateUserPoolReplica"), ("cognito-idp", "UpdateUserPoolReplica"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        **dict.fromkeys(("UserPoolArn", "Role"), COMPUTED),
    }

    RegionName: (
        Annotated[
            Region,
            KeyName(renameable=False),
            Since(2026),
            Tier("ESSENTIALS"),
            Note("The pool needs a customer managed multi-Region key that exists in both Regions."),
        ]
        | None
    ) = None
    """The Region of the replica; the same as the key."""
    Status: (
        Annotated[
            str,
            OneOf(("ACTIVE", "INACTIVE")),
            Since(2026),
            Default("INACTIVE"),
            OnUpdate("kept"),
            Note("A new replica is INACTIVE, and only an INACTIVE one can be deleted."),
        ]
        | None
    ) = None
    """Whether the replica serves sign-ins."""
    UserPoolTags: (
        Annotated[Tags, Since(2026), Default({}), OnUpdate("kept"), Note("Independent of the primary's tags.")] | None
    ) = None
    """Tags of the replica."""
    LambdaConfig: Annotated[LambdaConfigType, Since(2026), Default({}), OnUpdate("reset"), REGIONAL] | None = None
    """Functions that Cognito calls; they must be in the Region of the replica."""
    EmailConfiguration: (
        Annotated[
            EmailConfigurationType,
            Since(2026),
            Default({"EmailSendingAccount": "COGNITO_DEFAULT"}),
            OnUpdate("unmeasured"),
            REGIONAL,
        ]
        | None
    ) = None
    """How e-mail is sent from there."""
    SmsConfiguration: (
        Annotated[SmsConfigurationType, Since(2026), KEEPS_SMS, OnUpdate("unmeasured"), REGIONAL] | None
    ) = None
    """How SMS messages are sent from there."""
