"""argv → command → exit code.

Only what every run needs is imported here; a command's module, with its own imports, is imported when that
command is called, and argparse only when there is something to parse. Errors become a message and a number here and
nowhere else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from reconciler.terminal import memory
from reconciler.terminal.console import Console, console
from reconciler.terminal.settings import GLOBALS, PREFIX, invalid

TYPE_CHECKING = False
if TYPE_CHECKING:  # --help imports neither `typing` nor argparse
    from typing import TextIO

    from reconciler.cli.parsing import Parser
    from reconciler.commands import Command
    from reconciler.terminal.options import Options

COMMANDS = {
    "init": ("reconciler.commands.init", "write a commented manifest to begin with", False),
    "validate": ("reconciler.commands.validate", "check manifests without contacting AWS", True),
    "lint": ("reconciler.commands.lint", "find what is weak in the declared pools, without contacting AWS", True),
    "plan": ("reconciler.commands.plan", "show what apply would change", True),
    "apply": ("reconciler.commands.apply", "change user pools to match the manifests", True),
    "drift": (
        "reconciler.commands.drift",
        "report live settings that differ from the manifests, and who changed them",
        True,
    ),
    "show": ("reconciler.commands.show", "show a saved plan, or the ids and addresses of a pool", True),
    "rotate-secret": (
        "reconciler.commands.rotate_secret",
        "give a client a new secret, hand it over, delete the old one",
        False,
    ),
    "recover": ("reconciler.commands.recover", "recover the users of a pool as they were at an earlier time", False),
    "export": ("reconciler.commands.export", "write manifests from live pools; never writes to AWS", False),
    "copy": ("reconciler.commands.copy", "make a pool once more in another Region or account", False),
    "replace": ("reconciler.commands.replace", "say how a pool that cannot be changed is replaced by a new one", False),
    "import": ("reconciler.commands.import_", "write manifests of what another tool owns, and how it lets go", False),
    "diff": ("reconciler.commands.diff", "compare two manifests, environments or live pools", True),
    "users": ("reconciler.commands.users", "list users, show one, import and export them as CSV", True),
    "urls": (
        "reconciler.commands.preview_urls",
        "add and remove URLs of previews, beside other runs",
        True,
    ),
    "outputs": (
        "reconciler.commands.client_outputs",
        "write what an application needs to know of a pool and a client",
        True,
    ),
    "explain": ("reconciler.commands.explain", "describe a kind, a member or a rule", False),
    "iam-policy": ("reconciler.commands.iam_policy", "print the least IAM policy that a command needs", True),
    "doctor": ("reconciler.commands.doctor", "check what a run needs: credentials, account, permissions", True),
    "schema": ("reconciler.commands.schema", "print the JSON Schema of manifests or of outputs", False),
    "local": ("reconciler.commands.local", "serve the embedded Cognito over HTTP", False),
    "completion": ("reconciler.cli.completion", "print a script that completes commands in bash, zsh or fish", False),
    "version": ("reconciler.commands.version", "print the version", False),
}
"""Name → module, one line of help, whether it takes paths."""

UNCONFIGURED = frozenset({"init", "explain", "schema", "local", "completion", "version"})
"""Commands that do not read poolctl.yaml: none of its keys is about them."""

UNLOGGED = frozenset({"validate", "explain", "schema", "completion"})
"""Commands that use nothing that writes a log: logging costs more than Python itself."""

OK = 0
"""`ExitCode.OK`, without an import that `--help` does not need."""

EXITS = """\
  0         done, nothing to do, or a plan was made
  1         error from AWS, or unexpected; nothing known to have been written
  2         changes present (plan --detailed-exitcode), drift, differences or findings
  3         invalid manifest, option or usage; AWS was not contacted
  4         refused by a safety or policy rule; nothing was written
  5         stale: the reviewed plan is not today's plan
  6         partial: some writes were made, then something failed or did not converge
  7         incomplete: part could not be read, so changes may be missing
  130, 143  interrupted, after the write in flight was finished and reported
"""

EXAMPLES = """\
  poolctl validate pools/                      check manifests, offline
  poolctl --local plan pools/                  try a plan without an AWS account
  poolctl plan --var stage=prod pools/         show what would change
  poolctl plan --detailed-exitcode -o json     exit with 2 on changes, for pipelines
  poolctl apply pools/customers.yaml           apply the changes, after a confirmation
  poolctl drift --attribute pools/             find changes made outside Git, and who made them
"""


def main(
    argv: Sequence[str] | None = None,
    *,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run one command and return the exit code.

    Args:
        argv: The words after `poolctl`; None takes those of the process.
        stdin: Standard input; None takes that of the process, as for the others.
        stdout: Where the result goes.
        stderr: Where everything else goes.
        environ: The environment.
    """
    streams = (stdin or sys.stdin, stdout or sys.stdout, stderr or sys.stderr)
    environ = os.environ if environ is None else environ
    alone = argv is None  # the process does nothing else
    if alone:
        memory.search_rarely()
    run = _CommandRun(sys.argv[1:] if argv is None else argv, environ, streams)
    code = run.guarded()
    if code:
        from reconciler.errors import exit_word

        run.console.err(f"exit {code} ({exit_word(code)})")
    run.console.close()
    if alone:
        memory.search_no_more()
    return code


