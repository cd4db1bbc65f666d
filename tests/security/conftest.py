"""An embedded Cognito for what is judged, and the folder that the fixtures are named from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import in_process
from tests.security import weakening


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCognito]:
    """An embedded Cognito in this process, on which nothing is yet."""
    monkeypatch.chdir(weakening.HERE)
    with in_process(monkeypatch) as found:
        yield found


@pytest.fixture
def weakened(local: LocalCognito) -> str:
    """The pool as it was reviewed, on the embedded Cognito, and the path of the manifest that weakens it."""
    return weakening.reviewed()
