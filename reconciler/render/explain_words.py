"""Facts about a kind, a member or a rule, in words.

The terminal, the JSON, docs/reference/ and docs/rules.md share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.explaining.explanation import Calls, Explanation, Facts, Type, Value, spelled

if TYPE_CHECKING:  # most topics are no rules
    from reconciler.kinds.kind import Rule
    from reconciler.security.rule import SecurityRule

FACTS = "cognito.md"
"""Prefix of a source that is a section of docs/cognito.md."""

STOPS = "Nothing is written; the command exits with 4."
STOPS_OFFLINE = "validate exits with 3 if the manifest alone breaks it."
WARNS = "A warning only; the command continues."
UNCHECKED = "validate does not check it."

COLUMN = 28
"""Longest type in a table, in columns; a longer one is abbreviated."""

MUTABILITY: Mapping[str, str] = {
    "changeable": "Can be changed.",
    "create_only": "Can be set only at creation.",
    "add_only": "Items can be added, but not changed or removed.",
    "once": "Can be set once.",
    "name": "Identifies the object: a different value means a different object.",
    "pin": "Assigned by Cognito; it only selects the live object.",
}
"""Mutability in words."""

UPDATE: Mapping[str, str] = {
    "kept": "keeps it",
    "reset": "resets it",
    "unmeasured": "may reset it (not measured)",
    "": "",
}
"""What the API's own update does with an omitted member, in words."""

PLURALS: Mapping[str, str] = {"integer": "integers", "string": "strings", "structure": "structures"}


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
    """Yield the facts as label and text, in display order, including notes."""
    yield "Type", words(about.type)
    yield from _forms(about.type)
    if about.facts:
        yield from _member(about.facts)
    elif not about.section:
        yield "Document", f"kind: {' or '.join(_documents(about))}"
    else:
        yield from _kind(about)
    for note in about.notes:
        yield "Note", note
    yield from _calls(about.calls, about)
    if about.permissions:
        yield "IAM", ", ".join(about.permissions)
    label = "" if about.permissions else "IAM"
    for path, actions in about.conditional:
        yield label, f"With {path}: {', '.join(actions)}"
        label = ""


def _documents(about: Explanation) -> list[str]:
    """Return the kinds of documents that have a key of the envelope, or a form of a value."""
    from schemas.base import members
    from schemas.documents import DOCUMENTS

    key = about.path.partition(".")[0]
    found = [kind.name for kind in DOCUMENTS.values() if key in members(kind.envelope)]
    return found or list(DOCUMENTS)  # a form of a value has its place in each


def _forms(type_: Type) -> Iterator[tuple[str, str]]:
    if type_.key and type_.key.form:
        yield "Keys", type_.key.form
    if type_.key and type_.key.values:
        yield "Keys", ", ".join(type_.key.values)
    if type_.value.form:
        yield "Form", type_.value.form
    if type_.value.values:
        yield "Form", "Other values are accepted with a warning."


def _member(known: Facts) -> Iterator[tuple[str, str]]:
    yield "Default", spelled(known.default[0]) if known.default else "none"
    yield "Change", _changes(known)
    if not known.change.removable and known.change.mutability == "changeable":
        yield "Unset", " ".join(("Cannot be unset.", *known.change.advice))
    yield "Omitted", f"In a manifest, {known.omission.manifest}; at creation, {known.omission.creation}."
    if known.omission.update:
        does = UPDATE[known.omission.update]
        yield "", f"An API update that omits it {does}; poolctl always sends it."
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
        yield "Write-only", "Cognito never returns it, so manual changes cannot be detected."
    if known.write_only_keys:
        yield "Write-only", f"Cognito never returns {', '.join(known.write_only_keys)}."
    if known.deprecated:
        yield "Deprecated", "Superseded; still accepted, with a notice."
    if known.since:
        yield "Since", str(known.since)


def _kind(about: Explanation) -> Iterator[tuple[str, str]]:
    if about.type.shape == "map":
        named = f"; the key is the {about.named_by}" if about.named_by else ""
        yield "Objects", f"Any number{named}."
    else:
        yield "Objects", "One."
    yield "Document", f"kind: {about.document}"
    yield "Omitted", "Not managed, and never changed."
    empty = "{} means managed and empty." if about.type.shape == "map" else "{} means managed, with nothing declared."
    yield "", empty
    yield "null", about.reset
    if not about.planned:
        yield "Planned", "Not yet: this version validates it, but plan and apply ignore it."
    if about.planned and not about.calls.delete:
        yield "Deleted", "Never."


def _calls(calls: Calls, about: Explanation) -> Iterator[tuple[str, str]]:
    named = (("Read by", calls.read), ("Created by", calls.create), ("Updated by", calls.update))
    for label, operations in (*named, ("Deleted by", calls.delete)):
        if operations:
            yield label, ", ".join(operation.partition(":")[2] for operation in operations)
        elif label == "Created by" and about.section and about.planned and not about.facts:
            yield label, "Created together with its parent."


def rule_facts(about: Rule) -> Iterator[tuple[str, str]]:
    """Yield the facts about a rule as label and text, in display order."""
    yield "Warned of" if about.warning else "Refused", about.what
    yield "Why", about.why
    yield "Do", about.advice
    yield "Effect", effect(about)
    yield "Source", ", ".join(f"docs/{source}" if source.startswith(FACTS) else source for source in about.source)


def security_facts(about: SecurityRule) -> Iterator[tuple[str, str]]:
    """Yield the facts about a security rule as label and text, in display order."""
    yield "Severity", severities(about)
    yield "Found", about.rule.what
    yield "Why", about.rule.why
    yield "Do", about.rule.advice
    yield "Members", ", ".join(about.fields)
    if about.reads:
        yield "Needs", f"--live, which reads {' and '.join(about.reads)}."
    elif about.uses:
        yield "Sees more", f"With --live, which reads {' and '.join(about.uses)}."
    if about.same:
        yield "The same", scanners(about)
    yield "Source", ", ".join(f"docs/{source}" if source.startswith(FACTS) else source for source in about.rule.source)


def severities(about: SecurityRule) -> str:
    """Return the severity of a rule, and that for each profile where it is another one."""
    others = [f"{risk or 'not judged'} for {name}" for name, risk in about.profiles.items() if risk != about.severity]
    return "; ".join([about.severity, *others])


def scanners(about: SecurityRule) -> str:
    """Return the rules of other scanners that mean the same."""
    from reconciler.render.weaknesses import SCANNERS

    return "; ".join(f"{SCANNERS[scanner]} {', '.join(ids)}" for scanner, ids in about.same.items())


def effect(about: Rule) -> str:
    """Return what happens to a command that finds a rule broken, and whether `validate` can find it."""
    from reconciler.security.changes import CHANGES, EFFECT

    if about.id in CHANGES:
        return EFFECT
    return f"{WARNS if about.warning else STOPS} {STOPS_OFFLINE if about.offline else UNCHECKED}"
