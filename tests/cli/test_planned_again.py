"""A document whose references become known during an apply: only what was shown, and what may pass, is written."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from reconciler.cli.entry import main
from reconciler.local import LocalCognito
from reconciler.model import Action, Address, Danger, Direction, Effect, FieldChange, Plan, ResourceChange, Target
from reconciler.runs.shown_again import otherwise
from tests.cli.support import Ran, run

REGION = "eu-west-1"
KEYS = {"AWS_REGION": REGION}
LINK = "${ref.customers/user_pool#ProviderName}"
POOL = {"version": 1, "user_pool": {"PoolName": "customers"}, "clients": {"web": {}}}


def identities(**members) -> dict:
    base = {"IdentityPoolName": "app", "AllowUnauthenticatedIdentities": False}
    return {"version": 1, "kind": "IdentityPool", "identity_pool": {**base, **members}}


def linked(**members) -> dict:
    tree = identities(**members)
    tree["identity_pool"]["CognitoIdentityProviders"] = [
        {"ProviderName": LINK, "ClientId": {"$ref": "customers/clients/web#ClientId"}}
    ]
    return tree


class Meddling(io.StringIO):
    """Standard output during which somebody changes something, as soon as the client has been created."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__()
        self._meddle = meddle
        self._done = False

    def write(self, text: str) -> int:
        for line in text.splitlines():
            event = json.loads(line)
            if event["type"] == "apply_complete" and "clients/web" in line and not self._done:
                self._done = True
                self._meddle()
        return super().write(text)


def write(folder: Path, *documents: dict) -> str:
    (folder / "m.yaml").write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return str(folder / "m.yaml")


def identity_pool(local: LocalCognito) -> tuple:
    client = local.client("cognito-identity", REGION)
    (pool,) = client.list_identity_pools(MaxResults=9)["IdentityPools"]
    return client, client.describe_identity_pool(IdentityPoolId=pool["IdentityPoolId"])


def by_hand(local: LocalCognito, **members) -> None:
    client, pool = identity_pool(local)
    pool.pop("ResponseMetadata")
    client.update_identity_pool(**{**pool, **members})


def applied(meddle: Callable[[], object], *words: str) -> Ran:
    out, err = Meddling(meddle), io.StringIO()
    code = main(("apply", "--yes", "-o", "jsonl", *words), stdin=io.StringIO(), stdout=out, stderr=err, environ=KEYS)
    assert out._done
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def file(local: LocalCognito, tmp_path: Path) -> str:
    """An identity pool that is there, and is to trust the client of a user pool that is not."""
    assert run("apply", "--yes", write(tmp_path, identities()), environ=KEYS).code == 0
    return write(tmp_path, POOL, linked())


def test_what_was_shown_is_made(local, file):
    assert applied(lambda: None, file).code == 0
    assert identity_pool(local)[1]["CognitoIdentityProviders"]


def test_a_member_that_was_not_shown_is_not_changed(local, file):
    ran = applied(lambda: by_hand(local, AllowUnauthenticatedIdentities=True), file)
    assert (ran.code, ran.last) == (6, "exit 6 (partial)")
    assert "the plan has changed since it was shown; nothing was written to app." in ran.err
    assert "  identity_pool.AllowUnauthenticatedIdentities: was not shown" in ran.err
    assert identity_pool(local)[1]["AllowUnauthenticatedIdentities"] is True


WEAKER = Effect(("M",), Direction.WEAKENS, "Less.", rules=("CHG05",), risk="high")


def plan(before: int, *effects: Effect, danger: Danger | None = None) -> Plan:
    """A plan that sets one number to 15."""
    field = FieldChange(("M",), before, 15, effects=effects, danger=danger)
    one = Address("app", "identity_pool")
    change = ResourceChange(one, "IdentityPool", Action.UPDATE, (field,), {"M": 15}, {"M": before}, {"M": 15}, {})
    return Plan(Target("1", REGION, "app", "", "m.yaml"), (change,))


def test_a_value_that_has_become_weaker_since_is_named():
    """Live was 8 and is 20 now: the call is the same, and what it means is not."""
    better = Effect(("M",), Direction.STRENGTHENS, rules=("CHG05",))
    (said,) = otherwise(plan(8, better), plan(20, WEAKER), lambda _: None)
    assert said == "identity_pool.M: weakens, and this was not shown"
    assert otherwise(plan(8, WEAKER), plan(20, better), lambda _: None) == []
    assert otherwise(plan(8, WEAKER), plan(9, WEAKER), lambda _: None) == []


@pytest.mark.parametrize(
    "milder",
    [
        replace(WEAKER, direction=Direction.MIXED),
        replace(WEAKER, risk="medium"),
        replace(WEAKER, rules=()),
    ],
)
def test_what_means_more_than_was_shown_is_named(milder):
    assert otherwise(plan(20, milder), plan(20, WEAKER), lambda _: None)
    assert otherwise(plan(20, WEAKER), plan(20, milder), lambda _: None) == []


def test_what_cannot_be_undone_is_named():
    danger = Danger("Gone for good.", reversible=False)
    (said,) = otherwise(plan(8), plan(8, danger=danger), lambda _: None)
    assert said == "identity_pool.M: cannot be undone, and this was not shown"


def test_the_gate_is_asked_again(local, tmp_path):
    assert (
        run("apply", "--yes", write(tmp_path, identities(AllowUnauthenticatedIdentities=True)), environ=KEYS).code == 0
    )
    file = write(tmp_path, POOL, linked(AllowUnauthenticatedIdentities=True))
    words = ("--fail-on", "weakens", "--allow", "CHG18=identity_pool.CognitoIdentityProviders")
    ran = applied(lambda: by_hand(local, AllowUnauthenticatedIdentities=False), *words, file)
    assert ran.code == 6
    assert "1 change is stopped by --fail-on weakens; nothing was written to app." in ran.err
    assert "--allow CHG18=app/identity_pool.AllowUnauthenticatedIdentities" in ran.err
    assert identity_pool(local)[1]["AllowUnauthenticatedIdentities"] is False


def test_an_allowance_of_a_key_that_becomes_known_still_counts(local, tmp_path):
    key = f"{LINK}:${{ref.customers/clients/web#ClientId}}"
    roles = {"Roles": {"authenticated": "arn:aws:iam::123456789012:role/customers"}}
    assert run("apply", "--yes", write(tmp_path, {**identities(), "roles": roles}), environ=KEYS).code == 0
    mapped = {**roles, "RoleMappings": {key: {"Type": "Token", "AmbiguousRoleResolution": "Deny"}}}
    file = write(tmp_path, POOL, {**linked(), "roles": mapped})
    stopped = run("apply", "--yes", "--fail-on", "weakens", file, environ=KEYS)
    assert stopped.code == 4
    lines = [line.strip() for line in stopped.err.splitlines() if line.strip().startswith("--allow")]
    assert any("${ref." in line for line in lines)
    words = [word for line in lines for word in shlex.split(line)]
    ran = applied(lambda: None, "--fail-on", "weakens", *words, file)
    assert ran.code == 0, ran.err
