"""Slack: a message for people, sent to an incoming webhook.

Slack interprets text in angle brackets: `<!channel>` notifies everyone in a channel. So its three control characters
are escaped, and names and values are formatted as code, in which Slack interprets nothing else. Long values are
shortened for readability; every alert is included, with its id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import Tree
from reconciler.notify.alert_text import AlertLine, lines, pool_line, title
from reconciler.notify.batch import Alert, Batch, Delivery, headline, packed
from reconciler.notify.channels import HOOK, hook
from reconciler.notify.notifier import Notifier, Receiver
from reconciler.notify.posting import Answer, Means, deliver

BLOCKS = 50
"""Blocks that a message may have."""

CHARACTERS = 12_000
"""Characters of all blocks of a message; people mute a channel that is flooded."""

HEADER = 150
"""Characters of a header; Slack counts as JavaScript does."""

MOST = 250
"""Characters of one value that are shown. Six of them stay far below the 3,000 that a section may have."""

TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"
"""Replaces a backtick within code, which cannot be escaped."""

EVERY = 1.0
"""Seconds between two messages to one hook; Slack accepts one a second."""

LABELS = {"manifest": "manifest", "live": "live", "default": "default", "needs": "needs the IAM action"}
"""The label before a value; other labels are unchanged."""


def messages(new: Batch) -> list[tuple[tuple[Alert, ...], Tree]]:
    """Return the messages: the alerts of each, and its payload.

    Args:
        new: The alerts to send.
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
    """Return a text object; `verbatim` keeps Slack from creating links and mentions."""
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
    """Return a text that Slack shows without interpreting it, of a limited number of characters after escaping.

    Args:
        text: Any text.
        most: Maximum characters; a shortened text ends with a note of its length.
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
    """Return what is wrong with a 200 response: Slack sends exactly `ok` when it accepted a message.

    Slack's error codes are repeated, as they are plain words; any other body is not, since it may quote the URL.
    """
    said = answer.text.strip()
    if said == "ok":
        return ""
    words = f" ({said})" if re.fullmatch(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,4}", said) else ""
    return f"the response is HTTP {answer.status} without ok{words}. Check that the URL is that of an incoming webhook"


def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
    """Post every message, one a second, and stop when further messages would fail too.

    Args:
        new: The alerts to send.
        receiver: The webhook.
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
    size_limits=f"{BLOCKS} blocks and {CHARACTERS:,} characters a message, one message a second",
    address=hook,
    send=send,
)
"""Messages to an incoming webhook of Slack."""
