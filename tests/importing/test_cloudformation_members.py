"""Live → CloudFormation's form → manifest → plan is empty, for every property of the registry.

Which property is which member is written here a second time, from the registry's schemas and not from the table of the
converter, so that it can contradict it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from reconciler.export.owned_part import part_of
from reconciler.importing.cloudformation.resource_types import PEOPLE, PREFIX
from reconciler.importing.cloudformation.stack_conversion import TemplateFile, taken_over
from reconciler.importing.owned import OwnedObject
from reconciler.kinds import KINDS
from reconciler.model import Secret
from reconciler.runs import export_run
from tests.engine.full import REGION
from tests.importing.cloudformation import registry
from tests.importing.terraform_form import dig
from tests.importing.test_terraform_members import STYLE, Live, identity_pool, user_pool
from tests.support import bench

PLACES: Mapping[str, str] = {
    "UserPool": "user_pool",
    "UserPoolClient": "clients",
    "UserPoolDomain": "domains",
    "UserPoolGroup": "groups",
    "UserPoolIdentityProvider": "identity_providers",
    "UserPoolResourceServer": "resource_servers",
    "UserPoolRiskConfigurationAttachment": "risk_configuration",
    "UserPoolUICustomizationAttachment": "ui_customization",
    "LogDeliveryConfiguration": "log_delivery",
    "ManagedLoginBranding": "clients.branding",
    "Terms": "clients.terms",
    "IdentityPool": "identity_pool",
    "IdentityPoolRoleAttachment": "roles",
    "IdentityPoolPrincipalTag": "principal_tags",
}
"""The section of each type."""

NAMES = {"groups": "admins", "identity_providers": "okta", "resource_servers": "orders", "domains": "auth.example.com"}
"""The object of a section that is converted, where there are several."""

MEMBERS: Mapping[str, str] = {
    "UserPool.UserPoolName": "user_pool:PoolName",
    "UserPool.MfaConfiguration": "mfa:MfaConfiguration",
    "UserPool.EmailAuthenticationMessage": "mfa:EmailMfaConfiguration.Message",
    "UserPool.EmailAuthenticationSubject": "mfa:EmailMfaConfiguration.Subject",
    "UserPool.WebAuthnRelyingPartyID": "mfa:WebAuthnConfiguration.RelyingPartyId",
    "UserPool.WebAuthnUserVerification": "mfa:WebAuthnConfiguration.UserVerification",
    "UserPool.WebAuthnFactorConfiguration": "mfa:WebAuthnConfiguration.FactorConfiguration",
    "UserPool.EmailVerificationMessage": "user_pool:VerificationMessageTemplate.EmailMessage",
    "UserPool.EmailVerificationSubject": "user_pool:VerificationMessageTemplate.EmailSubject",
    "UserPool.SmsVerificationMessage": "user_pool:VerificationMessageTemplate.SmsMessage",
    "UserPool.LambdaConfig.PreTokenGeneration": "user_pool:LambdaConfig.PreTokenGenerationConfig.LambdaArn",
    "UserPool.AdminCreateUserConfig.UnusedAccountValidityDays": (
        "user_pool:Policies.PasswordPolicy.TemporaryPasswordValidityDays"
    ),
}
"""Properties that are another member than their own name says."""

WITH: Mapping[str, tuple[str, ...]] = {
    "UserPool.EmailAuthenticationMessage": ("MfaConfiguration", "EnabledMfas"),
    "UserPool.EmailAuthenticationSubject": ("MfaConfiguration", "EnabledMfas"),
    "UserPool.EnabledMfas": ("MfaConfiguration",),
}
"""Properties that have a meaning only beside others."""

FACTORS = {
    "SMS_MFA": "SmsMfaConfiguration",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaConfiguration",
    "EMAIL_OTP": "EmailMfaConfiguration",
}

IDENTITY = {
    *("UserPoolId", "ClientId", "Domain", "GroupName", "ProviderName", "Identifier", "TermsName", "RegionName"),
    *("IdentityPoolId", "IdentityProviderName"),
}
"""Properties that say which object it is; ClientName, the key of a client, is of the command's tests."""

NO_MEMBERS = {"CognitoEvents", "CognitoStreams", "PushSync", "ReturnMergedResources"}


def properties() -> Iterator[str]:
    """Yield the properties down to what is a list or a map: `UserPool.Policies.PasswordPolicy.MinimumLength`."""
    for name, schema in registry.stored()["types"].items():
        kind = name.removeprefix(PREFIX)
        for path in schema["properties"] if kind not in PEOPLE else ():
            first = re.split(r"[.\[{]", path)[0]
            if (
                path not in schema["readOnly"]
                and first not in NO_MEMBERS
                and not (first in IDENTITY and not (kind == "UserPoolClient" and first == "ClientName"))
            ):
                yield f"{kind}.{re.split(r'[{[]', path)[0]}"


REPLICAS = ("UserPoolReplica", "UserPoolRegionalConfigurationAttachment")
"""Types whose objects are not in the live pool of these tests: only their places are tested, elsewhere."""

PROPERTIES = [of for of in dict.fromkeys(properties()) if of.partition(".")[0] not in REPLICAS]


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[dict[str, Live]]:
    found = {}
    for document, make in (("UserPool", user_pool), ("IdentityPool", identity_pool)):
        with bench(region=REGION) as here:
            found[document] = make(here, tmp_path_factory.mktemp(document))
    return found


def place(of: str) -> tuple[str, tuple[str, ...]]:
    kind, _, path = of.partition(".")
    section, colon, member = MEMBERS.get(of, "").partition(":")
    return (section, tuple(member.split("."))) if colon else (PLACES[kind], tuple(path.split(".")))


