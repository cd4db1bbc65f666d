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


# --- a pool that is asked for in another Region than its own


def made(name: str, region: str) -> str:
    import boto3

    return str(boto3.client("cognito-idp", region_name=region).create_user_pool(PoolName=name)["UserPool"]["Id"])


def with_id(tmp_path, pool: str, **more: object) -> str:
    file = tmp_path / "pinned.yaml"
    file.write_text(yaml.safe_dump({"version": 1, "id": pool, "user_pool": {"PoolName": "customers"}, **more}))
    return str(file)


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_an_id_names_the_region_where_the_manifest_names_none(tmp_path, command):
    with LocalCognito() as local:
        file = with_id(tmp_path, made("customers", "us-east-1"))
        ran = run(command, *(["--yes"] if command == "apply" else []), file)
        assert ran.code == 0, ran.err
        assert {c.region for c in local.calls if c.operation == "DescribeUserPool"} == {"us-east-1"}


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_an_option_that_contradicts_the_region_of_an_id_is_refused_by_name(tmp_path, command):
    with LocalCognito() as local:
        ran = run(command, "--region", "eu-west-1", with_id(tmp_path, "us-east-1_AbCdEf123"))
        assert ran.code == 4
        said = "id: the pool us-east-1_AbCdEf123 is in us-east-1, but --region is eu-west-1; nothing was read"
        assert said in ran.err
        assert local.calls == []


def test_an_id_that_nothing_has_is_looked_for_in_its_own_region_and_the_message_says_where(tmp_path):
    with LocalCognito():
        ran = run("plan", with_id(tmp_path, "us-east-1_AbCdEf123"))
        assert ran.code == 4
        wanted = "There is no pool with the id us-east-1_AbCdEf123 in account 123456789012, Region us-east-1."
        assert wanted in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [("export", "--pool", "us-east-1_AbCdEf123"), ("diff", "pool:us-east-1_AbCdEf123", "pool:us-east-1_AbCdEf123")],
)
def test_a_pool_that_is_not_there_is_missed_in_the_region_of_its_id(words):
    with LocalCognito():
        ran = run(*words)
        assert ran.code == 4
        assert "There is no pool with the id us-east-1_AbCdEf123 in account 123456789012, Region us-east-1." in ran.err
        ran = run(*words, "--region", "eu-west-1")
        assert ran.code == 4
        assert "The pool is in us-east-1, but --region is eu-west-1" in ran.err


def test_an_identity_pool_too():
    with LocalCognito():
        ran = run("export", "--pool", "eu-central-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d")
        assert "in account 123456789012, Region eu-central-1" in ran.err


def test_a_name_that_is_in_another_region_is_missed_in_the_region_that_was_searched():
    with LocalCognito():
        made("customers", "us-east-1")
        ran = run("export", "--pool", "customers", environ={"AWS_REGION": "eu-west-1"})
        assert ran.code == 4
        assert 'There is no pool with the name "customers" in account 123456789012, Region eu-west-1.' in ran.err
        assert "give --region, or name the pool by its id" in ran.err
        assert run("export", "--pool", "customers", "--region", "us-east-1").code == 0
