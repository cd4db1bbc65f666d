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
    from reconciler.security.members import client_members, federation_members, identity_members, pool_members

    return {
        "user_pool": pool_members.POOL,
        "mfa": pool_members.MFA,
        "session": pool_members.SESSION,
        "replicas": pool_members.REPLICA,
        "clients": client_members.CLIENT,
        "clients.branding": client_members.BRANDING,
        "clients.terms": client_members.TERMS,
        "clients.risk_configuration": federation_members.RISK,
        "clients.ui_customization": client_members.CLASSIC_PAGES,
        "clients.session": client_members.SESSION,
        "clients.secrets": client_members.SECRETS,
        "clients.cimd_policies": client_members.CIMD,
        "resource_servers": federation_members.SERVER,
        "identity_providers": federation_members.PROVIDER,
        "groups": federation_members.GROUP,
        "domains": federation_members.DOMAIN,
        "risk_configuration": federation_members.RISK,
        "ui_customization": client_members.CLASSIC_PAGES,
        "log_delivery": federation_members.LOGS,
        "web_acl": federation_members.WEB_ACL,
        "limits": federation_members.LIMITS,
        "users": identity_members.USER,
        "sms_role": identity_members.SMS_ROLE,
        "sms_role_trust": identity_members.SMS_ROLE_TRUST,
        "trigger_permissions": identity_members.PERMISSION,
        "log_groups": identity_members.LOG_GROUP,
        "identity_pool": identity_members.IDENTITY_POOL,
        "roles": identity_members.ROLES,
        "principal_tags": identity_members.PRINCIPAL_TAGS,
    }
