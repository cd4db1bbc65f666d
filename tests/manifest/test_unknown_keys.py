# ruff: noqa: E501 - what is expected of a message is on one line
"""Keys from other tools: each spelling of CloudFormation, Terraform and the AWS CLI leads to the right place."""

from __future__ import annotations

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.manifests.validation.unknown_keys import suggest_key
from schemas.base import ApiModel, members
from schemas.documents import DOCUMENTS
from schemas.foreign_names import FOREIGN_ADVICE, FOREIGN_FILES, FOREIGN_NAMES, ITEM, NAME
from schemas.user_pool import UserPool

EXPORT = "To make a manifest of a live pool, run `poolctl export --pool ID`."
TEMPLATE = f"This looks like a CloudFormation template, not a manifest. {EXPORT}"
STATE = f"This looks like a Terraform state, not a manifest. {EXPORT}"
FACTORS = (
    "Write a block for each factor in mfa: SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration."
)


def said(text: str) -> list[str]:
    with pytest.raises(InvalidManifest) as error:
        load(["-"], variables={}, environ={}, stdin=lambda: text)
    return str(error.value).split("\n")


# --- on the first level of a document ------------------------------------------------------------------------------

TOP = [
    ("Resources", TEMPLATE),
    ("AWSTemplateFormatVersion", TEMPLATE),
    ("Parameters", TEMPLATE),
    ("Outputs", TEMPLATE),
    ("UserPool", f"This looks like the answer of `aws cognito-idp describe-user-pool`, not a manifest. {EXPORT}"),
    ("UserPoolClient", f"This looks like the answer of `aws cognito-idp describe-user-pool-client`, not a manifest. {EXPORT}"),
    ("resource", f"This looks like a Terraform configuration, not a manifest. {EXPORT}"),
    ("terraform_version", STATE),
    ("lineage", STATE),
    ("planned_values", f"This looks like a Terraform plan, not a manifest. {EXPORT}"),
    ("EnabledMfas", FACTORS),
    ("UserPoolName", "Did you mean user_pool.PoolName?"),
    ("mfa_configuration", "Did you mean mfa.MfaConfiguration?"),
    ("password_policy", "Did you mean user_pool.Policies.PasswordPolicy?"),
    ("callback_urls", "Did you mean clients.NAME.CallbackURLs?"),
    ("admin_create_user_config", "Did you mean user_pool.AdminCreateUserConfig?"),
    ("userPool", "Did you mean user_pool?"),
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
    ours = {key for d in DOCUMENTS.values() for key in d.model.model_fields}
    assert not ours & {*FOREIGN_FILES, *FOREIGN_NAMES, *FOREIGN_ADVICE}


def test_every_listed_spelling_has_its_message_tested():
    tested = {key for key, _ in [*TOP, *POOL]} | {"asset", "scope", "role_mapping", "mapping_rule"}
    assert {*FOREIGN_FILES, *FOREIGN_NAMES, *FOREIGN_ADVICE} <= tested


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
