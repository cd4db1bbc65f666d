"""The type by which a notifier is declared: one value in one file holds everything specific to it.

To add one, write a file like `webhook.py` with a `Notifier` in it, and add that value to `registry.NOTIFIERS`. The
option, its help, its errors, the permissions and the table in the documentation are derived from the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from reconciler.cloud.port import Cloud
from reconciler.model import Secret

if TYPE_CHECKING:  # it needs the `Receiver` of this module
    from reconciler.notify.batch import Batch, Delivery
    from reconciler.notify.posting import Means

Calls = frozenset[tuple[str, str]]
"""Service and operation of each call to AWS."""


@dataclass(frozen=True, slots=True, eq=False)
class Notifier:
    """A method of sending a report."""

    name: str
    """The part before the `=` of `--notify`."""
    example: str
    """An example of the part after the `=`: `env:WEBHOOK_URL`."""
    takes: str
    """All forms of that part, as Markdown for a table."""
    gets: str
    """What the receiver gets, as Markdown for a table."""
    size_limits: str
    """The limits by which a report is divided, as Markdown for a table."""
    address: Callable[[Notifier, str], Channel]
    """Parses the part after the `=`; raises InvalidInput, whose message repeats nothing of it."""
    send: Callable[[Batch, Receiver, Means], Iterator[Delivery]]
    """Sends the alerts, and yields a result for each message. May raise CloudError: the rest was not sent."""
    calls: Calls = frozenset()
    """The AWS calls that it makes, besides the lookup of a URL."""
    calls_of: Callable[[Channel], Calls] | None = None
    """Returns which of them a channel needs, if not all."""
    arns: Callable[[Channel], Iterable[str]] = lambda channel: (str(channel.where),)
    """Returns patterns of the ARNs that they are limited to in IAM, as those of `reconciler.kinds.iam_access`."""
    check: Callable[[Channel, Callable[[str], Cloud]], None] = lambda _channel, _cloud: None
    """Checks, before a run reads anything, that a channel without a lookup exists; raises InvalidInput."""

    @property
    def usage(self) -> str:
        """An example of the option's value: `webhook=env:WEBHOOK_URL`."""
        return f"{self.name}={self.example}"


@dataclass(frozen=True, slots=True)
class Channel:
    """The value of one `--notify`, before the lookup."""

    notifier: Notifier = field(repr=False)
    """Its notifier."""
    source: str
    """`env`, `secret`, `ssm`, `url`, or `arn` for an address that needs no lookup."""
    where: str | Secret
    """Name of the variable, secret or parameter; the ARN or name of a topic or bus; a URL as a `Secret`."""
    region: str = ""
    """Region that the ARN names; empty for that of the run."""

    @property
    def calls(self) -> Calls:
        """The AWS calls that sending to it makes, besides the lookup of a URL."""
        return self.notifier.calls_of(self) if self.notifier.calls_of else self.notifier.calls

    @property
    def label(self) -> str:
        """The name in messages: the value as written, or the scheme and host of a URL."""
        name = self.notifier.name
        if isinstance(self.where, Secret):
            return f"{name}={_origin(urlsplit(self.where.reveal()))}"
        return f"{name}={self.where}" if self.source == "arn" else f"{name}={self.source}:{self.where}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A channel after the lookup, to which messages can be sent."""

    notifier: Notifier = field(repr=False)
    """Its notifier."""
    label: str
    """The name in messages."""
    url: Secret | None = None
    """URL to post to, for notifiers over HTTP."""
    arn: str = ""
    """ARN of the topic, ARN or name of the bus."""
    region: str = ""
    """Region of the topic or bus; empty for that of the run."""

    @property
    def address(self) -> Secret:
        """URL to post to; only for notifiers over HTTP."""
        if self.url is None:
            raise AssertionError(self.notifier.name)
        return self.url


def _origin(url: SplitResult) -> str:
    """Return scheme, host and port, without user information."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.hostname}{port}"
