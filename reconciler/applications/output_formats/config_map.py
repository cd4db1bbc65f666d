"""`kubernetes`: a ConfigMap, whose keys a Deployment takes as environment variables with envFrom."""

from __future__ import annotations

import re

from reconciler.applications.client_settings import values
from reconciler.applications.output_format import Output, OutputFormat, Wanted
from reconciler.applications.output_formats.dotenv import about_the_secret, as_text
from reconciler.manifests.writer import blocks

LONGEST = 253
"""Of a name in Kubernetes."""


def make(wanted: Wanted) -> Output:
    """Return the object; lists are separated by spaces."""
    found = values(wanted.pool, wanted.client)
    data = {f"{wanted.prefix}COGNITO_{name.upper()}": as_text(value) for name, value in found.items()}
    tree = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": _name(f"{wanted.pool.name}-{wanted.client.name}")},
        "data": data,
    }
    text = "\n".join(blocks(tree, len(tree)))
    return Output(text, tuple(about_the_secret(wanted)))


def _name(text: str) -> str:
    plain = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-") or "client"
    return f"cognito-{plain}"[:LONGEST].strip("-")


FORMAT = OutputFormat(
    name="kubernetes",
    title="ConfigMap of Kubernetes",
    file="cognito-config.yaml",
    make=make,
    credentials=True,
    prefix="",
)
