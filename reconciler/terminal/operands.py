"""How the command line names a live pool in the place of a manifest: `pool:ID` or `pool:NAME`."""

from __future__ import annotations

from reconciler.terminal.settings import invalid

LIVE = "pool:"
"""Prefix of an operand that names a live pool."""


def live_name(operand: str) -> str:
    """Return the id or name in an operand with the prefix of live pools; empty for a manifest.

    Raises:
        InvalidInput: There is nothing after the prefix.
    """
    if not operand.startswith(LIVE):
        return ""
    name = operand.removeprefix(LIVE)
    if not name:
        raise invalid("pool: needs the id or name of a pool. Write pool:ID or pool:NAME.")
    return name
