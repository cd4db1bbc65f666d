"""Pages for files and folders of the repository that the documents link to, such as the example manifests.

On GitHub such a link opens the file. The site has a page for it, so that every link works without a network and
without knowing where the repository is kept.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound
from sphinx.util.osutil import relative_uri

PICTURES = (".png", ".svg")
LARGEST = 300_000
"""Bytes of a file that are shown; of a larger one, the first."""


def page(root: Path, name: str) -> str:
    """Return the name of the page for a file or folder, without suffix, from the root of the site."""
    return f"files/{name}/index" if (root / name).is_dir() else f"files/{name}"


def address(root: Path, name: str) -> str:
    """Return the address of the page, from the root of the site; a picture is its own page."""
    return name if is_picture(name) else f"{page(root, name)}.html"


def is_picture(name: str) -> bool:
    """Whether a file is a picture, of which the site has a copy at the path that it has in the repository."""
    return name.endswith(PICTURES)


def closure(root: Path, names: list[str]) -> tuple[str, ...]:
    """Return the names and, for each folder among them, the files and folders in it, sorted."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _inside(root, name)
    return tuple(sorted(found))


def _inside(root: Path, name: str) -> list[str]:
    folder = root / name
    if not folder.is_dir():
        return []
    return [p.relative_to(root).as_posix() for p in sorted(folder.iterdir()) if _shown(p)]


def _shown(path: Path) -> bool:
    return not path.name.startswith((".", "__pycache__")) and path.name != "node_modules"


def body(root: Path, name: str) -> str:
    """Return the content of the page as HTML."""
    path = root / name
    if path.is_dir():
        children = ((_from_folder(root, child, name), Path(child).name) for child in _inside(root, name))
        rows = [f'<li><a href="{link}">{escape(shown)}</a></li>' for link, shown in children]
        return f"<ul>{''.join(rows)}</ul>"
    text = path.read_bytes()[:LARGEST].decode("utf-8", errors="replace")
    try:
        lexer = get_lexer_for_filename(path.name)
    except ClassNotFound:
        lexer = TextLexer()
    return str(highlight(text, lexer, HtmlFormatter(cssclass="highlight")))


def _from_folder(root: Path, child: str, folder: str) -> str:
    return relative_uri(address(root, folder), address(root, child))


def redirect(address: str) -> str:
    """Return a page that leads to another at once, also without JavaScript."""
    to = escape(address)
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>poolctl</title>'
        f'<meta http-equiv="refresh" content="0; url={to}"><link rel="canonical" href="{to}">'
        f'<a href="{to}">poolctl</a></html>\n'
    )
