"""The vocabulary in which a notifier is declared: one value in one file says all that is special about it.

To add one, write a file like `webhook.py` with a `Notifier` in it, and add that value to `registry.NOTIFIERS`. The
option, its help, its errors, the permissions and the page of the documentation come from the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """A way to send a report."""

    name: str
    """What is written before the `=` of `--notify`."""
    example: str
    """What may be written behind the `=`: `env:WEBHOOK_URL`."""
    takes: str
    """All that may be written there, as Markdown for a table."""
    gets: str
    """What arrives, as Markdown for a table."""
    limits: str
    """Into what a report is cut, as Markdown for a table."""
    address: Callable[[Notifier, str], Channel]
    """Reads what is behind the `=`; raises InvalidInput, and repeats nothing of it."""
    send: Callable[[Batch, Receiver, Means], Iterator[Delivery]]
    """Sends what is new, and says of each message whether it was taken. May raise CloudError: the rest was not sent."""
    calls: Calls = frozenset()
    """The calls to AWS that it makes, besides looking up where a URL is kept."""
    check: Callable[[Channel, Callable[[str], Cloud]], None] = lambda _channel, _cloud: None
    """Makes sure, before a run reads anything, that a channel which needs no lookup exists; raises InvalidInput."""

    @property
    def usage(self) -> str:
        """What the option looks like: `webhook=env:WEBHOOK_URL`."""
        return f"{self.name}={self.example}"


@dataclass(frozen=True, slots=True)
class Channel:
    """One `--notify`, not looked up yet."""

    notifier: Notifier = field(repr=False)
    """Which way."""
    source: str
    """`env`, `secret`, `ssm`, `url`, or `arn` for what needs no lookup."""
    where: str | Secret
    """Name of the variable, secret or parameter; the ARN or name of a topic or bus; a URL as a `Secret`."""
    region: str = ""
    """Region that the ARN names; empty for that of the run."""

    @property
    def label(self) -> str:
        """What may be shown of it: as it was written, and of a URL the scheme and host."""
        name = self.notifier.name
        if isinstance(self.where, Secret):
            return f"{name}={_origin(urlsplit(self.where.reveal()))}"
        return f"{name}={self.where}" if self.source == "arn" else f"{name}={self.source}:{self.where}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A channel that was looked up, so that messages can be sent."""

    notifier: Notifier = field(repr=False)
    """Which way."""
    label: str
    """What may be shown of it."""
    url: Secret | None = None
    """Where to post, for what is sent over HTTP."""
    arn: str = ""
    """ARN of the topic, ARN or name of the bus."""
    region: str = ""
    """Region of the topic or bus; empty for that of the run."""

    @property
    def address(self) -> Secret:
        """Where to post; only for what is sent over HTTP."""
        if self.url is None:
            raise AssertionError(self.notifier.name)
        return self.url


def _origin(url: SplitResult) -> str:
    """Scheme and host; not the user that may be before the host."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.hostname}{port}"
