"""The document that an author writes: an envelope of ours around sections that hold the API's own structures.

Keys of the envelope are lower_snake, members of the API are CamelCase, and the two never mix (decision 21). The
sections are found by walking this model, so that a new kind needs one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from schemas.base import ApiModel, Member, Pattern, Region, members
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

ACCOUNT = Pattern(r"^[0-9]{12}$", "is not an account number", "Write 12 digits, in quotes.", whole=True)
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
"""A text and not a number: accounts can begin with 0."""

POOL_ID = Pattern(r"^[\w-]+_[0-9a-zA-Z]+$", "is not the id of a user pool", "Write one such as eu-west-1_AbCdEf123.")
PoolId = Annotated[str, StringConstraints(min_length=1, max_length=55, pattern=POOL_ID)]


def number(value: object) -> object:
    """Refuse `true`, which Python takes for 1."""
    if isinstance(value, bool):
        raise ValueError("write a number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


def _date(value: object) -> object:
    """Turn a text like 2027-06-30 into a date; YAML 1.2 knows no dates."""
    if isinstance(value, str):
        if not DATE.match(value):
            raise ValueError("write a date like 2027-06-30")
        return date.fromisoformat(value)
    return value


def addressed(known: Callable[[], Mapping[str, Member]], example: str) -> AfterValidator:
    """Return what refuses an address in a section that does not exist: what it should protect would be unprotected.

    Args:
        known: Returns the sections; asked when the document's model is there.
        example: An address that is right.
    """

    def check(value: str) -> str:
        if _head(value) not in known():
            raise ValueError(f"begin with a section, one of {', '.join(known())}: for example {example}")
        return value

    return AfterValidator(check)


def prunable(known: Callable[[], Mapping[str, Member]]) -> AfterValidator:
    """Return what refuses what is no section of several objects; there is always one pool, and nothing prunes it."""

    def check(value: str) -> str:
        names = [name for name, member in known().items() if member.shape == "map"]
        if value not in names:
            raise ValueError(f"write one of {', '.join(names)}")
        return value

    return AfterValidator(check)


def lockable(model: Callable[[], type[ApiModel]], example: str) -> AfterValidator:
    """Return what refuses a path that begins with no key of the document: it would lock nothing."""

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
    """Where the pool is."""

    account: Account | None = None
    """The AWS account, as a text of 12 digits; checked before anything is read."""
    region: Region | None = None
    """The AWS Region."""


class Ignored(ApiModel):
    """Something that is not reported, and why."""

    path: ObjectAddress
    """What is ignored: an address like `clients/amplify-*`, or a member like `clients/web.CallbackURLs`."""
    reason: Annotated[str, StringConstraints(min_length=1)]
    """Why it is right to ignore it."""
    owner: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Who answers for it."""
    expires: Annotated[date, BeforeValidator(_date)] | None = None
    """The last day on which it is ignored, like 2027-06-30."""


class UserPoolManifest(ApiModel):
    """One user pool and what belongs to it. A section that is left out is not managed; `{}` is managed and empty."""

    version: Annotated[Literal[1], BeforeValidator(number)]
    """The version of this format."""
    kind: Literal["UserPool"] = "UserPool"
    """What the document describes."""
    target: ManifestTarget | None = None
    """Where the pool is."""
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
    """Threat protection, for all clients that have none of their own."""
    ui_customization: UICustomization | None = None
    """The look of the classic sign-in pages, for all clients that have none of their own."""
    log_delivery: LogDelivery | None = None
    """Where the pool sends its logs."""
    session: SessionConfiguration | None = None
    """Sessions of users."""
    replicas: dict[Region, Replica] | None = None
    """Replicas of the pool, by RegionName."""
    web_acl: WebAcl | None = None
    """The web ACL that guards the pool."""
    limits: dict[LimitCategory, ProvisionedLimit] | None = None
    """Request rates of the whole account in the Region, by category; write them into one manifest only."""
    clients: dict[ClientLabel, Client] | None = None
    """App clients, by ClientName, or by any word if the client says its ClientName."""

    prune: list[Annotated[str, prunable(lambda: {**sections(), **nested()})]] = Field(default=[])
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[ObjectAddress] = Field(default=[])
    """Objects that are never deleted or replaced."""
    ignore: list[Ignored] = Field(default=[])
    """What is not reported, and why."""
    locked: list[LockedPath] = Field(default=[])
    """What overlays may not change: manifest paths."""


def objects(model: type[ApiModel]) -> dict[str, Member]:
    """Return the members of a structure that hold objects of the API, in the order of the model.

    They are the sections of a document, and what belongs to one client; all other members are values.
    """
    return {name: member for name, member in members(model).items() if is_object(member)}


def is_object(member: Member) -> bool:
    """Tell whether a member holds objects of the API, and is therefore spelled in our way."""
    held = member.model
    return held is not None and (bool(held.INPUTS) or held.WATCHED) and member.name == member.name.lower()


def inside(outer: Mapping[str, Member]) -> dict[str, Member]:
    """Return what the objects of some sections hold inside them: `clients.branding`."""
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
    """Return what stands inside the objects of the sections, by `clients.branding`, in the order of the models."""
    return inside(sections())
