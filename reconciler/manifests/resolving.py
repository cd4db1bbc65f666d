"""Puts in what only AWS and live objects know (`$ssm`, `$secret`, `$ref`), and validates it as if it were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.cloud.port import Cloud
from reconciler.errors import InvalidManifest, Problem
from reconciler.manifests.loading import distinct
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.filling import RefLookup, fill, fill_key, fill_tree, has_links, is_settled
from reconciler.manifests.references.origin import origin_of
from reconciler.manifests.references.remote_references import Remote, references, resolve_remote
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.model import Address, Notice, Path, Spec, dotted, row_words
from schemas.documents import DOCUMENTS, DocumentKind
from schemas.records import replace
from schemas.sections import model_of


def no_references(_target: str) -> str | None:
    """Know nothing of any object of another document."""
    return None


def resolve(manifest: Manifest, cloud: Cloud, refs: RefLookup = no_references) -> Manifest:
    """Fill in what only AWS knows, and validate it.

    Args:
        manifest: A loaded one.
        cloud: Where to ask; a read-only cloud must allow `reference_kinds.REMOTE_READS`.
        refs: Gives the value of a reference to another document, by its target
            (`customers/clients/web#ClientId`), or None while the object does not exist. Such references stay as they
            are, and so do texts and keys that hold one.

    Raises:
        InvalidManifest: A reference cannot be resolved, or its value does not fit. No message holds a value.
        CloudError: AWS could not be asked.
    """
    return _resolve(manifest, Remote(cloud), refs)[0]


def filled(manifest: Manifest, refs: RefLookup) -> tuple[Manifest, tuple[Notice, ...]]:
    """Fill in the values of references to objects, without asking AWS for anything; `$ssm` and `$secret` stay.

    Args:
        manifest: One of which some references may be filled in already.
        refs: Gives the value of a reference by its target, or None while it is unknown.

    Returns:
        The document, and what is to be said of the objects that were filled in.

    Raises:
        InvalidManifest: A value does not fit. No message holds it.
    """
    return _resolve(manifest, None, refs)


def _resolve(manifest: Manifest, remote: Remote | None, refs: RefLookup) -> tuple[Manifest, tuple[Notice, ...]]:
    report = ProblemReport()
    kind, targets = DOCUMENTS[manifest.kind], {link.target for link in manifest.links}

    def known(target: str) -> str | None:
        return refs(target) if target in targets else None

    specs = [_resolved(kind, spec, remote, known, report) for spec in manifest.specs]
    report.problems += _colliding_names(specs)
    if report.problems:
        raise InvalidManifest(distinct(report.problems))
    return replace(manifest, specs=tuple(specs)), tuple(report.notices)


def _resolved(kind: DocumentKind, spec: Spec, remote: Remote | None, known: RefLookup, report: ProblemReport) -> Spec:
    if is_settled(spec.declared):
        return spec
    found = dict(references(spec.declared))
    prefix = spec.address.steps
    tree, problems = resolve_remote(spec.declared, remote, spec.position) if remote else (spec.declared, [])
    if problems:
        report.problems += [_below(prefix, p) for p in problems]
        return spec
    tree = fill_tree(tree, known)
    report.problems += [_below(prefix, p) for p in _colliding_keys(tree, known, spec, ())]
    if tree == spec.declared:
        return spec
    spec = _filled(spec, known)
    origins = {_filled_path(path, known): origin_of(r) for path, r in found.items()}
    place = Place(spec.address.steps, spec.source, spec.positions, origins=origins)
    declared = checking.check(model_of(kind.all[spec.address.section]), tree, place, report)
    return replace(spec, declared=declared)


def _filled_path(path: Path, known: RefLookup) -> Path:
    return tuple(fill_key(step, known) if isinstance(step, str) else step for step in path)


def _filled(spec: Spec, known: RefLookup) -> Spec:
    """Return a spec whose name and positions are spelled with the values of references in keys."""
    address = replace(spec.address, name=fill_key(spec.address.name, known))
    return replace(spec, address=address, positions={_filled_path(p, known): v for p, v in spec.positions.items()})


def _colliding_names(specs: Sequence[Spec]) -> Iterator[Problem]:
    """Find objects whose names became the same one."""
    seen: dict[Address, Spec] = {}
    for spec in specs:
        first = seen.setdefault(spec.address, spec)
        if first is not spec:
            row = row_words(first.source)
            at = f"line {first.source.line}{row and f', {row}'}"
            message = f"the key resolves to the same name as the one in {at}."
            fix = "Make the keys differ, or remove one."
            yield Problem(spec.source, dotted(spec.address.steps), message, fix)


def _colliding_keys(value: Any, known: RefLookup, spec: Spec, path: Path) -> Iterator[Problem]:
    """Find keys that `fill_tree` has left alone because they would become the same one."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        if has_links(key) and fill(key, known) is not None:
            where, fix = spec.position((*path, key)), "Make the keys differ, or remove one."
            yield Problem(where, dotted((*path, key)), "two keys resolve to the same name.", fix)
        yield from _colliding_keys(inner, known, spec, (*path, key))
    for i, item in enumerate(value if isinstance(value, list) else ()):
        yield from _colliding_keys(item, known, spec, (*path, i))


def _below(prefix: Path, problem: Problem) -> Problem:
    path = dotted(prefix) + ("" if problem.path.startswith("[") else ".") + problem.path
    return Problem(problem.position, path, problem.message, problem.fix)
