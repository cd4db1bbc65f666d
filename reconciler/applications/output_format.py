"""What a format of `outputs` is: a function from a pool and a client to a text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from reconciler.applications.client_settings import secret_is_there
from reconciler.applications.known_pool import KnownObject, KnownPool
from reconciler.errors import Refused
from schemas.records import record


@record(frozen=True, slots=True)
class Wanted:
    """What an output is about."""

    pool: KnownPool
    """The pool."""
    client: KnownObject
    """One of its clients."""
    prefix: str = ""
    """What each name in the output begins with, for formats that have a choice."""
    signing: Callable[[], str] = str
    """Returns the certificate with which the pool signs SAML requests, as PEM, without a newline at its end; empty if
    it is not known. A format that shows it calls this."""


@record(frozen=True, slots=True)
class Output:
    """One configuration."""

    text: str
    """The content of the file; ends with a newline."""
    notices: tuple[str, ...] = ()
    """What it cannot say, and what to do; sentences."""


@record(frozen=True, slots=True)
class OutputFormat:
    """One format."""

    name: str
    """As people type it: `amplify`."""
    title: str
    """What it is, for the help and the reference; a noun phrase."""
    file: str
    """The name that libraries expect, or that is usual."""
    make: Callable[[Wanted], Output]
    """Makes it. Raises `Unsettled` for what is unknown, and `Refused` for a client that it cannot describe."""
    browser: bool = False
    """Whether it ends up on devices of users, where a secret would be none."""
    credentials: bool = False
    """Whether it names the identity pool that gives users AWS credentials."""
    certificate: bool = False
    """Whether it shows the certificate with which the pool signs SAML requests."""
    prefix: str | None = None
    """What names begin with if nothing else is asked for; None if the names are given."""


def made(form: OutputFormat, wanted: Wanted) -> Output:
    """Return an output.

    Raises:
        Refused: The client has a secret, and the format is for browsers; or the format cannot describe the client.
        Unsettled: Something that it needs is unknown.
    """
    if form.browser:
        require_public(wanted.client, form.name)
    return form.make(wanted)


def require_public(client: KnownObject, form: str) -> None:
    """Require that a client has no secret.

    Raises:
        Refused: It has one. A library on a device of a user cannot keep it, and requests without it are refused.
        Unsettled: It is unknown whether it has one.
    """
    if secret_is_there(client):
        raise Refused(
            f"{client.address} has a secret, and what {form} configures runs on devices of users: Cognito refuses "
            "requests without the secret, and on a device it would be public. Use a client without a secret "
            "(GenerateSecret: false); whether a client has one is fixed when it is created."
        )


def as_json(tree: Any) -> str:
    """Return a tree as people read it in a repository: two spaces, members in their order."""
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
