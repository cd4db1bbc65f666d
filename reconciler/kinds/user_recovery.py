"""Point-in-time recovery of users: while one is under way, Cognito pauses the writes of the pool (cognito.md 2.21).

No manifest declares a recovery. It is here because whoever plans, applies or looks for drift must know of it first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconciler.kinds.kind import Listing, Standstill
from reconciler.model import Tree
from schemas.tuples import NamedTuple

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


# --- what `poolctl recover` calls, and its limits ------------------------------------------------------------------

INITIATE, DESCRIBE = "InitiatePointInTimeRecovery", "DescribePointInTimeRecovery"
START, CANCEL = "StartPointInTimeRecovery", "CancelPointInTimeRecovery"
RESULT = "Restoration"
"""The member of each of their answers."""
ALWAYS = ("RestoreId", "RestoreStatus")
"""Members that it always has."""

GENERATING, GENERATED, CANCELLED = "PREVIEW_GENERATING", "PREVIEW_GENERATED", "PREVIEW_CANCELLED"
RESTORING, COMPLETED = "RESTORING", "RESTORE_COMPLETED"
STUCK_IN = frozenset(status for status, how in ENDS.items() if how == STUCK)
"""Statuses that AWS Support ends."""

WORDS = {
    GENERATING: "Cognito generates the preview. Writes are paused.",
    GENERATED: f"The preview is ready. Writes are paused. {UNANSWERED}",
    "PREVIEW_GENERATION_FAILED": "Cognito could not generate the preview. Writes go on; nothing was changed.",
    "PREVIEW_EXPIRED": "Neither started nor cancelled within 24 hours. Writes go on; nothing was changed.",
    CANCELLED: "Cancelled. Writes go on; nothing was changed.",
    RESTORING: "Cognito restores the users. Writes are paused. It cannot be cancelled; it ends by itself.",
    COMPLETED: "The users are restored. Writes go on.",
    "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE": (
        "Cognito has an internal error. Writes stay paused until AWS Support acts: see the support case that AWS has "
        "opened, or open one now, with the id of the pool and of the recovery. No command ends this."
    ),
    "AWS_ABORTED": (
        "AWS has aborted the recovery. Writes stay paused until AWS Support acts: open a support case now, with the id "
        "of the pool and of the recovery. It can be neither cancelled nor tried again."
    ),
}
"""What each status means."""

PAUSES = """\
Initiating a recovery pauses all writes to the pool at once, until it is cancelled, restored or expired (24 hours):
  - no sign-up, no new users, no changes of attributes, passwords or groups, no import jobs
  - users who must set a new password, set up MFA or answer a TOTP challenge cannot finish signing in
  - federated users sign in only if they did before and nothing about them has changed