def observed(live: Live, section: str) -> Any:
    return next(
        o for o in live.read.live_state.section(section) if NAMES.get(section, o.address.name) == o.address.name
    )


def cfn_value(live: Live, of: str) -> Any:
    """Return the value of a property, as CloudFormation has it; None if the live pool has none."""
    if of == "UserPool.EnabledMfas":
        data = observed(live, "mfa").data
        return [factor for factor, member in FACTORS.items() if member in data]
    section, path = place(of)
    value = written(dig(observed(live, section).data, path))
    if of == "IdentityPool.IdentityPoolTags":
        return [{"Key": key, "Value": text} for key, text in value.items()]
    if of == "IdentityPoolRoleAttachment.RoleMappings":
        return {f"Any{i}": {"IdentityProvider": k, **v} for i, (k, v) in enumerate(value.items())}
    return value


def written(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {k: written(v) for k, v in value.items()}
    return [written(v) for v in value] if isinstance(value, list) else value


def resource(live: Live, kind: str, paths: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a resource with these properties, and its physical id."""
    one = observed(live, PLACES[kind])
    ids, schema = one.ids, registry.stored()["types"][PREFIX + kind]["properties"]
    says = {key: ids[key] for key in IDENTITY & set(schema) if key in ids}
    if kind in ("UserPoolRiskConfigurationAttachment", "UserPoolUICustomizationAttachment"):
        says["ClientId"] = "ALL"
    if kind in ("UserPool", "IdentityPool"):
        says = {}
    if kind == "Terms":
        says["TermsName"] = one.address.name.rpartition("/")[2]
    tree: dict[str, Any] = dict(says)
    for path, value in paths.items():
        *steps, last = path.split(".")
        inner = tree
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = value
    pool = live.pool_id
    physical = {
        "UserPoolClient": ids.get("ClientId"),
        "UserPoolDomain": ids.get("Domain"),
        "UserPoolGroup": ids.get("GroupName"),
        "UserPoolIdentityProvider": ids.get("ProviderName"),
        "UserPoolResourceServer": ids.get("Identifier"),
        "UserPoolRiskConfigurationAttachment": f"{pool}|ALL",
        "UserPoolUICustomizationAttachment": f"{pool}|ALL",
        "ManagedLoginBranding": f"{pool}|{ids.get('ManagedLoginBrandingId')}",
        "Terms": f"{pool}|{ids.get('TermsId')}",
        "IdentityPoolRoleAttachment": "generated",
        "IdentityPoolPrincipalTag": f"{pool}|{ids.get('IdentityProviderName')}",
    }.get(kind, pool)
    return {"Type": PREFIX + kind, "Properties": tree}, str(physical)


def converted(live: Live, kind: str, paths: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[OwnedObject, ...]]:
    """Convert a stack with one resource; the export proves that its plan is empty, and fails otherwise."""
    body, physical = resource(live, kind, paths)
    template = TemplateFile("t.json", json.dumps({"Resources": {"X": body}}))
    row = {"LogicalResourceId": "X", "PhysicalResourceId": physical, "ResourceType": body["Type"]}
    listing = TemplateFile("r.json", json.dumps({"StackResourceSummaries": [row]}))
    _, found = taken_over(template, listing, region=REGION, account=live.identity.account)
    part = part_of(found.objects)
    result = export_run.export(live.read, "pool", live.identity, STYLE, live.directory, part=part)
    tree = yaml.safe_load(result.exported.text)
    assert isinstance(tree, dict)
    return tree, found.objects


EUMS = (
    "CallerArn",
    "ConfigurationSetName",
    "ExternalId",
    "InEntityId",
    "InTemplateId",
    "OriginationIdentity",
    "Region",
)

NOT_LIVE = {
    "UserPool.UsernameAttributes",  # excluded by AliasAttributes
    *(f"UserPool.SmsConfiguration.EumsSms.{name}" for name in EUMS),  # by the settings of SNS
    *(f"UserPoolClient.AnalyticsConfiguration.{name}" for name in ("ApplicationId", "ExternalId", "RoleArn")),  # by ARN
}
"""Properties without a value in the pool, as another one excludes them."""


@pytest.mark.parametrize("of", PROPERTIES)
def test_one_property_becomes_one_member_that_plans_to_nothing(pools, of):
    kind, _, path = of.partition(".")
    section, member = place(of)
    live = pools[KINDS[section].document]
    value = cfn_value(live, of)
    if value is None:
        assert of in NOT_LIVE
        return
    beside = {name: cfn_value(live, f"{kind}.{name}") for name in WITH.get(of, ())}
    tree, objects = converted(live, kind, {path: value, **beside})
    assert section in {o.section for o in objects} or of == "UserPool.EnabledMfas"
    if of == "UserPoolClient.ClientName":
        assert value in tree[section]  # it is the key
        return
    holder = holder_of(tree, "mfa" if of == "UserPool.EnabledMfas" else section)
    if of == "UserPoolClient.AnalyticsConfiguration.RoleArn":
        assert dig(holder, member) is None  # Cognito shows it beside ApplicationArn, and takes only one of them
        return
    names = [(FACTORS[factor],) for factor in value] if of == "UserPool.EnabledMfas" else [member]
    for name in names:
        assert dig(holder, name) is not None, tree


def holder_of(tree: dict[str, Any], section: str) -> Any:
    """Return what a manifest has of the only object of a section."""
    outer, dot, inner = section.partition(".")
    found = tree.get(outer, {})
    if dot:
        (client,) = found.values()
        found = client.get(inner, {})
    return found if KINDS[section].single else next(iter(found.values()), {})
