"""SNS: one message, in a format for each kind of subscriber.

The subscribers of a topic are people and programs. So a message has three formats: a text for e-mail, one line for SMS,
and for all others (queues, functions, endpoints) the JSON that a webhook gets.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.errors import CloudError, printable
from reconciler.model import Tree
from reconciler.notify import webhook
from reconciler.notify.alert_text import lines, pool_line, title
from reconciler.notify.batch import Alert, Batch, Delivery, cut, divided, headline
from reconciler.notify.channels import named
from reconciler.notify.notifier import Notifier, Receiver
from reconciler.notify.posting import Means

LIMIT = 250_000
"""Bytes of a message in all formats. SNS accepts 262,144, but a queue also counts the envelope that SNS adds."""

SUBJECT = 99
"""Characters of a subject, ASCII only; SNS requires fewer than 100."""

SMS = 140
"""Characters of an SMS."""

MOST = 1_000
"""Characters of one value in an e-mail."""

GROUP = "poolctl-drift"
"""Group of all messages to a FIFO topic: they arrive in order."""

TOPIC = re.compile(r"arn:aws[\w-]*:sns:([a-z0-9-]+):[0-9]{12}:[\w-]{1,256}(?:\.fifo)?", re.ASCII)
"""ARN of a topic; its Region."""

AT_FAULT = frozenset({"InvalidParameter", "ParameterValueInvalid", "ValidationException", "ParamValidation"})
"""Codes that concern one message; another one may still be accepted."""


def messages(new: Batch, limit: int = LIMIT) -> list[tuple[tuple[Alert, ...], Tree]]:
    """Return the messages: the alerts of each, and the parameters of its call, without the topic.

    Args:
        new: The alerts to send.
        limit: Maximum bytes of a message.
    """
    envelope = len(_message(new, (), webhook.MANY, webhook.MANY))

    def cost(alert: Alert) -> tuple[int]:
        return (_quoted(_json(alert.tree)) + 1 + _quoted(_alert(new, alert)),)

    def heading(key: str) -> tuple[int]:
        pool = new.pools.get(key)
        return (_quoted(_pool(new, key)) + (_quoted(_json(pool)) + 1 if pool else 0),)

    parts = divided(new, cost, heading, (limit - envelope,))
    return [(part, _params(new, part, n, len(parts))) for n, part in enumerate(parts, 1)]


def _json(value: Any) -> str:
    """Return ASCII-only JSON: SNS and SQS refuse some characters, but accept all of them escaped."""
    return json.dumps(value, separators=(",", ":"))


def _quoted(text: str) -> int:
    return len(json.dumps(text)) - 2


def _params(new: Batch, part: Sequence[Alert], number: int, parts: int) -> Tree:
    message = _message(new, part, number, parts)
    return {"Message": message, "MessageStructure": "json", "Subject": _subject(new, number, parts)}


def _message(new: Batch, part: Sequence[Alert], number: int, parts: int) -> str:
    said = f"poolctl: {printable(headline(new))}{_suffix(number, parts)}"
    body = _json(webhook.tree(new, part, number, parts))
    return _json({"default": body, "email": _mail(new, part, said), "sms": cut(said, SMS - 20)})


def _suffix(number: int, parts: int) -> str:
    return f" (part {number} of {parts})" if parts > 1 else ""


def _subject(new: Batch, number: int, parts: int) -> str:
    said = f"poolctl: {printable(headline(new))}".encode("ascii", "replace").decode("ascii")
    suffix = _suffix(number, parts)
    room = SUBJECT - len(suffix)
    return (said if len(said) <= room else f"{said[: room - 3]}...") + suffix


def _mail(new: Batch, part: Sequence[Alert], said: str) -> str:
    text, pool = f"{said}\n", None
    for alert in part:
        text += "" if alert.pool == pool else _pool(new, alert.pool)
        text += _alert(new, alert)
        pool = alert.pool
    return text


def _pool(new: Batch, key: str) -> str:
    return f"\nPool {cut(pool_line(key, new.pools.get(key, {})), MOST)}\n"


def _alert(new: Batch, alert: Alert) -> str:
    what, name = title(alert, new.pools.get(alert.pool, {}))
    first = f"{what}: {cut(name, MOST)}" if name else what
    said = [f"{line.label}: {cut(line.value, MOST)}".removeprefix(": ") for line in lines(alert)]
    return f"\n  {first}\n" + "".join(f"    {line}\n" for line in said)


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Publish every message; the port retries.

    Args:
        new: The alerts to send.
        receiver: The topic.
        means: What to send with.

    Raises:
        CloudError: SNS would refuse further messages too.
    """
    for part, params in messages(new):
        params |= {"TopicArn": receiver.arn, **_order(receiver, params)}
        try:
            means.cloud(receiver.region).call("sns", "Publish", params)
        except CloudError as error:
            if error.code not in AT_FAULT:
                raise
            yield Delivery(part, str(error))
        else:
            yield Delivery(part)


def _order(receiver: Receiver, params: Tree) -> Tree:
    """Return the parameters of a FIFO topic, which drops repeated messages for five minutes: after a lost response."""
    if not receiver.arn.endswith(".fifo"):
        return {}
    digest = hashlib.sha256(params["Message"].encode()).hexdigest()
    return {"MessageGroupId": GROUP, "MessageDeduplicationId": digest}


SNS = Notifier(
    name="sns",
    example="arn:aws:sns:eu-west-1:123456789012:drift",
    takes="ARN of a topic, `.fifo` too",
    gets="A text by e-mail, one line as an SMS, the webhook's JSON to all others",
    size_limits=f"{LIMIT:,} bytes a message",
    address=named(TOPIC, "the ARN of a topic"),
    send=send,
    calls=frozenset({("sns", "Publish")}),
)
"""Messages to a topic of SNS."""
