"""Replaces references by what they stand for, and remembers where each value came from.

Substitution works on parsed values and never on text, so no variable can change the structure of a manifest. What a
value came from matters later: a secret from the environment must not be shown, and a number that came as a text
(`--var`, `$env`) must be turned into one. Only AWS can answer `$ssm` and `$secret`, and only live objects can answer
`$ref`, which refers to an object of another document; those stay in the tree as opaque leaves until a command that may
contact AWS resolves them.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar

from reconciler.cloud.port import Cloud
from reconciler.errors import Busy, CloudError, Denied, InvalidInput, InvalidManifest, NotFound, Problem
from reconciler.model import Path, Position, Reference, Secret, Tree, dotted

T = TypeVar("T")

KINDS = ("var", "env", "file", "ssm", "secret", "ref")
"""What may stand behind the `$` of a one-key map."""

REMOTE_READS: frozenset[tuple[str, str]] = frozenset({("ssm", "GetParameter"), ("secretsmanager", "GetSecretValue")})
"""The operations that `resolve_remote` uses: (service, operation)."""

MAX_FILE_BYTES = 1_000_000
"""Largest file behind `$file`; the API's own limit for an image is 2 MB in base64 (cognito.md 2.10)."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
"""How a variable may be called."""

INLINE = re.compile(r"\$\$\{|\$\{((?:ref\.(?:\$\{[^{}]*\}|[^{}])*)|[^}]*)(\}?)")
"""An escape, or a reference within a text: what stands in the braces, and whether they are closed. A `${ref.…}` may
hold `${var.…}`, because names of documents do."""

LINKED = re.compile(r"\$\$\{|\$\{ref\.([^{}]*)\}")
"""What is left to replace in a text that refers to other documents, once its variables are in: escapes, and targets."""


@dataclass(frozen=True)
class Origin:
    """Where a value came from that is not written in the manifest itself."""

    kind: str
    """One of KINDS; `inline` for a text with `${var.x}` in it, `text` for one with `${ref.x}` in it."""
    name: str
    """What was written behind it; empty for `inline`, and the text itself for `text`."""
    raw: bytes | None = field(default=None, repr=False)
    """Content of a file as it is, for members that hold bytes."""

    def __str__(self) -> str:
        if self.kind == "inline":
            return "${var}"
        return self.name if self.kind == "text" else f"${self.kind} {self.name}"


@dataclass(frozen=True)
class Link:
    """A reference to an object of another document: `customers/clients/web#ClientId`."""

    document: str
    """Name of the pool that the document describes."""
    section: str
    """Section of the object."""
    name: str
    """Name of the object within the section; empty for single objects."""
    member: str
    """The member that is meant."""
    source: Position
    """Where it stands."""
    path: Path
    """The value, or the key, that it is in."""

    @property
    def address(self) -> str:
        """The object within its document."""
        return f"{self.section}/{self.name}" if self.name else self.section

    @property
    def target(self) -> str:
        """What the author wrote, variables replaced."""
        return f"{self.document}/{self.address}#{self.member}"


FAILED = Reference("?", "")
"""Stands where a value could not be read; the problem has been reported, and every check lets it pass."""


@dataclass(frozen=True)
class RawDocument:
    """One YAML document as it was written: references not followed, nothing checked."""

    file: str
    """As the user named it; `-` is standard input."""
    directory: FilePath
    """What `$file` is relative to: the file's directory, or the working directory for standard input."""
    index: int
    """Number of the document within its file, from 0."""
    tree: Tree
    """Its content. Its keys are strings, all the way down."""
    positions: Mapping[Path, Position] = field(repr=False)
    """Where each value begins."""
    keys: Mapping[Path, Position] = field(repr=False)
    """Where each key begins, by the path of its value."""
    start: Position
    """Where the document begins."""


