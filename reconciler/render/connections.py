"""Ids and addresses of pools, made of what is shown, so that no URL holds a value that is hidden elsewhere.

A redirect URL that came from the environment is shown by the name of its variable only (`redact`). So the objects of a
plan are redacted first, and a sign-in URL that would need such a value is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from reconciler.applications import parts, urls
from reconciler.applications.known_pool import KnownObject, KnownPool, Unsettled, from_live
from reconciler.applications.known_pool import of_plan as known_of
from reconciler.applications.web_checks import WebCheck
from reconciler.errors import InvalidInput
from reconciler.kinds import KINDS
from reconciler.model import Observed, Plan, Reference, ResourceChange, Target
from reconciler.render import redact
from reconciler.render.marks import Awaited, Binary, Fingerprint, Hidden
from reconciler.render.shown import (
    ShownApply,
    ShownChange,
    ShownConnections,
    ShownDomain,
    ShownId,
    ShownPages,
    ShownPlan,
)
from schemas.records import replace

T = TypeVar("T")

NEEDED = frozenset({parts.POOL, parts.DOMAINS, parts.CLIENTS})
"""The sections that addresses depend on."""


def attached(shown: Iterable[ShownPlan], plans: Iterable[Plan]) -> tuple[ShownPlan, ...]:
    """Return plans with their ids and addresses, as they will be after an apply."""
    return tuple(replace(one, connections=_of_plan(plan, one.changes)) for one, plan in zip(shown, plans, strict=True))


def applied(outcome: redact.Applied, found: Sequence[ShownConnections], checks: Sequence[WebCheck] = ()) -> ShownApply:
    """Return an apply with the ids and addresses of its pools.

    Args:
        outcome: The apply.
        found: Ids and addresses, one for each plan.
        checks: What the web says of them.
    """
    return replace(redact.applied(outcome), connections=tuple(found), checks=tuple(checks))


def of_plan(plan: Plan) -> ShownConnections:
    """Return the ids and addresses of a pool as they will be after a plan."""
    return _of_plan(plan, [None] * len(plan.changes))


def _of_plan(plan: Plan, shown: Sequence[ShownChange | None]) -> ShownConnections:
    trees = (_later(c, known) for c, known in zip(plan.changes, shown, strict=True))
    aside = tuple(map(_veiled, plan.aside))
    return _connections(known_of(replace(plan, aside=aside, rest=()), trees), plan.target)


def of_live(target: Target, objects: Iterable[Observed], sections: frozenset[str]) -> ShownConnections:
    """Return the ids and addresses of a live pool.

    Args:
        target: Where it is; with its id.
        objects: What was read of it, itself included.
        sections: Sections that were read completely.
    """
    return _connections(from_live(target.region, objects, sections), target)


def _later(change: ResourceChange, shown: ShownChange | None) -> Any:
    """Return what an object will be, with references in place of what may not be shown of it."""
    if change.address.section not in NEEDED:
        return change.after
    return _unmarked((shown or redact.change(change)).after)


def _veiled(change: ResourceChange) -> ResourceChange:
    """Return a change with references in place of what may not be shown of the object."""
    if change.address.section not in NEEDED:
        return change
    shown = redact.change(change)
    return replace(change, before=_unmarked(shown.before), after=_unmarked(shown.after))


def _unmarked(value: Any) -> Any:
    if redact.is_plain(value):
        return value
    if isinstance(value, dict):
        return {k: _unmarked(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_unmarked(v) for v in value]
    return Reference("hidden", "") if isinstance(value, Hidden | Binary | Awaited | Fingerprint) else value


def _connections(pool: KnownPool, target: Target) -> ShownConnections:
    found = ShownConnections(replace(target, pool_id=pool.id or target.pool_id), ids=tuple(_ids(pool)))
    if not pool.sections & NEEDED:
        return found  # an identity pool, or one of which nothing is known
    asks = _Asks()
    return replace(
        found,
        arn=pool.arn,
        issuer=asks.settled(lambda: urls.issuer(pool), ""),
        discovery=asks.settled(lambda: urls.discovery(pool), ""),
        jwks=asks.settled(lambda: urls.jwks(pool), ""),
        hosts=asks.settled(lambda: _domains(pool), ()),
        clients=tuple(_pages(pool, client, asks) for client in pool.clients),
        unknown=tuple(dict.fromkeys(asks.unknown)),
    )


class _Asks:
    """Questions to a pool, and what could not be answered."""

    def __init__(self) -> None:
        self.unknown: list[str] = []

    def settled(self, ask: Callable[[], T], otherwise: T) -> T:
        """Return an answer, or something else if it is unknown."""
        try:
            return ask()
        except Unsettled as error:
            self.unknown.append(error.place)
        except InvalidInput as error:  # the pages of this partition have no documented host
            self.unknown.append(str(error))
        return otherwise


def _ids(pool: KnownPool) -> Iterable[ShownId]:
    for one in pool.objects:
        kind = KINDS[one.address.section]
        own = one.ids.get(kind.id_param, "") if kind.id_param else ""
        if own:
            yield ShownId(one.address, kind.resource_type, own)


def _domains(pool: KnownPool) -> tuple[ShownDomain, ...]:
    return tuple(
        ShownDomain(urls.host(d, pool.region), urls.is_custom(d), d.ids.get(parts.SERVED_BY, ""))
        for d in pool.section(parts.DOMAINS)
    )


def _pages(pool: KnownPool, client: KnownObject, asks: _Asks) -> ShownPages:
    nothing = urls.ClientLinks("", "", "", "")
    links = asks.settled(lambda: urls.client_links(pool, client), nothing)
    own = client.ids.get("ClientId", "")
    return ShownPages(client.address, own, links.sign_in, links.sign_up, links.sign_out)
