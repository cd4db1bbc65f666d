"""The embedded Cognito in this process: moto starts only when it is needed, and one emulator answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.handlers import BUILTIN_HANDLERS

from reconciler.local import LocalCognito
from reconciler.local.in_process import INTERCEPTOR
from tests.local.support import Api

MANIFEST = "version: 1\nuser_pool: {PoolName: customers}\nclients: {web: {GenerateSecret: false}}\n"
RUN = """\
import sys
from reconciler.cli.entry import main
code = main({arguments!r})
print(code, sorted(m for m in ("moto", "reconciler.local.signin.flow") if m in sys.modules), file=sys.stderr)
"""


def last_line(folder: Path, *arguments: str) -> str:
    code = RUN.format(arguments=[f"--local={folder / 'state'}", *arguments])
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1]


def test_a_plan_needs_neither_moto_nor_sign_ins(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MANIFEST)
    assert last_line(tmp_path, "plan", "m.yaml") == "0 []"
    assert last_line(tmp_path, "apply", "--yes", "m.yaml") == "0 []"
    (tmp_path / "m.yaml").write_text(MANIFEST + "web_acl: null\n")
    assert last_line(tmp_path, "plan", "m.yaml") == "0 ['moto']"


def made(local: LocalCognito) -> int:
    return len([c for c in local.calls if c.operation == "CreateUserPool"])


@pytest.mark.parametrize("surroundings", [True, False])
def test_the_innermost_of_two_answers_and_it_alone(surroundings: bool) -> None:
    with LocalCognito() as outer:
        Api(outer).pool()
        with LocalCognito(surroundings=surroundings) as inner:
            Api(inner).pool()
            assert len(inner.client("secretsmanager").list_secrets()["SecretList"]) == 0
            assert (made(outer), made(inner)) == (1, 1)
        Api(outer).pool()
        assert (made(outer), made(inner)) == (2, 1)


def test_one_request_is_answered_once_after_moto_has_started() -> None:
    with LocalCognito(surroundings=False) as local:
        pools = local.client("cognito-identity")  # moto starts
        pools.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=False)
        assert len(local.account["identity_pools"]) == 1
        Api(local).pool()
        assert made(local) == 1


@pytest.mark.parametrize("moto", [False, True])
def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, moto: bool) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    session = boto3.DEFAULT_SESSION
    with LocalCognito(surroundings=False) as local:
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        Api(local).pool()
        if moto:
            assert local.client("secretsmanager").list_secrets()["SecretList"] == []
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    assert "AWS_SECRET_ACCESS_KEY" not in os.environ
    assert boto3.DEFAULT_SESSION is session
    assert INTERCEPTOR.handler is None
    assert BUILTIN_HANDLERS.count(("before-send", INTERCEPTOR)) == 1


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1"])
def test_the_caller_is_the_one_of_moto(region: str) -> None:
    found = []
    for surroundings in (False, True):
        with LocalCognito(surroundings=surroundings) as local:
            if surroundings:
                local.client("iam").list_users()
            answer = local.client("sts", region).get_caller_identity()
            found.append({k: v for k, v in answer.items() if k != "ResponseMetadata"})
    from moto import mock_aws

    with mock_aws():
        answer = boto3.client("sts", region_name=region).get_caller_identity()
    assert found == [{k: v for k, v in answer.items() if k != "ResponseMetadata"}] * 2


def test_a_region_without_user_pools_has_none() -> None:
    with LocalCognito(surroundings=False) as local:
        client = local.client("cognito-idp", "eu-nowhere-1")
        with pytest.raises(client.exceptions.ClientError, match="There is no Region eu-nowhere-1"):
            client.list_user_pools(MaxResults=1)