@dataclass(frozen=True)
class Document:
    """A document whose local references have been followed."""

    file: str
    """As the user named it."""
    tree: Tree = field(repr=False)
    """Its content. `$ssm` and `$secret` stand as `Reference` leaves; secrets are not wrapped yet."""
    positions: Mapping[Path, Position] = field(repr=False)
    """Where each value begins."""
    keys: Mapping[Path, Position] = field(repr=False)
    """Where each key begins."""
    origins: Mapping[Path, Origin] = field(repr=False)
    """What came from elsewhere, by the path of the outermost value that did."""
    start: Position
    """Where the document begins."""
    links: tuple[Link, ...] = ()
    """Its references to other documents, in the order of the text. They stand in the tree as `Reference` leaves of the
    kinds `ref` and `text`, and in keys as they were written, variables replaced."""

    def position(self, path: Path) -> Position:
        """Return the place of a value, or of the nearest thing around it that was written."""
        return nearest(self.positions, path) or self.start

    def key(self, path: Path) -> Position:
        """Return the place of the key of a value, or of the nearest key around it."""
        return nearest(self.keys, path) or self.start


def nearest(places: Mapping[Path, T], path: Path) -> T | None:
    """Return what is noted for a path or for the nearest path around it, or None."""
    for end in range(len(path), -1, -1):
        found = places.get(path[:end])
        if found is not None:
            return found
    return None


# --- variables -----------------------------------------------------------------------------------------------------

Variables = Mapping[str, Any]
"""Values by name: texts from `--var`, values of any type from `--var-file`."""


def variables(options: Sequence[str], files: Sequence[RawDocument]) -> Variables:
    """Collect the variables of a run.

    Args:
        options: Values of `--var`, each `NAME=VALUE`. They win over files, and the last one wins.
        files: Documents of `--var-file`, read by `manifest.read`. A later one wins over an earlier one.

    Raises:
        InvalidInput: An option is not `NAME=VALUE`.
        InvalidManifest: A file has a name that is none, or a reference where a value should be.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for document in files:
        for name, value in document.tree.items():
            problems += _variable_problems(document, name, value)
            found[name] = value
    if problems:
        raise InvalidManifest(problems)
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not NAME.match(name):
            raise InvalidInput(f"--var {name}: this is not NAME=VALUE. Write for example --var stage=prod.")
        found[name] = text
    return found


def _variable_problems(document: RawDocument, name: str, value: Any) -> list[Problem]:
    if not NAME.match(name):
        fix = "Use letters, digits, _ and -, and begin with a letter."
        return [Problem(document.keys[(name,)], name, "this is no name for a variable.", fix)]
    return [
        Problem(
            nearest(document.positions, path) or document.start,
            dotted(path),
            "a variable cannot hold a reference.",
            "Write a value.",
        )
        for path, leaf in _maps(value, (name,))
        if any(key.startswith("$") for key in leaf)
    ]


def _maps(value: Any, path: Path) -> Iterable[tuple[Path, Tree]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _maps(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _maps(inner, (*path, i))


def close(name: str, names: Iterable[str]) -> str:
    """Return the most similar of some names, in whatever case, or an empty text."""
    by_lower = {n.lower(): n for n in names}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[found[0]] if found else ""


# --- local references ----------------------------------------------------------------------------------------------


def resolve_local(
    document: RawDocument, variables: Variables, environ: Mapping[str, str]
) -> tuple[Document, list[Problem]]:
    """Follow every reference that needs no AWS: `$var`, `$env`, `$file` and `${var.x}` within texts and keys.

    References to other documents are read, and collected; whether they lead anywhere, only all documents together tell.

    Args:
        document: As read.
        variables: From `variables`.
        environ: Environment of the process.

    Returns:
        The document with values in place, and everything that is wrong with its references. A wrong
        reference becomes `FAILED`.
    """
    walk = _Walk(document, variables, environ)
    tree = walk.value(document.tree, (), ())
    places = (walk.positions, walk.keys, walk.origins)
    result = Document(document.file, tree, *places, document.start, tuple(walk.links))
    return result, walk.problems


class _Mistake(Exception):
    """A reference that cannot be followed: what is wrong, what to do."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


