#!/usr/bin/env bash
#
# One custom attribute, three places in CDK: two of them take its short name, and the third writes it down wrong.
#
# Package         aws-cdk-lib 2.276.0
# One expects     that `plan` means one attribute wherever the library takes the name of a custom attribute, as
#                 customAttributes and withCustomAttributes show: the one declares `plan`, the other turns `plan` and
#                 `custom:plan` alike into `custom:plan`.
# What it does    attributeMapping.custom, which is documented as the place for custom attributes, writes the key as it
#                 is: `plan`. The template then maps a claim to an attribute that the pool does not have.
# Seen            in 2.276.0 and in 2.100.0, run here. A mapping must name attributes of the pool, custom ones with
#                 their prefix (docs/cognito.md 2.6, mark D).
# Why it matters  Synthesis, review and diff pass, and the provider fails when it is deployed, or the claim never
#                 arrives. Who reads the template to write a manifest copies the mistake.
# poolctl         has one spelling for each attribute, that of the API (decision 21), so a mapping in a manifest says
#                 `custom:plan`. It does not check yet that a mapped attribute is in the schema of the pool.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-cdk-lib@2.276.0 constructs@10.8.1

cat > finding.cjs <<'JS'
const { App, Stack, aws_cognito: cognito } = require('aws-cdk-lib');

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Identity');
const userPool = new cognito.UserPool(stack, 'Pool', {
  customAttributes: { plan: new cognito.StringAttribute({ mutable: true }) },
});
new cognito.UserPoolIdentityProviderOidc(stack, 'Partner', {
  userPool,
  clientId: 'example',
  clientSecret: 'not-a-real-secret',
  issuerUrl: 'https://idp.example',
  attributeMapping: { custom: { plan: cognito.ProviderAttribute.other('subscription') } },
});
for (const name of ['plan', 'custom:plan']) {
  userPool.addClient(name.replace(':', ''), {
    readAttributes: new cognito.ClientAttributes().withCustomAttributes(name),
  });
}
const { Resources } = app.synth().getStackArtifact(stack.artifactId).template;
const all = Object.values(Resources);
const of = (type) => all.filter((r) => r.Type === `AWS::Cognito::${type}`).map((r) => r.Properties);
const schema = of('UserPool')[0].Schema.map((attribute) => attribute.Name);
const read = of('UserPoolClient').map((client) => client.ReadAttributes.join());
const mapped = Object.keys(of('UserPoolIdentityProvider')[0].AttributeMapping);
console.log('customAttributes {plan}                    -> Schema', schema, '(Cognito adds the prefix)');
console.log('withCustomAttributes(plan), (custom:plan)  -> ReadAttributes', read);
console.log('attributeMapping {custom: {plan}}          -> AttributeMapping', mapped);
if (schema.join() !== 'plan' || read.join() !== 'custom:plan,custom:plan' || mapped.join() !== 'plan') {
  console.error('NOT AS STATED ANY MORE: the mapping has the prefix, or another place changed');
  process.exit(1);
}
console.log('AS STATED: the client reads custom:plan, and the provider maps to plan, which does not exist');
JS
env -i PATH="$PATH" HOME="$work" JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1 node finding.cjs
