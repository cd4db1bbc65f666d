"""The webhook: JSON for any program.

The body is a reduced report: the same entries under the same keys, only new ones, and divided into parts if they exceed
one request. Its schema is `poolctl schema --output notification`.
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
"""Maximum bytes of a body: below the limits of common receivers and gateways."""

MANY = 1_000_000
"""A number of parts that is never reached; reserves space for its digits."""

PLACES = {"finding": "findings", "gap": "gaps", "refusal": "refusals", "expired": "expired"}
"""Key of the body for each sort of alert."""


def bodies(new: Batch, limit: int = LIMIT) -> list[tuple[tuple[Alert, ...], bytes]]:
    """Return the messages: the alerts of each, and its body.

    Args:
        new: The alerts to send.
        limit: Maximum bytes of a body.
    """
    room = limit - len(encoded(tree(new, (), MANY, MANY)))
    heads = {key: len(encoded(pool)) + 1 for key, pool in new.pools.items()}
    parts = divided(new, lambda alert: (len(encoded(alert.tree)) + 1,), lambda key: (heads.get(key, 0),), (room,))
    return [(part, encoded(tree(new, part, n, len(parts)))) for n, part in enumerate(parts, 1)]


def tree(new: Batch, part: Sequence[Alert], number: int, parts: int) -> Tree:
    """Return the body of one part.

    Args:
        new: All alerts to send.
        part: The alerts of this part.
        number: Number of this part; counts from 1.
        parts: Number of all parts.
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
    """Post every part, and stop when further parts would fail too.

    Args:
        new: The alerts to send.
        receiver: The webhook.
        means: What to send with.
    """
    for part, body in bodies(new):
        # lets a receiver recognize a repeated message: the response to the first may have been lost
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
    size_limits=f"{LIMIT:,} bytes a message",
    address=hook,
    send=send,
)
"""JSON to any program."""
