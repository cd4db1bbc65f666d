"""Checks a declared object against its schema, and says what is wrong so that the author need not look it up.

Pydantic decides what is valid; its messages are written for programmers and may quote a secret, so none of them is
shown. Three things it cannot do are done here: let opaque leaves stand anywhere (a secret, a value only AWS knows),
let through what the installed botocore knows and the schema does not yet, and turn texts that came from a variable or
the environment into the numbers and booleans they stand for.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from pydantic import StringConstraints, TypeAdapter, ValidationError

from reconciler.errors import Problem
from reconciler.manifests.references import Origin, close, has_links, nearest, references
from reconciler.model import Notice, Path, Position, Reference, Secret, Tree, dotted
from reconciler.values import shapes
from schemas.base import (
    ARN,
    CODE,
    LINK,
    NAME,
    PRINTABLE,
    PRINTABLE_OR_SPACE,
    VISIBLE,
    ApiModel,
    Deprecated,
    Member,
    Note,
    OneOf,
    SecretKeys,
    Sensitive,
    members,
)
from schemas.forms import UNFIT, Example
from schemas.terms import LANGUAGE
from schemas.user_pool import ATTRIBUTE_NAME

SHOWN = 60
"""Longest value that a message repeats, in characters."""


@dataclass
class ProblemReport:
    """Collects what a check finds."""

    problems: list[Problem] = field(default_factory=list)
    """What makes the manifest invalid."""
    notices: list[Notice] = field(default_factory=list)
    """What should be said besides."""


@dataclass(frozen=True)
class Place:
    """Where an object stands in a document: turns a path within the object into what a message needs."""

    prefix: Path
    """Path of the object within the document."""
    start: Position
    """Where the object begins."""
    values: Mapping[Path, Position]
    """Where each value stands, by its path within the object."""
    keys: Mapping[Path, Position] = field(default_factory=dict)
    """Where each key stands."""
    origins: Mapping[Path, Origin] = field(default_factory=dict)
    """What came from elsewhere."""

    def value(self, path: Path) -> Position:
        """Return where a value stands, or the nearest thing around it that was written."""
        return nearest(self.values, path) or self.start

    def key(self, path: Path) -> Position:
        """Return where the key of a value stands, or the nearest key around it."""
        found: Position | None = nearest(self.keys, path) if self.keys else nearest(self.values, path)
        return found or self.start

    def name(self, path: Path) -> str:
        """Return the manifest path for people."""
        return dotted(self.prefix + path)

    def origin(self, path: Path) -> Origin | None:
        """Return where a value came from, if not from the manifest itself."""
        return nearest(self.origins, path)


Advice = Callable[[str], str]
"""Tells what to do with a key that stands in the wrong place, or nothing."""


def no_advice(key: str) -> str:  # noqa: ARG001 - the signature of the hook
    """Know of no other place for any key."""
    return ""


def check(
    model: type[ApiModel],
    tree: Any,
    place: Place,
    report: ProblemReport,
    *,
    others: Advice = no_advice,
) -> Tree:
    """Validate one declared object.

    Args:
        model: Its schema.
        tree: What was written, references followed as far as they can be.
        place: Where it stands, for messages.
        report: Gets problems and notices.
        others: Advice for keys that neither the schema nor botocore knows here, because another section has them.

    Returns:
        The object as it is declared: values converted, secrets wrapped, members in the order of the schema and null
        ones kept. What is not valid is left out.
    """
    reader = _TreeReader(model, place, report, others)
    view = reader.structure(model, tree, (), hidden=False)
    try:
        valid = model.model_validate(view, extra="forbid")
    except ValidationError as error:
        if _Explainer(model, view, reader, place, report).explain(error):
            return {}
        return _put_back(view, reader.held)  # nothing is wrong but that required members are not known yet
    return _put_back(valid.model_dump(exclude_unset=True), reader.held)


def _put_back(tree: Tree, held: Mapping[Path, Any]) -> Tree:
    for path, value in held.items():
        target: Any = tree
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value
    return tree


def check_key(section: Member, key: str, place: Place, report: ProblemReport) -> None:
    """Validate a key of a section, for objects that have no member of which it is the value.

    Args:
        section: The map that has the key.
        key: What was written.
        place: Where the object stands.
        report: Gets the problem.
    """
    try:
        TypeAdapter(Annotated[(str, *section.key_marks)]).validate_python(key, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        spot = _Spot(section, section.key_marks, str, {})
        case = _Case(key, quoted(key), spot, found.get("ctx", {}))
        message, fix = WORDINGS[found["type"]](case)
        report.problems.append(Problem(place.start, place.name(()), message, fix))


# --- from what was written to what pydantic may see -----------------------------------------------------------------


class _Gone:
    """Stands for a value that pydantic shall not see."""


GONE: Any = _Gone()


class _TreeReader:
    """Walks an object along its schema and makes the copy that pydantic checks."""

    def __init__(self, model: type[ApiModel], place: Place, report: ProblemReport, others: Advice) -> None:
        self.model = model
        self.place = place
        self.report = report
        self.others = others
        self.held: dict[Path, Any] = {}
        """What stands in the result instead of what pydantic saw."""
        self.hidden: set[Path] = set()
        """Values that may not be shown."""
        self.gone: set[Path] = set()
        """Values that pydantic does not see, so that it may find them missing."""

    def structure(self, model: type[ApiModel], value: Any, path: Path, *, hidden: bool) -> Any:
        """Return the visible copy of a structure."""
        if isinstance(value, Reference):
            return self._hold(path, value)
        if not isinstance(value, dict):
            return self._odd(value, path, hidden=hidden)
        known = members(model)
        result: Tree = {}
        for key, inner in value.items():
            here = (*path, key)
            member = known.get(key)
            seen = (
                self._unknown(model, key, inner, here) if member is None else self._member(member, inner, here, hidden)
            )
            if seen is not GONE:
                result[key] = seen
        return result

    def _member(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if member.has(Deprecated):
            note = member.mark(Note)
            text = note.text if note else ""
            said = text if text.startswith("Superseded") else f"Superseded. {text}".strip()
            self._notice(path, said, key=True)
        hidden = hidden or member.has(Sensitive)
        if value is None:
            return None
        if member.shape == "list":
            return self._list(member, value, path, hidden)
        if member.shape == "map":
            return self._map(member, value, path, hidden)
        if member.model:
            return self.structure(member.model, value, path, hidden=hidden)
        return self._scalar(member.scalar, member.marks, value, path, hidden)

    def _list(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference) or (isinstance(value, list) and any(isinstance(v, Reference) for v in value)):
            return self._hold(path, value)
        if not isinstance(value, list):
            return self._odd(value, path, hidden=hidden)
        return [self._item(member, item, (*path, i), hidden) for i, item in enumerate(value)]

    def _map(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference):
            return self._hold(path, value)
        if not isinstance(value, dict):
            return self._odd(value, path, hidden=hidden)
        secret = member.mark(SecretKeys)
        names = secret.names if secret else ()
        seen = {k: self._item(member, v, (*path, k), hidden or k in names) for k, v in value.items()}
        return {k: v for k, v in seen.items() if v is not GONE}

    def _item(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if value is None:
            if member.shape == "map":  # null resets one key of a map; the type of its values does not say so
                self.held[path] = None
                self.gone.add(path)
                return GONE
            return None
        if member.model:
            return self.structure(member.model, value, path, hidden=hidden)
        return self._scalar(member.scalar, member.item_marks, value, path, hidden)

    def _scalar(self, scalar: type, marks: tuple[Any, ...], value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference):
            return self._hold(path, value)
        if isinstance(value, Secret):
            self.hidden.add(path)
            self.held[path] = value
            return value.reveal()
        if isinstance(value, (dict, list)):
            return self._free(scalar, value, path, hidden)
        value = self._converted(scalar, value, path)
        if hidden or any(isinstance(m, Sensitive) for m in marks):
            self._wrap(value, path)
        elif isinstance(value, str):
            self._enum(marks, value, path)
        return value

    def _free(self, scalar: type, value: Any, path: Path, hidden: bool) -> Any:
        """Take a map or list where the schema says nothing about its content, or wants a scalar."""
        if scalar in (str, int, bool, float, bytes):
            return self._odd(value, path, hidden=hidden)
        if next(iter(references(value)), None):
            return self._hold(path, value)
        return value

    def _converted(self, scalar: type, value: Any, path: Path) -> Any:
        """Give a value that came from elsewhere the type of its member."""
        origin = self.place.origin(path)
        if origin is None:
            return value
        if scalar is bytes and origin.raw is not None:
            return origin.raw
        if isinstance(value, bytes) and scalar is not bytes:
            name = self.place.name(path)
            message = f"the content of {origin} is not UTF-8 text."
            self.report.problems.append(Problem(self.place.value(path), name, message, "Save the file as UTF-8."))
            return self._prune(path)
        return convert(value, scalar) if isinstance(value, str) and origin.kind != "file" else value

    def _wrap(self, value: Any, path: Path) -> None:
        self.hidden.add(path)
        if not isinstance(value, str):
            return
        origin = self.place.origin(path)
        self.held[path] = Secret(value, str(origin) if origin else "literal")
        if origin is None:
            self._notice(path, "a secret stands in the manifest in clear: use {$secret: NAME#KEY} or {$env: NAME}.")

    def _enum(self, marks: tuple[Any, ...], value: str, path: Path) -> None:
        known = next((m for m in marks if isinstance(m, OneOf)), None)
        if known and value not in known.values:
            self._notice(path, _unlisted(value, self.place.origin(path), known.values))

    def _odd(self, value: Any, path: Path, *, hidden: bool) -> Any:
        """Leave a value of the wrong shape to pydantic."""
        if hidden or isinstance(value, Secret):
            self.hidden.add(path)
        return value.reveal() if isinstance(value, Secret) else value

    def _hold(self, path: Path, value: Any) -> Any:
        if path:
            self.held[path] = value
        return self._prune(path)

    def _prune(self, path: Path) -> Any:
        self.gone.add(path)
        return GONE if path else {}

    def _notice(self, path: Path, message: str, *, key: bool = False) -> None:
        where = self.place.key(path) if key else self.place.value(path)
        self.report.notices.append(Notice(f"{self.place.name(path)}: {message}", where))

    # --- keys that the schema does not know

    def _unknown(self, model: type[ApiModel], key: str, value: Any, path: Path) -> Any:
        if key in model.MOVED:
            self.report.problems.append(Problem(self.place.key(path), self.place.name(path), f"{model.MOVED[key]}."))
            return self._prune(path)
        exact = _exact(key, members(model))
        shape = None if exact else self._shape(path)
        if shape is None:
            advice = self.others(key) if len(path) == 1 and not exact else ""
            message = "this key does not belong here." if advice else "this key is not known here."
            fix = advice or suggestion(key, members(model))
            self.report.problems.append(Problem(self.place.key(path), self.place.name(path), message, fix))
            return self._prune(path)
        said = len(self.report.problems)
        self.held[path] = self._by_shape(shape, value, path)
        if len(self.report.problems) > said:
            del self.held[path]
        else:
            message = "is not known to this version of poolctl, but to the installed botocore: passed through."
            self._notice(path, message, key=True)
        return self._prune(path)

    def _shape(self, path: Path) -> shapes.Shape | None:
        """Return what the installed botocore says about a member that the schema does not know."""
        for service, operation in self.model.INPUTS:
            found: shapes.Shape | None = None
            with contextlib.suppress(KeyError):
                found = _descend(shapes.input_shape(service, operation), path)
            if found:
                return found
        return None

    def _by_shape(self, shape: shapes.Shape, value: Any, path: Path) -> Any:
        """Return a value that only botocore can check, converted and with secrets wrapped."""
        if value is None or isinstance(value, (Reference, Secret)) or shape.spec.get("document"):
            return value
        if shape.type in ("structure", "list", "map"):
            return self._nested(shape, value, path)
        value = self._converted(PYTHON.get(shape.type, object), value, path)
        if value is GONE:
            return None
        wanted = PYTHON.get(shape.type)
        if wanted and not (isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))):
            return self._wrong(
                path, f"{_a(value)} stands where {WORDS[wanted]} is expected.", f"Write {WORDS[wanted]}."
            )
        if shape.enum and value not in shape.enum:
            self._notice(path, _unlisted(value, self.place.origin(path), shape.enum))
        return Secret(value, str(self.place.origin(path) or "literal")) if shape.spec.get("sensitive") else value

    def _nested(self, shape: shapes.Shape, value: Any, path: Path) -> Any:
        if shape.type == "list":
            if not isinstance(value, list):
                return self._wrong(path, f"{_a(value)} stands where a list is expected.", "Write a list: [...].")
            return [self._by_shape(shape.item, v, (*path, i)) for i, v in enumerate(value)]
        if not isinstance(value, dict):
            return self._wrong(path, f"{_a(value)} stands where a map is expected.", "Write a map: {KEY: value}.")
        if shape.type == "map":
            return {k: self._by_shape(shape.item, v, (*path, k)) for k, v in value.items()}
        known = shape.members
        for name in shape.required:
            if name not in value:
                self._wrong(path, f"{name} is missing.", f"Add {name}.")
        for name in value:
            if name not in known:
                problem = Problem(
                    self.place.key((*path, name)),
                    self.place.name((*path, name)),
                    "this key is not known here.",
                    suggestion(name, known),
                )
                self.report.problems.append(problem)
        return {k: self._by_shape(known[k], v, (*path, k)) for k, v in value.items() if k in known}

    def _wrong(self, path: Path, message: str, fix: str) -> None:
        self.report.problems.append(Problem(self.place.value(path), self.place.name(path), message, fix))


PYTHON: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "blob": bytes,
    "double": float,
    "float": float,
}
"""Python's types for scalar shapes; timestamps may be written in several ways."""

WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    bytes: "the content of a file, {$file: PATH},",
}
"""What an author calls a type."""


def _descend(shape: shapes.Shape, path: Path) -> shapes.Shape | None:
    for step in path:
        if shape.type == "structure" and isinstance(step, str) and step in shape.members:
            shape = shape.members[step]
        elif shape.type in ("list", "map"):
            shape = shape.item
        else:
            return None
    return shape


def convert(text: str, scalar: type) -> Any:
    """Return what a text from elsewhere means for a member of the given type; the text itself if nothing."""
    if scalar is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if scalar is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if scalar is float:
        with contextlib.suppress(ValueError):
            return float(text)
    return text


def _unlisted(value: Any, origin: Origin | None, known: tuple[str, ...]) -> str:
    near = close(str(value), known)
    hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}."
    return f"{shown(value, origin)} is not a known value; {hint} It is passed on as it is."


# --- unknown keys --------------------------------------------------------------------------------------------------


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _exact(key: str, known: Iterable[str]) -> str:
    """Return the known key that only differs in case or underscores, or an empty text."""
    return next((name for name in known if _plain(name) == _plain(key)), "")


def suggestion(key: str, known: Iterable[str]) -> str:
    """Return what to do about a key that is not known: write another one, or one of the few that are."""
    names = list(known)
    exact = _exact(key, names)
    if exact:
        return f"Write {exact}."
    near = difflib.get_close_matches(_plain(key), [_plain(n) for n in names], n=1, cutoff=0.7)
    if near:
        return f"Did you mean {_exact(near[0], names)}?"
    if len(names) <= 12:  # noqa: PLR2004 - a line that can be read at a glance
        return f"Known are {', '.join(names)}."
    return "Remove it, or see `poolctl explain` for what is known."