class _Walk:
    """Rebuilds a tree with references replaced. Keys may change, so a path is followed as written and as it becomes."""

    def __init__(self, document: RawDocument, variables: Variables, environ: Mapping[str, str]) -> None:
        self._document = document
        self._variables = variables
        self._environ = environ
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.origins: dict[Path, Origin] = {}
        self.links: list[Link] = []
        self.problems: list[Problem] = []

    def value(self, value: Any, written: Path, path: Path) -> Any:
        """Return a value with everything in it replaced."""
        where = self._document.positions.get(written)
        if where:
            self.positions[path] = where
        if isinstance(value, str):
            return self._text(value, written, path) if "${" in value else value
        if isinstance(value, list):
            return [self.value(item, (*written, i), (*path, i)) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if any(key.startswith("$") and not key.startswith(("${", "$$")) for key in value):
            return self._reference(value, written, path)
        return self._map(value, written, path)

    def _map(self, value: Tree, written: Path, path: Path) -> Tree:
        result: Tree = {}
        for key, inner in value.items():
            here = (*written, key)
            name = self._key(key, here, path) if "${" in key else key
            if name in result:
                fix = "Make the keys differ, or remove one."
                self._say(self._document.keys[here], (*path, name), "two keys become the same one.", fix)
                continue
            self.keys[(*path, name)] = nearest(self._document.keys, here) or self._document.start
            result[name] = self.value(inner, here, (*path, name))
        return result

    def _key(self, key: str, written: Path, path: Path) -> str:
        where = nearest(self._document.keys, written) or self._document.start
        try:
            result, targets = self._inline(key)
            self._link(targets, (*path, result), where)
        except _Mistake as mistake:
            self._say(where, (*path, key), mistake.message, mistake.fix)
            return key
        if not targets and has_links(result):  # later stages could not tell it from a reference
            message = "a key cannot hold the characters `${ref.` themselves."
            self._say(where, (*path, key), message, "Use another key.")
        return result

    def _text(self, text: str, written: Path, path: Path) -> Any:
        where = nearest(self._document.positions, written) or self._document.start
        try:
            result, targets = self._inline(text)
            self._link(targets, path, where)
        except _Mistake as mistake:
            self._say(where, path, mistake.message, mistake.fix)
            return FAILED
        if targets:
            return Reference("text", result)
        if any(not m.group(0).startswith("$$") for m in INLINE.finditer(text)):
            self.origins[path] = Origin("inline", "")
        return result

    def _link(self, targets: Iterable[str], path: Path, where: Position) -> None:
        self.links += [link(target, where, path) for target in targets]

    def _inline(self, text: str) -> tuple[str, list[str]]:
        """Return a text with its variables in place, and the targets of the references that remain in it.

        Where there are any, other characters that look like a reference are escaped again, so that `fill` can tell.
        """
        parts: list[str] = []
        targets: list[str] = []
        plain, end = "", 0
        for match in INLINE.finditer(text):
            plain += text[end : match.start()]
            end = match.end()
            if not (match.group(1) or "").startswith("ref."):
                plain += self._piece(match)
                continue
            targets.append(self._target(match, plain))
            parts += [_escaped(plain), f"${{ref.{targets[-1]}}}"]
            plain = ""
        plain += text[end:]
        return ("".join([*parts, _escaped(plain)]), targets) if targets else (plain, targets)

    def _target(self, match: re.Match[str], before: str) -> str:
        """Return what a `${ref.…}` within a text refers to."""
        if not match.group(2):
            raise _Mistake("the text holds a `${ref.` that is not closed.", f"Write ${{ref.{EXAMPLES['ref']}}}.")
        if before.endswith("$"):
            raise _Mistake("a `$` stands before a reference.", "Put another character between the two.")
        target = self._settled(match.group(1).removeprefix("ref."))
        if "{" in target or "}" in target:
            raise _Mistake("a reference cannot hold braces.", f"Write ${{ref.{EXAMPLES['ref']}}}.")
        return target

    def _settled(self, text: str) -> str:
        """Return a text with its variables in place, in which no other reference may be."""
        result, targets = self._inline(text)
        if targets:
            raise _Mistake("a reference stands within a reference.", "Only ${var.NAME} can stand there.")
        return result

    def _piece(self, match: re.Match[str]) -> str:
        if match.group(0) == "$${":
            return "${"
        inner, closed = match.group(1), match.group(2)
        if not closed:
            raise _Mistake(
                "the text holds a `${` that is not closed.", "Write ${var.NAME}, or $${ for the two characters."
            )
        kind, dot, name = inner.partition(".")
        if kind in KINDS[1:] and dot:
            raise _Mistake(
                f"${kind} cannot stand within a text; only $var and $ref can.",
                f"Make it the whole value: {{${kind}: {name}}}.",
            )
        if kind != "var" or not NAME.match(name):
            raise _Mistake(
                "the text holds a `${...}` that is no reference.", "Write ${var.NAME}, or $${ for the two characters."
            )
        value = self._variable(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int, float)):
            return str(value)
        shape = "a list" if isinstance(value, list) else "a map" if isinstance(value, dict) else "null"
        raise _Mistake(f"the variable {name} is {shape}, not a text.", f"Make it the whole value: {{$var: {name}}}.")

    def _variable(self, name: str) -> Any:
        if name in self._variables:
            return self._variables[name]
        hint = _did_you_mean(name, self._variables)
        fix = f"Give it a value: --var {name}=VALUE, or a line in a --var-file."
        raise _Mistake(f"the variable {name} has no value.{hint}", fix)

    def _reference(self, value: Tree, written: Path, path: Path) -> Any:
        key = next(k for k in value if k.startswith("$") and not k.startswith(("${", "$$")))
        here = nearest(self._document.keys, (*written, key))
        try:
            kind, target = self._split(value, key)
            if kind == "ref":
                self._link([target], path, here or self._document.start)
                return Reference(kind, target)
            result, raw = self._follow(kind, target, here)
        except _Mistake as mistake:
            self._say(here, path, mistake.message, mistake.fix)
            return FAILED
        self.origins[path] = Origin(kind, target, raw)
        return result

    def _split(self, value: Tree, key: str) -> tuple[str, str]:
        kind = key.removeprefix("$")
        if kind not in KINDS:
            raise _unknown(key)
        if len(value) > 1:
            others = ", ".join(k for k in value if k != key)
            raise _Mistake(f"{key} must stand alone, but {others} stands beside it.", f"Write {{{key}: ...}} only.")
        target = value[key]
        if not isinstance(target, str) or not target:
            raise _Mistake(f"{key} needs a text behind it.", f"Write {{{key}: {EXAMPLES[kind]}}}.")
        return kind, self._settled(target) if "${" in target else target

    def _follow(self, kind: str, target: str, where: Position | None) -> tuple[Any, bytes | None]:
        if kind == "var":
            return self._variable(target.removeprefix("var.")), None
        if kind == "env":
            return self._env(target), None
        if kind == "file":
            return self._file(target, where)
        return _remote(kind, target), None

    def _env(self, name: str) -> str:
        text = self._environ.get(name)
        if text:
            return text
        state = "is not set" if text is None else "is set, but empty"
        hint = "" if name in self._environ else _did_you_mean(name, self._environ)
        raise _Mistake(
            f"the environment variable {name} {state}.{hint}", f"Set it before you run poolctl: {name}=VALUE."
        )

    def _file(self, name: str, where: Position | None) -> tuple[Any, bytes]:
        fix = "The path is relative to the directory of the manifest."
        directory = self._document.directory
        if where and where.file != self._document.file:
            fix, directory = "The path is relative to the directory of the overlay.", FilePath(where.file).parent
        file = directory / name
        if file.is_dir():
            raise _Mistake(f"$file {name} is a directory.", "Name one file in it.")
        if not file.exists():
            near = close(file.name, (f.name for f in file.parent.iterdir())) if file.parent.is_dir() else ""
            hint = f" Did you mean {near}?" if near else ""
            raise _Mistake(f"there is no file {name}.{hint}", fix)
        try:
            if file.stat().st_size > MAX_FILE_BYTES:
                raise _Mistake(f"the file {name} is larger than 1 MB.", "Use a smaller file.")
            raw = file.read_bytes()
        except OSError as error:
            raise _Mistake(f"the file {name} cannot be read: {error.strerror}.", "Check its permissions.") from None
        try:
            return raw.decode("utf-8-sig"), raw
        except UnicodeDecodeError:
            return raw, raw  # right for an image; the schema decides

    def _say(self, where: Position | None, path: Path, message: str, fix: str) -> None:
        self.problems.append(Problem(where or self._document.start, dotted(path), message, fix))


