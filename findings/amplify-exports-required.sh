#!/usr/bin/env bash
#
# aws-exports.js: a pool that verifies e-mail addresses becomes a pool that requires them, and a comma in a callback
# makes two callbacks.
#
# Package         aws-amplify 6.22.1
# One expects     that the older file says the same as amplify_outputs.json, since both describe one pool:
#                 aws_cognito_verification_mechanisms is what Cognito verifies, aws_cognito_signup_attributes what it
#                 requires; redirectSignIn holds addresses.
# What it does    The verification mechanisms are merged into the required attributes (userAttributes): with phone_number
#                 among them, sign-up forms ask for a number that the pool does not need. redirectSignIn and
#                 redirectSignOut are split at every comma, also inside of a query, where a comma is legal.
# Seen            in 6.22.1, run here.
# Why it matters  AutoVerifiedAttributes and required attributes are different settings of a pool, and the second cannot
#                 be changed later. The form and the pool disagree, and the newer file of the same pool does not show it.
# poolctl         `outputs --format exports-js` writes only mechanisms that the pool requires, and leaves the block
#                 oauth out, with a notice, where an address has a comma.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-amplify@6.22.1

cat > finding.cjs <<'JS'
const { Amplify } = require('aws-amplify');

const ids = { aws_user_pools_id: 'eu-west-1_Example01', aws_user_pools_web_client_id: 'exampleclient' };
Amplify.configure({
  aws_project_region: 'eu-west-1',
  aws_cognito_region: 'eu-west-1',
  ...ids,
  aws_cognito_signup_attributes: [],
  aws_cognito_verification_mechanisms: ['EMAIL', 'PHONE_NUMBER'],
  oauth: {
    domain: 'example.auth.eu-west-1.amazoncognito.com',
    scope: ['openid'],
    redirectSignIn: 'https://app.example/cb?tabs=a,b',
    redirectSignOut: 'https://app.example/',
    responseType: 'code',
  },
});
const older = Amplify.getConfig().Auth.Cognito;
Amplify.configure({
  version: '1.4',
  auth: {
    aws_region: 'eu-west-1',
    user_pool_id: ids.aws_user_pools_id,
    user_pool_client_id: ids.aws_user_pools_web_client_id,
    user_verification_types: ['email', 'phone_number'],
  },
});
const newer = Amplify.getConfig().Auth.Cognito;

const required = (config) => Object.keys(config.userAttributes ?? {}).sort();
const callbacks = older.loginWith.oauth.redirectSignIn;
console.log(`required attributes: aws-exports ${JSON.stringify(required(older))}, outputs ${JSON.stringify(required(newer))}`);
console.log(`one callback with a comma: ${JSON.stringify(callbacks)}`);
const stated = required(older).length === 2 && required(newer).length === 0 && callbacks.length === 2;
if (!stated) {
  console.log('NOT AS STATED ANY MORE: what is verified is not taken for required, or a callback stays whole');
  process.exit(1);
}
console.log('AS STATED: what is verified counts as required, and a callback is split at its comma');
JS
env -i PATH="$PATH" HOME="$work" node finding.cjs
