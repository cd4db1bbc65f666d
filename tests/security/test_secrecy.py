"""Only members that can have a secret or an address are walked through: what is found is what a walk of all finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.kind import State
from reconciler.model import Address, Path, Secret, Tree
from reconciler.security.catalogue.secrecy import CGS01, CGS04
from reconciler.security.rule import SecurityRule, Seen
from schemas.base import ApiModel, Member, SecretKeys, Sensitive, members
from tests.engine.full import full, identities

BLANK = "{{ host }}"
SECRET = Secret("q8N3zT0vW5", "literal")
OBJECTS = [
    pytest.param(section, tree, id=f"{section}-{name}")
    for every in (full(), identities("one"))
    for section, objects in every.items()
    for name, tree in objects.items()
]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of the scalars of an object."""
    if not isinstance(value, dict | list):
        yield path
        return
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, (*path, step))


def placed(value: Any, path: Path, leaf: object) -> Any:
    """Return an object with another scalar at a path."""
    if not path:
        return leaf
    step, *rest = path
    if isinstance(value, dict):
        return {k: placed(v, tuple(rest), leaf) if k == step else v for k, v in value.items()}
    return [placed(v, tuple(rest), leaf) if i == step else v for i, v in enumerate(value)]


def found(rule: SecurityRule, section: str, tree: Tree) -> list[Path]:
    """Return the paths at which a rule finds something in the only object of a state."""
    state = State({Address("p", section, "o"): tree}, frozenset())
    return [breach.path for breach in rule.check(Seen(state))]


def secret(model: type[ApiModel], path: Path = ()) -> Iterator[Path]:
    """Yield where an object of a schema can have a secret."""
    for name, member in members(model).items():
        here = (*path, name)
        if member.has(Sensitive):
            yield here
        elif any(isinstance(mark, Sensitive) for mark in member.item_marks):
            yield (*here, *item(member))
        keys = member.mark(SecretKeys)
        yield from ((*here, key) for key in (keys.names if keys else ()))
        if member.model:
            yield from secret(member.model, (*here, *item(member)))


def item(member: Member) -> Path:
    """Return the step to an item of a list or a map; none to a structure."""
    return {"list": (0,), "map": ("key",)}.get(member.shape, ())


def built(path: Path, leaf: object) -> Any:
    """Return an object with nothing but a scalar at a path."""
    if not path:
        return leaf
    inner = built(path[1:], leaf)
    return {path[0]: inner} if isinstance(path[0], str) else [inner]


@pytest.mark.parametrize(("section", "tree"), OBJECTS)
def test_no_address_is_left_out(section: str, tree: Tree) -> None:
    for path in leaves(tree):
        changed = placed(tree, path, BLANK)
        everywhere = found(CGS04, "identity_pool", {"unknown": changed})  # no schema has it: it is walked through
        assert found(CGS04, section, changed) == [path[1:] for path in everywhere]


@pytest.mark.parametrize("section", KINDS)
def test_no_secret_is_left_out(section: str) -> None:
    for path in secret(KINDS[section].model):
        assert found(CGS01, section, built(path, SECRET)) == [path]


def test_one_of_each_is_found() -> None:
    """So that nothing above is compared with nothing."""
    assert found(CGS04, "clients", {"CallbackURLs": [BLANK]}) == [("CallbackURLs", 0)]
    assert found(CGS04, "clients", {"ClientName": BLANK}) == []
    assert ("ClientSecret",) in [*secret(KINDS["clients"].model)]
    assert len([*secret(KINDS["identity_providers"].model)]) > 1
