"""Plans, drift and events → text.

In: results of the engine. Out: strings; nothing here writes anywhere or knows a terminal.
The JSON Schemas of the machine output are kept beside this file, because an installed package has to find them.
"""

from __future__ import annotations


def output_schema(name: str) -> str:
    """Return the JSON Schema of what a command writes with `-o json`.

    Args:
        name: `plan`, `validate`, `apply`, `diff` or `explain`; `planfile` for what `plan --out` saves,
            `notification` for what `drift --notify` sends.
    """
    from importlib.resources import files

    return files(__name__).joinpath("schemas", f"{name}.v1.json").read_text(encoding="utf-8")