# --- values in messages --------------------------------------------------------------------------------------------


def quoted(value: Any) -> str:
    """Spell a value that may be shown as an author would write it, shortened."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list, bytes)):
        return _a(value)
    text = str(value).replace("\n", " ")
    short = text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
    return f'"{short}"' if isinstance(value, str) else short


def shown(value: Any, origin: Origin | None) -> str:
    """Spell a value for a message; one that came from the environment, a file or AWS by where it came from."""
    if origin is None or origin.kind == "inline":
        return quoted(value)
    if origin.kind in ("var", "ref", "text"):
        return f"{quoted(value)} (from {origin})"
    return f"the content of {origin}" if origin.kind == "file" else f"the value of {origin}"


def _a(value: Any) -> str:
    """Name the kind of a value."""
    if isinstance(value, bool):
        return "a truth value"
    names: tuple[tuple[type, str], ...] = (
        (str, "a text"),
        (Secret, "a text"),
        (int, "a number"),
        (float, "a number with a decimal point"),
        (dict, "a map"),
        (list, "a list"),
        (bytes, "the content of a file"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")


# --- pydantic's errors ---------------------------------------------------------------------------------------------


Words = tuple[str, str]
"""What is wrong, what to do."""


class Limits(NamedTuple):
    """What a type allows besides its kind."""

    low: Any = None
    high: Any = None
    shortest: int | None = None
    longest: int | None = None


def limits(marks: tuple[Any, ...]) -> Limits:
    """Return the limits among the facts of a member."""
    found: dict[str, Any] = {}
    for mark in marks:
        parts = getattr(mark, "metadata", None) or (mark,)
        for part in parts:
            if isinstance(part, StringConstraints):
                found.update(shortest=part.min_length, longest=part.max_length)
            names = (("ge", "low"), ("le", "high"), ("min_length", "shortest"), ("max_length", "longest"))
            for theirs, ours in names:
                value = getattr(part, theirs, None)
                if value is not None:
                    found[ours] = value
    return Limits(**found)


def span(low: Any, high: Any) -> str:
    """Spell a range: `from 6 to 99`."""
    if low is not None and high is not None:
        return f"from {low} to {high}" if low != high else f"of exactly {low}"
    if low is not None:
        return f"of at least {low}"
    return f"of at most {high}" if high is not None else ""


PATTERNS: Mapping[str, Words] = {
    CODE: ("lacks {####}, the place for the code", "Put {####} where the code shall stand."),
    LINK: ("lacks the link, {##...##}", "Put {##Verify##} where the link shall stand, with words of your choice."),
    ARN: ("is not an ARN", "Write it in full: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE."),
    NAME: ("has characters that are not allowed here", "Use letters, digits, spaces and _+=,.@-"),
    PRINTABLE: ("has a space or a control character in it", "Use visible characters only."),
    PRINTABLE_OR_SPACE: ("has a control character in it", "Use visible characters and spaces only."),
    VISIBLE: ("has characters that are not allowed here", 'Use ASCII characters other than space, " and \\.'),
    ATTRIBUTE_NAME: ("is not the name of an attribute", "Use 1 to 20 visible characters."),
    r"^-?\d+$": ("is not a whole number", 'Write a number, such as "256".'),
    r"^[\w+]+$": ("has characters that are not allowed here", "Use letters, digits, _ and +"),
    r"^[a-zA-Z0-9_-]+$": ("has characters that are not allowed here", "Use letters, digits, _ and -"),
    r"^[0-9a-fA-F]+$": ("is not hexadecimal", "Use the digits 0 to 9 and a to f."),
    r"^[a-z0-9][a-z0-9.-]*$": (
        "is no prefix and no host name",
        "Use lower-case letters, digits and hyphens, with dots for a domain of your own.",
    ),
    r"^\w+$": ("has characters that are not allowed here", "Use letters, digits and _"),
    r"^(un)?authenticated$": ("is no kind of user", "Write authenticated or unauthenticated."),
    r"^(terms-of-use|privacy-policy)$": ("is none of the two documents", "Write terms-of-use or privacy-policy."),
    LANGUAGE: ("is no language of managed login", "Write one such as cognito:english, or cognito:default."),
    r"^Level[1-4]$": ("is no level", "Use Level1, Level2, Level3 or Level4."),
}
"""What it means that a text does not match a pattern, and what to do; by the pattern as the schemas spell it."""


def pattern_words(pattern: str) -> Words:
    """Return what it means that a text does not match a pattern, and what to do."""
    if pattern.startswith("^(arn:"):
        return PATTERNS[ARN]
    if "@[" in pattern:
        return "is not an e-mail address", "Write one such as NAME@example.com."
    unknown = ("has a form that the service does not take", f"It must match {pattern}")
    return PATTERNS.get(pattern, unknown)


class _Spot(NamedTuple):
    """What the schema says about a place."""

    member: Member | None
    """The member, or the one whose item is meant."""
    marks: tuple[Any, ...]
    """Facts of the value itself."""
    scalar: type
    """Its type, where it is a scalar."""
    known: Mapping[str, Member]
    """Members, where it is a structure."""


def _spot(model: type[ApiModel], path: Path) -> _Spot:
    """Return what a schema says about the value at a path."""
    spot = _Spot(None, (), object, members(model))
    inside = False  # whether the path has gone into the items of the last member
    for step in path:
        if spot.member is not None and spot.member.shape in ("list", "map") and not inside:
            inside = True
            spot = spot._replace(marks=spot.member.item_marks)
            continue
        member = spot.known.get(str(step))
        if member is None:
            return _Spot(None, (), object, {})
        inside = False
        spot = _Spot(member, member.marks, member.scalar, members(member.model) if member.model else {})
    return spot


@dataclass(frozen=True)
class _Case:
    """One error, with all that words can be made of."""

    value: Any
    """What was written."""
    shown: str
    """How a message may call it."""
    spot: _Spot
    """What the schema says."""
    context: Mapping[str, Any]
    """Pydantic's parameters of the error."""

    @property
    def limits(self) -> Limits:
        return limits(self.spot.marks)


