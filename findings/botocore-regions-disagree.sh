#!/usr/bin/env bash
#
# One botocore gives two answers to "which Regions are there": two Regions have a partition and hosts, and no service.
#
# Package         botocore 1.44.8
# One expects     that a Region whose partition botocore names is one for which it can list the services, or that it
#                 says that it does not know the Region.
# What it does    get_partition_for_region("me-west-1") and ("sa-west-1") answer "aws", and clients are made with hosts,
#                 while get_available_regions has the two for no service at all, STS included. The first two are read
#                 from partitions.json, the last from endpoints.json.
# Seen            in 1.44.8, run here.
# Why it matters  A tool that checks a Region by its partition lets a pool be planned where the list of services has no
#                 Cognito; one that checks by get_available_regions("sts") refuses a Region that may be open to the
#                 account. A typing error is caught by neither way: the partition of "eu-west-11" is "aws" as well.
# poolctl         asks both tables: a Region that is listed and lacks Cognito is refused by name before AWS is
#                 contacted, and one that no service is listed for is a warning that names the nearest known ones
#                 (docs/cognito.md 12).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check botocore==1.44.8

cat > finding.py <<'PYTHON'
import sys

import botocore.session

session = botocore.session.Session()


def services(region):
    """The services that are listed for a Region."""
    every = session.get_available_services()
    return [s for s in every if region in session.get_available_regions(s, "aws", allow_non_regional=False)]


def seen(region):
    client = session.create_client("cognito-idp", region)
    found = session.get_partition_for_region(region), client.meta.endpoint_url, len(services(region))
    print(f"{region:10} partition {found[0]}, host {found[1]}, services listed: {found[2]}")
    return found


known = seen("eu-west-1")
others = [seen(region) for region in ("me-west-1", "sa-west-1", "eu-west-11")]
stated = known[2] > 100 and all(o[0] == "aws" and o[1].startswith("https://cognito-idp.") and o[2] == 0 for o in others)
if not stated:
    sys.exit("NOT AS STATED ANY MORE: the two tables agree")
print("AS STATED: two Regions have a partition and hosts, and no service; so has a misspelled one")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none venv/bin/python finding.py
