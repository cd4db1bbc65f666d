"""All notifiers, and what the command line and the documentation derive from them."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import InvalidInput, iam_action
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.notify.eventbridge import EVENTBRIDGE
from reconciler.notify.notifier import Calls, Channel, Notifier
from reconciler.notify.slack import SLACK
from reconciler.notify.sns import SNS
from reconciler.notify.webhook import WEBHOOK
from reconciler.terminal.suggestions import sentences, suggest

NOTIFIERS = (WEBHOOK, SLACK, SNS, EVENTBRIDGE)
"""Every notifier, in the order of the documentation."""


def parse(text: str, notifiers: Sequence[Notifier] = NOTIFIERS) -> Channel:
    """Parse the value of `--notify`.

    Args:
        text: `CHANNEL=WHERE`; the notifier defines the forms of WHERE.
        notifiers: The available notifiers.

    Raises:
        InvalidInput: It has another form. The message repeats nothing of it, as it may contain a URL.
    """
    known = {n.name: n for n in notifiers}
    name, sign, where = text.partition("=")
    if name not in known or not sign:
        hint = "" if name in known else suggest(name, known)
        examples = ", ".join(n.usage for n in notifiers)
        message = "--notify: the value does not begin with a channel and =."
        raise InvalidInput(sentences(message, hint, f"Write one of {examples}."))
    return known[name].address(known[name], where)


def calls(notifiers: Sequence[Notifier] = NOTIFIERS) -> Calls:
    """Return the calls that the cloud passed to `resolve` and `notify` must allow."""
    return REMOTE_READS.union(*(n.calls for n in notifiers))


def usage(notifiers: Sequence[Notifier] = NOTIFIERS) -> str:
    """Return the help of the option."""
    names = [n.name for n in notifiers]
    listed = " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"send what is new to a channel ({listed}); may be repeated"


def table(notifiers: Sequence[Notifier] = NOTIFIERS) -> str:
    """Return the table of channels in docs/notifications.md."""
    head = "| CHANNEL | WHERE | Gets | Limits | IAM actions |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(
        f"| `{n.name}` | {n.takes} | {n.gets} | {n.size_limits} | {_actions(n)} |\n" for n in notifiers
    )


def _actions(notifier: Notifier) -> str:
    return ", ".join(f"`{iam_action(f'{service}:{name}')}`" for service, name in sorted(notifier.calls)) or "none"
