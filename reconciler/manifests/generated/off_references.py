"""Finds objects that name another one of their pool which `$when` has switched off.

Cognito would refuse them: a client cannot name an identity provider that is not there. References to other documents
(`$ref`) are looked at in `manifests/links.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Need
from reconciler.manifests.links import switched_off_words
from reconciler.manifests.manifest import Manifest
from reconciler.model import Path, Spec, dotted


def wrong(manifests: Sequence[Manifest]) -> Iterator[Problem]:
    """Yield a problem for each name of an object that is switched off.

    Args:
        manifests: All documents of a run.
    """
    for manifest in manifests:
        for spec in manifest.specs if manifest.off else ():
            for need in KINDS[spec.address.section].needs(spec.declared):
                yield from _off(manifest, spec, need)


def _off(manifest: Manifest, spec: Spec, need: Need) -> Iterator[Problem]:
    where = manifest.switched_off((need.section, need.name))
    if where and not manifest.spec(need.section, need.name):
        path = _place(spec.declared, need)
        at = dotted((*spec.address.steps, *path))
        yield Problem(spec.position(path), at, *switched_off_words(f"{need.section}/{need.name}", where))


def _place(value: Any, need: Need, path: Path = ()) -> Path:
    """Return where an object names another one; the object itself if it is not found in it."""
    named = (need.name, f"{need.name}/{need.part}")
    return next((found for found, text in _texts(value, path) if text in named), ())


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, step))
