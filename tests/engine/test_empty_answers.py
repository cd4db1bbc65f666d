"""An answer that says that nothing is set is no object: neither drift, nor in an export, nor there to be pruned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.drift.findings import Criteria, _is_something
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, Address, Observed
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.drift_run import compared
from tests.engine.full import REGION
from tests.engine.test_export import exported, planned_again, tree_of
from tests.support import Bench, bench, manifest

SOCIAL = "accounts.google.com"
NOTHING = {"UseDefaults": False, "PrincipalTags": {}}
TAGS = {"UseDefaults": False, "PrincipalTags": {"tenant": "custom:tenant"}}


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench(region=REGION) as local:
        yield local


def identity_pool(**sections: Any) -> dict[str, Any]:
    pool = {
        "IdentityPoolName": "ids",
        "AllowUnauthenticatedIdentities": False,
        "SupportedLoginProviders": {SOCIAL: "app.apps.googleusercontent.com"},
    }
    return {"version": 1, "kind": "IdentityPool", "identity_pool": pool, **sections}


def found(here: Bench, tmp_path, tree: dict[str, Any]) -> list[tuple[str, str]]:
    drift = compared(manifest(tmp_path, tree), here.cloud, Criteria()).drift
    assert drift.gaps == ()
    return [(f.cls.value, str(f.address)) for f in drift.findings]


def pool_id(here: Bench) -> str:
    return str(here.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"])


def set_tags(here: Bench, **values: Any) -> None:
    here.boto("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool_id(here), IdentityProviderName=SOCIAL, **values
    )


def tags(here: Bench) -> dict[str, Any]:
    answer = here.boto("cognito-identity").get_principal_tag_attribute_map(
        IdentityPoolId=pool_id(here), IdentityProviderName=SOCIAL
    )
    return {k: answer[k] for k in NOTHING}


@pytest.mark.parametrize("mode", ["minimal", "guarded", "full"])
def test_a_provider_whose_tags_were_never_set_is_neither_drift_nor_exported(here, tmp_path, mode):
    here.converge(manifest(tmp_path, identity_pool()))
    assert found(here, tmp_path, identity_pool()) == []
    result = exported(here, pool_id(here), mode, tmp_path)
    assert tree_of(result).get("principal_tags", {}) == {}
    assert planned_again(here, result, tmp_path) == []


def test_tags_that_were_switched_off_by_hand_are_no_object_either(here, tmp_path):
    here.converge(manifest(tmp_path, identity_pool()))
    set_tags(here, **TAGS)
    assert found(here, tmp_path, identity_pool()) == [("unmanaged", f"principal_tags/{SOCIAL}")]
    set_tags(here, **NOTHING)
    assert found(here, tmp_path, identity_pool()) == []
    assert "principal_tags" not in tree_of(exported(here, pool_id(here), "minimal", tmp_path))


def test_the_default_mapping_is_something(here, tmp_path):
    here.converge(manifest(tmp_path, identity_pool()))
    set_tags(here, UseDefaults=True)
    assert found(here, tmp_path, identity_pool()) == [("unmanaged", f"principal_tags/{SOCIAL}")]


def test_declared_tags_that_were_switched_off_by_hand_are_drift_and_come_back(here, tmp_path):
    declared = identity_pool(principal_tags={SOCIAL: TAGS})
    here.converge(manifest(tmp_path, declared))
    set_tags(here, **NOTHING)
    assert found(here, tmp_path, declared) == [("changed", f"principal_tags/{SOCIAL}")]
    here.converge(manifest(tmp_path, declared))
    assert tags(here) == TAGS


@pytest.mark.parametrize("declared", [NOTHING, {}, {"UseDefaults": False}], ids=str)
def test_no_tags_can_be_declared_and_are_no_change(here, tmp_path, declared):
    here.converge(manifest(tmp_path, identity_pool()))
    tree = identity_pool(principal_tags={SOCIAL: declared})
    assert here.plan(manifest(tmp_path, tree)).pending == ()
    assert found(here, tmp_path, tree) == []


@pytest.mark.parametrize("live", [TAGS, {"UseDefaults": True}], ids=str)
def test_undeclared_tags_are_pruned_by_switching_them_off(here, tmp_path, live):
    here.converge(manifest(tmp_path, identity_pool()))
    set_tags(here, **live)
    loaded = manifest(tmp_path, identity_pool(principal_tags={}, prune=["principal_tags"]))
    kept = planned(loaded, here.cloud)
    assert (kept.pending, [str(a) for a in kept.unmanaged]) == ((), [f"principal_tags/{SOCIAL}"])
    plan = planned(loaded, here.cloud, PlanOptions(prune=True))
    assert [(c.action, str(c.address)) for c in plan.pending] == [(Action.DELETE, f"principal_tags/{SOCIAL}")]
    events = here.apply(loaded, plan)
    assert [type(e).__name__ for e in events] == ["Started", "Sent", "Done", "Verified"]
    assert tags(here) == NOTHING
    again = planned(loaded, here.cloud, PlanOptions(prune=True))
    assert (again.pending, again.unmanaged) == ((), ())


# --- the neighbours: every setting that a pool has without anyone having set it


SETTINGS = [k for k in KINDS.values() if not k.create and k.update and not k.surrounding]  # one is outside of the pool


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda k: k.section)
@pytest.mark.parametrize("state", ["nothing", "initial"])
def test_a_setting_as_in_a_new_pool_is_no_unmanaged_object(kind: ResourceKind, state: str):
    data = kind.from_api({}) if state == "nothing" else kind.initial()
    assert not _is_something(kind, Observed(Address("p", kind.section, ""), {}, data), {})


def test_a_new_pool_with_a_client_has_nothing_that_is_not_declared(here, tmp_path):
    tree = {"version": 1, "user_pool": {"PoolName": "users"}, "clients": {"web": {}}, "domains": {"users-acme": {}}}
    here.converge(manifest(tmp_path, tree))
    assert found(here, tmp_path, tree) == []


PASSKEYS = {"RelyingPartyId": "auth.example.com"}


@pytest.mark.parametrize("passkeys", [None, PASSKEYS, {**PASSKEYS, "UserVerification": "required"}], ids=str)
@pytest.mark.parametrize("mode", ["minimal", "guarded", "full"])
def test_what_passkeys_show_by_themselves_is_a_default(here, tmp_path, passkeys, mode):
    mfa = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    declared = {**mfa, "WebAuthnConfiguration": passkeys} if passkeys else mfa
    tree = {"version": 1, "user_pool": {"PoolName": "users"}, "mfa": declared}
    here.converge(manifest(tmp_path, tree))
    pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    shown = here.boto().get_user_pool_mfa_config(UserPoolId=pool)["WebAuthnConfiguration"]
    assert shown["FactorConfiguration"] == "SINGLE_FACTOR"  # although nobody declared it
    assert found(here, tmp_path, tree) == []
    result = exported(here, pool, mode, tmp_path)
    assert planned_again(here, result, tmp_path) == []
    if mode == "minimal":
        assert tree_of(result)["mfa"].get("WebAuthnConfiguration") == passkeys


def test_passkeys_that_count_as_two_factors_are_drift(here, tmp_path):
    tree = {"version": 1, "user_pool": {"PoolName": "users"}, "mfa": {"WebAuthnConfiguration": PASSKEYS}}
    here.converge(manifest(tmp_path, tree))
    pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    several = {**PASSKEYS, "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    here.boto().set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=several)
    assert found(here, tmp_path, tree) == [("undeclared", "mfa")]
