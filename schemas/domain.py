"""Domains: what CreateUserPoolDomain and UpdateUserPoolDomain take (cognito.md 2.4)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    ApiModel,
    Bound,
    Default,
    KeyName,
    LeftOut,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Region,
    Since,
)
from schemas.base import CertificateArn as CertificateArnType
from schemas.limits import Field, StringConstraints

HOST = Pattern(
    r"^[a-z0-9][a-z0-9.-]*$",
    "is neither a prefix nor a host name",
    "Use lower-case letters, digits and hyphens, with dots for a domain of your own.",
)

DomainName = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=HOST)]
"""A prefix or a full host name. The service model allows 63 characters and no dot, which custom domains contradict;
the form of each is checked where it is known which of the two it is."""


class CustomDomainConfigType(ApiModel):
    """Settings of a custom domain; its presence makes a domain a custom one."""

    CertificateArn: (
        Annotated[CertificateArnType, Note("Must be in us-east-1, issued, and cover the host name.")] | None
    ) = None
    """The certificate in AWS Certificate Manager."""
    SecurityPolicy: (
        Annotated[str, OneOf(("TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025")), Since(2026), OnUpdate("unmeasured")] | None
    ) = None
    """The lowest TLS version accepted."""


class FailoverType(ApiModel):
    """Where requests are routed if the Region fails."""

    SecondaryRegion: Region | None = None
    """The Region of the replica."""
    PrimaryRoute53HealthCheckId: Annotated[str, StringConstraints(max_length=64), Bound()] | None = None
    """The Amazon Route 53 health check that triggers the failover."""


class RoutingType(ApiModel):
    """Routing between a pool and its replica."""

    Failover: FailoverType | None = None
    """Where requests are routed if the Region fails."""


class Domain(ApiModel):
    """A domain that serves the sign-in pages and endpoints of a pool."""

    INPUTS = (("cognito-idp", "CreateUserPoolDomain"), ("cognito-idp", "UpdateUserPoolDomain"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside domains"),
        **dict.fromkeys(
            ("AWSAccountId", "S3Bucket", "CloudFrontDistribution", "CloudFrontDomain", "Version", "Status"), COMPUTED
        ),
    }

    Domain: Annotated[DomainName, KeyName(renameable=False)] | None = None
    """The prefix or host name; the same as the key."""
    ManagedLoginVersion: (
        Annotated[
            int,
            Field(ge=1, le=2),
            Default(1),
            OnUpdate("unmeasured"),
            Note("2 requires the plan ESSENTIALS, and a branding style for each client."),
        ]
        | None
    ) = None
    """1 for the classic pages, 2 for managed login."""
    CustomDomainConfig: (
        Annotated[
            CustomDomainConfigType,
            NotRemovable("A custom domain cannot become a prefix domain. Add the prefix as a separate domain."),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Settings of a custom domain; if absent, the domain is a prefix of Amazon's domain."""
    Routing: Annotated[RoutingType, Since(2026), OnUpdate("unmeasured"), Note("For custom domains only.")] | None = None
    """Routing between the pool and its replica."""
