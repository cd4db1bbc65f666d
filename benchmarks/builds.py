"""A build of poolctl in an environment of its own, and runs of a process with what it cost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

from benchmarks.pools import REGION, SECRET

ROOT = Path(__file__).resolve().parents[1]
"""This checkout."""
LEFT_OUT = (".git", ".venv", "tests", "node_modules", "docs", "findings", "mutants", "build", "dist", "*.egg-info")
"""What the copy that is installed does not need."""
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
TIMEOUT = 1800.0
"""Seconds after which a process is ended."""


class Unmeasured(Exception):
    """Why a row cannot be measured on a build, or with a peer."""


@dataclass(frozen=True)
class Ran:
    """What a process cost, with all processes that it waited for."""

    code: int
    out: str
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of CPU, user and system."""
    peak: float
    """Largest resident memory of one process in MiB."""
    first: float
    """Seconds until the first byte of standard output; `wall` if there was none."""


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the user's counts: keys, configuration, proxies."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    aws = {"AWS_ACCESS_KEY_ID": "measured", "AWS_SECRET_ACCESS_KEY": "measured", "AWS_REGION": REGION}
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {
        **kept,
        **aws,
        **files,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PROVIDER_SECRET": SECRET,
        "HOME": str(home),
    }


def run(
    words: Sequence[str], directory: Path, timeout: float = TIMEOUT, cpu: int = 0, *, read: bool = True, **more: str
) -> Ran:
    """Run a process to its end.

    Args:
        words: The program and its arguments.
        directory: Its working directory, in which its standard error is kept.
        timeout: Seconds.
        cpu: Seconds of CPU; 0 sets no limit, as does a system without limits for another process.
        read: Whether its output is kept. Linux counts the peak of the process that starts another one as memory of the
            latter, so whoever measures memory should hold little.
        more: Environment variables.

    Raises:
        Unmeasured: It took longer, or did not end by itself.
    """
    environ = {**environment(directory), **more}
    begin = time.perf_counter()
    with (directory / "stderr.txt").open("wb") as errors:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd=directory, env=environ
        )
        assert process.stdout  # noqa: S101
        if cpu and hasattr(resource, "prlimit"):
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (cpu, cpu))
        timer = Timer(timeout, process.kill)
        timer.daemon = True
        timer.start()
        try:
            first = process.stdout.read(1)
            until_first = time.perf_counter() - begin
            out = first + (process.stdout.read() if read else _skipped(process.stdout))
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode < 0:
        raise Unmeasured(f"not done after {wall:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU")
    peak = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    seconds = used.ru_utime + used.ru_stime
    return Ran(process.returncode, out.decode(errors="replace"), wall, seconds, peak, until_first if first else wall)


def _skipped(stream: IO[bytes]) -> bytes:
    """Read a stream to its end, and return nothing."""
    while stream.read(1 << 16):
        pass
    return b""


def script(module: str, *arguments: str, directory: Path, timeout: float = TIMEOUT) -> Ran:
    """Run a module of the benchmarks in a process of its own.

    Raises:
        Unmeasured: It took longer, or failed.
    """
    words = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    ran = run(words, directory, timeout, PYTHONPATH=str(ROOT))
    if ran.code:
        raise Unmeasured(f"exit code {ran.code}: {last_words(directory)}")
    return ran


def last_words(directory: Path) -> str:
    """Return the last line that a process in a directory wrote to standard error."""
    lines = (directory / "stderr.txt").read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a message"


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and those that it starts, on one core.

    Raises:
        Unmeasured: The system has no such thing.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise Unmeasured("this system cannot keep a process on one core")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True)
class Build:
    """A build of poolctl: a checkout, and the environment that it is installed in, not editable."""

    name: str
    root: Path
    home: Path

    @property
    def python(self) -> str:
        """The Python of its environment."""
        return str(self.home / "bin" / "python")

    def run(self, *words: str, directory: Path, cpu: int = 0, codes: Sequence[int] = (0,), read: bool = True) -> Ran:
        """Run poolctl.

        Args:
            words: Its arguments.
            directory: Its working directory.
            cpu: Seconds of CPU that it may take; 0 for any.
            codes: Exit codes with which a run counts.
            read: Whether its output is kept.

        Raises:
            Unmeasured: It took longer, or ended with another code.
        """
        ran = run([str(self.home / "bin" / "poolctl"), *words], directory, cpu=cpu, read=read)
        if ran.code not in codes:
            raise Unmeasured(f"exit code {ran.code}: {last_words(directory)}")
        return ran

    def keeps_quotas(self, url: str) -> bool:
        """Return whether it keeps Cognito's quotas at an endpoint, which it does not at an emulator."""
        code = (
            "import sys\ntry: from reconciler.cloud.hosts import is_emulator\n"
            "except ImportError: from reconciler.hosts import is_emulator\n"
            "sys.exit(is_emulator(sys.argv[1]))"
        )
        done = subprocess.run([self.python, "-c", code, url], cwd=self.home, check=False)
        return done.returncode == 0

    def install(self) -> None:
        """Make the environment with the versions of the checkout's constraints; needs a package index.

        Raises:
            CalledProcessError: pip failed, and said why.
        """
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.home)], check=True)
        with _copied(self.root) as copy:
            pinned = ("--constraint", str(self.root / "constraints.txt"))
            subprocess.run([self.python, *PIP, "install", *pinned, "setuptools>=77", str(copy)], check=True)

    def renew(self) -> None:
        """Install the checkout again as it is now, without a network.

        Raises:
            Unmeasured: The environment was not made, or something is missing in it.
        """
        if not Path(self.python).exists():
            raise Unmeasured(f"{self.name} has no environment: run `python -m benchmarks setup` first")
        options = ("--no-index", "--no-deps", "--no-build-isolation", "--force-reinstall")
        with _copied(self.root) as copy:
            done = subprocess.run([self.python, *PIP, "install", *options, str(copy)], check=False)
        if done.returncode:
            raise Unmeasured(f"{self.name} cannot be installed: run `python -m benchmarks setup` again")

    def commit(self) -> str:
        """Return the commit of the checkout, with a mark if something in it is not committed."""
        words = ["git", "-C", str(self.root), "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return done.stdout.strip() or "no commit"


@contextmanager
def _copied(root: Path) -> Iterator[Path]:
    """Yield a copy of a checkout, so that an installation leaves nothing in it."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "poolctl"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        yield copy
