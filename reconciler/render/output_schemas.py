"""The JSON Schemas (2020-12) of what programs read, generated from its types.

`poolctl schema --output NAME` prints them, and `python -m tools.output_schemas` publishes them in docs/schema/. Only
this module needs pydantic.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from reconciler.render import output_types, people_types, replacement_types, stream_lines, url_types

DIALECT = "https://json-schema.org/draft/2020-12/schema"

EVENTS = (
    "One line of what `plan`, `apply`, `drift` and `validate` write with `-o jsonl`. Ignore lines of unknown types."
)

SHAPES: dict[str, tuple[Any, str, str]] = {
    "plan": (output_types.PlanDocument, "poolctl plan", ""),
    "validate": (output_types.ValidateDocument, "poolctl validate", ""),
    "lint": (output_types.LintDocument, "poolctl lint", ""),
    "apply": (output_types.ApplyDocument, "poolctl apply", ""),
    "drift": (output_types.DriftDocument, "poolctl drift", ""),
    "pool": (output_types.PoolDocument, "poolctl show pool", ""),
    "diff": (output_types.DiffDocument, "poolctl diff", ""),
    "explain": (output_types.ExplainDocument, "poolctl explain", ""),
    "doctor": (output_types.DoctorDocument, "poolctl doctor", ""),
    "recover": (output_types.RecoverDocument, "poolctl recover", ""),
    "replace": (replacement_types.ReplaceDocument, "poolctl replace", ""),
    "import": (output_types.ImportDocument, "poolctl import", ""),
    "urls": (url_types.UrlsDocument, "poolctl urls", ""),
    "users": (people_types.UsersDocument, "poolctl users list", ""),
    "user": (people_types.UserDocument, "poolctl users show", ""),
    "users_import": (people_types.UsersImportDocument, "poolctl users import", ""),
    "planfile": (output_types.PlanFile, "poolctl plan file", ""),
    "events": (stream_lines.StreamLine, "poolctl events", EVENTS),
    "notification": (output_types.NotificationDocument, "poolctl notification", ""),
}
"""For each output: its type, the title of its schema, and its description where the type has no docstring."""


class _Generator(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - none has one
        return False


def output_schema(name: str) -> str:
    """Return the JSON Schema of an output.

    Args:
        name: One of SHAPES.
    """
    shape, title, description = SHAPES[name]
    made = TypeAdapter(shape).json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}")
    found = {k: _bare(v) for k, v in made.items() if k != "title"}
    head = {"$schema": DIALECT, "$id": f"urn:poolctl:{name}:v1", "title": title}
    about = description or " ".join(str(found.pop("description")).split())
    defined = {"$defs": found.pop("$defs")} if "$defs" in found else {}
    whole = {**head, "description": about, **found, **defined}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _bare(value: Any) -> Any:
    """Take out the titles of types, and line ends of descriptions. A property may be called `title`, and is a map."""
    if isinstance(value, list):
        return [_bare(v) for v in value]
    if not isinstance(value, dict):
        return value
    found = {k: _bare(v) for k, v in value.items() if not (k == "title" and isinstance(v, str))}
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split())
    return found
