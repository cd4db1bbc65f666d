"""References between documents: whether each leads to something, and in which order documents have to be applied.

An identity pool names a client of a user pool that may be made in the same run. So what a `$ref` leads to is checked
when all documents have been read, and a document comes after those that it refers to. Documents that refer to each
other in a circle could never be applied, and are refused.
"""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from reconciler.errors import Problem
from reconciler.manifests.reference_kinds.ref import Link
from reconciler.model import Path, Position, Spec, dotted
from reconciler.terminal.suggestions import suggest, suggest_or_list
from schemas.documents import DOCUMENTS, DocumentKind


class LinkedDocument(Protocol):
    """What has to be known of a document."""

    @property
    def kind(self) -> str:
        """`UserPool` or `IdentityPool`."""

    @property
    def name(self) -> str:
        """Name of its pool; empty when that is not known because of a mistake."""

    @property
    def account(self) -> str:
        """Target account."""

    @property
    def region(self) -> str:
        """Target Region."""

    @property
    def source(self) -> Position:
        """Where it begins."""

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The objects that it declares."""

    @property
    def is_whole(self) -> bool:
        """Whether what it does not declare is declared nowhere: no part of its pool is missing."""

    @property
    def links(self) -> tuple[Link, ...]:
        """Its references to other documents."""

    def switched_off(self, path: Path) -> Position | None:
        """Return the condition that has switched off what is at a path, or None."""

    def spec(self, section: str, name: str = "") -> Spec | None:
        """Return a declared object, or None."""

    def link(self, target: str) -> Link | None:
        """Return its first reference with a target, or None."""


D = TypeVar("D", bound=LinkedDocument)


def meant(link: Link, document: D, documents: Sequence[D]) -> list[D]:
    """Return the documents that a reference may mean: one, unless there is a mistake.

    A user pool and an identity pool may have one name; the section determines which one. Pools of one name in several
    Regions are distinguished by the place of the referring document.

    Args:
        link: The reference.
        document: The document that contains it.
        documents: All documents.
    """
    found = [d for d in documents if d.name == link.document and link.section in DOCUMENTS[d.kind].sections]
    near = [d for d in found if (d.account, d.region) == (document.account, document.region)]
    return near if len(found) > 1 and near else found


def referred(target: str, document: D, documents: Sequence[D]) -> tuple[D, Spec | None]:
    """Return what a reference leads to.

    Args:
        target: One that is in the document: `customers/clients/web#ClientId`.
        document: The document that it is in.
        documents: All that were loaded together with it.

    Returns:
        The document, and the object in it; no object when it is a pool that the document names by its id only.

    Raises:
        KeyError: There is no such reference, or the document that it leads to is not among those given.
    """
    link = document.link(target)
    found = meant(link, document, documents) if link else []
    if link is None or not found:
        raise KeyError(target)
    return found[0], found[0].spec(link.section, link.name)


def wrong_links(documents: Sequence[D]) -> Iterator[Problem]:
    """Find references that lead nowhere, and documents that refer to each other in a circle."""
    for document in documents:
        for link in document.links:
            words = _words(link, document, documents)
            if words:
                yield Problem(link.source, dotted(link.path), *words)
    yield from _circles(documents)


Words = tuple[str, str]
"""What is wrong, what to do."""

CORRECT = "Correct the name."
"""What to do where there are too many names to list."""


def switched_off_words(what: str, where: Position) -> Words:
    """Say that something is referred to that `$when` has switched off.

    Args:
        what: What it is.
        where: The condition.
    """
    return f"{what} is switched off by $when at {where}.", "Switch both off with the same condition, or switch it on."


def _words(link: Link, document: D, documents: Sequence[D]) -> Words | None:
    found = meant(link, document, documents)
    if not found:
        return _nowhere(link, documents)
    if len(found) > 1:
        return f"several documents declare a pool named {link.document}.", "Give each pool its own name."
    kind = DOCUMENTS[found[0].kind]
    if not _is_declared(link, kind, found[0]):
        return _undeclared_words(link, kind, found[0])
    known = kind.targets(link.section)
    if link.member in known:
        return _switched_off(link, kind.switch(link.section, link.member), found[0])
    if not known:
        return f"{link.address} has no member that can be referenced.", "Write the value itself, or use {$var: NAME}."
    return f"{link.member} of {link.address} cannot be referenced.", suggest_or_list(link.member, known, CORRECT)


def _undeclared_words(link: Link, kind: DocumentKind, document: LinkedDocument) -> Words:
    off = document.switched_off((link.section, link.name))
    if off:
        return switched_off_words(f"{link.address} of {link.document}", off)
    specs = [s.address for s in document.specs if s.address.section in kind.sections]
    declared = [kind.root, *(str(address) for address in specs if address.section != kind.root)]
    another = "Pass the file of the part that declares it, too."
    fix = suggest_or_list(link.address, declared, CORRECT) if document.is_whole else another
    return f"{link.document} declares no {link.address}.", fix


def _is_declared(link: Link, kind: DocumentKind, document: LinkedDocument) -> bool:
    """Return whether a document declares what a reference leads to; the pool itself is there in any case."""
    if link.section == kind.root:
        return not link.name
    return link.section in kind.sections and document.spec(link.section, link.name) is not None


def _switched_off(link: Link, switch: str, document: LinkedDocument) -> Words | None:
    """A member that exists only while another one is on never has a value if that is declared to be off."""
    spec = document.spec(link.section, link.name)
    if spec is None or not switch or spec.declared.get(switch, True):
        return None
    return f"{link.address} has no {link.member}, because its {switch} is off.", f"Set {switch} to true there."


def _nowhere(link: Link, documents: Sequence[D]) -> Words | None:
    named = [d for d in documents if d.name == link.document]
    if named:
        known = [s for d in named for s in DOCUMENTS[d.kind].sections]
        kinds = f"Its kind is {' and '.join(dict.fromkeys(d.kind for d in named))}."
        return f"{link.document} has no section {link.section}.", suggest(link.section, known, kinds)
    if not all(d.name for d in documents):
        return None  # it may be the one whose name could not be read, which has been reported
    names = (d.name for d in documents)
    fix = suggest(link.document, names, "Pass the file that declares it, too.")
    return f"no document declares a pool named {link.document}.", fix


# --- order ---------------------------------------------------------------------------------------------------------


def before_each(documents: Sequence[D]) -> dict[int, list[int]]:
    """Return, for each document, those that it refers to, by their numbers; itself is not among them.

    Args:
        documents: Loaded ones. Those that they refer to may be missing.
    """
    number = {id(document): i for i, document in enumerate(documents)}
    return {
        i: sorted({number[id(d)] for link in document.links for d in meant(link, document, documents)} - {i})
        for i, document in enumerate(documents)
    }


def ordered(documents: Sequence[D]) -> tuple[D, ...]:
    """Return documents so that each comes after those that it refers to, and otherwise in the order given.

    Args:
        documents: Loaded ones. Those that they refer to may be missing.
    """
    before = {i: set(numbers) for i, numbers in before_each(documents).items()}
    after: dict[int, list[int]] = {i: [] for i in before}
    for i, numbers in before.items():
        for j in numbers:
            after[j].append(i)
    free = [i for i, numbers in before.items() if not numbers]
    result: list[int] = []
    while free:
        done = heapq.heappop(free)
        result.append(done)
        for i in after[done]:
            before[i].discard(done)
            if not before[i]:
                heapq.heappush(free, i)
    rest = [i for i in before if i not in set(result)]  # nothing, as circles are refused when they are read
    return tuple(documents[i] for i in (*result, *rest))


def _circles(documents: Sequence[D]) -> Iterator[Problem]:
    graph = before_each(documents)
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle: list[int] = error.args[1][:0:-1]  # from referring to referred; the first is at both ends
        else:
            return
        first = circle.index(min(circle))
        circle = [*circle[first:], *circle[:first]]
        yield _circle([documents[i] for i in circle], documents)
        for i in circle:
            graph[i] = []


def _circle(circle: Sequence[D], documents: Sequence[D]) -> Problem:
    second = circle[1]
    link = next(i for i in circle[0].links if any(d is second for d in meant(i, circle[0], documents)))
    names = " -> ".join(f"{d.kind} {d.name}" for d in (*circle, circle[0]))
    message = f"the documents refer to each other in a cycle: {names}."
    return Problem(link.source, dotted(link.path), message, "Remove one of the references.")
