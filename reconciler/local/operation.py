"""Operations of the embedded Cognito: functions from a request to an answer, over the records.

A new operation is one function and one entry in its module's table; validation, locking, recording, faults and saving
happen around it (backend.py).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from reconciler.local.desk import Desk
from reconciler.local.ledger import Ledger
from reconciler.local.people import People
from reconciler.local.refusal import not_found, refuse
from reconciler.local.store import Record, Store
from reconciler.local.uploads import Uploads


@dataclass(frozen=True)
class Context:
    """Context of an operation."""

    store: Store
    """The records."""
    region: str
    """The Region of the request."""
    people: People
    """The users."""
    ledger: Ledger
    """Codes, sessions, tokens and keys."""
    desk: Desk = field(default_factory=Desk)
    """What sign-in has around it."""
    pause: Callable[[], AbstractContextManager[None]] = nullcontext
    """Lets other requests run, because a function for a trigger may itself call the embedded Cognito."""
    uploads: Uploads = field(default_factory=Uploads)
    """The files of import jobs."""

    def now(self) -> float:
        """Return the time in seconds since 1970; never the same twice."""
        return self.store.now()

    def pool(self, params: Mapping[str, Any]) -> Record:
        """Return the pool of a request; in the Region of its replica, the replica's view."""
        return self.store.pool(params["UserPoolId"], self.region)


DEFAULT_PAGE = 60
"""Default page size; the model defines the maximum."""

Operation = Callable[[Context, Record], Record]
"""Takes a validated request, returns the answer's members. Changes records only after every check has passed."""


def page(
    ctx: Context,
    items: Sequence[Any],
    params: Record,
    name: str,
    limit: str = "MaxResults",
) -> Record:
    """Cut a list into pages.

    Args:
        ctx: The context.
        items: Everything, in a stable order.
        params: The request.
        name: The answer's member for the items.
        limit: The request's member for the page size; 0 counts as absent.
    """
    size = params.get(limit) or DEFAULT_PAGE
    start, marked = _decoded(params.get("NextToken"), len(items))
    if ctx.store.empty_pages and not marked and items:
        return {name: [], "NextToken": _encoded(start, marked=True)}
    if ctx.store.empty_pages:
        size = max(1, size // 2)
    answer: Record = {name: list(items[start : start + size])}
    if len(items) > start + size:
        answer["NextToken"] = _encoded(start + size, marked=False)
    return answer


def _encoded(start: int, *, marked: bool) -> str:
    """Return the token of a page that begins after a place; marked if an empty page came before it."""
    return base64.urlsafe_b64encode(f"{'e' if marked else 'f'}{start}".encode()).decode()


def _decoded(token: str | None, most: int | None = None) -> tuple[int, bool]:
    """Return the place and the mark of a token; the beginning without one.

    Raises:
        ServiceError: InvalidParameterException, if it is none of ours or its place is above the last one.
    """
    if token is None:
        return 0, False
    try:
        text = base64.urlsafe_b64decode(token).decode()
        start = int(text[1:])
    except ValueError:
        refuse("Invalid pagination token given.")
    if text[0] not in "ef" or start < 0 or (most is not None and start > most):
        refuse("Invalid pagination token given.")
    return start, text[0] == "e"


def known(records: Mapping[str, Record], key: str, missing: str) -> Record:
    """Return a record by its key.

    Args:
        records: By key.
        key: What the request names.
        missing: Message if there is none.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    found = records.get(key)
    if found is None:
        not_found(missing)
    return found


def find_client(pool: Record, client_id: str) -> Record:
    """Return an app client of a pool.

    Raises:
        Refusal: ResourceNotFoundException.
    """
    return known(pool["clients"], client_id, f"User pool client {client_id} does not exist.")


def dated(ctx: Context, old: Record, given: Record) -> Record:
    """Return an object as a request leaves it: the members of `old` and `given`, and its two dates.

    Args:
        ctx: The context.
        old: What it was; without CreationDate it is new.
        given: What the request sets.
    """
    now = ctx.store.now()
    return {**old, **given, "CreationDate": old.get("CreationDate", now), "LastModifiedDate": now}


def drop_empty(record: Mapping[str, Any]) -> Record:
    """Return a structure without empty lists, which the service never returns (cognito.md 15.8)."""
    return {k: v for k, v in record.items() if v != []}


def arn_part(arn: str, index: int) -> str:
    """Return a part of an ARN: 3 is the Region, 4 the account."""
    parts = arn.split(":")
    return parts[index] if len(parts) > index else ""
