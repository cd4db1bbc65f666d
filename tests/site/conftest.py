"""The built site: that of `make docs-site`, if nothing has changed since, or else one of our own."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tools.site.navigation import pages

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tools.site.__main__ import SITE, build

    made_of = [ROOT / f"{page}.md" for page in pages(ROOT)]
    made_of += [file for file in (ROOT / "tools" / "site").rglob("*.*") if file.suffix != ".pyc"]
    last = SITE / "index.html"
    if last.is_file() and last.stat().st_mtime > max(file.stat().st_mtime for file in made_of):
        return SITE
    out = tmp_path_factory.mktemp("site") / "site"
    with warnings.catch_warnings(action="ignore"):  # those of Sphinx's extensions, about Sphinx's next versions
        assert build(out=out) == []
    return out
