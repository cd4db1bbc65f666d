"""Makes documents what they say: rows first, then overlays, then conditions.

Most documents have neither rows nor conditions; for those nothing is done here, and nothing imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.documents import RawDocument
from reconciler.manifests.reference_kinds.reference_kind import Surroundings
from schemas.generated_forms import EACH, WHEN
from schemas.records import field, record


@record(frozen=True)
class Makers:
    """What documents are made with, and which files of rows they have named."""

    variables: Mapping[str, Any]
    """Values of `--var` and `--var-file`."""
    file_roots: Sequence[str] = ()
    """Directories that files may be read from besides the trees of the documents."""
    files: set[str] = field(default_factory=set)
    """The files of rows that were read."""

    def with_rows(self, document: RawDocument, problems: list[Problem], holder: str = "manifest") -> RawDocument:
        """Return a document with what its rows make.

        Args:
            document: As read.
            problems: Gets what is wrong.
            holder: What its file is: `manifest` or `overlay`.
        """
        if EACH not in document.forms:
            return document
        from reconciler.manifests.generated.each import expand

        made = expand(document, self._around(document, holder))
        problems += made.problems
        self.files.update(made.files)
        return made.document

    def without_off(self, document: RawDocument, problems: list[Problem]) -> RawDocument:
        """Return a document without what its conditions switch off.

        Args:
            document: Its overlays are merged.
            problems: Gets what is wrong.
        """
        if WHEN not in document.forms:
            return document
        from reconciler.manifests.generated.conditions import without_what_is_off

        left, wrong = without_what_is_off(document, self._around(document))
        problems += wrong
        return left

    def _around(self, document: RawDocument, holder: str = "manifest") -> Surroundings:
        roots = (document.root, *map(FilePath, self.file_roots))
        return Surroundings(self.variables, {}, document.directory, holder, roots=roots)
