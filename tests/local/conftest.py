"""One embedded Cognito per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.local import LocalCognito
from tests.local.support import Api


@pytest.fixture
def local() -> Iterator[LocalCognito]:
    with LocalCognito() as cognito:
        yield cognito


@pytest.fixture
def api(local: LocalCognito) -> Api:
    return Api(local)
