"""One module for each command: a short list of calls to the stages that do the work.

The command line imports a command's module only when the command is called, and expects of it what `Command` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from reconciler.console import Console
from reconciler.options import STDOUT, Options

if TYPE_CHECKING:
    import argparse


class Command(Protocol):
    """What a module of this package offers."""

    HELP: str
    """What it does, in a few sentences, with examples. argparse reads it, so a percent sign is written twice."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options; the `dest` of each is a field of `Options`, its default None."""
        ...

    def run(self, options: Options, console: Console) -> int:
        """Do it, and return the exit code.

        Raises:
            PoolctlError: It cannot be done; the command line prints the message and takes the exit code.
        """
        ...


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what a plan may do to objects that exist; each names what it allows."""
    parser.add_argument(
        "--prune",
        action="store_true",
        default=None,
        help="delete what the manifest does not declare, in the sections that its `prune` names",
    )
    text = "allow N deletions of a kind (a plan that would delete more than 30 %% and at least 3 is refused)"
    parser.add_argument("--max-deletes", dest="max_deletes", type=int, metavar="N", default=None, help=text)
    parser.add_argument(
        "--allow-replace",
        dest="replaceable",
        action="append",
        metavar="KIND/NAME",
        default=None,
        help="let this object be deleted and made again where it cannot be changed; may be repeated",
    )


def deliver(options: Options, console: Console, renderers: Mapping[str, Callable[[bool], str]]) -> None:
    """Write the result in every format that was asked for.

    Args:
        options: Say which formats, and where each goes.
        console: Takes what goes to standard output.
        renderers: By format: returns the text; its argument says whether to use colour.

    Raises:
        PoolctlError: A file could not be written.
    """
    for form, file in options.outputs:
        if file == STDOUT:
            console.out(renderers[form](console.color))
        else:
            save(file, renderers[form](False))


def save(file: str, content: str | bytes) -> None:
    """Write a whole file or none: a pipeline must not read half a plan.

    Raises:
        PoolctlError: It could not be written.
    """
    import os
    import tempfile
    from pathlib import Path

    from reconciler.errors import PoolctlError

    target = Path(file)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as error:
        raise PoolctlError(f"{file}: the result could not be written: {error.strerror}.") from None
