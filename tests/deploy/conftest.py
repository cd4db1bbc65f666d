"""An account in Lambda's surroundings: the embedded Cognito over HTTP, and the variables that Lambda sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from reconciler.local import serve
from reconciler.local.server import Server
from tests.cli.support import run

REGION = "eu-west-1"
CANARY = "canary-9f3c1e7d"
KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": CANARY,
    "AWS_SESSION_TOKEN": CANARY,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
LAMBDAS = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_LAMBDA_FUNCTION_NAME": "poolctl-drift"}
MANIFEST = {
    "version": 1,
    "target": {"account": "123456789012", "region": REGION},
    "user_pool": {"PoolName": "customers"},
    "groups": {"admins": {"Description": "run it"}},
}


@dataclass
class Account:
    server: Server
    package: Path

    def boto(self, service: str = "cognito-idp") -> Any:
        return boto3.session.Session().client(service, region_name=REGION, endpoint_url=self.server.url)

    @property
    def pool(self) -> str:
        return self.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]

    def drift(self, name: str = "late") -> None:
        """Somebody makes a group by hand."""
        self.boto().create_group(UserPoolId=self.pool, GroupName=name)

    def event(self, *options: str, **more: Any) -> dict[str, Any]:
        return {"options": ["--endpoint-url", self.server.url, *options], **more}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a function, and the variables that Lambda sets. Nothing answers there."""
    root = tmp_path / "task"
    (root / "pools").mkdir(parents=True)
    (root / "pools" / "customers.yaml").write_text(yaml.safe_dump(MANIFEST))
    for name, value in {**KEYS, **LAMBDAS, "LAMBDA_TASK_ROOT": str(root)}.items():
        monkeypatch.setenv(name, value)
    for name in ("HOME", "AWS_PROFILE", "CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def account(package: Path) -> Iterator[Account]:
    """A pool that is as the manifest of the package says."""
    with serve(None) as server:
        ran = run("apply", "--yes", "--endpoint-url", server.url, str(package / "pools"), environ=KEYS)
        assert ran.code == 0, ran.err
        yield Account(server, package)
