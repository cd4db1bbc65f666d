"""Saved plans: what their digest knows and what it does not, and that a rollback restores what was."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.errors import Denied, InvalidInput, Stale
from reconciler.export.rollback import inside, rollback
from reconciler.kinds import KINDS
from reconciler.model import Action, Address, Direction, Effect, Plan, Secret, Undeclared, Unknown
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.render import formats, redact
from reconciler.render.human import plan_text
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import RenderOptions
from reconciler.runs import planfile
from reconciler.terminal.options import Options
from tests.engine import whole_plans
from tests.engine.full import METADATA, REGION, SCHEMA, full
from tests.engine.test_one_member import ALL, Pools, actual, as_document, at, nested, placed, with_bytes
from tests.render.through_door import human_plan, json_plan
from tests.support import bench, clean, document, identity_snapshot, manifest, snapshot
from tests.support import inside as seen_inside

CANARY = "canary_0b7d93f1c2e84a55b9"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def calls(*plans: Plan):
    return {c.address.full: lower(c, p) for p in plans for c in p.pending}


def saved(*plans: Plan, **options):
    return whole_plans.document(plans, calls(*plans), Options("plan", **options), NOW)


def write(tmp_path, tree, name="p.json") -> str:
    file = tmp_path / name
    file.write_text(planfile.dumps(tree))
    return str(file)


TREE = document(
    groups={"admins": {"Precedence": 1}},
    clients={"web": {"CallbackURLs": ["https://a.example/cb", "https://b.example/cb"], "GenerateSecret": True}},
    identity_providers={
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
)


@pytest.fixture
def local(tmp_path):
    with bench(region=REGION) as found:
        yield found


def load(tmp_path, tree=TREE, secret=CANARY, name="m.yaml", **more):
    return manifest(tmp_path, tree, environ={"OKTA": secret, "OTHER": secret}, name=name, **more)


def unjudged(plan):
    """A plan without security findings: a file does not hold them, as they change when a waiver expires."""
    assert plan.weaknesses
    return replace(plan, weaknesses=())


def test_a_plan_file_holds_no_secret_and_conforms(local, tmp_path):
    plan = unjudged(local.plan(load(tmp_path)))
    tree = saved(plan)
    text = planfile.dumps(tree)
    assert CANARY not in text
    Draft202012Validator(json.loads(output_schema("planfile"))).validate(tree)
    Draft202012Validator(json.loads(output_schema("plan"))).validate(tree["plan"])
    assert tree["plan"] == json.loads(json_plan([plan], calls=calls(plan), digest=tree["digest"]))
    origins = {(o["address"], o["path"]): o for o in tree["origins"]}
    secret = origins["customers/identity_providers/okta", "ProviderDetails.client_secret"]
    assert (secret["origin"], secret["changes"]) == ("$env OKTA", True)


def test_the_digest_knows_no_times_places_and_values_of_secrets(local, tmp_path):
    plan = local.plan(load(tmp_path))
    elsewhere = tmp_path / "deep" / "down"
    elsewhere.mkdir(parents=True)
    padded = "# moved\n\n" + yaml.safe_dump(TREE, sort_keys=False)
    other = local.plan(load(elsewhere, padded, secret="another value altogether", name="other.yaml"))
    assert saved(plan)["digest"] == saved(other)["digest"]
    later = whole_plans.document(
        [plan], calls(plan), Options("plan", paths=("x",), expires=60), NOW + timedelta(days=9)
    )
    assert later["digest"] == saved(plan)["digest"]
    assert later["checksum"] != saved(plan)["checksum"]
    assert whole_plans.digest([plan], calls(plan), Options("plan")) == saved(plan)["digest"]


def _with(path, value):
    tree = json.loads(json.dumps(TREE))
    inner = tree
    for step in path[:-1]:
        inner = inner.setdefault(step, {})
    inner[path[-1]] = value
    return tree


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("groups", "admins", "Precedence"), 2),
        (("groups", "more"), {"Precedence": 3}),
        (("clients", "web", "CallbackURLs"), ["https://a.example/cb"]),
        (("identity_providers", "okta", "ProviderDetails", "client_secret"), {"$env": "OTHER"}),
        (("identity_providers", "okta", "ProviderDetails", "client_secret"), "literal"),
    ],
)
def test_the_digest_knows_what_is_to_change(local, tmp_path, path, value):
    one, other = saved(local.plan(load(tmp_path))), saved(local.plan(load(tmp_path, _with(path, value))))
    assert one["digest"] != other["digest"]
    assert planfile.difference(one, other)


@pytest.mark.parametrize(
    "options",
    [{"targets": ("clients/web",)}, {"prune": True}, {"max_deletes": 3}, {"replaceable": ("clients/web",)}],
)
def test_the_digest_knows_the_options_that_matter(local, tmp_path, options):
    plan = local.plan(load(tmp_path))
    assert saved(plan, **options)["digest"] != saved(plan)["digest"]
    line = planfile.difference(saved(plan), saved(plan, **options))
    assert [next(iter(options)) in text for text in line] == [True]
    for harmless in ({"vars": ("a=b",)}, {"parallelism": 3}, {"var_files": ("x",)}, {"paths": ("a", "b")}):
        assert saved(plan, **harmless)["digest"] == saved(plan)["digest"]


def test_the_order_of_a_set_does_not_count(local, tmp_path):
    one = saved(local.plan(load(tmp_path)))
    swapped = _with(("clients", "web", "CallbackURLs"), ["https://b.example/cb", "https://a.example/cb"])
    assert saved(local.plan(load(tmp_path, swapped)))["digest"] == one["digest"]


def test_the_digest_knows_live_members_that_nobody_declares(local, tmp_path):
    """The payload of an update holds them too, and the reviewer saw the object with them."""
    local.converge(load(tmp_path))
    change = load(tmp_path, _with(("groups", "admins", "Precedence"), 7))
    one = saved(local.plan(change))
    idp = local.boto()
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    idp.update_group(UserPoolId=pool, GroupName="admins", Precedence=1, Description="changed by hand")
    other = saved(local.plan(change))
    assert one["digest"] != other["digest"]
    told = planfile.difference(one, other)
    assert any("Description" in line and "changed by hand" in line for line in told), told


def test_the_digest_knows_which_object_an_unknown_value_is_of(local, tmp_path):
    plan = local.plan(load(tmp_path))
    change = next(c for c in plan.changes if c.address.section == "clients")
    trees = []
    for name in ("okta", "corp"):
        leaf = Unknown(Address("customers", "identity_providers", name), "ProviderName")
        moved = type(change)(
            *(getattr(change, f) if f != "after" else {**change.after, "X": leaf} for f in change.__slots__)
        )
        trees.append(saved(type(plan)(plan.target, (moved,))))
    assert trees[0]["digest"] != trees[1]["digest"]
    assert any("okta" in line and "corp" in line for line in planfile.difference(*trees))


def test_a_secret_whose_origin_would_show_it_is_called_literal(local, tmp_path):
    plan = local.plan(load(tmp_path))
    change = next(c for c in plan.changes if c.address.section == "clients")
    leaf = Secret(CANARY, f"{CANARY}-${{ref.customers/user_pool#Id}}")
    moved = type(change)(
        *(getattr(change, f) if f != "after" else {**change.after, "X": leaf} for f in change.__slots__)
    )
    tree = saved(type(plan)(plan.target, (moved,)))
    assert CANARY not in planfile.dumps(tree)
    assert "literal" in [o["origin"] for o in tree["origins"]]


def everything(tmp_path, tag):
    objects = full(tag)
    objects["user_pool"][""]["Schema"] = SCHEMA
    objects["clients"]["web"]["GenerateSecret"] = True
    return manifest(tmp_path, with_bytes(as_document(objects), tmp_path))


@pytest.mark.parametrize("tag", ["one", "other"])
def test_show_says_what_plan_said(local, tmp_path, tag):
    """Every member of every kind, created (one) and updated (other)."""
    if tag == "other":
        local.converge(everything(tmp_path, "one"))
    plan = unjudged(replace(local.plan(everything(tmp_path, tag)), refusals=()))
    found = planfile.load(write(tmp_path, saved(plan)))
    shown = planfile.plans(found)
    for color in (True, False):
        assert plan_text.plan(shown, RenderOptions(color=color)) == human_plan([plan], color=color)
    assert [c.address for c in shown[0].changes] == [c.address for c in plan.changes]
    assert found.expires == NOW + timedelta(hours=24)
    one, other = (formats.plan(p, RenderOptions(digest=lambda: "x")) for p in (redact.plans([plan]), shown))
    for name in formats.names("plan"):
        if name not in ("json", "human"):
            assert other[name](False) == one[name](False), name


def test_show_keeps_pools_apart(local, tmp_path):
    plans = [local.plan(load(tmp_path)), local.plan(manifest(tmp_path, document(user_pool={"PoolName": "b"})))]
    local.converge(load(tmp_path))
    plans.append(local.plan(load(tmp_path, _with(("groups",), {}))))
    found = planfile.plans(planfile.load(write(tmp_path, saved(*plans))))
    assert plan_text.plan(found) == human_plan(map(unjudged, plans))
    assert [p.unmanaged for p in found] == [p.unmanaged for p in plans]


# --- reading -------------------------------------------------------------------------------------------------------


def _set(tree, path, value):
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("expires",), "2036-01-01T00:00:00Z"),
        (("paths",), ["evil"]),
        (("digest",), "sha256:" + "0" * 64),
        (("plan", "resource_changes", 0, "change", "actions"), ["no-op"]),
        (("plan", "resource_changes"), []),
        (("plan",), None),
        (("options", "prune"), True),
        (("checksum",), ""),
    ],
)
def test_a_file_that_was_changed_is_refused(local, tmp_path, path, value):
    tree = saved(local.plan(load(tmp_path)))
    _set(tree, path, value)
    with pytest.raises(InvalidInput, match="was modified after it was written") as caught:
        planfile.load(write(tmp_path, tree))
    assert caught.value.exit_code == 3


def test_what_is_no_plan_file_is_none(tmp_path):
    for text in ("version: 1\n", '{"version": 1}', '{"kind": "UserPool", "x": "poolctl-plan"}', "[]", ""):
        (tmp_path / "m.yaml").write_text(text)
        assert planfile.read(str(tmp_path / "m.yaml")) is None
    assert planfile.read(str(tmp_path)) is None
    assert planfile.read("-") is None
    with pytest.raises(InvalidInput, match="is not a plan file"):
        planfile.load(str(tmp_path / "m.yaml"))
    with pytest.raises(InvalidInput, match=r"none\.json: the file does not exist\. Check the path\.$"):
        planfile.load(str(tmp_path / "none.json"))


def test_damaged_files_and_other_versions_are_refused(local, tmp_path):
    tree = saved(local.plan(load(tmp_path)))
    (tmp_path / "half.json").write_text(planfile.dumps(tree)[:400])
    with pytest.raises(InvalidInput, match="damaged"):
        planfile.load(str(tmp_path / "half.json"))
    with pytest.raises(InvalidInput, match="unsupported version"):
        planfile.load(write(tmp_path, {**tree, "format_version": "2.0"}))


def test_a_plan_expires(local, tmp_path):
    file = write(tmp_path, saved(local.plan(load(tmp_path)), expires=60))
    options = Options("apply", paths=(file,))
    assert planfile.reviewed(options, NOW + timedelta(seconds=59))
    with pytest.raises(Stale, match="expired at 2026-05-04T12:01:00Z"):
        planfile.reviewed(options, NOW + timedelta(seconds=60))


def test_what_is_given_beside_a_plan_file_must_fit(local, tmp_path):
    tree = saved(local.plan(load(tmp_path)), prune=True, vars=("stage=prod",), paths=("x",), var_files=("v",))
    file = write(tmp_path, tree)
    options = Options("apply", paths=(file,), vars=("stage=anything",))
    found = planfile.reviewed(options, NOW)
    assert found
    full_options = planfile.as_reviewed(found, options)
    assert (full_options.paths, full_options.prune, full_options.var_files) == (("x",), True, ("v",))
    for wrong, words in (
        ({"paths": (file, "pools")}, "without other paths"),
        ({"max_deletes": 3}, "Remove the options"),
        ({"targets": ("mfa",)}, "Remove the options"),
        ({"vars": ()}, "--var stage"),
    ):
        with pytest.raises(InvalidInput, match=words):
            planfile.reviewed(options._replace(**wrong), NOW)
    with pytest.raises(Stale, match="--expect"):
        planfile.reviewed(options._replace(expect="sha256:" + "0" * 64), NOW)
    assert "prod" not in planfile.dumps(tree).replace("urn:", "")


# --- rollback ------------------------------------------------------------------------------------------------------


def _written(tmp_path, plan):
    found = rollback([plan], "rb.yaml")
    for name, content in found.files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "rb.yaml").write_text(found.text)
    return found.text


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


def filled(value, wanted):
    """Put the secrets in, as the operator would."""
    if isinstance(value, dict):
        if "$secret" in value:
            return wanted
        return {k: filled(v, wanted.get(k) if isinstance(wanted, dict) else None) for k, v in value.items()}
    return value


@pytest.mark.parametrize("leaf", ALL, ids=lambda leaf: ".".join(filter(None, leaf)))
def test_a_rollback_restores_every_member(pools, tmp_path, leaf):
    pool = pools.get({})
    before = pools.snapshot(pool)
    section, _, *path = leaf
    name = actual(before, section, leaf[1])
    declared = placed(before, section, name, nested(tuple(path), copy.deepcopy(at(full("other"), leaf))))
    mine = manifest(tmp_path, {"version": 1, "id": pool, **with_bytes(declared, tmp_path)})
    text = _written(tmp_path, pools.bench.plan(mine))
    assert "can be undone" in text
    pools.bench.converge(mine)
    assert pools.snapshot(pool) != before
    tree = filled(yaml.safe_load(text), as_document(full("one")))
    pools.bench.converge(manifest(tmp_path, tree, name="rb.yaml"))
    after = pools.snapshot(pool)
    if path == ["PublishSecretsInAWSSecretsManager"]:  # the secret that was there is gone for good
        assert after["clients"]["web"].pop("ClientSecretArn") != before["clients"]["web"].pop("ClientSecretArn")
    assert after == before


def test_a_rollback_unsets_what_was_not_there_and_keeps_what_cannot_be_undone(local, tmp_path):
    base = document(
        user_pool={"PoolName": "customers", "UserPoolTags": {"team": "web"}},
        groups={"admins": {}},
        clients={"web": {}},
        mfa={"MfaConfiguration": "OFF"},
    )
    local.converge(manifest(tmp_path, base))
    pool = local.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    before = snapshot(local.boto(), pool)
    more = document(
        user_pool={
            "PoolName": "customers",
            "UserPoolTags": {"team": "${app}".replace("$", "$$"), "cost": "42"},
            "LambdaConfig": {"PreSignUp": f"arn:aws:lambda:{REGION}:123456789012:function:f"},
            "Schema": [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
        },
        groups={"admins": {"Description": "Administrators"}, "new": {}},
        clients={"web": {"ClientName": "renamed", "CallbackURLs": ["https://a.example/cb"]}},
        mfa={"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    )
    client = local.boto().list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"][0]["ClientId"]
    more["clients"]["web"]["ClientId"] = client
    mine = manifest(tmp_path, more)
    text = _written(tmp_path, local.plan(mine))
    assert "user_pool: is updated; can be undone in part" in text
    assert "Schema.tenant: cannot be undone: Attributes can be added but never" in text
    assert "groups/new: is created; to undo it, delete it" in text
    assert "clients/web: is updated; can be undone\n" in text
    local.converge(mine)
    local.converge(manifest(tmp_path, text, name="rb.yaml"))
    after = snapshot(local.boto(), pool)
    assert after["groups"].pop("new")
    schema = [a["Name"] for a in after["user_pool"].pop("SchemaAttributes")]
    before["user_pool"].pop("SchemaAttributes")
    assert after["mfa"].pop("WebAuthnConfiguration") == {"FactorConfiguration": "SINGLE_FACTOR"}  # the default, shown
    assert "custom:tenant" in schema
    assert after == before


def test_a_rollback_holds_live_texts_as_they_are(local, tmp_path):
    """Texts that a manifest would read as references, and characters that YAML refuses."""
    odd = 'a ${var.x} \x7f \u2028 😀 "quoted" # no comment'
    base = document(user_pool={"PoolName": "customers"}, groups={"g": {"Description": "old"}})
    local.converge(manifest(tmp_path, base))
    idp = local.boto()
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    idp.update_group(UserPoolId=pool, GroupName="g", Description=odd)
    mine = manifest(tmp_path, base)
    text = _written(tmp_path, local.plan(mine))
    local.converge(mine)
    local.converge(manifest(tmp_path, text, name="rb.yaml"))
    assert idp.get_group(UserPoolId=pool, GroupName="g")["Group"]["Description"] == odd


def test_a_rollback_holds_what_is_deleted_and_placeholders_for_its_secrets(local, tmp_path):
    tree = {**TREE, "prune": ["clients", "identity_providers", "groups"]}
    local.converge(load(tmp_path, tree))
    gone = load(tmp_path, {**tree, "clients": {}, "identity_providers": {}, "groups": {}})
    plan = planned(gone, local.cloud, PlanOptions(prune=True, max_deletes=9))
    assert {c.action for c in plan.pending} == {Action.DELETE}
    text = _written(tmp_path, plan)
    secrets = [c["ClientSecret"] for c in _clients(local)]
    assert secrets
    assert all(s not in text for s in [CANARY, *secrets])
    found = yaml.safe_load(text)
    assert found["groups"]["admins"] == {"Precedence": 1}
    client = found["clients"]["web"]
    assert client["ClientSecret"] == {"$secret": "poolctl-rollback/customers/clients/web#ClientSecret"}
    assert client["CallbackURLs"]
    assert not {"GenerateSecret", "ClientId", "ClientName"} & set(client)
    assert "clients/web: is deleted; can be undone in part: it gets a new ClientId" in text
    assert "its secret is not in this file" in text
    local.apply(gone, plan)
    client["ClientSecret"] = {"$env": "OKTA"}
    found["identity_providers"]["okta"]["ProviderDetails"]["client_secret"] = {"$env": "OKTA"}
    local.converge(load(tmp_path, found))
    assert (
        local.plan(load(tmp_path, _with(("clients",), {"web": {"CallbackURLs": client["CallbackURLs"]}}))).pending == ()
    )


def _clients(local):
    idp = local.boto()
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    for item in idp.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]:
        yield idp.describe_user_pool_client(UserPoolId=pool, ClientId=item["ClientId"])["UserPoolClient"]


def test_a_rollback_of_what_is_new_has_nothing_to_restore(local, tmp_path):
    text = _written(tmp_path, local.plan(load(tmp_path)))
    assert yaml.safe_load(text) is None
    assert "poolctl never deletes a pool" in text
    assert Path(tmp_path / "rb.yaml").exists()


def test_a_rollback_of_an_identity_pool(local, tmp_path):
    from tests.engine.full import identities

    user_pool = local.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
    local.converge(manifest(tmp_path, as_document(identities("one", provider), kind="IdentityPool")))
    pool = local.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
    before = identity_snapshot(local, pool, provider)
    mine = manifest(tmp_path, as_document(identities("other", provider), kind="IdentityPool", id=pool))
    plan = local.plan(mine)
    text = _written(tmp_path, plan)
    local.converge(mine)
    assert identity_snapshot(local, pool, provider) != before
    local.converge(manifest(tmp_path, text, name="rb.yaml"))
    assert identity_snapshot(local, pool, provider) == before


PRUNED = ("groups", "resource_servers", "domains", "identity_providers", "clients.terms", "clients.cimd_policies")


@pytest.mark.parametrize("section", PRUNED)
def test_a_rollback_makes_deleted_objects_of_every_kind_again(local, tmp_path, section):
    """All members of them: what the service tells of an object has to be something that a manifest may say."""
    wanted = everything(tmp_path, "one")
    local.converge(wanted)
    objects = full("one")
    names = set(objects[section])
    outer, _, part = section.partition(".")
    if part:
        held = {"ClientName": objects["clients"]["web"]["ClientName"], part: {}}
        tree = {"version": 1, "user_pool": {"PoolName": "customers"}, "clients": {"web": held}}
    else:
        tree = {"version": 1, "user_pool": {"PoolName": "customers"}, outer: {}}
    plan = planned(
        manifest(tmp_path, {**tree, "prune": [section]}, name="gone.yaml"),
        local.cloud,
        PlanOptions(prune=True, max_deletes=99),
    )
    assert {c.action for c in plan.pending} == {Action.DELETE}
    assert len(plan.pending) == len(names)
    text = _written(tmp_path, replace(plan, refusals=()))
    local.apply(manifest(tmp_path, tree, name="gone.yaml"), replace(plan, refusals=()))
    assert local.plan(wanted).pending
    local.converge(manifest(tmp_path, filled(yaml.safe_load(text), as_document(full("one"))), name="rb.yaml"))
    assert local.plan(wanted).pending == ()


def _provider(kind, details):
    return document(identity_providers={"corp": {"ProviderType": kind, "ProviderDetails": details}})


OIDC = {
    "client_id": "poolctl",
    "client_secret": {"$env": "OKTA"},
    "oidc_issuer": "https://okta.example",
    "authorize_scopes": "openid",
    "attributes_request_method": "GET",
}


def test_a_rollback_of_a_replacement(local, tmp_path):
    one = document(clients={"web": {"CallbackURLs": ["https://a.example/cb"]}})
    other = document(clients={"web": {"CallbackURLs": ["https://b.example/cb"], "GenerateSecret": True}})
    local.converge(manifest(tmp_path, one))
    allowed = PlanOptions(replaceable=frozenset({"clients/web"}))
    plan = planned(manifest(tmp_path, other), local.cloud, allowed)
    assert [c.action for c in plan.pending] == [Action.REPLACE]
    text = _written(tmp_path, plan)
    assert "clients/web: is replaced; can be undone in part, with --allow-replace clients/web" in text
    local.apply(manifest(tmp_path, other), plan)
    back = manifest(tmp_path, text, name="rb.yaml")
    assert [r.rule for r in local.plan(back).refusals] == ["immutable"]
    undo = planned(back, local.cloud, allowed)
    changed = {f.path: f.after for f in undo.pending[0].fields}
    assert changed == {
        ("GenerateSecret",): False,
        ("CallbackURLs",): ["https://a.example/cb"],
        ("ClientSecret",): None,  # it goes with the client
    }


def _taking_away(local, tmp_path, action):
    """A plan that takes a client of a full pool away, and what goes with it; another client stays."""
    local.converge(everything(tmp_path, "one"))
    name = full("one")["clients"]["web"]["ClientName"]
    stays = {"bystander": {"session": {"SSOSession": {"MaxValidityMinutes": 77}}}}
    tree = {"version": 1, "user_pool": {"PoolName": "customers"}, "prune": ["clients"]}
    public = {"GenerateSecret": False, "EnablePropagateAdditionalUserContextData": False}
    web = {"web": {"ClientName": name, **public}}
    local.converge(manifest(tmp_path, {**tree, "clients": {**stays, "web": {"ClientName": name}}}, name="both.yaml"))
    mine = manifest(
        tmp_path, {**tree, "clients": {**stays, **(web if action is Action.REPLACE else {})}}, name="gone.yaml"
    )
    plan_options = PlanOptions(prune=True, max_deletes=9, replaceable=frozenset({"clients/web"}))
    plan = planned(mine, local.cloud, plan_options)
    assert [(c.address.section, c.action) for c in plan.pending] == [("clients", action)]
    return mine, plan, plan_options


def _inside_of_web(local):
    """Everything inside of the client that is not the bystander."""
    idp = local.boto()
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    clients = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    (web,) = (c["ClientId"] for c in clients if c["ClientName"] != "bystander")
    found = clean(seen_inside(idp, {"UserPoolId": pool, "ClientId": web}))
    return json.loads(json.dumps(found, default=str).replace(web, "web"))


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_a_rollback_holds_what_goes_with_a_client(local, tmp_path, action):
    """Everything that can stand in a client, declared or not: branding, terms, policies, sessions, risk, style."""
    mine, plan, plan_options = _taking_away(local, tmp_path, action)
    before = _inside_of_web(local)
    assert all(before.values())
    found = rollback([plan], "rb.yaml", [inside(local.cloud, plan)])
    for name, content in found.files.items():
        (tmp_path / name).write_bytes(content)
    owner = str(plan.pending[0].address)
    said = [line.strip("# ") for line in found.text.splitlines() if "is deleted with" in line]
    parts = {k.section.partition(".")[2] for k in KINDS.values() if k.outer == "clients" and not k.watched}
    assert parts == {line.split("/")[2].split(":")[0] for line in said}
    assert f"{owner}/branding: is deleted with {owner}; can be undone, with a new ManagedLoginBrandingId" in said
    assert f"{owner}/session: is deleted with {owner}; can be undone" in said
    verdict = "can be undone, except ImageFile, which Cognito never returns"
    assert f"{owner}/ui_customization: is deleted with {owner}; {verdict}" in said
    assert "bystander" not in found.text
    local.apply(mine, plan)
    tree = filled(yaml.safe_load(found.text), as_document(full("one")))
    back = manifest(tmp_path, tree, name="rb.yaml")
    undo = planned(back, local.cloud, replace(plan_options, replaceable=frozenset({owner})))
    assert {c.address.section.partition(".")[2] for c in undo.pending if c.address.owner} == parts
    local.apply(back, undo)
    assert _without_image(_inside_of_web(local)) == _without_image(before)


def _without_image(found):
    style = found["clients.ui_customization"]["web"]
    return {**found, "clients.ui_customization": {k: v for k, v in style.items() if k != "ImageUrl"}}


def test_a_rollback_of_what_is_declared_inside_says_it_once(local, tmp_path):
    """The plan makes the branding of a replaced client anew; what was there before is what counts."""
    one = document(clients={"web": {"branding": {"UseCognitoProvidedValues": True}, "session": {}}})
    other = copy.deepcopy(one)
    other["clients"]["web"] |= {"GenerateSecret": True, "branding": {"Settings": {"categories": {}}}}
    local.converge(manifest(tmp_path, one))
    plan = planned(manifest(tmp_path, other), local.cloud, PlanOptions(replaceable=frozenset({"clients/web"})))
    assert len(plan.pending) == 2
    text = rollback([plan], "rb.yaml", [inside(local.cloud, plan)]).text
    assert text.count("clients/web/branding:") == 1
    assert yaml.safe_load(text)["clients"]["web"]["branding"] == {"UseCognitoProvidedValues": True}
    assert "session" not in yaml.safe_load(text)["clients"]["web"]  # at the default of a new client


class Refusing:
    """A cloud that may not read one thing, and counts what it is asked for."""

    def __init__(self, cloud, operation=""):
        self.cloud, self.operation, self.asked = cloud, operation, []

    def call(self, service, operation, params):
        self.asked.append(operation)
        if operation == self.operation:
            raise Denied(f"{service}:{operation}", "AccessDeniedException", "not allowed")
        return self.cloud.call(service, operation, params)


def test_what_is_inside_and_cannot_be_read_is_said(local, tmp_path):
    _, plan, _ = _taking_away(local, tmp_path, Action.DELETE)
    live_state = inside(Refusing(local.cloud, "DescribeManagedLoginBrandingByClient"), plan)
    assert [g.operation for g in live_state.gaps] == ["cognito-idp:DescribeManagedLoginBrandingByClient"]
    text = rollback([plan], "rb.yaml", [live_state]).text
    assert "/branding: could not be read, so it is not in this file: cognito-idp:DescribeManagedLogin" in text
    assert "/terms/terms-of-use: is deleted with" in text


def test_nothing_is_read_for_a_rollback_of_plain_changes(local, tmp_path):
    tree = {**TREE, "prune": ["groups"]}
    local.converge(load(tmp_path, tree))
    gone = load(tmp_path, {**tree, "groups": {}, "mfa": {"MfaConfiguration": "OFF"}})
    plan = planned(gone, local.cloud, PlanOptions(prune=True))
    assert plan.pending
    cloud = Refusing(local.cloud)
    assert inside(cloud, plan).objects == ()
    assert cloud.asked == []


def test_a_rollback_restores_what_another_member_took_the_place_of(local, tmp_path):
    one = load(tmp_path, _provider("SAML", {"MetadataURL": "https://idp.example.com/metadata"}))
    other = load(tmp_path, _provider("SAML", {"MetadataFile": METADATA.format("one")}))
    local.converge(one)
    plan = local.plan(other)
    _written(tmp_path, plan)
    local.converge(other)
    assert local.plan(one).pending
    local.converge(manifest(tmp_path, (tmp_path / "rb.yaml").read_text(), name="rb.yaml"))
    assert local.plan(one).pending == ()


def with_effects(plan, *effects):
    """A plan whose last change means this, with the first of its fields."""
    change = plan.changes[-1]
    field = replace(change.fields[0], effects=effects)
    return replace(plan, changes=(*plan.changes[:-1], replace(change, fields=(field, *change.fields[1:]))))


LESS = Effect(("Precedence",), Direction.WEAKENS, "Less is protected.", "all users", rules=("CHG19",), risk="high")


@pytest.mark.parametrize(
    "other",
    [
        replace(LESS, sentence="The same in other words.", who="everyone", tokens="Tokens stay.", facts=("A fact.",)),
        replace(LESS, rules=("CHG19", "CG801"), risk="critical"),
    ],
    ids=["reworded", "a waiver has expired"],
)
def test_the_digest_does_not_cover_words_and_what_depends_on_the_day(local, tmp_path, other):
    plan = local.plan(load(tmp_path))
    assert saved(with_effects(plan, LESS))["digest"] == saved(with_effects(plan, other))["digest"]
    found = Effect(LESS.path, Direction.WEAKENS, "It breaks a rule.", rules=("CG801",))
    assert saved(with_effects(plan))["digest"] == saved(with_effects(plan, found))["digest"]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(LESS, direction=Direction.STRENGTHENS), "now strengthens CHG19"),
        (replace(LESS, rules=("CHG05",)), "now weakens CHG05"),
        (replace(LESS, undo="It is gone."), "now weakens CHG19 (cannot be undone)"),
    ],
)
def test_the_digest_covers_where_a_change_leads_and_the_difference_says_it(local, tmp_path, other, said):
    plan = local.plan(load(tmp_path))
    one, two = saved(with_effects(plan, LESS)), saved(with_effects(plan, other))
    assert one["digest"] != two["digest"]
    line = planfile.difference(one, two)[-1]
    assert line.endswith(f": reviewed as weakens CHG19; {said}")
    assert " -> " not in line


def test_the_difference_names_undeclared_members(local, tmp_path):
    plan = local.plan(load(tmp_path))
    member = Undeclared(Address("customers", "user_pool"), ("MfaConfiguration",), (LESS,))
    one, two = saved(plan), saved(replace(plan, undeclared=(member,)))
    (line,) = planfile.difference(one, two)
    assert line == "+ customers/user_pool.MfaConfiguration: not declared and other than the default, only now"
    (line,) = planfile.difference(two, one)
    assert line.startswith("- customers/user_pool.MfaConfiguration: not declared")
    turned = member._replace(effects=(replace(LESS, direction=Direction.MIXED),))
    (line,) = planfile.difference(two, saved(replace(plan, undeclared=(turned,))))
    assert line.endswith("not declared; reviewed as weakens CHG19; now mixed CHG19")


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("CG001", ("user_pool", "DeletionProtection"), "INACTIVE"),
        ("CG401", ("clients", "new"), {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}),
    ],
)
def test_a_waiver_that_expires_makes_no_other_plan(local, tmp_path, rule, path, value):
    """What a plan newly breaks is judged by the day; what it does is not."""
    local.converge(load(tmp_path, _with(("user_pool", "DeletionProtection"), "ACTIVE")))
    tree = {**_with(("user_pool", "DeletionProtection"), "ACTIVE")}
    tree[path[0]] = {**tree[path[0]], path[1]: value}
    waiver = {"rule": rule, "reason": "a test", "owner": "me", "expires": "2026-05-04"}
    found = load(tmp_path, {**tree, "waivers": [waiver]})
    due, over = (planned(found, local.cloud, PlanOptions(today=day)) for day in ("2026-05-04", "2026-05-05"))
    judged = [[e.rules for c in p.pending for e in (c.effect, *_effects(c)) if e] for p in (due, over)]
    assert judged[0] != judged[1]
    assert saved(due)["digest"] == saved(over)["digest"]


def _effects(change):
    return (e for f in change.fields for e in f.effects)
