"""Runs command lines in forked processes: a real process for each run, without the second that Python needs to start.

Reads a job a line, answers with the process id, and, when it has ended, with its exit code. It has one thread, so that
a fork is safe. A job that warms is run by this process itself, so that all later ones find its caches full.

Time passes for real and jumps when somebody waits: no run sleeps. A silent endpoint is given up after `read_timeout`
seconds in place of the minute that botocore waits.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import time
from pathlib import Path
from threading import Lock
from typing import Any

import botocore.httpsession
import botocore.loaders

from reconciler.cli.entry import COMMANDS, load, main
from reconciler.runs.runtime import TIME


class Leaps:
    """Real time, which jumps when somebody waits."""

    def __init__(self) -> None:
        self.waited = 0.0
        self._lock = Lock()

    def __call__(self) -> float:
        return time.monotonic() + self.waited

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waited += seconds


def warm(paths: list[str]) -> None:
    """Import what a run imports, and fill its caches."""
    for name in COMMANDS:
        load(name)
    import boto3

    import reconciler.cloud.aws
    import reconciler.export.exporter
    import reconciler.planning.pipeline
    import reconciler.render.formats
    import reconciler.runs.apply_run
    import reconciler.runs.drift_run
    import reconciler.runs.export_run  # noqa: F401

    for form in ("json", "human"):
        main(["validate", "-o", form, *paths], stdout=io.StringIO(), stderr=io.StringIO(), environ=os.environ)
    known: dict[str, Any] = {}
    read = botocore.loaders.JSONFileLoader.load_file

    def remembered(self: Any, path: str) -> Any:
        if path not in known:
            known[path] = read(self, path)
        return known[path]

    botocore.loaders.JSONFileLoader.load_file = remembered
    session = boto3.Session(region_name="eu-central-1")
    for service in ("cognito-idp", "cognito-identity", "wafv2", "sts"):
        session.client(service)


def impatient(seconds: float) -> None:
    """Let every HTTP session give up after a time."""
    begin = botocore.httpsession.URLLib3Session.__init__

    def begun(self: Any, *words: Any, **named: Any) -> None:
        begin(self, *words, **{**named, "timeout": (seconds, seconds)})

    botocore.httpsession.URLLib3Session.__init__ = begun


def child(job: dict[str, Any]) -> int:
    """Run one command line; the process ends after it."""
    os.environ.update(job["environ"])
    if job["read_timeout"]:
        impatient(job["read_timeout"])
    time_ = Leaps()
    TIME.set((time_, time_.sleep))
    with Path(job["out"]).open("w") as out, Path(job["err"]).open("w") as err:
        try:
            return main(job["argv"], stdin=io.StringIO(""), stdout=out, stderr=err, environ=dict(os.environ))
        except BaseException as error:  # noqa: BLE001 - what Python itself would print as a traceback
            err.write(f"Traceback: {error!r}\n")
            return 1


def serve() -> None:
    warm(sys.argv[1:])
    print("ready", flush=True)
    gc.disable()  # a collection would copy the memory that a child shares with its parent
    for line in sys.stdin:
        job = json.loads(line)
        if job["warm"]:
            print(child(job), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = child(job)
            finally:
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
