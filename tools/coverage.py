"""Which part of Cognito's API the schemas cover, and why the rest is left out.

The table behind the canary test and docs/coverage.md. It is compared with the service model that botocore ships: an
operation or input member that is neither in a schema nor on a list here is reported by name, so a new one is noticed
on the day it appears. The service model is an argument, so tests can pass a modified one.

The capabilities of Terraform and CloudFormation are as of November 2026: the Terraform provider hashicorp/aws 6.69.1,
and the CloudFormation registry of 2026-10-20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from schemas.base import COMPUTED, ApiModel, CreateOnly, FreeDocument, Keyed, Member, OnlyOnce, Pin, members
from schemas.cimd_policy import CIMDPolicy
from schemas.client import Client
from schemas.domain import Domain
from schemas.group import Group
from schemas.identity_pool import IdentityPool
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.identity_provider import IdentityProvider
from schemas.log_delivery import LogDelivery
from schemas.log_group import LogGroup
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.mfa import Mfa
from schemas.principal_tags import PrincipalTags
from schemas.provisioned_limit import ProvisionedLimit
from schemas.replica import Replica
from schemas.resource_server import ResourceServer
from schemas.risk_configuration import RiskConfiguration
from schemas.session_configuration import ClientSessionConfiguration, SessionConfiguration
from schemas.sms_role import SmsRole, SmsRoleTrust
from schemas.terms import Terms
from schemas.trigger_permission import TriggerPermission
from schemas.ui_customization import UICustomization
from schemas.user import User
from schemas.user_pool import UserPool
from schemas.web_acl import WebAcl

Operation = tuple[str, str]
"""Service and name of an operation."""

Table = Callable[[type[ApiModel]], Mapping[str, Member]]
"""Returns the members of a structure: `members`, or a copy altered by a test."""


class ServiceShape(Protocol):
    """A shape of the service model."""

    @property
    def type(self) -> str:
        """`structure`, `list`, `map`, or a scalar."""

    @property
    def members(self) -> Mapping[str, ServiceShape]:
        """Members of a structure."""

    @property
    def item(self) -> ServiceShape:
        """Items of a list, or values of a map."""


class ServiceModel(Protocol):
    """What botocore knows about the API; the module `reconciler.values.shapes` is one."""

    def operations(self, service: str) -> Iterable[str]:
        """Return the names of all operations of a service."""

    def input_shape(self, service: str, operation: str) -> ServiceShape:
        """Return the input structure of an operation."""


# --- the families of operations ------------------------------------------------------------------------------------

Peer = Literal["yes", "partly", "no", "?"]
"""What a peer can do; `?` is not established."""


@dataclass(frozen=True)
class Peers:
    """What Terraform and CloudFormation can do."""

    terraform: Peer
    """The provider hashicorp/aws."""
    cloudformation: Peer
    """The types AWS::Cognito::*, and AWS::WAFv2::WebACLAssociation."""


BOTH = Peers("yes", "yes")
ONLY_CLOUDFORMATION = Peers("no", "yes")
NEITHER = Peers("no", "no")
UNKNOWN = Peers("?", "?")


@dataclass(frozen=True)
class Write:
    """An additional operation that writes some members of an object under other names."""

    operation: Operation
    """Service and name."""
    spelled: Mapping[str, str]
    """Input member → the schema's member."""
    partial: bool = False
    """Whether the user pool's family covers its other members and their content."""


@dataclass(frozen=True)
class Family:
    """The operations that write one kind of object, and the schema that describes it."""

    title: str
    """For people."""
    place: str
    """Place in a manifest; `*` is the name of an object."""
    model: type[ApiModel]
    """Its schema; INPUTS are its main operations."""
    peers: Peers
    """What peers can do with it."""
    but: Mapping[str, Peers] = field(default_factory=dict)
    """Members, with their content, whose support in peers differs."""
    writes: tuple[Write, ...] = ()
    """Further operations."""

    def operations(self) -> Iterator[Write]:
        """Yield all operations; the main ones name every member as the schema does."""
        yield from (Write(operation, {}) for operation in self.model.INPUTS)
        yield from self.writes


