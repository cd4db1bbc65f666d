"""Options → exit code, one use case a module.

In: options and a console. Out: an exit code; what a command found is on its streams and in its files.
A command is a short list of calls to the stages that do the work; `Command` is the interface that it implements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import flow
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.options import STDOUT, Options, whole
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

    from reconciler.model import Allowance


FOR_PEOPLE = frozenset({"human", "markdown"})
"""Formats whose text no program takes apart."""


class Command(Protocol):
    """What a module of this package offers."""

    HELP: str
    """What it does, in a few sentences, with examples. argparse reads it, so a percent sign is written twice."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options; the `dest` of each is a field of `Options`, its default None."""
        ...

    def run(self, options: Options, console: Console) -> int:
        """Run the command and return the exit code.

        Raises:
            PoolctlError: The command failed; the command line prints the message and exits with the error's code.
        """
        ...


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Add the option that splits the documents among the workers of a fleet."""
    text = "work on one part of the documents, such as 1/4 (all)"
    parser.add_argument("--shard", metavar="I/N", type=_shard, default=None, help=text)


def _shard(text: str) -> tuple[int, int]:
    one, _, of = text.partition("/")
    if not (one + of).isascii() or not one.isdigit() or not of.isdigit() or not 1 <= int(one) <= int(of):
        raise invalid(f"--shard: {flow(text)} is not a part. Write 1/4 for the first of four.")
    return int(one), int(of)


def add_notes(parser: argparse.ArgumentParser) -> None:
    """Add the option that shows what every run repeats."""
    text = "show each note that every run repeats, instead of their number (human)"
    parser.add_argument("--notes", action="store_true", default=None, help=text)


def add_states(parser: argparse.ArgumentParser) -> None:
    """Add the option that names what Terraform has."""
    text = "warn of what is also in this state of Terraform or OpenTofu, for the time of a migration; may be repeated"
    parser.add_argument(
        "--terraform-state", dest="terraform_states", action="append", metavar="FILE", default=None, help=text
    )


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Add the options that permit deletions and replacements."""
    parser.add_argument(
        "--prune",
        action="store_true",
        default=None,
        help="delete undeclared objects of the sections listed in the manifest's `prune`",
    )
    text = "allow N deletions of a kind (a plan that would delete more than 30 %% and at least 3 is refused)"
    parser.add_argument(
        "--max-deletes", dest="max_deletes", type=whole("--max-deletes", 0), metavar="N", default=None, help=text
    )
    parser.add_argument(
        "--allow-replace",
        dest="replaceable",
        action="append",
        metavar="KIND/NAME",
        default=None,
        help="allow this object to be deleted and created again where it cannot be changed; may be repeated",
    )


def add_gates(parser: argparse.ArgumentParser) -> None:
    """Add the options that refuse changes because of what they mean for security."""
    text = (
        "exit with 4, and write nothing, if a change or finding is of this kind: weakens, irreversible, or the least "
    )
    text += (
        "risk that counts (critical, high, medium, low); separate several by commas, or repeat it; none switches it off"
    )
    parser.add_argument("--fail-on", action="extend", metavar="KIND", type=_criteria, default=None, help=text)
    text = "let this pass all the same, such as CHG04=mfa.MfaConfiguration; may be repeated"
    text_from = "take fail_on and allow from this file instead of poolctl.yaml, such as that of the target branch"
    parser.add_argument("--gates-from", metavar="FILE", default=None, help=text_from)
    parser.add_argument("--allow", action="append", metavar="RULE=PATH", type=_allowance, default=None, help=text)


def _criteria(text: str) -> list[str]:
    from reconciler.security.criteria import CRITERIA, NONE, kinds_problem
    from reconciler.terminal.suggestions import sentences, suggest

    found = [word.strip() for word in text.split(",")]
    for word in found:
        if word not in (*CRITERIA, NONE):
            message = f"--fail-on: {flow(word)} is not one of {', '.join((*CRITERIA, NONE))}."
            raise invalid(sentences(message, suggest(word, CRITERIA)))
    if problem := kinds_problem(found):
        raise invalid(f"--fail-on: {problem}")
    return found


def _allowance(text: str) -> Allowance:
    from reconciler.model import Allowance
    from reconciler.security.criteria import path_problem

    rule, _, path = text.partition("=")
    if not rule or not path:
        raise invalid(f"--allow: {flow(text)} is not RULE=PATH. Write CHG04=mfa.MfaConfiguration.")
    if problem := _rule_problem(rule) or path_problem(path):
        raise invalid(f"--allow: {problem}")
    return Allowance(rule, path)


def _rule_problem(rule: str) -> str:
    from reconciler.security.gates import rule_problem  # knows every rule

    return rule_problem(rule)


def deliver(options: Options, console: Console, renderers: Mapping[str, Callable[[bool], str]]) -> None:
    """Write the result in every requested format.

    Args:
        options: The formats, and the destination of each.
        console: Writes to standard output.
        renderers: By format: returns the text; its argument says whether to use colour.

    Raises:
        PoolctlError: A file could not be written.
    """
    for form, file in options.outputs:
        found = pieces(renderers[form], color=file == STDOUT and console.color)
        if file == STDOUT:
            write = console.out if form in FOR_PEOPLE else console.data
            for piece in found:
                write(piece)
        else:
            save(file, (piece.encode() for piece in found))


def pieces(render: Callable[[bool], str], *, color: bool) -> Iterator[str]:
    """Yield a text in pieces that end with a line, so that each can be written by itself.

    Args:
        render: Returns the text; a `formats.Writer` may yield it in pieces.
        color: Whether to use colour.
    """
    found = render.pieces(color) if isinstance(render, formats.Writer) else iter((render(color),))
    held: list[str] = []
    size = 0
    for piece in found:
        held.append(piece)
        size += len(piece)
        if size >= AT_ONCE and piece.endswith("\n"):
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


AT_ONCE = 1 << 16
"""Characters that are written at once, at least."""