EXAMPLES = {
    "var": "NAME",
    "env": "NAME",
    "file": "templates/verify.html",
    "ssm": "/path/of/parameter",
    "secret": "NAME#KEY",
    "ref": "customers/clients/web#ClientId",
}
"""How a reference of each kind looks behind the colon."""


def _unknown(key: str) -> _Mistake:
    near = close(key, (f"${kind}" for kind in KINDS))
    hint = f" Did you mean {near}?" if near else ""
    known = ", ".join(f"${kind}" for kind in KINDS)
    return _Mistake(f"{key} is no reference.{hint}", f"Use one of {known}.")


def _remote(kind: str, target: str) -> Reference:
    if kind == "secret" and target.startswith("#"):
        raise _Mistake("$secret needs the name of a secret before the #.", f"Write {{$secret: {EXAMPLES[kind]}}}.")
    if kind == "secret" and target.endswith("#"):
        raise _Mistake("$secret needs a key behind the #.", "Name a key, or leave the # out to take the whole secret.")
    return Reference(kind, target)


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    near = close(name, names)
    return f" Did you mean {near}?" if near else ""


# --- references to other documents ---------------------------------------------------------------------------------


def link(target: str, source: Position, path: Path) -> Link:
    """Read a target like `customers/clients/web#ClientId`.

    Raises:
        _Mistake: A part of it is missing.
    """
    whole, sharp, member = target.rpartition("#")
    document, slash, address = whole.partition("/")
    section, _, name = address.partition("/")
    if not (sharp and slash and document and section and member):
        raise _Mistake(
            f'"{target}" does not say DOCUMENT/ADDRESS#MEMBER.',
            f"Write for example {EXAMPLES['ref']} or customers/user_pool#Id.",
        )
    return Link(document, section, name, member, source, path)


