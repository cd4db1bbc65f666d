"""Words about drift that several formats and notifications share."""

from __future__ import annotations

from reconciler.errors import printable
from reconciler.model import Attribution


def attributed(who: Attribution) -> str:
    """Return who made a change, in one line."""
    how = "in the console" if who.console else "by poolctl" if who.ours else "by API"
    where = f" from {who.source_address}" if who.source_address else ""
    return printable(f"{who.principal}: {who.event} {how} at {who.time}{where} (event {who.event_id})")
