"""Who is told: what stands behind `--notify`, and the address that it leads to.

The address of a webhook is a secret: whoever knows it can post. So it lives in a `Secret`, and what is shown of a
receiver is where its address came from, or the scheme and host of it. Addresses are looked up before a run reads
anything, so that a variable that is not set stops the run and not the alert at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from reconciler.cloud.hosts import is_loopback
from reconciler.cloud.port import Cloud
from reconciler.errors import Denied, InvalidInput, NotFound
from reconciler.manifests.reference_kinds.var import NAME
from reconciler.manifests.references.remote_references import Remote, resolve_remote
from reconciler.model import Position, Reference, Secret
from reconciler.terminal.suggestions import sentences, suggest

KINDS = ("webhook", "slack", "sns", "eventbridge")
"""What may stand before the `=`."""

SOURCES = ("env", "secret", "ssm")
"""Where the address of a webhook can be kept."""

TOPIC = re.compile(r"arn:aws[\w-]*:sns:([a-z0-9-]+):[0-9]{12}:[\w-]{1,256}(?:\.fifo)?", re.ASCII)
"""ARN of an SNS topic; its Region."""

BUS = re.compile(r"(?:arn:aws[\w-]*:events:([a-z0-9-]+):[0-9]{12}:event-bus/)?[.\w-]{1,256}", re.ASCII)
"""Name or ARN of an event bus, as the service model has it; its Region."""

SECRET_ARN = re.compile(r"arn:aws[\w-]*:(?:secretsmanager|ssm):([a-z0-9-]+):.+", re.ASCII)
"""ARN of a secret or a parameter; its Region."""

EXAMPLES = {
    "webhook": "webhook=env:WEBHOOK_URL",
    "slack": "slack=secret:alerts/slack#url",
    "sns": "sns=arn:aws:sns:eu-west-1:123456789012:drift",
    "eventbridge": "eventbridge=default",
}
"""What the option looks like."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One `--notify`, not looked up yet."""

    kind: str
    """One of KINDS."""
    source: str
    """`env`, `secret`, `ssm`, `url`, or `arn` for what needs no looking up."""
    where: str | Secret
    """Name of the variable, secret or parameter; the ARN or name of a topic or bus; a URL as a `Secret`."""
    region: str = ""
    """Region that the ARN names; empty for that of the run."""

    @property
    def label(self) -> str:
        """What may be shown of it: as it was written, and of a URL the scheme and host."""
        if isinstance(self.where, Secret):
            return f"{self.kind}={_origin(urlsplit(self.where.reveal()))}"
        return f"{self.kind}={self.where}" if self.source == "arn" else f"{self.kind}={self.source}:{self.where}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """One that can be told."""

    kind: str
    """One of KINDS."""
    label: str
    """What may be shown of it."""
    url: Secret | None = None
    """Where to post, for `webhook` and `slack`."""
    arn: str = ""
    """ARN of the topic, ARN or name of the bus."""
    region: str = ""
    """Region of the topic or bus; empty for that of the run."""

    @property
    def address(self) -> Secret:
        """Where to post; for `webhook` and `slack` only."""
        if self.url is None:
            raise AssertionError(self.kind)
        return self.url


def parse(text: str) -> Channel:
    """Read the value of `--notify`.

    Args:
        text: `CHANNEL=WHERE`. WHERE is for `webhook` and `slack` `env:NAME`, `secret:NAME#KEY`, `ssm:/PATH` or a URL;
            for `sns` the ARN of a topic; for `eventbridge` the name or ARN of a bus.

    Raises:
        InvalidInput: It is something else. The message repeats nothing of it, as it may hold a URL.
    """
    kind, sharp, where = text.partition("=")
    if kind not in KINDS or not sharp:
        hint = "" if kind in KINDS else suggest(kind, KINDS)
        message = "--notify: no channel stands before the =."
        raise InvalidInput(sentences(message, hint, f"Write CHANNEL=WHERE: {_examples()}."))
    if kind == "sns":
        return Channel(kind, "arn", where, _matched(TOPIC, where, kind, "the ARN of a topic"))
    if kind == "eventbridge":
        return Channel(kind, "arn", where, _matched(BUS, where, kind, "the name or ARN of an event bus"))
    return _hook(kind, where)


def _examples() -> str:
    return ", ".join(EXAMPLES.values())


def _matched(pattern: re.Pattern[str], where: str, kind: str, what: str) -> str:
    found = pattern.fullmatch(where)
    if not found:
        raise InvalidInput(f"--notify {kind}: what stands behind the = is not {what}. Write {EXAMPLES[kind]}.")
    return found[1] or ""


def _hook(kind: str, where: str) -> Channel:
    source, _, rest = where.partition(":")
    if source == "env" and not NAME.match(rest):
        raise InvalidInput(f"--notify {kind}: no name of a variable stands behind env:. Write {kind}=env:NAME.")
    if source in SOURCES:
        name, sharp, key = rest.partition("#")
        if not name or (sharp and not key):
            raise InvalidInput(f"--notify {kind}: the name behind {source}: is not complete. Write {_ways(kind)}.")
        region = SECRET_ARN.fullmatch(rest)
        return Channel(kind, source, rest, region[1] if region else "")
    return Channel(kind, "url", _address(where, f"--notify {kind}", f"Write {_ways(kind)}."))


def _ways(kind: str) -> str:
    return f"{kind}=env:NAME, {kind}=secret:NAME#KEY, {kind}=ssm:/PATH or {kind}=https://…"


# --- addresses -----------------------------------------------------------------------------------------------------


def _address(text: str, where: str, fix: str) -> Secret:
    """Return a URL that may be posted to. Nothing of it is repeated when it may not."""
    if not text.isprintable() or " " in text:
        raise InvalidInput(f"{where}: the URL holds a blank or a character that cannot be seen. {fix}")
    try:
        url = urlsplit(text)
        right = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        right = False
    if not right:
        raise InvalidInput(f"{where}: that is no URL. {fix}")
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise InvalidInput(
            f"{where}: the URL begins with http:, and whoever listens could read it. Give an https: one."
        )
    return Secret(text, where)


def _origin(url: SplitResult) -> str:
    """Scheme and host; not the user that may stand before the host."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.hostname}{port}"


