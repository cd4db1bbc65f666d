"""`import --from cloudformation` as an operator uses it: live and offline, files, refusals, and no secret anywhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.commands.import_ import TOOLS
from reconciler.local import LocalCognito
from reconciler.render.output_schemas import output_schema
from reconciler.runs.import_sources import FLAGS, SOURCES
from reconciler.terminal.definition_options import DefinitionOptions
from tests.cli.support import Ran, run
from tests.importing.cloudformation.deployed import CASES, PARTNER, REGION, Deployed, environ
from tests.importing.cloudformation.support import FIXTURES
from tests.render.golden import check

cases = pytest.mark.parametrize("case", CASES)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    made: dict[str, Deployed] = {}

    def get(case: str) -> Deployed:
        if case not in made:
            made[case] = Deployed(tmp_path_factory.mktemp(case), case)
        return made[case]

    return get


def manifests(directory: Path) -> dict[str, Any]:
    return {m["id"]: m for m in (yaml.safe_load(p.read_text()) for p in sorted(directory.glob("*.yaml")))}


@cases
def test_a_deployed_stack_becomes_manifests_that_plan_to_nothing(deployed, tmp_path, case):
    stack = deployed(case)
    ran = stack.convert("--secrets", "env", to=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    text = "".join(p.read_text() for p in tmp_path.glob("*.yaml"))
    planned = stack.run("plan", "--detailed-exitcode", str(tmp_path), environ=environ(text))
    assert planned.code == 0, planned.out + planned.err


@cases
def test_nothing_drifts_and_every_object_is_pinned(deployed, tmp_path, case):
    stack = deployed(case)
    assert stack.convert("--secrets", "env", to=tmp_path).code == 0
    text = "".join(p.read_text() for p in tmp_path.glob("*.yaml"))
    ran = stack.run("drift", str(tmp_path), environ=environ(text))
    assert ran.code == 0, ran.out
    for document in manifests(tmp_path).values():
        assert all(one["ClientId"] in stack.ids.values() for one in document.get("clients", {}).values())


@cases
@pytest.mark.parametrize("form", ["human", "json"])
def test_no_secret_is_in_any_output(deployed, tmp_path, case, form):
    stack = deployed(case)
    given = ["--parameter", "OidcSecret=not-a-real-secret-of-a-flag"] if case == "harbour" else []
    for more in ([], ["--no-live"]):
        to = tmp_path / f"{len(more)}"
        ran = stack.convert(*given, *more, "-o", form, "--log-level", "debug", to=to)
        assert ran.code == 0, ran.err
        everything = [ran.out, ran.err, *(p.read_text() for p in to.rglob("*") if p.is_file())]
        assert "not-a-real" not in "".join(everything)


@cases
def test_everything_of_the_template_is_named(deployed, tmp_path, case):
    stack = deployed(case)
    report = json.loads(stack.convert("-o", "json", to=tmp_path).out)
    Draft202012Validator(json.loads(output_schema("import"))).validate(report)
    objects = [o["source"] for m in report["manifests"] for o in m["objects"]]
    said = {*objects, *(u["source"].split(".")[0] for u in report["not_mapped"])}
    assert {name for name in _resources(stack.texts[0]) if not name.startswith("Fn::")} <= said
    assert len(objects) == OBJECTS[case]


def _resources(template: str) -> list[str]:
    """The logical ids of a template, whatever its functions."""
    if template.startswith("{"):
        return list(json.loads(template)["Resources"])
    inside = template.partition("\nResources:\n")[2].partition("\nOutputs:")[0]
    return [line.strip().rstrip(":") for line in inside.splitlines() if line[:2] == "  " and line[2] not in " #"]


OBJECTS = {"harbour": 16, "lodge": 8, "choir": 3, "quill": 6}
"""How many objects each stack has, the settings of MFA counted as one."""


def test_custom_resources_and_what_is_dangerous_come_first(deployed, tmp_path):
    report = json.loads(deployed("lodge").convert("-o", "json", to=tmp_path / "a").out)
    alarming = [u["source"] for u in report["not_mapped"] if u["category"] == "alarming"]
    assert alarming == ["GuestsKioskDescribeCognitoUserPoolClient88E1A2F0", "output KioskSecret", "SharedGroup3B3B1199"]
    report = json.loads(deployed("harbour").convert("-o", "json", to=tmp_path / "b").out)
    said = {u["source"]: (u["category"], u["reason"]) for u in report["not_mapped"]}
    assert said["Certificate"] == (
        "service",
        "is a custom resource: what it does is in its function. See whether it writes to a pool.",
    )
    pool = next(m for m in report["manifests"] if m["kind"] == "UserPool")
    files = {overlay["environment"]: overlay["file"] for overlay in pool["overlays"]}
    assert set(files) == {"HasOidc", "IsLive"}
    category, reason = said["condition LiveWithOidc"]
    assert category == "condition"
    assert reason == (
        "is false in this stack (parameters OidcSecret, Stage), and the manifest has that case alone. It decides about "
        "Crane, Replica, Regional. It is made of other conditions, and cannot be otherwise alone: see "
        f"{files['IsLive']}."
    )


# --- the live pool -------------------------------------------------------------------------------------------------


@pytest.fixture
def harbour(deployed, tmp_path) -> Deployed:
    """A stack that a test may change: it works on a copy."""
    made = deployed("harbour")
    found = object.__new__(Deployed)
    found.__dict__ |= made.__dict__
    found.directory, found.local, found.to = tmp_path, tmp_path / "cognito", tmp_path / "pools"
    shutil.copytree(made.local, found.local)
    return found


def test_the_live_pool_says_the_values_and_others_keep_theirs(harbour):
    pool, desk = harbour.ids["eu-central-1_HarbrT001"], harbour.ids["7desk00client0id0example0001"]
    with LocalCognito(harbour.local) as local:
        idp = local.client("cognito-idp", REGION)
        idp.update_group(UserPoolId=pool, GroupName="harbour-test-Pilots-EXAMPLE0001", Precedence=7)
        idp.create_group(UserPoolId=pool, GroupName="of-another-team")
        before = idp.describe_user_pool_client(UserPoolId=pool, ClientId=desk)["UserPoolClient"]
        kept = {k: v for k, v in before.items() if not k.endswith(("Date", "Type", "ClientSecret"))}
        idp.update_user_pool_client(**{**kept, "ClientName": "front desk"})
    assert harbour.convert().code == 0
    found = manifests(harbour.to)[pool]
    assert {name: group["Precedence"] for name, group in found["groups"].items()} == {
        "harbour-test-Pilots-EXAMPLE0001": 7
    }
    assert found["clients"]["front desk"]["ClientId"] == desk


def test_what_was_deleted_elsewhere_is_named_and_not_let_go_of(harbour):
    pool = harbour.ids["eu-central-1_HarbrT001"]
    with LocalCognito(harbour.local) as local:
        local.client("cognito-idp", REGION).delete_group(UserPoolId=pool, GroupName="harbour-test-Pilots-EXAMPLE0001")
    report = json.loads(harbour.convert("-o", "json").out)
    assert [u["source"] for u in report["not_mapped"] if u["category"] == "gone"] == ["Pilots"]
    assert "groups" not in manifests(harbour.to)[pool]


def test_a_pool_of_another_stack_is_known_by_its_export(deployed, tmp_path):
    stack = deployed("lodge")
    partner = stack.ids[PARTNER]
    with LocalCognito(stack.local) as local:
        local.client("cognito-idp", REGION).create_group(UserPoolId=partner, GroupName="shared")
    ran = stack.convert("--export", f"Base:ExportsOutputRefPool1234={partner}", to=tmp_path)
    assert ran.code == 0, ran.err
    assert set(manifests(tmp_path)[partner]["groups"]) == {"shared"}
    assert "SharedGroup3B3B1199 is in a pool" not in ran.out


def test_pools_of_another_account_are_refused(deployed, tmp_path):
    stack = deployed("quill")
    text = stack.moved(stack.texts[1]).replace(":123456789012:", ":999988887777:")
    (tmp_path / "r.json").write_text(text)
    ran = stack.run(
        *("import", "--from", "cloudformation", str(stack.template), "--to", str(tmp_path / "x")),
        *("--stack-resources", str(tmp_path / "r.json")),
    )
    assert ran.code == 4
    assert "account 999988887777, and the session is in 123456789012; nothing of it was read." in ran.err
    assert not (tmp_path / "x").exists()


def test_an_overlay_keeps_the_names_of_the_live_pool_and_changes_what_the_condition_decides(harbour):
    pool, desk = harbour.ids["eu-central-1_HarbrT001"], harbour.ids["7desk00client0id0example0001"]
    with LocalCognito(harbour.local) as local:
        idp = local.client("cognito-idp", REGION)
        before = idp.describe_user_pool_client(UserPoolId=pool, ClientId=desk)["UserPoolClient"]
        kept = {k: v for k, v in before.items() if not k.endswith(("Date", "Type", "ClientSecret"))}
        idp.update_user_pool_client(**{**kept, "ClientName": "front desk"})
        idp.delete_group(UserPoolId=pool, GroupName="harbour-test-Pilots-EXAMPLE0001")
    assert harbour.convert("--secrets", "env").code == 0
    (file,) = (harbour.to / "overlays" / "HasOidc").glob("*.yaml")
    assert yaml.safe_load(file.read_text()) == {
        "clients": {"front desk": {"SupportedIdentityProviders": ["COGNITO"]}},
        "identity_providers": {"$delete": True},
    }
    text = "".join(p.read_text() for p in harbour.to.glob("*.yaml"))
    for environment in ("HasOidc", "IsLive"):
        ran = harbour.run("validate", "--env", environment, str(harbour.to), environ=environ(text))
        assert ran.code == 0, ran.err
    ran = harbour.run("plan", "--detailed-exitcode", str(harbour.to), environ=environ(text))
    assert ran.code == 0, ran.out


# --- offline -------------------------------------------------------------------------------------------------------


def offline(case: str, *more: str, **streams: str) -> Ran:
    template, resources = CASES[case]
    listed = ["--stack-resources", str(FIXTURES / resources)]
    return run(
        *("import", "--from", "cloudformation", str(FIXTURES / template), *listed, "--no-live", "--to", "pools"),
        *("--region", REGION, *more),
        **streams,
    )


@cases
@pytest.mark.parametrize("form", ["human", "json"])
def test_the_report(tmp_path, monkeypatch, case, form):
    monkeypatch.chdir(tmp_path)
    ran = offline(case, "-o", form)
    assert ran.code == 0, ran.err
    check(f"import-{case}.{'txt' if form == 'human' else 'json'}", ran.out)


def test_values_that_only_aws_knows_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = {u["source"]: u["reason"] for u in json.loads(offline("quill", "-o", "json").out)["not_mapped"]}
    assert said["amplifyAuthUserPool4BA7F805.PoolName"] == (
        "has a value that is not in the template (CloudFormation generated the name), so the manifest does not have it."
    )


def test_without_a_list_only_what_the_template_has_ids_of_is_converted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    template = {
        "Resources": {
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "mine"}},
            "Staff": {
                "Type": "AWS::Cognito::UserPoolGroup",
                "Properties": {"UserPoolId": PARTNER, "GroupName": "staff", "Precedence": 1},
            },
        }
    }
    words = ("import", "--from", "cloudformation", "-", "--to", "pools")
    ran = run(*words, "--no-live", "-o", "json", stdin=json.dumps(template))
    assert ran.code == 0, ran.err
    assert manifests(tmp_path / "pools") == {
        PARTNER: {"version": 1, "target": {"region": REGION}, "id": PARTNER, "groups": {"staff": {"Precedence": 1}}}
    }
    assert [u["source"] for u in json.loads(ran.out)["not_mapped"]] == ["Pool"]
    ran = run(*words, stdin=json.dumps(template))
    assert ran.code == 3
    assert "aws cloudformation describe-stack-resources --stack-name NAME > resources.json" in ran.err


def test_a_template_without_any_id_says_how_to_get_the_list(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run(
        "import", "--from", "cloudformation", str(FIXTURES / "choir.sam.yaml"), "--no-live", "--to", "x", "-o", "json"
    )
    assert ran.code == 3
    assert "there is no object of Cognito in it that could be taken over." in ran.err
    assert "Singers has no id in the template" in ran.err
    assert "aws cloudformation describe-stack-resources --stack-name NAME" in ran.err
    assert list(tmp_path.iterdir()) == []


# --- refusals ------------------------------------------------------------------------------------------------------

HARBOUR = [
    *("--from", "cloudformation", str(FIXTURES / "harbour.yaml"), "--to", "x"),
    *("--stack-resources", str(FIXTURES / "harbour.resources.json"), "--no-live"),
]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "cloudformation", "--to", "x"], "Name the file to convert"),
        (["--from", "cloudformation", "t.yaml"], "Name the directory for the manifests: --to DIR."),
        (["--from", "cloudformation", "t.yaml", "--to", "x"], "give it with --stack-resources FILE:"),
        (["--from", "cloudformation", "t.yaml", "--no-live", "--to", "x"], "t.yaml: No such file or directory."),
        (
            ["--from", "cloudformation", str(FIXTURES / "harbour.yaml"), "--stack-resources", "none.json", "--to", "x"],
            "none.json: No such file or directory.",
        ),
        (
            ["--from", "cloudformation", "-", "--stack-resources", "-", "--to", "x"],
            "Only one of the template and the list of resources can come from standard input.",
        ),
        (
            ["--from", "terraform", "s", "--to", "x", "--parameter", "A=1"],
            "--parameter goes with --from cloudformation",
        ),
        (
            ["--from", "terraform", "s", "--to", "x", "--export", "A=1"],
            "--export goes with --from cloudformation only.",
        ),
        (["--from", "terraform", "s", "--to", "x", "--stack-resources", "r"], "--stack-resources goes with --from cl"),
        (["--pool", "p", "--parameter", "A=1"], "--parameter needs --from"),
        (["--pool", "p", "--export", "A=1"], "--export needs --from"),
        (["--pool", "p", "--stack-resources", "r"], "--stack-resources needs --from"),
        ([*HARBOUR, "--parameter", "Stage"], "--parameter: write NAME=VALUE."),
        ([*HARBOUR, "--export", "=not-a-real-value"], "--export: write NAME=VALUE."),
        ([*HARBOUR, "--parameter", "Stage=a", "--parameter", "Stage=b"], '--parameter: "Stage" is given twice.'),
        ([*HARBOUR, "--parameter", "Other=not-a-real-value"], "the template has no parameter Other."),
        ([*HARBOUR, "--parameter", "Minutes=not-a-real-value"], "the parameter Minutes is a Number"),
        ([*HARBOUR, "--region", "eu-west-1"], "the resources are of the Region eu-central-1, and not eu-west-1"),
        ([*HARBOUR, "--pool", "p"], "--pool does not go with --from"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    ran = run("import", *words)
    assert ran.code == 3
    assert said in ran.err
    assert "not-a-real-value" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_every_tool_of_the_command_line_has_a_source():
    assert tuple(SOURCES) == TOOLS
    assert set(FLAGS) <= set(DefinitionOptions._fields)
    assert {field for source in SOURCES.values() for field in source.takes} == set(FLAGS)
