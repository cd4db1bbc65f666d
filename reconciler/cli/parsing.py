"""argparse, adapted to this command line.

argparse differs from this tool in three ways: a wrong option exits with 2, which here means "there are changes"; an
option with an optional value swallows the next word (`--local pools/`); and options may not come between paths.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from reconciler.terminal.options import add_globals
from reconciler.terminal.settings import GLOBALS, LOCAL_DIRECTORY, invalid
from reconciler.terminal.suggestions import sentences, suggest

if TYPE_CHECKING:
    from reconciler.commands import Command

BARE = {option.flag: f"{option.flag}={LOCAL_DIRECTORY}" for option in GLOBALS if option.kind == "directory"}
"""How an option without `=` is read."""


PATH = "PATH"
"""How the usual operand is called, of which there may be several."""


class Help(argparse.RawDescriptionHelpFormatter):
    """Help of one width: identical everywhere, and without the 2 ms that asking the terminal costs."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=36, width=100)


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of exiting, and that suggests the option that was meant."""

    bare: dict[str, str]
    """Options with an optional value: how each is read without a value."""
    offered: dict[str, Sequence[str]]
    """Options whose values begin with one of several words, for completion: `-o json=FILE`."""

    def format_help(self) -> str:
        """Return the help, in which an option with an optional value is spelled as it must be typed."""
        text = super().format_help()
        for option in GLOBALS:
            if option.kind == "directory":
                text = text.replace(f"{option.flag} {option.metavar}  ", option.usage)
        return text

    def takes(self, field: str) -> bool:
        """Return whether an argument fills a field of `Options`."""
        return any(action.dest == field for action in self._actions)

    def has(self, flag: str) -> bool:
        """Return whether it has an option, such as `--fail-on`."""
        return flag in self._option_string_actions

    def option(self, flag: str) -> argparse.Action:
        """Return argparse's description of an option."""
        return self._option_string_actions[flag]

    def arguments(self) -> Iterator[Any]:
        """Yield argparse's description of each option and argument; sub-commands are none."""
        return (action for action in self._actions if not isinstance(action.choices, dict))

    def commands(self) -> Mapping[str, Parser]:
        """Return the parser of each sub-command."""
        found = (action.choices for action in self._actions if isinstance(action.choices, dict))
        return next(found, {})

    def error(self, message: str) -> NoReturn:
        """Report a wrong use.

        Raises:
            InvalidInput: Always.
        """
        raise invalid(f"{message[:1].upper()}{message[1:]}. Run `{self.prog} --help`.")

    def unknown(self, word: str) -> NoReturn:
        """Report an unknown option.

        Raises:
            InvalidInput: Always.
        """
        flag = word.partition("=")[0]
        known = [name for name in self._option_string_actions if name.startswith("--")]
        raise invalid(sentences(f"Unknown option {flag}.", suggest(flag, known), f"Run `{self.prog} --help`."))


def optional_value(parser: argparse.ArgumentParser, flag: str, value: str) -> None:
    """Let an option have no value: `--prune` is then read as `--prune=VALUE`, and never takes the next word."""
    if isinstance(parser, Parser):
        parser.bare[flag] = f"{flag}={value}"


def parser(name: str, module: Command, *, takes_paths: bool, make: Callable[..., Parser] | None = None) -> Parser:
    """Return the parser of a command: its own options and the global ones.

    Args:
        name: The command.
        module: Its module.
        takes_paths: Whether it takes paths.
        make: Makes the parser from argparse's arguments; None makes one that belongs to no other.
    """
    made = (make or Parser)(
        prog=f"poolctl {name}",
        description=module.HELP,
        formatter_class=Help,
        allow_abbrev=False,
        add_help=False,
        argument_default=None,
    )
    made.bare, made.offered = dict(BARE), {}
    module.configure(made)
    if takes_paths and not made.takes("paths"):
        made.add_argument(
            "paths", nargs="*", metavar=PATH, help="manifest, or directory of manifests (pools); - is stdin"
        )
    made.usage = " ".join([f"poolctl {name} [options]", *_operands(made)])
    add_common(made)
    return made


def _operands(made: Parser) -> Iterator[str]:
    """Yield the operands of a command as its usage names them."""
    for action in made.arguments():
        if not action.option_strings:
            named = action.metavar or "|".join(action.choices or ())
            several = f"[{named} ...]" if named == PATH else named
            yield f"[{named}]" if action.nargs == "?" else several


def add_common(made: Parser) -> None:
    """Add the options that every command has."""
    made.add_argument("-h", "--help", action="store_true", default=argparse.SUPPRESS, help="show this text")
    add_globals(made)


def given(made: Parser, words: Sequence[str], *, takes_paths: bool) -> dict[str, Any]:
    """Parse the words into fields of `Options`.

    Raises:
        InvalidInput: An option or argument is unknown or wrong.
    """
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    before = [made.bare.get(word, word) for word in words[:end]]
    after = words[end + 1 :]
    if after and not takes_paths:  # a command without paths takes it as its own argument
        before, after = [*before, "--", *after], []
    found, rest = made.parse_known_args(before)
    for word in rest:
        if word.startswith("-") and word != "-":
            made.unknown(word)
    fields = vars(found)
    paths = [*(fields.pop("paths", None) or ()), *rest, *after]
    if paths and not takes_paths:
        made.error(f"unexpected argument {paths[0]}")
    return {**fields, "paths": paths} if paths else fields
