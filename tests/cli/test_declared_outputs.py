"""`outputs:` of a manifest: shown by plan, written by apply only where they differ, and never outside of its tree."""

import json

import pytest

from reconciler.applications.output_formats import FORMATS
from schemas import declared_output
from tests.cli.support import run
from tests.cli.test_client_outputs import MANIFEST

OUTPUTS = """\
outputs:
  - {client: web, format: amplify, file: src/amplify_outputs.json}
  - {client: clients/web, format: env, prefix: VITE_}
  - {client: web, format: ssm, prefix: /shop/web}
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "pools").mkdir()
    found = tmp_path / "pools" / "m.yaml"
    found.write_text(MANIFEST + OUTPUTS)
    return found


def names(local):
    pages = local.client("ssm", "eu-west-1").get_paginator("get_parameters_by_path").paginate(Path="/shop/web")
    return {p["Name"].rpartition("/")[2]: p["Value"] for page in pages for p in page["Parameters"]}


def test_the_schema_and_the_formats_name_the_same():
    assert list(declared_output.FORMATS) == list(FORMATS)


def test_plan_shows_them_apply_writes_them_and_the_second_run_does_nothing(file, local):
    first = run("plan", "--detailed-exitcode", str(file))
    assert first.code == 2
    assert "Apply writes the output amplify of clients/web, once the pool exists." in first.out
    ran = run("apply", "--yes", str(file))
    assert ran.code == 0, ran.err
    amplify = json.loads((file.parent / "src" / "amplify_outputs.json").read_text())
    env = (file.parent / ".env.cognito").read_text()
    pool = amplify["auth"]["user_pool_id"]
    assert f"VITE_COGNITO_USER_POOL_ID={pool}\n" in env
    assert names(local)["user_pool_id"] == pool
    assert ran.err.count("\nWrote ") + ran.err.startswith("Wrote ") == 3
    again = run("plan", "--detailed-exitcode", str(file))
    assert (again.code, "Apply writes" in again.out) == (0, False)
    before = (file.parent / ".env.cognito").stat().st_mtime_ns
    second = run("apply", "--yes", str(file))
    assert (second.code, "Wrote" in second.err) == (0, False)
    assert (file.parent / ".env.cognito").stat().st_mtime_ns == before
    assert local.client("ssm", "eu-west-1").get_parameter(Name="/shop/web/client_id")["Parameter"]["Version"] == 1


def test_what_somebody_changed_is_a_change_and_what_the_plan_changes_is_one_too(file, local):
    run("apply", "--yes", str(file))
    (file.parent / ".env.cognito").write_text("X=1\n")
    local.client("ssm", "eu-west-1").delete_parameter(Name="/shop/web/issuer")
    edited = run("plan", "--detailed-exitcode", "-o", "json", str(file))
    said = edited.out
    assert edited.code == 2
    assert "the file differs" in said
    assert "1 of 15 parameters differ" in said
    assert "src/amplify_outputs.json" not in said
    file.write_text(file.read_text().replace("app.example.com/bye", "app.example.com/gone"))
    planned = run("plan", str(file))
    assert "to src/amplify_outputs.json: the file differs." in planned.out
    assert run("apply", "--yes", str(file)).code == 0
    assert "app.example.com/gone" in (file.parent / "src" / "amplify_outputs.json").read_text()
    assert run("plan", "--detailed-exitcode", str(file)).code == 0


def test_one_that_cannot_be_written_leaves_the_others_and_ends_with_6(file, local):
    text = OUTPUTS + "  - {client: machine, format: oidc}\n"
    file.write_text(MANIFEST + text)
    ran = run("apply", "--yes", str(file))
    assert ran.code == 6
    assert "clients/machine has a secret" in ran.err
    assert (file.parent / ".env.cognito").exists()


def test_a_link_is_not_followed_out_of_the_tree(file, local, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (file.parent / ".env.cognito").symlink_to(outside)
    ran = run("apply", "--yes", str(file))
    assert ran.code == 6
    assert "is a link or leads out of" in ran.err
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{client: web, format: amplify, file: ../x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplify, file: a/../../x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplify, file: /etc/x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplfy}", "is not a format"),
        ("{client: wep, format: env}", "clients has no client"),
        ("{format: env}", "client is missing"),
        ("{client: web, format: env, path: x}", "outputs[0].path"),
    ],
)
def test_what_is_wrong_is_found_offline_with_its_line(tmp_path, line, said):
    found = tmp_path / "m.yaml"
    found.write_text(f"{MANIFEST}outputs:\n  - {line}\n")
    ran = run("validate", str(found))
    assert ran.code == 3
    assert said in ran.out + ran.err
    assert f"m.yaml:{len(MANIFEST.splitlines()) + 2}" in ran.out + ran.err
