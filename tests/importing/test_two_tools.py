"""Warnings of pools that another tool may manage too: by the tags of CloudFormation, and by a given state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import run
from tests.importing.terraform_form import instance, state

REGION = "eu-west-1"
MANIFEST = "version: 1\nuser_pool:\n  PoolName: customers\n"


class Here:
    def __init__(self, directory: Path) -> None:
        self.local = directory / "cognito"
        self.manifest = directory / "m.yaml"
        self.manifest.write_text(MANIFEST)
        self.state = directory / "x.tfstate"
        with LocalCognito(self.local) as local:
            idp = local.client("cognito-idp", REGION)
            self.pool = idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]

    def notices(self, command: str, *more: str) -> list[str]:
        ran = run(f"--local={self.local}", "--region", REGION, command, "-o", "json", str(self.manifest), *more)
        assert ran.code == 0, ran.err
        return [d["message"] for d in json.loads(ran.out)["notices"]]

    def holding(self, pool: str, *names: str) -> list[str]:
        groups = [instance("aws_cognito_user_group", {"user_pool_id": pool, "name": n}, n) for n in names]
        self.state.write_text(state(*groups))
        return ["--terraform-state", str(self.state)]


@pytest.fixture
def here(tmp_path) -> Here:
    return Here(tmp_path)


commands = pytest.mark.parametrize("command", ["plan", "drift"])


@commands
def test_a_pool_with_the_tags_of_a_stack_is_warned_of(here, command):
    assert here.notices(command) == []
    with LocalCognito(here.local) as local:
        local.records[here.pool]["config"]["UserPoolTags"] = {"aws:cloudformation:stack-name": "network"}
        idp = local.client("cognito-idp", REGION)
        arn = idp.describe_user_pool(UserPoolId=here.pool)["UserPool"]["Arn"]
        idp.tag_resource(ResourceArn=arn, Tags={"so": "that it is kept"})
    (said,) = here.notices(command)
    assert said.startswith('The tags of the pool name the CloudFormation stack "network".')


@commands
def test_what_a_given_state_has_of_the_pool_is_warned_of(here, command):
    (said,) = here.notices(command, *here.holding(here.pool, "a", "b", "c", "d", "e"))
    assert (
        "aws_cognito_user_group.a, aws_cognito_user_group.b, aws_cognito_user_group.c and 2 more of this pool" in said
    )
    assert here.notices(command, *here.holding("eu-west-1_Another01", "a")) == []


@commands
@pytest.mark.parametrize("content", [None, "{}"])
def test_a_state_that_cannot_be_read_ends_the_run_before_it_begins(here, command, content):
    if content is not None:
        here.state.write_text(content)
    ran = run(f"--local={here.local}/none", command, str(here.manifest), "--terraform-state", str(here.state))
    assert ran.code == 3
    assert str(here.state) in ran.err
