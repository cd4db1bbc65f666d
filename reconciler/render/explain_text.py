"""What is known about a place in a manifest or about a rule, for people and for programs.

docs/reference/ and docs/rules.md have the same sentences.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler import __version__
from reconciler.explaining.facts import Calls, Explanation, FactLine, Facts, Type, Value, spelled
from reconciler.kinds.kind import Rule
from reconciler.render.human import BOLD, Pen
from reconciler.render.machine import FORMAT

LABEL = 14
"""Columns of the words on the left."""

COLUMN = 28
"""Longest type in a table, in columns; a longer one is told in a few words."""

NAMES = 30
"""Widest column of names; a longer one has a line of its own."""

MUTABILITY: Mapping[str, str] = {
    "changeable": "Can be changed.",
    "create_only": "Can be set only when the object is made.",
    "add_only": "Can be added to, and nothing else.",
    "once": "Can be set once.",
    "name": "It is what tells objects apart: another one is another object.",
    "pin": "Cognito makes it; it only says which live object is meant.",
}
"""Mutability in words."""

UPDATE: Mapping[str, str] = {
    "kept": "keeps it",
    "reset": "resets it",
    "unmeasured": "may reset it (nobody has measured)",
    "": "",
}
"""What the API's own update does with a member that it is not sent, in words."""

PLURALS: Mapping[str, str] = {"integer": "integers", "string": "strings", "structure": "structures"}

FACTS = "cognito.md"
"""How a source begins that is a section of docs/cognito.md."""

STOPS = "Nothing is written; the run ends with 4, or with 3 in validate."
WARNS = "A notice; nothing is stopped."


# --- words ---------------------------------------------------------------------------------------------------------


def value(one: Value, *, many: bool = False) -> str:
    """Return a value's type in words: `integer 6..99`, `ENABLED, DISABLED`, `string 1..128`.

    Args:
        one: The value.
        many: Whether several of them are meant.
    """
    if one.values:
        return f"{'any of ' if many else ''}{', '.join(one.values)}"
    name = PLURALS.get(one.name, one.name) if many else one.name
    return f"{name}{_range(one.low, one.high)}"