FAMILIES: tuple[Family, ...] = (
    Family(
        "User pool",
        "user_pool",
        UserPool,
        BOTH,
        {
            "SmsConfiguration.EumsSms": ONLY_CLOUDFORMATION,
            "LambdaConfig.InboundFederation": ONLY_CLOUDFORMATION,
            "KeyConfiguration": ONLY_CLOUDFORMATION,
            "IssuerConfiguration": ONLY_CLOUDFORMATION,
            "AdminCreateUserConfig.UnusedAccountValidityDays": ONLY_CLOUDFORMATION,
            "AcrConfiguration": NEITHER,
            "DcrConfiguration": NEITHER,
        },
        (
            Write(("cognito-idp", "AddCustomAttributes"), {"CustomAttributes": "Schema"}),
            Write(("cognito-idp", "TagResource"), {"Tags": "UserPoolTags"}),
        ),
    ),
    Family(
        "Second factors and passkeys",
        "mfa",
        Mfa,
        BOTH,
        {
            "SmsMfaConfiguration.SmsConfiguration.EumsSms": ONLY_CLOUDFORMATION,
            "EmailMfaConfiguration": Peers("yes", "partly"),
            "WebAuthnConfiguration.FactorConfiguration": ONLY_CLOUDFORMATION,
        },
    ),
    Family(
        "Threat protection",
        "risk_configuration, clients.*.risk_configuration",
        RiskConfiguration,
        Peers("yes", "partly"),
    ),
    Family("Log delivery", "log_delivery", LogDelivery, BOTH),
    Family("Sessions of a pool", "session", SessionConfiguration, NEITHER),
    Family(
        "Replicas",
        "replicas.*",
        Replica,
        ONLY_CLOUDFORMATION,
        {},
        (
            Write(
                ("cognito-idp", "UpdateUserPool"),
                {name: name for name in ("LambdaConfig", "EmailConfiguration", "SmsConfiguration")},
                partial=True,
            ),
            Write(("cognito-idp", "TagResource"), {"Tags": "UserPoolTags"}),
        ),
    ),
    Family("Web ACL", "web_acl", WebAcl, BOTH),
    Family(
        "SMS role",
        "sms_role",
        SmsRole,
        BOTH,
        {},
        (
            Write(("iam", "UpdateAssumeRolePolicy"), {"PolicyDocument": "AssumeRolePolicyDocument"}, partial=True),
            Write(("iam", "PutRolePermissionsBoundary"), {"PermissionsBoundary": "PermissionsBoundary"}, partial=True),
            Write(("iam", "TagRole"), {"Tags": "Tags"}, partial=True),
        ),
    ),
    Family("Trust of an SMS role", "sms_role_trust", SmsRoleTrust, BOTH),
    Family("Trigger permissions", "trigger_permissions.*", TriggerPermission, BOTH),
    Family(
        "Log groups",
        "log_groups.*",
        LogGroup,
        BOTH,
        {},
        (
            Write(("logs", "AssociateKmsKey"), {"kmsKeyId": "kmsKeyId"}, partial=True),
            Write(("logs", "TagResource"), {"tags": "tags"}, partial=True),
            Write(("logs", "PutResourcePolicy"), {"policyDocument": "policyDocument"}, partial=True),
        ),
    ),
    Family(
        "Domains",
        "domains.*",
        Domain,
        BOTH,
        {"CustomDomainConfig.SecurityPolicy": ONLY_CLOUDFORMATION, "Routing": ONLY_CLOUDFORMATION},
    ),
    Family("Resource servers", "resource_servers.*", ResourceServer, BOTH),
    Family("Identity providers", "identity_providers.*", IdentityProvider, BOTH, {"AcrMapping": NEITHER}),
    Family("Groups", "groups.*", Group, BOTH),
    Family(
        "App clients",
        "clients.*",
        Client,
        BOTH,
        {
            "ClientSecret": NEITHER,
            "AddUserPoolClientSecret ClientSecret": NEITHER,
            "ExplicitAuthFlows": Peers("yes", "partly"),
            "PublishSecretsInAWSSecretsManager": UNKNOWN,
        },
        (Write(("cognito-idp", "AddUserPoolClientSecret"), {}),),
    ),
    Family("Sessions of a client", "clients.*.session", ClientSessionConfiguration, NEITHER),
    Family("Managed login branding", "clients.*.branding", ManagedLoginBranding, BOTH),
    Family(
        "Classic sign-in pages",
        "ui_customization, clients.*.ui_customization",
        UICustomization,
        BOTH,
        {"ImageFile": Peers("yes", "no")},
    ),
    Family("Terms", "clients.*.terms.*", Terms, ONLY_CLOUDFORMATION),
    Family("Client ID metadata documents", "clients.*.cimd_policies.*", CIMDPolicy, UNKNOWN),
    Family("Provisioned limits", "limits.*", ProvisionedLimit, NEITHER),
    Family(
        "Users",
        "users.*",
        User,
        BOTH,
        {},
        (
            Write(("cognito-idp", "AdminSetUserPassword"), {"Password": "Password"}, partial=True),
            Write(("cognito-idp", "AdminAddUserToGroup"), {}, partial=True),
            Write(("cognito-idp", "AdminDisableUser"), {}, partial=True),
            Write(("cognito-idp", "AdminEnableUser"), {}, partial=True),
        ),
    ),
    Family(
        "Identity pool",
        "identity_pool",
        IdentityPool,
        BOTH,
        {},
        (Write(("cognito-identity", "TagResource"), {"Tags": "IdentityPoolTags"}),),
    ),
    Family("Roles of an identity pool", "roles", IdentityPoolRoles, BOTH),
    Family("Principal tags", "principal_tags.*", PrincipalTags, BOTH),
)
"""Every kind of object, in the order of the page."""


