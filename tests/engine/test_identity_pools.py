"""Identity pools: the same law as for user pools, and references to objects of another document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.full import PROVIDER, REGION, identities
from tests.engine.test_one_member import IDENTITIES, Leaf, as_document, at, flat, nested
from tests.support import Bench, bench, identity_snapshot, manifest


@pytest.fixture(scope="module")
def identity_bench(tmp_path_factory) -> Iterator[tuple[Bench, str, str]]:
    with bench(region=REGION) as local:
        directory = tmp_path_factory.mktemp("identities")
        user_pool = local.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
        provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
        local.converge(manifest(directory, as_document(identities("one", provider), kind="IdentityPool")))
        pool_id = local.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        yield local, pool_id, provider


@pytest.mark.parametrize("leaf", IDENTITIES, ids=lambda leaf: ".".join(filter(None, leaf)))
def test_changing_one_member_of_an_identity_pool_changes_nothing_else(identity_bench, tmp_path, leaf: Leaf):
    local, pool_id, provider = identity_bench
    everything = as_document(identities("one", provider), kind="IdentityPool", id=pool_id)
    local.converge(manifest(tmp_path, everything))
    section, name, *path = [step.replace(PROVIDER, provider) for step in leaf]
    before = identity_snapshot(local, pool_id, provider)
    declared = nested(tuple(path), at(identities("other", provider), (section, name, *path)))
    body = {section: {name: declared} if name else declared}
    found = manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "id": pool_id, **body})
    plan = local.plan(found)
    assert [(c.address.section, *f.path) for c in plan.pending for f in c.fields] == [(section, *path)]
    local.converge(found)
    after = identity_snapshot(local, pool_id, provider)
    was, now = flat(before), flat(after)
    changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
    allowed = (section, *((name,) if name else ()), *path)
    assert changed
    assert {c for c in changed if c[: len(allowed)] != allowed} == set()
