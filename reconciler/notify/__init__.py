"""A drift report → messages to people and programs: a webhook, Slack, SNS and EventBridge.

In: the JSON of a drift report, in which secrets are already hidden. Out: messages, and the ids of undelivered alerts.
A monitor that loses an alert is worse than none, because people rely on it. So every new alert goes to every receiver,
in as many messages as the limits of the receiver require and without omissions; a receiver that fails does not block
the others; and an alert that one of them did not accept is sent again by the next run. An alert may arrive twice, but
is never lost.
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
"""The calls that the cloud passed to `resolve` and `notify` must allow: service and operation of each."""


@dataclass(frozen=True, slots=True)
class Notified:
    """The result of sending a report."""

    undelivered: frozenset[str]
    """Ids of alerts that at least one receiver did not accept: the next run sends them again."""
    failures: tuple[str, ...]
    """One sentence for each receiver that failed, without the address of a webhook."""
    sent: int
    """How many messages were accepted, over all receivers."""


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
    """Send the new alerts of a report to all receivers, one after the other. Errors of a receiver are not raised.

    Args:
        report: The JSON of a drift run, as `render.drift.tree` makes it.
        receivers: The result of `resolve`.
        notified: Ids in an earlier report; they are not sent again.
        cloud: Returns a cloud for a Region that allows `CALLS`; an empty name is the Region of the run.
        sleep: Waits for a number of seconds.
        post: Sends one HTTP request.
        now: Seconds since 1970, for receivers that name the time of the next attempt.
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
    """Collect the results. An unexpected error must not prevent the delivery to other receivers."""
    found: list[Delivery] = []
    try:
        found.extend(results)
    except CloudError as error:
        return found, str(error)
    except Exception as error:  # noqa: BLE001 - its message may contain an address; its type does not
        return found, f"unexpected {type(error).__name__}"
    return found, ""


def _left(alerts: Sequence[Alert], results: Sequence[Delivery]) -> tuple[list[Alert], str]:
    """Return the alerts that were not accepted, and why. An alert without a result was not accepted either."""
    taken = {a.number for r in results if not r.failure for a in r.alerts}
    reason = next((r.failure for r in results if r.failure), "")
    return [a for a in alerts if a.number not in taken], reason


def _sentence(receiver: Receiver, left: Sequence[Alert], alerts: Sequence[Alert], reason: str) -> str:
    return f"{receiver.label}: {len(left)} of {len(alerts)} alerts were not delivered: {reason.rstrip('.')}."
