"""A section that comes first as a whole: one barrier instead of an edge for each pair, and the same order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, Address, ResourceChange, Target
from reconciler.observing.observer import LiveState
from reconciler.planning.dependencies import barred, edges
from reconciler.planning.ordering import _sorted, ordered

TARGET = Target("123456789012", "eu-west-1", "p", "eu-west-1_X", "m.yaml")
SECTIONS = ("users", "groups", "identity_providers", "clients", "domains", "ui_customization")
NOTHING_LIVE = LiveState(None, (), frozenset())


def change(section: str, name: str, action: Action) -> ResourceChange:
    tree = {"GroupName": name} if section == "groups" else {}
    before = None if action is Action.CREATE else tree
    after = None if action is Action.DELETE else tree
    return ResourceChange(Address("p", section, name), "", action, (), {}, before, after, {})


ACTIONS = st.sampled_from([Action.CREATE, Action.UPDATE, Action.DELETE, Action.NONE])
CHANGES = st.lists(st.tuples(st.sampled_from(SECTIONS), st.sampled_from("abcd"), ACTIONS), unique_by=lambda c: c[:2])


def with_pool(drawn: list[tuple[str, str, Action]], at: int) -> list[ResourceChange]:
    found = [change(*one) for one in drawn]
    return [*found[:at], change("user_pool", "", Action.NONE), *found[at:]]


@given(CHANGES, st.integers(0, 5))
def test_the_order_is_that_of_the_pairs(drawn, at):
    changes = with_pool(drawn, at)
    before: dict[int, set[int]] = {i: set() for i in range(len(changes))}
    for edge in edges(changes):
        before[edge.then].add(edge.first)
    wanted = [
        (changes[i].address, tuple(changes[j].address for j in sorted(before[i]))) for i in _sorted(before, changes)
    ]
    assert [(c.address, c.needs) for c in ordered(changes, NOTHING_LIVE, TARGET)] == wanted


@given(CHANGES, st.integers(0, 5))
def test_gates_and_edges_are_all_pairs(drawn, at):
    changes = with_pool(drawn, at)
    direct, barriers = barred(changes)
    pairs = {(first, then) for barrier in barriers for first in barrier.firsts for then in barrier.thens}
    assert pairs | {(e.first, e.then) for e in direct} == {(e.first, e.then) for e in edges(changes)}


def test_the_work_grows_with_the_objects_and_not_with_their_pairs():
    def size(count: int) -> int:
        changes = [change(section, f"n{i}", Action.CREATE) for section in ("groups", "users") for i in range(count)]
        direct, barriers = barred([change("user_pool", "", Action.NONE), *changes])
        return len(direct) + sum(len(barrier.firsts) + len(barrier.thens) for barrier in barriers)

    assert size(400) < 11 * size(40)


def test_what_needs_the_same_shares_it():
    changes = [change(section, f"n{i}", Action.CREATE) for section in ("groups", "users") for i in range(9)]
    users = [c for c in ordered(changes, NOTHING_LIVE, TARGET) if c.address.section == "users"]
    assert len(users[0].needs) == len(changes) - len(users)
    assert len({id(c.needs) for c in users}) == 1
