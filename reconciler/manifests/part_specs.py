"""Objects of parts: which part declares which value, and one object of what several parts declare of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.part_items import Counted, joined, lists
from reconciler.manifests.reference_kinds.env import ENV
from reconciler.manifests.references.origin import Origin, origin_of
from reconciler.manifests.references.remote_references import references
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.model import Path, Position, Spec, Tree
from reconciler.values.item_forms import is_form
from schemas.base import ApiModel, FreeDocument, Member, members
from schemas.documents import DocumentKind
from schemas.records import replace
from schemas.sections import model_of


def tagged(kind: DocumentKind, spec: Spec, part: str, *, owned: bool) -> Spec:
    """Return an object that knows its part: as a whole, or each value where several parts may meet in it.

    Args:
        kind: Kind of the document.
        spec: The object.
        part: Name of the part.
        owned: Whether the part owns the object, and not only items of its lists.
    """
    if kind.is_shared(spec.address.section):
        return replace(spec, parts=dict.fromkeys(claims(kind, spec), part))
    return replace(spec, parts={(): part} if owned else dict.fromkeys(lists(kind, spec), part))


def claims(kind: DocumentKind, spec: Spec) -> tuple[Path, ...]:
    """Return what the declaration of a shared object speaks of: its leaves; all of it if it is declared as null.

    Lists and free documents are one value. An empty map declares nothing.
    """
    if spec.reset:
        return ((),)
    return tuple(_leaves(model_of(kind.all[spec.address.section]), spec.declared, ()))


def met(kind: DocumentKind, same: Sequence[Spec], problems: list[Problem]) -> Spec:
    """Return one object of the declarations of several parts, checked as if one document had declared it.

    Args:
        kind: Kind of the document.
        same: The declarations, of one address. What two of them claim has been reported.
        problems: Gets what is wrong with them together.
    """
    first = next((spec for spec in same if () in spec.parts), same[0])
    same = [first, *(spec for spec in same if spec is not first)]
    positions: dict[Path, Position] = {}
    from_env: dict[Path, str] = {}
    counted = Counted()
    for spec in same:
        positions = {**counted.moved(kind, spec, spec.positions), **positions}
        from_env |= counted.moved(kind, spec, spec.from_env)
        counted.add(kind, spec)
    found = replace(
        first,
        declared=_laid([spec.declared for spec in same]),
        positions=positions,
        pin=next((spec.pin for spec in same if spec.pin), ""),
        from_env=from_env,
        reset=any(spec.reset for spec in same),
        parts={path: part for spec in same for path, part in spec.parts.items()},
    )
    origins = {path: origin_of(reference) for path, reference in references(found.declared)}
    origins |= {path: Origin(ENV.key, name) for path, name in found.from_env.items()}
    place, report = Place(first.address.steps, first.source, found.positions, origins=origins), ProblemReport()
    declared = checking.check(model_of(kind.all[first.address.section]), found.declared, place, report)
    problems += report.problems
    return replace(found, declared=declared)


def _laid(trees: Sequence[Tree]) -> Tree:
    """Return one tree of several that claim nothing twice, keys in their order; of what two claim, the first counts."""
    result: Tree = {}
    for tree in trees:
        for name, value in tree.items():
            known = result.get(name)
            if isinstance(known, dict) and is_form(known) and is_form(value):
                result[name] = joined(known, value)
            elif isinstance(known, dict) and isinstance(value, dict):
                result[name] = _laid([known, value])
            else:
                result.setdefault(name, value)
    return {name: result[name] for name in sorted(result)}  # so that the order of the files makes no difference


def _leaves(model: type[ApiModel] | None, tree: Tree, path: Path) -> Iterator[Path]:
    known = members(model) if model else {}
    for name, value in tree.items():
        yield from _within(known.get(name), value, (*path, name))


def _within(member: Member | None, value: Any, path: Path) -> Iterator[Path]:
    if not isinstance(value, dict) or (member and member.has(FreeDocument)):
        yield path
    elif member and member.shape == "map":
        for key, inner in value.items():
            below = isinstance(inner, dict) and member.model
            yield from _leaves(member.model, inner, (*path, key)) if below else [(*path, key)]
    else:
        yield from _leaves(member.model if member else None, value, path)
