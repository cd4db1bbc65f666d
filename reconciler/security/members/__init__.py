"""The tables: for each section, what each of its members means for security.

Every member of every schema has a row, or lies below one; a test names those that lack it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reconciler.security.bearing import Table


@cache
def tables() -> Mapping[str, Table]:
    """Return the tables by section."""
    from reconciler.security.members import clients, federation, surroundings, user_pool

    return {
        "user_pool": user_pool.POOL,
        "mfa": user_pool.MFA,
        "session": user_pool.SESSION,
        "replicas": user_pool.REPLICA,
        "clients": clients.CLIENT,
        "clients.branding": clients.BRANDING,
        "clients.terms": clients.TERMS,
        "clients.risk_configuration": federation.RISK,
        "clients.ui_customization": clients.CLASSIC_PAGES,
        "clients.session": clients.SESSION,
        "clients.secrets": clients.SECRETS,
        "clients.cimd_policies": clients.CIMD,
        "resource_servers": federation.SERVER,
        "identity_providers": federation.PROVIDER,
        "groups": federation.GROUP,
        "domains": federation.DOMAIN,
        "risk_configuration": federation.RISK,
        "ui_customization": clients.CLASSIC_PAGES,
        "log_delivery": federation.LOGS,
        "web_acl": federation.WEB_ACL,
        "limits": federation.LIMITS,
        "users": surroundings.USER,
        "sms_role": surroundings.SMS_ROLE,
        "sms_role_trust": surroundings.SMS_ROLE_TRUST,
        "trigger_permissions": surroundings.PERMISSION,
        "log_groups": surroundings.LOG_GROUP,
        "identity_pool": surroundings.IDENTITY_POOL,
        "roles": surroundings.ROLES,
        "principal_tags": surroundings.PRINCIPAL_TAGS,
    }
