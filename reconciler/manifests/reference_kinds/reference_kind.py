"""The vocabulary in which a kind of reference is declared.

A kind is one value of `ReferenceKind` in a module of its own, listed in `__init__.py`. Everything else (parsing,
messages, hiding of values, calls to AWS) reads that value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any, Protocol

from reconciler.model import Tree
from schemas.records import field, record
from schemas.reference_kinds import ReferenceSyntax
from schemas.tuples import NamedTuple


class ReferenceMistake(Exception):
    """A reference that cannot be followed: what is wrong, what to do. Neither repeats a value."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


def no_target(name: str) -> str:
    """Know nothing of a target: only a document has one.

    Raises:
        ReferenceMistake: Always.
    """
    raise ReferenceMistake(f"there is no target here that has a {name}.", "Write the value itself, or a variable.")


@record(frozen=True)
class Surroundings:
    """What a reference can be followed with while no AWS is asked."""

    variables: Mapping[str, Any]
    """Values of `--var` and `--var-file` by name."""
    environ: Mapping[str, str]
    """Environment of the process."""
    directory: FilePath = field(default_factory=FilePath)
    """Directory of the file that the reference is written in."""
    holder: str = "manifest"
    """What that file is: `manifest` or `overlay`."""
    env_names: frozenset[str] | None = None
    """The variables of the environment that may be read; None means every one."""
    roots: tuple[FilePath, ...] = ()
    """Directories that files may be read from, the tree of the manifest first; empty means `directory` alone."""
    target: Callable[[str], str] = no_target
    """Returns `account` or `region` of the document's own target. Raises `ReferenceMistake`."""


class Followed(NamedTuple):
    """What a reference gave."""

    value: Any
    """A value of any type."""
    raw: bytes | None = None
    """Content of a file as it is; a text of it is in `value`. Content is never converted to another type."""


Local = Callable[[str, Surroundings], Followed]
"""Follows a reference by its target without AWS. Raises `ReferenceMistake`."""


class Ask(Protocol):
    """Makes one call to AWS for a reference, each at most once a run; `remote_references` has it."""

    def __call__(self, service: str, operation: str, params: Tree, what: str) -> Tree:
        """Return the answer.

        Args:
            service: `ssm`, as botocore calls it.
            operation: `GetParameter`; the kind lists it in `reads`.
            params: Its parameters.
            what: What is read, for messages: `parameter /x`.

        Raises:
            ReferenceMistake: It does not exist, or may not be read.
            CloudError: AWS could not be asked, or not now.
        """


Fetch = Callable[[str, Ask], Any]
"""Resolves a reference by its target with calls to AWS: a text, a list of texts, or a `Secret`."""


def unchecked(target: str) -> None:
    """Accept every target."""


@record(frozen=True)
class ReferenceKind:
    """One kind of reference.

    A kind that is neither `local` nor `remote` leads to another document; live objects answer it.
    """

    syntax: ReferenceSyntax
    """How it is written."""
    local: Local | None = None
    """Follows it when a manifest is read."""
    remote: Fetch | None = None
    """Resolves it when AWS may be asked; until then it is an opaque leaf."""
    reads: frozenset[tuple[str, str]] = frozenset()
    """The calls that `remote` makes: (service, operation)."""
    arns: Callable[[str], Iterable[str]] = lambda _target: ()
    """Returns patterns of the ARNs that `reads` are limited to in IAM, as those of `reconciler.kinds.iam_access`."""
    taints: bool = True
    """Whether no message may repeat the value, because it may be a secret."""
    check: Callable[[str], object] = unchecked
    """Refuses a target that can lead nowhere. Raises `ReferenceMistake`."""

    @property
    def key(self) -> str:
        """The word behind the `$`."""
        return self.syntax.key

    @property
    def is_inline(self) -> bool:
        """Whether it may be a part of a text: `${var.NAME}`."""
        return bool(self.syntax.inline)

    def fits_inline(self, target: str) -> bool:
        """Return whether a target may be written within a text."""
        return self.is_inline and re.fullmatch(self.syntax.inline, target) is not None

    @property
    def links(self) -> bool:
        """Whether it leads to another document."""
        return self.local is None and self.remote is None
