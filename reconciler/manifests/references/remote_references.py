"""Resolves the references that only AWS can answer, each once a run. No value ever becomes part of a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.cloud.port import Cloud
from reconciler.errors import Busy, CloudError, Denied, NotFound, Problem
from reconciler.manifests.reference_kinds import REFERENCE_KINDS, ReferenceKinds
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake
from reconciler.model import Path, Position, Reference, Tree, dotted


def references(value: Any, path: Path = ()) -> Iterable[tuple[Path, Reference]]:
    """Yield every leaf of a tree that is not known yet, with its path."""
    if isinstance(value, Reference):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from references(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from references(inner, (*path, i))


class Remote:
    """Resolves references with the help of AWS."""

    def __init__(self, cloud: Cloud, kinds: ReferenceKinds = REFERENCE_KINDS) -> None:
        self._cloud = cloud
        self._kinds = kinds
        self._answers: dict[tuple[str, str, str], Tree | ReferenceMistake] = {}

    def get(self, reference: Reference) -> Any:
        """Return the value of a reference: a text, a list of texts, or a `Secret`.

        Raises:
            ReferenceMistake: It does not exist, may not be read, or has the wrong form.
            CloudError: AWS could not be asked.
        """
        resolve = self._kinds[reference.kind].remote
        if resolve is None:
            raise ValueError(reference.kind)
        return resolve(reference.target, self._ask)

    def _ask(self, service: str, operation: str, params: Tree, what: str) -> Tree:
        """Make a call, or repeat what was answered to it before."""
        key = (service, operation, what)
        if key not in self._answers:
            self._answers[key] = self._call(service, operation, params, what)
        answer = self._answers[key]
        if isinstance(answer, ReferenceMistake):
            raise ReferenceMistake(answer.message, answer.fix)
        return answer

    def _call(self, service: str, operation: str, params: Tree, what: str) -> Tree | ReferenceMistake:
        try:
            return self._cloud.call(service, operation, params)
        except Denied:
            return ReferenceMistake(f"the {what} may not be read.", f"Allow {service}:{operation} on it.")
        except NotFound:
            return _missing(what)
        except CloudError as error:
            if error.code in ("ParameterNotFound", "ResourceNotFoundException"):
                return _missing(what)
            if type(error) is not CloudError or isinstance(error, Busy):
                raise
            return ReferenceMistake(f"the {what} could not be read: {error.code}: {error.message}", "")


def _missing(what: str) -> ReferenceMistake:
    return ReferenceMistake(f"there is no {what} in this account and Region.", "Create it, or correct the name.")


def resolve_remote(tree: Tree, remote: Remote, place: Callable[[Path], Position]) -> tuple[Tree, list[Problem]]:
    """Replace every `Reference` leaf of a tree by what AWS says, but for those that refer to other documents.

    Args:
        tree: A declared object.
        remote: Asks AWS; shared between the trees of a run, so that nothing is read twice.
        place: Gives the position of a path within the tree.

    Returns:
        The tree, and what could not be resolved; no value is ever part of a message.

    Raises:
        CloudError: AWS could not be asked at all, or not now.
    """
    problems: list[Problem] = []
    values: dict[Path, Any] = {}
    for path, reference in references(tree):
        if reference.links:
            continue
        try:
            values[path] = remote.get(reference)
        except ReferenceMistake as mistake:
            problems.append(Problem(place(path), dotted(path), mistake.message, mistake.fix))
    return _put(tree, values, ()), problems


def _put(value: Any, values: Mapping[Path, Any], path: Path) -> Any:
    if path in values:
        return values[path]
    if isinstance(value, dict):
        return {k: _put(v, values, (*path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [_put(v, values, (*path, i)) for i, v in enumerate(value)]
    return value
