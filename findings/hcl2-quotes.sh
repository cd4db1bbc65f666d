#!/usr/bin/env bash
#
# After an upgrade of python-hcl2, the same Terraform file has no user pools and no MFA.
#
# Package         python-hcl2 8.1.4, compared with 7.3.1
# One expects     hcl2.load() to give the value of a text: mfa_configuration = "ON" reads as ON, and resource
#                 "aws_cognito_user_pool" "shop" is found under aws_cognito_user_pool, as in 1 to 7.
# What it does    By default, 8 keeps the quotes as part of texts and of block labels: '"ON"' and
#                 '"aws_cognito_user_pool"'. References come without quotes (${var.name}), and blocks gain a key
#                 __is_block__. Nothing raises. SerializationOptions(strip_string_quotes=True) gives the old texts.
# Seen            in 8.1.4 against 7.3.1, both run here.
# Why it matters  A check such as `file["resource"][0].get("aws_cognito_user_pool", {})` finds nothing, and a report
#                 over a hundred repositories turns green: no pool without MFA is left, since no pool is left.
# poolctl         does not read Terraform's language. The pool says what is live, and `poolctl export` writes the
#                 manifest from that (docs/terraform.md); what a configuration means takes Terraform itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv new
python3 -m venv old
new/bin/pip install -qq --no-compile --disable-pip-version-check python-hcl2==8.1.4
old/bin/pip install -qq --no-compile --disable-pip-version-check python-hcl2==7.3.1

cat > main.tf <<'HCL'
resource "aws_cognito_user_pool" "shop" {
  name              = var.name
  mfa_configuration = "ON"
}
HCL
cat > finding.py <<'PYTHON'
import json
import sys

import hcl2

options = {}
if "strip" in sys.argv:
    options = {"serialization_options": hcl2.SerializationOptions(strip_string_quotes=True)}
with open("main.tf") as file:
    tree = hcl2.load(file, **options)
print("   ", json.dumps(tree), file=sys.stderr)
pools = [pool for block in tree["resource"] for pool in block.get("aws_cognito_user_pool", {}).values()]
print(f"{len(pools)} pools, {sum(pool['mfa_configuration'] == 'ON' for pool in pools)} with MFA")
PYTHON
before=$(env -i PATH="$PATH" HOME="$work" old/bin/python finding.py)
after=$(env -i PATH="$PATH" HOME="$work" new/bin/python finding.py)
stripped=$(env -i PATH="$PATH" HOME="$work" new/bin/python finding.py strip)
echo "7.3.1: $before"
echo "8.1.4: $after"
echo "8.1.4, strip_string_quotes: $stripped"
if [ "$before/$after/$stripped" != "1 pools, 1 with MFA/0 pools, 0 with MFA/1 pools, 1 with MFA" ]; then
    echo "NOT AS STATED ANY MORE: the versions read the file alike" >&2
    exit 1
fi
echo "AS STATED: one file, one pool with 7.3.1 and none with 8.1.4"
