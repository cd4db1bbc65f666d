"""`null` for a section that holds one object takes all of it back to what it is in a new pool (decision 23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.drift.findings import Criteria, compare, read_scope
from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, Failed, FindingClass, Skipped, Target
from reconciler.observing.observer import observe
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from schemas.base import ClearWith, Default, members
from schemas.documents import DOCUMENTS
from schemas.sections import is_resettable, is_single
from tests.engine.full import ACCOUNT, REGION, identities
from tests.engine.test_one_member import Pools, as_document
from tests.support import bench, document, identity_snapshot, manifest

TOTP = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
BRANDED = {"UseCognitoProvidedValues": True}
SINGLE = [
    (kind.name, section) for kind in DOCUMENTS.values() for section, member in kind.all.items() if is_single(member)
]
RESET = [s for d, s in SINGLE if d == "UserPool" and is_resettable(DOCUMENTS[d].all[s])]
NOT_RESET = {
    "user_pool": "no defaults",
    "clients.secrets": "only observed",
    "identity_pool": "no defaults",
    "sms_role": "never deletes it",
    "sms_role_trust": "never deletes it",
}


def nulled(section: str, client: str = "web", **more: Any) -> dict[str, Any]:
    outer, dot, part = section.partition(".")
    return {"version": 1, **more, **({outer: {client: {part: None}}} if dot else {section: None})}


def client_of(pools: Pools, pool_id: str) -> str:
    return next(iter(pools.snapshot(pool_id)["clients"].values()))["ClientName"]


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


def test_every_section_of_one_object_is_either_reset_or_refused_with_a_reason():
    assert {s for _, s in SINGLE} == {*RESET, *NOT_RESET, "roles"}


@pytest.mark.parametrize("section", RESET)
def test_null_resets_the_whole_of_a_section_and_nothing_else(pools: Pools, tmp_path, section: str):
    pool_id = pools.get({})
    here, before = pools.bench, pools.snapshot(pool_id)
    found = manifest(tmp_path, nulled(section, client_of(pools, pool_id), id=pool_id))
    plan = here.plan(found)
    assert plan.refusals == ()
    (change,) = plan.pending
    kind = KINDS[section]
    assert change.action is (Action.DELETE if kind.create else Action.UPDATE)
    assert change.fields  # its members are shown
    assert all(f.after is None or f.after == reset_of(kind, f.path) for f in change.fields)
    assert "null" in change.reason
    here.converge(found)
    after = pools.snapshot(pool_id)
    changed = {name for name in before if before[name] != after.get(name)}
    # the SMS text and its role are shared; a second factor is a part of the pool in the answers
    assert changed <= {section, *({"user_pool"} if section == "mfa" else ())}
    assert section in changed


def reset_of(kind: ResourceKind, path: tuple[str | int, ...]) -> Any:
    model, found = kind.model, None
    for step in path:
        member = members(model).get(str(step))
        if member is None:
            return None
        mark = member.mark(ClearWith) or member.mark(Default)
        found = mark.value if mark else (found or {}).get(str(step)) if isinstance(found, dict) else None
        model = member.model or model
    return found


@pytest.mark.parametrize("section", RESET)
def test_null_on_a_new_pool_does_nothing(tmp_path, section: str):
    with bench(region=REGION) as here:
        tree = document(**{k: v for k, v in nulled(section).items() if k != "version"})
        here.converge(manifest(tmp_path, tree))
        assert here.plan(manifest(tmp_path, tree)).pending == ()


@pytest.mark.parametrize("section", RESET)
def test_a_protected_section_is_not_reset(pools: Pools, tmp_path, section: str):
    pool_id = pools.get({})
    client = client_of(pools, pool_id)
    outer, dot, part = section.partition(".")
    address = f"clients/{client}/{part}" if dot else section
    for pattern in {outer, address, f"clients/{client}" if dot else "*"}:
        plan = pools.bench.plan(manifest(tmp_path, nulled(section, client, id=pool_id, protect=[pattern])))
        assert [(r.rule, str(r.address)) for r in plan.refusals] == [("protected", address)]
        assert f"protect: {pattern} ({tmp_path}/m.yaml:" in plan.refusals[0].message


def test_null_resets_the_roles_of_an_identity_pool_with_their_mappings(tmp_path):
    with bench(region=REGION) as here:
        user_pool = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
        provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
        here.converge(manifest(tmp_path, as_document(identities("one", provider), kind="IdentityPool")))
        identity = here.boto("cognito-identity")
        pool_id = identity.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        before = identity_snapshot(here, pool_id, provider)
        found = manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "id": pool_id, "roles": None})
        (change,) = here.plan(found).pending
        assert {f.path[0] for f in change.fields} == {"Roles", "RoleMappings"}
        here.converge(found)
        after = identity_snapshot(here, pool_id, provider)
        assert {k for k in before if before[k] != after[k]} == {"roles"}
        assert after["roles"] == {"IdentityPoolId": pool_id}


@pytest.mark.parametrize("section", NOT_RESET)
def test_what_cannot_be_reset_is_refused_with_the_reason(tmp_path, section: str):
    outer, _, _ = section.partition(".")
    more = {"kind": "IdentityPool", "id": f"{REGION}:1a2b"} if outer == "identity_pool" else {"id": f"{REGION}_a"}
    with pytest.raises(InvalidManifest) as raised:
        manifest(tmp_path, nulled(section, **more))
    (problem,) = raised.value.problems
    assert "null cannot reset it" in problem.message
    assert NOT_RESET[section] in problem.message
    assert problem.position.line > 1


@pytest.mark.parametrize("section", RESET)
def test_drift_from_null_is_every_member_that_differs_from_a_new_pool(pools: Pools, tmp_path, section: str):
    pool_id = pools.get({})
    client = client_of(pools, pool_id)
    found = manifest(tmp_path, nulled(section, client, id=pool_id))
    live_state = observe(pools.bench.cloud, read_scope(found))
    findings = compare(found, live_state, Target(ACCOUNT, REGION, "", pool_id, ""), Criteria()).drift.findings
    changed = {(f.address.section, f.path) for f in findings if f.fails and f.cls is FindingClass.CHANGED}
    assert changed == {(section, f.path) for c in pools.bench.plan(found).pending for f in c.fields}
    assert not [f for f in findings if f.address.section == section and f.cls is not FindingClass.CHANGED]


@pytest.mark.parametrize("section", RESET)
def test_a_key_without_a_value_is_not_taken_for_null(tmp_path, section: str):
    """Who forgets a value must not lose a section."""
    outer, dot, part = section.partition(".")
    text = f"{outer}: {{web: {{{part}: }}}}" if dot else f"{outer}:"
    with pytest.raises(InvalidManifest, match="Write null to reset all of it"):
        manifest(tmp_path, f"version: 1\nuser_pool: {{PoolName: customers}}\n{text}\n")
    written = text.replace(": }", ": ~}") if dot else f"{text} ~"
    manifest(tmp_path, f"version: 1\nuser_pool: {{PoolName: customers}}\n{written}\n")


@pytest.mark.parametrize("tree", [{"groups": None}, {"clients": {"web": None}}, {"clients": {"web": {"terms": None}}}])
def test_null_means_nothing_for_what_holds_several_objects(tmp_path, tree: dict[str, Any]):
    with pytest.raises(InvalidManifest):
        manifest(tmp_path, document(**tree))


def test_absent_empty_and_null_are_three_things(tmp_path):
    """Decision 23: not managed, managed and empty, reset."""
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(mfa={**TOTP}, clients={"web": {"branding": BRANDED}})))
        for part in ({}, {"mfa": {}}, {"mfa": {}, "clients": {"web": {}}}):
            assert here.plan(manifest(tmp_path, document(**part))).pending == ()
        gone = here.plan(manifest(tmp_path, document(mfa=None, clients={"web": {"branding": None}})))
        assert [(str(c.address), c.action) for c in gone.pending] == [
            ("mfa", Action.UPDATE),
            ("clients/web/branding", Action.DELETE),
        ]


def test_a_client_is_reset_before_the_pool_that_its_setting_rests_on(tmp_path):
    """Sessions of a client can be written only while the pool tracks sessions, so the pool comes last."""
    tracked = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}
    own = {"SSOSession": {"MaxValidityMinutes": 7}}
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(session=tracked, clients={"web": {"session": own}})))
        found = manifest(tmp_path, document(session=None, clients={"web": {"session": None}}))
        assert [str(c.address) for c in here.plan(found).pending] == ["clients/web/session", "session"]
        here.converge(found)


def test_a_style_goes_before_the_domain_that_it_rests_on(tmp_path):
    look = {"CSS": ".banner-customizable {background: red}"}
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(domains={"shop": {}}, ui_customization=look)))
        found = manifest(tmp_path, document(domains={}, prune=["domains"], ui_customization=None))
        plan = planned(found, here.cloud, PlanOptions(prune=True))
        assert [(str(c.address), c.action) for c in plan.pending] == [
            ("ui_customization", Action.UPDATE),
            ("domains/shop", Action.DELETE),
        ]
        events = here.apply(found, plan)
        assert [e for e in events if isinstance(e, Failed | Skipped)] == []


def test_a_member_that_is_null_and_differs_is_one_finding_and_not_two(tmp_path):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(clients={"web": {"LogoutURLs": ["https://example.com"]}})))
        found = manifest(tmp_path, document(clients={"web": {"LogoutURLs": None}}))
        live_state = observe(here.cloud, read_scope(found))
        findings = compare(found, live_state, Target(ACCOUNT, REGION, "customers", "", ""), Criteria()).drift.findings
        assert [(f.cls, f.path) for f in findings] == [(FindingClass.CHANGED, ("LogoutURLs",))]


@pytest.mark.parametrize("section", ["mfa", "mfa.WebAuthnConfiguration"])
def test_passkeys_are_reset_with_the_plan_that_has_none(tmp_path, section: str):
    passkeys = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(mfa={"WebAuthnConfiguration": passkeys})))
        tree = document(mfa=None if section == "mfa" else {"WebAuthnConfiguration": None})
        tree["user_pool"]["UserPoolTier"] = "LITE"
        found = manifest(tmp_path, tree)
        assert [str(c.address) for c in here.plan(found).pending] == ["mfa", "user_pool"]
        here.converge(found)


def test_passkeys_that_stay_still_hold_a_pool_in_its_plan(tmp_path):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(mfa={"WebAuthnConfiguration": {"UserVerification": "required"}})))
        tree = document()
        tree["user_pool"]["UserPoolTier"] = "LITE"
        assert [r.rule for r in here.plan(manifest(tmp_path, tree)).refusals] == ["P23"]
