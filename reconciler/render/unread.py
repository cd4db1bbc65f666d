"""Gaps in words: one line for plan, drift and apply, so that all name the same permission."""

from __future__ import annotations

from reconciler.errors import iam_action, is_denied, needs, printable
from reconciler.kinds import KINDS
from reconciler.model import Gap


def action(gap: Gap) -> str:
    """Return the IAM action that a read needs, in IAM's words: `cognito-idp:ListGroups`; empty if no call failed."""
    if ":" not in gap.operation and gap.operation[:1].isupper():
        return iam_action(f"{KINDS[gap.address.section].service}:{gap.operation}")
    return iam_action(gap.operation) if gap.operation else ""


def refused_read(gap: Gap) -> str:
    """Return the call that failed, what AWS said, and the IAM action that the call needs if that is what is missing."""
    call = f"{gap.operation}: " if gap.operation else ""  # none for what another document could not provide
    return f"{call}{gap.reason}{needs(action(gap)) if is_denied(gap.code) else ''}"


def unread(gap: Gap, *, full: bool = False) -> str:
    """Return one line: what could not be read, what AWS said, and the IAM action if the read was denied.

    Args:
        gap: What could not be read.
        full: Whether to name the pool too, where no heading does.
    """
    where = gap.address.full if full else str(gap.address)
    return printable(f"Could not read {where}: {refused_read(gap)}")
