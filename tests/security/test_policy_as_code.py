"""The example of policy as code, by a Rego interpreter on the JSON of real plans."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.cli.support import run
from tests.deploy.support import ROOT
from tests.security import weakening

regopy = pytest.importorskip("regopy", reason="the Rego interpreter is not installed: pip install '.[policy]'")
POLICY = ROOT / "deploy" / "policy"


def judged(plan: str) -> dict[str, list[str]]:
    """What the policy denies and warns of."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("cognito.rego", (POLICY / "cognito.rego").read_text())
    interpreter.add_data(yaml.safe_load((POLICY / "data.yaml").read_text()))
    interpreter.set_input(json.loads(plan))
    found = {}
    for rule in ("deny", "warn"):
        (answer,) = json.loads(str(interpreter.query(f"data.main.{rule}")))["expressions"]
        found[rule] = sorted(answer)
    return found


REGION = {"AWS_REGION": "eu-west-1"}


def test_a_plan_that_weakens_is_denied_with_a_sentence_for_each(weakened):
    found = judged(weakening.planned("json").out)
    assert "customers/mfa MfaConfiguration: One factor is enough to sign in." in found["deny"]
    host = "clients/mobile-app: https://orchard.example.net/callback is on a host that data.yaml does not name."
    assert f"customers/{host}" in found["deny"]
    assert any("cannot be undone: Users who sign up meanwhile stay." in one for one in found["deny"])
    assert any(one.startswith("customers/user_pool DeletionProtection: ") for one in found["warn"])


def test_a_plan_that_weakens_nothing_passes(local, tmp_path):
    manifest = tmp_path / "m.yaml"
    manifest.write_text("version: 1\nuser_pool: {PoolName: customers, DeletionProtection: INACTIVE}\n")
    assert run("apply", "--yes", str(manifest), environ=REGION).code == 0
    manifest.write_text("version: 1\nuser_pool: {PoolName: customers, DeletionProtection: ACTIVE}\n")
    assert judged(run("plan", "-o", "json", str(manifest), environ=REGION).out) == {"deny": [], "warn": []}


def test_a_plan_that_is_not_complete_is_denied(local, tmp_path):
    manifest = tmp_path / "m.yaml"
    manifest.write_text("version: 1\nuser_pool: {PoolName: customers}\n")
    plan = json.loads(run("plan", "-o", "json", str(manifest), environ=REGION).out)
    found = judged(json.dumps({**plan, "complete": False}))
    assert found["deny"] == ["The plan is not complete: something could not be read."]
