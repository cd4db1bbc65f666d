"""A server and each library are started once for the tests of a module, and a browser once for all of them.

Each test makes a pool of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.real.support import Library, Town
from tests.render.browser import CHROMIUM


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Town() as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Library]:
    with Library("browser.mjs") as made:
        made("start", executablePath=CHROMIUM)
        yield made
