// Gives each case to the real packages, in one process, and prints what they made of it.
// In: [{name, amplify, exports, oidc}] on standard input, each a text or null. Out: {name: {...}}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';

const { Amplify } = createRequire(import.meta.url)('aws-amplify');

const stateStore = new WebStorageStateStore({ store: new InMemoryWebStorage() });

function configured(resources) {
  Amplify.configure(resources);
  return Amplify.getConfig().Auth.Cognito;
}

async function module(text) {
  const made = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return made.default;
}

async function requests(text) {
  const settings = JSON.parse(text);
  const client = new OidcClient({ ...settings, stateStore });
  const signIn = settings.response_type === 'code' ? (await client.createSigninRequest({})).url : null;
  const signOut = settings.metadata.end_session_endpoint ? await client.createSignoutRequest({ id_token_hint: 'x' }) : null;
  const later = settings.metadata.end_session_endpoint ? await client.createSignoutRequest() : null;
  return { signIn, signOut: signOut?.url ?? null, signOutLater: later?.url ?? null };
}

const found = {};
for (const { name, amplify, exports, oidc } of JSON.parse(readFileSync(0, 'utf8'))) {
  found[name] = {
    amplify: amplify && configured(JSON.parse(amplify)),
    exports: exports && configured(await module(exports)),
    oidc: oidc && (await requests(oidc)),
  };
}
console.log(JSON.stringify(found));
