"""What is explained is what the tables say, letter by letter, and every place can be explained."""

from __future__ import annotations

import json

import pytest
from botocore.session import Session
from jsonschema import Draft202012Validator

from reconciler.applications import output_calls
from reconciler.errors import InvalidInput
from reconciler.explaining import envelope_facts
from reconciler.explaining import facts as explain
from reconciler.explaining.explanation import Explanation
from reconciler.kinds import KINDS
from reconciler.render import explain_words
from reconciler.render.human import explain_text
from reconciler.render.machine import explain_json
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import Explained
from reconciler.values.shapes import operations
from tests.render.golden import check

SHOWN = (
    "clients.RefreshTokenRotation",
    "user_pool.Policies.PasswordPolicy.MinimumLength",
    "user_pool.Schema",
    "user_pool.UserPoolTags",
    "identity_pool.CognitoIdentityProviders",
    "clients.branding.Assets",
    "clients.ClientSecret",
    "web_acl",
    "clients",
)
VALIDATOR = Draft202012Validator(json.loads(output_schema("explain")))


def about(path: str) -> Explanation:
    return explain.explain(path)


@pytest.mark.parametrize("path", SHOWN)
def test_for_people(path: str) -> None:
    check(f"explain-{path}.txt", explain_text.explain(Explained(about(path))))


@pytest.mark.parametrize("path", SHOWN)
def test_for_programs(path: str) -> None:
    check(f"explain-{path}.json", explain_json.explain(Explained(about(path))))


def test_all_kinds() -> None:
    check("explain.txt", explain_text.explain(Explained(None, explain.kinds())))
    found = explain_json.explain(Explained(None, explain.kinds()))
    VALIDATOR.validate(json.loads(found))
    assert {k["path"] for k in json.loads(found)["kinds"]} >= set(KINDS)


def test_every_place_is_explained_in_both_forms() -> None:
    for path in explain.paths():
        found = about(path)
        VALIDATOR.validate(json.loads(explain_json.explain(Explained(found))))
        shown = explain_text.explain(Explained(found))
        assert found.title, path
        assert all(len(line) <= 100 for line in shown.splitlines() if " " in line.strip()), shown


def test_every_operation_and_action_exists() -> None:
    for path in explain.paths():
        for named in about(path).calls.all:
            service, _, operation = named.partition(":")
            assert operation in operations(service), path
        assert all(a.count(":") == 1 for a in about(path).permissions)


def test_whatever_can_be_changed_is_written_and_read() -> None:
    for path in explain.paths():
        found = about(path)
        if found.facts and found.planned and not KINDS[found.section].watched:
            assert found.calls.update or found.facts.change.mutability in ("create_only", "name", "pin"), path
            assert found.calls.read or found.facts.write_only, path


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.section)
def test_what_a_kind_says_for_explain_names_members_and_operations(kind) -> None:
    known = operations(kind.service)
    assert all(o in known for found in kind.elsewhere.values() for o in found)
    assert {f"{kind.section}.{name}" for name in kind.elsewhere} <= set(explain.paths())
    assert all(f"{kind.section}.{need}" in explain.paths() or need in known for need in kind.iam.permissions)


@pytest.mark.parametrize(
    ("path", "mutability", "removable"),
    [
        ("user_pool.PoolName", "changeable", False),
        ("user_pool.UsernameAttributes", "create_only", False),
        ("user_pool.Schema", "add_only", False),
        ("user_pool.Schema.Mutable", "add_only", False),
        ("clients.ClientId", "pin", False),
        ("clients.AccessTokenValidity", "changeable", False),
        ("groups.GroupName", "name", False),
        ("groups.Description", "changeable", True),
    ],
)
def test_mutability(path: str, mutability: str, removable: bool) -> None:
    facts = about(path).facts
    assert facts is not None
    assert (facts.change.mutability, facts.change.removable) == (mutability, removable)
    assert removable or facts.change.advice or mutability in ("pin", "name")