class _Explainer:
    """Turns pydantic's errors into problems."""

    def __init__(
        self, model: type[ApiModel], view: Any, reader: _TreeReader, place: Place, report: ProblemReport
    ) -> None:
        self._model = model
        self._view = view
        self._reader = reader
        self._place = place
        self._report = report

    def explain(self, error: ValidationError) -> bool:
        """Report every error, without ever asking pydantic for the input; tell whether there was any to report."""
        said = len(self._report.problems)
        for found in error.errors(include_url=False, include_input=False):
            path = self._path(found["loc"])
            if found["type"] == "missing":
                self._missing((*path, found["loc"][-1]))
            elif found["loc"] and found["loc"][-1] == "[key]":
                if not has_links(str(path[-1])):  # what the key will be is not known yet
                    self._say(path, self._key(path, found.get("ctx", {})), key=True)
            elif found["type"] == "too_short" and any(gone[:-1] == path for gone in self._reader.gone):
                pass  # the map is not as short as pydantic saw it
            else:
                self._say(path, self._words(found["type"], path, found.get("ctx", {}), found["msg"]))
        return len(self._report.problems) > said

    def _path(self, location: tuple[str | int, ...]) -> Path:
        """Return the part of pydantic's location that is a path in the object; the rest names types."""
        path: Path = ()
        value = self._view
        for step in location:
            if not _holds(value, step):
                break
            value = value[step]
            path = (*path, step)
        return path

    def _missing(self, path: Path) -> None:
        if path in self._reader.gone:
            return
        spot = _spot(self._model, path)
        name = str(path[-1])
        fix = f"Add {name}: {_example(spot)}."
        where = self._place.key(path[:-1]) if isinstance(path[-2:-1], str) else self._place.value(path[:-1])
        self._report.problems.append(Problem(where, self._place.name(path[:-1]), f"{name} is missing.", fix))

    def _key(self, path: Path, context: Mapping[str, Any]) -> Words:
        pattern = context.get("pattern")
        wrong, fix = pattern_words(str(pattern)) if pattern else ("is not allowed here", "Use another key.")
        return f"the key {quoted(path[-1])} {wrong}.", fix

    def _words(self, kind: str, path: Path, context: Mapping[str, Any], message: str) -> Words:
        value = _at(self._view, path)
        case = _Case(value, self._shown(value, path), _spot(self._model, path), context)
        write = WORDINGS.get(kind)
        if write:
            return write(case)
        if kind == "value_error":
            return f"{context.get('error', message)}", ""
        return f"{case.shown} is not valid: {message[:1].lower()}{message[1:]}.", ""

    def _shown(self, value: Any, path: Path) -> str:
        origin = self._place.origin(path)
        if any(path[:end] in self._reader.hidden for end in range(len(path) + 1)):
            return "the secret value" + (f" from {origin}" if origin else "")
        return shown(value, origin)

    def _say(self, path: Path, words: Words, *, key: bool = False) -> None:
        where = self._place.key(path) if key else self._place.value(path)
        self._report.problems.append(Problem(where, self._place.name(path), *words))


