// @aws-sdk/client-cognito-identity-provider, unsigned, as a web page or a back end without credentials uses it.
import * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { serve } from './lines.mjs';

let client;

await serve({
  connect: ({ endpoint, region }) => {
    client = new sdk.CognitoIdentityProviderClient({
      endpoint,
      region,
      maxAttempts: 1,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
  },
  send: async ({ operation, input }) => {
    const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](input));
    return { ...answer, requestId: $metadata.requestId };
  },
});