# --- what is left out ----------------------------------------------------------------------------------------------

SERVICES = ("cognito-idp", "cognito-identity")
"""Services whose operations are all covered or left out with a reason."""

NOT_CONFIGURING = ("Describe", "Get", "List", "Lookup", "Delete", "Untag", "Remove", "Unlink")
"""Verbs of operations that read, or that undo another operation. Any other verb configures, unless the operation is
left out below."""

USERS = "Users are data, not settings, beyond those that a manifest declares; they outlive it."
SIGN_IN = "An application calls it while a user signs up or signs in."
DEVICES = "Devices belong to users."
JOBS = "Runs once; it is not a state that can be declared."

LEFT_OUT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cognito-idp": {
        USERS: (
            "AdminConfirmSignUp",
            "AdminDisableProviderForUser",
            "AdminLinkProviderForUser",
            "AdminResetUserPassword",
            "AdminRevokeUserSession",
            "AdminSetUserMFAPreference",
            "AdminSetUserSettings",
            "AdminUpdateAuthEventFeedback",
            "AdminUserGlobalSignOut",
        ),
        SIGN_IN: (
            "AdminInitiateAuth",
            "AdminRespondToAuthChallenge",
            "AssociateSoftwareToken",
            "ChangePassword",
            "CompleteWebAuthnRegistration",
            "ConfirmForgotPassword",
            "ConfirmSignUp",
            "ForgotPassword",
            "GlobalSignOut",
            "InitiateAuth",
            "ResendConfirmationCode",
            "RespondToAuthChallenge",
            "RevokeToken",
            "RevokeUserSession",
            "SetUserMFAPreference",
            "SetUserSettings",
            "SignUp",
            "StartWebAuthnRegistration",
            "UpdateAuthEventFeedback",
            "UpdateUserAttributes",
            "VerifySoftwareToken",
            "VerifyUserAttribute",
        ),
        DEVICES: (
            "AdminForgetDevice",
            "AdminUpdateDeviceStatus",
            "ConfirmDevice",
            "ForgetDevice",
            "UpdateDeviceStatus",
        ),
        JOBS: (
            "CreateUserImportJob",
            "StartUserImportJob",
            "StopUserImportJob",
            "InitiatePointInTimeRecovery",
            "StartPointInTimeRecovery",
            "CancelPointInTimeRecovery",
            "UpdateClientMetadataURLState",
        ),
    },
    "cognito-identity": {"Identities are data, not settings.": ("MergeDeveloperIdentities",)},
}
"""Operations that configure nothing, by service and reason."""

