"""EventBridge: one event for each alert, so that rules can select among them.

PutEvents takes up to ten events per call and may refuse some of them. Only refused events are sent again; accepted
events count as delivered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from reconciler import __version__
from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, Denied, InvalidInput, NotFound
from reconciler.model import Tree
from reconciler.notify.batch import FORMAT, Alert, Batch, Delivery, divided, encoded, target
from reconciler.notify.channels import named
from reconciler.notify.notifier import Calls, Channel, Notifier, Receiver
from reconciler.notify.posting import Means
from reconciler.notify.retry import ATTEMPTS, back_off
from reconciler.values.regions import partition

log = logging.getLogger("poolctl.notify")

SOURCE = "poolctl"
"""Source of the events; the prefix `aws.` is reserved."""

TYPES = {
    "finding": "poolctl drift finding",
    "gap": "poolctl drift gap",
    "refusal": "poolctl drift refusal",
    "expired": "poolctl drift expired rule",
}
"""DetailType of each sort of alert."""

ENTRIES = 10
"""Events that one call accepts."""

LIMIT = 250_000
"""Bytes of one call. EventBridge now accepts more than the former 262,144, but a topic or queue behind it may not."""

PERMANENT = frozenset(
    {
        "AccessDeniedException",
        "InvalidAccountIdException",
        "InvalidArgument",
        "MalformedDetail",
        "RedactionFailure",
        "NotAuthorizedForSourceException",
        "NotAuthorizedForDetailTypeException",
    }
)
"""Codes of refusals that a retry cannot change, as the service model lists them."""

AT_FAULT = frozenset({"ValidationException", "ParamValidation"})
"""Codes that concern one call; another call may still be accepted."""

USER_POOL = re.compile(r"[\w-]+_[0-9A-Za-z]+", re.ASCII)
"""Id of a user pool; those of identity pools have a colon."""

BUS = re.compile(r"(?:arn:aws[\w-]*:events:([a-z0-9-]+):[0-9]{12}:event-bus/)?[.\w-]{1,256}", re.ASCII)
"""Name or ARN of an event bus, as the service model has it; its Region."""


def calls(new: Batch, bus: str, limit: int = LIMIT) -> list[tuple[tuple[Alert, ...], list[Tree]]]:
    """Return the calls: the alerts of each, and its entries in the same order.

    Args:
        new: The alerts to send.
        bus: Name or ARN of the bus.
        limit: Maximum bytes of a call.
    """
    parts = divided(new, lambda alert: (1, size(_entry(new, alert, bus))), lambda _: (0, 0), (ENTRIES, limit))
    return [(part, [_entry(new, alert, bus) for alert in part]) for part in parts]


def size(entry: Tree) -> int:
    """Return the bytes of an entry as EventBridge counts them: without the bus and the names of the members."""
    texts = [entry["Source"], entry["DetailType"], entry["Detail"], *entry.get("Resources", ())]
    return sum(len(text.encode("utf-8")) for text in texts)


def _entry(new: Batch, alert: Alert, bus: str) -> Tree:
    pool = new.pools.get(alert.pool)
    detail = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        **alert.tree,
        "risk": alert.effects[0].risk if alert.effects else None,
        "target": {k: pool[k] for k in ("key", "name", "id", "account", "region", "manifest")} if pool else None,
    }
    resources = _resources(pool) if pool else []
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": TYPES[alert.sort],
        "Detail": encoded(detail).decode("utf-8"),
        **({"Resources": resources} if resources else {}),
    }


def _resources(pool: Tree) -> list[str]:
    """Return the ARN of an existing user pool. The ARN format of identity pools varies, so they have none here."""
    if not USER_POOL.fullmatch(pool["id"]) or not pool["account"]:
        return []
    where = target(pool)
    return [f"arn:{partition(where.region)}:cognito-idp:{where.region}:{where.account}:userpool/{where.pool_id}"]


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Put all events, and retry those that were refused.

    Args:
        new: The alerts to send.
        receiver: The bus.
        means: What to send with.

    Raises:
        CloudError: EventBridge would refuse further calls too.
    """
    for part, entries in calls(new, receiver.arn):
        pending = [_Event(alert, entry) for alert, entry in zip(part, entries, strict=True)]
        try:
            pending = yield from _repeated(pending, receiver, means)
        except CloudError as error:
            if error.code not in AT_FAULT:
                raise
            yield Delivery(part, str(error))
        else:
            if pending:
                return


