#!/usr/bin/env bash
#
# Turning on refresh-token rotation ends every session of applications with amazon-cognito-identity-js.
#
# Packages        amazon-cognito-identity-js 6.3.21, aws-amplify 6.22.1
# One expects     RefreshTokenRotation to be a setting of the app client that libraries need not know: they send the
#                 refresh token and take what comes back, perhaps with a new one.
# What they do    amazon-cognito-identity-js renews by InitiateAuth with REFRESH_TOKEN_AUTH, and knows nothing else.
#                 A client with rotation has no such flow: Cognito refuses ALLOW_REFRESH_TOKEN_AUTH beside it
#                 (docs/cognito.md, C17). Amplify renews by GetTokensFromRefreshToken always, which both kinds of
#                 clients have.
# Seen            in the requests of both, at a server on the loopback interface that answers like Cognito.
# Why it matters  The change is one line of a manifest, is recommended, and harms nothing for an hour: sign-in works,
#                 and tests that sign in are green. Users are signed out when their access token ends.
# poolctl         Its tests sign in with both libraries at the embedded Cognito, which refuses as AWS does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" amazon-cognito-identity-js@6.3.21 aws-amplify@6.22.1

cat > finding.cjs <<'JS'
const { createServer } = require('node:http');
const { AuthenticationDetails, CognitoUser, CognitoUserPool } = require('amazon-cognito-identity-js');
const { Amplify } = require('aws-amplify');
const { fetchAuthSession, signIn } = require('aws-amplify/auth');

const ids = { UserPoolId: 'eu-west-1_Example01', ClientId: 'exampleclient' };
const packed = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const token = (use) => `${packed({ alg: 'RS256' })}.${packed({ token_use: use, sub: 's', username: 'u', iat: now(), exp: now() + 3600 })}.x`;
const made = () => ({ AccessToken: token('access'), IdToken: token('id'), RefreshToken: 'refresh', ExpiresIn: 3600, TokenType: 'Bearer' });
const seen = [];

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (piece) => (text += piece));
  request.on('end', () => {
    const operation = request.headers['x-amz-target'].split('.')[1];
    const flow = JSON.parse(text).AuthFlow ?? '';
    seen.push(`${operation} ${flow}`.trim());
    const refused = flow === 'REFRESH_TOKEN_AUTH';
    response.writeHead(refused ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(refused ? { __type: 'InvalidParameterException', message: 'not with rotation' } : { ChallengeParameters: {}, AuthenticationResult: made() }));
  });
});

async function older(endpoint) {
  const user = new CognitoUser({ Username: 'u', Pool: new CognitoUserPool({ ...ids, endpoint }) });
  user.setAuthenticationFlowType('USER_PASSWORD_AUTH');
  const details = new AuthenticationDetails({ Username: 'u', Password: 'not-a-real-password' });
  const session = await new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
  return new Promise((done) => user.refreshSession(session.getRefreshToken(), (error) => done(error ? error.code : 'renewed')));
}

async function newer(endpoint) {
  const known = { userPoolId: ids.UserPoolId, userPoolClientId: ids.ClientId, userPoolEndpoint: endpoint };
  Amplify.configure({ Auth: { Cognito: known } });
  await signIn({ username: 'u', password: 'not-a-real-password', options: { authFlowType: 'USER_PASSWORD_AUTH' } });
  const session = await fetchAuthSession({ forceRefresh: true });
  return session.tokens ? 'renewed' : 'signed out';
}

server.listen(0, '127.0.0.1', async () => {
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const first = await older(endpoint);
  const byOlder = seen.splice(0).pop();
  console.log('amazon-cognito-identity-js renews by', byOlder, '->', first);
  const second = await newer(endpoint);
  const byNewer = seen.filter((request) => !request.startsWith('InitiateAuth'))[0];
  console.log('aws-amplify renews by', byNewer, '->', second);
  server.close();
  const stated = byOlder === 'InitiateAuth REFRESH_TOKEN_AUTH' && first !== 'renewed' && byNewer === 'GetTokensFromRefreshToken' && second === 'renewed';
  if (!stated) {
    console.log('NOT AS STATED ANY MORE: the older library knows rotation, or the newer one renews otherwise');
    process.exit(1);
  }
  console.log('AS STATED: on a client with rotation, the older library cannot renew a session, and the newer one can');
  process.exit(0);
});
JS
env -i PATH="$PATH" HOME="$work" node finding.cjs
