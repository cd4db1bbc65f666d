"""Facts about the keys around the sections of a document: `prune`, `protect`, `target.region`.

Messages name them like members, so `poolctl explain` describes them too; all facts are read off the schema of the
envelope.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.explaining.explanation import Calls, Explanation, FactLine, Type, Value
from reconciler.explaining.facts import SCALARS
from reconciler.model import OUTPUTS
from schemas.base import Member, Note, members
from schemas.documents import DEFAULT, DOCUMENTS
from schemas.forms import Choice, Example, Form
from schemas.paths import PathForm

REQUIRED = "Required in every document."
REQUIRED_INSIDE = "Required in each item."


def explain(path: str) -> Explanation | None:
    """Return the facts about a key of the envelope, or None if there is no such key.

    Args:
        path: A key, or a member of it: `prune`, `ignore.expires`. The default kind of document has all of them.
    """
    steps = path.split(".")
    known = members(DOCUMENTS[DEFAULT].envelope)
    member: Member | None = None
    for step in steps:
        member = known.get(step)
        if member is None:
            return None
        known = members(member.model) if member.model else {}
    return _completed(_explanation(path, member)) if member else None


def _completed(about: Explanation) -> Explanation:
    """Add what only the formats of outputs know; they are loaded for nothing else."""
    if about.path.partition(".")[0] != OUTPUTS:
        return about
    from reconciler.explaining.output_facts import completed

    return completed(about)


def paths() -> tuple[str, ...]:
    """Return every path of the envelope that can be explained, in the order of the schema."""
    found = []
    for key, member in members(DOCUMENTS[DEFAULT].envelope).items():
        found += [key, *(f"{key}.{inner}" for inner in (members(member.model) if member.model else ()))]
    return tuple(found)


def _explanation(path: str, member: Member) -> Explanation:
    inner = members(member.model) if member.model else {}
    required = REQUIRED_INSIDE if "." in path else REQUIRED
    return of_manifest(
        path,
        title=member.description,
        description=_description(member),
        notes=(*((required,) if member.required else ()), *(m.text for m in member.marks if isinstance(m, Note))),
        type_=_type(member),
        lines=tuple(FactLine(f"{path}.{m.name}", m.name, _type(m), m.description) for m in inner.values()),
    )


def of_manifest(
    path: str, *, title: str, description: str, notes: tuple[str, ...], type_: Type, lines: tuple[FactLine, ...]
) -> Explanation:
    """Return the facts about something that only the manifest knows: no call, permission or section belongs to it.

    Args:
        path: What it is called: `prune`, `$ref`.
        title: What it is, in a few words.
        description: What there is to say beyond that; may be empty.
        notes: What to know about it.
        type_: What may be written.
        lines: One for each member of it.
    """
    return Explanation(
        path=path,
        section="",
        document=DEFAULT,
        title=title,
        description=description,
        notes=notes,
        type=type_,
        named_by="",
        resource_type="",
        planned=True,
        facts=None,
        calls=Calls(),
        permissions=(),
        conditional=(),
        members=lines,
        reset="",
        not_here=(),
    )


def _description(member: Member) -> str:
    """Say what each item of a list is."""
    said = " ".join((member.model.__doc__ or "").split()) if member.model else ""
    return said if said != member.description else ""


def _type(member: Member) -> Type:
    if member.shape == "structure":
        return Type("structure", Value("structure"))
    marks = member.item_marks if member.shape == "list" else member.marks
    if member.model:
        return Type(member.shape, Value("structure"))
    number = any(isinstance(mark, Example) and mark.example.isdigit() for mark in marks)
    name = "integer" if number else SCALARS.get(member.scalar, "string")
    return Type(member.shape, Value("string" if name == "any" else name, form=_form(member, marks)))


def _form(member: Member, marks: tuple[Any, ...]) -> str:
    """Say what a value looks like: the pattern in words, the valid names, or an example."""
    if member.name == "kind":
        return f"Write {' or '.join(DOCUMENTS)}; the default is {DEFAULT}."
    return " ".join(_said(member, marks))


def _said(member: Member, marks: tuple[Any, ...]) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, Form):
            yield mark.pattern.fix
        elif isinstance(mark, PathForm):
            yield f"Write one such as {mark.example}."
        elif isinstance(mark, Choice):
            yield from _choices(member.name)
        elif isinstance(mark, Example):
            yield f"Write {member.name}: {mark.example}."


def _choices(name: str) -> Iterator[str]:
    """Say which names are valid, for each kind of document that has any."""
    for kind in DOCUMENTS.values():
        choice = next(mark for mark in members(kind.envelope)[name].item_marks if isinstance(mark, Choice))
        yield f"In kind: {kind.name}, write {_either(list(choice.names()))}."


def _either(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
