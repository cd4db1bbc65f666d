"""What the site does beyond Sphinx: the navigation, pages at index.html, and pages for files of the repository."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers import TextLexer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.osutil import relative_uri

from tools.site import files, navigation

LINKED = "poolctl_files"
"""Where the environment keeps the files of the repository that pages link to, by page."""

PICTURES = re.compile(r'\b(?:src|srcset)="([^":#]+)"')
"""Pictures in HTML that stands in Markdown."""


class IndexBuilder(StandaloneHTMLBuilder):
    """Writes a README below the root as the index of its folder, which servers show for the folder."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page, from the root of the site."""
        return super().get_target_uri(navigation.address(docname).removesuffix(".html"), typ)

    def get_output_path(self, page_name: str, /) -> Path:
        """Return the file of a page."""
        return Path(self.outdir, navigation.address(page_name))


class LinksToFiles(SphinxTransform):
    """Turns links to files and folders of the repository that are no pages of the site into links to a page of them.

    What leads nowhere is left as it is, and so reported by Sphinx or by the check of the built pages.
    """

    default_priority = 750

    def apply(self, **_kwargs: Any) -> None:
        """Change the links of the page that was read, and note the pictures in its HTML."""
        for node in [*self.document.findall(_leads_to_a_file)]:
            name = self._name(_target(node))
            if name and name.removesuffix(".md") not in self.env.found_docs:
                self._note(name)
                here = navigation.address(self.env.docname)
                link = nodes.reference("", "", *node.children, internal=True)
                link["refuri"] = relative_uri(here, files.address(Path(self.env.srcdir), name))
                node.replace_self(link)
        for raw in self.document.findall(nodes.raw):
            for picture in PICTURES.findall(raw.astext()):
                self._note(self._name(picture))

    def _name(self, target: str) -> str:
        """Return the path from the root of the repository, empty if nothing is there."""
        root = Path(self.env.srcdir).resolve()
        path = Path(self.env.relfn2path(target, self.env.docname)[1]).resolve()
        return path.relative_to(root).as_posix() if path.exists() and root in path.parents else ""

    def _note(self, name: str) -> None:
        if name:
            _linked(self.env).setdefault(self.env.docname, set()).add(name)


def _leads_to_a_file(node: nodes.Node) -> bool:
    if isinstance(node, addnodes.download_reference):
        return True
    return isinstance(node, addnodes.pending_xref) and node["reftype"] == "myst"


def _target(node: nodes.Element) -> str:
    """Return the path in a link as Sphinx writes paths: from the folder of the page, or with a slash from the root."""
    if node.get("refdomain") == "doc":
        return f"/{node['reftarget']}.md"
    return str(node["reftarget"]).partition("#")[0] or "."


def _linked(env: BuildEnvironment) -> dict[str, set[str]]:
    if not hasattr(env, LINKED):
        setattr(env, LINKED, {})
    found: dict[str, set[str]] = getattr(env, LINKED)
    return found


def _merge(_app: Sphinx, env: BuildEnvironment, _docnames: set[str], other: BuildEnvironment) -> None:
    _linked(env).update(_linked(other))


def _add_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """Add the navigation to a page that has pages below it, without showing it in the text."""
    below = navigation.contents(navigation.pages(Path(app.srcdir))).get(docname)
    if below:
        titles = navigation.TITLES
        lines = [f"{titles[page]} </{page}>" if page in titles else f"/{page}" for page in below]
        source[0] += "\n".join(["", "", "```{toctree}", ":hidden:", "", *lines, "```", ""])


def _pages_of_files(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    root = Path(app.srcdir)
    linked = sorted(set().union(*_linked(app.env).values()))
    for name in files.closure(root, linked):
        if files.is_picture(name):
            copy = Path(app.outdir, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, copy)
        else:
            yield files.page(root, name), {"title": name, "body": files.body(root, name)}, "file.html"


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Add what only servers and the search ask for: the page at the root, and each README by its own name."""
    if error is None:
        out = Path(app.outdir)
        for index in out.rglob("index.html"):
            if not index.is_relative_to(out / "files"):
                shutil.copyfile(index, index.with_name("README.html"))
        first = navigation.address(navigation.FIRST)
        (out / "index.html").write_text(files.redirect(first), encoding="utf-8")
        (out / ".nojekyll").touch()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all of it."""
    app.add_builder(IndexBuilder, override=True)
    app.add_lexer("csv", TextLexer)  # which GitHub knows, and Pygments does not
    app.add_transform(LinksToFiles)
    app.connect("source-read", _add_contents)
    app.connect("env-merge-info", _merge)
    app.connect("html-collect-pages", _pages_of_files)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
