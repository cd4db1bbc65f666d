"""The manifest document: our envelope around sections that hold the API's own structures.

Keys of the envelope are lower_snake, members of the API are CamelCase, and the two never mix (decision 21). The
sections are found by walking this model, so a new kind needs one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from schemas.base import ApiModel, Member, Region, members
from schemas.base import Name as ClientLabel
from schemas.client import Client
from schemas.domain import Domain, DomainName
from schemas.group import Group, GroupLabel
from schemas.identity_provider import IdentityProvider, ProviderLabel
from schemas.log_delivery import LogDelivery
from schemas.mfa import Mfa
from schemas.provisioned_limit import LimitCategory, ProvisionedLimit
from schemas.replica import Replica
from schemas.resource_server import ResourceServer, ServerIdentifier
from schemas.risk_configuration import RiskConfiguration
from schemas.session_configuration import SessionConfiguration
from schemas.ui_customization import UICustomization
from schemas.user_pool import UserPool
from schemas.web_acl import WebAcl

DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

Account = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""A string and not a number: accounts can start with 0."""

PoolId = Annotated[str, StringConstraints(min_length=1, max_length=55, pattern=r"^[\w-]+_[0-9a-zA-Z]+$")]


def number(value: object) -> object:
    """Refuse `true`, which Python takes for 1."""
    if isinstance(value, bool):
        raise ValueError("write a number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


def _date(value: object) -> object:
    """Convert a string like 2027-06-30 to a date; YAML 1.2 has no dates."""
    if isinstance(value, str):
        if not DATE.match(value):
            raise ValueError("write a date like 2027-06-30")
        return date.fromisoformat(value)
    return value


def addressed(known: Callable[[], Mapping[str, Member]], example: str) -> AfterValidator:
    """Return a check that refuses an address in an unknown section: the object would silently be unprotected.

    Args:
        known: Returns the sections; called once the document's model exists.
        example: A valid address.
    """

    def check(value: str) -> str:
        if _head(value) not in known():
            raise ValueError(f"begin with a section, one of {', '.join(known())}: for example {example}")
        return value

    return AfterValidator(check)


def prunable(known: Callable[[], Mapping[str, Member]]) -> AfterValidator:
    """Return a check that refuses anything but a section of several objects; the pool itself is never pruned."""

    def check(value: str) -> str:
        names = [name for name, member in known().items() if member.shape == "map"]
        if value not in names:
            raise ValueError(f"write one of {', '.join(names)}")
        return value

    return AfterValidator(check)


def lockable(model: Callable[[], type[ApiModel]], example: str) -> AfterValidator:
    """Return a check that refuses a path that does not start with a key of the document: it would lock nothing."""

    def check(value: str) -> str:
        if _head(value) not in model().model_fields:
            raise ValueError(f"begin with a key of the document: for example {example}")
        return value

    return AfterValidator(check)


def _head(path: str) -> str:
    return re.split(r"[/.]", path, maxsplit=1)[0]


NotEmpty = StringConstraints(min_length=1)

ObjectAddress = Annotated[str, NotEmpty, addressed(lambda: sections(), "clients/web")]  # noqa: PLW0108 - defined below
"""`clients/web`, `clients/amplify-*`, `user_pool`."""

LockedPath = Annotated[str, NotEmpty, lockable(lambda: UserPoolManifest, "mfa.MfaConfiguration")]
"""`mfa.MfaConfiguration`, `clients/web.GenerateSecret`, `target`."""


class ManifestTarget(ApiModel):
    """Account and Region of the pool."""

    account: Account | None = None
    """The AWS account, as a string of 12 digits; checked before anything is read."""
    region: Region | None = None
    """The AWS Region."""


class Ignored(ApiModel):
    """An ignore rule: what to ignore, and why."""

    path: ObjectAddress
    """What to ignore: an address like `clients/amplify-*`, or a member like `clients/web.CallbackURLs`."""
    reason: Annotated[str, StringConstraints(min_length=1)]
    """Reason for the rule."""
    owner: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Owner of the ignored object."""
    expires: Annotated[date, BeforeValidator(_date)] | None = None
    """Last day on which the rule applies, like 2027-06-30."""


class UserPoolManifest(ApiModel):
    """One user pool and its sections. An absent section is not managed; `{}` is managed and empty."""

    version: Annotated[Literal[1], BeforeValidator(number)]
    """The version of this format."""
    kind: Literal["UserPool"] = "UserPool"
    """Kind of the document."""
    target: ManifestTarget | None = None
    """Account and Region of the pool."""
    id: PoolId | None = None
    """The pool's id; without it, the pool is found by PoolName, which must then be unique."""

    user_pool: UserPool | None = None
    """The pool itself."""
    mfa: Mfa | None = None
    """Second factors and passkeys; the one place for MfaConfiguration."""
    resource_servers: dict[ServerIdentifier, ResourceServer] | None = None
    """Resource servers, by Identifier."""
    identity_providers: dict[ProviderLabel, IdentityProvider] | None = None
    """Identity providers, by ProviderName."""
    groups: dict[GroupLabel, Group] | None = None
    """Groups, by GroupName."""
    domains: dict[DomainName, Domain] | None = None
    """Domains, by prefix or host name."""
    risk_configuration: RiskConfiguration | None = None
    """Threat protection for all clients without their own."""
    ui_customization: UICustomization | None = None
    """Style of the classic sign-in pages for all clients without their own."""
    log_delivery: LogDelivery | None = None
    """Where the pool sends its logs."""
    session: SessionConfiguration | None = None
    """Session settings of users."""
    replicas: dict[Region, Replica] | None = None
    """Replicas of the pool, by RegionName."""
    web_acl: WebAcl | None = None
    """The web ACL that protects the pool."""
    limits: dict[LimitCategory, ProvisionedLimit] | None = None
    """Request rates of the whole account in the Region, by category; declare them in one manifest only."""
    clients: dict[ClientLabel, Client] | None = None
    """App clients, by ClientName, or by any key if the client sets ClientName."""

    prune: list[Annotated[str, prunable(lambda: {**sections(), **nested()})]] = Field(default=[])
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[ObjectAddress] = Field(default=[])
    """Objects that are never deleted or replaced."""
    ignore: list[Ignored] = Field(default=[])
    """Ignore rules: objects and members to ignore, with reasons."""
    locked: list[LockedPath] = Field(default=[])
    """Manifest paths that overlays must not change."""


def objects(model: type[ApiModel]) -> dict[str, Member]:
    """Return the members of a structure that hold objects of the API, in the order of the model.

    These are the sections of a document and the objects inside a client; all other members are values.
    """
    return {name: member for name, member in members(model).items() if is_object(member)}


def is_object(member: Member) -> bool:
    """Return whether a member holds objects of the API, and therefore has our spelling."""
    held = member.model
    return held is not None and (bool(held.INPUTS) or held.WATCHED) and member.name == member.name.lower()


def inside(outer: Mapping[str, Member]) -> dict[str, Member]:
    """Return the members nested inside the objects of some sections: `clients.branding`."""
    return {
        f"{name}.{inner.name}": inner
        for name, member in outer.items()
        if member.model
        for inner in objects(member.model).values()
    }


@cache
def sections() -> Mapping[str, Member]:
    """Return the sections of a user pool's manifest by key, in the order of the model."""
    return objects(UserPoolManifest)


@cache
def nested() -> Mapping[str, Member]:
    """Return the members nested inside objects of the sections, by `clients.branding`, in the order of the models."""
    return inside(sections())
