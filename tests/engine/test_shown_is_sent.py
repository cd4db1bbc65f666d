"""What a plan shows is what its calls send (decision 16).

The law is checked on the calls themselves, by a comparison of its own: every member of a call that differs from the
live object has a line with that very value, whatever the manifest declares and whoever added it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.cloud.port import Cloud, Identity
from reconciler.export.rollback import rollback
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Done, Event, FieldChange, Plan, ResourceChange, Skipped, Tree
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from schemas.base import Default, WriteOnly, WriteOnlyKeys, members
from tests.engine.full import REGION, full
from tests.engine.test_one_member import ALL, Pools, as_document, at, nested, with_bytes
from tests.support import Bench, bench, carried_out, document, manifest

SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x", "SnsRegion": "eu-west-1"}
TOTP = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
FLAGS = ("RequireLowercase", "RequireNumbers", "RequireSymbols", "RequireUppercase")


# --- the law -------------------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of a call by its path; the items of a list with names count as members of it."""
    if isinstance(value, list) and value and all(isinstance(v, dict) and "AttributeDataType" in v for v in value):
        value = {v["Name"]: v for v in value}
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif path:
        yield path, value


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return bool(one == other)


def is_shown(fields: tuple[FieldChange, ...], path: tuple[str, ...], value: Any) -> bool:
    for line in fields:
        if path[: len(line.path)] == line.path:
            told = at(line.after, path[len(line.path) :])
            delta = isinstance(value, list) and isinstance(told, list) and all(v in told for v in value)
            if alike(told, value) or delta:
                return True
    return False


def unshown(change: ResourceChange, plan: Plan) -> list[tuple[tuple[str, ...], Any]]:
    """The members of the calls of a change that differ from what is live, and of which the plan does not speak."""
    kind = KINDS[change.address.section]
    live = change.before if change.before is not None else {} if kind.create else kind.initial()
    identity = {*kind.to_params({**change.ids, **(change.new_ids or {})}), *kind.params, kind.name_member}
    same = [*kind.equivalent(change.declared, live)] if change.before is not None else []
    found = []
    for call in lower(change, plan):
        if call.operation not in (kind.create, kind.update) or call.region:
            continue
        for path, value in leaves({k: v for k, v in call.params.items() if k not in identity}):
            silent = is_silent(kind.model, path) and change.before is not None
            spelled = any(path[: len(p)] == p for p in same)
            usual = alike(value, default(kind.model, path)) and at(live, path) in (None, [], {}, "", MISSING)
            there = change.before is not None or not kind.create  # a setting that is unset has its defaults
            carried = alike(at(live, path), value) or (usual and there)
            empty = value in (None, [], {}, "")
            if not (silent or spelled or carried or empty or is_shown(change.fields, path, value)):
                found.append((path, value))
    return found


MISSING = at({}, ("nothing",))


def default(model: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        member = members(model).get(step) if model else None
        if member is None:
            return MISSING
        mark, model = member.mark(Default), member.model
    return mark.value if mark else MISSING


def is_silent(model: Any, path: tuple[str, ...]) -> bool:
    """Whether the service never returns a member, so that nobody knows whether it changes."""
    member = members(model).get(path[0])
    keys = member.mark(WriteOnlyKeys) if member else None
    return bool(member and (member.has(WriteOnly) or (keys and path[1] in keys.names)))


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        made = Pools(local, tmp_path_factory.mktemp("shown"))
        made.get({})
        yield made


def declared(some: list[Any], tag: str, directory: Any) -> dict[str, Any]:
    """A document of some leaves of the full pool."""
    objects: dict[str, dict[str, Any]] = {}
    for leaf in some:
        section, name, *path = leaf
        merge(objects.setdefault(section, {}).setdefault(name, {}), nested(tuple(path), at(full(tag), leaf)))
    return with_bytes(as_document({s: o for s, o in objects.items() if s.partition(".")[0] in SECTIONS}), directory)


SECTIONS = (
    "user_pool",
    "mfa",
    "groups",
    "resource_servers",
    "risk_configuration",
    "log_delivery",
    "session",
    "clients",
)


def merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict) and key != "Settings":
            merge(into[key], value)
        else:
            into[key] = value


