"""Makes the pictures of docs/security.md: the comment on a pull request and the HTML report of a plan that weakens.

Both are outputs of a run on the embedded Cognito, with the manifests in tests/security/fixtures, seen in a Chromium.
GitHub's page cannot be had offline, so the comment is laid out by markdown-it in colours and sizes like GitHub's.
Run `python -m tests.security.pictures` after the layout changed, and look at each picture before you commit it.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from reconciler.cli import entry

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "tests" / "security"
IMAGES = ROOT / "docs" / "images"

SCREENS = {1200: 900, 390: 844}
"""Width and height of a laptop and of a phone, in pixels."""

COLOURS = ("light", "dark")

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""Names of the program; the first that is installed is taken."""

STYLE = """
:root { --text: #1f2328; --back: #fff; --line: #d1d9e0; --code: #eff1f3; --red: #cf222e }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --back: #0d1117; --line: #3d444d; --code: #262c36;
  --red: #f85149 } }
body { margin: 16px; background: var(--back); color: var(--text); font: 14px/1.5 sans-serif }
main { max-width: 860px; margin: 0 auto; padding: 0 16px 16px; border: 1px solid var(--line); border-radius: 6px }
h2 { padding-bottom: .3em; border-bottom: 1px solid var(--line) }
code { padding: .2em .4em; border-radius: 6px; background: var(--code); font: 12px monospace; overflow-wrap: anywhere }
pre { padding: 12px; overflow: auto; background: var(--code) } pre code { padding: 0 }
blockquote { margin: 0; padding: 0 1em; border-left: .25em solid var(--red) }
.alert { color: var(--red); font-weight: 600 } ul { padding-left: 1.5em } summary { margin: 8px 0 }
table { border-collapse: collapse } th, td { padding: 4px 10px; border: 1px solid var(--line) }
"""


def names() -> Iterator[tuple[str, int, str]]:
    """Yield what each picture shows: the output (`comment` or `report`), its width, and its colours."""
    yield from ((what, width, colours) for what in ("comment", "report") for width in SCREENS for colours in COLOURS)


def file(what: str, width: int, colours: str) -> Path:
    """Return the file of a picture."""
    return IMAGES / f"weakening-{what}-{width}-{colours}.png"


def outputs() -> tuple[str, str]:
    """Plan what weakens on an embedded Cognito of its own, and return the comment and the report as pages."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(MANIFESTS):
        folder = Path(name)
        where = ("--quiet", f"--local={folder / 'state'}")
        _poolctl("apply", "--yes", *where, "fixtures/weakening-before.yaml")
        files = ("-o", f"markdown={folder / 'plan.md'}", "-o", f"html={folder / 'plan.html'}")
        _poolctl("plan", *where, *files, "fixtures/weakening-after.yaml")
        texts = [(folder / file).read_text(encoding="utf-8") for file in ("plan.md", "plan.html")]
    return comment(texts[0]), texts[1]


def _poolctl(*words: str) -> None:
    environ = {"PARTNER_SECRET": "not shown", "AWS_REGION": "eu-west-1"}
    code = entry.main(words, stdin=io.StringIO(), stdout=io.StringIO(), stderr=sys.stderr, environ=environ)
    if code:
        raise SystemExit(code)


def comment(text: str) -> str:
    """Return a comment in Markdown as a page."""
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    body = re.sub(r"<p>\[!CAUTION\]\n?(<br>)?", '<p class="alert">Caution</p><p>', body)
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{STYLE}</style><main>{body}</main>'


def take(page: str, width: int, colours: str, target: Path) -> None:
    """Write a picture of the first screen of a page.

    Raises:
        LookupError: No Chromium is installed.
        subprocess.CalledProcessError: It failed.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise LookupError("no Chromium is installed")
    height = SCREENS[width]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        frame = f'<body style="margin:0"><iframe src="page.html" style="border:0;width:{width}px;height:{height}px">'
        (Path(folder) / "frame.html").write_text(f"<!DOCTYPE html>{frame}</iframe></body>", encoding="utf-8")
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        words += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"]
        words += ["--allow-file-access-from-files", f"--user-data-dir={folder}/profile", "--virtual-time-budget=2000"]
        words += [f"--blink-settings=preferredColorScheme={COLOURS[::-1].index(colours)}"]
        words += [f"--window-size={width},{height}", f"--screenshot={target}", (Path(folder) / "frame.html").as_uri()]
        subprocess.run([program, *words], check=True, capture_output=True, timeout=60)


def main() -> int:
    """Make every picture, and print its name."""
    pages = dict(zip(("comment", "report"), outputs(), strict=True))
    for what, width, colours in names():
        target = file(what, width, colours)
        take(pages[what], width, colours, target)
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