def _holds(value: Any, step: str | int) -> bool:
    return step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _example(spot: _Spot) -> str:
    """Return what stands behind a key that is missing."""
    known = next((m for m in spot.marks if isinstance(m, OneOf)), None)
    if known:
        return " or ".join(known.values)
    example = next((m for m in spot.marks if isinstance(m, Example)), None)
    if example:
        return example.example
    if spot.member and spot.member.shape != "scalar":
        return {"list": "[...]", "map": "{...}", "structure": "{...}"}[spot.member.shape]
    return {bool: "true or false", int: "NUMBER"}.get(spot.scalar, "TEXT")


def _whole(case: _Case) -> str:
    bounds = span(case.limits.low, case.limits.high)
    return f"Use a whole number {bounds}.".replace(" .", ".")


def _int_type(case: _Case) -> Words:
    return f"{case.shown} is not a whole number.", _whole(case)


def _bool_type(case: _Case) -> Words:
    return f"{case.shown} is neither true nor false.", "Write true or false, without quotes."


def _string_type(case: _Case) -> Words:
    if isinstance(case.value, (bool, int, float)):
        kind = "a truth value" if isinstance(case.value, bool) else "a number"
        text = case.shown if case.shown[:1].isalpha() and case.shown not in ("true", "false") else f'"{case.shown}"'
        fix = f"Put it in quotes: {text}." if text.startswith('"') else "Give it as a text."
        return f"{case.shown} is {kind}, not a text.", fix
    return f"{_a(case.value)} stands where a text is expected.", f"Write one text{_of(case, 'character')}."


