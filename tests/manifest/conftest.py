from __future__ import annotations

import pytest

from reconciler.errors import Problem
from reconciler.manifests import reader
from reconciler.manifests.documents import RawDocument


def no_stdin() -> str:
    raise AssertionError("standard input was not asked for")


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """Reads one text as the file `m.yaml` in an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def parse(text: str | bytes, name: str = "m.yaml") -> tuple[list[RawDocument], list[Problem]]:
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / name).write_bytes(data)
        return reader.read([name], no_stdin)

    return parse


@pytest.fixture
def one(parse):
    """Reads one text that must hold one document without a mistake."""

    def one(text: str) -> RawDocument:
        documents, problems = parse(text)
        assert problems == []
        assert len(documents) == 1
        return documents[0]

    return one