def _escaped(plain: str) -> str:
    return plain.replace("${", "$${")


def has_links(text: str) -> bool:
    """Tell whether a key, or the text of a `Reference` of the kind `text`, refers to other documents."""
    return "${ref." in text and any(m.group(1) is not None for m in LINKED.finditer(text))


RefLookup = Callable[[str], str | None]
"""Gives what a reference to another document stands for, by its target, or None as long as nobody knows."""


def fill(text: str, known: RefLookup) -> str | None:
    """Return a text with what its references to other documents stand for, or None if one is not known yet.

    Args:
        text: A key, or the target of a `Reference` of the kind `text`.
        known: Gives the values.
    """
    values = {m.group(1): known(m.group(1)) for m in LINKED.finditer(text) if m.group(1) is not None}
    if None in values.values():
        return None
    return LINKED.sub(lambda m: "${" if m.group(1) is None else str(values[m.group(1)]), text)


def fill_key(key: str, known: RefLookup) -> str:
    """Return a key with what its references stand for; as it is where there are none, or one is not known yet."""
    filled = fill(key, known) if has_links(key) else key
    return key if filled is None else filled


def fill_tree(value: Any, known: RefLookup) -> Any:
    """Return a tree with what its references to other documents stand for, in values and in keys.

    What is not known yet stays as it is. Of two keys that become the same one, both stay as they are.
    """
    if isinstance(value, Reference) and value.kind in LINK_KINDS:
        found = known(value.target) if value.kind == "ref" else fill(value.target, known)
        return value if found is None else found
    if isinstance(value, dict):
        names = [fill_key(key, known) for key in value]
        twice = {name for name, count in Counter(names).items() if count > 1}
        inner = zip(value, names, value.values(), strict=True)
        return {k if n in twice else n: fill_tree(v, known) for k, n, v in inner}
    return [fill_tree(item, known) for item in value] if isinstance(value, list) else value


LINK_KINDS = ("ref", "text")
"""Kinds of `Reference` that live objects of other documents answer."""


# --- remote references ---------------------------------------------------------------------------------------------


