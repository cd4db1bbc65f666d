"""The JSON Schema of manifests, which editors use for completion and checks.

It is generated from the models and kept as docs/schema/v1.json. An editor sees the file before references are
resolved, so a reference is allowed wherever a value is. Values of enumerations are suggested but not enforced, because
they lag the service. Members are enforced: an editor underlines a member that only a newer botocore knows, although
the tool accepts it with a notice, since a typing error is far more likely than a new member.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_origin

from schemas.base import (
    ApiModel,
    CreateOnly,
    Default,
    Deprecated,
    Member,
    Note,
    NotRemovable,
    OneOf,
    Sensitive,
    Since,
    Tier,
    members,
    types_of,
)
from schemas.docstrings import described
from schemas.documents import DOCUMENTS, DocumentKind
from schemas.forms import Choice
from schemas.generated_forms import AS, EACH, KEY, ROW_NAME, VALUE, WHEN
from schemas.limits import BeforeValidator
from schemas.paths import PathForm
from schemas.reference_kinds import FILE, REFERENCE_SYNTAX, VAR, ReferenceSyntax
from schemas.sections import is_object, is_resettable

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:poolctl:manifest:v1"

TYPES: Mapping[type, JsonSchema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    bytes: {"type": "string"},
    date: {"type": "string", "format": "date"},
    object: {},
}

DYNAMIC: JsonSchema = {"$ref": "#/$defs/Dynamic"}
MADE: JsonSchema = {"$ref": "#/$defs/Made"}
CONDITION: JsonSchema = {"$ref": "#/$defs/Condition"}
BESIDE = "What is made of rows, beside what is written out."
NULL: JsonSchema = {"type": "null"}


# --- limits --------------------------------------------------------------------------------------------------------

LIMITS: Mapping[str, Mapping[str, str]] = {
    "scalar": {
        "ge": "minimum",
        "le": "maximum",
        "min_length": "minLength",
        "max_length": "maxLength",
        "pattern": "pattern",
    },
    "list": {"min_length": "minItems", "max_length": "maxItems"},
    "map": {"min_length": "minProperties", "max_length": "maxProperties"},
    "structure": {},
}
"""Names of limits in pydantic and JSON Schema, by the shape of the value."""


def limits(marks: Iterable[Any], shape: str = "scalar") -> JsonSchema:
    """Return the limits among the facts of a member, as JSON Schema spells them.

    Args:
        marks: Facts of a member, of its items or of its keys.
        shape: The shape of the value that they are about.
    """
    every = ((theirs, getattr(m, ours, None)) for m in marks for ours, theirs in LIMITS[shape].items())
    return {name: value for name, value in every if value is not None}


def _portable(found: JsonSchema) -> JsonSchema:
    r"""Omit patterns that not every regular-expression engine supports: classes like `\p{L}`."""
    return {name: value for name, value in found.items() if name != "pattern" or "\\p" not in value}


# --- values --------------------------------------------------------------------------------------------------------


def _scalar(scalar: type, marks: tuple[Any, ...]) -> list[JsonSchema]:
    """Return the alternatives for a literal value."""
    known = next((m for m in marks if isinstance(m, OneOf)), None)
    if known:
        return [{"enum": list(known.values)}, {"type": "string"}]
    choice = next((m for m in marks if isinstance(m, Choice)), None)
    if choice:
        return [{"enum": list(choice.names())}]
    base = dict(TYPES[scalar])
    if scalar is str and any(isinstance(m, BeforeValidator) for m in marks):
        base["type"] = ["string", "integer"]
    found = {**base, **_portable(limits(marks))}
    path = next((m for m in marks if isinstance(m, PathForm)), None)
    return [{**found, "patternErrorMessage": path.message}] if path else [found]


def _held(member: Member, marks: tuple[Any, ...]) -> list[JsonSchema]:
    """Return the alternatives for what a member, or each of its items, holds."""
    if member.model:
        return [{"$ref": f"#/$defs/{member.model.__name__}"}]
    return _scalar(member.scalar, marks)


def _written(member: Member) -> list[JsonSchema]:
    """Return the alternatives for a member's value, without references and null."""
    if member.shape == "list":
        items = {"anyOf": [*_held(member, member.item_marks), *_elsewhere(member), MADE]}
        return [{"type": "array", "items": items, **limits(member.marks, "list")}, MADE]
    if member.shape == "map":
        entry = [*_held(member, member.item_marks), DYNAMIC, *([] if is_object(member) else [NULL])]
        return [_map(member, {"anyOf": entry}), _made({"anyOf": entry})]
    return _held(member, member.marks)


