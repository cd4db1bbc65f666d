"""Point-in-time recovery of users: while one is under way, Cognito pauses the writes of the pool (cognito.md 2.21).

No manifest declares a recovery. It is here because whoever plans, applies or looks for drift must know of it first.
"""

from __future__ import annotations

from reconciler.kinds.kind import Listing, Standstill
from reconciler.model import Tree

TITLE = "point-in-time recovery of users"

COVERED = frozenset({"ESSENTIALS", "PLUS"})
"""Feature plans on which users can be recovered."""

OVER = frozenset({"PREVIEW_GENERATION_FAILED", "PREVIEW_EXPIRED", "PREVIEW_CANCELLED", "RESTORE_COMPLETED"})
"""Statuses in which writes go on."""

UNANSWERED = "Start or cancel it; otherwise it ends 24 hours after it was initiated."
STUCK = "Writes stay paused until AWS Support acts."
ENDS = {
    "PREVIEW_GENERATING": UNANSWERED,
    "PREVIEW_GENERATED": UNANSWERED,
    "RESTORING": "It cannot be cancelled; it ends by itself.",
    "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE": STUCK,
    "AWS_ABORTED": STUCK,
}
"""How a recovery that is not over ends, by status."""


def _is_possible(pool: Tree) -> bool:
    return pool.get("UserPoolTier") in COVERED


def _report(run: Tree) -> str:
    """Return what a recovery does to the pool; empty if there is none, or it is over."""
    status = str(run.get("RestoreStatus", ""))
    if not status or status in OVER:
        return ""
    ends = ENDS.get(status, "This version of poolctl does not know that status.")
    which = f"{run.get('RestoreId', 'of unknown id')} is {status}"
    return f"A {TITLE} is under way ({which}), and Cognito has paused writes to this pool. {ends}"


RECOVERY = Standstill(
    title=TITLE,
    listing=Listing("ListPointInTimeRecoveries", "Restorations", ("MaxResults", 60)),
    possible=_is_possible,
    report=_report,
    always=("RestoreId", "RestoreStatus"),
    absent=frozenset({"FeatureUnavailableInTierException", "OperationNotEnabledException"}),
)
"""What can pause the writes of a user pool."""
