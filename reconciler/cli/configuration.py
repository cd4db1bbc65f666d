"""poolctl.yaml → fields of `Options`: what a repository sets for every run.

Its values are parsed by the parsers of the command line, so that both take and refuse the same. Everything wrong with
the file is reported at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.cli.config_allow import AllowReader
from reconciler.cli.config_keys import ALLOW, FAIL_ON, GLOBAL_KEYS, PATHS, SECTIONS, SHARED_KEYS, VERSION, key
from reconciler.cli.config_problems import ConfigProblems
from reconciler.errors import InvalidInput, InvalidManifest, Problem, flow
from reconciler.model import Allowance, Path, dotted
from reconciler.terminal.options import from_texts
from reconciler.terminal.settings import GLOBALS

if TYPE_CHECKING:
    from reconciler.cli.parsing import Parser
    from reconciler.manifests.documents import RawDocument

SHARED_BY = "plan"
"""A command that has all options of `SHARED_KEYS`."""

ELSEWHERE = "Lists and maps are given in a file of var_file."
NAMES = "Use letters, digits, _ and -, and begin with a letter."

TOP = (*map(key, (VERSION, *GLOBAL_KEYS, *SHARED_KEYS, ALLOW)), *SECTIONS)
"""Keys at the top."""

Parse = Callable[[str, Sequence[Any], Path], Mapping[str, Any]]
"""Turns values of an option into fields; the path is where they are."""


class Configuration(NamedTuple):
    """What the file says for one command."""

    fields: Mapping[str, Any] = {}
    """By field of `Options`, without `allow`."""
    allow: tuple[Allowance, ...] = ()
    """What passes although `fail_on` asks for it."""

    def with_gates(self, other: Configuration) -> Configuration:
        """Return it with what another file says of gates instead."""
        kept = {k: v for k, v in self.fields.items() if k != key(FAIL_ON)}
        return Configuration({**kept, **{k: v for k, v in other.fields.items() if k == key(FAIL_ON)}}, other.allow)


def read(file: str, command: str, parser: Callable[[str], Parser]) -> Configuration:
    """Read the file for a command. What it says for other commands is checked too.

    Args:
        file: Its path.
        command: Name of the command.
        parser: Returns the parser of a command.

    Raises:
        InvalidManifest: It is invalid; carries all problems.
    """
    return _read(file, command, parser, _ConfigReader.read)


def read_gates(file: str, parser: Callable[[str], Parser]) -> Configuration:
    """Read what a file says of gates, and nothing else.

    It may be that of another branch: what it says of other options is about other directories, or for another version.

    Args:
        file: Its path.
        parser: Returns the parser of a command.

    Raises:
        InvalidManifest: It cannot be read, or what it says of gates is invalid; carries all problems.
    """
    return _read(file, SHARED_BY, parser, _ConfigReader.gates)


def _read(
    file: str, command: str, parser: Callable[[str], Parser], what: Callable[[_ConfigReader], Configuration]
) -> Configuration:
    from reconciler.manifests import reader

    documents, problems = reader.read([file], str)
    problems = [_fitting(p) for p in problems]
    if len(documents) > 1:
        problems.append(Problem(documents[1].start, "", "a second document begins.", "Keep one."))
    result = Configuration()
    for document in documents[:1]:
        found = ConfigProblems(document, problems)
        result = what(_ConfigReader(file, command, cache(parser), found))
    if problems:
        raise InvalidManifest(problems)
    return result


def _fitting(problem: Problem) -> Problem:
    """Return a problem of the reader in the words of this file: it may speak of manifests."""
    if "a manifest is a map" not in problem.message:
        return problem
    return Problem(problem.position, "", "the configuration is not a map.", "Write one such as `fail_on: [weakens]`.")


class _ConfigReader:
    """Reads one document for a command."""

    def __init__(self, file: str, command: str, parser: Callable[[str], Parser], problems: ConfigProblems) -> None:
        self.directory = FilePath(file).parent
        self.command = command
        self.parser = parser
        self.problems = problems
        self.document: RawDocument = problems.document
        self.fields: dict[str, Any] = {}

    def read(self) -> Configuration:
        """Return what it says."""
        self.problems.unknown_keys((), TOP)
        self._version()
        for option in GLOBAL_KEYS:
            self.fields |= self._parsed(option, (key(option),), self._global)
        for option in SHARED_KEYS:
            found = self._shared(option)
            self.fields |= found if self.parser(self.command).has(f"--{option}") else {}
        for section, options in SECTIONS.items():
            found = self._section(section, options)
            self.fields |= found if section == self.command else {}
        return Configuration(self.fields, tuple(AllowReader(self.problems).read()))

    def gates(self) -> Configuration:
        """Return what it says of gates."""
        self.problems.misspelt_keys(TOP, (key(FAIL_ON), ALLOW))
        self._version()
        return Configuration(self._shared(FAIL_ON), tuple(AllowReader(self.problems).read()))

    def _shared(self, option: str) -> dict[str, Any]:
        from reconciler.security.criteria import kinds_problem

        found = self._parsed(option, (key(option),), self._as_typed_for(SHARED_BY))
        if option == FAIL_ON and (problem := kinds_problem(found.get(key(FAIL_ON), ()))):
            self.problems.wrong((key(FAIL_ON),), problem)
        return found

    def _version(self) -> None:
        version = self.document.tree.get(VERSION, 1)
        if version != 1:
            self.problems.wrong((VERSION,), f"{flow(version)} is not a version.", "Write version: 1.")

    def _section(self, section: str, options: Sequence[str]) -> dict[str, Any]:
        inner = self.document.tree.get(section)
        if inner is None:
            return {}
        if not isinstance(inner, dict):
            self.problems.wrong((section,), "it is not a map.", f"Write the options of {section} below it.")
            return {}
        self.problems.unknown_keys((section,), [*map(key, options)])
        found: dict[str, Any] = {}
        for option in options:
            found |= self._parsed(option, (section, key(option)), self._as_typed_for(section))
        return found

    def _parsed(self, option: str, path: Path, parse: Parse) -> dict[str, Any]:
        """Return the fields that an option fills. Each value of several is tried by itself, for its own place."""
        before = len(self.problems.found)
        values = list(self._values(option, path))
        for place, value in values if len(values) > 1 else ():
            self._tried(option, [value], place, parse)
        if not values or len(self.problems.found) > before:
            return {}
        whole = path if len(values) > 1 else values[0][0]
        return self._tried(option, [value for _, value in values], whole, parse)

    def _tried(self, option: str, values: Sequence[Any], path: Path, parse: Parse) -> dict[str, Any]:
        try:
            return dict(parse(option, values, path))
        except InvalidInput as error:
            self.problems.wrong(path, str(error).removeprefix(f"--{option}: ").removeprefix(f"{dotted(path)}: "))
            return {}

    # --- values ----------------------------------------------------------------------------------------------------

    def _values(self, option: str, path: Path) -> Iterator[tuple[Path, Any]]:
        """Yield the values of an option with their places; none if the file does not say it, or says something else."""
        value: Any = self.document.tree
        for step in path:
            value = value.get(step)
        if option == "var":
            yield from self._variables(value, path)
            return
        for place, one in _each(value, path):
            if isinstance(one, dict | list) or one is None:
                self.problems.wrong(place, "it is not a text, a number, true or false, or a list of these.")
            else:
                yield place, self._placed(option, str(one), place) if option in PATHS else one

    def _variables(self, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
        """Yield variables as `NAME=VALUE`, from a map of them or a list."""
        from reconciler.manifests.references.variables import is_assignment

        named = isinstance(value, dict)
        for place, one in (((*path, name), one) for name, one in value.items()) if named else _each(value, path):
            text = f"{place[-1]}={_typed(one)}" if named else _typed(one)
            if isinstance(one, dict | list) or one is None:
                self.problems.wrong(place, "it is not a text, a number, true or false.", ELSEWHERE)
            elif is_assignment(text):
                yield place, text
            elif named:
                self.problems.wrong_key(place, "invalid variable name.", NAMES)
            else:
                self.problems.wrong(place, f"{flow(text)} is not NAME=VALUE.", "Write one such as stage=prod.")

    def _placed(self, option: str, text: str, path: Path) -> str:
        """Return a value whose file is relative to the working directory, and not to that of this file."""
        form, equals, file = text.partition("=") if option == "output" else ("", "", text)
        if not file or file == "-":
            return text
        if problem := _place_problem(self.directory, file):
            self.problems.wrong(path, f"{flow(file)} {problem}", "Name another one.")
        return f"{form}{equals}{self.directory / file}"

    def _global(self, option: str, values: Sequence[Any], path: Path) -> Mapping[str, Any]:
        known = next(one for one in GLOBALS if one.name == option)
        return from_texts(known, [_typed(v) for v in values], dotted(path))

    def _as_typed_for(self, command: str) -> Parse:
        """Return what parses values as the parser of a command does."""
        from reconciler.cli.parsing import given

        def parse(option: str, values: Sequence[Any], path: Path) -> Mapping[str, Any]:
            made, flag = self.parser(command), f"--{option}"
            words = [f"{flag}={_typed(v)}" for v in values]
            if made.option(flag).nargs == 0:
                if not isinstance(values[0], bool):
                    self.problems.wrong(path, f"{flow(_typed(values[0]))} is neither true nor false.")
                words = [flag for v in values if v is True]
            found = given(made, words, takes_paths=True) if words else {}
            if len(values) > 1 and not any(isinstance(v, list) for v in found.values()):
                self.problems.wrong(path, "it takes one value.")
            return {k: tuple(v) if isinstance(v, list) else v for k, v in found.items() if v is not None}

        return parse


def _each(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield the items of a list with their places, or one value; nothing if nothing is said."""
    if isinstance(value, list):
        yield from (((*path, at), one) for at, one in enumerate(value))
    elif value is not None:
        yield path, value


def _typed(value: Any) -> str:
    """Return a value as it is typed on a command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place_problem(directory: FilePath, file: str) -> str:
    """Return what is wrong with the place of a file that this file names; empty if nothing is."""
    outside = "is not below the directory of this file."
    if FilePath(file).is_absolute() or ".." in FilePath(file).parts or "\0" in file:
        return outside
    root, found = (FilePath(os.path.realpath(one)) for one in (directory, directory / file))
    if not found.is_relative_to(root):
        return outside.replace(" below", ", through a link, below")
    return "is among the files of Git." if ".git" in map(str.lower, found.relative_to(root).parts) else ""