def _map(member: Member, entry: JsonSchema) -> JsonSchema:
    keys = _portable(limits(member.key_marks))
    ours = {WHEN: CONDITION, EACH: {"description": BESIDE, "type": "array", "items": _made(entry), "minItems": 1}}
    patterns = [{"pattern": r"\$\{"}, {"enum": list(ours)}]
    named = {"propertyNames": {"anyOf": [keys, *patterns]}} if keys else {}
    found = {"type": "object", "properties": ours, "additionalProperties": entry, **named}
    return {**found, **limits(member.marks, "map")}


def _made(value: JsonSchema, *, keyed: bool = True) -> JsonSchema:
    """Return the schema of what is made of rows: objects or members by a key, or items of a list."""
    key = {KEY: {"description": "The key of what a row makes: ${t.id}.", "type": "string", "minLength": 1}}
    properties = {
        EACH: {"$ref": "#/$defs/Rows"},
        AS: {"description": "What a row is called in texts: ${t.id}.", "type": "string", "pattern": f"^{ROW_NAME}$"},
        **(key if keyed else {}),
        VALUE: value,
        WHEN: CONDITION,
    }
    required = [EACH, AS, *(key if keyed else ()), VALUE]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _member(member: Member, *, ours: bool) -> JsonSchema:
    """Return the schema of a member; null resets members of the API, and has no meaning for our own members."""
    nothing = [] if (ours and not is_resettable(member)) or member.required else [NULL]
    result: JsonSchema = {"description": describe(member)} if member.description else {}
    result["anyOf"] = [*_written(member), *_elsewhere(member), *nothing]
    default = member.mark(Default)
    if default:
        result["default"] = default.value
    if member.has(Deprecated):
        result["deprecated"] = True
    return result


def _elsewhere(member: Member) -> list[JsonSchema]:
    """Return the alternative to a literal value, a reference; not in `locked`, as overlays are merged before."""
    locks = any(isinstance(m, PathForm) and m.purpose == "lock" for m in member.item_marks)
    return [] if locks else [DYNAMIC]


def describe(member: Member) -> str:
    """Return a description of a member for operators, as sentences."""
    sentences = [member.description]
    if note := member.mark(Note):
        sentences.append(note.text)
    if tier := member.mark(Tier):
        sentences.append(f"Requires the plan {tier.name}.")
    if frozen := member.mark(CreateOnly):
        sentences.append(f"Can be set only when the object is created. {frozen.advice}")
    if kept := member.mark(NotRemovable):
        sentences.append(f"Cannot be reset with null. {kept.advice}")
    if is_resettable(member):
        sentences.append("null resets all of it to what it is in a new pool.")
    if member.has(Sensitive):
        sentences.append("A secret: write {$secret: NAME#KEY}, never the plain text.")
    if since := member.mark(Since):
        sentences.append(f"New in {since.year}.")
    return " ".join(sentences)


# --- structures ----------------------------------------------------------------------------------------------------


def _structure(model: type[ApiModel], *, ours: bool) -> JsonSchema:
    table = members(model)
    properties = {name: _member(member, ours=ours or is_object(member)) for name, member in table.items()}
    for name, advice in model.MOVED.items():
        properties[name] = {"description": f"{name} {advice}.", "not": {}}
    required = [name for name, member in table.items() if member.required]
    result: JsonSchema = {"type": "object"}
    if model.__doc__:
        result["description"] = " ".join(model.__doc__.split())
    result |= {"properties": {**properties, WHEN: CONDITION}, "additionalProperties": False}
    return {**result, "required": required} if required else result


