# ruff: noqa: E501 - what is expected of a message stands in one line
"""From files to specs: names, pins, order, positions, and what is put in later by AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.port import ReadOnly
from reconciler.errors import Denied, InvalidManifest
from reconciler.kinds.user_pool import bare_name
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Ignore
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.manifests.resolving import resolve
from reconciler.model import Address, Position, Reference, Secret
from schemas.base import members
from schemas.manifest import nested, sections

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:token"
ENVIRON = {"CLIENT_SECRET": "hunter2" * 5}
FULL = """\
version: 1
kind: UserPool
target: {account: "123456789012", region: eu-west-1}
id: eu-west-1_AbCdEf123
clients:
  ${var.stage}-web:
    ClientId: abc123
    CallbackURLs: ["https://${var.host}/cb"]
    ClientSecret: {$env: CLIENT_SECRET}
  app: {}
groups: {}
mfa:
  MfaConfiguration: ON
  SoftwareTokenMfaConfiguration: {Enabled: true}
user_pool:
  PoolName: customers-${var.stage}
  EmailConfiguration: null
  LambdaConfig: {PreSignUp: {$ssm: /pre-signup/arn}}
  Policies: {PasswordPolicy: {MinimumLength: {$var: length}}}
  Schema: [{Name: custom:tenant, Mutable: true, StringAttributeConstraints: {MaxLength: 12}}]
