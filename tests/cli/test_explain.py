from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.explaining.envelope_facts import paths as envelope_paths
from reconciler.explaining.facts import paths
from reconciler.export import opted_in
from reconciler.kinds import RULES
from reconciler.render.output_schemas import output_schema
from schemas.base import EXCLUDE, INCLUDE, members
from schemas.documents import DOCUMENTS
from schemas.explained_forms import EXPLAINED_FORMS
from schemas.generated_forms import FORMS
from schemas.reference_kinds import REFERENCE_SYNTAX
from tests.cli.support import run
from tests.cli.test_frame import _imported


def test_a_member():
    ran = run("explain", "user_pool.Policies.PasswordPolicy.MinimumLength")
    assert (ran.code, ran.err) == (0, "")
    for said in ("integer 6..99", "Default       8", "Can be changed.", "cognito-idp:UpdateUserPool"):
        assert said in ran.out


def test_as_json():
    tree = json.loads(run("explain", "-o", "json", "clients.RefreshTokenRotation").out)
    assert tree["kinds"] == []
    assert tree["explanation"]["facts"]["plan"] == "ESSENTIALS"
    assert [m["name"] for m in tree["explanation"]["members"]] == ["Feature", "RetryGracePeriodSeconds"]


def test_without_an_argument_all_kinds_are_listed():
    out = run("explain").out
    assert "\n  clients.branding " in out
    assert "\nkind: IdentityPool\n" in out
    tree = json.loads(run("explain", "-o", "json").out)
    assert tree["explanation"] is None
    clients = next(kind for kind in tree["kinds"] if kind["path"] == "clients")
    assert clients["document"] == "UserPool"


@pytest.mark.parametrize("topic", ["P7", "p7", " P7 ", "refusal/P7", "manifest/P7"])
def test_a_rule(topic):
    ran = run("explain", topic)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"P7\n{RULES['P7'].title}\n")
    for said in ("Refused       MfaConfiguration is ON", "Why  ", "Do            Set MfaConfiguration to OPTIONAL"):
        assert said in ran.out
    assert ran.out.endswith("  Source        docs/cognito.md 3.1, docs/cognito.md 2.2\n")


@pytest.mark.parametrize("identifier", RULES)
def test_every_rule_is_explained(identifier):
    rule = RULES[identifier]
    shown = " ".join(run("explain", identifier.lower()).out.split())
    assert shown.startswith(f"{identifier} {rule.title} {'Warned of' if rule.warning else 'Refused'} {rule.what} Why ")
    assert rule.advice in shown


def test_a_rule_as_json():
    text = run("explain", "-o", "json", "not-removable").out
    tree = json.loads(text)
    Draft202012Validator(json.loads(output_schema("explain"))).validate(tree)
    assert (tree["kinds"], tree["explanation"]) == ([], None)
    assert (tree["rule"]["id"], tree["rule"]["warning"]) == ("not-removable", False)
    assert tree["rule"]["source"] == ["decision 23", "cognito.md 0.2"]


PAGES = Path(__file__).parents[2] / "docs" / "reference"
OF_SURROUNDINGS = [p for p in paths() if p.partition(".")[0] in opted_in.SECTIONS]


