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
    from reconciler.security.catalogue import account, factors, passwords, recovery_and_messages

    subjects = (account.RULES, recovery_and_messages.RULES, passwords.RULES, factors.RULES)
    found = {rule.id: rule for subject in subjects for rule in subject}
    return {id_: found[id_] for id_ in sorted(found)}
