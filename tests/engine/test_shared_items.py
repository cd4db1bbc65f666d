"""Two pipelines that each own items of one list, with a pool that is made and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.drift.findings import Criteria
from reconciler.runs.drift_run import compared
from tests.support import bench, manifest

TARGET = {"version": 1, "pool": "customers"}
A, B, C = (f"https://{name}.example.com/cb" for name in "abc")
CODE = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "SupportedIdentityProviders": ["COGNITO"],
}
OWNER = {
    "version": 1,
    "part": "shop",
    "user_pool": {"PoolName": "customers"},
    "clients": {"web": {**CODE, "CallbackURLs": {"$include": [A]}}},
}


def previews(*urls: str, **form: list[str]):
    return {**TARGET, "part": "previews", "clients": {"web": {"CallbackURLs": {"$include": [*urls], **form}}}}


@pytest.fixture
def here():
    with bench() as found:
        yield found


def live(here) -> list[str]:
    idp = here.boto()
    ids = {"UserPoolId": idp.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]}
    (one,) = idp.list_user_pool_clients(**ids, MaxResults=60)["UserPoolClients"]
    return sorted(idp.describe_user_pool_client(**ids, ClientId=one["ClientId"])["UserPoolClient"]["CallbackURLs"])


def test_each_pipeline_keeps_the_items_of_the_other(here, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, OWNER))
    here.converge(manifest(tmp_path, previews(B)))
    assert live(here) == [A, B]
    for document in (OWNER, previews(B)):
        found = manifest(tmp_path, document)
        assert not here.plan(found).pending
        assert not compared(found, here.cloud, Criteria()).drift.findings
    here.converge(manifest(tmp_path, previews(C, **{"$exclude": [B]})))
    assert live(here) == [A, C]


def test_items_of_a_client_that_does_not_exist_make_none(here, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, {**OWNER, "clients": {"other": {}}}))
    plan = here.plan(manifest(tmp_path, previews(B)))
    assert [(str(r.address), r.rule) for r in plan.refusals] == [("clients/web", "no-object")]
    assert "part" in plan.refusals[0].message
