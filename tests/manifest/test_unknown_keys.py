"""Keys from other tools: each spelling of CloudFormation, Terraform and the AWS CLI leads to the right place."""

from __future__ import annotations

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.manifests.validation.unknown_keys import suggest_key
from schemas.base import ApiModel, members
from schemas.documents import DOCUMENTS
from schemas.foreign_names import (
    FOREIGN_ADVICE,
    FOREIGN_ANSWERS,
    FOREIGN_FILES,
    FOREIGN_NAMES,
    FOREIGN_RESOURCE,
    ITEM,
    NAME,
)
from schemas.user_pool import UserPool

EXPORT = "To make a manifest of a live pool, run `poolctl export --pool ID`."
IMPORT = "To make manifests of what a state owns, run `poolctl import --from terraform FILE --to DIR`."
FACTORS = (
    "Write a block for each factor in mfa: SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration."
)


def said(text: str) -> list[str]:
    with pytest.raises(InvalidManifest) as error:
        load(["-"], variables={}, environ={}, stdin=lambda: text)
    return str(error.value).split("\n")


COMMENT = "Use a comment: only groups have a Description."
RESOURCE = "This looks like a CloudFormation resource: write only what is below Properties."


# --- files of other tools ------------------------------------------------------------------------------------------

FILES = [
    ("Resources", "a CloudFormation template"),
    ("AWSTemplateFormatVersion", "a CloudFormation template"),
    ("Parameters", "a CloudFormation template"),
    ("Outputs", "a CloudFormation template"),
    ("UserPool", "the answer of `aws cognito-idp describe-user-pool`"),
    ("UserPools", "the answer of `aws cognito-idp list-user-pools`"),
    ("UserPoolClient", "the answer of `aws cognito-idp describe-user-pool-client`"),
    ("UserPoolClients", "the answer of `aws cognito-idp list-user-pool-clients`"),
    ("IdentityPools", "the answer of `aws cognito-identity list-identity-pools`"),
    ("IdentityPoolId", "the answer of `aws cognito-identity describe-identity-pool`"),
    ("resource", "a Terraform configuration"),
    ("aws_cognito_user_pool", "a Terraform resource"),
    ("aws_cognito_user_pool_client", "a Terraform resource"),
    ("terraform_version", "a Terraform state"),
    ("lineage", "a Terraform state"),
    ("planned_values", "a Terraform plan"),
]


def foreign(where: str, key: str, what: str) -> str:
    advice = IMPORT if what in ("a Terraform state", "a Terraform plan") else EXPORT
    return f"{where} {key}: this looks like {what}, not a manifest. {advice}"


@pytest.mark.parametrize(("key", "what"), FILES, ids=[key for key, _ in FILES])
def test_a_file_of_another_tool_gets_one_message(key, what):
    text = f"Frobnicate: !Sub x\n{key}: {{a: !Ref b, a: 1}}\nclients: 1\n"
    assert said(text) == [foreign("-:2:1", key, what)]


@pytest.mark.parametrize("key", FOREIGN_FILES)
def test_a_version_does_not_make_it_a_manifest(key):
    assert said(f"version: 4\n{key}: 1\n") == [foreign("-:2:1", key, dict(FILES)[key])]


def test_the_first_key_that_gives_it_away_is_named():
    text = "Description: a\nParameters: {A: {Type: String}}\nResources: {P: {Properties: {UserPoolName: !Sub x}}}\n"
    assert said(text) == [foreign("-:2:1", "Parameters", "a CloudFormation template")]


def test_other_documents_of_the_file_keep_their_problems():
    text = (
        "version: 1\nuser_pool: {PoolName: !Sub a}\n---\n"
        "Resources: {P: !Ref a}\n---\n"
        "version: 1\nuser_pool: {PoolName: b, UserPoolTags: {a: x, a: y}}\n---\n"
        "UserPool: {Id: !Ref a}\n"
    )
    tag, template, twice, answer = said(text)
    assert tag.startswith("-:2:23 user_pool.PoolName: a word that begins with `!` is a tag.")
    assert template == foreign("-:4:1", "Resources", "a CloudFormation template")
    assert twice.startswith("-:7:47 user_pool.UserPoolTags.a: duplicate key")
    assert answer == foreign("-:9:1", "UserPool", dict(FILES)["UserPool"])


