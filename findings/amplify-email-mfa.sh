#!/usr/bin/env bash
#
# Turn on MFA by e-mail, and Amplify's configuration says: MFA is required, and there is no factor.
#
# Package         aws-amplify 6.22.1
# One expects     that what amplify_outputs.json says about MFA arrives in Amplify.getConfig(), as it does for SMS and
#                 TOTP: a front end asks there which second factors to offer.
# What it does    mfa_methods: [EMAIL] becomes {status: "on", smsEnabled: false, totpEnabled: false}. EMAIL is a value
#                 of format 1.4, which is also the first with e-mail codes as first factor; those do arrive, in
#                 `passwordless`. There is no emailEnabled.
# Seen            in 6.22.1, run here.
# Why it matters  A pool is switched from SMS to e-mail, an ordinary change of EmailMfaConfiguration. The outputs are
#                 right, and a settings page built on getConfig() shows required MFA with nothing to enrol. The cause is
#                 looked for in the pool, which is fine.
# poolctl         shows what the pool has, by the names of GetUserPoolMfaConfig: EmailMfaConfiguration in the section
#                 `mfa` (docs/cognito.md 2.2). A front end should ask for the user's factors at run time
#                 (fetchMFAPreference), not read them from its configuration.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" aws-amplify@6.22.1

cat > finding.cjs <<'JS'
const { Amplify } = require('aws-amplify');

function configured(methods) {
  Amplify.configure({
    version: '1.4',
    auth: {
      aws_region: 'eu-west-1',
      user_pool_id: 'eu-west-1_Example01',
      user_pool_client_id: 'exampleclient',
      mfa_configuration: 'REQUIRED',
      mfa_methods: methods,
      passwordless: { email_otp_enabled: true, sms_otp_enabled: false },
    },
  });
  const { mfa, passwordless } = Amplify.getConfig().Auth.Cognito;
  console.log(`mfa_methods [${methods}]: mfa ${JSON.stringify(mfa)}`);
  return { mfa, passwordless };
}

const sms = configured(['SMS']);
const totp = configured(['TOTP']);
const email = configured(['EMAIL']);
const stated =
  sms.mfa.smsEnabled &&
  totp.mfa.totpEnabled &&
  JSON.stringify(email.mfa) === '{"status":"on","smsEnabled":false,"totpEnabled":false}' &&
  email.passwordless.emailOtpEnabled;
if (!stated) {
  console.log('NOT AS STATED ANY MORE: MFA by e-mail arrives in the configuration');
  process.exit(1);
}
console.log('AS STATED: required MFA whose only factor is e-mail arrives without a factor');
JS
env -i PATH="$PATH" HOME="$work" node finding.cjs
