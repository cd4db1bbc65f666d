"""The server of the benchmarks: its answers, its quotas, what it records, and a row that is measured with it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import ROWS, arguments
from benchmarks.builds import ROOT, Build
from benchmarks.context import Context
from benchmarks.peers import Peers
from benchmarks.pools import Made, change_groups, make, reference, with_groups
from benchmarks.recorder import throttled
from benchmarks.rows_calls import one_of_sixty
from benchmarks.rows_startup import template
from benchmarks.service import Account, Connection
from benchmarks.terraform_calls import resources


@pytest.fixture(scope="module")
def account() -> Account:
    return Account(clock=lambda: 0.0)


@pytest.fixture(scope="module")
def pool(account: Account) -> Made:
    return make(reference("measured"), account.ask)


def answers(account: Account, operation: str, count: int, **params: str) -> list[tuple[int, dict]]:
    """Ask over the wire's door so many times at once; return status and answer of each."""
    headers = {"x-amz-target": f"AWSCognitoIdentityProviderService.{operation}"}
    body = json.dumps(params).encode()

    async def all_of_them():
        return [await Connection(account).answer("/", headers, body) for _ in range(count)]

    return [(status, json.loads(said)) for status, _, said in asyncio.run(all_of_them())]


def test_the_reference_pool_has_what_it_says(pool: Made):
    parts = (pool.clients, pool.providers, pool.servers, pool.groups, pool.domains, pool.brandings, pool.settings)
    assert [len(part) for part in parts] == [3, 2, 2, 4, 1, 1, 3]


def test_calls_beyond_a_quota_are_refused_and_recorded(account: Account, pool: Made):
    account.begin(quotas=True, delay=0.0)
    found = answers(account, "GetGroup", 9, UserPoolId=pool.pool, GroupName="staff")
    assert [status for status, _ in found] == [200] * 5 + [400] * 4
    assert found[0][1]["Group"]["GroupName"] == "staff"
    assert found[-1][1]["__type"] == "TooManyRequestsException"
    assert throttled(account.calls) == 4
    assert {(call.operation, call.pool) for call in account.calls} == {("GetGroup", pool.pool)}


def test_without_quotas_nothing_is_refused(account: Account, pool: Made):
    account.begin(quotas=False, delay=0.0)
    found = answers(account, "GetGroup", 30, UserPoolId=pool.pool, GroupName="staff")
    assert {status for status, _ in found} == {200}


def test_what_was_written_is_not_answered_from_memory(account: Account, pool: Made):
    account.begin(quotas=False, delay=0.0)
    ids = {"UserPoolId": pool.pool, "GroupName": "auditors"}
    answers(account, "GetGroup", 1, **ids)
    answers(account, "UpdateGroup", 1, **ids, Description="new")
    assert answers(account, "GetGroup", 1, **ids)[0][1]["Group"]["Description"] == "new"


def test_one_group_in_so_many_differs(account: Account):
    made = make(with_groups("groups", 10), account.ask)
    assert change_groups(made, 4, account.ask) == 3


def test_terraform_makes_23_calls_for_the_reference_pool(pool: Made):
    children = [call for calls in resources(pool.as_tree()) for call in calls]
    assert 2 + len(children) == 23


def test_a_template_has_every_object_of_the_pools():
    kinds = [r["Type"].rpartition("::")[2] for r in template(2)["Resources"].values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "UserPool": 2,
        "UserPoolResourceServer": 4,
        "UserPoolIdentityProvider": 4,
        "UserPoolGroup": 8,
        "UserPoolDomain": 2,
        "UserPoolClient": 6,
    }


def test_a_row_is_measured_on_this_build(tmp_path: Path):
    """In a process of its own against a server of its own, as `--quick` does."""
    context = Context(Build("this build", ROOT, Path(sys.prefix)), None, Peers(tmp_path), quick=True)
    (row,) = one_of_sixty(context)
    assert row.this.measured, row.this.text
    assert 1 <= row.this.numbers["describes"] <= 6
    assert row.other.text == "–"


def test_every_row_can_be_asked_for():
    assert arguments(["--only", *ROWS]).only == list(ROWS)


def test_a_checkout_that_is_none_is_refused(tmp_path: Path, capsys):
    with pytest.raises(SystemExit):
        arguments(["--against", str(tmp_path)])
    assert "is not a checkout of poolctl" in capsys.readouterr().err