def test_problems_of_another_file_are_kept(tmp_path):
    (tmp_path / "a.yaml").write_text("Resources: {P: !Ref a}\n")
    (tmp_path / "b.yaml").write_text("version: 1\nuser_pool: {PoolName: !Sub a}\n")
    with pytest.raises(InvalidManifest) as error:
        load([str(tmp_path)], variables={}, environ={}, stdin=str)
    assert [(p.position.file[-6:], p.path) for p in error.value.problems] == [
        ("a.yaml", "Resources"),
        ("b.yaml", "user_pool.PoolName"),
    ]


# --- on the first level of a document ------------------------------------------------------------------------------

TOP = [
    ("EnabledMfas", FACTORS),
    ("UserPoolName", "Did you mean user_pool.PoolName?"),
    ("mfa_configuration", "Did you mean mfa.MfaConfiguration?"),
    ("password_policy", "Did you mean user_pool.Policies.PasswordPolicy?"),
    ("callback_urls", "Did you mean clients.NAME.CallbackURLs?"),
    ("admin_create_user_config", "Did you mean user_pool.AdminCreateUserConfig?"),
    ("userPool", "Did you mean user_pool?"),
    ("Name", "Did you mean user_pool.PoolName?"),
    ("name", "Did you mean user_pool.PoolName?"),
    ("user_pool_client", "Did you mean clients?"),
    ("user_pool_clients", "Did you mean clients?"),
    ("user_pool_domain", "Did you mean domains?"),
    ("UserPoolId", "Write it as id, on the first level of the document."),
    ("IdentityPoolId", "Write it as id, on the first level of a document with kind: IdentityPool."),
    ("resources", "Write each object in its own section; `poolctl explain` lists the sections."),
    ("Description", COMMENT),
    ("Type", RESOURCE),
    ("Properties", RESOURCE),
]  # fmt: skip


@pytest.mark.parametrize(("key", "fix"), TOP, ids=[key for key, _ in TOP])
def test_keys_of_a_document(key, fix):
    text = f"version: 1\nid: eu-west-1_a\n{key}: 1\n"
    assert said(text) == [f"-:3:1 {key}: unknown key. {fix}"]


# --- in the pool ---------------------------------------------------------------------------------------------------

POOL = [
    ("UserPoolName", "Did you mean PoolName?"),
    ("name", "Did you mean PoolName?"),
    ("tags", "Did you mean UserPoolTags?"),
    ("EnabledMfas", FACTORS),
    ("EmailAuthenticationMessage", "Did you mean mfa.EmailMfaConfiguration.Message?"),
    ("EmailAuthenticationSubject", "Did you mean mfa.EmailMfaConfiguration.Subject?"),
    ("WebAuthnRelyingPartyID", "Did you mean mfa.WebAuthnConfiguration.RelyingPartyId?"),
    ("WebAuthnUserVerification", "Did you mean mfa.WebAuthnConfiguration.UserVerification?"),
    ("WebAuthnFactorConfiguration", "Did you mean mfa.WebAuthnConfiguration.FactorConfiguration?"),
    ("mfa_configuration", "Did you mean mfa.MfaConfiguration?"),
    ("software_token_mfa_configuration", "Did you mean mfa.SoftwareTokenMfaConfiguration?"),
    ("web_authn_configuration", "Did you mean mfa.WebAuthnConfiguration?"),
    ("password_policy", "Did you mean Policies.PasswordPolicy?"),
    ("sign_in_policy", "Did you mean Policies.SignInPolicy?"),
    ("admin_create_user_config", "Did you mean AdminCreateUserConfig?"),
    ("callback_urls", "Did you mean clients.NAME.CallbackURLs?"),
    ("recovery_mechanism", "Did you mean AccountRecoverySetting.RecoveryMechanisms?"),
    ("from_email_address", "Did you mean EmailConfiguration.From?"),
    ("MinimumLength", "Did you mean Policies.PasswordPolicy.MinimumLength?"),
    ("Description", COMMENT),
    ("Type", RESOURCE),
    ("Properties", RESOURCE),
    ("DeletionProtecton", "Did you mean DeletionProtection?"),
    ("Frobnicate", "Remove it, or see `poolctl explain` for what is known."),
]


@pytest.mark.parametrize(("key", "fix"), POOL, ids=[key for key, _ in POOL])
def test_keys_of_a_pool(key, fix):
    text = f"version: 1\nuser_pool:\n  PoolName: a\n  {key}: 1\n"
    assert said(text) == [f"-:4:3 user_pool.{key}: unknown key. {fix}"]


