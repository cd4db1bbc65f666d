"""Rules take live objects as they are: with every member there is, and with each of them absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.kind import State
from reconciler.model import Address, Path, Tree
from reconciler.security.catalogue import rules
from reconciler.security.finding import at, found
from reconciler.security.rule import Seen
from schemas.security import PROFILES
from tests.engine.full import full, identities

STATES = {
    f"{what} {tag}": {
        Address("p", section, name): tree for section, named in make(tag).items() for name, tree in named.items()
    }
    for what, make in (("user pool", full), ("identity pool", identities))
    for tag in ("one", "two")
}
every_state = pytest.mark.parametrize("objects", STATES.values(), ids=STATES)


def seen(objects: dict[Address, Tree], profile: Any = "consumer") -> Seen:
    return Seen(State(objects, frozenset(KINDS), "eu-west-1", "123456789012"), profile, today="2026-11-30")


@every_state
@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_found_is_there_or_is_missing(objects, profile):
    """The path of a finding leads to a value, or to a member that the structure around it lacks."""
    for case in found(seen(objects, profile), rules().values()):
        section, name, path = case.breach.section, case.breach.name, case.breach.path
        tree = next((t for a, t in objects.items() if (a.section, a.name) == (section, name)), {})
        assert at(tree, path[:-1]) is None or isinstance(at(tree, path[:-1]), dict | list)
        assert case.breach.message.endswith(".")
        assert case.breach.message[0].isupper()


@every_state
def test_any_member_may_be_absent(objects):
    for address, tree in objects.items():
        for path in paths(tree):
            list(found(seen({**objects, address: without(tree, path)}), rules().values()))
        rest = {a: t for a, t in objects.items() if a != address}
        list(found(seen(rest), rules().values()))


def paths(tree: Any, before: Path = ()) -> Iterator[Path]:
    """The paths of all members of structures, those in lists too."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in inner:
        if isinstance(tree, dict):
            yield (*before, step)
        yield from paths(value, (*before, step))


def without(tree: Any, path: Path) -> Any:
    step, *rest = path
    if isinstance(tree, list):
        return [without(v, tuple(rest)) if i == step else v for i, v in enumerate(tree)]
    if not rest:
        return {k: v for k, v in tree.items() if k != step}
    return {k: without(v, tuple(rest)) if k == step else v for k, v in tree.items()}