def _of(case: _Case, unit: str) -> str:
    bounds = span(case.limits.shortest, case.limits.longest)
    return f" {bounds} {unit}s".replace(" from ", " of ", 1) if bounds else ""


def _less(case: _Case) -> Words:
    low = case.context.get("ge", case.context.get("gt"))
    return f"{case.shown} is less than the allowed {low}.", f"Use a number {span(low, case.limits.high)}."


def _more(case: _Case) -> Words:
    high = case.context.get("le", case.context.get("lt"))
    return f"{case.shown} is more than the allowed {high}.", f"Use a number {span(case.limits.low, high)}."


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _text_length(case: _Case) -> Words:
    if any(isinstance(m, StringConstraints) and m.pattern == ARN for m in case.spot.marks):
        return f"{case.shown} {PATTERNS[ARN][0]}.", PATTERNS[ARN][1]
    size = len(case.value or "")
    what = "the text is empty" if not size else f"the text has {_count(size, 'character')}"
    if case.shown.startswith("the secret"):  # even its length is nobody's business
        what = f"{case.shown} is too {'short' if 'min_length' in case.context else 'long'}"
    bounds = span(
        case.context.get("min_length", case.limits.shortest), case.context.get("max_length", case.limits.longest)
    ).replace("from ", "of ")
    return f"{what}.", f"Use a text {bounds} characters."


