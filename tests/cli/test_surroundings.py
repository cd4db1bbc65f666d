"""What surrounds a pool, with the command line: a plan that is reviewed, applied, and read again in another process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.support import run

TREE = """\
version: 1
user_pool:
  PoolName: customers
  LambdaConfig: {PreSignUp: "arn:aws:lambda:us-east-1:123456789012:function:sign-up"}
mfa: {MfaConfiguration: OPTIONAL, SmsMfaConfiguration: {}}
sms_role: {RoleName: customers-sms}
trigger_permissions: {}
log_groups: {/aws/vendedlogs/customers: {retentionInDays: 30}}
"""


def test_a_reviewed_plan_is_applied_and_nothing_is_left(tmp_path: Path) -> None:
    file, saved, local = tmp_path / "m.yaml", tmp_path / "plan.json", f"--local={tmp_path / 'cognito'}"
    file.write_text(TREE, encoding="utf-8")
    assert run(local, "validate", str(file)).code == 0
    planned = run(local, "plan", "--out", str(saved), str(file))
    assert planned.code == 0, planned.err
    assert "sms_role_trust" in planned.out
    assert "has no ARN before it is made" in planned.out
    assert "(known after apply)" in planned.out
    applied = run(local, "apply", "--yes", str(saved))
    assert applied.code == 0, applied.err
    again = run(local, "plan", "--detailed-exitcode", str(file))
    assert again.code == 0, again.out
    drift = run(local, "drift", "-o", "json", str(file))
    assert (drift.code, [f for f in json.loads(drift.out)["findings"] if f["fails"]]) == (0, [])