def _range(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    return f" {'' if low is None else low}..{'' if high is None else high}"


def words(type_: Type) -> str:
    """Return a type in words: `list of up to 50 strings 1..256`, `map of string 1..128 to string ..256`."""
    one = type_.value
    if type_.shape == "list":
        return f"list of {_count(type_)}{value(one, many=True)}"
    if type_.shape == "map":
        return f"map of {_count(type_)}{value(type_.key, many=False) if type_.key else 'string'} to {value(one)}"
    return value(one)


def _count(type_: Type) -> str:
    low, high = type_.fewest or 0, type_.most
    if high is None:
        return f"at least {low} " if low else ""
    return f"{low} to {high} " if low else f"up to {high} "


def short(type_: Type) -> str:
    """Return a type in a few words, for a column."""
    text = words(type_)
    if len(text) <= COLUMN:
        return text
    one = type_.value
    if type_.shape == "scalar":
        return f"one of {len(one.values)} values" if one.values else one.name
    return f"{type_.shape} of {f'{len(one.values)} values' if one.values else PLURALS.get(one.name, one.name)}"


def facts(about: Explanation) -> Iterator[tuple[str, str]]:
    """Yield what is known as label and text, in the order in which it is wanted; notes are among it."""
    yield "Type", words(about.type)
    yield from _forms(about.type)
    if about.facts:
        yield from _member(about.facts)
    else:
        yield from _kind(about)
    for note in about.notes:
        yield "Note", note
    yield from _calls(about.calls, about)
    if about.permissions:
        yield "IAM", ", ".join(about.permissions)
    for path, actions in about.conditional:
        yield "", f"With {path}: {', '.join(actions)}"


def _forms(type_: Type) -> Iterator[tuple[str, str]]:
    if type_.key and type_.key.form:
        yield "Keys", type_.key.form
    if type_.key and type_.key.values:
        yield "Keys", ", ".join(type_.key.values)
    if type_.value.form:
        yield "Form", type_.value.form
    if type_.value.values:
        yield "Form", "Other values are taken with a warning."


def _member(known: Facts) -> Iterator[tuple[str, str]]:
    yield "Default", spelled(known.default[0]) if known.default else "none"
    yield "Change", _changes(known)
    if not known.change.removable and known.change.mutability == "changeable":
        yield "Unset", " ".join(("Cannot be unset.", *known.change.advice))
    yield "Left out", f"In a manifest, {known.omission.manifest}; at creation, {known.omission.creation}."
    if known.omission.update:
        does = UPDATE[known.omission.update]
        yield "", f"An update of the API that leaves it out {does}; poolctl always sends it."
    yield "null", known.null
    yield from _qualities(known)


def _changes(known: Facts) -> str:
    said = MUTABILITY[known.change.mutability]
    return said if known.change.mutability == "changeable" else " ".join((said, *known.change.advice))


def _qualities(known: Facts) -> Iterator[tuple[str, str]]:
    if known.tier:
        yield "Plan", f"{known.tier}{'' if known.tier == 'PLUS' else ' or higher'}"
    for text in known.comparison:
        yield "Compared", text
    if known.secret:
        yield "Secret", "Never shown. Write {$secret: NAME#KEY}."
    if known.secret_keys:
        yield "Secret", f"{', '.join(known.secret_keys)}: never shown. Write {{$secret: NAME#KEY}}."
    if known.write_only:
        yield "Write-only", "Cognito never shows it, so that no change by hand can be seen."
    if known.write_only_keys:
        yield "Write-only", f"Cognito never shows {', '.join(known.write_only_keys)}."
    if known.deprecated:
        yield "Deprecated", "Superseded. Still taken, with a notice."
    if known.since:
        yield "Since", str(known.since)


def _kind(about: Explanation) -> Iterator[tuple[str, str]]:
    if about.type.shape == "map":
        named = f"; the key is the {about.named_by}" if about.named_by else ""
        yield "Objects", f"Any number{named}."
    else:
        yield "Objects", "One."
    yield "Document", f"kind: {about.document}"
    yield "Left out", "It is not managed, and never touched."
    empty = "{} means managed and empty." if about.type.shape == "map" else "{} means managed, with nothing to say."
    yield "", f"{empty} null is refused."
    if not about.planned:
        yield "Planned", "Not yet: this version validates it, and plan and apply do not look at it."
    if about.planned and not about.calls.delete:
        yield "Deleted", "Never."


def _calls(calls: Calls, about: Explanation) -> Iterator[tuple[str, str]]:
    named = (("Read by", calls.read), ("Created by", calls.create), ("Updated by", calls.update))
    for label, operations in (*named, ("Deleted by", calls.delete)):
        if operations:
            yield label, ", ".join(operation.partition(":")[2] for operation in operations)
        elif label == "Created by" and about.planned and not about.facts:
            yield label, "Comes with what it belongs to."


# --- for people ----------------------------------------------------------------------------------------------------


def human(about: Explanation, *, color: bool, width: int = 100) -> str:
    """Return the text about a place.

    Args:
        about: What is known.
        color: Whether to use colour.
        width: Columns.
    """
    pen = Pen(color=color)
    lines = [pen.paint(BOLD, about.path), *_wrapped(about.title, width)]
    if about.description:
        lines += _wrapped(about.description, width)
    lines.append("")
    for label, text in facts(about):
        lines += _fact(label, text, pen, width)
    if about.members:
        lines += ["", pen.paint(BOLD, "Members"), *_table(about.members, width)]
    return "\n".join(lines) + "\n"


def overview(kinds: Sequence[Explanation], *, color: bool, width: int = 100) -> str:
    """Return one line for each kind, by the kind of document."""
    pen = Pen(color=color)
    lines = []
    for document in dict.fromkeys(k.document for k in kinds):
        lines += [pen.paint(BOLD, f"kind: {document}")]
        lines += _columns([(k.path, "", k.title) for k in kinds if k.document == document], width)
        lines.append("")
    more = (
        "`poolctl explain KIND` shows more, and so does `poolctl explain KIND.MEMBER`.",
        "`poolctl explain RULE` explains a refusal: the rule is shown in brackets, as in [P7].",
    )
    return "\n".join([*lines, *more]) + "\n"


def rule_facts(about: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is known about a rule as label and text, in the order in which it is wanted."""
    yield "Warned of" if about.warning else "Refused", about.what
    yield "Why", about.why
    yield "Do", about.advice
    yield "Effect", WARNS if about.warning else STOPS
    yield "Source", ", ".join(f"docs/{source}" if source.startswith(FACTS) else source for source in about.source)


def rule(about: Rule, *, color: bool, width: int = 100) -> str:
    """Return the text about a rule.

    Args:
        about: The rule.
        color: Whether to use colour.
        width: Columns.
    """
    pen = Pen(color=color)
    lines = [pen.paint(BOLD, about.id), *_wrapped(about.title, width), ""]
    for label, text in rule_facts(about):
        lines += _fact(label, text, pen, width)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, max(width, 24), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _fact(label: str, text: str, pen: Pen, width: int) -> list[str]:
    """Return a fact with its label on the left; the label is painted after the lines are broken."""
    first, *rest = _wrapped(f"{label:<{LABEL}}{text}", width - 2, " " * LABEL) or [""]
    painted = pen.paint("2", first[:LABEL]) + first[LABEL:] if label else first
    return [f"  {line}" for line in (painted, *rest)]


def _table(lines: Sequence[FactLine], width: int) -> list[str]:
    widest = max((len(short(line.type)) for line in lines), default=0)
    return _columns([(line.name, f"{short(line.type):<{widest}}  ", line.title) for line in lines], width)


def _columns(rows: Sequence[tuple[str, str, str]], width: int) -> list[str]:
    """Return rows of two short columns, and a text that is broken within its own column."""
    left = min(max((len(name) for name, _, _ in rows), default=0), NAMES)
    found: list[str] = []
    for name, middle, text in rows:
        if len(name) > left:
            found.append(f"  {name}")
        head = f"  {name if len(name) <= left else '':<{left}}  {middle}"
        first, *rest = _wrapped(text, max(width - len(head), 24)) or [""]
        found += [(head + first).rstrip(), *(" " * len(head) + line for line in rest)]
    return found


# --- for programs --------------------------------------------------------------------------------------------------


def machine(about: Explanation | Rule | None, kinds: Sequence[Explanation]) -> str:
    """Return what is known as JSON.

    Args:
        about: The place or the rule that was asked for; None for the list of kinds.
        kinds: All kinds, where nothing was asked for.
    """
    tree = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "kinds": [_brief(k) for k in kinds],
        "explanation": _explanation(about) if isinstance(about, Explanation) else None,
        "rule": _rule(about) if isinstance(about, Rule) else None,
    }
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _rule(about: Rule) -> dict[str, Any]:
    return {
        "id": about.id,
        "title": about.title,
        "what": about.what,
        "why": about.why,
        "advice": about.advice,
        "source": list(about.source),
        "warning": about.warning,
    }


def _brief(kind: Explanation) -> dict[str, Any]:
    return {"path": kind.path, "document": kind.document, "title": kind.title, "planned": kind.planned}


def _explanation(about: Explanation) -> dict[str, Any]:
    return {
        "path": about.path,
        "section": about.section,
        "document": about.document,
        "resource_type": about.resource_type or None,
        "planned": about.planned,
        "title": about.title,
        "description": about.description,
        "notes": list(about.notes),
        "type": _type(about.type),
        "named_by": about.named_by or None,
        "facts": _facts(about.facts) if about.facts else None,
        "operations": {name: list(found) for name, found in about.calls._asdict().items()},
        "permissions": list(about.permissions),
        "conditional_permissions": [{"path": path, "actions": list(actions)} for path, actions in about.conditional],
        "members": [
            {"path": line.path, "name": line.name, "type": _type(line.type), "title": line.title}
            for line in about.members
        ],
        "not_here": [{"name": name, "advice": advice} for name, advice in about.not_here],
    }


def _type(type_: Type) -> dict[str, Any]:
    return {
        "words": words(type_),
        "shape": type_.shape,
        "value": _value(type_.value),
        "key": _value(type_.key) if type_.key else None,
        "min_items": type_.fewest,
        "max_items": type_.most,
    }


def _value(one: Value) -> dict[str, Any]:
    return {"type": one.name, "min": one.low, "max": one.high, "form": one.form or None, "values": list(one.values)}


def _facts(known: Facts) -> dict[str, Any]:
    return {
        "required": known.required,
        "has_default": bool(known.default),
        "default": known.default[0] if known.default else None,
        "mutability": known.change.mutability,
        "removable": known.change.removable,
        "advice": list(known.change.advice),
        "omitted": {
            "manifest": known.omission.manifest,
            "creation": known.omission.creation,
            "update": known.omission.update or None,
        },
        "null": known.null,
        "plan": known.tier or None,
        "comparison": list(known.comparison),
        "secret": known.secret,
        "secret_keys": list(known.secret_keys),
        "write_only": known.write_only,
        "write_only_keys": list(known.write_only_keys),
        "deprecated": known.deprecated,
        "since": known.since,
    }
