"""The runner around a step: its log, outputs and summary, and running poolctl inside it.

The runner executes lines of the log that start with `::`. Output of poolctl contains values of manifests and of AWS,
so it is printed with commands disabled; annotations, which are escaped, are printed with commands enabled.
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
from reconciler.terminal.options import NO_NAME

KEPT = 20_000
"""Length of the end of standard error that is kept, in characters."""

SUMMARY_BYTES = 1_000_000
"""Maximum report in the step summary, in bytes; GitHub accepts 1 MiB per step."""


class Run(Protocol):
    """poolctl's command line."""

    def __call__(
        self, argv: Sequence[str], *, stdin: TextIO, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str]
    ) -> int:
        """Run one command and return its exit code."""
        ...


class _Tee(io.StringIO):
    """Standard error of poolctl: copied to the log immediately, with its end kept."""

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
    """The runner around a step."""

    environ: Mapping[str, str] = field(repr=False)
    """Environment of the step; contains tokens."""
    log: TextIO
    """Standard output of the step, which the runner parses."""
    run: Run
    """poolctl."""
    word: Callable[[], str] = lambda: secrets.token_hex(16)
    """Returns an unguessable token."""

    def poolctl(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command, with its output in the log.

        Manifests may be those of a stranger, so `$env` reads nothing but what `args` allows by name.

        Returns:
            The exit code, and the end of standard error.
        """
        word = self.word()
        stderr = _Tee(self.log)
        self.say(f"::stop-commands::{word}")
        try:
            argv = [*argv[:1], "--allow-env", NO_NAME, *argv[1:]]
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
        """Write poolctl's annotations, if any."""
        if file.exists():
            self.log.write(file.read_text(encoding="utf-8"))
            self.log.flush()

    def output(self, **values: str) -> None:
        """Set outputs of the step; a value cannot inject another output."""
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
        """Return a directory for results, without these files from an earlier run.

        Args:
            wanted: The user's directory; if empty, a new one in the runner's temporary directory.
            names: Files that will be written.
        """
        if not wanted:
            return Path(tempfile.mkdtemp(prefix="poolctl-", dir=self.environ.get("RUNNER_TEMP") or None))
        found = Path(wanted).resolve()  # later steps may have another working directory
        found.mkdir(parents=True, exist_ok=True)
        for name in names:
            (found / name).unlink(missing_ok=True)
        return found
