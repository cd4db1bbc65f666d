// A web application with oidc-client-ts: code with PKCE, renewal by refresh token, and signing out.
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const shown = (user) => user && { profile: user.profile, access: user.access_token, id: user.id_token, refresh: user.refresh_token, expired: user.expired };
const manager = () =>
  new UserManager({
    ...JSON.parse(localStorage.getItem('settings')),
    userStore: new WebStorageStateStore({ store: localStorage }),
  });
const told = (work) => work.then((ok) => ({ ok: ok ?? null }), (error) => ({ error: error.name, message: error.message }));
async function discovered() {
  const { authority } = JSON.parse(localStorage.getItem('settings'));
  return (await fetch(`${authority}/.well-known/openid-configuration`)).json();
}

// Answers before the page is left.
const leaving = (work) => void setTimeout(work, 0);

window.app = {
  ready: true,
  configure: (settings) => localStorage.setItem('settings', JSON.stringify(settings)),
  begin: () => leaving(() => manager().signinRedirect({ state: 'kept' })),
  end: () => told(manager().signinRedirectCallback().then((user) => ({ ...shown(user), state: user.state }))),
  renew: () => told(manager().signinSilent().then(shown)),
  user: () => told(manager().getUser().then(shown)),
  exchange: async (refresh_token) => {
    const { client_id } = JSON.parse(localStorage.getItem('settings'));
    const { token_endpoint: url } = await discovered();
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token });
    return (await fetch(url, { method: 'POST', body })).json();
  },
  info: async () => {
    const { userinfo_endpoint: url } = await discovered();
    const { access_token: token } = await manager().getUser();
    return (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).json();
  },
  revoke: () => told(manager().revokeTokens(['refresh_token'])),
  leave: () => leaving(() => manager().signoutRedirect()),
};