def references(value: Any, path: Path = ()) -> Iterable[tuple[Path, Reference]]:
    """Yield every leaf of a tree that is not known yet, with its path."""
    if isinstance(value, Reference):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from references(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from references(inner, (*path, i))


class Remote:
    """Asks AWS for parameters and secrets, each once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._answers: dict[tuple[str, str], Tree | _Mistake] = {}

    def get(self, reference: Reference) -> Any:
        """Return the value of a reference: a text, a list of texts, or a `Secret`.

        Raises:
            CloudError: AWS could not be asked.
        """
        if reference.kind == "ssm":
            return self._parameter(reference)
        return self._secret(reference)

    def _parameter(self, reference: Reference) -> Any:
        name = reference.target
        found = self._ask("ssm", "GetParameter", {"Name": name, "WithDecryption": True}, name)["Parameter"]
        if found["Type"] == "SecureString":
            return Secret(found["Value"], f"$ssm {name}")
        return found["Value"].split(",") if found["Type"] == "StringList" else found["Value"]

    def _secret(self, reference: Reference) -> Secret:
        name, sharp, key = reference.target.partition("#")
        found = self._ask("secretsmanager", "GetSecretValue", {"SecretId": name}, name)
        text = found.get("SecretString")
        if text is None:
            raise _Mistake(f"the secret {name} is binary.", "Store it as a text.")
        return Secret(_pick(text, name, key) if sharp else text, f"$secret {reference.target}")

    def _ask(self, service: str, operation: str, params: Tree, name: str) -> Tree:
        if (service, name) not in self._answers:
            self._answers[(service, name)] = self._call(service, operation, params, name)
        answer = self._answers[(service, name)]
        if isinstance(answer, _Mistake):
            raise _Mistake(answer.message, answer.fix)
        return answer

    def _call(self, service: str, operation: str, params: Tree, name: str) -> Tree | _Mistake:
        what = "parameter" if service == "ssm" else "secret"
        try:
            return self._cloud.call(service, operation, params)
        except Denied:
            return _Mistake(f"the {what} {name} may not be read.", f"Allow {service}:{operation} on it.")
        except NotFound:
            return _missing(what, name)
        except CloudError as error:
            if error.code in ("ParameterNotFound", "ResourceNotFoundException"):
                return _missing(what, name)
            if type(error) is not CloudError or isinstance(error, Busy):
                raise
            return _Mistake(f"the {what} {name} could not be read: {error.code}: {error.message}", "")


def _missing(what: str, name: str) -> _Mistake:
    return _Mistake(f"there is no {what} {name} in this account and Region.", "Create it, or correct the name.")


def _pick(text: str, name: str, key: str) -> str:
    """Return one value of a secret that holds JSON. Nothing of the secret may reach a message."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _Mistake(f"the secret {name} is not a JSON map, so it has no key {key}.", f"Write {{$secret: {name}}}.")
    if key not in found:
        raise _Mistake(f"the secret {name} has no key {key}.", "Correct the key behind the #.")
    value = found[key]
    if isinstance(value, (dict, list)) or value is None:
        raise _Mistake(f"the key {key} of the secret {name} does not hold a text.", "Store a text there.")
    return value if isinstance(value, str) else json.dumps(value)


def resolve_remote(tree: Tree, remote: Remote, place: Callable[[Path], Position]) -> tuple[Tree, list[Problem]]:
    """Replace every `Reference` leaf of a tree by what AWS says, but for those that refer to other documents.

    Args:
        tree: A declared object.
        remote: Asks AWS; shared between the trees of a run, so that nothing is read twice.
        place: Gives the position of a path within the tree.

    Returns:
        The tree, and what could not be resolved; no value is ever part of a message.

    Raises:
        CloudError: AWS could not be asked at all, or not now.
    """
    problems: list[Problem] = []
    values: dict[Path, Any] = {}
    for path, reference in references(tree):
        if reference.kind in LINK_KINDS:
            continue
        try:
            values[path] = remote.get(reference)
        except _Mistake as mistake:
            problems.append(Problem(place(path), dotted(path), mistake.message, mistake.fix))
    return _put(tree, values, ()), problems


def _put(value: Any, values: Mapping[Path, Any], path: Path) -> Any:
    if path in values:
        return values[path]
    if isinstance(value, dict):
        return {k: _put(v, values, (*path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [_put(v, values, (*path, i)) for i, v in enumerate(value)]
    return value
