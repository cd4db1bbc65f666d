"""Builds the site into build/site and checks it: `make docs-site`, or `python -m tools.site`.

Exit code 0: the site is there, and nothing was warned of. 1: the warnings are listed, and there is no site to publish.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import time
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tools.site.check import problems
from tools.site.settings import settings

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""How Sphinx colours warnings, wherever they go."""


def build(root: Path = ROOT, out: Path = SITE, *, jobs: int = 2) -> list[str]:
    """Build the site anew, and return what is wrong with it.

    Args:
        root: The repository.
        out: The folder for the site, which is replaced.
        jobs: Processes to use.
    """
    work = out.with_name(f"{out.name}-work")
    for folder in (out, work):
        shutil.rmtree(folder, ignore_errors=True)
    warnings = io.StringIO()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            root, None, out, work, "html", settings(root), status=None, warning=warnings, freshenv=True, parallel=jobs
        )
        app.build(force_all=True)
    shutil.rmtree(work, ignore_errors=True)
    said = COLOUR.sub("", warnings.getvalue()).replace(f"{root}/", "")
    return [*said.splitlines(), *problems(out)]


def main() -> int:
    """Build, print what is wrong or where the site is, and return the exit code."""
    began = time.monotonic()
    wrong = build()
    for line in wrong:
        print(line)
    if not wrong:
        count = sum(1 for _ in SITE.rglob("*.html"))
        print(f"{count} pages in {SITE.relative_to(ROOT)}, in {time.monotonic() - began:.0f} s")
        print("To look at them: python -m http.server --bind 127.0.0.1 --directory build/site 8000")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
