"""`iam-policy`: what it prints is what a run of the command calls, and nothing else.

Runs are recorded from outside, by their log: it has a line for each request to any service.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import run

ROOT = Path(__file__).parents[2]
CALL = re.compile(r"poolctl\.aws: ([\w-]+):(\w+) (?:answered|failed) in ")
WITHOUT_PERMISSION = {"sts:GetCallerIdentity"}
BESIDES = {"cognito-idp:GetWebACLForResource", "iam:PassRole", "iam:CreateServiceLinkedRole"}
"""Actions that no call is named after."""


@pytest.fixture
def here(monkeypatch):
    monkeypatch.chdir(ROOT)


def actions(text: str) -> set[str]:
    found = json.loads(text)
    return {
        a
        for policy in (found if isinstance(found, list) else [found])
        for s in policy["Statement"]
        for a in s["Action"]
    }


def policy(*words: str) -> set[str]:
    ran = run("iam-policy", *words)
    assert ran.code == 0, ran.err
    return actions(ran.out)


def called(*words: str, code: int = 0) -> set[str]:
    ran = run("--log-level", "debug", *words)
    assert ran.code == code, ran.err
    return {f"{service}:{operation}" for service, operation in CALL.findall(ran.err)} - WITHOUT_PERMISSION


REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
"""Where the examples are."""


def changed_by_hand(directory: Path) -> None:
    """Have somebody do what makes a run look further: raise feature plans, and add what no manifest declares."""
    with LocalCognito(directory) as local:
        for record in local.records.values():
            cognito = local.client("cognito-idp", record["arn"].split(":")[3])
            ids = {"UserPoolId": record["id"]}
            record["config"]["UserPoolTier"] = "PLUS"
            client = cognito.list_user_pool_clients(**ids, MaxResults=1)["UserPoolClients"][0]["ClientId"]
            cognito.create_cimd_policy(**ids, ClientId=client, PolicyName="x", URLPatterns=["https://a.example/c"])


def records(local: str, out: Path, codes: dict[str, int]) -> dict[str, set[str]]:
    """Return what each command calls in the state that there is."""
    words = {"plan": ["plan", "pools/"], "drift": ["drift", "pools/"]}
    found = {name: called(local, *typed, code=codes.get(name, 0)) for name, typed in words.items()}
    exports = [called(local, "--region", r, "export", "--all", "--force", "--to", str(out / r)) for r in REGIONS]
    return {**found, "export": set().union(*exports)}


def test_plan_drift_and_export_of_the_examples_call_what_their_policies_allow_and_nothing_else(here, tmp_path):
    local = f"--local={tmp_path / 'state'}"
    new = records(local, tmp_path / "new", {"drift": 2})
    assert run(local, "apply", "--yes", "pools/").code == 0
    usual = records(local, tmp_path / "usual", {})
    changed_by_hand(tmp_path / "state")
    changed = records(local, tmp_path / "changed", {"drift": 2})
    for name in ("plan", "drift", "export"):
        assert new[name] | usual[name] | changed[name] == policy("--for", name, "pools/") - BESIDES, name
    # What only a pool that was changed by hand needs is little, and each of it is known.
    assert policy("--for", "plan", "pools/") - usual["plan"] == {
        "cognito-idp:GetLogDeliveryConfiguration",  # may use a feature of the plan that is to be lowered
        "cognito-idp:GetUserPoolSessionConfiguration",
    }
    assert policy("--for", "drift", "pools/") - BESIDES - usual["drift"] == {"cognito-idp:DescribeCIMDPolicy"}


def test_an_apply_of_the_examples_calls_what_its_policy_allows(here, tmp_path):
    local = f"--local={tmp_path / 'state'}"
    allowed = policy("--for", "apply", "pools/")
    made = called(local, "apply", "--yes", "pools/")
    changed_by_hand(tmp_path / "state")
    mended = called(local, "apply", "--yes", "pools/")
    assert made | mended <= allowed
    assert "cognito-idp:UpdateUserPool" in mended - made