def _length(case: _Case) -> Words:
    unit = "key" if isinstance(case.value, dict) else "item"
    low = case.context.get("min_length", case.limits.shortest)
    high = case.context.get("max_length", case.limits.longest)
    actual = len(case.value or ())
    shape = "map" if unit == "key" else "list"
    what = f"the {shape} is empty" if not actual else f"the {shape} has {_count(actual, unit)}"
    return f"{what}.", f"Give it {span(low, high).removeprefix('from ').removeprefix('of ')} {unit}s."


def _pattern(case: _Case) -> Words:
    wrong, fix = pattern_words(str(case.context.get("pattern", "")))
    return f"{case.shown} {wrong}.", fix


def _list_type(case: _Case) -> Words:
    simple = isinstance(case.value, str) and case.shown.startswith('"') and len(case.value) <= SHOWN
    fix = f"Write a list: [{case.shown}]." if simple else "Write a list: [...]."
    return f"{_a(case.value)} stands where a list is expected.", fix


def _map_type(case: _Case) -> Words:
    names = list(case.spot.known)[:3]
    more = len(case.spot.known) > len(names)
    fix = (
        f"Write a map with {'keys such as ' if more else ''}{', '.join(names)}."
        if names
        else "Write a map: {KEY: value}."
    )
    return f"{_a(case.value)} stands where a map is expected.", fix


