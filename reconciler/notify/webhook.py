"""The webhook: JSON for whatever program listens.

The body is a report in small: the same entries under the same keys, only what is new, and divided into parts where
there is too much for one request. Its schema is `poolctl schema --output notification`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from reconciler import __version__
from reconciler.model import Tree
from reconciler.notify.batch import FORMAT, Alert, Batch, Delivery, divided, encoded
from reconciler.notify.channels import HOOK, hook
from reconciler.notify.notifier import Notifier, Receiver
from reconciler.notify.posting import Means, deliver

LIMIT = 200_000
"""Bytes of a body at most: below what the usual receivers and gateways take."""

MANY = 1_000_000
"""A number of parts that is never reached; keeps room for its digits."""

PLACES = {"finding": "findings", "gap": "gaps", "refusal": "refusals", "expired": "expired"}
"""Key of the body for each sort of alert."""


def bodies(new: Batch, limit: int = LIMIT) -> list[tuple[tuple[Alert, ...], bytes]]:
    """Return the messages: what is in each, and its body.

    Args:
        new: What is to be sent.
        limit: Bytes of a body at most.
    """
    room = limit - len(encoded(tree(new, (), MANY, MANY)))
    heads = {key: len(encoded(pool)) + 1 for key, pool in new.pools.items()}
    parts = divided(new, lambda alert: (len(encoded(alert.tree)) + 1,), lambda key: (heads.get(key, 0),), (room,))
    return [(part, encoded(tree(new, part, n, len(parts)))) for n, part in enumerate(parts, 1)]


def tree(new: Batch, part: Sequence[Alert], number: int, parts: int) -> Tree:
    """Return the body of one part.

    Args:
        new: What is to be sent.
        part: What this part holds of it.
        number: Which part this is; counts from 1.
        parts: How many there are.
    """
    keys = dict.fromkeys(a.pool for a in part)
    return {
        "format_version": FORMAT,
        "kind": "poolctl-drift",
        "poolctl_version": __version__,
        "part": number,
        "parts": parts,
        "summary": new.summary,
        "complete": new.complete,
        "pools": [new.pools[key] for key in keys if key in new.pools],
        **{place: [a.tree for a in part if a.sort == sort] for sort, place in PLACES.items()},
    }


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Post every part, and stop where the receiver would take no other one either.

    Args:
        new: What is to be sent.
        receiver: Where.
        means: What to send with.
    """
    for part, body in bodies(new):
        # by it a receiver knows that it has seen a message before: the answer to the first may have been lost
        delivery = {"X-Poolctl-Delivery": hashlib.sha256(body).hexdigest()}
        failure = deliver(means, receiver, body, delivery, lambda _: "")
        yield Delivery(part, failure.reason if failure else "")
        if failure and failure.final:
            return


WEBHOOK = Notifier(
    name="webhook",
    example="env:WEBHOOK_URL",
    takes=HOOK,
    gets="JSON",
    limits=f"{LIMIT:,} bytes a message",
    address=hook,
    send=send,
)
"""JSON to any program that listens."""
