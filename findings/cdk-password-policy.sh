#!/usr/bin/env bash
#
# CDK documents that passwords require digits by default; a pool with `minLength: 12` in its code requires none.
#
# Package         aws-cdk-lib 2.276.0
# One expects     that new UserPool({passwordPolicy: {minLength: 12}}) makes the policy stricter, as the declaration of
#                 requireDigits, requireLowercase, requireUppercase and requireSymbols each says "@default true".
# What it does    The template holds {MinimumLength: 12} alone; no default of CDK is written. Cognito fills in a policy
#                 that is given in part with false (measured on AWS by others, docs/cognito.md 2.1, mark L), and with
#                 true only if there is no policy at all. So naming one rule switches the other four off.
# Seen            in 2.276.0 and in 2.100.0, run here.
# Why it matters  The code, its documentation and a review of both say "12 characters, all kinds". The live pool accepts
#                 twelve times the letter a. A tool that takes the documented defaults for the wish reports drift.
# poolctl         compares what a manifest declares with what is live, shows each rule of the live policy in an export,
#                 and never assumes a default for what is not written (decision 23).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-cdk-lib@2.276.0 constructs@10.8.1

cat > finding.cjs <<'JS'
const fs = require('node:fs');
const { App, Stack, aws_cognito: cognito } = require('aws-cdk-lib');

const folder = require.resolve('aws-cdk-lib/aws-cognito').replace(/index\.js$/, '');
const declared = fs.readFileSync(`${folder}lib/user-pool.d.ts`, 'utf8');
const documented = {};
for (const name of ['requireLowercase', 'requireUppercase', 'requireDigits', 'requireSymbols']) {
  const above = declared.slice(0, declared.indexOf(`readonly ${name}?`));
  documented[name] = above.slice(above.lastIndexOf('@default')).match(/@default (\w+)/)[1];
}
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Identity');
new cognito.UserPool(stack, 'Named', { passwordPolicy: { minLength: 12 } });
new cognito.UserPool(stack, 'Silent');
const { Resources } = app.synth().getStackArtifact(stack.artifactId).template;
const [named, silent] = ['Named', 'Silent'].map((id) => {
  const key = Object.keys(Resources).find((k) => k.startsWith(id) && Resources[k].Type === 'AWS::Cognito::UserPool');
  return JSON.stringify(Resources[key].Properties.Policies);
});
console.log('documented defaults:                 ', JSON.stringify(documented));
console.log('template with passwordPolicy.minLength:', named);
console.log('template without passwordPolicy:       ', silent);
const allTrue = Object.values(documented).every((value) => value === 'true');
if (!allTrue || named !== '{"PasswordPolicy":{"MinimumLength":12}}' || silent !== undefined) {
  console.error('NOT AS STATED ANY MORE: documentation and template agree, or changed');
  process.exit(1);
}
console.log('AS STATED: documented as true, not in the template, and false on Cognito');
JS
env -i PATH="$PATH" HOME="$work" JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1 node finding.cjs
