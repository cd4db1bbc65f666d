"""Generates docs/schema/config.v1.json, the schema with which editors complete and validate poolctl.yaml.

Keys, shapes and words are those of the options of the command line.
"""

from __future__ import annotations

import json
from argparse import Action
from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.cli.config_allow import KEYS, OPTIONAL
from reconciler.cli.config_keys import ALLOW, GLOBAL_KEYS, SECTIONS, SHARED_KEYS, VERSION, key
from reconciler.cli.configuration import SHARED_BY
from reconciler.cli.entry import COMMANDS, load
from reconciler.cli.parsing import Parser, parser
from reconciler.security.criteria import CRITERIA, NONE
from reconciler.terminal.settings import GLOBALS, SWITCHES, Option

PAGE = "docs/schema/config.v1.json"

ENTRY = {
    "rule": "Id of a rule, such as CHG04, or weakens or irreversible.",
    "path": "Objects and members, such as clients/web.CallbackURLs or customers/groups/*; covers what is below it.",
    "reason": "Why it passes.",
    "owner": "Who answers for it.",
    "expires": "The last day on which it counts, such as 2027-06-30.",
}
"""What each key of an entry of `allow` holds."""

SEVERAL = frozenset({"outputs"})
"""Fields of options of commands that may be repeated."""

NUMBERS = {"whole": "integer", "rate": "number"}
"""Type of a global option that takes a number, by its kind."""


def pages() -> Mapping[str, str]:
    """Return the schema by its path."""
    return {PAGE: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}


def schema() -> dict[str, Any]:
    """Return the schema."""
    own = {key(name): _of_action(_action(SHARED_BY, name)) for name in SHARED_KEYS}
    sections = {name: _section(name, options) for name, options in SECTIONS.items()}
    globals_ = {key(name): _of_global(next(o for o in GLOBALS if o.name == name)) for name in GLOBAL_KEYS}
    version = {VERSION: {"description": "The version of this format.", "const": 1}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:poolctl:config:v1",
        "title": "poolctl.yaml",
        "description": "Options that a repository sets for every run of poolctl. The command line and POOLCTL_* win.",
        **_map({**version, **globals_, **own, ALLOW: _allow(), **sections}),
    }


def _map(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}


def _section(command: str, options: tuple[str, ...]) -> dict[str, Any]:
    found = {key(name): _of_action(_action(command, name)) for name in options}
    return {"description": f"Options of poolctl {command}.", **_map(found)}


def _allow() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    entry = _map({name: {"description": ENTRY[name], **text} for name in KEYS})
    entry["required"] = [name for name in KEYS if name not in OPTIONAL]
    return {"description": "What passes although fail_on asks for it.", "type": "array", "items": entry}


def _of_global(option: Option) -> dict[str, Any]:
    about = {"description": option.help}
    if option.kind == "list":
        shapes: list[dict[str, Any]] = [_list({"type": "string"}), {"type": "string"}]
        named = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
        return {**about, "anyOf": [*shapes, named] if option.name == "var" else shapes}
    if option.kind in SWITCHES:
        return {**about, "type": "boolean"}
    if option.kind == "choice":
        return {**about, "enum": option.metavar.split("|")}
    return {**about, "type": NUMBERS.get(option.kind, "string")}


def _of_action(action: Action) -> dict[str, Any]:
    about = {"description": (action.help or "").replace("%%", "%")}
    if action.nargs == 0:
        return {**about, "type": "boolean"}
    if action.dest == "fail_on":
        one: dict[str, Any] = {"enum": [*CRITERIA, NONE]}
        return {**about, "anyOf": [_list(one), {"type": "string"}]}
    if action.choices:
        return {**about, "enum": list(action.choices)}
    if action.dest in SEVERAL:
        return {**about, "anyOf": [_list({"type": "string"}), {"type": "string"}]}
    return {**about, "type": "integer" if action.metavar in ("N", "DAYS") else "string"}


def _list(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(item)}


def _action(command: str, name: str) -> Action:
    return _parser(command).option(f"--{name}")


@cache
def _parser(command: str) -> Parser:
    return parser(command, load(command), takes_paths=COMMANDS[command][2])
