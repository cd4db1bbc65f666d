"""What a member means for the security of a pool: a row of the tables in `members/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from reconciler.model import Direction, Risk, Tree
from reconciler.security.orders import Judged, Order
from schemas.records import record, replace

ALL_USERS = "all users"
NEW_USERS = "new sign-ups"
CLIENT_USERS = "users of this client"
PROVIDER_USERS = "users who sign in through this provider"
GROUP_USERS = "members of this group"
LOCAL_USERS = "users with a password"
IDENTITIES = "everyone who gets AWS credentials from this pool"
OPERATORS = "operators"

STAY_VALID = "Tokens that were issued before stay valid until they expire."
NEW_TOKENS = "Tokens that were issued before keep what they say; new ones differ."


@record(frozen=True, slots=True)
class Bearing:
    """How the values of a member compare, and what follows where one is weaker."""

    order: Order
    """Returns where a change leads."""
    sentence: str
    """What follows from a weaker value, or what to look at where a change may weaken: one sentence."""
    who: str
    """Who is touched."""
    rules: tuple[str, ...] = ()
    """Ids of rules about the change: `CHG04`."""
    risk: Risk = "high"
    """How bad a weaker value is."""
    tokens: str = ""
    """What becomes of tokens and sessions that exist, as one sentence."""
    undo: str = ""
    """Why changing it back does not restore what was there, as one sentence; empty if it does."""
    facts: Callable[[Judged], tuple[str, ...]] = lambda _: ()
    """Returns what the change costs, and which features end or begin, whatever its direction."""
    special: Callable[[Judged], str] = lambda _: ""
    """Returns a sentence for this case instead of `sentence`; empty takes `sentence`."""


@record(frozen=True, slots=True)
class Neutral:
    """A member that says nothing about security, or whose part in it another member decides."""

    reason: str
    """Why, as a clause."""


Row: TypeAlias = Bearing | Neutral
Table: TypeAlias = Mapping[str, Row]
"""By path of a member, dotted; `*` is any key of a map. A row covers all that is below it."""


@record(frozen=True, slots=True)
class WholeObject:
    """What it means that an object exists: one that appears or disappears is judged as a whole."""

    order: Callable[[Tree], Direction]
    """Returns where it leads when this object appears in a pool that was there before."""
    sentence: str
    """What follows where it appears and that weakens or may weaken."""
    gone: str
    """What follows where it disappears and that weakens or may weaken."""
    who: str
    """Who is touched."""
    rules: tuple[str, ...] = ()
    """Ids of rules about its appearance."""
    gone_rules: tuple[str, ...] = ()
    """Ids of rules about its disappearance."""
    risk: Risk = "high"
    """How bad it is."""
    undo: str = ""
    """Why making it again does not restore what was there, as one sentence; empty if it does."""
    foreign: Callable[[Tree], Direction] | None = None
    """Returns where it leads when one appears that no manifest declares; None takes `order`."""


def under(prefix: str, table: Table) -> dict[str, Row]:
    """Return a table for a structure as a part of another one."""
    return {f"{prefix}.{path}": row for path, row in table.items()}


def with_rules(table: Table, *rules: str) -> dict[str, Row]:
    """Return a table whose rows also name these rules."""
    return {
        path: replace(row, rules=(*row.rules, *rules)) if isinstance(row, Bearing) else row
        for path, row in table.items()
    }
