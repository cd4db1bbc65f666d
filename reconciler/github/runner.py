"""The runner around a step: its log, its outputs, its summary, and poolctl run inside of it.

The runner obeys lines of the log that begin with `::`. What poolctl prints holds values of manifests and of AWS, so it
is printed while the runner does not listen; annotations, which are escaped, are printed while it does.
"""

from __future__ import annotations

import io
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO

from reconciler.github.job import visible
from reconciler.render.github import data

KEPT = 20_000
"""How much of the end of standard error is kept, in characters."""

SUMMARY_BYTES = 1_000_000
"""Longest report for the step summary, in bytes; GitHub takes 1 MiB a step."""


class Run(Protocol):
    """poolctl's command line."""

    def __call__(
        self, argv: Sequence[str], *, stdin: TextIO, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str]
    ) -> int:
        """Run one command and return its exit code."""
        ...


class _Tee(io.StringIO):
    """Standard error of poolctl: passed on to the log at once, and its end kept."""

    def __init__(self, log: TextIO) -> None:
        super().__init__()
        self._log = log
        self.kept = ""

    def write(self, text: str) -> int:
        self.kept = (self.kept + text)[-KEPT:]
        return self._log.write(text)

    def flush(self) -> None:
        self._log.flush()


@dataclass(frozen=True, slots=True)
class Runner:
    """The environment of a step."""

    environ: Mapping[str, str] = field(repr=False)
    """Environment of the step; it holds tokens."""
    log: TextIO
    """Standard output of the step, which the runner reads."""
    run: Run
    """poolctl."""
    word: Callable[[], str] = lambda: secrets.token_hex(16)
    """Makes a word that cannot be guessed."""

    def poolctl(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command, with its words in the log.

        Returns:
            The exit code, and the end of standard error.
        """
        word = self.word()
        stderr = _Tee(self.log)
        self.say(f"::stop-commands::{word}")
        try:
            code = self.run(argv, stdin=io.StringIO(), stdout=self.log, stderr=stderr, environ=visible(self.environ))
        finally:
            self.say(f"::{word}::")
        return code, stderr.kept

    def say(self, line: str) -> None:
        """Write one line to the log."""
        self.log.write(f"{line}\n")
        self.log.flush()

    def annotate(self, level: str, message: str) -> None:
        """Write an annotation: `error`, `warning` or `notice`."""
        self.say(f"::{level}::{data(message)}")

    def annotations(self, file: Path) -> None:
        """Write the annotations that poolctl made, if it did."""
        if file.exists():
            self.log.write(file.read_text(encoding="utf-8"))
            self.log.flush()

    def output(self, **values: str) -> None:
        """Set outputs of the step; no value can end its own place and begin another output."""
        file = self.environ.get("GITHUB_OUTPUT")
        if not file:
            return
        with Path(file).open("a", encoding="utf-8") as stream:
            for name, value in values.items():
                word = self.word()
                stream.write(f"{name.replace('_', '-')}<<{word}\n{value}\n{word}\n")

    def summary(self, markdown: str) -> None:
        """Add to the summary of the step."""
        file = self.environ.get("GITHUB_STEP_SUMMARY")
        if file:
            with Path(file).open("a", encoding="utf-8") as stream:
                stream.write(f"{markdown}\n")

    def directory(self, wanted: str, names: Sequence[str]) -> Path:
        """Return a directory for results, in which none of these files is left from before.

        Args:
            wanted: The one that the user asked for; empty makes a new one where the runner keeps such things.
            names: Files that are going to be written.
        """
        if not wanted:
            return Path(tempfile.mkdtemp(prefix="poolctl-", dir=self.environ.get("RUNNER_TEMP") or None))
        found = Path(wanted).resolve()  # later steps may work elsewhere
        found.mkdir(parents=True, exist_ok=True)
        for name in names:
            (found / name).unlink(missing_ok=True)
        return found
