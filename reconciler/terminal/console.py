"""Standard input, output and error.

All output passes through here, so that colour, quietness, the live line and encodings are handled once, no text acts
on the terminal (`characters`), and a closed pipe (`poolctl plan | head`) never interrupts an apply.
"""

from __future__ import annotations

import os
from _thread import RLock  # `threading` costs as much as the rest of this module

from reconciler.terminal.characters import harmless, prose

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs as much as starting Python does
    from collections.abc import Mapping
    from typing import TextIO

    from reconciler.terminal.options import Options

ERASE = "\r\x1b[K"
"""Goes to the start of the line and clears it."""

MOST_INPUT = 10_000_000
"""Most characters that are read from standard input: a stream may never end."""

WIDTH = 100
"""Columns where there is no terminal. Fixed, so that identical input gives identical bytes."""

_ASCII = str.maketrans({"—": "-", "…": "..."})
"""Replacements for streams without Unicode."""


class Console:
    """Standard input, output and error, and how to use them. stdout carries the result, stderr everything else."""

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        *,
        color: bool = False,
        interactive: bool = False,
        live: bool = False,
        quiet: bool = False,
        width: int = WIDTH,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.color = color
        """Whether standard output takes colour."""
        self.interactive = interactive
        """Whether questions can be answered."""
        self.live = live
        """Whether standard error is a terminal whose last line may be rewritten."""
        self.quiet = quiet
        """Whether progress is left out."""
        self.width = width
        """Columns of standard output."""
        self.environ = environ or {}
        """The environment of the process; it holds secrets, so it is never shown."""
        self._status = ""
        self._broken: set[int] = set()
        self._lock = RLock()  # pools are worked on side by side; a signal may interrupt the thread that holds it

    def out(self, text: str) -> None:
        """Write a part of the result for people; a newline is added where the text has none."""
        self.data(prose(text))

    def data(self, text: str) -> None:
        """Write a part of the result for programs: a text that may command the runner of a job, or only look so."""
        with self._lock:
            self._erase()
            self._write(self.stdout, harmless(_line(text), color=self.color))

    def err(self, text: str) -> None:
        """Write a message: errors, questions, logs."""
        with self._lock:
            self._erase()
            self._write(self.stderr, harmless(prose(_line(text))))

    def progress(self, text: str) -> None:
        """Write a line about completed work, unless --quiet was given."""
        if not self.quiet:
            self.err(text)

    def status(self, text: str) -> None:
        """Write the current activity: one line that the next output erases, or a plain line without a terminal."""
        text = harmless(prose(text)).replace("\n", "\\n")
        with self._lock:
            if self.quiet or text == self._status:
                return
            if self.live:
                self._erase()
                self._write(self.stderr, text[: max(self.width - 1, 0)])
            elif text:
                self._write(self.stderr, _line(text))
            self._status = text

    def read(self) -> str:
        """Return the whole of standard input, or more than any manifest may have."""
        return self.stdin.read(MOST_INPUT)

    def ask(self, question: str) -> str:
        """Ask, and return the answer without the blanks around it; the end of input is an empty answer.

        Raises:
            InvalidInput: The console is not interactive, so no answer can come.
        """
        self.require_answers()
        self._erase()
        self._write(self.stderr, harmless(prose(question)))
        return self.stdin.readline().strip()

    def require_answers(self) -> None:
        """Require that a question can be answered, before the work that leads to it.

        Raises:
            InvalidInput: The console is not interactive, so no answer can come.
        """
        if not self.interactive:
            from reconciler.errors import InvalidInput

            raise InvalidInput(
                "Confirmation is required, but the terminal is not interactive, or --non-interactive was given. "
                "Use --yes to apply without asking."
            )

    def close(self) -> None:
        """Erase the live line and flush the streams."""
        self._erase()
        for stream in (self.stdout, self.stderr):
            if id(stream) not in self._broken:
                self._guarded(stream, "")

    def _erase(self) -> None:
        if self.live and self._status:
            self._write(self.stderr, ERASE)
            self._status = ""

    def _write(self, stream: TextIO, text: str) -> None:
        if id(stream) in self._broken:
            return
        try:
            self._guarded(stream, text)
        except UnicodeEncodeError:
            encoding = getattr(stream, "encoding", None) or "ascii"
            plain = text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
            self._guarded(stream, plain)

    def _guarded(self, stream: TextIO, text: str) -> None:
        """Write to a stream; once its pipe is closed or its disk is full, never write to it again.

        Messages that get lost interrupt no work.

        Raises:
            PoolctlError: A part of the result is lost.
        """
        try:
            stream.write(text)
            stream.flush()
        except OSError as error:
            self._broken.add(id(stream))
            _discard(stream)
            if stream is self.stdout and not isinstance(error, BrokenPipeError):
                from reconciler.errors import PoolctlError

                raise PoolctlError(f"standard output: the result could not be written: {error.strerror}.") from None


def console(
    options: Options | None, environ: Mapping[str, str], stdin: TextIO, stdout: TextIO, stderr: TextIO
) -> Console:
    """Make the console of a run.

    Args:
        options: The options; None before they are parsed.
        environ: NO_COLOR, FORCE_COLOR, TERM, CI and COLUMNS are respected.
        stdin: Standard input.
        stdout: Standard output.
        stderr: Standard error.
    """
    dumb = environ.get("TERM") == "dumb"
    attended = not environ.get("CI")
    refused = options is not None and options.non_interactive
    return Console(
        stdin,
        stdout,
        stderr,
        color=_color(options.color if options else None, environ, terminal=_tty(stdout) and not dumb),
        interactive=_tty(stdin) and attended and not refused,
        live=_tty(stderr) and attended and not dumb,
        quiet=options is not None and options.quiet,
        width=_width(stdout, environ),
        environ=environ,
    )


def _color(asked: bool | None, environ: Mapping[str, str], *, terminal: bool) -> bool:
    if asked is not None:
        return asked
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return terminal


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    if not _tty(stream):
        return WIDTH
    if environ.get("COLUMNS", "").isdigit():
        return int(environ["COLUMNS"]) or WIDTH
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


def _tty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # closed, or None under pythonw
        return False


def _line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _discard(stream: TextIO) -> None:
    """Redirect the stream to the null device, so that the interpreter's flush at exit succeeds."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
