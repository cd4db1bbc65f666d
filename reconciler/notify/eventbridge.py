"""EventBridge: an event for each alert, so that rules can choose among them.

PutEvents takes up to ten events at once and may refuse some of them while it takes the others. What it refused, and
only that, is sent again; what was taken counts as delivered.
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
from reconciler.notify.notifier import Channel, Notifier, Receiver
from reconciler.notify.posting import Means
from reconciler.notify.retry import ATTEMPTS, back_off

log = logging.getLogger("poolctl.notify")

SOURCE = "poolctl"
"""Source of our events; `aws.` is AWS's own."""

TYPES = {
    "finding": "poolctl drift finding",
    "gap": "poolctl drift gap",
    "refusal": "poolctl drift refusal",
    "expired": "poolctl drift expired rule",
}
"""DetailType of each sort of alert."""

ENTRIES = 10
"""Events that one call takes."""

LIMIT = 250_000
"""Bytes of one call. EventBridge took 262,144 for years and takes more now, but a topic or queue behind it may not."""

HOPELESS = frozenset(
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
"""Reasons for refusing an event that will hold the next time too, as the service model lists them."""

AT_FAULT = frozenset({"ValidationException", "ParamValidation"})
"""What is said about a call; another one may still be taken."""

USER_POOL = re.compile(r"[\w-]+_[0-9A-Za-z]+", re.ASCII)
"""Id of a user pool; those of identity pools have a colon."""

BUS = re.compile(r"(?:arn:aws[\w-]*:events:([a-z0-9-]+):[0-9]{12}:event-bus/)?[.\w-]{1,256}", re.ASCII)
"""Name or ARN of an event bus, as the service model has it; its Region."""


def calls(new: Batch, bus: str, limit: int = LIMIT) -> list[tuple[tuple[Alert, ...], list[Tree]]]:
    """Return the calls: the alerts of each, and its entries in the same order.

    Args:
        new: What is to be sent.
        bus: Name or ARN of the bus.
        limit: Bytes of a call at most.
    """
    parts = divided(new, lambda alert: (1, size(_entry(new, alert, bus))), lambda _: (0, 0), (ENTRIES, limit))
    return [(part, [_entry(new, alert, bus) for alert in part]) for part in parts]


def size(entry: Tree) -> int:
    """Return the bytes of an entry as EventBridge counts them; it leaves out the bus and the names of the members."""
    texts = [entry["Source"], entry["DetailType"], entry["Detail"], *entry.get("Resources", ())]
    return sum(len(text.encode("utf-8")) for text in texts)


def _entry(new: Batch, alert: Alert, bus: str) -> Tree:
    pool = new.pools.get(alert.pool)
    detail = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        **alert.tree,
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
    """The ARN of a user pool that is there. What identity pools are called in ARNs varies, so they have none here."""
    if not USER_POOL.fullmatch(pool["id"]) or not pool["account"]:
        return []
    where = target(pool)
    return [f"arn:{where.partition}:cognito-idp:{where.region}:{where.account}:userpool/{where.pool_id}"]


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Put all events, and again those that were refused.

    Args:
        new: What is to be sent.
        receiver: The bus.
        means: What to send with.

    Raises:
        CloudError: EventBridge would take no other call either.
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
    """One event on its way."""

    alert: Alert
    """What it is about."""
    entry: Tree
    """As it is sent."""
    reason: str = ""
    """Why it was refused."""
    hopeless: bool = False
    """Whether it would be refused again."""


def _repeated(pending: list[_Event], receiver: Receiver, means: Means) -> Generator[Delivery, None, list[_Event]]:
    """Send events until each was taken, or refused for good. Returns those that were not, after all attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        answered = _put(means.cloud(receiver.region), pending)
        taken = tuple(e.alert for e in answered if not e.reason)
        if taken:
            yield Delivery(taken)
        yield from (Delivery((e.alert,), e.reason) for e in answered if e.hopeless)
        pending = [e for e in answered if e.reason and not e.hopeless]
        if not pending:
            return []
        if attempt < ATTEMPTS:
            pause = back_off(attempt)
            log.info(
                "%s: %d events refused (%s), again in %.1f s", receiver.label, len(pending), pending[0].reason, pause
            )
            means.sleep(pause)
    yield Delivery(tuple(e.alert for e in pending), f"{pending[0].reason}, in {ATTEMPTS} attempts")
    return pending


def _put(cloud: Cloud, pending: Sequence[_Event]) -> list[_Event]:
    """Send events once. Only one that has an id in the answer was taken; the answer has the order of the call."""
    answer = cloud.call("events", "PutEvents", {"Entries": [e.entry for e in pending]})
    results = answer.get("Entries", [])[: len(pending)]
    return [_answered(event, result or {}) for event, result in zip_longest(pending, results)]


def _answered(event: _Event, result: Tree) -> _Event:
    if result.get("EventId") and not result.get("ErrorCode"):
        return event._replace(reason="")
    code = str(result.get("ErrorCode") or "no answer")
    reason = f"events:PutEvents: {code}: {result.get('ErrorMessage', '')}".rstrip(": ")
    return event._replace(reason=reason, hopeless=code in HOPELESS)


def check(channel: Channel, cloud: Callable[[str], Cloud]) -> None:
    """Make sure that the bus exists: EventBridge takes events for a bus that does not, and drops them.

    Raises:
        InvalidInput: There is no such bus.
        CloudError: AWS could not be asked.
    """
    bus = str(channel.where)
    if bus == "default":
        return
    try:
        cloud(channel.region).call("events", "DescribeEventBus", {"Name": bus})
    except NotFound:
        said = f"--notify {channel.label}: there is no such event bus. Create it, or correct the name."
        raise InvalidInput(said) from None
    except Denied:
        pass  # a bus of another account may take events and still not be readable


EVENTBRIDGE = Notifier(
    name="eventbridge",
    example="default",
    takes="Name or ARN of a bus; `default`",
    gets="One event for each finding",
    limits=f"{ENTRIES} events and {LIMIT:,} bytes a call",
    address=named(BUS, "the name or ARN of an event bus"),
    send=send,
    calls=frozenset({("events", "PutEvents"), ("events", "DescribeEventBus")}),
    check=check,
)
"""Events on a bus of EventBridge."""
