"""Slack: a message that people read, sent to an incoming webhook.

Slack obeys what is in angle brackets: `<!channel>` notifies all. So the three characters that it reads are
escaped, and names and values are code, where it reads nothing else. Long values are shortened for the eye; every
alert is there, with its id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from reconciler.model import Tree
from reconciler.notify.alert_text import AlertLine, lines, pool_line, title
from reconciler.notify.batch import Alert, Batch, Delivery, headline, packed
from reconciler.notify.channels import HOOK, hook
from reconciler.notify.notifier import Notifier, Receiver
from reconciler.notify.posting import Answer, Means, deliver
from reconciler.render.spelling import printable

BLOCKS = 50
"""Blocks that a message may have."""

CHARACTERS = 12_000
"""Characters of all blocks of a message that we send; a channel that is flooded is muted."""

HEADER = 150
"""Characters of a header; Slack counts as JavaScript does."""

MOST = 250
"""Characters of one value that are shown. Six of them stay far below the 3,000 that a section may have."""

TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"
"""Replaces a backtick within code; nothing escapes one."""

EVERY = 1.0
"""Seconds between two messages to one hook; Slack takes one a second."""

LABELS = {"manifest": "manifest", "live": "live", "default": "default", "needs": "needs the IAM action"}
"""What is written before a value; others as they are."""


def messages(new: Batch) -> list[tuple[tuple[Alert, ...], Tree]]:
    """Return the messages: what is in each, and its payload.

    Args:
        new: What is to be sent.
    """
    parts = packed(
        new.alerts,
        lambda alert: (1, _width(_section(new, alert))),
        lambda key: (1, _width(_context(new, key))),
        (BLOCKS - 1, CHARACTERS - HEADER),
    )
    return [(part, _payload(new, part, n, len(parts))) for n, part in enumerate(parts, 1)]


def _payload(new: Batch, part: Sequence[Alert], number: int, parts: int) -> Tree:
    suffix = f" (part {number} of {parts})" if parts > 1 else ""
    said = f"poolctl: {printable(headline(new))}"
    header = escaped(said, HEADER - len(suffix)) + suffix
    blocks: list[Tree] = [{"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}}]
    pool = None
    for alert in part:
        if alert.pool != pool:
            pool = alert.pool
            blocks.append({"type": "context", "elements": [_text(_context(new, pool))]})
        blocks.append({"type": "section", "text": _text(_section(new, alert))})
    return {"text": header, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _text(text: str) -> Tree:
    """`verbatim` keeps Slack from making links and mentions of what looks like one."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _context(new: Batch, key: str) -> str:
    return f"Pool {_code(pool_line(key, new.pools.get(key, {})))}"


def _section(new: Batch, alert: Alert) -> str:
    what, name = title(alert, new.pools.get(alert.pool, {}))
    first = f"*{what}*" + (f" {_code(name)}" if name else "")
    return "\n".join([first, *map(_line, lines(alert))])


def _line(line: AlertLine) -> str:
    if not line.label:
        return escaped(line.value, MOST)
    return f"{LABELS.get(line.label, line.label)} {_code(line.value)}"


def _code(text: str) -> str:
    return f"`{escaped(text.replace('`', TICK), MOST)}`"


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, most: int) -> str:
    """Return a text that Slack shows and does not obey, of at most so many characters as it is sent.

    Args:
        text: Any text.
        most: Characters; what is cut says how long it was.
    """
    whole = "".join(_ENTITIES.get(c, c) for c in text)
    if _width(whole) <= most:
        return whole
    note = f"… ({len(text)} characters)"
    room, kept = most - len(note), ""
    for character in text:
        piece = _ENTITIES.get(character, character)
        room -= _width(piece)
        if room < 0:
            break
        kept += piece
    return kept + note


def _width(text: str) -> int:
    return len(text) + sum(c > "\uffff" for c in text)


def complaint(answer: Answer) -> str:
    """Return what is wrong with an answer of HTTP 200: Slack says `ok` and nothing else when it took a message.

    Its own words for what is wrong are repeated, as they are plain words; whatever else comes is not, since it may
    quote the address.
    """
    said = answer.text.strip()
    if said == "ok":
        return ""
    words = f" ({said})" if re.fullmatch(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,4}", said) else ""
    return f"it answered HTTP {answer.status} without ok{words}. Check that the URL is that of an incoming webhook"


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Post every message, one a second, and stop where Slack would take no other one either.

    Args:
        new: What is to be sent.
        receiver: Where.
        means: What to send with.
    """
    for number, (part, payload) in enumerate(messages(new)):
        if number:
            means.sleep(EVERY)
        failure = deliver(means, receiver, json.dumps(payload).encode("ascii"), {}, complaint)
        yield Delivery(part, failure.reason if failure else "")
        if failure and failure.final:
            return


SLACK = Notifier(
    name="slack",
    example="secret:alerts/slack#url",
    takes=HOOK,
    gets="A message for people",
    limits=f"{BLOCKS} blocks and {CHARACTERS:,} characters a message, one message a second",
    address=hook,
    send=send,
)
"""Messages to an incoming webhook of Slack."""
