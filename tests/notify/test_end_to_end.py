"""A report as `drift` writes it on the embedded Cognito, told to a receiver on loopback."""

from __future__ import annotations

import json

import yaml
from jsonschema import Draft202012Validator

from reconciler.local import LocalCognito
from reconciler.notify import Notified, notify, parse, resolve
from reconciler.render.output_schemas import output_schema
from tests.cli.support import run
from tests.notify.support import Waits, no_cloud, serving

TREE = {
    "version": 1,
    "target": {"region": "eu-west-1"},
    "user_pool": {"PoolName": "customers", "DeletionProtection": "ACTIVE"},
    "groups": {"admins": {"Description": "as declared"}},
    "ignore": [{"path": "groups/x-*", "reason": "gone", "owner": "web", "expires": "2020-01-01"}],
}


def test_a_real_report(tmp_path):
    file, report = tmp_path / "pool.yaml", tmp_path / "report.json"
    file.write_text(yaml.safe_dump(TREE))
    local = f"--local={tmp_path / 'state'}"
    assert run(local, "apply", "--yes", str(file)).code == 0
    with LocalCognito(tmp_path / "state") as here:
        idp = here.client("cognito-idp", "eu-west-1")
        pool = idp.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
        idp.create_group(UserPoolId=pool, GroupName="late")
        idp.update_group(UserPoolId=pool, GroupName="admins", Description="by hand")
    assert run(local, "drift", "-o", f"json={report}", str(file)).code == 2
    tree = json.loads(report.read_text())
    with serving() as server:
        receivers = resolve([parse("webhook=env:HOOK")], cloud=no_cloud, environ={"HOOK": server.url})
        assert notify(tree, receivers, cloud=no_cloud, sleep=Waits()) == Notified(frozenset(), (), 1)
        body = json.loads(server.requests[0].body)
        Draft202012Validator(json.loads(output_schema("notification"))).validate(body)
        assert [(f["class"], f["address"]) for f in body["findings"]] == [
            ("changed", "customers/groups/admins"),
            ("unmanaged", "customers/groups/late"),
        ]
        assert [e["source"]["file"] for e in body["expired"]] == [str(file)]
        assert [p["id"] for p in body["pools"]] == [pool]
        notified = frozenset(e["id"] for place in ("findings", "expired") for e in body[place])
        assert notify(tree, receivers, notified, cloud=no_cloud, sleep=Waits()) == Notified(frozenset(), (), 0)
        assert len(server.requests) == 1