@pytest.mark.parametrize(
    ("path", "null"),
    [
        ("clients.RefreshTokenValidity", "Resets it to the default (30)."),
        ("groups.Description", 'Resets it by writing "".'),
        ("clients.CallbackURLs", "Removes it."),
        ("clients.AccessTokenValidity", "Refused while it is set."),
        ("groups.GroupName", "Refused: the key is the name."),
        ("resource_servers.Scopes.ScopeName", "Not allowed in list items: omit the member."),
        ("user_pool.UsernameAttributes", "at creation; afterwards refused if it would change the value."),
    ],
)
def test_null(path: str, null: str) -> None:
    facts = about(path).facts
    assert facts is not None
    assert null in facts.null


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("user_pool.Policies.PasswordPolicy.MinimumLength", "integer 6..99"),
        ("user_pool.UserPoolTags", "map of up to 50 string 1..128 to string ..256"),
        ("clients.CallbackURLs", "list of up to 100 strings 1..1024"),
        ("clients.RefreshTokenRotation.Feature", "ENABLED, DISABLED"),
        ("clients.branding.Settings", "document"),
        ("clients.branding.Assets.Bytes", "bytes ..1000000"),
        ("groups", "map of string 1..128 to structure"),
    ],
)
def test_types(path: str, words: str) -> None:
    assert explain_words.words(about(path).type) == words


def test_what_is_true_of_a_structure_is_true_of_what_it_holds() -> None:
    feature, application = (
        about("clients.RefreshTokenRotation.Feature"),
        about("clients.AnalyticsConfiguration.RoleArn"),
    )
    assert feature.facts
    assert feature.facts.tier == "ESSENTIALS"
    assert application.facts
    assert application.facts.deprecated


def test_permissions_that_are_not_named_like_operations() -> None:
    assert "cognito-idp:AssociateWebACL" in about("web_acl.WebACLArn").permissions
    assert about("user_pool.UserPoolTags").calls.update == ("cognito-idp:TagResource", "cognito-idp:UntagResource")
    assert about("user_pool.Schema").calls.update == ("cognito-idp:AddCustomAttributes",)
    assert "iam:PassRole" in about("groups.RoleArn").permissions
    assert "iam:PassRole" not in about("groups").permissions
    assert ("groups.RoleArn", ("iam:PassRole",)) in about("groups").conditional


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("clients.refresh_token_rotation", "Did you mean clients.RefreshTokenRotation?"),
        ("clients.CallbackUrls", "Did you mean clients.CallbackURLs?"),
        ("clients.RefreshTokenRotaton", "Did you mean clients.RefreshTokenRotation?"),
        ("USER_POOL.policies.password_policy.minimum-length", "user_pool.Policies.PasswordPolicy.MinimumLength?"),
        ("MinimumLength", "Did you mean user_pool.Policies.PasswordPolicy.MinimumLength?"),
        ("UserPoolClient", "Did you mean clients?"),
        ("branding", "Did you mean clients.branding?"),
        ("user_pool.MfaConfiguration", "belongs in the mfa section: write mfa.MfaConfiguration."),
        ("user_pool.Id", "is computed by Cognito"),
        ("qqqq", "`poolctl explain` lists all kinds."),
    ],
)
def test_what_is_not_known_is_answered_with_the_nearest(path: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        about(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("path", ["clients.branding.Assets[].Bytes", "clients.branding.Assets[0].Bytes"])
def test_positions_are_left_out(path: str) -> None:
    assert about(path).path == "clients.branding.Assets.Bytes"


# --- keys around the sections --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["outputs", "outputs.format"])
def test_a_key_around_the_sections(path: str) -> None:
    found = envelope_facts.explain(path)
    assert found is not None
    check(f"explain-{path}.txt", explain_text.explain(Explained(found)))
    text = explain_json.explain(Explained(found))
    VALIDATOR.validate(json.loads(text))
    check(f"explain-{path}.json", text)


def test_outputs_have_the_calls_and_permissions_of_their_formats() -> None:
    found = envelope_facts.explain("outputs")
    assert found is not None
    for named in found.calls.all:
        service, _, operation = named.partition(":")
        assert operation in Session().get_service_model(service).operation_names
    allowed = {tuple(call.split(":")) for call in found.calls.read}
    assert allowed >= output_calls.READS
    actions = {a for _, group in found.conditional for a in group}
    assert {"ssm:PutParameter", "cognito-idp:GetSigningCertificate", "cognito-identity:ListIdentityPools"} <= actions
    assert "kind: UserPool\n" in explain_text.explain(Explained(found))
