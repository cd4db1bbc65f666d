"""A value or a list of texts may be a reference that is not read yet: rules take it, and say nothing about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from reconciler.manifests.manifest import Manifest
from reconciler.model import Path, Reference
from reconciler.planning.linting import LintOptions, lint
from tests.security.test_rules import CASES, loaded

UNKNOWN = Reference("ssm", "/unknown")
FAILING = [p for p in CASES if "fail" in p.values[1]]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of what a reference can provide: texts, numbers, and lists of texts."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        if not isinstance(below, dict) and not (isinstance(below, list) and any(isinstance(v, dict) for v in below)):
            yield (*path, step)
        yield from places(below, (*path, step))


def without(value: Any, path: Path) -> Any:
    """A copy of a value with a reference at a path."""
    if not path:
        return UNKNOWN
    step, *rest = path
    if isinstance(value, dict):
        return {k: without(v, tuple(rest)) if k == step else v for k, v in value.items()}
    return [without(v, tuple(rest)) if i == step else v for i, v in enumerate(value)]


def variants(found: Manifest) -> Iterator[tuple[str, Path, Manifest]]:
    for index, spec in enumerate(found.specs):
        for path in places(spec.declared):
            changed = replace(spec, declared=without(spec.declared, path))
            yield (
                str(spec.address),
                path,
                replace(found, specs=(*found.specs[:index], changed, *found.specs[index + 1 :])),
            )


@pytest.mark.parametrize(("id_", "case"), FAILING)
def test_any_value_may_be_a_reference(tmp_path, id_, case):
    found, *beside = loaded(tmp_path, case, "fail")
    options = LintOptions(case.get("profile"), case.get("today", ""), case.get("fail_outside", {}))
    for address, path, changed in variants(found):
        for one in lint(changed, options, beside).weaknesses:
            assert (str(one.address), one.path[: len(path)]) != (address, path), (one.rule, path)
