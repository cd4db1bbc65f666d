"""Addresses of notifications: their forms, and their lookup before a run.

The URL of a webhook is a secret: anyone who has it can post. So it is kept in a `Secret`, and messages show only the
source of a URL, or its scheme and host. Addresses are looked up before a run reads anything, so that a missing variable
fails the run at its start and not the alert at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from reconciler.cloud.hosts import is_loopback
from reconciler.cloud.port import Cloud
from reconciler.errors import InvalidInput
from reconciler.manifests.reference_kinds.var import NAME
from reconciler.manifests.references.remote_references import Remote, resolve_remote
from reconciler.model import Position, Reference, Secret
from reconciler.notify.notifier import Channel, Notifier, Receiver
from reconciler.terminal.suggestions import sentences, suggest

SOURCES = ("env", "secret", "ssm")
"""Where the URL of a webhook can be stored."""

SECRET_ARN = re.compile(r"arn:aws[\w-]*:(?:secretsmanager|ssm):([a-z0-9-]+):.+", re.ASCII)
"""ARN of a secret or a parameter; its Region."""

HOOK = "`env:NAME`, `secret:NAME#KEY`, `ssm:/PATH`, or a URL"
"""The forms that `hook` accepts, as Markdown."""


def named(pattern: re.Pattern[str], what: str) -> Callable[[Notifier, str], Channel]:
    """Return the parser of an AWS address that needs no lookup.

    Args:
        pattern: Its form; the first group is its Region.
        what: Its form in words: `the ARN of a topic`.
    """

    def address(notifier: Notifier, where: str) -> Channel:
        found = pattern.fullmatch(where)
        if not found:
            name, usage = notifier.name, notifier.usage
            raise InvalidInput(f"--notify {name}: the value after the = is not {what}. Write {usage}.")
        return Channel(notifier, "arn", where, found[1] or "")

    return address


def hook(notifier: Notifier, where: str) -> Channel:
    """Parse the source of a URL, or a URL.

    Raises:
        InvalidInput: The value is neither.
    """
    name = notifier.name
    source, _, rest = where.partition(":")
    if source == "env" and not NAME.match(rest):
        raise InvalidInput(f"--notify {name}: env: needs the name of a variable. Write {name}=env:NAME.")
    if source in SOURCES:
        kept, sharp, key = rest.partition("#")
        if not kept or (sharp and not key):
            raise InvalidInput(f"--notify {name}: the name after {source}: is incomplete. Write {_forms(name)}.")
        region = SECRET_ARN.fullmatch(rest)
        return Channel(notifier, source, rest, region[1] if region else "")
    return Channel(notifier, "url", _address(where, f"--notify {name}", f"Write {_forms(name)}."))


def _forms(name: str) -> str:
    return f"{name}=env:NAME, {name}=secret:NAME#KEY, {name}=ssm:/PATH or {name}=https://…"


# --- addresses -----------------------------------------------------------------------------------------------------


def _address(text: str, where: str, fix: str) -> Secret:
    """Validate a URL to post to. Errors repeat nothing of it."""
    if not text.isprintable() or " " in text:
        raise InvalidInput(f"{where}: the URL contains a space or a non-printable character. {fix}")
    try:
        url = urlsplit(text)
        right = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        right = False
    if not right:
        raise InvalidInput(f"{where}: the value is not a URL. {fix}")
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise InvalidInput(
            f"{where}: the URL begins with http:, so messages could be read in transit. Use an https: URL."
        )
    return Secret(text, where)


def resolve(
    channels: Sequence[Channel], *, cloud: Callable[[str], Cloud], environ: Mapping[str, str]
) -> tuple[Receiver, ...]:
    """Look up all addresses before the run. AWS is called only for stored URLs and for buses.

    Args:
        channels: The results of `parse`.
        cloud: Returns a cloud for a Region that allows `CALLS`; an empty name is the Region of the run.
        environ: Environment variables.

    Raises:
        InvalidInput: A variable, secret, parameter or bus does not exist, or does not contain a URL.
        CloudError: AWS refused the lookup.
    """
    wanted = tuple(dict.fromkeys(channels))
    near = {c: _receiver(c, environ) for c in wanted if c.source in ("env", "url")}  # before AWS is called
    return tuple(near.get(c) or _far(c, cloud) for c in wanted)


def _far(channel: Channel, cloud: Callable[[str], Cloud]) -> Receiver:
    if channel.source == "arn":
        channel.notifier.check(channel, cloud)
        return Receiver(channel.notifier, channel.label, arn=str(channel.where), region=channel.region)
    return _kept(channel, cloud(channel.region))


def _receiver(channel: Channel, environ: Mapping[str, str]) -> Receiver:
    if isinstance(channel.where, Secret):
        return Receiver(channel.notifier, channel.label, channel.where)
    text = environ.get(channel.where, "").strip()
    if not text:
        hint = suggest(channel.where, environ) if channel.where not in environ else ""
        message = f"--notify {channel.label}: the environment variable {channel.where} is not set or empty."
        raise InvalidInput(sentences(message, hint, "Set it to the URL."))
    return _with_url(channel, text)


def _with_url(channel: Channel, text: str) -> Receiver:
    return Receiver(
        channel.notifier, channel.label, _address(text, f"--notify {channel.label}", "Store the URL there.")
    )


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
