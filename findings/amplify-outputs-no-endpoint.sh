#!/usr/bin/env bash
#
# Neither file that configures Amplify can name an endpoint, and its redirects are https always.
#
# Package         aws-amplify 6.22.1
# One expects     The library has `userPoolEndpoint`, for a proxy or a Cognito on one's own machine. So one writes
#                 user_pool_endpoint into amplify_outputs.json, as all its keys are spelled, for a test.
# What it does    The key is dropped in silence, in amplify_outputs.json as in aws-exports.js, and signIn() sends what
#                 was typed to cognito-idp.REGION.amazonaws.com. Only the configuration in code keeps it. And
#                 signInWithRedirect() goes to https://DOMAIN, even if DOMAIN is localhost with a port: a page on plain
#                 http is out of reach.
# Seen            in 6.22.1, run here under Node.js; no request leaves the machine, as fetch is replaced.
# Why it matters  A test that is meant for a server on the same machine signs in at AWS, with passwords of tests, and
#                 fails or, worse, succeeds there. The redirect needs TLS in front of the local server.
# poolctl         Its tests sign in at `poolctl local serve` with Amplify configured in code, and docs/local.md says so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-amplify@6.22.1

cat > finding.cjs <<'JS'
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { Amplify } = require('aws-amplify');
const { signIn } = require('aws-amplify/auth');

const HERE = 'http://127.0.0.1:4566';
const auth = { aws_region: 'eu-west-1', user_pool_id: 'eu-west-1_Example01', user_pool_client_id: 'exampleclient' };
const outputs = { version: '1.4', auth: { ...auth, user_pool_endpoint: HERE, userPoolEndpoint: HERE } };
const exported = {
  aws_project_region: auth.aws_region,
  aws_cognito_region: auth.aws_region,
  aws_user_pools_id: auth.user_pool_id,
  aws_user_pools_web_client_id: auth.user_pool_client_id,
  aws_user_pools_endpoint: HERE,
  userPoolEndpoint: HERE,
};
let host;
globalThis.fetch = async (url) => {
  host = new URL(url).host;
  throw new TypeError('no request leaves this machine');
};

async function asked(configuration) {
  Amplify.configure(configuration);
  host = undefined;
  await signIn({ username: 'someone', password: 'not-a-real-password', options: { authFlowType: 'USER_PASSWORD_AUTH' } }).catch(() => 0);
  return host;
}

(async () => {
  const fromOutputs = await asked(outputs);
  console.log('amplify_outputs.json with an endpoint:', fromOutputs);
  const fromExports = await asked(exported);
  console.log('aws-exports.js with an endpoint:', fromExports);
  Amplify.configure({ version: '1.4', auth });
  const known = Amplify.getConfig().Auth.Cognito;
  const fromCode = await asked({ Auth: { Cognito: { ...known, userPoolEndpoint: HERE } } });
  console.log('the same in code:', fromCode);
  const file = 'node_modules/@aws-amplify/auth/dist/cjs/providers/cognito/apis/signInWithRedirect.js';
  const url = readFileSync(path.join(process.cwd(), file), 'utf8').match(/`[a-z]+:\/\/\$\{domain\}\/oauth2\/authorize/)?.[0];
  console.log('signInWithRedirect():', url);
  const aws = 'cognito-idp.eu-west-1.amazonaws.com';
  if (fromOutputs !== aws || fromExports !== aws || fromCode !== '127.0.0.1:4566' || !url?.startsWith('`https://')) {
    console.log('NOT AS STATED ANY MORE: a file can name an endpoint, or a redirect can be plain http');
    process.exit(1);
  }
  console.log('AS STATED: an endpoint in a configuration file is dropped in silence, and the password goes to AWS');
})();
JS
env -i PATH="$PATH" HOME="$work" node finding.cjs
