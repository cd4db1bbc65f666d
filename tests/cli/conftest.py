"""An embedded Cognito for tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import in_process


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCognito]:
    """An embedded Cognito in this process, into which faults can be put."""
    with in_process(monkeypatch) as found:
        yield found
