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


REFUSED = {
    "identity_pool.IdentityPoolName": ["not-removable", "required"],
    "identity_pool.AllowUnauthenticatedIdentities": ["not-removable", "required"],
    "roles.RoleMappings.AmbiguousRoleResolution": ["O18"],
    "roles.RoleMappings.RulesConfiguration.Rules": ["O18", "required"],
    "principal_tags.UseDefaults": [],
}
"""What null cannot reset, with the rule that says so."""


@pytest.mark.parametrize("leaf", IDENTITIES, ids=lambda leaf: ".".join(filter(None, leaf)))
def test_null_resets_one_member_of_an_identity_pool_and_nothing_else(identity_bench, tmp_path, leaf: Leaf):
    local, pool_id, provider = identity_bench
    local.converge(manifest(tmp_path, as_document(identities("one", provider), kind="IdentityPool", id=pool_id)))
    section, name, *path = [step.replace(PROVIDER, provider) for step in leaf]
    before = identity_snapshot(local, pool_id, provider)
    declared = nested(tuple(path), None)
    body = {section: {name: declared} if name else declared}
    found = manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "id": pool_id, **body})
    plan = local.plan(found)
    key = ".".join([section, *(step for step in path if provider not in step)])
    assert sorted({r.rule for r in plan.refusals}) == REFUSED.get(key, [])
    if plan.refusals:
        return
    local.converge(found)
    was, now = flat(before), flat(identity_snapshot(local, pool_id, provider))
    changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
    allowed = (section, *((name,) if name else ()), *path)
    assert changed
    assert {c for c in changed if c[: len(allowed)] != allowed and allowed[: len(c)] != c} == set()


@pytest.mark.parametrize("leaf", IDENTITIES, ids=lambda leaf: ".".join(filter(None, leaf)))
def test_one_member_on_a_bare_identity_pool_changes_nothing_else(tmp_path, leaf: Leaf):
    with bench(region=REGION) as local:
        user_pool = local.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
        provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
        bare = {"IdentityPoolName": "bare", "AllowUnauthenticatedIdentities": False}
        local.converge(manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "identity_pool": bare}))
        pool_id = local.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        section, name, *path = [step.replace(PROVIDER, provider) for step in leaf]
        before = identity_snapshot(local, pool_id, provider)
        declared = nested(tuple(path), at(identities("one", provider), (section, name, *path)))
        body = {section: {name: declared} if name else declared}
        found = manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "id": pool_id, **body})
        plan = local.plan(found)
        if plan.refusals:
            assert {r.rule for r in plan.refusals} <= {"O18", "O22", "required"}
            assert path[0] == "RoleMappings"  # a mapping needs its type, its rules, and a provider of the pool
            return
        assert [
            (c.address.section, *f.path) for c in plan.pending for f in c.fields if f.path != ("IdentityProviderName",)
        ] == [(section, *path)]
        local.converge(found)
        was, now = flat(before), flat(identity_snapshot(local, pool_id, provider))
        changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
        allowed = (section, *((name,) if name else ()), *path)
        assert {c for c in changed if c[: len(allowed)] != allowed and allowed[: len(c)] != c} == set()


@pytest.mark.parametrize(
    ("section", "operation"),
    [("roles", "GetIdentityPoolRoles"), ("principal_tags", "GetPrincipalTagAttributeMap")],
)
def test_what_an_identity_pool_has_is_not_overwritten_because_it_is_not_found(tmp_path, section, operation):
    """Both writes replace the whole, so what is not declared would be lost (cognito.md 15.14)."""
    with bench(region=REGION) as local:
        user_pool = local.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
        provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
        whole = as_document(identities("one", provider), kind="IdentityPool")
        local.converge(manifest(tmp_path, whole))
        local.local.faults.add(operation, "ResourceNotFoundException", times=99, message="It does not exist.")
        plan = local.plan(manifest(tmp_path, whole))
        assert {g.operation for g in plan.gaps} == {f"cognito-identity:{operation}"}
        assert plan.pending == ()


def test_tags_of_a_provider_that_the_identity_pool_does_not_have_may_be_missing(tmp_path):
    """The provider is added by the same apply; how Cognito answers before is not known."""
    with bench(region=REGION) as local:
        user_pool = local.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
        provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
        bare = {"version": 1, "kind": "IdentityPool"}
        pool = {"IdentityPoolName": "app", "AllowUnauthenticatedIdentities": False}
        local.converge(manifest(tmp_path, {**bare, "identity_pool": pool}))
        client = local.boto().create_user_pool_client(UserPoolId=user_pool, ClientName="web")["UserPoolClient"]
        pool["CognitoIdentityProviders"] = [{"ProviderName": provider, "ClientId": client["ClientId"]}]
        tags = {provider: {"PrincipalTags": {"tenant": "custom:tenant"}}}
        local.local.faults.add("GetPrincipalTagAttributeMap", "ResourceNotFoundException", message="It does not exist.")
        local.converge(manifest(tmp_path, {**bare, "identity_pool": pool, "principal_tags": tags}))