def _literal(case: _Case) -> Words:
    allowed = str(case.context.get("expected", "")).replace("'", "")
    return f"{case.shown} is not allowed here.", f"Use {allowed}."


def _bytes_type(case: _Case) -> Words:
    return f"{_a(case.value)} stands where the content of a file is expected.", "Write {$file: PATH}."


def _float_type(case: _Case) -> Words:
    return f"{case.shown} is not a number.", f"Use a number {span(case.limits.low, case.limits.high)}.".replace(
        " .", "."
    )


def unfit_words(text: str, context: Mapping[str, Any]) -> Words:
    """Word what a fact of the envelope found wrong; a part of a value that is not shown is not shown either.

    Args:
        text: How a message may call the value.
        context: Parameters of the error, from `schemas.forms.unfit`.
    """
    step, known = str(context["step"]), context["known"]
    wrong = str(context["wrong"]).replace("{step}", step if text.startswith('"') else "a part of it")
    return f"{text} {wrong}.", context["fix"] or suggestion(step, known)


def _unfit(case: _Case) -> Words:
    return unfit_words(case.shown, case.context)


WORDINGS: Mapping[str, Callable[[_Case], Words]] = {
    UNFIT: _unfit,
    "int_type": _int_type,
    "int_from_float": _int_type,
    "int_parsing": _int_type,
    "float_type": _float_type,
    "bool_type": _bool_type,
    "string_type": _string_type,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _less,
    "greater_than": _less,
    "less_than_equal": _more,
    "less_than": _more,
    "too_short": _length,
    "too_long": _length,
    "list_type": _list_type,
    "dict_type": _map_type,
    "model_type": _map_type,
    "model_attributes_type": _map_type,
    "literal_error": _literal,
    "bytes_type": _bytes_type,
}
"""Words for each type of error that a schema can cause."""
