"""The manifest document: our envelope around sections that hold the API's own structures.

Keys of the envelope are lower_snake, members of the API are CamelCase, and the two never mix (decision 21). The
sections are found by walking this model, so a new kind needs one line here.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from schemas.base import ApiModel, DeclaredOnly, Member, Note, Pattern, Region, Resettable
from schemas.base import Name as ClientLabel
from schemas.client import Client
from schemas.declared_output import DeclaredOutput
from schemas.domain import Domain, DomainName
from schemas.forms import DAY, FILLED, Choice, Example, Form, unfit
from schemas.group import Group, GroupLabel
from schemas.identity_provider import IdentityProvider, ProviderLabel
from schemas.limits import NONE_LISTED, BeforeValidator
from schemas.log_delivery import LogDelivery
from schemas.log_group import KEPT_LOG_GROUPS, LogGroup, LogGroupLabel
from schemas.mfa import Mfa
from schemas.paths import PathForm
from schemas.provisioned_limit import LimitCategory, ProvisionedLimit
from schemas.replica import Replica
from schemas.resource_server import ResourceServer, ServerIdentifier
from schemas.risk_configuration import RiskConfiguration
from schemas.sections import inside, is_single, objects
from schemas.security import AttributeLabel, HostLabel, ProfileName, Waived
from schemas.session_configuration import SessionConfiguration
from schemas.sms_role import KEPT_ROLE, KEPT_TRUST, SmsRole, SmsRoleTrust
from schemas.trigger_permission import PRUNED_PERMISSIONS, FunctionLabel, TriggerPermission
from schemas.ui_customization import UICustomization
from schemas.user import KEPT_USERS, User, UserLabel
from schemas.user_pool import UserPool
from schemas.web_acl import WebAcl

VERSION = 1
"""The only version of the format."""

REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
"""Format of a Region code: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`."""

USER_POOL_ID = rf"{REGION}_[0-9A-Za-z]+"
"""Format of the id of a user pool (cognito.md 1.1)."""

ACCOUNT = Pattern(r"^[0-9]{12}$", "is not an account number", "Write 12 digits, in quotes.")
Account = Annotated[str, Form(ACCOUNT)]
"""A string and not a number: accounts can start with 0."""

REGION_CODE = Pattern(rf"^{REGION}$", "is not a Region code", "Write one such as eu-west-1.")
RegionCode = Annotated[str, Form(REGION_CODE)]

TARGET_PARTS: Mapping[str, Pattern] = {"account": ACCOUNT, "region": REGION_CODE}
"""The members of `target`, which other members may repeat, and what each looks like."""

NOT_BLANK = r"\S"

WhoAnswers = Annotated[str, Form(Pattern(NOT_BLANK, "is blank", "Write a name, or leave owner out."))]
Reason = Annotated[str, Form(Pattern(NOT_BLANK, "is blank", "Write why it is right to ignore it."))]


def pool_id(pattern: str, example: str) -> Form:
    """Return a check that refuses what is not the id of a pool.

    Args:
        pattern: Format of the id.
        example: A valid id.
    """
    fix = f"Write one such as {example}, or leave id out to find the pool by its name."
    return Form(Pattern(rf"^{pattern}$", "is not the id of a pool", fix))


PoolId = Annotated[str, pool_id(USER_POOL_ID, "eu-west-1_AbCdEf123")]

PartName = Annotated[
    str,
    Form(
        Pattern(
            r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
            "is not the name of a part",
            "Write letters, digits, hyphens, dots and underscores, such as platform.",
        )
    ),
]
PoolLabel = Annotated[str, Form(Pattern(NOT_BLANK, "is blank", "Write the name of the pool."))]


def _version(value: object) -> object:
    """Refuse everything but the number: `true` and 1.0 equal 1 in Python."""
    if value != VERSION or isinstance(value, (bool, float)):
        raise unfit("is not a supported version", f"Write version: {VERSION}.")
    return value


Version = Annotated[Literal[1], BeforeValidator(_version), Example(str(VERSION))]


def prunable(document: Any) -> Choice:
    """Return a check that refuses anything but a section of several objects; the pool itself is never pruned.

    Args:
        document: Returns the model of the document; called once it exists.
    """

    def known() -> dict[str, Member]:
        found = objects(document())
        return {**found, **inside(found)}

    def advice(name: str) -> tuple[str, str]:
        if name not in known():
            return "is not a section", ""
        if name == next(iter(known())):
            return "is the pool itself, which is never deleted", f"Remove {name} from prune."
        if known()[name].has(DeclaredOnly):
            return "has objects that are not declared and not read, so none is deleted", "Remove it from prune."
        return "holds one object, which is never deleted", f"Remove {name} from prune."

    def several() -> list[str]:
        return [n for n, member in known().items() if not is_single(member) and not member.has(DeclaredOnly)]

    return Choice(several, advice)


def _document() -> type[ApiModel]:
    return UserPoolManifest


Pruned = Annotated[str, prunable(_document)]
Protected = Annotated[str, PathForm("protect", _document, "clients/web")]
"""`clients/web`, `clients/amplify-*`, `user_pool`; `*` protects everything."""
IgnoredPath = Annotated[str, PathForm("ignore", _document, "clients/amplify-*")]
"""`clients/amplify-*`, `clients/web.CallbackURLs`."""
WaivedPath = Annotated[str, PathForm("waive", _document, "clients/web.CallbackURLs")]
"""`user_pool.DeletionProtection`, `clients/amplify-*`."""
LockedPath = Annotated[str, PathForm("lock", _document, "user_pool.PoolName")]
"""`mfa.MfaConfiguration`, `clients/web.GenerateSecret`, `target`."""


class ManifestTarget(ApiModel):
    """Account and Region of the pool."""

    account: Annotated[Account | None, FILLED] = None
    """The AWS account, as a string of 12 digits; checked before anything is read."""
    region: Annotated[RegionCode | None, FILLED] = None
    """The AWS Region."""


class Ignored(ApiModel):
    """An ignore rule: what to ignore, and why."""

    path: IgnoredPath
    """What to ignore: an address like `clients/amplify-*`, or a member like `clients/web.CallbackURLs`."""
    reason: Reason
    """Reason for the rule."""
    owner: Annotated[WhoAnswers | None, FILLED] = None
    """Owner of the ignored object."""
    expires: Annotated[date | None, FILLED, DAY] = None
    """Last day on which the rule applies, like 2027-06-30."""


class UserPoolWaived(Waived):
    """A weakness that is accepted: which rule, where, why, who answers for it, and how long."""

    path: Annotated[WaivedPath | None, FILLED] = None
    """Where: an address like `clients/web`, or a member like `clients/web.CallbackURLs`. Without it, everywhere."""


class UserPoolEnvelope(ApiModel):
    """The envelope around the sections of a user pool."""

    version: Version
    """The version of this format."""
    kind: Literal["UserPool"] = "UserPool"
    """Kind of the document."""
    target: Annotated[ManifestTarget | None, FILLED] = None
    """Account and Region of the pool."""
    id: Annotated[PoolId | None, FILLED] = None
    """The pool's id; without it, the pool is found by PoolName, which must then be unique."""
    part: Annotated[PartName | None, FILLED] = None
    """Name of this part of the pool, where several documents declare one pool; the parts are planned together."""
    parts: list[PartName] = NONE_LISTED
    """All parts of the pool; only a run that has them all knows what no part declares, and may prune it."""
    pool: Annotated[PoolLabel | None, FILLED] = None
    """Name of the pool, for a part that does not declare it: another part makes the pool."""
    prune: list[Pruned] = NONE_LISTED
    """Sections whose undeclared objects `apply --prune` may delete."""
    protect: list[Protected] = NONE_LISTED
    """Objects that are never deleted or replaced, with everything inside of them."""
    ignore: list[Ignored] = NONE_LISTED
    """What is not reported, and why."""
    locked: list[LockedPath] = NONE_LISTED
    """What overlays may not change: manifest paths."""
    outputs: Annotated[
        list[DeclaredOutput],
        Note("They are written last, once the pool is as it should be, and only where they differ. None is deleted."),
        Note("A plan shows each as a change. With --target, those of targeted clients are planned and written."),
        Note("drift reports parameters that differ or are gone, and files that are there and differ."),
        Note("export does not write this key: nothing live says which files and parameters a pool has."),
        Note("None holds a secret: a client that has one is refused in formats that end up in browsers."),
    ] = NONE_LISTED
    """Configurations that apply writes for applications: files beside the manifest, and parameters."""
    profile: Annotated[ProfileName | None, FILLED] = None
    """Whom the pool serves; decides how bad a weakness is."""
    waivers: list[UserPoolWaived] = NONE_LISTED
    """Weaknesses that are accepted, each for a reason and until a day."""
    privileged_attributes: list[AttributeLabel] = NONE_LISTED
    """Attributes of users that give rights, such as `custom:role`; users must not be able to write them."""
    allowed_redirect_hosts: list[HostLabel] = NONE_LISTED
    """Hosts that clients may send users to after sign-in and sign-out; empty for any."""


class UserPoolManifest(UserPoolEnvelope):
    """One user pool and its sections. An absent section is not managed, `{}` is managed and empty, `null` is reset."""

    user_pool: Annotated[UserPool | None, FILLED] = None
    """The pool itself."""
    mfa: Annotated[Mfa | None, Resettable()] = None
    """Second factors and passkeys; the one place for MfaConfiguration."""
    resource_servers: Annotated[dict[ServerIdentifier, ResourceServer] | None, FILLED] = None
    """Resource servers, by Identifier."""
    identity_providers: Annotated[dict[ProviderLabel, IdentityProvider] | None, FILLED] = None
    """Identity providers, by ProviderName."""
    groups: Annotated[dict[GroupLabel, Group] | None, FILLED] = None
    """Groups, by GroupName."""
    domains: Annotated[dict[DomainName, Domain] | None, FILLED] = None
    """Domains, by prefix or host name."""
    risk_configuration: Annotated[RiskConfiguration | None, Resettable()] = None
    """Threat protection for all clients without their own."""
    ui_customization: Annotated[UICustomization | None, Resettable()] = None
    """Style of the classic sign-in pages for all clients without their own."""
    log_delivery: Annotated[LogDelivery | None, Resettable()] = None
    """Where the pool sends its logs."""
    session: Annotated[SessionConfiguration | None, Resettable()] = None
    """Session settings of users."""
    replicas: Annotated[dict[Region, Replica] | None, FILLED] = None
    """Replicas of the pool, by RegionName."""
    web_acl: Annotated[WebAcl | None, Resettable()] = None
    """The web ACL that protects the pool."""
    limits: Annotated[dict[LimitCategory, ProvisionedLimit] | None, FILLED, DeclaredOnly()] = None
    """Request rates of the whole account in the Region, by category; declare them in one manifest only."""
    sms_role: Annotated[SmsRole | None, FILLED, KEPT_ROLE] = None
    """The IAM role that Cognito assumes to send SMS, in place of its ARN in SmsConfiguration."""
    sms_role_trust: Annotated[SmsRoleTrust | None, FILLED, KEPT_TRUST] = None
    """The trust of an SMS role that something else makes; a plan with `sms_role` adds it by itself."""
    trigger_permissions: Annotated[dict[FunctionLabel, TriggerPermission] | None, FILLED, PRUNED_PERMISSIONS] = None
    """Permissions of the pool to invoke the functions of LambdaConfig; `{}` is enough."""
    log_groups: Annotated[dict[LogGroupLabel, LogGroup] | None, FILLED, DeclaredOnly(), KEPT_LOG_GROUPS] = None
    """Log groups for the logs of the pool, by name."""
    clients: Annotated[dict[ClientLabel, Client] | None, FILLED] = None
    """App clients, by ClientName, or by any key if the client sets ClientName."""
    users: Annotated[dict[UserLabel, User] | None, FILLED, DeclaredOnly(), KEPT_USERS] = None
    """Users that must be there, by Username; other users are not read."""


@cache
def sections() -> Mapping[str, Member]:
    """Return the sections of a user pool's manifest by key, in the order of the model."""
    return objects(UserPoolManifest)


@cache
def nested() -> Mapping[str, Member]:
    """Return the members nested inside objects of the sections, by `clients.branding`, in the order of the models."""
    return inside(sections())
