// amazon-cognito-identity-js: the library that older web applications sign in with.
import { createRequire } from 'node:module';
import { serve, totp } from './lines.mjs';

const { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } = createRequire(import.meta.url)(
  'amazon-cognito-identity-js',
);
let pool;
let user;

const called = (work) => new Promise((done, failed) => work((error, value) => (error ? failed(error) : done(value))));
const ended = (work) =>
  new Promise((done, failed) => {
    const challenge = (name) => (...args) => done({ challenge: name, args });
    work({
      onSuccess: done,
      onFailure: failed,
      inputVerificationCode: challenge('code'),
      newPasswordRequired: challenge('newPasswordRequired'),
      mfaRequired: challenge('mfaRequired'),
      mfaSetup: challenge('mfaSetup'),
      selectMFAType: challenge('selectMFAType'),
      totpRequired: challenge('totpRequired'),
      customChallenge: challenge('customChallenge'),
    });
  });
const tokens = (session) =>
  session?.getIdToken
    ? {
        id: session.getIdToken().getJwtToken(),
        access: session.getAccessToken().getJwtToken(),
        refresh: session.getRefreshToken().getToken(),
        valid: session.isValid(),
      }
    : session;

await serve({
  pool: ({ endpoint, UserPoolId, ClientId }) => {
    pool = new CognitoUserPool({ endpoint, UserPoolId, ClientId });
  },
  signUp: ({ name, password, attributes }) =>
    called((back) =>
      pool.signUp(name, password, Object.entries(attributes).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value })), [], back),
    ).then(({ userConfirmed, userSub, codeDeliveryDetails }) => ({ userConfirmed, userSub, codeDeliveryDetails })),
  user: ({ name }) => {
    user = new CognitoUser({ Username: name, Pool: pool });
  },
  confirm: ({ code }) => called((back) => user.confirmRegistration(code, false, back)),
  signIn: async ({ name, password, flow }) => {
    user = new CognitoUser({ Username: name, Pool: pool });
    if (flow) user.setAuthenticationFlowType(flow);
    const details = new AuthenticationDetails({ Username: name, Password: password });
    return tokens(await ended((calls) => user.authenticateUser(details, calls)));
  },
  newPassword: async ({ password, attributes }) =>
    tokens(await ended((calls) => user.completeNewPasswordChallenge(password, attributes, calls))),
  associate: () =>
    new Promise((done, failed) => user.associateSoftwareToken({ associateSecretCode: done, onFailure: failed })),
  verify: async ({ code }) => tokens(await ended((calls) => user.verifySoftwareToken(code, 'phone', calls))),
  prefer: () => called((back) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, back)),
  mfa: async ({ code }) => tokens(await ended((calls) => user.sendMFACode(code, calls, 'SOFTWARE_TOKEN_MFA'))),
  totp: ({ key, later }) => totp(key, later),
  session: async () => tokens(await called((back) => user.getSession(back))),
  refresh: async () => {
    const session = await called((back) => user.getSession(back));
    return tokens(await called((back) => user.refreshSession(session.getRefreshToken(), back)));
  },
  attributes: () => called((back) => user.getUserAttributes(back)),
  userData: () => called((back) => user.getUserData(back, { bypassCache: true })),
  forgot: () => ended((calls) => user.forgotPassword(calls)),
  reset: ({ code, password }) => ended((calls) => user.confirmPassword(code, password, calls)),
  change: ({ old, password }) => called((back) => user.changePassword(old, password, back)),
  signOut: () => ended((calls) => user.globalSignOut(calls)),
});
