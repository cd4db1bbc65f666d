"""Which poolctl.yaml a run reads, from its words and its environment. Without a file, next to nothing is imported.

The file is looked for in the working directory and above it, up to the root of the repository; outside a repository
only in the working directory, because what lies above may be another's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import InvalidInput
from reconciler.terminal.options import from_environment
from reconciler.terminal.settings import CONFIG_FILES
from schemas.tuples import NamedTuple

if TYPE_CHECKING:  # it reads YAML
    from reconciler.cli.configuration import Configuration
    from reconciler.cli.parsing import Parser

ALIASES = {"import": "export"}
"""Commands that are another name for one."""


class FilesRead(NamedTuple):
    """Which files a run reads, as its words and its environment say."""

    named: str = ""
    """The file of `--config`; empty looks for one."""
    wanted: bool = True
    """Whether one is read."""
    gates_from: str | None = None
    """The file of `--gates-from`; None for none."""


def chosen(given: Mapping[str, Any], environ: Mapping[str, str]) -> FilesRead:
    """Return which files a run reads.

    Args:
        given: What its words say, by field of `Options`.
        environ: The environment.

    Raises:
        InvalidInput: Both are said, to read a file and to read none; or a setting is wrong.
    """
    said = {**from_environment(environ), **{k: v for k, v in given.items() if v is not None}}
    found = FilesRead(said.get("config", ""), said.get("use_config", True), said.get("gates_from"))
    if found.named and not found.wanted:
        raise InvalidInput("--config names a file and --no-config reads none. Remove one of them.")
    return found


def configured(
    command: str, given: Mapping[str, Any], environ: Mapping[str, str], parser: Callable[[str], Parser]
) -> Configuration | None:
    """Return what the file of a run says; None if there is none.

    Args:
        command: Name of the command.
        given: What its words say, by field of `Options`.
        environ: The environment.
        parser: Returns the parser of a command.

    Raises:
        InvalidInput: A file does not exist or is invalid, or a setting is.
    """
    reads = chosen(given, environ)
    named, instead = reads.named, reads.gates_from
    file = (_existing(named, "--config") if named else find(Path())) if reads.wanted else ""
    instead = _existing(instead, "--gates-from") if instead is not None else ""
    return _read(file, instead, ALIASES.get(command, command), parser) if file or instead else None


def _read(file: str, instead: str, command: str, parser: Callable[[str], Parser]) -> Configuration:
    """Return what a file says, with what another one says of gates, if one is to be taken."""
    from reconciler.cli.configuration import Configuration, read, read_gates

    found = read(file, command, parser) if file else Configuration()
    return found.with_gates(read_gates(instead, parser)) if instead else found


def find(directory: Path) -> str:
    """Return the path of the file for a working directory, relative to it; empty if there is none.

    Raises:
        InvalidInput: One directory has it under both names.
    """
    for place in places(directory):
        found = [os.path.relpath(place / name, directory) for name in CONFIG_FILES if (place / name).is_file()]
        if len(found) > 1:
            raise InvalidInput(f"{' and '.join(found)} are both there. Keep one of them.")
        if found:
            return found[0]
    return ""


def places(directory: Path) -> Sequence[Path]:
    """Return the directories that may hold the file, the nearest first."""
    around = [directory.absolute(), *directory.absolute().parents]
    root = next((at for at, place in enumerate(around) if os.path.lexists(place / ".git")), 0)
    return around[: root + 1]


def _existing(file: str, option: str) -> str:
    if not Path(file).is_file():
        raise InvalidInput(f"{option}: {file} is not a file. Check the path.")
    return file
