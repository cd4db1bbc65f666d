#!/usr/bin/env bash
#
# Tag a pool on moto: its passwords shrink from 14 to 8 characters, and its users no longer sign in by e-mail.
#
# Package         moto 5.2.5, through boto3 1.44.8
# One expects     that an update can change only what its request can hold. UpdateUserPool has no UsernameAttributes and
#                 no UsernameConfiguration: both are fixed when a pool is made.
# What it does    UpdateUserPool with nothing but UserPoolTags removes UsernameAttributes and UsernameConfiguration,
#                 and puts the default policy in the place of the declared one. On AWS both survive; that Policies is
#                 kept was measured there by others in 2026 (docs/cognito.md 2.1, mark L).
# Seen            in 5.2.5, run here.
# Why it matters  "A second plan is empty" fails on moto for a tool that is right: an immutable member looks changed,
#                 and many tools plan the replacement of the pool for that. And a test which says that an omitted policy
#                 goes back to its default passes on moto and is wrong on AWS.
# poolctl         never sends a part of a pool: an update is the declared members over the observed object (decision 2).
#                 Its tests run on moto with this repaired from outside (decision 30).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check \
    "moto[cognitoidp]==5.2.5" boto3==1.44.8 botocore==1.44.8

cat > finding.py <<'PYTHON'
import sys

import boto3
from moto import mock_aws

FIXED = {"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}}
POLICY = {"PasswordPolicy": {"MinimumLength": 14}}
with mock_aws():
    client = boto3.client("cognito-idp")
    pool = client.create_user_pool(PoolName="shop", Policies=POLICY, **FIXED)["UserPool"]["Id"]
    before = client.describe_user_pool(UserPoolId=pool)["UserPool"]
    client.update_user_pool(UserPoolId=pool, UserPoolTags={"team": "identity"})
    after = client.describe_user_pool(UserPoolId=pool)["UserPool"]
request = client.meta.service_model.shape_for("UpdateUserPoolRequest").members
for member in ("UsernameAttributes", "UsernameConfiguration", "Policies"):
    in_update = "is" if member in request else "is not"
    print(f"{member} ({in_update} in UpdateUserPool): {before.get(member)} -> {after.get(member)}")
forgotten = [member for member in FIXED if member in before and member not in after and member not in request]
length = after["Policies"]["PasswordPolicy"]["MinimumLength"]
if forgotten != list(FIXED) or length != 8:
    sys.exit("NOT AS STATED ANY MORE: moto keeps what an update cannot hold, or the policy")
print("AS STATED: an update of tags removed two immutable members and reset the policy")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=eu-west-1 \
    venv/bin/python finding.py