def _reachable(model: type[ApiModel]) -> Iterable[type[ApiModel]]:
    """Yield every structure that a structure holds, in the order of the schema, some more than once."""
    for member in members(model).values():
        if member.model:
            yield member.model
            yield from _reachable(member.model)


def _references() -> JsonSchema:
    description = "A map with one key that is replaced by a value from elsewhere."
    return {"description": description, **_one_of(*REFERENCE_SYNTAX)}


def _document(kind: DocumentKind) -> JsonSchema:
    root = _structure(kind.model, ours=True)
    properties = root["properties"]
    del properties[WHEN]  # a whole document is not switched off
    for name, found in types_of(kind.model).items():
        held = get_args(found)[0] if get_origin(found) is Annotated else found
        if get_origin(held) is Literal:
            properties[name] = {"description": described(kind.model)[name], "enum": list(get_args(held))}
    return root


def _choice() -> JsonSchema:
    """Return the choice between the kinds of documents, so an editor completes the right one.

    `if` works better than alternatives: a mistake in a document is reported for its own kind only, and a document
    without a kind has the default kind.
    """
    first, second = DOCUMENTS.values()
    return {
        "type": "object",
        "properties": {"kind": {"description": "What the document describes.", "enum": list(DOCUMENTS)}},
        "if": {"properties": {"kind": {"const": second.name}}, "required": ["kind"]},
        "then": {"$ref": f"#/$defs/{second.model.__name__}"},
        "else": {"$ref": f"#/$defs/{first.model.__name__}"},
    }


def _forms() -> JsonSchema:
    """Return what a value may be besides itself, and what `$each` and `$when` take."""
    inline = [f"${{{s.key}.{s.example}}}" for s in REFERENCE_SYNTAX if s.inline]
    text = {"type": "string", "pattern": rf"\$\{{{ROW_NAME}\."}
    wrapped = {
        "type": "object",
        "properties": {WHEN: CONDITION, VALUE: {}},
        "required": [WHEN, VALUE],
        "additionalProperties": False,
    }
    return {
        "Dynamic": {
            "description": f"A reference, a string with {' or '.join(inline)} in it, or a value with a condition.",
            "anyOf": [{"$ref": "#/$defs/Reference"}, text, wrapped],
        },
        "Condition": {
            "description": "What has to be true for this to be there; what is off is as if it had not been written.",
            "anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}, text, _one_of(VAR)],
        },
        "Rows": {
            "description": "The rows: a CSV with a header, a YAML or JSON list of maps, a variable, or a list.",
            "anyOf": [_one_of(FILE, VAR), {"type": "array", "items": {"type": "object"}}, text],
        },
        "Made": {"description": "Items of a list that are made of rows.", **_made({}, keyed=False)},
    }


def _one_of(*kinds: ReferenceSyntax) -> JsonSchema:
    """Return the schema of a reference of some kinds."""
    names = {f"${s.key}": {"type": "string", "minLength": 1, "description": s.help} for s in kinds}
    return {
        "type": "object",
        "properties": names,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def manifest_schema() -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of a manifest, in the order of the models."""
    defs: JsonSchema = {"Reference": _references(), **_forms()}
    for kind in DOCUMENTS.values():
        defs[kind.model.__name__] = _document(kind)
        for model in _reachable(kind.model):
            if model.__name__ not in defs:
                defs[model.__name__] = _structure(model, ours=_ours(model))
    return {
        "$schema": DIALECT,
        "$id": IDENTITY,
        "$comment": "Generated: make docs",
        "title": "poolctl manifest",
        **_choice(),
        "$defs": defs,
    }


def _ours(model: type[ApiModel]) -> bool:
    """Return whether a structure belongs to the envelope and not to the API."""
    return model.__module__ in {kind.model.__module__ for kind in DOCUMENTS.values()}


def text() -> str:
    """Return the text of docs/schema/v1.json: the same bytes on every machine."""
    return json.dumps(manifest_schema(), indent=2, ensure_ascii=False) + "\n"