ADDRESSES: Mapping[str, str] = {
    "UserPoolId": "the pool of the document",
    "IdentityPoolId": "the identity pool of the document",
    "ResourceArn": "the pool of the document",
    "ClientId": "the client that contains it",
    "ManagedLoginBrandingId": "looked up by the client",
    "TermsId": "looked up by the client and the name",
    "StatementId": "the id of the pool",
    "Qualifier": "part of the function's ARN",
    "PolicyName": "the same for every role",
}
"""Top-level input members that identify an object, and how poolctl derives them."""

LEFT_OUT_MEMBERS: Mapping[str, str] = {
    "AddUserPoolClientSecret ClientSecret": (
        "rotating secrets is an action and not a state; the client declares its first secret, and "
        "`clients.secrets` monitors their age"
    ),
}
"""Members of further operations that are left out: `OPERATION MEMBER`."""

PASSED_ON = {(IdentityProvider, "ProviderDetails"), (User, "UserAttributes")}
"""Maps whose keys poolctl does not validate: the service does."""


# --- the table -----------------------------------------------------------------------------------------------------

Support = Literal["yes", "passed on", "not yet", "by its place", "elsewhere", "left out", "missing"]


@dataclass(frozen=True)
class CoverageRow:
    """One input member, and its support."""

    family: Family
    """The kind of object that it belongs to."""
    path: str
    """Its path in the schema, with `[]` for items and `{}` for entries; prefixed by its operation if it has none."""
    support: Support
    """How poolctl supports it."""
    note: str
    """Why, or how; may be empty."""
    operations: tuple[Operation, ...]
    """The operations that accept it."""

    @property
    def peers(self) -> Peers:
        """What peers can do with it; an entry for a member also applies to its content."""
        steps = re.split(r"(?=\.)", self.path.replace("[]", "").replace("{}", ""))
        prefixes = ["".join(steps[:n]) for n in range(len(steps), 0, -1)]
        return next((self.family.but[p] for p in prefixes if p in self.family.but), self.family.peers)


@dataclass(frozen=True)
class _FoundMember:
    """A member of an input, and its support."""

    path: str
    support: Support
    note: str = ""


def rows(
    services: ServiceModel, families: Iterable[Family] = FAMILIES, table: Table = members
) -> tuple[CoverageRow, ...]:
    """Return every input member of every operation of the families.

    Args:
        services: The service model of botocore.
        families: The kinds of objects.
        table: Returns the members of a structure.

    Raises:
        KeyError: botocore does not know an operation of a schema.
    """
    result: dict[tuple[str, str], CoverageRow] = {}
    for family in families:
        for write in family.operations():
            for found in _inputs(services, family, write, table):
                row = CoverageRow(family, found.path, found.support, found.note, (write.operation,))
                key = (family.title, found.path)
                result[key] = _merged(result[key], row) if key in result else row
    return tuple(result.values())


def _merged(first: CoverageRow, again: CoverageRow) -> CoverageRow:
    """Merge the rows of two operations for one name; the main operation decides, unless one is not covered."""
    chosen = again if again.support == "missing" else first
    return replace(chosen, operations=(*first.operations, *again.operations))


def _inputs(services: ServiceModel, family: Family, write: Write, table: Table) -> Iterator[_FoundMember]:
    shape = services.input_shape(*write.operation)
    if write in family.writes:
        yield from _renamed(shape, family.model, write, table)
    else:
        yield from _structure(shape, family.model, "", table)


def _renamed(shape: ServiceShape, model: type[ApiModel], write: Write, table: Table) -> Iterator[_FoundMember]:
    """Yield the members of an additional operation under the names of the schema."""
    for name, inner in shape.members.items():
        path = f"{write.operation[1]} {name}"
        if name in write.spelled and write.partial:
            known = write.spelled[name] in table(model)
            yield _FoundMember(write.spelled[name], "yes" if known else "missing", "as in the user pool")
        elif name in write.spelled:
            yield from _known(inner, model, write.spelled[name], "", table)
        elif path in LEFT_OUT_MEMBERS:
            yield _FoundMember(path, "left out", LEFT_OUT_MEMBERS[path])
        elif name in ADDRESSES:
            yield _FoundMember(name, "by its place", ADDRESSES[name])
        elif not write.partial:
            yield _FoundMember(path, "missing")


