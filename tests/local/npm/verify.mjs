// aws-jwt-verify. Its CognitoJwtVerifier looks for keys at AWS by the id of the pool alone; for an issuer elsewhere the
// library has JwtRsaVerifier, with the same checks of Cognito added by hand (customJwtCheck), as its documentation says.
// Keys are fetched by https only, so they are put into its cache (cacheJwks), which the documentation foresees, too.
import { CognitoJwtVerifier, JwtRsaVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { serve } from './lines.mjs';

async function discovered(issuer) {
  const found = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  return { found, jwks: await (await fetch(found.jwks_uri)).json() };
}

const checks = (use, client) => async ({ payload }) => {
  if (payload.token_use !== use) throw new Error(`token_use is ${payload.token_use}`);
  if ((use === 'id' ? payload.aud : payload.client_id) !== client) throw new Error('of another client');
};

await serve({
  verify: async ({ issuer, token, use, client, keysOf }) => {
    const { found } = await discovered(issuer);
    const { jwks } = await discovered(keysOf ?? issuer);
    const audience = use === 'id' ? client : null;
    const verifier = JwtRsaVerifier.create({ issuer: found.issuer, audience, jwksUri: found.jwks_uri, customJwtCheck: checks(use, client) });
    verifier.cacheJwks(jwks);
    return verifier.verify(token);
  },
  fetching: async ({ issuer, token }) => {
    const verifier = JwtRsaVerifier.create({ issuer, audience: null, jwksUri: `${issuer}/.well-known/jwks.json` });
    return verifier.verify(token);
  },
  // The verifier for Cognito, with its keys from here: right issuer of AWS, so only tokens made without a server pass.
  cognito: async ({ jwks, token, pool, client, use }) => {
    const cache = new SimpleJwksCache();
    const verifier = CognitoJwtVerifier.create({ userPoolId: pool, clientId: client, tokenUse: use }, { jwksCache: cache });
    verifier.cacheJwks(jwks);
    return verifier.verify(token);
  },
});