class _Event(NamedTuple):
    """One event to send."""

    alert: Alert
    """Its alert."""
    entry: Tree
    """The entry of the call."""
    reason: str = ""
    """Why it was refused."""
    permanent: bool = False
    """Whether a retry would be refused too."""


def _repeated(pending: list[_Event], receiver: Receiver, means: Means) -> Generator[Delivery, None, list[_Event]]:
    """Send events until each was accepted or permanently refused. Returns those left after all attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        answered = _put(means.cloud(receiver.region), pending)
        taken = tuple(e.alert for e in answered if not e.reason)
        if taken:
            yield Delivery(taken)
        yield from (Delivery((e.alert,), e.reason) for e in answered if e.permanent)
        pending = [e for e in answered if e.reason and not e.permanent]
        if not pending:
            return []
        if attempt < ATTEMPTS:
            pause = back_off(attempt)
            log.info(
                "%s: %d events refused (%s), retrying in %.1f s", receiver.label, len(pending), pending[0].reason, pause
            )
            means.sleep(pause)
    yield Delivery(tuple(e.alert for e in pending), f"{pending[0].reason}, after {ATTEMPTS} attempts")
    return pending


def _put(cloud: Cloud, pending: Sequence[_Event]) -> list[_Event]:
    """Send events once. Only events with an id in the response were accepted; it has the order of the call."""
    answer = cloud.call("events", "PutEvents", {"Entries": [e.entry for e in pending]})
    results = answer.get("Entries", [])[: len(pending)]
    return [_answered(event, result or {}) for event, result in zip_longest(pending, results)]


def _answered(event: _Event, result: Tree) -> _Event:
    if result.get("EventId") and not result.get("ErrorCode"):
        return event._replace(reason="")
    code = str(result.get("ErrorCode") or "no response")
    reason = f"events:PutEvents: {code}: {result.get('ErrorMessage', '')}".rstrip(": ")
    return event._replace(reason=reason, permanent=code in PERMANENT)


def check(channel: Channel, cloud: Callable[[str], Cloud]) -> None:
    """Check that the bus exists: EventBridge accepts events for a bus that does not, and drops them.

    Raises:
        InvalidInput: The bus does not exist.
        CloudError: AWS refused the lookup.
    """
    if DESCRIBE not in asked(channel):
        return
    try:
        cloud(channel.region).call(*DESCRIBE, {"Name": str(channel.where)})
    except NotFound:
        said = f"--notify {channel.label}: the event bus does not exist. Create it, or correct the name."
        raise InvalidInput(said) from None
    except Denied:
        pass  # a bus of another account may accept events and still not be readable


PUT, DESCRIBE = ("events", "PutEvents"), ("events", "DescribeEventBus")


def asked(channel: Channel) -> Calls:
    """Return the calls for a bus: the default one exists in every account."""
    return frozenset({PUT} if channel.where == "default" else {PUT, DESCRIBE})


def arns(channel: Channel) -> Iterator[str]:
    """Return the ARN of a bus."""
    bus = str(channel.where)
    yield bus if bus.startswith("arn:") else f"arn:{{partition}}:events:{{region}}:{{account}}:event-bus/{bus}"


EVENTBRIDGE = Notifier(
    name="eventbridge",
    example="default",
    takes="Name or ARN of a bus; `default`",
    gets="One event for each finding",
    size_limits=f"{ENTRIES} events and {LIMIT:,} bytes a call",
    address=named(BUS, "the name or ARN of an event bus"),
    send=send,
    calls=frozenset({PUT, DESCRIBE}),
    calls_of=asked,
    arns=arns,
    check=check,
)
"""Events on a bus of EventBridge."""
