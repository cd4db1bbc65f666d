"""Runs a command line against a service in a process of its own, and collects what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from reconciler.local.store import account_parts
from tests.faults.layer import READ_TIMEOUT, Call, Layer, Service
from tests.faults.scenarios import ENVIRON, REPORT, Scenario, scenarios
from tests.faults.state import canonical

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds after which a run hangs."""


@dataclass
class Ran:
    """One run, and what it left."""

    code: int
    out: str
    err: str
    report: Any
    """The JSON that it wrote, if it did."""
    files: dict[str, str]
    """What an export wrote, by name."""
    calls: list[Call]
    state: Any
    """The state afterwards."""
    history: list[Any] = field(default_factory=list)

    @property
    def written(self) -> list[Call]:
        return [c for c in self.calls if c.written]


class Bench:
    """A service and a process that forks runs."""

    WARMED: tuple[str, ...] = ("create", "plan", "drift", "export")
    """Scenarios that the process which forks goes through first."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="poolctl-faults-"))
        self.service = Service()
        self.scenarios: dict[str, Scenario] = scenarios(self.directory)
        self._saved: dict[tuple[str, ...], str] = {}
        self._zygote: Any = None

    def __enter__(self) -> Self:
        self.service.server.start()
        paths = sorted(str(p) for p in self.directory.glob("*.yaml"))
        environ = {**os.environ, **ENVIRON, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environ,
        )
        assert self._zygote.stdout.readline() == "ready\n"
        for name in self.WARMED:
            self._warm(self.words(self.scenarios[name]))
        return self

    def __exit__(self, *_exc: object) -> None:
        self._zygote.stdin.close()
        self._zygote.wait(10)
        self._zygote.stdout.close()
        self.service.server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, words: list[str], layer: Layer, *, slow: bool = False) -> Ran:
        """Run a command line; the layer decides what happens to its calls."""
        service = self.service
        service.begin(layer)
        out, err = self.directory / "out.txt", self.directory / "err.txt"
        found = self.directory / "found"
        shutil.rmtree(found, ignore_errors=True)
        found.mkdir()
        self._send(words, read_timeout=READ_TIMEOUT if slow else 0)
        layer.pid = int(self._zygote.stdout.readline())
        layer.ready.set()
        hung = threading.Timer(LONGEST, lambda: os.kill(layer.pid, signal.SIGKILL))
        hung.start()
        code = int(self._zygote.stdout.readline())
        hung.cancel()
        report = None
        with suppress(OSError, ValueError):
            report = json.loads((found / REPORT).read_text())
        files = {str(p.relative_to(found)): p.read_text() for p in sorted(found.rglob("*")) if p.is_file()}
        files.pop(REPORT, None)
        # a call may still be in flight after its run was killed or gave it up
        return Ran(code, out.read_text(), err.read_text(), report, files, layer.calls, canonical(service.store))

    def _send(self, words: list[str], **more: Any) -> None:
        """Give a job to the process that forks."""
        words = [*words, "--endpoint-url", self.service.url, "--parallelism", "1", "--non-interactive"]
        out, err = str(self.directory / "out.txt"), str(self.directory / "err.txt")
        job = {"argv": words, "environ": {}, "out": out, "err": err, "warm": False, "read_timeout": 0, **more}
        self._zygote.stdin.write(json.dumps(job) + "\n")
        self._zygote.stdin.flush()

    def _warm(self, words: list[str]) -> None:
        """Let the process that forks do a run itself, which fills its caches."""
        self.found().mkdir(exist_ok=True)
        self._send(words, warm=True)
        assert self._zygote.stdout.readline().strip() in ("0", "2"), (self.directory / "err.txt").read_text()

    def found(self) -> Path:
        """The directory into which runs write."""
        return self.directory / "found"

    def words(self, scenario: Scenario) -> list[str]:
        return scenario.words(self.found())

    def prepare(self, scenario: Scenario) -> None:
        """Put the service into the state before a scenario."""
        self.service.restore(self._before(scenario.before))

    def _before(self, manifests: tuple[str, ...]) -> str:
        if not manifests:
            return json.dumps([{}, account_parts(), 0])
        if manifests not in self._saved:
            self.service.restore(self._before(manifests[:-1]))
            ran = self.run(["apply", "--yes", manifests[-1]], Layer())
            assert ran.code == 0, ran.err
            self._saved[manifests] = self.service.save()
        return self._saved[manifests]

    def undisturbed(self, scenario: Scenario) -> Ran:
        """Run a scenario to which nothing happens."""
        self.prepare(scenario)
        history = [canonical(self.service.store)]
        ran = self.run(self.words(scenario), Layer(history=history))
        ran.history = history
        return ran
