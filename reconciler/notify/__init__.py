"""A drift report → messages to people and programs: a webhook, Slack, SNS and EventBridge.

In: the JSON of a drift report, in which secrets are hidden already. Out: messages, and the ids that were not delivered.
A watcher that loses an alert is worse than none, because it is relied on. So all that is new goes to every
receiver, cut into as many messages as its limits ask for and never shortened by leaving something out; a receiver that
fails does not hold up the others; and what one of them did not take is sent again by the next run. That may send an
alert twice, and never not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.cloud.port import Cloud, Sleep
from reconciler.errors import CloudError
from reconciler.model import Tree
from reconciler.notify.batch import Alert, Delivery, batch
from reconciler.notify.channels import resolve
from reconciler.notify.notifier import Channel, Notifier, Receiver
from reconciler.notify.posting import Means, Now, Post, over_http
from reconciler.notify.registry import NOTIFIERS, calls, parse, usage

__all__ = [
    "CALLS",
    "NOTIFIERS",
    "Channel",
    "Notified",
    "Notifier",
    "Receiver",
    "notify",
    "parse",
    "resolve",
    "usage",
]

CALLS = calls()
"""What the cloud that is handed to `resolve` and `notify` has to be able to do: service and operation of each call."""


@dataclass(frozen=True, slots=True)
class Notified:
    """What became of a report."""

    undelivered: frozenset[str]
    """Ids of what at least one receiver did not take: the next run sends them again."""
    failures: tuple[str, ...]
    """One sentence for each receiver that failed; no address of a webhook is in it."""
    sent: int
    """How many messages were taken, over all receivers."""


def notify(
    report: Tree,
    receivers: Sequence[Receiver],
    notified: frozenset[str] = frozenset(),
    *,
    cloud: Callable[[str], Cloud],
    sleep: Sleep = time.sleep,
    post: Post = over_http,
    now: Now = time.time,
) -> Notified:
    """Send what is new in a report to all receivers, one after the other. Raises nothing that a receiver does.

    Args:
        report: The JSON of a drift run, as `render.drift.tree` makes it.
        receivers: What `resolve` gave.
        notified: Ids that an earlier report holds; they are not sent again.
        cloud: Gives a Region that allows `CALLS`; an empty name is the Region of the run.
        sleep: Waits for so many seconds.
        post: Sends one HTTP request.
        now: Seconds since 1970, for receivers that name the time at which to come again.
    """
    means = Means(cloud, sleep, post, now)
    new = batch(report, notified)
    lost: set[str] = set()
    failures: list[str] = []
    sent = 0
    for receiver in receivers if new.alerts else ():
        results, surprise = _collect(receiver.notifier.send(new, receiver, means))
        sent += sum(not r.failure for r in results)
        left, reason = _left(new.alerts, results)
        if left:
            lost |= {a.id for a in left}
            failures.append(_sentence(receiver, left, new.alerts, reason or surprise or "not attempted"))
    return Notified(frozenset(lost), tuple(failures), sent)


def _collect(results: Iterator[Delivery]) -> tuple[list[Delivery], str]:
    """Take results as long as they come. An unexpected error must not silence the other receivers."""
    found: list[Delivery] = []
    try:
        found.extend(results)
    except CloudError as error:
        return found, str(error)
    except Exception as error:  # noqa: BLE001 - its words may hold an address; its type does not
        return found, f"unexpected {type(error).__name__}"
    return found, ""


def _left(alerts: Sequence[Alert], results: Sequence[Delivery]) -> tuple[list[Alert], str]:
    """Return the alerts that were not taken, and why. What no result speaks of was not taken either."""
    taken = {a.number for r in results if not r.failure for a in r.alerts}
    reason = next((r.failure for r in results if r.failure), "")
    return [a for a in alerts if a.number not in taken], reason


def _sentence(receiver: Receiver, left: Sequence[Alert], alerts: Sequence[Alert], reason: str) -> str:
    return f"{receiver.label}: {len(left)} of {len(alerts)} alerts were not delivered: {reason.rstrip('.')}."