# --- elsewhere -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "key", "fix"),
    [
        (("clients", "web"), "name", "Did you mean ClientName?"),
        (("clients", "web"), "callback_urls", "Did you mean CallbackURLs?"),
        (("clients", "web"), "Name", "Did you mean ClientName?"),
        (("clients", "web"), "Properties", RESOURCE),
        (("groups", "admins"), "Name", "Did you mean GroupName?"),
        (("identity_providers", "corp"), "Name", "Did you mean ProviderName?"),
        (("domains", "auth"), "Name", "Remove it, or see `poolctl explain` for what is known."),
        (("clients", "web", "branding"), "asset", "Did you mean Assets?"),
        (("groups", "admins"), "name", "Did you mean GroupName?"),
        (("resource_servers", "api"), "scope", "Did you mean Scopes?"),
        (("domains", "auth"), "certificate_arn", "Did you mean CustomDomainConfig.CertificateArn?"),
        (("identity_pool",), "tags", "Did you mean IdentityPoolTags?"),
        (("roles",), "role_mapping", "Did you mean RoleMappings?"),
        (("roles",), "mapping_rule", "Did you mean RoleMappings.NAME.RulesConfiguration.Rules?"),
        (("user_pool", "Policies"), "minimum_length", "Did you mean PasswordPolicy.MinimumLength?"),
        (("user_pool", "AccountRecoverySetting"), "priority", "Did you mean RecoveryMechanisms[].Priority?"),
        (("user_pool", "Schema", 0), "max_value", "Did you mean NumberAttributeConstraints.MaxValue?"),
        (("groups", "admins"), "callback_urls", "Did you mean clients.NAME.CallbackURLs?"),
    ],
)
def test_the_place_decides_what_is_meant(place, key, fix):
    assert suggest_key(key, ["Nothing", *(f"Other{i}" for i in range(12))], place) == fix


def test_a_name_of_another_tool_wins_over_an_equal_member_of_another_section():
    text = "version: 1\nid: eu-west-1_a\nclients:\n  web:\n    Name: web\n"
    assert said(text) == ["-:5:5 clients.web.Name: unknown key. Did you mean ClientName?"]


def test_a_typing_error_of_a_member_beside_it_wins_over_an_exact_name_elsewhere():
    known = ["MinimumLength", "RequireSymbols"]
    assert suggest_key("MinLength", known, ("user_pool", "Policies", "PasswordPolicy")) == "Did you mean MinimumLength?"


def test_what_could_be_several_members_is_not_guessed():
    assert suggest_key("lambda_arn", [str(i) for i in range(20)]).startswith("Remove it")


# --- the tables ----------------------------------------------------------------------------------------------------


def leads_somewhere(steps):
    sections = {name: member for d in DOCUMENTS.values() for name, member in d.sections.items()}
    member, rest = sections[steps[0]], steps[1:]
    for step in (s for s in rest if s not in (NAME, ITEM)):
        member = members(member.model).get(step)
        if member is None:
            return False
    return True


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_foreign_names_lead_to_members(name):
    assert all(leads_somewhere(steps) for steps in FOREIGN_NAMES[name])


def test_no_foreign_name_is_a_name_of_ours():
    ours = {key for d in DOCUMENTS.values() for key in members(d.model)}
    assert not ours & {*FOREIGN_FILES, *FOREIGN_ANSWERS, *FOREIGN_NAMES, *FOREIGN_ADVICE, *FOREIGN_RESOURCE}


def test_every_listed_spelling_has_its_message_tested():
    tested = {key for key, _ in [*FILES, *TOP, *POOL]} | {"asset", "scope", "role_mapping", "mapping_rule"}
    assert {*FOREIGN_FILES, *FOREIGN_ANSWERS, *FOREIGN_NAMES, *FOREIGN_ADVICE, *FOREIGN_RESOURCE} <= tested


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def below(model: type[ApiModel]):
    for member in members(model).values():
        yield member.name
        if member.model:
            yield from below(member.model)


@pytest.mark.parametrize("name", sorted(members(UserPool)))
def test_a_member_in_snake_case_is_found(name):
    if snake(name) != name.lower():  # a single word is in the table, if any
        assert suggest_key(snake(name), members(UserPool), ("user_pool",)) == f"Did you mean {name}?"
