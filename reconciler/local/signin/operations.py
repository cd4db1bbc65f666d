"""The modules with operations for sign-up and sign-in."""

from __future__ import annotations

from reconciler.local.signin import (
    client_tokens,
    devices,
    events,
    flow,
    linking,
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
    *(refreshing, signing_out, user_sessions, client_tokens, linking, events),
)
"""The modules with operations."""
