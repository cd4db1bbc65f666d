"""Live → CloudFormation's form → manifest → plan is empty, for every property of the registry.

Which property is which member is written here a second time, from the registry's schemas and not from the table of the
converter, so that it can contradict it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.export.owned_part import part_of
from reconciler.importing.cloudformation.resource_types import PEOPLE, PREFIX, REGIONAL
from reconciler.importing.cloudformation.stack_conversion import TemplateFile, taken_over
from reconciler.importing.owned import OwnedObject
from reconciler.kinds import KINDS
from reconciler.model import Secret
from reconciler.runs import export_run
from tests.cli.support import run
from tests.engine.full import ACCOUNT, REGION, full
from tests.engine.test_replicas import KEY, THERE
from tests.importing.cloudformation import registry
from tests.importing.terraform_form import dig
from tests.importing.test_terraform_members import STYLE, Live, identity_pool, user_pool
from tests.support import Bench, bench, document, manifest

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
    "UserPoolReplica": "replicas",
    "UserPoolRegionalConfigurationAttachment": "replicas",
}
"""The section of each type."""

NAMES = {
    "groups": "admins",
    "identity_providers": "okta",
    "resource_servers": "orders",
    "domains": "auth.example.com",
    "replicas": THERE,
}
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
    "UserPoolRegionalConfigurationAttachment.LambdaConfig.PreTokenGeneration": (
        "replicas:LambdaConfig.PreTokenGenerationConfig.LambdaArn"
    ),
    "UserPoolReplica.UserPoolTagsAtCreate": "replicas:UserPoolTags",
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


PROPERTIES = list(dict.fromkeys(properties()))
PUBLISHED = ".SmsConfiguration.EumsSms."
"""In the properties of the other way to send SMS, which excludes the settings of SNS."""


def replica(here: Bench, directory: Path, sms: dict[str, Any]) -> Live:
    """A pool with a replica that has a value for every member."""
    everything = full("one")["user_pool"][""]
    own = {name: everything[name] for name in ("LambdaConfig", "EmailConfiguration", "UserPoolTags")}
    there = json.loads(json.dumps({**own, "SmsConfiguration": sms}).replace(f":{REGION}:", f":{THERE}:"))
    pool = {"PoolName": "customers", "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}}
    tree = document(user_pool=pool, replicas={THERE: {"Status": "ACTIVE", **there}})
    here.converge(manifest(directory, tree))
    pool_id = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    return Live(here, directory, "UserPool", pool_id)


SNS = {"SnsCallerArn": f"arn:aws:iam::{ACCOUNT}:role/sms", "ExternalId": "x", "SnsRegion": THERE}
EUMS_SMS = {
    "EumsSms": {
        "CallerArn": f"arn:aws:iam::{ACCOUNT}:role/sms",
        **dict.fromkeys(("ExternalId", "OriginationIdentity", "ConfigurationSetName"), "one"),
        **dict.fromkeys(("InEntityId", "InTemplateId"), "one"),
        "Region": THERE,
    }
}


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> dict[str, Live]:
    found = {}
    makers = {
        "UserPool": user_pool,
        "IdentityPool": identity_pool,
        "replicas": partial(replica, sms=SNS),
        f"replicas{PUBLISHED}": partial(replica, sms=EUMS_SMS),
    }
    for name, make in makers.items():
        with bench(region=REGION) as here:
            found[name] = make(here, tmp_path_factory.mktemp("live"))
    return found


def live_of(pools: Mapping[str, Live], of: str) -> Live:
    """The live pool that has a value of a property."""
    section, _ = place(of)
    if section == "replicas":
        return pools[f"replicas{PUBLISHED}" if PUBLISHED in of else "replicas"]
    return pools[KINDS[section].document]


def test_every_type_is_tried_or_named_with_its_reason():
    types = {name.removeprefix(PREFIX) for name in registry.stored()["types"]}
    assert len(types) == 18
    assert {of.partition(".")[0] for of in PROPERTIES} == set(PLACES)
    assert types == PLACES.keys() | PEOPLE.keys()
    for kind in PEOPLE:
        body = {"Type": PREFIX + kind, "Properties": {"UserPoolId": "eu-central-1_X", "Username": "one"}}
        _, found = taken_over(TemplateFile("t.json", json.dumps({"Resources": {"X": body}})))
        assert [(u.source, u.reason) for u in found.unmapped] == [("X", PEOPLE[kind])]


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
        "UserPoolReplica": f"{pool}|{ids.get('RegionName')}",
        "IdentityPoolRoleAttachment": "generated",
        "IdentityPoolPrincipalTag": f"{pool}|{ids.get('IdentityProviderName')}",
    }.get(kind, pool)
    return {"Type": PREFIX + kind, "Properties": tree}, str(physical)


def converted(live: Live, kind: str, paths: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[OwnedObject, ...]]:
    """Convert a stack with one resource; the export proves that its plan is empty, and fails otherwise."""
    body, physical = resource(live, kind, paths)
    template = TemplateFile("t.json", json.dumps({"Resources": {"X": body}}))
    region = THERE if kind == REGIONAL else REGION
    row = {"LogicalResourceId": "X", "PhysicalResourceId": physical, "ResourceType": body["Type"]}
    listing = TemplateFile("r.json", json.dumps({"StackResourceSummaries": [row]}))
    _, found = taken_over(template, listing, region=region, account=live.identity.account)
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
    live = live_of(pools, of)
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


# --- values that are not known, without AWS ------------------------------------------------------------------------

MIRROR: Mapping[str, tuple[str, ...]] = {
    "UserPool.LambdaConfig.PreTokenGeneration": ("LambdaConfig", "PreTokenGenerationConfig"),
    "UserPoolRegionalConfigurationAttachment.LambdaConfig.PreTokenGeneration": ("LambdaConfig", "PreTokenGeneration"),
}
"""What a manifest has of a property that is one setting with another one."""

UNKNOWABLE = {
    "UserPoolClient.ClientName",  # it is the key
    "IdentityPoolPrincipalTag.UseDefaults",  # false, without tags: as if nothing were set
}
"""Properties that are no object on their own."""

UNKNOWN = {"Fn::ImportValue": "of-another-stack"}


def unknown_beside(kind: str, of: str = "") -> dict[str, Any]:
    """Every property of a type but one, each with a value that the template does not have."""
    others = [o for o in PROPERTIES if o.partition(".")[0] == kind and not (of and place(o) == place(of))]
    found = {o.partition(".")[2]: UNKNOWN for o in others}
    first = of.partition(".")[2]
    return {path: value for path, value in found.items() if not first.startswith(f"{path}.")}


def offline(live: Live, kind: str, paths: Mapping[str, Any], directory: Path) -> tuple[int, str, Any, list[str]]:
    """Convert without AWS; return the exit code, messages, the manifest, and what the report names."""
    body, physical = resource(live, kind, paths)
    row = {"LogicalResourceId": "X", "PhysicalResourceId": physical, "ResourceType": body["Type"]}
    (directory / "t.json").write_text(json.dumps({"Resources": {"X": body}}))
    (directory / "r.json").write_text(json.dumps({"StackResourceSummaries": [row]}))
    words = ("import", "--from", "cloudformation", str(directory / "t.json"), "--no-live", "--mode", "full")
    more = ("--stack-resources", str(directory / "r.json"), "--to", str(directory / "pools"), "-o", "json")
    ran = run(*words, *more, "--region", THERE if kind == REGIONAL else REGION)
    (tree,) = [yaml.safe_load(p.read_text()) for p in (directory / "pools").glob("*.yaml")] or [None]
    named = [u["source"] for u in json.loads(ran.out)["not_mapped"]] if ran.out else []
    return ran.code, ran.err, tree, named


@pytest.mark.parametrize("kind", PLACES)
def test_an_object_without_any_known_value_is_named_and_not_written(pools, tmp_path, kind):
    """An empty object would say that all of it is at Cognito's defaults."""
    live = live_of(pools, next(of for of in PROPERTIES if of.startswith(f"{kind}.")))
    code, err, tree, _ = offline(live, kind, unknown_beside(kind), tmp_path)
    assert (code, tree) == (3, None), tree
    assert "There is no value in the definition that a manifest could have" in err
    assert "\n  X sets members, and their values are not in the definition" in err


@pytest.mark.parametrize("of", PROPERTIES)
def test_one_known_value_is_all_that_is_written(pools, tmp_path, of):
    kind = of.partition(".")[0]
    section, member = place(of)
    live = live_of(pools, of)
    value = cfn_value(live, of)
    if value is None or of in WITH:
        return
    paths = {of.partition(".")[2]: value, **unknown_beside(kind, of)}
    code, err, tree, named = offline(live, kind, paths, tmp_path)
    assert code in (0, 3), err
    if code == 3:
        assert of in UNKNOWABLE, err
        return
    assert "X." in "".join(named) or len(paths) == 1
    written = {key for key in tree if key not in ("version", "kind", "target", "id")}
    assert written <= {section.partition(".")[0]}, tree
    leaves = list(leaves_of(holder_of(tree, section))) if written else []
    shown = MIRROR.get(of, member)
    wrong = [leaf for leaf in leaves if leaf[: len(shown)] != shown[: len(leaf)] and leaf[0] != "ClientId"]
    assert not wrong, (wrong, tree)


def leaves_of(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(tree, dict) and tree and not next(iter(tree)).startswith("$"):
        for key, value in tree.items():
            yield from leaves_of(value, (*path, key))
    else:
        yield path