identity_providers:
  okta:
    ProviderType: OIDC
    ProviderDetails: {client_id: x, client_secret: {$secret: cognito/okta#client_secret}}
prune: [clients]
protect: [clients/web, user_pool, groups/*]
ignore:
  - {path: "clients/amplify-*", reason: made by Amplify, owner: web-team, expires: 2027-06-30}
  - {path: user_pool.UserPoolTags.team, reason: set by finance}
"""


def load_text(text, variables=None, environ=None):
    return load(["-"], variables=variables or {}, environ=environ or {}, stdin=lambda: text)


def one(text, **kw):
    return load_text(text, **kw).manifests[0]


def problems(text, **kw):
    with pytest.raises(InvalidManifest) as error:
        load_text(text, **kw)
    return [str(p).removeprefix("-:") for p in error.value.problems]


@pytest.fixture
def full():
    return one(FULL, variables={"stage": "dev", "host": "example.com", "length": "12"}, environ=ENVIRON)


# --- the manifest --------------------------------------------------------------------------------------------------


def test_the_envelope(full):
    assert (full.kind, full.name, full.account, full.region, full.pool_id) == (
        "UserPool",
        "customers-dev",
        "123456789012",
        "eu-west-1",
        "eu-west-1_AbCdEf123",
    )
    assert full.sections == {"user_pool", "mfa", "identity_providers", "groups", "clients"}
    assert full.prune == ("clients",)
    assert full.protect == ("clients/web", "user_pool", "groups/*")
    assert full.ignore == (
        Ignore("clients/amplify-*", "made by Amplify", "web-team", "2027-06-30", Position("-", 28, 5)),
        Ignore("user_pool.UserPoolTags.team", "set by finance", "", "", Position("-", 29, 5)),
    )
    assert (full.file, full.source) == ("-", Position("-", 1, 1))


def test_specs_come_pool_first_and_in_the_order_of_the_schema(full):
    assert [str(s.address) for s in full.specs] == [
        "user_pool",
        "mfa",
        "identity_providers/okta",
        "clients/dev-web",
        "clients/app",
    ]
    assert {s.address.pool for s in full.specs} == {"customers-dev"}
    assert next(iter(sections())) == "user_pool"


def test_what_is_declared(full):
    assert full.spec("user_pool").declared == {
        "PoolName": "customers-dev",
        "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
        "LambdaConfig": {"PreSignUp": Reference("ssm", "/pre-signup/arn")},
        "EmailConfiguration": None,
        "Schema": [{"Name": "tenant", "Mutable": True, "StringAttributeConstraints": {"MaxLength": "12"}}],
    }
    assert full.spec("mfa").declared == {
        "MfaConfiguration": "ON",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
    }
    web = full.spec("clients", "dev-web")
    assert web.declared == {
        "ClientName": "dev-web",
        "CallbackURLs": ["https://example.com/cb"],
        "ClientSecret": Secret("hunter2" * 5, ""),
    }
    assert web.pin == "abc123"
    assert web.declared["ClientSecret"].origin == "$env CLIENT_SECRET"
    assert full.spec("clients", "app").declared == {"ClientName": "app"}
    assert full.spec("clients", "nope") is None
    assert "hunter2" not in repr(full)


def test_positions_are_relative_to_the_object(full):
    web = full.spec("clients", "dev-web")
    assert web.source == Position("-", 6, 3)
    assert web.position(("CallbackURLs", 0)) == Position("-", 8, 20)
    assert web.position(("CallbackURLs", 0, "x")) == Position("-", 8, 20)
    assert web.position(("ClientName",)) == Position("-", 6, 3)
    assert web.position(("AccessTokenValidity",)).line == 7
    assert full.spec("user_pool").position(("Policies", "PasswordPolicy", "MinimumLength")) == Position("-", 19, 46)
    assert full.positions[("target", "region")] == Position("-", 3, 43)


def test_a_pool_may_be_named_by_its_id_alone():
    manifest = one("version: 1\nid: eu-west-1_AbC\nclients: {web: {}}\n")
    assert (manifest.name, manifest.pool_id, manifest.region) == ("eu-west-1_AbC", "eu-west-1_AbC", "eu-west-1")
    assert manifest.specs[0].address == Address("eu-west-1_AbC", "clients", "web")
    assert manifest.sections == {"clients"}


def test_variables_in_the_envelope():
    text = 'version: 1\ntarget: {account: {$var: account}, region: "${var.region}"}\nuser_pool: {PoolName: x}\n'
    manifest = one(text, variables={"account": "012345678901", "region": "us-gov-west-1"})
    assert (manifest.account, manifest.region) == ("012345678901", "us-gov-west-1")


def test_a_missing_variable_in_the_envelope_is_said_once():
    text = "version: 1\ntarget: {account: {$var: a}, region: {$env: R}}\nkind: {$var: k}\nid: {$var: i}\nuser_pool: {PoolName: {$var: n}}\n"
    assert [p.split(":")[0] for p in problems(text)] == ["2", "2", "3", "4", "5"]


def test_prune_protect_and_ignore_must_be_known_early():
    text = "version: 1\nid: eu-west-1_A\nprune: [{$ssm: /x}]\nprotect: [{$var: v}]\nignore: [{path: {$ssm: /x}, reason: {$env: X}}]\n"
    assert [p.split(": ", 1)[0] for p in problems(text)] == [
        "3:9 prune[0]",
        "4:12 protect[0]",
        "5:17 ignore[0].path",
        "5:38 ignore[0].reason",
    ]


def test_several_documents_and_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.yaml").write_text(
        "version: 1\nuser_pool: {PoolName: b1}\n---\nversion: 1\nuser_pool: {PoolName: b2}\n"
    )
    (tmp_path / "a.yaml").write_text("version: 1\nuser_pool: {PoolName: a}\n")
    loaded = load(["."], variables={}, environ={}, stdin=lambda: "")
    assert [(m.file, m.name) for m in loaded.manifests] == [("a.yaml", "a"), ("b.yaml", "b1"), ("b.yaml", "b2")]


def test_no_document_is_no_success(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("# nothing yet\n")
    with pytest.raises(InvalidManifest, match="there is no document in it"):
        load(["a.yaml"], variables={}, environ={}, stdin=lambda: "")


def test_problems_of_all_files_are_sorted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.yaml").write_text("version: 1\nuser_pool: {PoolName: b, Nope: 1, Policies: 1}\n")
    (tmp_path / "a.yaml").write_text(
        "version: 1\nuser_pool: {PoolName: {$var: x}}\nclients: {w: {RefreshTokenValidity: x}}\n"
    )
    with pytest.raises(InvalidManifest) as error:
        load(["b.yaml", "a.yaml"], variables={}, environ={}, stdin=lambda: "")
    assert [p.position[:2] for p in error.value.problems] == [
        ("a.yaml", 2),
        ("a.yaml", 3),
        ("b.yaml", 2),
        ("b.yaml", 2),
    ]


def test_notices_are_sorted_and_have_places():
    loaded = load_text(
        "version: 1\nclients: {w: {ClientSecret: hunter2hunter2hunter2hunter2}}\n"
        "user_pool: {PoolName: x, DeletionProtection: ACTVE}\n"
    )
    assert [(n.source.line, n.message.split(":")[0]) for n in loaded.notices] == [
        (2, "clients.w.ClientSecret"),
        (3, "user_pool.DeletionProtection"),
    ]
    assert "hunter2" not in repr(loaded)


# --- names and identities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("tenant", "tenant"),
        ("custom:tenant", "tenant"),
        ("dev:custom:tenant", "tenant"),
        ("email", "email"),
        ("custom:email", "custom:email"),
        ("dev:custom:name", "dev:custom:name"),
    ],
)
def test_names_of_attributes(written, sent):
    assert bare_name(written) == sent
    manifest = one(f"version: 1\nuser_pool: {{PoolName: x, Schema: [{{Name: '{written}', Mutable: true}}]}}\n")
    assert manifest.specs[0].declared["Schema"][0]["Name"] == sent


def test_standard_attributes_need_not_say_mutable():
    assert one("version: 1\nuser_pool: {PoolName: x, Schema: [{Name: email, Required: true}]}\n")


def test_a_client_may_be_renamed_and_its_key_stays():
    spec = one("version: 1\nid: eu-west-1_A\nclients: {web: {ClientName: Web site}}\n").specs[0]
    assert (spec.address.name, spec.declared) == ("web", {"ClientName": "Web site"})


def test_a_group_is_named_by_its_key():
    assert one("version: 1\nid: eu-west-1_A\ngroups: {a: {GroupName: a}}\n").specs[0].declared == {"GroupName": "a"}
    assert len(problems("version: 1\nid: eu-west-1_A\ngroups: {a: {GroupName: b}}\n")) == 1


def test_clients_of_one_name_need_pins():
    text = "version: 1\nid: eu-west-1_A\nclients: {a: {ClientName: x%s}, b: {ClientName: x%s}}\n"
    assert len(problems(text % ("", ""))) == 1
    assert len(problems(text % (", ClientId: q", ", ClientId: q"))) == 1
    assert [s.pin for s in one(text % (", ClientId: q", ", ClientId: r")).specs] == ["q", "r"]


def test_two_pools_of_one_name_in_two_regions_are_two_pools():
    text = "version: 1\ntarget: {region: %s}\nuser_pool: {PoolName: x}\n"
    loaded = load_text(text % "eu-west-1" + "---\n" + text % "us-east-1")
    assert len(loaded.manifests) == 2


def test_two_pools_of_one_name_with_ids_are_two_pools():
    text = "version: 1\nid: eu-west-1_%s\nuser_pool: {PoolName: x}\n"
    assert len(load_text(text % "A" + "---\n" + text % "B").manifests) == 2
    assert len(problems(text % "A" + "---\n" + text % "A")) == 1


def test_what_describe_prints_can_be_pasted():
    """What no input takes is left out with one note, also in the depths, and other spellings are read as the input's."""
    answer = {"Id": "x", "Name": "x", "Arn": "x", "Status": "Enabled", "CreationDate": 1, "LastModifiedDate": 1}
    answer |= {
        "EstimatedNumberOfUsers": 1,
        "SchemaAttributes": [{"Name": "custom:a", "DeveloperOnlyAttribute": False, "Mutable": True}],
        "Policies": {"PasswordPolicy": {"MinimumLength": 8}},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True, "UnusedAccountValidityDays": 7},
        "EmailVerificationMessage": "code {####}",
        "VerificationMessageTemplate": {"EmailMessage": "code {####}"},
        "LambdaConfig": {"PreTokenGeneration": FUNCTION, "PreTokenGenerationConfig": {"LambdaArn": FUNCTION}},
        "UserPoolTags": {"aws:cloudformation:stack-name": "s", "team": "a"},
    }
    loaded = load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "user_pool": answer}))
    assert loaded.manifests[0].specs[0].declared == {
        "PoolName": "x",
        "Policies": {"PasswordPolicy": {"MinimumLength": 8}},
        "LambdaConfig": {"PreTokenGenerationConfig": {"LambdaArn": FUNCTION}},
        "VerificationMessageTemplate": {"EmailMessage": "code {####}"},
        "UserPoolTags": {"team": "a"},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        "Schema": [{"Name": "a", "DeveloperOnlyAttribute": False, "Mutable": True}],
    }
    left_out, *others = sorted((n.message for n in loaded.notices), key=lambda m: "left out" not in m)
    assert left_out == (
        "user_pool: left out, as Cognito shows it and takes it nowhere: Id, Arn, Status, CreationDate, "
        "LastModifiedDate, EstimatedNumberOfUsers, AdminCreateUserConfig.UnusedAccountValidityDays, "
        "EmailVerificationMessage, LambdaConfig.PreTokenGeneration, UserPoolTags.aws:cloudformation:stack-name."
    )
    assert len(others) == 2
    assert all("is read as" in message for message in others)


def test_a_mistake_in_a_pasted_schema_keeps_its_place():
    answer = {"Name": "x", "SchemaAttributes": [{"Name": "a"}]}
    assert (
        "user_pool.Schema[0]: the attribute a does not declare Mutable"
        in problems(json.dumps({"version": 1, "user_pool": answer}, indent=1))[0]
    )


def test_a_mirror_that_says_something_else_is_not_left_out():
    """Both remain declared, and a rule refuses them; with the mirror alone, it is the value."""
    pool = {"EmailVerificationMessage": "one {####}", "VerificationMessageTemplate": {"EmailMessage": "two {####}"}}
    assert (
        load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "user_pool": pool})).manifests[0].specs[0].declared
        == pool
    )
    del pool["VerificationMessageTemplate"]
    assert (
        load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "user_pool": pool})).manifests[0].specs[0].declared
        == pool
    )


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ({"UserPoolId": "eu-west-1_A", "ClientType": "REGULAR", "CreationDate": "d", "RefreshTokenValidity": 0}, {"RefreshTokenValidity": 30}),
        ({"ClientSecretArn": "x", "ClientName": "web"}, {}),
    ],
)  # fmt: skip
def test_a_pasted_client_is_taken(written, declared):
    loaded = load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "clients": {"web": written}}))
    assert loaded.manifests[0].specs[0].declared == {"ClientName": "web", **declared}


def test_a_pasted_saml_provider_is_taken_without_its_certificate():
    details = {"MetadataURL": "https://a.example/m", "ActiveEncryptionCertificate": "MIIC"}
    written = {"ProviderType": "SAML", "ProviderDetails": details, "UserPoolId": "x", "LastModifiedDate": 1}
    loaded = load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "identity_providers": {"okta": written}}))
    assert loaded.manifests[0].specs[0].declared["ProviderDetails"] == {"MetadataURL": "https://a.example/m"}
    assert [n.message for n in loaded.notices] == [
        "identity_providers.okta: left out, as Cognito shows it and takes it nowhere: ProviderDetails.ActiveEncryptionCertificate, UserPoolId, LastModifiedDate."
    ]


def test_the_end_of_a_log_group_that_other_tools_print_is_cut():
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:x"
    entry = {"LogLevel": "ERROR", "EventSource": "userNotification"}
    entry["CloudWatchLogsConfiguration"] = {"LogGroupArn": f"{group}:*"}
    loaded = load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "log_delivery": {"LogConfigurations": [entry]}}))
    (found,) = loaded.manifests[0].specs[0].declared["LogConfigurations"]
    assert found["CloudWatchLogsConfiguration"] == {"LogGroupArn": group}
    assert "remove :* from the end" in loaded.notices[0].message


def test_a_value_that_cognito_replaces_is_read_as_the_one_that_it_keeps():
    policy = {"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 0}}}
    loaded = load_text(json.dumps({"version": 1, "id": "eu-west-1_A", "user_pool": policy}))
    assert loaded.manifests[0].specs[0].declared == {
        "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 7}}
    }
    assert "Cognito turns 0 into 7" in loaded.notices[0].message


# --- what stands inside a client -----------------------------------------------------------------------------------

INSIDE = """\
version: 1
id: eu-west-1_A
clients:
  web:
    branding:
      Settings: {components: {a: [8.0, {$var: radius}]}}
      Assets: [{Category: FORM_LOGO, ColorMode: LIGHT, Extension: SVG, Bytes: {$file: logo.svg}}]
    terms:
      terms-of-use: {Links: {cognito:default: {$ssm: /terms}}}
    session: {}
    CallbackURLs: [https://example.com]
    cimd_policies: {}
  app:
    terms: {}
    branding: {$var: branding}
    cimd_policies:
      own/policy: {CIMDPolicyId: abc123, URLPatterns: ["https://example.com/*"]}
  api: {}
limits: {UserAuthentication: {RequestedLimitValue: 200}}
web_acl: {}
prune: [clients.terms, clients]
"""


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logo.svg").write_text("<svg/>")
    return one(INSIDE, variables={"radius": "4", "branding": {"UseCognitoProvidedValues": "true"}})


def test_what_stands_inside_a_client_is_an_object_of_its_own(inside):
    assert [str(s.address) for s in inside.specs] == [
        "web_acl",
        "limits/UserAuthentication",
        "clients/web",
        "clients/app",
        "clients/api",
        "clients/web/branding",
        "clients/app/branding",
        "clients/web/terms/terms-of-use",
        "clients/web/session",
        "clients/app/cimd_policies/own/policy",
    ]
    assert {s.address.pool for s in inside.specs} == {"eu-west-1_A"}
    assert inside.spec("clients", "web").declared == {"ClientName": "web", "CallbackURLs": ["https://example.com"]}
    branding = inside.spec("clients.branding", "web")
    assert branding.address.owner == inside.spec("clients", "web").address
    assert branding.declared["Settings"] == {"components": {"a": [8.0, "4"]}}
    assert branding.declared["Assets"][0]["Bytes"] == b"<svg/>"
    assert inside.spec("clients.terms", "web/terms-of-use").declared == {
        "TermsName": "terms-of-use",
        "Links": {"cognito:default": Reference("ssm", "/terms")},
    }
    policy = inside.spec("clients.cimd_policies", "app/own/policy")
    assert policy.pin == "abc123"
    assert policy.declared == {"PolicyName": "own/policy", "URLPatterns": ["https://example.com/*"]}


def test_a_value_inside_a_client_knows_where_it_came_from(inside):
    assert inside.spec("clients.branding", "app").declared == {"UseCognitoProvidedValues": True}


def test_sections_inside_clients_are_managed_where_they_are_written(inside):
    assert inside.sections == {
        *("clients", "limits", "web_acl", "clients.branding", "clients.terms", "clients.session"),
        "clients.cimd_policies",
    }
    assert inside.owners == {
        "clients.branding": {"web", "app"},
        "clients.terms": {"web", "app"},
        "clients.session": {"web"},
        "clients.cimd_policies": {"web", "app"},
    }
    assert inside.prune == ("clients.terms", "clients")


def test_positions_inside_clients_are_relative_to_the_inner_object(inside):
    branding = inside.spec("clients.branding", "web")
    assert branding.source == Position("-", 5, 5)
    assert branding.position(()) == Position("-", 6, 7)
    assert branding.position(("Assets", 0, "Category")) == Position("-", 7, 27)
    terms = inside.spec("clients.terms", "web/terms-of-use")
    assert terms.source == Position("-", 9, 7)
    assert terms.position(("TermsName",)) == Position("-", 9, 7)
    assert terms.position(("Links", "cognito:default")) == Position("-", 9, 47)
    web = inside.spec("clients", "web")
    assert not [p for p in web.positions if p and p[0] in ("branding", "terms", "session")]
    assert web.position(("CallbackURLs", 0)) == Position("-", 11, 20)


def test_values_inside_clients_are_resolved(inside):
    cloud = FakeCloud(ssm={"Type": "String", "Value": "https://example.com/terms"})
    terms = resolve(inside, cloud).spec("clients.terms", "web/terms-of-use")
    assert terms.declared["Links"] == {"cognito:default": "https://example.com/terms"}
    with pytest.raises(InvalidManifest) as error:
        resolve(inside, FakeCloud(ssm={"Type": "String", "Value": "a b"}))
    assert [str(p) for p in error.value.problems] == [
        (
            "-:9:47 clients.web.terms.terms-of-use.Links.cognito:default: the value of $ssm /terms has a space or a "
            "control character in it. Use visible characters only."
        )
    ]


def test_a_client_may_come_whole_from_a_variable():
    manifest = one(
        "version: 1\nid: eu-west-1_A\nclients: {$var: clients}\n",
        variables={"clients": {"web": {"branding": {"UseCognitoProvidedValues": True}}}},
    )
    assert [str(s.address) for s in manifest.specs] == ["clients/web", "clients/web/branding"]
    assert manifest.spec("clients.branding", "web").position(("Settings",)).line == 3


def test_the_order_of_what_stands_inside_is_that_of_the_model():
    assert list(nested()) == [
        f"clients.{part}"
        for part in (
            *("branding", "terms", "risk_configuration", "ui_customization", "session", "secrets"),
            "cimd_policies",
        )
    ]
    assert list(sections()).index("clients") < list(sections()).index("users")  # a user may be in a group


# --- identity pools ------------------------------------------------------------------------------------------------


def test_an_identity_pool():
    manifest = one(
        "version: 1\nkind: IdentityPool\nid: eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d\n"
        "principal_tags: {accounts.google.com: {UseDefaults: true}}\nroles: {Roles: {}}\n"
        "identity_pool: {IdentityPoolName: web, AllowUnauthenticatedIdentities: false}\nprune: [principal_tags]\n"
    )
    assert (manifest.kind, manifest.name) == ("IdentityPool", "web")
    assert manifest.pool_id == "eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
    assert manifest.sections == {"identity_pool", "roles", "principal_tags"}
    assert [s.address for s in manifest.specs] == [
        Address("web", "identity_pool"),
        Address("web", "roles"),
        Address("web", "principal_tags", "accounts.google.com"),
    ]
    assert manifest.specs[2].declared == {"IdentityProviderName": "accounts.google.com", "UseDefaults": True}


def test_a_user_pool_and_an_identity_pool_may_have_one_name():
    text = "version: 1\nuser_pool: {PoolName: web}\n---\nversion: 1\nkind: IdentityPool\nidentity_pool: {IdentityPoolName: web}\n"
    assert [(m.kind, m.name) for m in load_text(text).manifests] == [("UserPool", "web"), ("IdentityPool", "web")]
    again = text + "---\nversion: 1\nkind: IdentityPool\nidentity_pool: {IdentityPoolName: web}\n"
    assert problems(again) == [
        (
            "8:1: the pool web is declared twice; the first document is at -:4:1. "
            "Merge the two documents, give each a part: NAME, or declare different pools."
        )
    ]


# --- what AWS puts in ----------------------------------------------------------------------------------------------


class FakeCloud:
    def __init__(self, **values):
        self.values = values
        self.calls = []

    def identity(self):
        raise AssertionError

    def call(self, service, operation, params):
        self.calls.append((service, operation))
        answer = self.values[service]
        if isinstance(answer, Exception):
            raise answer
        return {"Parameter": answer} if service == "ssm" else answer


ARN = "arn:aws:lambda:eu-west-1:123456789012:function:pre-signup"
GOOD = {
    "ssm": {"Type": "String", "Value": ARN},
    "secretsmanager": {"SecretString": '{"client_secret": "hunter3"}'},
}


def test_resolve_puts_values_in(full):
    cloud = FakeCloud(**GOOD)
    resolved = resolve(full, ReadOnly(cloud, REMOTE_READS))
    assert resolved.spec("user_pool").declared["LambdaConfig"] == {"PreSignUp": ARN}
    secret = resolved.spec("identity_providers", "okta").declared["ProviderDetails"]["client_secret"]
    assert isinstance(secret, Secret)
    assert (secret.reveal(), secret.origin) == ("hunter3", "$secret cognito/okta#client_secret")
    assert resolved.spec("user_pool").declared["EmailConfiguration"] is None
    assert resolved.spec("clients", "dev-web") is full.spec("clients", "dev-web")
    assert full.spec("user_pool").declared["LambdaConfig"] == {"PreSignUp": Reference("ssm", "/pre-signup/arn")}
    assert len(cloud.calls) == 2
    assert "hunter3" not in repr(resolved)


def test_resolve_asks_nothing_when_there_is_nothing_to_ask():
    manifest = one("version: 1\nid: eu-west-1_A\nclients: {w: {}}\n")
    assert resolve(manifest, FakeCloud()) == manifest


def test_resolved_values_are_validated(full):
    cloud = FakeCloud(ssm={"Type": "SecureString", "Value": "hunter3"}, secretsmanager={"SecretString": "hunter3"})
    with pytest.raises(InvalidManifest) as error:
        resolve(full, cloud)
    assert str(error.value).split("\n") == [
        (
            "-:18:29 user_pool.LambdaConfig.PreSignUp: the secret value from $ssm /pre-signup/arn is not the ARN of a Lambda function. "
            "Write it like arn:aws:lambda:REGION:ACCOUNT:function:NAME."
        ),
        (
            "-:24:52 identity_providers.okta.ProviderDetails.client_secret: the secret cognito/okta is not a JSON map, "
            "so it has no key client_secret. Write {$secret: cognito/okta}."
        ),
    ]


def test_a_plain_parameter_is_not_shown_either(full):
    with pytest.raises(InvalidManifest) as error:
        resolve(full, FakeCloud(**GOOD | {"ssm": {"Type": "String", "Value": "hunter3"}}))
    assert "the value of $ssm /pre-signup/arn is not the ARN of a Lambda function" in str(error.value)
    assert "hunter3" not in str(error.value)


def test_lists_and_numbers_from_parameters():
    manifest = one(
        "version: 1\nid: eu-west-1_A\nclients: {w: {CallbackURLs: {$ssm: /l}, LogoutURLs: [{$ssm: /l}]}}\n"
        "user_pool: {AccountRecoverySetting: {RecoveryMechanisms: [{Priority: {$ssm: /n}, Name: admin_only}]}}\n"
    )

    class Parameters:
        def call(self, service, operation, params):
            value = {"/l": ("StringList", "https://a,https://b"), "/n": ("String", "1")}[params["Name"]]
            return {"Parameter": dict(zip(("Type", "Value"), value, strict=True))}

    with pytest.raises(InvalidManifest, match=r"clients\.w\.LogoutURLs\[0\]: expected a string, found a list"):
        resolve(manifest, Parameters())
    manifest = one(
        "version: 1\nid: eu-west-1_A\nclients: {w: {CallbackURLs: {$ssm: /l}}}\n"
        "user_pool: {AccountRecoverySetting: {RecoveryMechanisms: [{Priority: {$ssm: /n}, Name: admin_only}]}}\n"
    )
    resolved = resolve(manifest, Parameters())
    assert resolved.spec("clients", "w").declared["CallbackURLs"] == ["https://a", "https://b"]
    mechanisms = resolved.spec("user_pool").declared["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert mechanisms == [{"Priority": 1, "Name": "admin_only"}]


def test_a_denied_read_names_the_permission(full):
    cloud = FakeCloud(**GOOD | {"ssm": Denied("ssm:GetParameter", "AccessDeniedException", "no")})
    with pytest.raises(InvalidManifest, match="Allow ssm:GetParameter on it") as error:
        resolve(full, cloud)
    assert error.value.problems[0].position == Position("-", 18, 29)


# --- laws ----------------------------------------------------------------------------------------------------------

keys = st.sampled_from(
    [m for s in sections().values() for m in members(s.model)] + ["x", "ClientSecret", "${ref.x/user_pool#Id}"]
)
SECRET = "hunter2-in-many-places"
leaves = st.sampled_from(
    [
        {"$env": "S"},
        {"$var": "s"},
        1,
        None,
        True,
        "x",
        {"$ssm": "/x"},
        {"$secret": "a#b"},
        {"$ref": "x/clients/web#ClientId"},
    ]
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
any_document = st.dictionaries(
    st.sampled_from([*sections(), "identity_pool", "roles", "target", "id", "prune", "protect", "ignore", "kind"]),
    trees | st.dictionaries(st.sampled_from(["web", "admins"]), st.dictionaries(keys, trees, max_size=3), max_size=2),
    max_size=4,
)


def outcome(text):
    try:
        return (), load_text(text, variables={"s": 7}, environ={"S": SECRET}).notices
    except InvalidManifest as error:
        return error.problems, ()


@given(any_document)
@settings(max_examples=400, deadline=None)
def test_no_document_makes_it_fail_and_no_secret_is_shown(document):
    text = json.dumps({"version": 1, **document})
    found, notices = outcome(text)
    assert SECRET not in "".join(map(str, found)) + repr(notices)
    assert not any("Input should" in str(p) for p in found)
    assert all(p.position.file == "-" and p.message for p in found)


def test_the_nouns_are_cheap_to_import():
    program = (
        "import sys\nfrom reconciler.manifests.manifest import Ignore, Manifest\n"
        "print([m for m in ('pydantic', 'yaml', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_validate_imports_no_aws_library(tmp_path):
    (tmp_path / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: x, Frobnicate: 1}\n")
    program = (
        "import sys\nfrom reconciler.manifests.loading import load\nfrom reconciler.errors import InvalidManifest\n"
        "try: load(['m.yaml'], variables={}, environ={}, stdin=str)\nexcept InvalidManifest: pass\n"
        "print([m for m in ('boto3', 'botocore', 'moto', 'deepdiff') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
