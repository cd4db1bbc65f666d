"""Objects of rows and optional parts, in the commands: they are what written-out objects are, and show their row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Ran, run

MANIFEST = """\
version: 1
target: {account: "123456789012", region: us-east-1}
user_pool: {PoolName: tenants}
identity_providers:
  $each: {$file: tenants.csv}
  as: t
  key: "${t.id}"
  value:
    ProviderType: SAML
    ProviderDetails: {MetadataURL: "${t.metadata_url}"}
    AttributeMapping: {email: "${t.claim}"}
groups:
  admins: {Precedence: 1}
  support: {$when: "${var.support}", Precedence: 2}
clients:
  web: {SupportedIdentityProviders: [COGNITO, {$each: {$file: tenants.csv}, as: t, value: "${t.id}"}]}
prune: [groups, identity_providers]
"""
ROWS = "id,metadata_url,claim\nacme,https://acme.example/m,mail\nglobex,https://globex.example/m,email\n"


@pytest.fixture
def pool(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(MANIFEST)
    Path("tenants.csv").write_text(ROWS)

    def pool(*words: str, support: str = "true") -> Ran:
        return run("--local=state", *words, "--var", f"support={support}")

    return pool


def test_plans_drift_and_exports_have_the_addresses_of_written_objects(pool):
    plan = json.loads(pool("plan", "-o", "json", "m.yaml").out)
    [document] = plan.get("documents", [plan])
    addresses = [c["address"] for c in document["resource_changes"] if "identity_providers" in c["address"]]
    assert addresses == ["tenants/identity_providers/acme", "tenants/identity_providers/globex"]
    assert pool("apply", "--yes", "m.yaml").code == 0
    again = pool("plan", "--detailed-exitcode", "m.yaml")
    assert (again.code, again.out.splitlines()[-1][:10]) == (0, again.out.splitlines()[-1][:10])
    assert pool("drift", "m.yaml").code == 0
    exported = pool("export", "--pool", "tenants").out
    assert "  acme:\n" in exported
    assert "$each" not in exported


def test_a_changed_row_is_a_change_with_its_row(pool):
    pool("apply", "--yes", "m.yaml")
    Path("tenants.csv").write_text(ROWS.replace("email\n", "upn\n"))
    shown = pool("plan", "--show-origin", "m.yaml").out
    assert "# identity_providers/globex will be updated in place    m.yaml:7 (row tenants.csv:3)" in shown
    assert "# m.yaml:11 (row tenants.csv:3)" in shown
    assert "identity_providers/acme" not in shown
    saved = pool("plan", "--out", "saved.plan", "m.yaml")
    assert saved.code == 0
    assert "m.yaml:7 (row tenants.csv:3)" in pool("show", "saved.plan").out
    drift = pool("drift", "-o", "json", "m.yaml")
    assert drift.code == 2
    assert "tenants.csv:3" in drift.out


def test_a_row_that_leaves_is_deleted_only_with_two_keys(pool):
    pool("apply", "--yes", "m.yaml")
    Path("tenants.csv").write_text(ROWS[: ROWS.index("globex")])
    assert "0 to destroy" in pool("plan", "m.yaml").out
    assert "identity_providers/globex will be destroyed" in pool("plan", "--prune", "m.yaml").out


def test_what_is_switched_off_is_not_declared(pool):
    pool("apply", "--yes", "m.yaml")
    assert "groups/support will be destroyed" not in pool("plan", "m.yaml", support="false").out
    assert "groups/support will be destroyed" in pool("plan", "--prune", "m.yaml", support="false").out


def test_problems_name_the_row_in_every_format(pool):
    Path("tenants.csv").write_text(ROWS.replace("globex,", f"{'g' * 40},"))
    human = pool("validate", "m.yaml")
    assert human.code == 3
    assert "m.yaml:7:8 (row tenants.csv:3) identity_providers" in human.err + human.out
    found = json.loads(pool("validate", "-o", "json", "m.yaml").out)
    assert found["diagnostics"][0]["range"]["row"] == "tenants.csv:3"
    for form in ("junit", "sarif", "github", "markdown", "html"):
        said = pool("validate", "-o", form, "m.yaml").out
        assert "row tenants.csv:3" in said.replace("tenants.csv%3A3", "tenants.csv:3"), form


def test_two_sides_of_diff_are_made_alike(pool):
    Path("n.yaml").write_text(MANIFEST.replace("tenants.csv", "more.csv"))
    Path("more.csv").write_text(ROWS.replace("email\n", "upn\n"))
    found = pool("diff", "m.yaml", "n.yaml")
    assert found.code == 2
    assert "identity_providers/globex differs" in found.out
    assert "identity_providers/acme" not in found.out
