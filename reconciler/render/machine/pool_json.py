"""Ids and addresses of pools, for programs. The same entry is part of the JSON of plans and of applies."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler import __version__
from reconciler.render.json_parts import dump, pool_entry
from reconciler.render.output_types import FORMAT, ConnectionsEntry, DomainEntry, PagesEntry, PoolDocument
from reconciler.render.shown import ShownConnections, ShownDomain, ShownPages
from reconciler.render.subjects import USUAL, RenderOptions


def pool(found: Sequence[ShownConnections], _options: RenderOptions = USUAL) -> str:
    """Return ids and addresses as JSON."""
    document: PoolDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "connections": [entry(c) for c in found],
    }
    return dump(document)


def entry(found: ShownConnections) -> ConnectionsEntry:
    """Spell the ids and addresses of one pool."""
    return ConnectionsEntry(
        pool=pool_entry(found.target),
        arn=found.arn or None,
        issuer=found.issuer or None,
        discovery=found.discovery or None,
        jwks=found.jwks or None,
        hosts=[_domain(d) for d in found.hosts],
        clients=[_pages(c) for c in found.clients],
        ids=[{"address": i.address.full, "type": i.type, "id": i.id} for i in found.ids],
        unknown=list(found.unknown),
    )


def _domain(found: ShownDomain) -> DomainEntry:
    if not found.custom:
        return {"host": found.host, "dns_record": None}
    return {
        "host": found.host,
        "dns_record": {"name": found.host, "type": "CNAME", "target": found.target or None},
    }


def _pages(found: ShownPages) -> PagesEntry:
    return {
        "address": found.address.full,
        "client_id": found.client_id or None,
        "sign_in": found.sign_in or None,
        "sign_up": found.sign_up or None,
        "sign_out": found.sign_out or None,
    }
