"""`rotate-secret` in a process of its own that is killed (SIGKILL) around each of its writes, and is then run again.

The states between are tested in one process (tests/procedures/test_rotation.py). Here it is real: the process has no
chance to do anything, its connections break, and the next one knows what is live and no more.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Self

import boto3
import pytest

from tests.faults.faults import BY_NAME
from tests.faults.layer import Call, Layer
from tests.faults.runs import Bench, Ran
from tests.faults.scenarios import ENVIRON

KILLS = ("kill-before", "kill-after")
OWN = {"AddUserPoolClientSecret", "DeleteUserPoolClientSecret", "TagResource", "PutSecretValue"}
"""What a rotation into an existing secret writes."""


class Rotations(Bench):
    """Rotations, each of a client of its own."""

    WARMED = ()

    def __enter__(self) -> Self:
        super().__enter__()
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        made = {"region_name": ENVIRON["AWS_REGION"], "endpoint_url": self.service.url, **keys}
        self.idp, self.manager = (boto3.client(name, **made) for name in ("cognito-idp", "secretsmanager"))
        self.pool = self.idp.create_user_pool(PoolName="rotated")["UserPool"]["Id"]
        self.numbers = itertools.count()
        return self

    def rotation(self, *, published: bool) -> Rotation:
        self.service.begin(Layer())
        return (Published if published else Rotation)(self, f"web-{next(self.numbers)}")


class Rotation:
    """One client, whose secret is handed over to Secrets Manager."""

    PUBLISHED = False

    def __init__(self, bench: Rotations, name: str) -> None:
        self.bench, self.name = bench, name
        params = {"UserPoolId": bench.pool, "ClientName": name, "GenerateSecret": True}
        kept = {"PublishSecretsInAWSSecretsManager": True} if self.PUBLISHED else {}
        self.client = bench.idp.create_user_pool_client(**params, **kept)["UserPoolClient"]
        self.words = ["rotate-secret", f"pool:{bench.pool}", name]
        self.prepare()
        self.first = self.held

    def prepare(self) -> None:
        text = json.dumps({"other": "kept", "web": self.client["ClientSecret"]})
        self.bench.manager.create_secret(Name=self.name, SecretString=text)
        self.words += ["--to", f"secretsmanager:{self.name}#web", "--after", "0m"]

    @property
    def held(self) -> str:
        """What applications read."""
        text = self.bench.manager.get_secret_value(SecretId=self.name)["SecretString"]
        assert json.loads(text)["other"] == "kept"
        return str(json.loads(text)["web"])

    @property
    def secrets(self) -> list[str]:
        """The values that Cognito takes, the oldest first."""
        pool = self.bench.service.store.pools[self.bench.pool]
        kept = pool["secrets"].get(self.client["ClientId"])
        return [s["value"] for s in kept] if kept else [pool["clients"][self.client["ClientId"]]["ClientSecret"]]

    def run(self, kill: str = "", at: int = 0) -> Ran:
        ran = self.bench.run(self.words, Layer(BY_NAME[kill] if kill else None, at))
        self.bench.service.begin(Layer())
        for value in {*self.secrets, self.first}:
            assert value not in ran.out + ran.err
        return ran

    def check_rotated(self) -> None:
        assert self.secrets == [self.held]
        assert self.held != self.first


class Published(Rotation):
    """A client whose secret Cognito keeps in Secrets Manager."""

    PUBLISHED = True

    def prepare(self) -> None:
        """Nothing is handed over."""

    @property
    def held(self) -> str:
        text = self.bench.manager.get_secret_value(SecretId=self.client["ClientSecretArn"])["SecretString"]
        return str(json.loads(text)["clientSecretValue"])

    def check_rotated(self) -> None:
        assert self.secrets[-1] == self.held != self.first
        assert len(self.secrets) <= 2  # the one before is Cognito's to delete


@pytest.fixture(scope="module")
def bench() -> Iterator[Rotations]:
    with Rotations() as found:
        yield found


def steps(bench: Rotations, *, published: bool) -> list[Call]:
    """The writes of a rotation to which nothing happens."""
    calm = bench.rotation(published=published)
    ran = calm.run()
    assert ran.code == 0, ran.err
    calm.check_rotated()
    return ran.written


@pytest.mark.parametrize("published", [False, True], ids=["handed over", "in Secrets Manager"])
def test_a_killed_rotation_is_run_again(bench, published):
    writes = steps(bench, published=published)
    assert {c.operation for c in writes} == ({"RotateSecret"} if published else OWN)
    for call, kill in itertools.product(writes, KILLS):
        one, where = bench.rotation(published=published), f"{kill} {call.number} {call.operation}"
        killed = one.run(kill, call.number)
        assert killed.code == -9, where
        assert one.held in one.secrets, where
        again = one.run()
        assert again.code == 0, f"{where}\n{again.err}"
        one.check_rotated()
