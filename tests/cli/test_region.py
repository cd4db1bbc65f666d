"""Where a run works: the manifest says it, then the options, then what the environment holds."""

from __future__ import annotations

import pytest
import yaml

from reconciler.local import LocalCognito
from tests.cli.support import run


def regions(tmp_path, *words: str, target: str = "", **environ: str) -> set[str]:
    tree = {"version": 1, "user_pool": {"PoolName": "customers"}}
    file = tmp_path / "pool.yaml"
    file.write_text(yaml.safe_dump({**tree, "target": {"region": target}} if target else tree))
    with LocalCognito() as local:
        assert run(*words, "drift", str(file), environ=environ).code == 2
        return {call.region for call in local.calls}


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """boto3 reads the environment of the process, which is not that of the run in these tests."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")


def test_the_variable_of_the_newer_sdks_wins_over_that_of_boto3(tmp_path):
    assert regions(tmp_path) == {"us-west-2"}
    assert regions(tmp_path, AWS_REGION="eu-central-1") == {"eu-central-1"}


def test_options_and_manifests_win_over_the_environment(tmp_path):
    assert regions(tmp_path, "--region", "eu-west-3", AWS_REGION="eu-central-1") == {"eu-west-3"}
    assert regions(tmp_path, target="eu-north-1", AWS_REGION="eu-central-1") == {"eu-north-1"}