class _CommandRun:
    """One run, from words to exit code. Its console is replaced once the options are parsed."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str], streams: tuple[TextIO, TextIO, TextIO]) -> None:
        self.argv = argv
        self.environ = environ
        self.streams = streams
        self.console: Console = console(None, environ, *streams)
        self.debug = False

    def guarded(self) -> int:
        """Run, and turn every error into a message and an exit code."""
        try:
            return self.start()
        except KeyboardInterrupt:
            from reconciler.errors import ExitCode

            self.console.err("Interrupted.")
            return ExitCode.INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last handler
            return self.explain(error)
        except BaseException as error:
            code = getattr(error, "exit_code", None)  # signals.Interrupted, which may not have been imported
            if code is None:
                raise
            self.console.err("Interrupted.")
            return int(code)

    def start(self) -> int:
        """Print the help or run the command."""
        command, words = split(self.argv)
        if command == "help":
            command, words = words[0] if words else "", ["--help"]
        if not command and _asks_help(words):
            self.console.out(usage())
            return OK
        if not command:
            self.console.err(usage())
            raise invalid("No command was given.")
        return self.command(command, words)

    def command(self, name: str, words: list[str]) -> int:
        """Parse the options of a command and run it."""
        if name not in COMMANDS:
            from reconciler.terminal.suggestions import sentences, suggest

            raise invalid(sentences(f"Unknown command {name}.", suggest(name, COMMANDS), "Run `poolctl --help`."))
        if name == "version" and not words and not any(key.startswith(PREFIX) for key in self.environ):
            from reconciler import __version__  # there is nothing to parse

            self.console.out(f"poolctl {__version__}\n")
            return OK
        module = load(name)
        if _asks_help(words):
            from reconciler.cli.parsing import parser

            self.console.out(parser(name, module, takes_paths=COMMANDS[name][2]).format_help())
            return OK
        options = parse(name, module, words, self.environ)
        self.debug = options.log_level == "debug"
        self.console = console(options, self.environ, *self.streams)
        _check_files(options)
        if name == "version":  # needs neither logging nor signals, which cost half as much as Python itself
            return module.run(options, self.console)
        return self.run_command(name, module, options)

    def run_command(self, name: str, module: Command, options: Options) -> int:
        """Run a command that may take a while."""
        from reconciler.terminal import signals

        if name not in UNLOGGED:
            from reconciler.terminal import logs

            logs.set_up(options.log_level, options.log_format, self.console)
        with signals.Immediate():
            return module.run(options, self.console)

    def explain(self, error: Exception) -> int:
        """Print an error. An exception from elsewhere may quote a secret, so its text is not printed."""
        from reconciler.errors import Defect, ExitCode, PoolctlError

        if isinstance(error, PoolctlError):
            self.console.err(f"Error: {error}")
            return error.exit_code
        if self.debug:
            import traceback

            self.console.err("".join(traceback.format_list(traceback.extract_tb(error.__traceback__))))
        self.console.err(f"Error: {Defect(error)}")
        if not self.debug:
            self.console.err("Run with --log-level debug to see the stack.")
        return ExitCode.ERROR


def split(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Separate the command from the other words.

    Returns:
        The command, or an empty text, and all other words. Global options may be given on both sides of the command,
        which argparse's sub-commands cannot do without losing values.
    """
    valued = {option.flag for option in GLOBALS if option.metavar and option.kind != "directory"}
    skip = False
    for at, word in enumerate(argv):
        if skip:
            skip = False
        elif word == "--version":
            return "version", [*argv[:at], *argv[at + 1 :]]
        elif word in valued:
            skip = True
        elif not word.startswith("-"):
            return word, [*argv[:at], *argv[at + 1 :]]
    return "", list(argv)


def _asks_help(words: Sequence[str]) -> bool:
    before = words[: list(words).index("--")] if "--" in words else words
    return "-h" in before or "--help" in before


def load(name: str) -> Command:
    """Import the module of a command."""
    from importlib import import_module

    return import_module(COMMANDS[name][0])


def parse(name: str, module: Command, words: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Turn the words around a command into options.

    Raises:
        InvalidInput: An option, argument or setting is unknown or wrong.
    """
    from reconciler.cli.parsing import given, parser
    from reconciler.terminal.options import build

    takes_paths = COMMANDS[name][2]
    found = given(parser(name, module, takes_paths=takes_paths), words, takes_paths=takes_paths)
    if name in UNCONFIGURED:
        return build(name, found, environ)
    from reconciler.cli.configured import configured

    said = configured(name, found, environ, parser_of)
    return build(name, found, environ, said.fields, said.allow) if said else build(name, found, environ)


def parser_of(name: str) -> Parser:
    """Return the parser of a command."""
    from reconciler.cli.parsing import parser

    return parser(name, load(name), takes_paths=COMMANDS[name][2])


def _check_files(options: Options) -> None:
    """Check the files that the run will write, before it reads anything."""
    if (
        options.out
        or options.rollback_file
        or options.remember
        or options.to
        or options.skip_invalid
        or any(f for _, f in options.outputs)
    ):
        from reconciler.terminal.outputs import check

        check(options)


def usage() -> str:
    """Return the text of `poolctl --help`."""
    commands = "".join(f"  {name:<15}{text}\n" for name, (_, text, _) in COMMANDS.items())
    options = "".join(f"  {option.usage:<40}{option.help}\n" for option in GLOBALS)
    return (
        "usage: poolctl [global options] COMMAND [options] [PATH ...]\n\n"
        "Reconciles Amazon Cognito user pools with YAML manifests. PATH is a file or a directory (pools);\n"
        "- is standard input. `poolctl COMMAND --help` describes a command.\n\n"
        f"commands:\n{commands}\n"
        f"global options, before or after the command; POOLCTL_<OPTION> in the environment sets the same:\n{options}\n"
        f"exit codes:\n{EXITS}\n"
        f"examples:\n{EXAMPLES}"
    )


if __name__ == "__main__":
    sys.exit(main())
