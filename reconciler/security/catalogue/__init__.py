"""The security rules, one module for each subject; `RULES` has them all by id.

A subject is a module with a tuple `RULES`. Rules that Cognito enforces by itself are not here but in `kinds/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reconciler.security.rule import SecurityRule


@cache
def rules() -> Mapping[str, SecurityRule]:
    """Return the rules by id, in the order of their ids."""
    from reconciler.security.catalogue import (
        account,
        app_clients,
        factors,
        federated_trust,
        hosted_pages,
        identity_access,
        named_services,
        password_policies,
        people_rules,
        recovery_and_messages,
        redirects,
        role_policies,
        secrecy,
        threat_protection,
        trigger_rules,
    )

    subjects = (
        account.RULES,
        recovery_and_messages.RULES,
        password_policies.RULES,
        factors.RULES,
        threat_protection.RULES,
        app_clients.RULES,
        redirects.RULES,
        hosted_pages.RULES,
        federated_trust.RULES,
        trigger_rules.RULES,
        identity_access.RULES,
        named_services.RULES,
        role_policies.RULES,
        people_rules.RULES,
        secrecy.RULES,
    )
    found = {rule.id: rule for subject in subjects for rule in subject}
    return {id_: found[id_] for id_ in sorted(found)}