def resolve(
    channels: Sequence[Channel], *, cloud: Callable[[str], Cloud], environ: Mapping[str, str]
) -> tuple[Receiver, ...]:
    """Look up where everybody is, before the work begins. AWS is asked only for what is kept there, and for buses.

    Args:
        channels: What `parse` gave.
        cloud: Gives a Region that allows `CALLS`; an empty name is the Region of the run.
        environ: Environment variables.

    Raises:
        InvalidInput: A variable, secret, parameter or bus is not there, or holds no URL.
        CloudError: AWS could not be asked.
    """
    wanted = tuple(dict.fromkeys(channels))
    near = {c: _receiver(c, environ) for c in wanted if c.source in ("env", "url")}  # before AWS is asked
    return tuple(near.get(c) or _far(c, cloud) for c in wanted)


def _far(channel: Channel, cloud: Callable[[str], Cloud]) -> Receiver:
    if channel.source == "arn":
        return _in_aws(channel, cloud)
    return _kept(channel, cloud(channel.region))


def _receiver(channel: Channel, environ: Mapping[str, str]) -> Receiver:
    if isinstance(channel.where, Secret):
        return Receiver(channel.kind, channel.label, channel.where)
    text = environ.get(channel.where, "").strip()
    if not text:
        hint = suggest(channel.where, environ) if channel.where not in environ else ""
        message = f"--notify {channel.label}: the environment variable {channel.where} is not set, or empty."
        raise InvalidInput(sentences(message, hint, "Set it to the URL."))
    return _with_url(channel, text)


def _with_url(channel: Channel, text: str) -> Receiver:
    return Receiver(channel.kind, channel.label, _address(text, f"--notify {channel.label}", "Store the URL there."))


def _kept(channel: Channel, cloud: Cloud) -> Receiver:
    reference = Reference(channel.source, str(channel.where))
    here = Position("--notify", 1, 1)
    tree, problems = resolve_remote({"url": reference}, Remote(cloud), lambda _: here)
    if problems:
        raise InvalidInput(f"--notify {channel.label}: {problems[0].message} {problems[0].fix}".rstrip())
    value: Any = tree["url"]
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str):
        raise InvalidInput(f"--notify {channel.label}: the parameter is a list. Store the URL as a SecureString.")
    return _with_url(channel, text.strip())


def _in_aws(channel: Channel, cloud: Callable[[str], Cloud]) -> Receiver:
    """EventBridge takes events for a bus that does not exist, and drops them: the one way to know is to ask before."""
    arn = str(channel.where)
    if channel.kind == "eventbridge" and arn != "default":
        try:
            cloud(channel.region).call("events", "DescribeEventBus", {"Name": arn})
        except NotFound:
            raise InvalidInput(
                f"--notify {channel.label}: there is no such event bus. Create it, or correct the name."
            ) from None
        except Denied:
            pass  # a bus of another account may take events and still not let us look
    return Receiver(channel.kind, channel.label, arn=arn, region=channel.region)