def _structure(shape: ServiceShape, model: type[ApiModel], prefix: str, table: Table) -> Iterator[_FoundMember]:
    for name, inner in shape.members.items():
        yield from _known(inner, model, name, prefix, table)


def _known(shape: ServiceShape, model: type[ApiModel], name: str, prefix: str, table: Table) -> Iterator[_FoundMember]:
    """Yield the support of a member and of its content."""
    member = table(model).get(name)
    path = prefix + name
    if member is None:
        yield _unknown(model, name, path, top=not prefix)
        return
    if member.has(Pin):
        yield _FoundMember(path, "by its place", "looked up by the name, or pinned where the name is not unique")
        return
    passed = member.has(FreeDocument) or (model, name) in PASSED_ON
    yield _FoundMember(path, "passed on" if passed else "yes", _limits(member))
    held, marks = _held(shape)
    if member.model:
        yield from _structure(held, member.model, f"{path}{marks}.", table)
    elif held.type == "structure" and not passed:
        yield from (_FoundMember(f"{path}{marks}.{inner}", "missing") for inner in held.members)


def _limits(member: Member) -> str:
    """Return when a member can be set, if not always."""
    if member.has(Keyed) and member.has(CreateOnly):
        return "can be added to, and nothing else"
    if member.has(OnlyOnce):
        return "once"
    return "at creation only" if member.has(CreateOnly) else ""


def _held(shape: ServiceShape) -> tuple[ServiceShape, str]:
    """Return the innermost item of lists and maps, and their marks in a path."""
    marks = ""
    while shape.type in ("list", "map"):
        marks += "[]" if shape.type == "list" else "{}"
        shape = shape.item
    return shape, marks


def _unknown(model: type[ApiModel], name: str, path: str, *, top: bool) -> _FoundMember:
    advice = model.MOVED.get(name)
    if advice is None:
        return _FoundMember(path, "missing")
    if top and name in ADDRESSES:
        return _FoundMember(path, "by its place", ADDRESSES[name])
    if advice == COMPUTED:
        return _FoundMember(path, "left out", "Cognito makes it")
    return _FoundMember(path, "elsewhere" if advice.startswith("belongs") else "left out", advice)


# --- the canary ----------------------------------------------------------------------------------------------------


def verb(operation: str) -> str:
    """Return the verb of an operation's name: `Set` of AdminSetUserPassword."""
    words: list[str] = re.findall(r"[A-Z][a-z]*", operation)
    return words[1] if words[0] == "Admin" else words[0]


def configuring(services: ServiceModel) -> tuple[Operation, ...]:
    """Return every operation whose verb may configure something, sorted by name."""
    return tuple(
        (service, name)
        for service in SERVICES
        for name in sorted(services.operations(service))
        if verb(name) not in NOT_CONFIGURING
    )


def problems(
    services: ServiceModel,
    families: tuple[Family, ...] = FAMILIES,
    table: Table = members,
    left_out: Mapping[str, Mapping[str, tuple[str, ...]]] = LEFT_OUT,
) -> list[str]:
    """Return what is neither covered nor left out with a reason, and unused entries; empty if there are none.

    Args:
        services: The service model of botocore.
        families: The kinds of objects.
        table: Returns the members of a structure.
        left_out: Operations that configure nothing, by service and reason.
    """
    taken = {write.operation for family in families for write in family.operations()}
    out = {(service, name) for service, reasons in left_out.items() for names in reasons.values() for name in names}
    every = configuring(services)
    found = [
        f"{service} {name}: no schema has it among its INPUTS, and LEFT_OUT gives no reason"
        for service, name in every
        if (service, name) not in taken | out
    ]
    found += [f"{service} {name}: left out, although a schema describes it" for service, name in sorted(taken & out)]
    found += [f"{service} {name}: left out, but there is no such operation" for service, name in sorted(out - {*every})]
    return found + _problems_of_members(rows(services, families, table))


