"""Reads YAML, and remembers where everything is written.

The only reader of YAML in the tool. It exists because a loader throws away two things that an operator needs: the
place of each value, which every later message points at, and the mistakes that YAML forgives: a key written twice,
`on` read as true, a date read as a date. Trees are built from YAML nodes here, by the rules of YAML 1.2's core schema,
and every mistake of every file is reported in one go.
"""

from __future__ import annotations

import operator
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path as FilePath
from typing import Any

import yaml

from reconciler.errors import Problem
from reconciler.manifests.documents import FAILED, RawDocument
from reconciler.manifests.late_places import LatePlaces
from reconciler.manifests.stowing import packed, unpacked
from reconciler.model import Path, Position, Tree, dotted
from reconciler.terminal.regular_files import UnfitFileError, is_below, read_regular
from reconciler.terminal.settings import CONFIG_FILES
from schemas.generated_forms import FORMS
from schemas.records import record
from schemas.tuples import NamedTuple

MAX_BYTES = 5_000_000
"""Largest file that is read. The largest pool that the quotas allow takes about a tenth of it."""

MAX_REPEATED = 20_000
"""Most nodes that aliases may repeat in one document: more is an alias bomb."""

MAX_DEPTH = 100
"""Deepest nesting; the API's deepest structure has 7 levels."""

SUFFIXES = (".yaml", ".yml")
"""Files that a directory is searched for."""

OVERLAYS = "overlays"
"""Name of directories that hold parts of documents, and are skipped by the search."""


class _Source:
    """A file to read, and its text."""

    def __init__(self, name: str, directory: FilePath, text: str, root: FilePath) -> None:
        self.name = name
        self.directory = directory
        self.root = root
        self._text: str | bytes = text

    @property
    def text(self) -> str:
        """The text."""
        return self._text if isinstance(self._text, str) else unpacked(self._text)

    def rest(self) -> None:
        """Take little room from now on: the text is needed for messages at most."""
        if isinstance(self._text, str):
            self._text = packed(self._text)


@record(frozen=True)
class Share:
    """A part of the files, for one of several processes."""

    number: int
    """Which part, from 0."""
    count: int
    """How many parts there are."""
    files: int
    """How many files there are, from `listed`."""

    def has(self, index: int) -> bool:
        """Return whether a file is in it; parts are of one size, and in the order of the files."""
        return self.number * self.files <= index * self.count < (self.number + 1) * self.files


ALL_FILES = Share(0, 1, sys.maxsize)
"""Everything."""


def listed(paths: Sequence[str]) -> int:
    """Return how many files the paths name, each once, without reading any."""
    ignored: list[Problem] = []
    return len({str(file) for path in paths if path != "-" for file in _files(FilePath(path), ignored)})


def read(
    paths: Sequence[str], stdin: Callable[[], str], file_roots: Sequence[str] = (), share: Share = ALL_FILES
) -> tuple[list[RawDocument], list[Problem]]:
    """Read every document of every path.

    Args:
        paths: Files, directories (searched for `*.yaml` and `*.yml`, without hidden ones and `overlays`), or `-`.
        stdin: Gives the whole of standard input; called once at most.
        file_roots: Directories that links may lead to, besides the one that is searched.
        share: Which of the files are read.

    Returns:
        The documents in the order of the paths, and everything that is wrong with the files. Where there are
        problems, documents may be missing or incomplete.
    """
    documents: list[RawDocument] = []
    problems: list[Problem] = []
    for found, wrong in files(paths, stdin, file_roots, share):
        documents += found
        problems += wrong
    return documents, problems


def files(
    paths: Sequence[str], stdin: Callable[[], str], file_roots: Sequence[str] = (), share: Share = ALL_FILES
) -> Iterator[tuple[list[RawDocument], list[Problem]]]:
    """Yield what `read` returns file by file, so that no more than one is held; takes what `read` takes."""
    seen: set[str] = set()

    def is_wanted(name: str) -> bool:
        """Return whether a file is to be read now: it is in the share, and no path before has named it."""
        wanted = name not in seen and share.has(len(seen))
        seen.add(name)
        return wanted

    for path in paths:
        problems: list[Problem] = []
        for source in _sources(path, stdin, file_roots, problems, is_wanted):
            documents = list(_documents(source, problems))
            yield documents, problems
            problems.clear()
        yield [], problems


