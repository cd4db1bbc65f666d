#!/usr/bin/env bash
#
# Cognito's discovery document names an end_session_endpoint; the request that OIDC libraries build for it has none of
# the parameters that end a session there.
#
# Package         oidc-client-ts 3.5.0 and openid-client 6.9.0, with a discovery document of the form that user pools
#                 publish (as recorded in public issues in 2025; end_session_endpoint is there since February 2024)
# One expects     that discovery is enough to sign out, as it is to sign in: the endpoint is named by the standard's own
#                 key, so it takes the standard's parameters.
# What they do    Both send client_id and post_logout_redirect_uri. Cognito's /logout takes client_id
#                 with logout_uri, or with response_type and redirect_uri; it does not know post_logout_redirect_uri,
#                 and shows an error page about a missing redirect_uri (reported by users).
# Seen            in the versions above, run here against a discovery document on the loopback interface.
# Why it matters  Signing in works, signing out ends on an error page, and LogoutURLs of the client look wrong. Adding
#                 addresses there changes nothing. The parameter is missing, not the address.
# poolctl         `outputs --format oidc` spells both parameters out in end_session_endpoint, so that the library needs
#                 nothing else; this script shows another form that works with oidc-client-ts (extraQueryParams).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" oidc-client-ts@3.5.0 openid-client@6.9.0

cat > finding.mjs <<'JS'
import http from 'node:http';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import * as openid from 'openid-client';

const bye = 'https://app.example/bye';
const server = http.createServer((request, response) => {
  const host = `http://127.0.0.1:${server.address().port}`;
  const issuer = `${host}/eu-west-1_Example01`;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({
    authorization_endpoint: `${host}/oauth2/authorize`,
    end_session_endpoint: `${host}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${host}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${host}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${host}/oauth2/userInfo`,
  }));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}/eu-west-1_Example01`;

const browser = new OidcClient({
  authority: issuer,
  client_id: 'exampleclient',
  redirect_uri: 'https://app.example/callback',
  post_logout_redirect_uri: bye,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});
const config = await openid.discovery(new URL(issuer), 'exampleclient', undefined, openid.None(), {
  execute: [openid.allowInsecureRequests],
});
const requests = {
  'oidc-client-ts': (await browser.createSignoutRequest()).url,
  'openid-client': openid.buildEndSessionUrl(config, { post_logout_redirect_uri: bye }).href,
  'oidc-client-ts, with extraQueryParams': (
    await browser.createSignoutRequest({ extraQueryParams: { client_id: 'exampleclient', logout_uri: bye } })
  ).url,
};
server.close();
const ends = [];
for (const [name, url] of Object.entries(requests)) {
  const sent = new URL(url).searchParams;
  const again = sent.has('redirect_uri') && sent.has('response_type');
  const works = sent.has('client_id') && (sent.has('logout_uri') || again);
  ends.push(works);
  const keys = [...new Set(sent.keys())].join(', ');
  console.log(`${name}: /logout with ${keys}: ${works ? 'ends the session' : 'error page'}`);
}
if (ends.join() !== 'false,false,true') {
  console.log('NOT AS STATED ANY MORE: a library sends what /logout takes');
  process.exit(1);
}
console.log('AS STATED: discovery names the endpoint, and the standard request does not fit it');
JS
env -i PATH="$PATH" HOME="$work" node finding.mjs
