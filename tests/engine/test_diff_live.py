"""`diff` of a manifest and a live pool says what `plan` and `drift` say: after a clean apply, nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reconciler.export.compare import Comparison, compare, declared, live
from reconciler.runs import export_run
from tests.cli.support import run
from tests.engine.full import REGION, SCHEMA, VARIANTS
from tests.engine.test_one_member import as_document, with_bytes
from tests.engine.test_one_member import live as full_pool
from tests.support import Bench, bench, document, manifest

FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:token"
STANDARD = {"AttributeDataType": "String", "Mutable": True}
LIMITS = {"StringAttributeConstraints": {"MinLength": "0", "MaxLength": "2048"}}


def compared(here: Bench, tmp_path, tree: dict[str, Any]) -> list[Comparison]:
    loaded = manifest(tmp_path, tree)
    read = export_run.read(here.cloud, export_run.one(here.cloud, loaded.name), parallelism=2)
    sides = [declared("m.yaml", loaded)], [live("pool", read.found.document, read.found.name, read.live_state)]
    forth, back = compare(*sides), compare(*reversed(sides))
    paths = [
        {(str(c.address), c.action, f.path) for c in found[0].changes for f in c.fields} for found in (forth, back)
    ]
    assert {(a, p) for a, _, p in paths[0]} == {(a, p) for a, _, p in paths[1]}  # the same from both sides
    return forth


def differing(found: list[Comparison]) -> list[tuple[str, Any, Any]]:
    (only,) = found
    return [(f"{c.address}.{f.path[-1]}", f.before, f.after) for c in only.changes for f in c.fields]


POOLS: dict[str, dict[str, Any]] = {
    "a standard attribute in full": {"user_pool": {"Schema": [{"Name": "email", "Required": True, **STANDARD}]}},
    "attributes as Cognito makes them": {"user_pool": {"Schema": [{"Name": "given_name", **STANDARD, **LIMITS}]}},
    "an attribute of one's own": {"user_pool": {"Schema": [{"Name": "tenant", **STANDARD, "Required": False}]}},
    "legacy messages": {"user_pool": {"EmailVerificationMessage": "code {####}", "EmailVerificationSubject": "Code"}},
    "the legacy trigger": {"user_pool": {"LambdaConfig": {"PreTokenGeneration": FUNCTION}}},
    "defaults": {"user_pool": {"DeletionProtection": "INACTIVE", "MfaConfiguration": None}, "log_delivery": {}},
    "passkeys": {"mfa": {"WebAuthnConfiguration": {"FactorConfiguration": "SINGLE_FACTOR"}}},
    "sessions": {"session": {"UserSessionTracking": "DISABLED"}},
    "units": {"clients": {"web": {"AccessTokenValidity": 3600, "TokenValidityUnits": {"AccessToken": "seconds"}}}},
    "nothing inside of a client": {"clients": {"web": {"ui_customization": {}, "terms": {}}}},
    "a key that is no name": {"clients": {"key": {"ClientName": "web"}}},
}


@pytest.mark.parametrize("sections", POOLS.values(), ids=POOLS)
def test_nothing_differs_after_a_clean_apply(tmp_path, sections):
    pool = {k: v for k, v in sections.get("user_pool", {}).items() if k != "MfaConfiguration"}
    tree = document(**{**sections, "user_pool": {"PoolName": "customers", **pool}})
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, tree))
        assert differing(compared(here, tmp_path, tree)) == []


CHANGES = [{}, *{repr(change): change for change, _ in VARIANTS.values()}.values()]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_nothing_differs_of_a_pool_of_which_every_member_is_set(tmp_path, change):
    objects = full_pool(change)
    objects["user_pool"][""]["Schema"] = SCHEMA
    objects["clients"]["web"]["GenerateSecret"] = True
    tree = with_bytes(as_document(objects), tmp_path)
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, tree))
        assert differing(compared(here, tmp_path, tree)) == []


def test_what_differs_is_shown_from_both_sides(tmp_path):
    tree = document(groups={"a": {"Description": "one"}}, clients={"web": {}})
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, tree))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        here.boto().update_group(UserPoolId=pool, GroupName="a", Description="two", Precedence=5)
        here.boto().create_group(UserPoolId=pool, GroupName="b")
        found = compared(here, tmp_path, tree)
        assert differing(found)[:2] == [("groups/a.Description", "one", "two"), ("groups/a.Precedence", None, 5)]
        assert [(str(c.address), c.action.name) for c in found[0].changes] == [
            ("groups/a", "UPDATE"),
            ("groups/b", "CREATE"),
        ]


def test_the_command_ends_with_0_after_an_apply_and_with_2_after_a_change_by_hand(tmp_path):
    file = tmp_path / "m.yaml"
    pool = {"PoolName": "customers", "Schema": [{"Name": "email", "Required": True, **STANDARD}]}
    tree = {"version": 1, "user_pool": pool, "groups": {"a": {}}}
    file.write_text(yaml.safe_dump(tree))
    local = f"--local={tmp_path / 'state'}"
    assert run(local, "apply", "--yes", str(file)).code == 0
    assert run(local, "diff", str(file), "pool:customers").code == 0
    tree["groups"]["a"] = {"Description": "new"}
    file.write_text(yaml.safe_dump(tree))
    assert run(local, "diff", "pool:customers", str(file)).code == 2


def test_references_between_documents_are_followed(tmp_path):
    (tmp_path / "m.yaml").write_text(
        "version: 1\nuser_pool: {PoolName: users}\nclients: {web: {}}\n---\n"
        "version: 1\nkind: IdentityPool\nidentity_pool:\n  IdentityPoolName: ids\n"
        "  AllowUnauthenticatedIdentities: false\n  CognitoIdentityProviders:\n"
        "  - {ProviderName: {$ref: users/user_pool#ProviderName}, ClientId: {$ref: users/clients/web#ClientId}}\n"
        "principal_tags:\n  ${ref.users/user_pool#ProviderName}: {UseDefaults: false}\n"
    )
    local, file = f"--local={tmp_path / 'state'}", str(tmp_path / "m.yaml")
    ran = run(local, "apply", "--yes", file)
    assert ran.code == 0, ran.err
    shown = run(local, "diff", file, "pool:ids").out
    assert "identity_pool" not in shown
    assert "principal_tags" not in shown