def _problems_of_members(table: Iterable[CoverageRow]) -> list[str]:
    table = tuple(table)
    found = [
        f"{', '.join(name for _, name in row.operations)}: {row.path} is not in {row.family.model.__name__}, "
        "and no list says why"
        for row in table
        if row.support == "missing"
    ]
    notes = {row.path for row in table if row.support == "left out"}
    found += [f"{path}: left out, but there is no such member" for path in LEFT_OUT_MEMBERS if path not in notes]
    return found


# --- the page ------------------------------------------------------------------------------------------------------

INTRODUCTION = """\
# Coverage

<!-- Generated: make docs -->

Every input member of every operation that configures Amazon Cognito, as known to the installed botocore, and how
poolctl supports it. A test keeps this page, the schemas and botocore's service model in sync, and fails with the name
of the member as soon as botocore ships a new one.

- **yes**: declared under this name, validated, compared and written.
- **passed on**: declared, compared and written; its content is validated by Cognito only.
- **not yet**: declared and validated; plan and apply ignore it in this version.
- **by its place**: identifies an object; poolctl derives it from the place in the manifest.
- **elsewhere**, **left out**: with the reason.

A member that only a newer botocore knows is also accepted, checked against botocore's service model, with a notice.

Terraform is the provider hashicorp/aws 6.69.1, CloudFormation its registry of 2026-10-20; *partly* means that some uses
are not possible, `?` means unknown.
"""


def markdown(services: ServiceModel, planned: Collection[str]) -> str:
    """Return docs/coverage.md: the same bytes for the same service model.

    Args:
        services: The service model of botocore.
        planned: The kinds that the engine knows: `clients`, `clients.branding`. A schema can be ahead of it.
    """
    table = tuple(_as_planned(row, planned) for row in rows(services))
    parts = [INTRODUCTION, _totals(table)]
    parts += [_family(family, [row for row in table if row.family is family]) for family in FAMILIES]
    parts.append(_left_out())
    return "\n".join(parts)


def _as_planned(row: CoverageRow, planned: Collection[str]) -> CoverageRow:
    """Do not claim what the engine does not do yet."""
    ready = all(place.replace(".*", "") in planned for place in row.family.place.split(", "))
    return row if ready or row.support not in ("yes", "passed on") else replace(row, support="not yet")


def _totals(table: tuple[CoverageRow, ...]) -> str:
    """Count the members that an author can declare."""
    declared = [row for row in table if row.support in ("yes", "passed on", "not yet")]
    counts = (
        ("poolctl", sum(row.support != "not yet" for row in declared)),
        ("Terraform", sum(row.peers.terraform == "yes" for row in declared)),
        ("CloudFormation", sum(row.peers.cloudformation == "yes" for row in declared)),
    )
    lines = [f"| {who} | {count} | {100 * count // len(declared)} % |" for who, count in counts]
    return "\n".join(("| Members that can be declared | | |", "| --- | ---: | ---: |", *lines, ""))


def _family(family: Family, table: list[CoverageRow]) -> str:
    places = ", ".join(f"`{place}`" for place in family.place.split(", "))
    operations = ", ".join(dict.fromkeys(write.operation[1] for write in family.operations()))
    lines = [f"| `{row.path}` | {_said(row)} | {_peers(row)} |" for row in table]
    return "\n".join(
        (
            f"## {family.title}",
            "",
            f"{places}; {operations}.",
            "",
            "| Member | poolctl | Terraform | CloudFormation |",
            "| --- | --- | --- | --- |",
            *lines,
            "",
        )
    )


def _said(row: CoverageRow) -> str:
    return f"{row.support}: {row.note}" if row.note else row.support


def _peers(row: CoverageRow) -> str:
    """Leave peers out where the member is no setting."""
    if row.support == "by its place":
        return " | "
    return f"{row.peers.terraform} | {row.peers.cloudformation}"


def _left_out() -> str:
    lines = [
        f"| {service} | {', '.join(names)} | {reason} |"
        for service, reasons in LEFT_OUT.items()
        for reason, names in reasons.items()
    ]
    return "\n".join(
        (
            "## Operations left out",
            "",
            f"In addition, operations that read, or remove what another has set: {', '.join(NOT_CONFIGURING)}.",
            "",
            "| Service | Operations | Why |",
            "| --- | --- | --- |",
            *lines,
            "",
        )
    )
