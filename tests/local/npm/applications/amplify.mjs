// A web application with aws-amplify. The endpoint of the pool is another one, as Amplify's configuration allows.
import { Amplify } from 'aws-amplify';
import * as auth from 'aws-amplify/auth';

// What a page hands to a test is text: tokens have methods, and errors have names.
async function told(work) {
  try {
    return { ok: JSON.parse(JSON.stringify((await work) ?? null)) };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

const operation = (name) => (input) => told(auth[name](input));

window.app = {
  ready: true,
  configure: (Cognito) => Amplify.configure({ Auth: { Cognito } }),
  session: () =>
    told(
      auth.fetchAuthSession().then(({ tokens, userSub }) => ({
        userSub: userSub ?? null,
        email: tokens?.idToken?.payload.email ?? null,
        access: tokens?.accessToken?.toString() ?? null,
      })),
    ),
  renewed: () => told(auth.fetchAuthSession({ forceRefresh: true }).then(({ tokens }) => tokens.accessToken.toString())),
  makePasskey: () => told(auth.associateWebAuthnCredential()),
  passkeys: () => told(auth.listWebAuthnCredentials()),
  refreshToken: () => Object.entries(localStorage).find(([key]) => key.endsWith('.refreshToken'))?.[1] ?? null,
  ...Object.fromEntries(
    ['signUp', 'confirmSignUp', 'signIn', 'confirmSignIn', 'signOut', 'getCurrentUser', 'fetchUserAttributes'].map((name) => [name, operation(name)]),
  ),
  ...Object.fromEntries(['resetPassword', 'confirmResetPassword', 'setUpTOTP', 'verifyTOTPSetup'].map((name) => [name, operation(name)])),
};
