"""A live object that nobody touched never shows a change, however it is spelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.kinds import KINDS, root_of
from reconciler.model import Address, Observed, Target
from reconciler.observing.observer import LiveState, wrap
from reconciler.planning.planner import PlanOptions, plan
from reconciler.values.differ import diff
from reconciler.values.merge import defaults
from schemas.base import ApiModel, Sensitive, members
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.risk_configuration import RiskConfiguration
from tests.engine.test_kinds import SAMPLES, cases
from tests.support import bench, clean, document, manifest

ROOT_ID = {"UserPool": "us-west-2_EXAMPLE", "IdentityPool": "us-west-2:11111111-1111-1111-1111-111111111111"}


def known(model: type[ApiModel], tree: Any) -> Any:
    """The members that can be declared."""
    result = {}
    for name, value in tree.items():
        member = members(model).get(name)
        if member is None or member.has(Sensitive):
            continue  # a manifest holds a reference to a secret, never the secret (which is a placeholder here)
        if member.shape == "structure" and member.model:
            result[name] = known(member.model, value)
        elif member.shape == "list" and member.model:
            result[name] = [known(member.model, item) for item in value]
        else:
            result[name] = value
    return result


@pytest.mark.parametrize(("kind", "entry", "result"), cases())
def test_every_sample_planned_against_itself_shows_no_change(tmp_path, kind, entry, result):
    answer = clean(json.loads((SAMPLES / entry["file"]).read_text()))
    found = answer[result] if result else answer
    if kind.listing and entry["operation"] == kind.listing.operation:
        if not kind.listing.complete:
            return
        found = answer[kind.listing.items][0]
    if not found or (kind.id_param and kind.id_param not in found and kind.name_member and not kind.root):
        return  # the answer to a creation, which says nothing of the object
    adopted = kind.from_api({k: v for k, v in found.items() if k != "UserPoolId"})
    data = wrap(kind.model, adopted)
    if kind.outer:
        assert not diff(kind.model, wrap(kind.model, known(kind.model, adopted)), data)
        return
    tree = known(kind.model, adopted)
    name = str(found.get(kind.name_member, ""))
    body = tree if kind.single else {name or "x": tree}
    written = {"version": 1, "kind": kind.document, "id": ROOT_ID[kind.document], kind.section: body}
    loaded = manifest(tmp_path, yaml.safe_dump(written))
    root = root_of(kind.document)
    top = Observed(Address(loaded.name, root.section), {root.id_param: ROOT_ID[kind.document]}, data)
    ids = {**top.ids, **({kind.id_param: str(found.get(kind.id_param, name))} if kind.id_param else {})}
    here = Observed(Address(loaded.name, kind.section, "" if kind.single else name), ids, data)
    live_state = LiveState(top, (top,) if kind.root else (top, here), frozenset({kind.section}))
    planned = plan(loaded, live_state, Target("", "us-west-2", loaded.name, "", "m.yaml"), PlanOptions())
    assert [(f.path, f.before, f.after) for c in planned.pending for f in c.fields] == []
    assert planned.refusals == ()


DEFAULTS = document(
    user_pool={
        **{k: v for k, v in defaults(KINDS["user_pool"].model).items() if k != "UsernameConfiguration"},
        "PoolName": "customers",
    },
    mfa={"MfaConfiguration": "OFF"},
    session={"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}},
    log_delivery={"LogConfigurations": []},
    clients={"web": {**defaults(KINDS["clients"].model), "session": {"SSOSession": {"MaxValidityMinutes": 60}}}},
)
DEFAULTS["user_pool"]["AdminCreateUserConfig"].pop("UnusedAccountValidityDays", None)


def test_the_documented_defaults_are_no_change_on_a_pool_of_which_only_the_name_was_said(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, document(clients={"web": {}})))
        found = here.plan(manifest(tmp_path, DEFAULTS))
        assert [(c.address.section, f.path) for c in found.pending for f in c.fields] == []


def test_and_the_other_way_round(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, DEFAULTS))
        found = here.plan(manifest(tmp_path, document(clients={"web": {}})))
        assert found.pending == ()


@pytest.mark.parametrize(("value", "unit"), [(3600, "seconds"), (60, "minutes"), (1, "hours")])
@pytest.mark.parametrize(("live", "live_unit"), [(3600, "seconds"), (60, "minutes"), (1, "hours"), (None, None)])
def test_an_hour_is_an_hour_in_every_unit(tmp_path, value, unit, live, live_unit):
    units = {"TokenValidityUnits": {"AccessToken": live_unit}, "AccessTokenValidity": live} if live else {}
    with bench() as here:
        here.converge(manifest(tmp_path, document(clients={"web": units})))
        declared = {"AccessTokenValidity": value, "TokenValidityUnits": {"AccessToken": unit}}
        assert here.plan(manifest(tmp_path, document(clients={"web": declared}))).pending == ()


@pytest.mark.parametrize(
    ("model", "declared", "live"),
    [
        (
            RiskConfiguration,
            {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.168.0.1", "10.1.0.0/8"]}},
            {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/8", "192.168.0.1/32"]}},
        ),
        (
            RiskConfiguration,
            {"CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP", "SIGN_IN", "PASSWORD_CHANGE"]}},
            {"CompromisedCredentialsRiskConfiguration": {"EventFilter": []}},
        ),
        (
            ManagedLoginBranding,
            {"Settings": {"componentClasses": {"buttons": {"borderRadius": 8}}}},
            {"Settings": {"componentClasses": {"buttons": {"borderRadius": 8.0}}}},
        ),
        (
            KINDS["identity_pool"].model,
            {"CognitoIdentityProviders": [{"ProviderName": "p", "ClientId": "c"}]},
            {"CognitoIdentityProviders": [{"ProviderName": "p", "ClientId": "c", "ServerSideTokenCheck": False}]},
        ),
    ],
)
def test_other_spellings_of_the_same_thing_are_no_change(model, declared, live):
    assert diff(model, declared, live) == ()
    assert diff(model, live, declared) == ()


def test_the_samples_are_those_of_the_kinds():
    assert len(cases()) > 30
    assert Path(SAMPLES).is_dir()