All other sign-ins go on. One of three previews of the pool in 24 hours is used up.
"""
"""What is said before a recovery is initiated."""

REVERTS = """\
Starting it reverts the changes of users, groups, MFA settings and passkeys after the recovery point, and cannot be
cancelled. Users who have changed their password since keep the new one. Writes stay paused until it is complete.
"""
"""What is said before it is started."""

REACH = {"ESSENTIALS": timedelta(days=1), "PLUS": timedelta(days=14)}
"""How far back users can be recovered, by feature plan."""
YOUNGEST = timedelta(minutes=15)
"""Minimum age of a recovery point."""
DAY, MONTH = timedelta(hours=24), timedelta(days=30)
PREVIEWS_A_DAY, PREVIEWS_A_MONTH = 3, 10
"""Previews of a pool in 24 hours and in 30 days."""
ACTIVE_IN_ACCOUNT, PREVIEWS_IN_ACCOUNT = 5, 10
"""Recoveries that an account can have under way, and its previews in 24 hours."""

JOBS = Listing("ListUserImportJobs", "UserImportJobs", ("MaxResults", 60), cursor="PaginationToken")
RUNNING = frozenset({"Pending", "InProgress", "Stopping"})
"""Statuses of import jobs that run."""
REPLICAS = Listing("ListUserPoolReplicas", "UserPoolReplicas", None)
PRIMARY = "PRIMARY"
"""Role of the primary Region among the replicas."""
UNREPLICATED = frozenset({"CREATING"})
"""Statuses of replicas that are not complete."""


class RecoveryFacts(NamedTuple):
    """What decides whether a recovery can be initiated. Times are in UTC."""

    now: datetime
    point: datetime
    """The time to recover to."""
    tier: str
    """The feature plan of the pool."""
    created: datetime | None
    """When the pool was made; None if Cognito does not say."""
    active: Tree
    """The recovery that is under way; empty for none."""
    initiated: tuple[datetime, ...]
    """When the earlier previews were asked for, as far as it is known."""
    completed: tuple[datetime, ...]
    """When the recoveries were asked for that are complete."""
    jobs: tuple[str, ...]
    """Names of the import jobs that run."""
    primary: str
    """The primary Region, if this is another one; empty if it is not."""
    unreplicated: tuple[str, ...]
    """Regions of replicas that are not complete."""
    active_elsewhere: tuple[str, ...] = ()
    """Other pools of the account and Region with a recovery that is under way, as far as it is known."""
    initiated_elsewhere: tuple[datetime, ...] = ()
    """When previews of those were asked for in the last 24 hours."""


def objections(facts: RecoveryFacts) -> list[str]:
    """Return every reason why a recovery cannot be initiated, with what to do (cognito.md 2.21)."""
    return [
        *_about_the_point(facts),
        *_about_the_pool(facts),
        *_about_earlier_ones(facts),
        *_about_the_account(facts),
    ]


def _about_the_point(facts: RecoveryFacts) -> list[str]:
    found, age = [], facts.now - facts.point
    if age < YOUNGEST:
        latest = spelled(facts.now - YOUNGEST)
        found.append(f"The recovery point must be at least 15 minutes old. Write {latest} or earlier.")
    if facts.created and facts.point < facts.created:
        found.append(f"The pool was created at {spelled(facts.created)}. Write that time or a later one.")
    reach = REACH.get(facts.tier)
    if reach and age > reach:
        found.append(
            f"On {facts.tier}, users can be recovered to a time within the last {reach.days * 24} hours. Write "
            f"{spelled(facts.now - reach)} or later."
        )
    if not reach:
        found.append(
            f"Users can be recovered on ESSENTIALS and PLUS; the pool is on {facts.tier or 'an unknown plan'}, and a "
            "change of the plan reaches no time before it."
        )
    return found


def _about_the_pool(facts: RecoveryFacts) -> list[str]:
    found = []
    if facts.primary:
        found.append(f"Users are recovered in the primary Region of the pool only. Use --region {facts.primary}.")
    if facts.unreplicated:
        found.append(f"The replica in {', '.join(facts.unreplicated)} is not complete. Wait until it is.")
    if facts.jobs:
        found.append(f"An import job runs ({', '.join(facts.jobs)}). Wait until it ends, or stop it.")
    return found


def _about_earlier_ones(facts: RecoveryFacts) -> list[str]:
    found = []
    if facts.active:
        which = f"{facts.active.get('RestoreId')} is {facts.active.get('RestoreStatus')}"
        found.append(f"Another recovery of the pool is under way ({which}). Start it or cancel it first.")
    for period, most, said in ((DAY, PREVIEWS_A_DAY, "24 hours"), (MONTH, PREVIEWS_A_MONTH, "30 days")):
        recent = sorted(t for t in facts.initiated if facts.now - t < period)
        if len(recent) >= most:
            free = spelled(recent[-most] + period)
            found.append(
                f"The pool has had {len(recent)} previews in {said}; {most} are possible. The next is at {free}."
            )
    recent = sorted(t for t in facts.completed if facts.now - t < DAY)
    if recent and not facts.active:
        found.append(
            f"A recovery of the pool was completed in the last 24 hours. The next is possible after "
            f"{spelled(recent[-1] + DAY)}."
        )
    return found


def _about_the_account(facts: RecoveryFacts) -> list[str]:
    """Other Regions count too, but are not known; so this may allow what Cognito refuses."""
    found, others = [], facts.active_elsewhere
    if len(others) >= ACTIVE_IN_ACCOUNT:
        found.append(
            f"The account has {len(others)} recoveries of other pools under way in this Region ({'; '.join(others)}); "
            f"{ACTIVE_IN_ACCOUNT} are possible. Start or cancel one of them, or wait until one is over."
        )
    recent = sorted(t for t in (*facts.initiated, *facts.initiated_elsewhere) if facts.now - t < DAY)
    if len(recent) >= PREVIEWS_IN_ACCOUNT:
        found.append(
            f"The account has had {len(recent)} previews in 24 hours in this Region; {PREVIEWS_IN_ACCOUNT} are "
            f"possible. The next is at {spelled(recent[-PREVIEWS_IN_ACCOUNT] + DAY)}."
        )
    return found


def spelled(time: datetime) -> str:
    """Return a time as options take it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
