"""Gaps in words: one line for plan, drift and apply, so that all name the same permission."""

from __future__ import annotations

from reconciler.errors import iam_action, needs, printable
from reconciler.kinds import KINDS
from reconciler.model import Gap


def action(gap: Gap) -> str:
    """Return the IAM action that a read needs, in IAM's words: `cognito-idp:ListGroups`."""
    named = gap.operation if ":" in gap.operation else f"{KINDS[gap.address.section].service}:{gap.operation}"
    return iam_action(named)


def refused_read(gap: Gap) -> str:
    """Return the call that failed, what AWS said, and the IAM action that the call needs."""
    return f"{gap.operation}: {gap.reason}{needs(action(gap))}"


def unread(gap: Gap, *, full: bool = False) -> str:
    """Return one line: what could not be read, what AWS said, and the IAM action that the read needs.

    Args:
        gap: What could not be read.
        full: Whether to name the pool too, where no heading does.
    """
    where = gap.address.full if full else str(gap.address)
    return printable(f"Could not read {where}: {refused_read(gap)}")
