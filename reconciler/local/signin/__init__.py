"""Sign-up and sign-in of the embedded Cognito: flows, codes, tokens, triggers and messages.

In: requests of users' own operations, as SDKs send them unsigned, and of administrators. Out: what the real service
answers, as far as recordings and documentation tell. What is not known is chosen, and said in docs/local.md.
"""

from __future__ import annotations

from reconciler.local.signin import (
    client_tokens,
    devices,
    flow,
    own_account,
    passkeys,
    recovering,
    refreshing,
    sign_up,
    signing_out,
    user_factors,
    user_sessions,
)

MODULES = (
    *(sign_up, flow, user_factors, passkeys, devices, own_account, recovering),
    *(refreshing, signing_out, user_sessions, client_tokens),
)
"""The modules with operations."""