LEAVES = st.lists(st.sampled_from([leaf for leaf in ALL if leaf[0].partition(".")[0] in SECTIONS]), max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(some=LEAVES, new=st.booleans())
def test_every_member_that_a_call_changes_is_a_line(pools: Pools, tmp_path, some, new):
    tree = declared(some, "other", tmp_path)
    if new:
        tree.setdefault("user_pool", {})["PoolName"] = "not there yet"
    else:
        tree["id"] = pools.get({})
        tree.setdefault("user_pool", {}).pop("PoolName", None)
    tree.pop("domains", None)
    plan = pools.bench.plan(manifest(tmp_path, tree))
    assert {str(c.address): unshown(c, plan) for c in plan.pending if unshown(c, plan)} == {}


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize("section", sorted({leaf[0] for leaf in ALL}))
def test_every_member_of_every_kind(pools: Pools, tmp_path, section: str, new: bool):
    """The same for each kind with all its members at once: made, and changed."""
    objects = {s: o for s, o in full("other").items() if s in (section, section.partition(".")[0])}
    tree = with_bytes(as_document(objects), tmp_path)
    if new:
        tree["user_pool"] = {**tree.get("user_pool", {}), "PoolName": "not there yet"}
    else:
        tree["id"] = pools.get({})
    plan = pools.bench.plan(manifest(tmp_path, tree))
    assert plan.pending
    assert {str(c.address): unshown(c, plan) for c in plan.pending if unshown(c, plan)} == {}


def test_the_law_can_fail(tmp_path):
    """A plan from which a line is taken breaks it."""
    with bench() as here:
        found = here.plan(manifest(tmp_path, document(mfa=TOTP)))
    change = next(c for c in found.pending if c.address.section == "mfa")
    poorer = type(change)(**{**{k: getattr(change, k) for k in change.__slots__}, "fields": change.fields[1:]})
    assert unshown(change, found) == []
    assert unshown(poorer, found) == [(("SoftwareTokenMfaConfiguration", "Enabled"), True)]


# --- a new pool ----------------------------------------------------------------------------------------------------


def lines(plan: Plan, address: str) -> dict[tuple[str, ...], tuple[Any, Any]]:
    return {f.path: (f.before, f.after) for c in plan.pending if str(c.address) == address for f in c.fields}  # type: ignore[misc]


def policy(tree: Any) -> dict[str, Any]:
    return {"Policies": {"PasswordPolicy": tree}}


@pytest.mark.parametrize(
    "given", [{"MinimumLength": 14}, {"RequireSymbols": False}, {"PasswordHistorySize": 3}], ids=str
)
def test_the_completed_password_rules_of_a_new_pool_are_lines(tmp_path, given: Tree):
    tree = document(user_pool={"PoolName": "customers", **policy(given)})
    with bench() as here:
        found = manifest(tmp_path, tree)
        plan = here.plan(found)
        shown = {
            p[-1]: after
            for p, (_, after) in lines(plan, "user_pool").items()
            if p[:2] == ("Policies", "PasswordPolicy")
        }
        assert shown == {**dict.fromkeys(FLAGS, True), **given}
        change = plan.pending[0]
        assert change.after["Policies"]["PasswordPolicy"] == shown
        here.converge(found)
        live = here.boto().describe_user_pool(UserPoolId=pool_id(here))["UserPool"]["Policies"]["PasswordPolicy"]
        assert {k: live[k] for k in shown} == shown


def test_the_definition_of_a_standard_attribute_is_shown_whole(tmp_path):
    tree = document(user_pool={"PoolName": "customers", "Schema": [{"Name": "email", "Required": True}]})
    with bench() as here:
        _, after = lines(here.plan(manifest(tmp_path, tree)), "user_pool")["Schema", "email"]
    assert after["Required"] is True
    assert after["Mutable"] is True
    assert after["AttributeDataType"] == "String"


def test_a_policy_that_is_absent_or_live_is_not_completed(tmp_path):
    with bench() as here:
        bare = here.plan(manifest(tmp_path, document()))
        assert not any(p[0] == "Policies" for p in lines(bare, "user_pool"))
        here.converge(manifest(tmp_path, document()))
        tree = document(user_pool={"PoolName": "customers", **policy({"MinimumLength": 14})})
        assert list(lines(here.plan(manifest(tmp_path, tree)), "user_pool")) == [
            ("Policies", "PasswordPolicy", "MinimumLength")
        ]


# --- MFA -----------------------------------------------------------------------------------------------------------


class Repeating:
    """A cloud that repeats the pool's SMS settings among the MFA settings, even while MFA is off."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def identity(self) -> Identity:
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        answer = self._cloud.call(service, operation, params)
        if operation == "GetUserPoolMfaConfig" and answer["MfaConfiguration"] == "OFF":
            pool = self._cloud.call(service, "DescribeUserPool", params)["UserPool"]
            if "SmsConfiguration" in pool:
                return {**answer, "SmsMfaConfiguration": {"SmsConfiguration": pool["SmsConfiguration"]}}
        return answer

    def at(self, region: str) -> Cloud:
        return Repeating(self._cloud.at(region))


def pool_id(here: Bench) -> str:
    found: str = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    return found


def with_sms(mfa: Tree | None = None) -> Tree:
    return document(user_pool={"PoolName": "customers", "SmsConfiguration": SMS}, **({"mfa": mfa} if mfa else {}))


FACTORS = {
    "totp": TOTP,
    "sms": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}},
    "both": {**TOTP, "SmsMfaConfiguration": {}},
}


@pytest.mark.parametrize("factors", FACTORS)
@pytest.mark.parametrize("repeats", [False, True])
def test_only_declared_factors_are_switched_on_with_mfa(tmp_path, factors: str, repeats: bool):
    with bench() as here:
        here.cloud = Repeating(here.cloud) if repeats else here.cloud
        here.converge(manifest(tmp_path, with_sms()))
        found = manifest(tmp_path, with_sms(FACTORS[factors]))
        shown = lines(here.plan(found), "mfa")
        assert {p[0] for p in shown} == set(FACTORS[factors])
        if "SmsMfaConfiguration" in FACTORS[factors]:
            assert shown["SmsMfaConfiguration", "SmsConfiguration", "SnsCallerArn"] == (None, SMS["SnsCallerArn"])
        here.converge(found)
        live = here.boto().get_user_pool_mfa_config(UserPoolId=pool_id(here))
        assert {k for k in live if k.endswith("MfaConfiguration")} == set(FACTORS[factors])


def kill_after_the_pool(here: Bench, found: Manifest) -> list[Event]:
    """Apply, and stop when the pool has been made."""
    events: list[Event] = []

    def stop() -> bool:
        return any(isinstance(e, Done) for e in events)

    def again() -> Plan:
        return planned(found, here.cloud)

    run = carried_out(here.plan(found), here.cloud, again, clock=here.clock, sleep=here.clock.sleep, stop=stop)
    events.extend(run)  # one by one, so that `stop` sees each
    return events


@pytest.mark.parametrize("factors", FACTORS)
@pytest.mark.parametrize("repeats", [False, True])
def test_an_apply_that_was_killed_ends_where_a_whole_one_does(tmp_path, factors: str, repeats: bool):
    found = manifest(tmp_path, with_sms(FACTORS[factors]))
    ends = []
    for killed in (False, True):
        with bench() as here:
            here.cloud = Repeating(here.cloud) if repeats else here.cloud
            if killed:
                assert isinstance(kill_after_the_pool(here, found)[-1], Skipped)
            here.converge(found)
            live = here.boto().get_user_pool_mfa_config(UserPoolId=pool_id(here))
            ends.append({k: v for k, v in live.items() if k != "ResponseMetadata"})
    assert ends[0] == ends[1]


def test_factors_that_go_with_mfa_are_lines(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, with_sms({**TOTP, "SmsMfaConfiguration": {}})))
        shown = lines(here.plan(manifest(tmp_path, with_sms({"MfaConfiguration": "OFF"}))), "mfa")
    assert shown["MfaConfiguration",] == ("OPTIONAL", "OFF")
    assert shown["SoftwareTokenMfaConfiguration", "Enabled"] == (True, None)
    assert any(p[0] == "SmsMfaConfiguration" for p in shown)


@pytest.mark.parametrize("order", [(None, TOTP), (TOTP, {"MfaConfiguration": "OFF"}), (FACTORS["both"], TOTP)], ids=str)
def test_the_rollback_of_factors_leads_back(tmp_path, order: tuple[Tree | None, Tree]):
    one, other = order
    with bench() as here:
        here.converge(manifest(tmp_path, with_sms(one)))
        before = here.snapshot(pool_id(here))["mfa"]
        plan = here.plan(manifest(tmp_path, with_sms({"SmsMfaConfiguration": None, **other} if one else other)))
        back = rollback([plan], "back.yaml").text
        here.apply(manifest(tmp_path, document()), plan)
        assert here.snapshot(pool_id(here))["mfa"] != before
        here.converge(manifest(tmp_path, back))
        after = here.snapshot(pool_id(here))["mfa"]
    assert {**after, "WebAuthnConfiguration": None} == {**before, "WebAuthnConfiguration": None}


def test_sms_settings_that_are_declared_for_mfa_are_lines_of_the_pool_too(tmp_path):
    mfa = {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    with bench() as here:
        shown = lines(here.plan(manifest(tmp_path, document(mfa=mfa))), "user_pool")
    assert shown["SmsConfiguration", "SnsCallerArn"] == (None, SMS["SnsCallerArn"])


def test_a_member_that_another_one_replaces_is_a_line(tmp_path):
    """Cognito stores one message under two names."""
    with bench() as here:
        old = {"PoolName": "customers", "EmailVerificationSubject": "Old"}
        here.converge(manifest(tmp_path, document(user_pool=old)))
        shown = lines(
            here.plan(manifest(tmp_path, document(user_pool={**old, "EmailVerificationSubject": "New"}))), "user_pool"
        )
    assert shown == {
        ("EmailVerificationSubject",): ("Old", "New"),
        ("VerificationMessageTemplate", "EmailSubject"): ("Old", "New"),
    }


ROLE_OF_SMS = "arn:aws:iam::123456789012:role/sms"
EUMS = {"EumsSms": {"CallerArn": ROLE_OF_SMS, "OriginationIdentity": "sender"}}


@pytest.mark.parametrize("live", [False, True], ids=["new", "live"])
@pytest.mark.parametrize("pool", [{"SnsCallerArn": ROLE_OF_SMS}, EUMS], ids=["sns", "eums"])
def test_what_mfa_says_of_sms_is_laid_over_what_the_pool_has(tmp_path, pool: Tree, live: bool):
    """While MFA is off, only the pool shows the setting; the call that writes MFA replaces it."""
    own = {"version": 1, "user_pool": {"PoolName": "customers", "SmsConfiguration": pool}}
    region = {"SmsConfiguration": {"SnsRegion": "eu-west-1"}}
    mfa = {"mfa": {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": region}}
    with bench() as here:
        if live:
            here.converge(manifest(tmp_path, own))
            own = {"version": 1, "user_pool": {"PoolName": "customers"}}
        here.converge(manifest(tmp_path, {**own, **mfa}))
        found = here.snapshot(here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"])
    sms = found["user_pool"]["SmsConfiguration"]
    assert sms["SnsRegion"] == "eu-west-1"
    assert {k: sms.get(k) for k in ("SnsCallerArn",) if k in pool} == {k: v for k, v in pool.items() if k != "EumsSms"}
    assert ("EumsSms" in sms) == ("EumsSms" in pool)


@pytest.mark.parametrize("own", [True, False], ids=["own", "pool's"])
@pytest.mark.parametrize("said", [{"SmsAuthenticationMessage": None}, {}], ids=["null", "silent"])
def test_a_text_that_goes_from_the_pool_with_mfa_is_a_line(tmp_path, said: Tree, own: bool):
    """While MFA is off, only the pool shows the text; the call that switches SMS on replaces it."""
    text = {"SmsAuthenticationMessage": "Your code: {####}"}
    sms = {"SmsConfiguration": {"SnsCallerArn": ROLE_OF_SMS}}
    with bench() as here:
        here.converge(manifest(tmp_path, document(user_pool={"PoolName": "customers", **sms, **text})))
        tree = document(mfa={"MfaConfiguration": "ON", "SmsMfaConfiguration": {**(sms if own else {}), **said}})
        found = lines(here.plan(manifest(tmp_path, tree)), "mfa")
        here.converge(manifest(tmp_path, tree))
        live = here.snapshot(pool_id(here))["user_pool"]
    line = found.get(("SmsMfaConfiguration", "SmsAuthenticationMessage"))
    if said:
        assert (line, live.get("SmsAuthenticationMessage")) == ((text["SmsAuthenticationMessage"], None), None)
    else:
        assert (line, live.get("SmsAuthenticationMessage")) == ((None, *text.values()), *text.values())
