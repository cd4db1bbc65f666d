"""Where a pool sends its logs: what SetLogDeliveryConfiguration takes.

The list is replaced as a whole and comes back in any order (cognito.md 2.11, 15.12).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    ApiModel,
    ClearWith,
    Default,
    LeftOut,
    Note,
    OneOf,
    Pattern,
    Tier,
    Unordered,
    distinct,
)
from schemas.base import LogGroupArn as LogGroup
from schemas.base import StreamArn as Stream
from schemas.limits import Field, StringConstraints

BUCKET = Pattern(
    r"^arn:[\w-]+:s3:::[\w+=/,.@-]+$",
    "is not the ARN of a bucket",
    "Write it in full: arn:aws:s3:::BUCKET.",
)


class CloudWatchLogsConfigurationType(ApiModel):
    """A log group in Amazon CloudWatch."""

    LogGroupArn: (
        Annotated[LogGroup, Note("In the pool's account and Region, not encrypted with KMS, without `:*` at the end.")]
        | None
    ) = None
    """The log group."""


class S3ConfigurationType(ApiModel):
    """A bucket in Amazon S3."""

    BucketArn: Annotated[str, StringConstraints(min_length=3, max_length=1024, pattern=BUCKET)] | None = None
    """The bucket."""


class FirehoseConfigurationType(ApiModel):
    """A stream in Amazon Data Firehose."""

    StreamArn: Stream | None = None
    """The stream."""


class LogConfigurationType(ApiModel):
    """One kind of event and its single destination."""

    LogLevel: Annotated[str, OneOf(("ERROR", "INFO")), Note("ERROR with userNotification, INFO with userAuthEvents.")]
    """Level of detail."""
    EventSource: Annotated[
        str,
        OneOf(("userNotification", "userAuthEvents")),
        Note("userAuthEvents needs the plan PLUS and threat protection that is not OFF."),
    ]
    """Events to log: failed message deliveries, or events of threat protection."""
    CloudWatchLogsConfiguration: (
        Annotated[CloudWatchLogsConfigurationType, Note("The only destination for userNotification.")] | None
    ) = None
    """Log group to send events to."""
    S3Configuration: Annotated[S3ConfigurationType, Tier("PLUS")] | None = None
    """Bucket to send events to."""
    FirehoseConfiguration: Annotated[FirehoseConfigurationType, Tier("PLUS")] | None = None
    """Stream to send events to."""


class LogDelivery(ApiModel):
    """Where a pool sends its logs."""

    INPUTS = (("cognito-idp", "SetLogDeliveryConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections")
    }

    LogConfigurations: (
        Annotated[
            list[LogConfigurationType],
            Field(max_length=2),
            distinct("EventSource"),
            Unordered(),
            Default([]),
            ClearWith([]),
        ]
        | None
    ) = None
    """One entry for each kind of event; the list is replaced as a whole."""
