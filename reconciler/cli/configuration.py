"""poolctl.yaml → fields of `Options`: what a repository sets for every run.

Its values are parsed by the parsers of the command line, so that both take and refuse the same. Everything wrong with
the file is reported at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    from reconciler.manifests import reader

    documents, problems = reader.read([file], str)
    problems = [_fitting(p) for p in problems]
    if len(documents) > 1:
        problems.append(Problem(documents[1].start, "", "a second document begins.", "Keep one."))
    result = Configuration()
    for document in documents[:1]:
        found = ConfigProblems(document, problems)
        result = _Reader(file, command, parser, found).read()
    if problems:
        raise InvalidManifest(problems)
    return result


def _fitting(problem: Problem) -> Problem:
    """Return a problem of the reader in the words of this file: it may speak of manifests."""
    if "a manifest is a map" not in problem.message:
        return problem
    return Problem(problem.position, "", "the configuration is not a map.", "Write one such as `fail_on: [weakens]`.")


class _Reader:
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
        tree = self.document.tree
        self.problems.unknown_keys((), [*map(key, (VERSION, *GLOBAL_KEYS, *SHARED_KEYS, ALLOW)), *SECTIONS])
        if tree.get(VERSION, 1) != 1:
            self.problems.wrong((VERSION,), f"{flow(tree[VERSION])} is not a version.", "Write version: 1.")
        for option in GLOBAL_KEYS:
            self.fields |= self._parsed(option, (key(option),), self._global)
        for option in SHARED_KEYS:
            found = self._parsed(option, (key(option),), self._as_typed_for(SHARED_BY))
            self.fields |= found if self.parser(self.command).has(f"--{option}") else {}
        for section, options in SECTIONS.items():
            found = self._section(section, options)
            self.fields |= found if section == self.command else {}
        return Configuration(self.fields, tuple(AllowReader(self.problems).read()))

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

    def _parsed(
        self, option: str, path: Path, parse: Callable[[str, list[Any], Path], Mapping[str, Any]]
    ) -> dict[str, Any]:
        values = list(self._values(option, path))
        try:
            return dict(parse(option, values, path)) if values else {}
        except InvalidInput as error:
            self.problems.wrong(path, str(error).removeprefix(f"--{option}: ").removeprefix(f"{dotted(path)}: "))
            return {}

    # --- values ----------------------------------------------------------------------------------------------------

    def _values(self, option: str, path: Path) -> Iterator[Any]:
        """Yield the values of an option; none if the file does not say it, or says something else."""
        value: Any = self.document.tree
        for step in path:
            value = value.get(step)
        if option == "var" and isinstance(value, dict):
            value = [f"{name}={_typed(each)}" for name, each in value.items()]
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            if isinstance(one, dict | list) or one is None:
                self.problems.wrong(path, "it is not a text, a number, true or false, or a list of these.")
            else:
                yield self._placed(option, str(one), path) if option in PATHS else one

    def _placed(self, option: str, text: str, path: Path) -> str:
        """Return a value whose file is relative to the working directory, and not to that of this file."""
        form, equals, file = text.partition("=") if option == "output" else ("", "", text)
        if not file or file == "-":
            return text
        if FilePath(file).is_absolute() or ".." in FilePath(file).parts:
            self.problems.wrong(path, f"{flow(file)} is not below the directory of this file.", "Name one that is.")
        return f"{form}{equals}{self.directory / file}"

    def _global(self, option: str, values: list[Any], path: Path) -> Mapping[str, Any]:
        known = next(one for one in GLOBALS if one.name == option)
        return from_texts(known, [_typed(v) for v in values], dotted(path))

    def _as_typed_for(self, command: str) -> Callable[[str, list[Any], Path], Mapping[str, Any]]:
        """Return what parses values as the parser of a command does."""
        from reconciler.cli.parsing import given

        def parse(option: str, values: list[Any], path: Path) -> Mapping[str, Any]:
            made, flag = self.parser(command), f"--{option}"
            words = [f"{flag}={_typed(v)}" for v in values]
            if made.option(flag).nargs == 0:
                if values not in ([True], [False]):
                    self.problems.wrong(path, f"{flow(values[0])} is neither true nor false.")
                words = [flag] if values == [True] else []
            found = given(made, words, takes_paths=True)
            return {k: tuple(v) if isinstance(v, list) else v for k, v in found.items() if v is not None}

        return parse


def _typed(value: Any) -> str:
    """Return a value as it is typed on a command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)