def overlays(
    paths: Sequence[str], environment: str, file_roots: Sequence[str] = ()
) -> tuple[dict[str, list[RawDocument]], list[Problem]]:
    """Read what is laid over the manifests of every path in one environment.

    An overlay is in a directory `overlays/ENVIRONMENT`, under the same relative path as the manifest: in the nearest
    directory around the manifest that has one, up to the directory that is given; or beside the file that is given.

    Args:
        paths: As for `read`.
        environment: A plain name.
        file_roots: As for `read`.

    Returns:
        The documents by the file that they are laid over, as `read` names it, and everything that is wrong. Of several
        paths that lead to one manifest, the first counts.
    """
    found: dict[str, list[RawDocument]] = {}
    problems: list[Problem] = []
    for path in paths:
        for base, file in _overlays(path, environment, problems):
            root = _root(path)
            text = _text(file, (root, *map(FilePath, file_roots)), problems) if base not in found else None
            if text is not None:
                found[base] = list(_documents(_Source(str(file), file.parent, text, root), problems))
    return found, problems


# --- files ---------------------------------------------------------------------------------------------------------


def environments(paths: Sequence[str]) -> list[str]:
    """Return the names of all environments that have an overlay for a manifest, sorted.

    Args:
        paths: Files, directories, or `-`, which has none.
    """
    found: set[str] = set()
    for target in (FilePath(path) for path in paths if path != "-"):
        if target.is_dir():
            found.update(layer.name for layer in _all_layers(target) if _search(layer))
        else:
            layers = (target.parent / OVERLAYS).glob("*/")
            found.update(layer.name for layer in layers if (layer / target.name).exists())
    return sorted(found)


def _all_layers(directory: FilePath) -> Iterator[FilePath]:
    """Yield the directories of all environments at or below a directory."""
    around = directory / OVERLAYS
    if around.is_dir():
        yield from (entry for entry in around.iterdir() if _is_searched(entry))
    for inner in filter(_is_searched, directory.iterdir()):
        yield from _all_layers(inner)


def _sources(
    path: str,
    stdin: Callable[[], str],
    file_roots: Sequence[str],
    problems: list[Problem],
    is_wanted: Callable[[str], bool],
) -> Iterator[_Source]:
    if path == "-":
        if not is_wanted(path):
            return
        text = stdin()
        if len(text) > MAX_BYTES:
            problems.append(_file_problem(path, f"standard input {_TOO_LARGE[0]}", _TOO_LARGE[1]))
        else:
            yield _Source("-", FilePath.cwd(), text.removeprefix("\ufeff"), FilePath.cwd())
        return
    root = _root(path)
    for file in filter(lambda file: is_wanted(str(file)), _files(FilePath(path), problems)):
        found = _text(file, (root, *map(FilePath, file_roots)), problems)
        if found is not None:
            yield _Source(str(file), file.parent, found, root)


def _root(path: str) -> FilePath:
    """Return the tree that a path of the command line means: itself, or the directory that holds the file."""
    target = FilePath(path)
    return target if target.is_dir() else target.parent


def _files(target: FilePath, problems: list[Problem]) -> list[FilePath]:
    if not target.exists():
        fix = "Check the path, or create a manifest with `poolctl init`."
        problems.append(_file_problem(str(target), "there is no such file or directory.", fix))
        return []
    if not target.is_dir():
        return [target]
    files = _search(target)
    if not files:
        fix = "Name a directory with *.yaml files, or create a manifest with `poolctl init` or `poolctl export`."
        problems.append(_file_problem(str(target), "the directory contains no manifest.", fix))
    return files


