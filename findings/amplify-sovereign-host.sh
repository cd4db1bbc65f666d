#!/usr/bin/env bash
#
# A user pool of the European sovereign cloud, in Amplify: requests go to a host under amazonaws.com, where it is not.
#
# Package         aws-amplify 6.22.1, against the partition tables of botocore 1.44.8
# One expects     that a pool id such as eusc-de-east-1_Example01 leads to Cognito's host in that Region, as it does in
#                 the SDK. The Region and its suffix are public data.
# What it does    Amplify knows the suffixes of two partitions, aws and aws-cn, and takes that of the first for every
#                 Region that it does not know. botocore has cognito-idp.eusc-de-east-1.amazonaws.eu.
# Seen            in the versions above, run here: signUp() with a fetch that notes the address and answers nothing.
# Why it matters  amplify_outputs.json has no key for the host, so the file is right and the application cannot reach
#                 its pool. The error is "A network error has occurred", as for a user without a connection.
# poolctl         takes hosts from botocore, and `outputs --format amplify` says for such a pool what has to be set in
#                 Amplify's own form of the configuration (userPoolEndpoint).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-amplify@6.22.1
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check botocore==1.44.8

cat > hosts.py <<'PYTHON'
import sys

import botocore.session

session = botocore.session.Session()
for region in sys.argv[1:]:
    print(session.create_client("cognito-idp", region).meta.endpoint_url.removeprefix("https://"))
PYTHON

cat > finding.cjs <<'JS'
const { Amplify } = require('aws-amplify');
const { signUp } = require('aws-amplify/auth');

const asked = [];
globalThis.fetch = async (address) => {
  asked.push(new URL(address).host);
  throw new TypeError('fetch failed');
};

async function host(region) {
  Amplify.configure({
    version: '1.4',
    auth: { aws_region: region, user_pool_id: `${region}_Example01`, user_pool_client_id: 'exampleclient' },
  });
  await signUp({ username: 'ada', password: 'Example-1234' }).catch(() => undefined);
  return asked.pop();
}

(async () => {
  const expected = process.argv.slice(2);
  const [common, sovereign] = [await host('eu-west-1'), await host('eusc-de-east-1')];
  console.log(`eu-west-1: Amplify asks ${common}, botocore ${expected[0]}`);
  console.log(`eusc-de-east-1: Amplify asks ${sovereign}, botocore ${expected[1]}`);
  if (common !== expected[0] || sovereign === expected[1] || !sovereign.endsWith('.amazonaws.com')) {
    console.log('NOT AS STATED ANY MORE: both ask the same host');
    process.exit(1);
  }
  console.log('AS STATED: Amplify looks for the pool of another partition under amazonaws.com');
  process.exit(0);
})();
JS
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \
  venv/bin/python hosts.py eu-west-1 eusc-de-east-1 > hosts
# shellcheck disable=SC2046
env -i PATH="$PATH" HOME="$work" node finding.cjs $(cat hosts)
