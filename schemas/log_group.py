"""Log groups that a pool sends its logs to: what CreateLogGroup and PutRetentionPolicy take (cognito.md 9.7)."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from schemas.base import ApiModel, CreateOnly, Default, FreeDocument, KeyName, LeftOut, Note, OneOf, Pattern
from schemas.limits import Field, StringConstraints

NAME = Pattern(
    r"^[.\-_/#A-Za-z0-9]+$", "has characters that are not allowed here", "Use letters, digits and ._-/# only."
)
LogGroupLabel = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=NAME)]
"""Name of a log group, such as `/aws/vendedlogs/cognito/customers`."""

KEY_ARN = Pattern(
    r"^arn:[\w-]+:kms:[\w-]+:[0-9]+:key/[\w-]+$",
    "is not the ARN of a KMS key",
    "Write it like arn:aws:kms:REGION:ACCOUNT:key/ID.",
    whole=True,
)
SHOWN = LeftOut("is made by CloudWatch Logs: remove it")

KEPT_LOG_GROUPS = Note(
    "--prune leaves it: what it holds cannot be made again. By hand: `aws logs delete-log-group --log-group-name NAME`."
)
"""What --prune does, and how to do it by hand."""


class LogGroup(ApiModel):
    """A log group; one whose name begins with /aws/vendedlogs/ suits every pool of the account (cognito.md 9.7)."""

    INPUTS = (("logs", "CreateLogGroup"), ("logs", "PutRetentionPolicy"))

    MOVED: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("arn", "logGroupArn", "creationTime", "storedBytes", "metricFilterCount"), SHOWN),
    }

    logGroupName: Annotated[LogGroupLabel, KeyName(renameable=False)] | None = None
    """Name of the log group."""
    retentionInDays: Annotated[int, Note("One of the numbers that CloudWatch Logs offers: 30, 90, 365, ...")] | None = (
        None
    )
    """Days after which events are deleted; `null` keeps them for ever."""
    kmsKeyId: (
        Annotated[
            str,
            StringConstraints(max_length=256, pattern=KEY_ARN),
            Note("Cognito does not deliver to an encrypted log group (LogGroupArn of log_delivery)."),
        ]
        | None
    ) = None
    """ARN of the KMS key that encrypts events."""
    tags: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(min_length=1, max_length=128)],
                Annotated[str, StringConstraints(max_length=256)],
            ],
            Field(min_length=1, max_length=50),
            Default({}),
        ]
        | None
    ) = None
    """Tags of the log group."""
    logGroupClass: (
        Annotated[
            str,
            OneOf(("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")),
            Default("STANDARD"),
            CreateOnly("Create a log group of another name."),
        ]
        | None
    ) = None
    """Class of the log group."""
    deletionProtectionEnabled: Annotated[bool, Default(False)] | None = None
    """Whether the log group is protected from deletion."""
    policyDocument: (
        Annotated[
            dict[str, Any],
            FreeDocument(),
            Note(
                "poolctl writes it for names below /aws/vendedlogs/: one policy of the account for all of them, in "
                "which statements of others stay. With null, it is not written."
            ),
        ]
        | None
    ) = None
    """The resource policy poolctl-vendedlogs, with which the service that delivers logs may write."""