def _search(directory: FilePath) -> list[FilePath]:
    """Return the manifests in a directory, sorted so that every machine sees one order."""
    found: list[FilePath] = []
    with os.scandir(directory) as listing:
        entries = sorted((entry for entry in listing if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in entries:
        if _is_directory(entry):
            found += _search(directory / entry.name) if entry.name != OVERLAYS and not entry.is_symlink() else ()
        elif entry.name.endswith(SUFFIXES) and entry.name not in CONFIG_FILES:
            found.append(directory / entry.name)
    return found


def _is_directory(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a directory, or a link to one; only a link has to be looked at."""
    return FilePath(entry).is_dir() if entry.is_symlink() else entry.is_dir()


def _is_searched(entry: FilePath) -> bool:
    """Whether manifests are looked for in an entry; a link may lead around in a circle."""
    hidden = entry.name.startswith(".") or entry.name == OVERLAYS
    return not hidden and entry.is_dir() and not entry.is_symlink()


def _overlays(path: str, environment: str, problems: list[Problem]) -> Iterator[tuple[str, FilePath]]:
    """Yield manifests that have an overlay, with the file that it is."""
    target = FilePath(path)
    if path == "-":
        problems.append(_file_problem(path, "standard input has no overlays.", "Name the file, or omit --env."))
        return
    if not target.exists():  # `read` has said so
        return
    root = target if target.is_dir() else target.parent
    layers = _layers(root, environment) if target.is_dir() else {root: root / OVERLAYS / environment}
    layer = layers.get(root, root / OVERLAYS / environment)
    if not any(directory.is_dir() for directory in layers.values()):
        problems.append(_file_problem(str(layer), "the overlay directory does not exist.", _environments(layer)))
    elif target.is_dir():
        yield from _laid_over(root, layers, problems)
    elif (layer / target.name).exists():
        yield str(target), layer / target.name


def _environments(layer: FilePath) -> str:
    """Say which environments there are in the place of one that there is not."""
    around = layer.parent
    known = sorted(e.name for e in around.iterdir() if e.is_dir()) if around.is_dir() else []
    return f"Available: {', '.join(known)}." if known else "Create it, or omit --env."


def _layers(directory: FilePath, environment: str) -> dict[FilePath, FilePath]:
    """Return the directories that have overlays of an environment beside them, with these, outer ones first."""
    layer = directory / OVERLAYS / environment
    found = {directory: layer} if layer.is_dir() else {}
    for inner in filter(_is_searched, sorted(directory.iterdir())):
        found |= _layers(inner, environment)
    return found


def _laid_over(
    root: FilePath, layers: Mapping[FilePath, FilePath], problems: list[Problem]
) -> Iterator[tuple[str, FilePath]]:
    """Give each manifest the overlay of its nearest directory of overlays, and report overlays that are none."""
    bases = set(_search(root))
    nearest = {base: next((d for d in base.parents if d in layers), root) for base in bases}
    for directory, layer in layers.items():
        for file in _search(layer):
            base = directory / file.relative_to(layer)
            if base not in bases:
                message = f"the overlay has no base: there is no manifest {base}."
                problems.append(_file_problem(str(file), message, "Give it the name of the manifest that it changes."))
            elif nearest[base] != directory:
                problems.append(_too_far(base, file, layers[nearest[base]] / base.relative_to(nearest[base])))
            else:
                yield str(base), file


def _too_far(base: FilePath, file: FilePath, nearer: FilePath) -> Problem:
    """Two places for one overlay: which of them counts must not depend on who looks."""
    if nearer.exists():
        return _file_problem(str(file), f"{base} has two overlays, this one and {nearer}.", "Join them in the latter.")
    message = f"{base} has overlays in a closer directory."
    return _file_problem(str(file), message, f"Move it to {nearer}.")


_TOO_LARGE = (f"is larger than {MAX_BYTES // 1_000_000} MB.", "Split it: a directory may hold any number of files.")


def _text(file: FilePath, roots: tuple[FilePath, ...], problems: list[Problem]) -> str | None:
    name = str(file)
    try:
        if file.is_symlink() and not is_below(file, roots):
            fix = "Replace it by a copy, or allow the directory that it leads to with --file-root DIR."
            problems.append(_file_problem(name, f"the file is a link that leads out of {roots[0]}.", fix))
            return None
        data = read_regular(file, MAX_BYTES)
    except UnfitFileError as error:
        large = error.message.startswith("is larger")
        fix = _TOO_LARGE[1] if large else f"{error.fix.removesuffix('.')}, or name `-` for standard input."
        problems.append(_file_problem(name, f"the file {error.message}", fix))
        return None
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", "") or "its links lead in a circle"
        problems.append(_file_problem(name, f"the file cannot be read: {why}.", "Check its permissions."))
        return None
    return _decoded(name, data, problems)


def _decoded(name: str, data: bytes, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        fix = "Save the file as UTF-8; put images into files of their own: {$file: PATH}."
        problems.append(Problem(Position(name, line, column), "", "the file is not UTF-8 text.", fix))
        return None


def _file_problem(name: str, message: str, fix: str) -> Problem:
    return Problem(Position(name, 1, 1), "", message, fix, whole_file=True)


# --- documents -----------------------------------------------------------------------------------------------------


class Dialect(NamedTuple):
    """How the YAML of another tool differs from that of a manifest."""

    what: str
    """What a document is, for messages: `a manifest`, `a template`."""
    begin: str
    """What to do about a document that is no map."""
    scalar: Callable[[str], Any]
    """Returns what an unquoted scalar means; a ValueError says what is wrong with it, as a clause."""
    tags: Mapping[str, str] = {}
    """Tags that are allowed, with the key that each is short for: `!Ref x` is read as `Ref: x`."""
    any_key: bool = False
    """Whether a key that is a number or a boolean is taken as the text that was written."""
    is_list: bool = False
    """Whether a document is a list, and no map."""


def foreign(name: str, text: str, dialect: Dialect) -> tuple[list[RawDocument], list[Problem]]:
    """Read the YAML, or JSON, of another tool from a text that is at hand.

    Args:
        name: What messages call the text.
        text: The text, of `MAX_BYTES` at most.
        dialect: How it is read.

    Returns:
        As `read`. The value of a tag has two positions: that of the tag, and that below that key.
    """
    problems: list[Problem] = []
    source = _Source(name, FilePath(), text.removeprefix("\ufeff"), FilePath())
    return list(_documents(source, problems, dialect)), problems


def _documents(source: _Source, problems: list[Problem], dialect: Dialect | None = None) -> Iterator[RawDocument]:
    whole = _WholeFile(source)
    aliases = "&" in source.text and "*" in source.text
    simple = dialect is None and not aliases and not _forms(source)
    dialect = dialect or _MANIFEST
    for index, node in enumerate(_nodes(source, problems)):
        if isinstance(node, yaml.ScalarNode) and node.value == "" and node.tag == PLAIN:
            continue
        if not isinstance(node, yaml.SequenceNode if dialect.is_list else yaml.MappingNode):
            start = _position(source.name, node)
            shape, wanted = _shape(node), "a list" if dialect.is_list else "a map"
            message = f"the document is {shape}; {dialect.what} is {wanted}."
            problems.append(Problem(start, "", message, dialect.begin))
            continue
        found = _simple(source, index, node, whole) if simple and isinstance(node, yaml.MappingNode) else None
        yield from [found] if found else _built(source, index, node, problems, dialect)


def _built(
    source: _Source, index: int, node: yaml.Node, problems: list[Problem], dialect: Dialect
) -> Iterator[RawDocument]:
    """Yield a document with the places of all its values, unless there is a mistake that leaves none."""
    builder = _Builder(source.name, dialect)
    tree = builder.value(node, (), 0)
    problems += builder.problems
    if not builder.stopped:
        places = (builder.positions, builder.keys, _position(source.name, node))
        found = (frozenset(builder.blanks), _forms(source))
        yield RawDocument(source.name, source.directory, index, tree, *places, source.root, *found)


def _forms(source: _Source) -> frozenset[str]:
    """Return the forms that a text may have: rows and conditions."""
    return frozenset(form for form in FORMS if form in source.text)


def _shape(node: yaml.Node) -> str:
    shapes = ((yaml.SequenceNode, "a list"), (yaml.MappingNode, "a map"))
    return next((words for kind, words in shapes if isinstance(node, kind)), "a string")


class _WholeFile:
    """The documents of a file with all places, once one of them is read again."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self.users = 0
        """How many of its documents may be read again."""

    @cached_property
    def documents(self) -> Mapping[int, RawDocument]:
        """Its documents by their numbers."""
        nodes = enumerate(_nodes(self._source, []))
        maps = ((index, node) for index, node in nodes if isinstance(node, yaml.MappingNode))
        return {one.index: one for index, node in maps for one in _built(self._source, index, node, [], _MANIFEST)}

    def rest(self) -> None:
        """Take little room; what several documents share stays once it was read."""
        if self.users == 1:
            self.__dict__.pop("documents", None)
        self._source.rest()


class _Again:
    """Reads one document again."""

    def __init__(self, whole: _WholeFile, index: int) -> None:
        whole.users += 1
        self._whole = whole
        self._index = index

    def __call__(self) -> RawDocument:
        """Return it with all places."""
        return self._whole.documents[self._index]

    def rest(self) -> None:
        """Take little room until it is read again."""
        self._whole.rest()


def _simple(source: _Source, index: int, node: yaml.MappingNode, whole: _WholeFile) -> RawDocument | None:
    """Return a document in which nothing is unusual, with places that are found once a message is about one.

    Most documents are such, and most runs name few places, which take longer to note than all else about YAML.
    """
    builder = _SimpleBuilder(source.name)
    try:
        tree = builder.map(node, (), 0)
    except _UnusualError:
        return None
    again = _Again(whole, index)
    positions = LatePlaces(builder.positions, lambda: again().positions)
    keys = LatePlaces(builder.keys, lambda: again().keys)
    start = _position(source.name, node)
    every, found = (positions, keys, start, source.root), _references(source.text, builder)
    return RawDocument(source.name, source.directory, index, tree, *every, again=again, references=found)


def _references(text: str, builder: _SimpleBuilder) -> tuple[Path, ...] | None:
    """Return where the references of a document are, if nothing but their keys has a dollar sign in it."""
    only = "\\" not in text and text.count("$") == len(builder.references)  # an escape may be a dollar sign
    return tuple(builder.references) if only else None


def _nodes(source: _Source, problems: list[Problem]) -> Iterator[yaml.Node]:
    """Yield the root of each document until the end or the first mistake of syntax."""
    loader = _LOADER(source.text)
    try:
        while loader.check_node():
            yield loader.get_node()
    except yaml.YAMLError as error:
        problems.append(_syntax(source, error))
    except RecursionError:  # the composer of PyYAML itself; libyaml has a limit of its own
        problems.append(_too_deep(Position(source.name, 1, 1)))
    finally:
        loader.dispose()


PLAIN = "?"
QUOTED = '"'
COLLECTION = "."
IMPLICIT = (PLAIN, QUOTED, COLLECTION)
"""Tags that `_Tags` gives to nodes without one of their own."""


SCALAR = yaml.ScalarNode
"""Looked up once: it is asked for at every node."""


class _Tags(yaml.resolver.BaseResolver):
    """Distinguishes plain scalars from quoted ones, and both from those with a tag; YAML 1.1's guesses are not made."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:  # noqa: ARG002 - its signature
        """Return the tag of a node that has none."""
        if kind is SCALAR:
            return PLAIN if implicit[0] else QUOTED
        return COLLECTION


NO_PATHS: Mapping[str, Any] = {"descend_resolver": operator.is_, "ascend_resolver": tuple}
"""Methods of a loader that are called before and after each node, for tags by path, of which there are none: they have
nothing to do, and what is written in C and takes their arguments does it in a third of the time."""


def _loader_class(fast: Any) -> type[Any]:
    """Return libyaml's loader, which is ten times as fast, or PyYAML's own where there is none."""
    bases = (fast,) if fast else (yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer)

    def begin(self: Any, text: str) -> None:
        bases[0].__init__(self, text)
        for base in (*bases[1:], _Tags):
            base.__init__(self)

    return type("_Loader", (*bases, _Tags), {"__init__": begin, **NO_PATHS})


_LOADER = _loader_class(getattr(getattr(yaml, "cyaml", None), "CParser", None))


# --- mistakes of syntax --------------------------------------------------------------------------------------------

HINTS = (
    ("mapping values are not allowed", "found a colon where no key can be.", 'Quote a string that contains ": ".'),
    ("unexpected end of stream", "a quoted text has no end.", "Close the quote that opens here."),
    ("unknown escape character", "the text has an unknown escape.", "Use single quotes, or write the backslash twice."),
    ("undefined alias", "an alias names an anchor that is not above it.", "Quote a string that begins with `*`."),
    ("whitespace or line break", "a word that begins with `!` is a tag.", "Put the value in quotes if it is a string."),
    ("expected ',' or ']'", "a list in brackets has no end.", "Close it with `]`, and quote strings with brackets."),
    ("expected ',' or '}'", "a map in braces has no end.", "Close it with `}`, and quote strings with braces."),
    (
        "expected key",
        "a key is expected here.",
        "Check the indentation, and quote a string that has quotes in it.",
    ),
    ("expected '-' indicator", "an item that begins with `-` is expected here.", "Check the indentation."),
    ("could not find expected ':'", "a key has no colon after it.", "Write `KEY: value`."),
    ("expected <document start>", "there is text after the end of the document.", "Check the indentation."),
    ("maximum nesting", "the document is nested too deeply.", f"Use {MAX_DEPTH} levels at most."),
    ("duplicate anchor", "two anchors have one name.", "Give each `&anchor` a name of its own."),
)
"""What the parser says, what that means, what to do."""


IN_FLOW = ("expected ',' or ']'", "expected ',' or '}'", "mapping values are not allowed")
QUOTE_VARIABLES = 'Inside [...] and {...}, put a string that holds a variable in quotes: "${var.NAME}".'
"""The mistake that variables invite: `{a: ${var.x}}` ends at the first brace."""


def _syntax(source: _Source, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        bad = yaml.reader.Reader.NON_PRINTABLE.search(source.text)
        where = _place(source, bad.start() if bad else 0)
        return Problem(where, "", "the file holds a control character.", "Remove it, or write it as an escape.")
    said = str(getattr(error, "problem", "") or "").strip()
    if "unexpected end of stream" in said:
        mark = getattr(error, "context_mark", None) or mark  # where the quote was opened helps more than the end
    where = Position(source.name, mark.line + 1, mark.column + 1)
    if "cannot start any token" in said:
        return _bad_start(source, where)
    for words, message, fix in HINTS:
        if words in said:
            if words in IN_FLOW and "${" in _line(source, where):
                return Problem(where, "", f"not valid YAML: {message}", QUOTE_VARIABLES)
            return Problem(where, "", f"not valid YAML: {message}", fix)
    return Problem(where, "", f"not valid YAML: {said}.", "Check the indentation and the quotes.")


def _bad_start(source: _Source, where: Position) -> Problem:
    character = _line(source, where)[where.column - 1 : where.column]
    if character == "\t":
        return Problem(where, "", "not valid YAML: the indentation contains a tab.", "Indent with spaces.")
    return Problem(where, "", f"not valid YAML: a string cannot begin with `{character}`.", "Put it in quotes.")


def _line(source: _Source, where: Position) -> str:
    """Return the line of a place; the end of the text may be one line further."""
    lines = source.text.split("\n")
    return lines[min(where.line, len(lines)) - 1]


def _too_deep(where: Position) -> Problem:
    return Problem(where, "", f"the document is nested more than {MAX_DEPTH} levels deep.", "Nest less deeply.")


def _place(source: _Source, offset: int) -> Position:
    before = source.text[:offset]
    return Position(source.name, before.count("\n") + 1, offset - before.rfind("\n"))


def _position(file: str, node: yaml.Node) -> Position:
    mark = node.start_mark
    return Position(file, mark.line + 1, mark.column + 1)


# --- values --------------------------------------------------------------------------------------------------------

WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""Plain words that are not texts in YAML 1.2. `yes`, `on` and `off` are texts."""

INTEGER = re.compile(r"[-+]?[0-9]+\Z")
OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
INTERNED = 20
"""Quoted texts shorter than this are kept once: names occur often."""
MAX_DIGITS = 300
"""Longest number; the interpreter refuses to convert more than some thousand digits."""


def scalar(text: str) -> Any:
    """Return what an unquoted scalar means in YAML 1.2's core schema: null, a boolean, a number or a text.

    Raises:
        ValueError: It is a number that other readers of YAML take for another one; the message says why.
    """
    if text in WORDS:
        return WORDS[text]
    if len(text) > MAX_DIGITS or text[0] not in "+-.0123456789":
        return text
    if INTEGER.match(text):
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits.startswith("0"):
            raise ValueError("the number has a leading zero, which some programs read as octal.")
        return int(text)
    if OTHER_BASE.match(text):
        return int(text, 0)
    if FLOAT.match(text):
        return float(text)
    return float(text.replace(".", "")) if INFINITE.match(text) else text


@lru_cache(maxsize=4096)
def _is_text(key: str) -> bool:
    """Return whether an unquoted key is a text; most keys are members, which occur in every document."""
    try:
        return isinstance(scalar(key), str)
    except ValueError:
        return False


_MANIFEST = Dialect("a manifest", "Begin with `version: 1` and `user_pool:`, not indented.", scalar)

MEANT = frozenset("+-.0123456789~nNtTfF")
"""How plain scalars begin that may be no texts."""
UNSURE = MEANT | {""}
"""The same, and what an empty one begins with."""


class _UnusualError(Exception):
    """A document has something that only `_Builder` reads."""


class _SimpleBuilder:
    """Turns the nodes of one document into a tree, if it has no mistake, no alias, no tag and nothing left out.

    It notes the places that nearly every run needs: of keys that have a map, because objects do, and of the maps in
    lists. `_Builder` has the others.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.references: list[Path] = []
        """Maps of one key that begins with a dollar sign."""

    def map(self, node: yaml.MappingNode, path: Path, depth: int) -> Tree:
        """Return the tree of a map.

        Raises:
            _UnusualError: It has something that is not read here.
        """
        if node.tag is not COLLECTION or depth >= MAX_DEPTH:
            raise _UnusualError
        tree: Tree = {}
        for key_node, value_node in node.value:
            quoted = key_node.value if key_node.tag is QUOTED else None
            key = _plain_key(key_node.value) if key_node.tag is PLAIN else quoted
            if key is None or key in tree:
                raise _UnusualError
            tag = value_node.tag
            if tag is PLAIN and value_node.value[:1] not in UNSURE:
                tree[key] = value_node.value
            elif tag is PLAIN or tag is QUOTED:
                tree[key] = _simple_scalar(value_node)
            elif isinstance(value_node, yaml.MappingNode):
                here = (*path, key)
                self.keys[here] = _position(self.file, key_node)
                tree[key] = self.map(value_node, here, depth + 1)
            else:
                tree[key] = self._list(value_node, (*path, key), depth + 1)
        if len(tree) == 1 and key and key[0] == "$":
            self.references.append(path)
        return tree

    def _list(self, node: yaml.Node, path: Path, depth: int) -> list[Any]:
        if node.tag is not COLLECTION or depth >= MAX_DEPTH:
            raise _UnusualError
        items: list[Any] = []
        for item in node.value:
            tag = item.tag
            if tag is PLAIN and item.value[:1] not in UNSURE:
                items.append(item.value)
                continue
            if tag is PLAIN or tag is QUOTED:
                items.append(_simple_scalar(item))
                continue
            here = (*path, len(items))
            self.positions[here] = _position(self.file, item)
            inner = self.map if isinstance(item, yaml.MappingNode) else self._list
            items.append(inner(item, here, depth + 1))
        return items


def _simple_scalar(node: yaml.ScalarNode) -> Any:
    """Return what a scalar means."""
    text: str = node.value
    if node.tag is QUOTED:
        return sys.intern(text) if len(text) < INTERNED else text
    if not text:
        raise _UnusualError
    if text[0] not in MEANT:
        return text
    try:
        return scalar(text)
    except ValueError:
        raise _UnusualError from None


@lru_cache(maxsize=4096)
def _plain_key(key: str) -> str | None:
    """Return an unquoted key that is a text, one object for all of its occurrences; None if it means something else."""
    return sys.intern(key) if key != "<<" and _is_text(key) else None


class _Builder:
    """Turns the nodes of one document into a tree, and notes where each value is."""

    def __init__(self, file: str, dialect: Dialect) -> None:
        self.file = file
        self.dialect = dialect
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.problems: list[Problem] = []
        self.blanks: set[Path] = set()
        self.stopped = False
        self._open: set[int] = set()  # nodes that are being built, to see an alias to something around it
        self._seen: set[int] = set()
        self._repeated = 0

    def value(self, node: yaml.Node, path: Path, depth: int) -> Any:
        """Return the value of a node."""
        if path not in self.positions:
            self.positions[path] = _position(self.file, node)
        if self.stopped or self._refused(node, path, depth):
            return FAILED
        if node.tag in self.dialect.tags:
            key = self.dialect.tags[node.tag]
            self.positions.setdefault((*path, key), _position(self.file, node))
            return {key: self._content(node, (*path, key), depth)}
        return self._content(node, path, depth)

    def _content(self, node: yaml.Node, path: Path, depth: int) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
            return self._map(node, path, depth) if isinstance(node, yaml.MappingNode) else None
        finally:
            self._open.discard(id(node))

    def _refused(self, node: yaml.Node, path: Path, depth: int) -> bool:
        own = id(node)
        if own in self._seen:
            self._repeated += 1
        self._seen.add(own)
        if own in self._open:
            self._say(node, path, "an alias is inside what it repeats.", "Remove the alias.")
        elif depth > MAX_DEPTH:
            self.problems.append(_too_deep(_position(self.file, node)))
        elif self._repeated > MAX_REPEATED:
            message = f"aliases repeat more than {MAX_REPEATED} values."
            self._say(node, path, message, "Write the values out, or use fewer aliases.")
        elif node.tag not in IMPLICIT and node.tag not in self.dialect.tags:
            fix = "Put the value in quotes if it is a string; tags are not allowed."  # a password may begin with `!`
            self._say(node, path, "a word that begins with `!` is a tag.", fix)
            return True
        else:
            return False
        self.stopped = True
        return True

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        if node.tag != PLAIN:
            return sys.intern(node.value) if len(node.value) < INTERNED else node.value
        if not node.value:
            self.blanks.add(path)
        try:
            return self.dialect.scalar(node.value)
        except ValueError as error:
            self._say(node, path, str(error), "Put it in quotes, or leave the zero out.")  # it may be a secret
            return FAILED

    def _map(self, node: yaml.MappingNode, path: Path, depth: int) -> Tree:
        tree: Tree = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == PLAIN and key_node.value == "<<":
                merged.append(value_node)
                continue
            key = self._key(key_node, path)
            if key is None:
                continue
            here = (*path, key)
            if key in tree:
                self._twice(key_node, here)
                continue
            self.keys[here] = _position(self.file, key_node)
            tree[key] = self.value(value_node, here, depth + 1)
        for source in merged:
            self._merge(source, tree, path, depth)
        return tree

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._say(node, path, "a key is a list or a map.", "Write a string as the key.")
            return None
        if node.tag not in IMPLICIT:
            self._say(node, path, "a key has a tag.", "Remove the tag.")
            return None
        if node.tag == PLAIN and not self.dialect.any_key and not _is_text(node.value):
            shown = node.value or "(nothing)"
            self._say(node, path, f"the key {shown} is not a string.", f'Put it in quotes: "{node.value}".')
            return None
        return sys.intern(node.value)

    def _twice(self, node: yaml.Node, path: Path) -> None:
        first = self.keys[path]
        message = f"duplicate key; it is first written in line {first.line}."
        self._say(node, path, message, "Remove one of the two.")

    def _merge(self, node: yaml.Node, tree: Tree, path: Path, depth: int) -> None:
        """Add the members of `<<` that were not written out; of several maps the first wins."""
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in sources:
            if self.stopped:
                return
            if not isinstance(source, yaml.MappingNode):
                self._say(source, path, "`<<` merges something that is not a map.", "Give it an alias of a map.")
                continue
            part = _Builder(self.file, self.dialect)
            part._open, part._seen, part._repeated = self._open, self._seen, self._repeated
            members = part.value(source, path, depth + 1)
            self._take(part, members if isinstance(members, dict) else {}, tree, path)

    def _take(self, part: _Builder, members: Tree, tree: Tree, path: Path) -> None:
        self.problems += part.problems
        self.stopped = self.stopped or part.stopped
        self._repeated = part._repeated
        new = {k: v for k, v in members.items() if k not in tree}
        tree.update(new)
        at = len(path)
        self.blanks |= {p for p in part.blanks if len(p) > at and p[at] in new}
        for theirs, ours in ((part.positions, self.positions), (part.keys, self.keys)):
            ours.update({p: where for p, where in theirs.items() if len(p) > at and p[at] in new})

    def _say(self, node: yaml.Node, path: Path, message: str, fix: str) -> None:
        self.problems.append(Problem(_position(self.file, node), dotted(path), message, fix))
