"""Recognizes a file of another tool where a manifest is expected: a CloudFormation template, Terraform, a CLI answer.

Such a file has one cause and gets one message. Its tags, its missing version and its other keys are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.errors import Problem
from reconciler.manifests.documents import RawDocument
from reconciler.model import Position, dotted
from schemas.foreign_names import FOREIGN_ANSWERS, FOREIGN_FILES, TERRAFORM_RESOURCE, TERRAFORM_TYPE


def refuse(documents: Sequence[RawDocument], problems: Sequence[Problem]) -> tuple[list[RawDocument], list[Problem]]:
    """Replace everything that is wrong with a foreign file by one problem.

    Args:
        documents: As read, in the order of each file.
        problems: What the reader found wrong.

    Returns:
        The documents that are manifests, and the problems: those of the reader outside foreign files, and one for each
        foreign file, at the first key that gives it away.
    """
    wrong = {i: problem for i, document in enumerate(documents) if (problem := _problem(document))}
    kept = [p for p in problems if not any(_is_in(p, documents, i) for i in wrong)]
    return [d for i, d in enumerate(documents) if i not in wrong], [*kept, *wrong.values()]


def _problem(document: RawDocument) -> Problem | None:
    for key in document.tree:
        if said := _said(key, document.tree):
            message, fix = said
            return Problem(document.keys.get((key,), document.start), dotted((key,)), message, fix)
    return None


def _said(key: str, tree: Mapping[str, object]) -> tuple[str, str] | None:
    if key.startswith(TERRAFORM_TYPE):
        return TERRAFORM_RESOURCE
    return FOREIGN_FILES.get(key) or (None if "version" in tree else FOREIGN_ANSWERS.get(key))


def _is_in(problem: Problem, documents: Sequence[RawDocument], index: int) -> bool:
    """Return whether a problem is in a document: from its start to that of the next document of the file."""
    start = documents[index].start
    after = min(_starts(documents, index), default=None)
    place = problem.position
    return place.file == start.file and place >= start and (after is None or place < after)


def _starts(documents: Sequence[RawDocument], index: int) -> Iterator[Position]:
    start = documents[index].start
    return (d.start for d in documents if d.file == start.file and d.start > start)
