"""The kinds of resources as tables: one file for each, and the vocabulary in `kind`.

In: the schemas. Out: `KINDS`, one `ResourceKind` for each section, which drives the engine.
A new kind is its file, its schema, and one line here and in the manifest's schema. The order is that of creation where
nothing else determines it: dependencies come first (cognito.md 7.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from reconciler.kinds import (
    branding,
    cimd_policy,
    client,
    client_secrets,
    domain,
    engine_rules,
    group,
    identity_pool,
    identity_pool_roles,
    identity_provider,
    log_delivery,
    log_group,
    mfa,
    principal_tags,
    provisioned_limit,
    replica,
    resource_server,
    risk_configuration,
    session,
    sms_role,
    terms,
    trigger_permission,
    ui_customization,
    user,
    user_pool,
    web_acl,
)
from reconciler.kinds.kind import Check, ResourceKind, Rule, State, Violation

KINDS: dict[str, ResourceKind] = {
    kind.section: kind
    for kind in (
        user_pool.KIND,
        mfa.KIND,
        resource_server.KIND,
        identity_provider.KIND,
        group.KIND,
        domain.KIND,
        risk_configuration.POOL,
        ui_customization.POOL,
        log_delivery.KIND,
        session.POOL,
        replica.KIND,
        web_acl.KIND,
        provisioned_limit.KIND,
        sms_role.KIND,
        sms_role.TRUST,
        trigger_permission.KIND,
        log_group.KIND,
        client.KIND,
        branding.KIND,
        terms.KIND,
        risk_configuration.CLIENT,
        ui_customization.CLIENT,
        session.CLIENT,
        client_secrets.KIND,
        cimd_policy.KIND,
        user.KIND,
        identity_pool.KIND,
        identity_pool_roles.KIND,
        principal_tags.KIND,
    )
}
"""Every kind by the key of its section."""


def root_of(document: str) -> ResourceKind:
    """Return the kind that contains all others of a document: the pool itself.

    Args:
        document: Kind of the document: `UserPool`, `IdentityPool`.
    """
    return next(kind for kind in KINDS.values() if kind.root and kind.document == document)


READS = frozenset((kind.service, operation) for kind in KINDS.values() for operation in kind.reads)
"""All operations that read a kind; a read-only cloud allows only these."""


def _catalogue() -> Mapping[str, Rule]:
    """Each rule once: of Cognito by letter and number, then those of the engine."""
    every = {r.id: r for r in (*engine_rules.RULES, *(r for kind in KINDS.values() for r in kind.rules))}
    return {id_: every[id_] for id_ in sorted(every, key=_place)}


def _place(identifier: str) -> tuple[bool, str, int]:
    numbered = re.fullmatch(r"([A-Z])(\d+)", identifier)
    return (False, numbered[1], int(numbered[2])) if numbered else (True, identifier, 0)


RULES: Mapping[str, Rule] = _catalogue()
"""Every rule by its id; a rule that several kinds share has the check of one of them here."""


def judge(state: State) -> Iterator[Violation]:
    """Yield every violation of the service's rules in a state."""
    for rule, check in _checks(state.present):
        for breach in check(state):
            yield Violation(rule, breach)


@lru_cache(maxsize=100)  # the pools of one owner have much the same
def _checks(present: frozenset[str]) -> tuple[tuple[Rule, Check], ...]:
    """Return the rules of all kinds that have a check, with it, as far as what they need is present."""
    rules = (rule for kind in KINDS.values() for rule in kind.rules)
    return tuple((r, r.check) for r in rules if r.check and not (r.needs and present.isdisjoint(r.needs)))
