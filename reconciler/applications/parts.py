"""The sections of a user pool that an application has to know about, by the names of their kinds."""

from __future__ import annotations

from reconciler.kinds import client, domain, group, identity_provider, mfa, user_pool

POOL = user_pool.KIND.section
MFA = mfa.KIND.section
DOMAINS = domain.KIND.section
CLIENTS = client.KIND.section
PROVIDERS = identity_provider.KIND.section
GROUPS = group.KIND.section
SERVED_BY = domain.SERVED_BY
