"""`completion`: a script that completes commands, options and files in a shell.

It belongs to the command line itself, as it describes all of it: one tree of parsers, made of those that parse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ExitCode
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

if TYPE_CHECKING:
    import argparse

    from reconciler.cli.parsing import Parser

HELP = """\
Print a script that completes commands, options, formats and files of poolctl in a shell.

  bash    poolctl completion bash > ~/.local/share/bash-completion/completions/poolctl
  zsh     poolctl completion zsh > "${fpath[1]}/_poolctl"
  fish    poolctl completion fish > ~/.config/fish/completions/poolctl.fish
"""

SHELLS = ("bash", "zsh", "fish")
"""The shells that are supported; each has a test that runs it."""

FILES = frozenset({"FILE", "FILE|pool POOL", "PATH", "A|B"})
"""Words for values that are files."""

SECTIONS = "SECTION[,SECTION]"
"""The word for a section that an export can be asked for."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument."""
    parser.add_argument("shell", choices=SHELLS, metavar="|".join(SHELLS), help="the shell")


def run(options: Options, console: Console) -> int:
    """Print the script."""
    import shtab

    console.data(shtab.complete(tree(), options.shell))
    return ExitCode.OK


def tree() -> Parser:
    """Return the whole command line as one parser, with a sub-parser for each command."""
    from functools import partial

    from reconciler.cli.entry import COMMANDS, load
    from reconciler.cli.parsing import BARE, Parser, add_common, parser

    root = Parser(prog="poolctl", add_help=False)
    root.bare, root.offered = dict(BARE), {}
    add_common(root)
    root.add_argument("--version", action="store_true", help="print the version")
    commands = root.add_subparsers(dest="command")
    for name, (_, summary, takes_paths) in COMMANDS.items():
        make = partial(commands.add_parser, name, help=summary)
        made = parser(name, load(name), takes_paths=takes_paths, make=make)
        made.description = summary  # shells show one line
    for made in (root, *root.commands().values()):
        _describe(made)
    return root


def _describe(made: Parser) -> None:
    """Say of each argument what its values are: words, files, directories, or nothing of its own."""
    import shtab

    from reconciler.export import opted_in

    for action in made.arguments():
        words = made.offered.get((action.option_strings or [""])[-1]) or _words(action.metavar)
        words = opted_in.SECTIONS if action.metavar == SECTIONS else words
        if words:
            action.choices = words
        elif action.metavar in FILES:
            action.complete = shtab.FILE
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY
        if not made.bare.keys().isdisjoint(action.option_strings):
            action.nargs = 0  # a value comes after an equals sign, never as the next word


def _words(metavar: str | tuple[str, ...] | None) -> list[str]:
    """Return the values that a metavar lists, such as `text|json`; capitals are placeholders."""
    words = metavar.split("|") if isinstance(metavar, str) else []
    return words if len(words) > 1 and all(word.islower() for word in words) else []
