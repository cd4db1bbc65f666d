#!/usr/bin/env bash
#
# CloudFormation's schema says that nothing about a user pool is immutable.
#
# Package         the registry schemas in cfn-lint 1.58.0, and the API model in botocore 1.44.8
# One expects     createOnlyProperties of AWS::Cognito::UserPool to list what cannot be changed later, as the schemas of
#                 its neighbours do: tools read that list to foretell a replacement.
# What it does    UserPoolClient, UserPoolGroup, UserPoolDomain and the others have the list; UserPool has none. In the
#                 API, UpdateUserPool lacks four members of CreateUserPool, and all four are properties of the type:
#                 AliasAttributes, Schema, UsernameAttributes, UsernameConfiguration.
# Seen            in the versions above, run here; the two sources are compared by this script.
# Why it matters  What derives "update in place" or "replace" from the registry says "in place" for a change of
#                 UsernameAttributes. The change cannot be carried out by any update: it fails while deploying, when
#                 other resources of the stack are already changed.
# poolctl         takes immutability from the API and from measurements, and refuses such a change while planning, with
#                 what to do instead (decision 4; docs/cognito.md 0.6 and 1.3).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check cfn-lint==1.58.0 botocore==1.44.8

cat > finding.py <<'PYTHON'
import sys

import botocore.session
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

NEIGHBOURS = [
    "UserPoolClient",
    "UserPoolDomain",
    "UserPoolGroup",
    "UserPoolIdentityProvider",
    "UserPoolResourceServer",
]


def schema(name):
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", f"AWS::Cognito::{name}").schema


def fixed(name):
    return [path.rpartition("/")[2] for path in schema(name).get("createOnlyProperties", [])]


for neighbour in NEIGHBOURS:
    print(f"createOnly of {neighbour}: {fixed(neighbour)}")
print(f"createOnly of UserPool: {fixed('UserPool')}")
model = botocore.session.Session().get_service_model("cognito-idp")
create, update = (model.shape_for(f"{verb}UserPoolRequest").members for verb in ("Create", "Update"))
only_create = sorted({*create} - {*update})
print("in CreateUserPool and not in UpdateUserPool:", only_create)
properties = schema("UserPool")["properties"]
if fixed("UserPool") or not all(map(fixed, NEIGHBOURS)) or not {*only_create} <= {*properties} or len(only_create) != 4:
    sys.exit("NOT AS STATED ANY MORE: the schema lists what is immutable, or the API changed")
print("AS STATED: four members that no update takes, and none of them is createOnly")
PYTHON
env -i PATH="$PATH" HOME="$work" venv/bin/python finding.py
