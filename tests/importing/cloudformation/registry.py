"""The properties of CloudFormation's types for Cognito, as cfn-lint ships them, and `registry.json`, which has them.

cfn-lint weighs 140 MB with what it needs, so it is in an extra of its own, `registry`. Where it is installed, a test
compares, and `python -m tests.importing.cloudformation.registry` writes the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "registry.json"
PREFIX = "AWS::Cognito::"


def stored() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def installed(region: str = "us-east-1") -> dict[str, Any]:
    """What the installed cfn-lint has."""
    import cfnlint

    folder = Path(cfnlint.__file__).parent / "data" / "schemas"
    provider = json.loads((folder / "providers" / f"{region}.json").read_text(encoding="utf-8"))
    types = {}
    for file in (folder / "resources").glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        name = str(schema.get("typeName", ""))
        if name.startswith(PREFIX) and file.stem in json.dumps(provider):
            types[name] = {
                "primaryIdentifier": [path.removeprefix("/properties/") for path in schema["primaryIdentifier"]],
                "readOnly": sorted(p.removeprefix("/properties/") for p in schema.get("readOnlyProperties", ())),
                "properties": dict(sorted(_leaves(schema, schema, ""))),
            }
    date = json.loads((folder / "version.json").read_text(encoding="utf-8"))["schema_date"]
    source = f"cfn-lint {version('cfn-lint')}, registry of {date[:10]}"
    return {"source": source, "types": dict(sorted(types.items()))}


def _leaves(schema: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield each property with its type; `[]` is an item of a list, `{}` a value of a map."""
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    kinds = node.get("type", "object")
    kind = "|".join(kinds) if isinstance(kinds, list) else kinds
    values = next(iter(node.get("patternProperties", {}).values()), None)
    if node.get("properties"):
        for name, inner in node["properties"].items():
            yield from _leaves(schema, inner, f"{path}.{name}" if path else name)
    elif kind == "array":
        yield from _leaves(schema, node["items"], f"{path}[]")
    elif isinstance(values, dict) and values.get("$ref"):
        yield from _leaves(schema, values, f"{path}{{}}")
    else:
        yield path, f"{kind} of string" if isinstance(values, dict) else kind


if __name__ == "__main__":
    FILE.write_text(json.dumps(installed(), indent=1) + "\n", encoding="utf-8", newline="\n")