@pytest.mark.parametrize("path", OF_SURROUNDINGS)
def test_what_surrounds_a_pool_is_explained_to_the_last_member(path):
    section, _, member = path.partition(".")
    ran = run("explain", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{path}\n")
    page = (PAGES / f"{section}.md").read_text(encoding="utf-8")
    assert (f"### `{member}`" if member else f"# `{section}`") in page


def test_a_place_wins_over_a_rule():
    """No rule is named like a place today; if one is, the place is explained."""
    assert json.loads(run("explain", "-o", "json", "clients").out)["rule"] is None
    assert not {identifier.lower() for identifier in RULES} & {path.lower() for path in (*paths(), *envelope_paths())}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "clients.refreshtokenrotation",
            "Unknown kind or member clients.refreshtokenrotation. Did you mean clients.RefreshTokenRotation?",
        ),
        ("client", "Did you mean clients?"),
        ("P99", "P99. docs/rules.md lists all rules."),
        ("prun", "Unknown kind, member or rule prun. Did you mean prune?"),
        ("prune.clients", "Unknown kind or member prune.clients."),
        ("$eech", "Unknown kind, member or rule $eech. Did you mean $each?"),
        ("when", "Unknown kind, member or rule when. Did you mean $when?"),
        ("imutable", "Unknown kind, member or rule imutable. Did you mean immutable?"),
        ("not_removeable", "Did you mean not-removable?"),
        ("clients.P7", "Unknown kind or member clients.P7."),
        ("users.Attributes", "Did you mean users.UserAttributes?"),
        ("log_groups.retention", "Did you mean log_groups.retentionInDays?"),
        ("trigger_permissions.StatementId", "StatementId is the id of the pool: remove it."),
    ],
)
def test_an_unknown_path(path, said):
    ran = run("explain", path)
    assert (ran.code, ran.out, ran.last) == (3, "", "exit 3 (invalid)")
    assert said in ran.err


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("version", ("The version of this format.", "integer", "Write version: 1.", "Required in every document.")),
        ("kind", ("Write UserPool or IdentityPool; the default is UserPool.",)),
        ("target", ("Account and Region of the pool.", "Members", "account", "region")),
        ("target.region", ("The AWS Region.", "Write one such as eu-west-1.")),
        ("id", ("without it, the pool is found by PoolName", "eu-west-1_AbCdEf123")),
        ("prune", ("list of strings", "In kind: UserPool, write resource_servers,", "write principal_tags.")),
        ("protect", ("never deleted or replaced", "Write one such as clients/web.")),
        ("ignore", ("list of structures", "reason", "expires")),
        ("ignore.path", ("Required in each item.", "clients/amplify-*")),
        ("locked", ("What overlays may not change", "Write one such as user_pool.PoolName.")),
    ],
)
def test_a_key_around_the_sections(key, said):
    ran = run("explain", key)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{key}\n")
    shown = " ".join(ran.out.split())
    assert "Document kind: UserPool or IdentityPool" in shown
    assert not re.search("Created|Omitted|Objects (One|Any)|Default", shown)
    for words in said:
        assert words in shown


def test_every_key_around_the_sections_is_explained_in_both_forms():
    keys = {key for kind in DOCUMENTS.values() for key in members(kind.envelope)}
    assert keys <= set(envelope_paths())
    for path in envelope_paths():
        tree = json.loads(run("explain", "-o", "json", path).out)
        Draft202012Validator(json.loads(output_schema("explain"))).validate(tree)
        assert (tree["explanation"]["path"], tree["explanation"]["section"]) == (path, "")
        assert tree["explanation"]["title"]


def test_one_place_at_a_time():
    ran = run("explain", "clients", "groups")
    assert ran.code == 3
    assert "groups" in ran.err


def test_nothing_heavy_is_imported():
    found = _imported("explain", "clients")
    assert "reconciler.explaining.written" in found
    heavy = r"(boto3|botocore|moto|deepdiff|yaml|pydantic|logging|reconciler\.kinds|schemas\.base)\b"
    assert not {n for n in found if re.match(heavy, n)}


@pytest.mark.parametrize("form", EXPLAINED_FORMS, ids=lambda form: form.name)
def test_a_form_of_a_value_is_explained(form):
    ran = run("explain", form.name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{form.name}\n{form.title}")
    assert f"Write {form.written}." in " ".join(ran.out.split())
    assert all(key in ran.out for key, _ in form.members)
    manual = (PAGES.parent / "manifest.md").read_text(encoding="utf-8")
    assert f"`{{{form.name}: " in manual or f"`{form.name}`" in manual
    tree = json.loads(run("explain", "-o", "json", form.name).out)
    Draft202012Validator(json.loads(output_schema("explain"))).validate(tree)


def test_there_is_a_row_for_each_form():
    keys = {f"${syntax.key}" for syntax in REFERENCE_SYNTAX} | {*FORMS, INCLUDE, EXCLUDE}
    assert {form.name for form in EXPLAINED_FORMS} == keys
