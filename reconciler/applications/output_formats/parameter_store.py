"""`ssm`: parameters of Systems Manager, each as the input of PutParameter."""

from __future__ import annotations

import re
from typing import Any

from reconciler.applications.client_settings import values
from reconciler.applications.output_format import Output, OutputFormat, Wanted, as_json
from reconciler.applications.output_formats.dotenv import about_the_secret, as_text

STRING = "String"
"""Type of every parameter: none of them is a secret. Parameter Store does not change the type of one that exists."""

STANDARD = 4096
"""Longest value of a parameter of the standard tier, in bytes."""


ALWAYS = ("client_id", "region", "user_pool_id")
"""Names that every client has, whatever is known of it."""


def path(prefix: str, pool: str, client: str) -> str:
    """Return the path of the parameters of a client, without a slash at its end.

    Args:
        prefix: What is asked for; empty for the usual.
        pool: Name of the pool.
        client: Key or name of the client.
    """
    return prefix.rstrip("/") or f"/cognito/{_step(pool)}/{_step(client)}"


def parameters(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the inputs of PutParameter, by name; below `/cognito/POOL/CLIENT` if no prefix is asked for."""
    below = path(wanted.prefix, wanted.pool.name, wanted.client.name)
    found = values(wanted.pool, wanted.client)
    return [_parameter(f"{below}/{name}", as_text(value)) for name, value in sorted(found.items())]


def _parameter(name: str, value: str) -> dict[str, Any]:
    tier = {"Tier": "Advanced"} if len(value.encode()) > STANDARD else {}
    return {"Name": name, "Type": STRING, "Value": value, "Overwrite": True, **tier}


def _step(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("-") or "client"


def make(wanted: Wanted) -> Output:
    """Return the list; lists in values are separated by spaces."""
    return Output(as_json(parameters(wanted)), tuple(about_the_secret(wanted)))


FORMAT = OutputFormat(
    name="ssm",
    title="parameters of Systems Manager, as inputs of PutParameter; `--prefix /my/app` is their path",
    file="parameters.json",
    make=make,
    credentials=True,
    prefix="",
)
