"""Runs the command line in this process, with streams that tests can look into."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from reconciler.cli.entry import main
from reconciler.local import LocalCognito
from reconciler.runs.name_lookup import LOOKUP


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Leaving(io.StringIO):
    """A reader that has gone away."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.err.splitlines()[-1] if self.err else ""


def run(*argv: str, stdin: str = "", environ: dict[str, str] | None = None) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, stdin=io.StringIO(stdin), stdout=out, stderr=err, environ=environ or {})
    return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCognito]:
    """Let runs in this process find an embedded Cognito, as if they were signed in to AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    token = LOOKUP.set(lambda _host: None)  # no test asks DNS
    try:
        with LocalCognito() as found:
            yield found
    finally:
        LOOKUP.reset(token)
