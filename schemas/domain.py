"""Domains: what CreateUserPoolDomain and UpdateUserPoolDomain take (cognito.md 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    COMPUTED,
    ApiModel,
    Arn,
    Default,
    KeyName,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Region,
    Since,
)

HOST = Pattern(
    r"^[a-z0-9][a-z0-9.-]*$",
    "is no prefix and no host name",
    "Use lower-case letters, digits and hyphens, with dots for a domain of your own.",
)

DomainName = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=HOST)]
"""A prefix or a whole host name. The service model allows 63 characters and no dot, which custom domains contradict;
what each of the two must look like is checked where it is known which one is meant."""


class CustomDomainConfigType(ApiModel):
    """What a domain of your own needs; its presence makes a domain a custom one."""

    CertificateArn: Annotated[Arn, Note("Must be in us-east-1, issued, and cover the name.")] | None = None
    """The certificate in AWS Certificate Manager."""
    SecurityPolicy: (
        Annotated[str, OneOf(("TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025")), Since(2026), OnUpdate("unmeasured")] | None
    ) = None
    """The oldest TLS that is spoken."""


class FailoverType(ApiModel):
    """Where requests go when the Region fails."""

    SecondaryRegion: Region | None = None
    """The Region of the replica."""
    PrimaryRoute53HealthCheckId: Annotated[str, StringConstraints(max_length=64)] | None = None
    """The health check in Amazon Route 53 that decides."""


class RoutingType(ApiModel):
    """Routing between a pool and its replica."""

    Failover: FailoverType | None = None
    """Where requests go when the Region fails."""


class Domain(ApiModel):
    """Where sign-in pages and endpoints of a pool are served."""

    INPUTS = (("cognito-idp", "CreateUserPoolDomain"), ("cognito-idp", "UpdateUserPoolDomain"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside domains",
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
            Note("2 needs the plan ESSENTIALS, and a branding style for each client."),
        ]
        | None
    ) = None
    """1 for the classic pages, 2 for managed login."""
    CustomDomainConfig: (
        Annotated[
            CustomDomainConfigType,
            NotRemovable("A custom domain cannot become a prefix. Add the prefix as a domain of its own."),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """What a domain of your own needs; without it, the domain is a prefix of Amazon's."""
    Routing: Annotated[RoutingType, Since(2026), OnUpdate("unmeasured"), Note("For custom domains only.")] | None = None
    """Routing between the pool and its replica."""
