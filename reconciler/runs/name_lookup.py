"""Ask DNS where a name leads, for `lint --live`. Nothing is sent to what it leads to."""

from __future__ import annotations

import socket
from contextvars import ContextVar

from reconciler.observing.pool_facts import Lookup, ResolvedName

UNKNOWN_NAMES = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""Answers that say that there is no such name, or that it has no address; any other failure is no answer."""


def resolved(host: str) -> ResolvedName | None:
    """Return what DNS says of a host; None if it gives no answer.

    Args:
        host: A fully qualified name.
    """
    try:
        found = socket.getaddrinfo(f"{host}.", 443, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    except socket.gaierror as error:
        return ResolvedName(resolves=False) if error.errno in UNKNOWN_NAMES else None
    except OSError:
        return None
    target = next((name for *_, name, _ in found if name), "").rstrip(".").lower()
    return ResolvedName(resolves=True, target="" if target == host.lower() else target)


LOOKUP: ContextVar[Lookup] = ContextVar("LOOKUP", default=resolved)
"""Asks DNS in a run. Tests set another."""
