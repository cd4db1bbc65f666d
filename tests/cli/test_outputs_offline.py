"""`validate` finds what a plan would refuse of outputs, as far as it can be known without AWS."""

import json

import pytest

from tests.cli.support import run
from tests.cli.test_client_outputs import MANIFEST
from tests.cli.test_declared_outputs import OUTPUTS

LINE = len(MANIFEST.splitlines()) + 2


def validated(tmp_path, *lines, manifest=MANIFEST):
    file = tmp_path / "m.yaml"
    file.write_text(f"{manifest}outputs:\n" + "".join(f"  - {line}\n" for line in lines))
    ran = run("validate", str(file))
    return ran.code, ran.out + ran.err


def test_outputs_that_can_be_written_are_valid(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST + OUTPUTS)
    ran = run("validate", str(file))
    assert (ran.code, "[output]" in ran.out + ran.err) == (0, False)


@pytest.mark.parametrize("form", ["amplify", "amplify-dart", "exports-js", "oidc"])
def test_a_client_with_a_secret_in_a_format_for_browsers(tmp_path, form):
    code, said = validated(tmp_path, "{client: web, format: env}", f"{{client: machine, format: {form}}}")
    assert code == 3
    assert f"m.yaml:{LINE + 1}:5" in said
    assert "clients/machine has a secret" in said
    assert "[output]" in said


def test_a_client_without_sign_in_on_pages_in_the_format_for_it(tmp_path):
    web = MANIFEST.replace("AllowedOAuthFlowsUserPoolClient: true", "AllowedOAuthFlowsUserPoolClient: false")
    manifest = web.replace("    AllowedOAuthFlows: [code]\n    AllowedOAuthScopes: [openid]\n", "")
    manifest = manifest.replace("  web:\n", "  web:\n    GenerateSecret: false\n")
    code, said = validated(tmp_path, "{client: web, format: oidc}", manifest=manifest)
    assert code == 3
    assert "oidc describes how users sign in on the pool's pages" in said


def test_what_the_manifest_leaves_open_is_no_problem(tmp_path):
    """Whether the client has a secret, and whether the pool has a domain, only the live pool knows."""
    manifest = MANIFEST.replace("domains: {acme: {}}", "domains: {}")
    for form in ("oidc", "partner"):
        code, said = validated(tmp_path, f"{{client: web, format: {form}}}", manifest=manifest)
        assert (code, "[output]" in said) == (0, False), said


def test_two_outputs_in_one_place(tmp_path):
    code, said = validated(
        tmp_path,
        "{client: web, format: env}",
        "{client: machine, format: env, file: ./.env.cognito}",
        "{client: web, format: ssm, prefix: /shop/web}",
        "{client: machine, format: ssm, prefix: /shop/web/}",
    )
    assert code == 3
    for line, first in ((LINE + 1, LINE), (LINE + 3, LINE + 2)):
        assert f"m.yaml:{line}:5" in said
        assert f"m.yaml:{first}:5 writes" in said
    assert said.count("to the same place. [output]") == 2


def test_two_outputs_of_two_manifests_in_one_place(tmp_path):
    text = MANIFEST + "outputs:\n  - {client: web, format: env}\n"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(text.replace("PoolName: customers", "PoolName: staff").replace("acme", "other"))
    ran = run("validate", "-o", "json", str(tmp_path))
    (found,) = [d for d in json.loads(ran.out)["diagnostics"] if d["severity"] == "error"]
    assert (ran.code, found["range"]["start"]["line"]) == (3, LINE)
    assert found["range"]["filename"].endswith("b.yaml")
    assert "a.yaml" in found["summary"] + found["detail"]


@pytest.mark.parametrize("command", [("validate",), ("plan",)])
def test_the_manifest_itself_is_no_place(tmp_path, local, command):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST + "outputs:\n  - {client: web, format: env, file: m.yaml}\n")
    ran = run(*command, str(file))
    assert ran.code == {"validate": 3, "plan": 4}[command[0]]
    assert "m.yaml is a manifest." in ran.out + ran.err


@pytest.mark.parametrize("command", [("validate",), ("plan",)])
def test_a_file_cannot_be_the_directory_of_another(tmp_path, local, command):
    file = tmp_path / "m.yaml"
    places = ("{client: web, format: env, file: web/env}", "{client: web, format: env, file: web}")
    file.write_text(MANIFEST + "outputs:\n" + "".join(f"  - {p}\n" for p in places))
    ran = run(*command, str(file))
    assert ran.code == {"validate": 3, "plan": 4}[command[0]]
    assert "one of the two would be a file and a directory" in ran.out + ran.err


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (lambda env, outside: env.symlink_to(outside), "is a link or leads out of"),
        (lambda env, _: env.mkdir(), "is a directory, not a regular file"),
        (lambda env, _: env.write_bytes(b"x" * 1_000_001), "is larger than 1 MB"),
    ],
)
def test_a_place_that_is_no_file_of_the_tree(tmp_path, put, said):
    (tmp_path / "pools").mkdir()
    outside = tmp_path / "outside"
    outside.write_text("mine")
    put(tmp_path / "pools" / ".env.cognito", outside)
    code, text = validated(tmp_path / "pools", "{client: web, format: env}")
    assert (code, said in text, f"m.yaml:{LINE}:5" in text) == (3, True, True)


def test_no_value_of_the_environment_is_in_a_problem(tmp_path):
    file = tmp_path / "m.yaml"
    manifest = MANIFEST.replace('["https://app.example.com/bye"]', "[{$env: BYE}]")
    file.write_text(f"{manifest}outputs:\n  - {{client: machine, format: oidc}}\n")
    ran = run("validate", str(file), environ={"BYE": "https://very-confidential.example.com"})
    assert ran.code == 3
    assert "very-confidential" not in ran.out + ran.err
