"""What `lint --live` may call: reads of what a document names in other services, and of the web ACL of its pool."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.iam.grants import Grant, PolicyPlace, Use, granted
from reconciler.iam.manifest_grants import read_grants
from reconciler.kinds.web_acl import KIND as ACL
from reconciler.manifests.env_words import at, leaves
from reconciler.manifests.manifest import Manifest
from reconciler.observing import pool_facts
from reconciler.observing.observer import ReadScope
from reconciler.observing.outside import READINGS
from reconciler.observing.possible_reads import PossibleRead, possible_reads
from reconciler.planning.states import new_state


def outside_grants(manifest: Manifest, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what judging a document with what is live around it needs.

    What a document does not name is not read. A name from the environment may not be shown, so it counts as any.

    Args:
        manifest: The document, as it was loaded.
        place: Fills in the ARNs.
    """
    state = new_state(manifest)
    secret = {leaf for s in manifest.specs for path in s.from_env for _, leaf in leaves(at(s.declared, path))}
    for reading in READINGS.values():
        for arn in dict.fromkeys(reading.arns(state)):
            named = reading.every if arn in secret else arn
            for service, operation in sorted(reading.calls):
                yield granted(Use.READ, service, operation, place.filled(reading.places.get(operation, (named,))))
    yield from _pool(manifest, place)
    yield from _facts(manifest, place)


def _facts(manifest: Manifest, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what is asked of the live pool itself, where the manifest declares what it is about."""
    for read in pool_facts.reads(manifest.specs, new_state(manifest)):
        yield from read_grants(read, (), place)


def _pool(manifest: Manifest, place: PolicyPlace) -> Iterator[Grant]:
    scope = ReadScope("", "", manifest.pool_id, frozenset(), {}, document=manifest.kind)
    for read in possible_reads(scope):
        yield from read_grants(read, (), place)
    if ACL.document == manifest.kind and ACL.reading:
        yield from read_grants(PossibleRead(ACL, ACL.reading.operation), (), place)
