"""`poolctl local serve` in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.local.signin.served import Served

END = 20.0
"""Seconds after which a process that should end is killed."""


class Running(Served):
    """A server in another process."""

    def __init__(self, process: Any, log: Path) -> None:
        self.process, self._log = process, log
        super().__init__(process.stdout.readline().strip())

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self.process.kill()
        self.process.wait(END)

    @property
    def said(self) -> str:
        """What it printed on the terminal, besides its address."""
        return self._log.read_text(encoding="utf-8")


@contextmanager
def running(directory: Path, *words: str, port: int = 0) -> Iterator[Running]:
    log = directory.with_suffix(".log")
    command = [
        sys.executable,
        "-m",
        "reconciler",
        f"--local={directory}",
        "local",
        "serve",
        "--port",
        str(port),
        *words,
    ]
    with log.open("w", encoding="utf-8") as terminal:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, text=True)
        try:
            yield Running(process, log)
        finally:
            process.terminate()
            try:
                process.wait(END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(END)
            assert process.stdout
            process.stdout.close()
