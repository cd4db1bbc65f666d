"""A pull request on a fake GitHub, a checkout, and the embedded Cognito."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import yaml

from reconciler.cli import entry
from reconciler.github.__main__ import main
from reconciler.local import LocalCognito
from tests.github.fake import REPO, TOKEN, FakeGitHub, serving

PULL = 7
HEAD = "a" * 40
MERGE = "c" * 40
REGION = "eu-west-1"
SECRET = "canary_client_secret_0b8d7e"

TREE = {
    "version": 1,
    "target": {"region": REGION},
    "user_pool": {"PoolName": "customers"},
    "groups": {"admins": {"Precedence": 1}},
    "identity_providers": {
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "poolctl",
                "client_secret": {"$env": "OKTA"},
                "oidc_issuer": "https://okta.example",
                "authorize_scopes": "openid",
                "attributes_request_method": "GET",
            },
        }
    },
}


class Step:
    """What one step of the Action left behind."""

    def __init__(self, code: int, log: str, output: str, summary: str) -> None:
        self.code = code
        self.log = log
        self.outputs = dict(re.findall(r"^([\w-]+)<<(?:\w+)\n(.*?)\n\w{32}$", output, re.MULTILINE | re.DOTALL))
        self.summary = summary


class Place:
    """A checkout with manifests, in a job of GitHub Actions."""

    def __init__(self, directory: Path, github: FakeGitHub) -> None:
        self.directory = directory
        self.github = github
        self.slept: list[float] = []
        self.ran: list[list[str]] = []
        self.texts: list[str] = []
        (directory / "pools").mkdir()
        self.write(TREE)

    def write(self, tree, name: str = "m.yaml") -> None:
        (self.directory / "pools" / name).write_text(yaml.safe_dump(tree, sort_keys=False))

    def environ(self, event: str, **inputs: str) -> dict[str, str]:
        tree = {"pull_request": {"number": PULL, "head": {"sha": HEAD}}} if event == "pull_request" else {}
        (self.directory / "event.json").write_text(json.dumps(tree))
        named = {f"INPUT_{k.upper()}": v for k, v in inputs.items()}
        args = f"--local={self.directory / 'state'} --allow-env OKTA {named.pop('INPUT_ARGS', '')}"
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.directory / "event.json"),
            "GITHUB_OUTPUT": str(self.directory / "output"),
            "GITHUB_REF_NAME": "main",
            "GITHUB_REPOSITORY": REPO,
            "GITHUB_RUN_ID": "4711",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": MERGE,
            "GITHUB_STEP_SUMMARY": str(self.directory / "summary"),
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_WORKSPACE": str(self.directory),
            "OKTA": SECRET,
            "RUNNER_TEMP": str(self.directory),
            "INPUT_ARGS": args,
            **named,
        }

    def step(self, command: str, *reports: str, event: str = "pull_request", more=None, **inputs: str) -> Step:
        """Run a step as the Action does."""
        for name in ("output", "summary"):
            (self.directory / name).write_text("")
        log = io.StringIO()
        environ = {**self.environ(event, **inputs), **(more or {})}
        code = main([command, *reports], environ=environ, stdout=log, run=self._run, sleep=self.slept.append)
        left = [(self.directory / name).read_text() for name in ("output", "summary")]
        self.texts += [log.getvalue(), *left]
        return Step(code, log.getvalue(), *left)

    def _run(self, argv, **streams):
        self.ran.append(list(argv))
        self.last_environ = streams["environ"]
        return entry.main(argv, **streams)

    def plan(self, **inputs: str) -> Step:
        return self.step("plan", **inputs)

    def apply(self, **inputs: str) -> Step:
        return self.step("apply", event="push", **inputs)

    def boto(self, act):
        """Do something by hand in the live pool, with boto3."""
        with LocalCognito(self.directory / "state") as local:
            idp = local.client("cognito-idp", REGION)
            pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
            return act(idp, pool)

    def state(self) -> dict[str, str]:
        return {str(p): p.read_text() for p in (self.directory / "state").rglob("*.json")}

    def comments(self) -> list[str]:
        return self.github.said(PULL)


@pytest.fixture
def github():
    with serving() as fake:
        yield fake


@pytest.fixture
def place(tmp_path, monkeypatch, github) -> Place:
    monkeypatch.chdir(tmp_path)
    made = Place(tmp_path, github)
    yield made
    written = [
        *made.texts,
        *(c["body"] for c in github.comments.values()),
        *(i["body"] for i in github.issues.values()),
    ]
    for text in written:
        assert TOKEN not in text
        assert SECRET not in text
    files = [p for p in tmp_path.glob("poolctl-*/*") if p.is_file()]
    assert [p.name for p in files if SECRET in p.read_text() or TOKEN in p.read_text()] == []


@pytest.fixture
def live(place) -> Place:
    """The same with a pool that is as declared."""
    streams = {"stdin": io.StringIO(), "stdout": io.StringIO(), "stderr": io.StringIO()}
    argv = ["apply", f"--local={place.directory / 'state'}", "--yes", "pools"]
    assert entry.main(argv, environ={"OKTA": SECRET}, **streams) == 0, streams["stderr"].getvalue()
    return place
