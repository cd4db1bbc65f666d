"""The list of kinds. A new kind is its file, its schema, and one line here and in the manifest's schema.

The order is that of creation where nothing else decides: what others stand on comes first (cognito-facts 7.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kind import ResourceKind, State, Violation
from reconciler.kinds import client, domain, group, identity_provider, mfa, resource_server, user_pool

KINDS: dict[str, ResourceKind] = {
    kind.section: kind
    for kind in (
        user_pool.KIND,
        mfa.KIND,
        resource_server.KIND,
        identity_provider.KIND,
        group.KIND,
        domain.KIND,
        client.KIND,
    )
}
"""Every kind by the key of its section."""

ROOT = next(kind for kind in KINDS.values() if kind.root)
"""The kind that all others live in."""

READS = frozenset((kind.service, operation) for kind in KINDS.values() for operation in kind.reads)
"""All operations that read a kind; what a read-only cloud lets through."""


def judge(state: State) -> Iterator[Violation]:
    """Yield every rule of the service that a state breaks."""
    for kind in KINDS.values():
        for rule in kind.rules:
            yield from rule(state)
