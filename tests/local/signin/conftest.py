"""One pool per test."""

from __future__ import annotations

import pytest

from tests.local.signin.support import Place


@pytest.fixture
def place() -> Place:
    return Place()
