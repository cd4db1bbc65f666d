"""What is done once an object does not walk all the others: how often a sequence is walked does not depend on its
length. Seconds are measured by `python benchmarks/many_objects.py`, as they differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.applications.known_pool import KnownObject, KnownPool
from reconciler.applying.fences import FencedRun
from reconciler.cloud.port import Identity
from reconciler.drift import findings
from reconciler.drift.findings import Criteria
from reconciler.export import rollback
from reconciler.export.exporter import Style, export
from reconciler.kinds import KINDS
from reconciler.kinds.kind import State
from reconciler.manifests import links
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds.ref import link
from reconciler.model import Action, Address, Gap, Observed, Plan, Position, Spec
from reconciler.observing.observer import LiveState
from reconciler.planning import guard, lowering, ordering, planner
from reconciler.planning.matching import Matcher
from reconciler.planning.planner import PlanOptions
from reconciler.planning.unknown_objects import unknown_objects
from reconciler.values.lookup import first_by, grouped
from tests.engine.scripted import IDS, POOL, TARGET, Scripted, at, change, group
from tests.support import document, manifest

FEW, MANY = 20, 80
NAMES = st.sampled_from(["", "a", "b", "a/b", "a/b/c", "b/a"])
OBJECTS = st.lists(st.tuples(st.sampled_from(["groups", "clients", "clients.terms"]), NAMES), max_size=12)


class Walked(tuple[Any, ...]):
    """A sequence that counts how often it is walked."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        counts[id(self)] = counts.get(id(self), 0) + 1
        return super().__iter__()


counts: dict[int, int] = {}


def walks(work: Callable[[int], Walked], *, least: int = 1) -> None:
    """Insist that a piece of work walks a sequence as often for many objects as for few, and so often at least."""
    found = []
    for number in (FEW, MANY):
        counts.clear()
        items = work(number)
        found.append(counts.get(id(items), 0))
    assert found[0] == found[1] >= least, found


def declared(tmp_path: Path, count: int) -> Manifest:
    groups = {f"g{n}": {"Description": f"text {n}", "Precedence": n} for n in range(count)}
    clients = {f"c{n}": {"RefreshTokenValidity": 30} for n in range(count)}
    pinned = {f"p{n}": {"ClientId": f"1234567890abcdefghijp{n}", "RefreshTokenValidity": 30} for n in range(count)}
    sections = {"user_pool": {"PoolName": "customers"}, "groups": groups, "clients": {**clients, **pinned}}
    return manifest(tmp_path, document(**sections))


def live(count: int) -> list[Observed]:
    found = [Observed(at("user_pool"), IDS, {"PoolName": "customers"})]
    for n in range(count):
        name = {"GroupName": f"g{n}"}
        found.append(Observed(at("groups", f"g{n}"), {**IDS, **name}, {**name, "Description": "other"}))
    for prefix in "cp":
        for n in range(count):
            key = f"{prefix}{n}"
            ids = {**IDS, "ClientId": f"1234567890abcdefghij{key}"}
            found.append(Observed(at("clients", key), ids, {"ClientName": key, "RefreshTokenValidity": 9}))
    return found


SECTIONS = frozenset({"user_pool", "groups", "clients"})


def state(objects: tuple[Observed, ...]) -> LiveState:
    return LiveState(objects[0], objects, SECTIONS)


# --- walks ---------------------------------------------------------------------------------------------------------


def test_a_plan_walks_the_live_objects_as_often_for_many_as_for_few(tmp_path):
    def work(count: int) -> Walked:
        objects = Walked(live(count))
        found = planner.plan(declared(tmp_path, count), state(objects), TARGET, PlanOptions())
        assert len(found.pending) == 3 * count
        return objects

    walks(work)


def test_drift_walks_the_declared_objects_as_often_for_many_as_for_few(tmp_path):
    def work(count: int) -> Walked:
        found = declared(tmp_path, count)
        specs = Walked(found.specs)
        compared = findings.compare(replace(found, specs=specs), state(tuple(live(count))), TARGET, Criteria())
        assert len(compared.drift.findings) >= 3 * count
        return specs

    walks(work)


def _planned(tmp_path: Path, count: int) -> tuple[Manifest, LiveState, Plan, Walked]:
    found, objects = declared(tmp_path, count), state(tuple(live(count)))
    plan = planner.plan(found, objects, TARGET, PlanOptions())
    changes = Walked(plan.changes)
    return found, objects, replace(plan, changes=changes), changes


def test_drift_walks_the_changes_of_a_plan_as_often_for_many_as_for_few(tmp_path):
    def work(count: int) -> Walked:
        found, objects, plan, changes = _planned(tmp_path, count)
        assert list(findings._differences(found, objects, plan, Criteria()))
        return changes

    walks(work)


def test_a_call_finds_what_it_shares_a_store_with_without_a_walk():
    def work(count: int) -> Walked:
        pool = change("user_pool", before={"UserPoolTier": "LITE"}, declared={"UserPoolTier": "PLUS"})
        changes = Walked([*(group(f"g{n}") for n in range(count)), pool, change("mfa")])
        plan = Plan(TARGET, changes)
        for one in changes[:count]:
            assert lowering.before_of(plan, one, "user_pool") == {"UserPoolTier": "LITE"}
            assert lowering._single(plan, one, "user_pool", "after") == {"UserPoolTier": "PLUS"}
        return changes

    walks(work, least=0)


def test_the_guard_walks_the_declared_objects_as_often_for_many_violations_as_for_few(tmp_path):
    def work(count: int) -> Walked:
        clients = {f"c{n}": {"AllowedOAuthFlowsUserPoolClient": True} for n in range(count)}
        found = manifest(tmp_path, document(clients=clients))
        specs = Walked(found.specs)
        refused = guard.offline(replace(found, specs=specs))
        found = replace(found, specs=specs)
        plan = planner.plan(found, LiveState(None), TARGET, PlanOptions())
        assert len(guard.check(plan, found, LiveState(None)).refusals) >= count
        assert all(r.source for r in refused)
        return specs

    walks(work)


def test_pins_that_are_missing_do_not_walk_the_live_objects(tmp_path):
    def work(count: int) -> Walked:
        objects = Walked(live(0) + [o for o in live(count) if o.address.section == "groups"])
        matcher = Matcher(state(objects), "UserPool")
        for spec in declared(tmp_path, count).specs:
            matcher.change(spec)
        assert len(matcher.refusals) == count
        return objects

    walks(work)


def test_references_do_not_walk_what_the_other_document_declares(tmp_path):
    def work(count: int) -> Walked:
        found = declared(tmp_path, count)
        places = [Position("b.yaml", n + 1, 1) for n in range(count)]
        names = [link(f"customers/clients/c{n}#ClientId", place, ("x", n)) for n, place in enumerate(places)]
        specs = Walked(found.specs)
        found = replace(found, specs=specs)
        other = replace(found, name="other", specs=(), links=tuple(names))
        assert list(links.wrong_links([found, other])) == []
        return specs

    walks(work)


def test_values_of_references_do_not_walk_the_references(tmp_path):
    def work(count: int) -> Walked:
        found = declared(tmp_path, count)
        place = Position("b.yaml", 1, 1)
        names = Walked(link(f"customers/clients/c{n}#ClientId", place, ("x", n)) for n in range(count))
        other = replace(found, name="other", specs=(), links=names)
        for n in range(count):
            assert links.referred(f"customers/clients/c{n}#ClientId", other, [found, other])[1]
        return names

    walks(work)


def test_references_that_could_not_be_read_do_not_walk_the_declared_objects(tmp_path):
    def work(count: int) -> Walked:
        found, place = declared(tmp_path, count), Position("a.yaml", 1, 1)
        specs = Walked(found.specs)
        names = tuple(link("other/user_pool#Id", place, ("groups", f"g{n}", "RoleArn")) for n in range(count))
        why = Gap(Address("other", "user_pool"), "cognito-idp:DescribeUserPool", "denied")
        gaps = unknown_objects(replace(found, specs=specs, links=names), lambda _: None, lambda _: why)
        assert [g.address.name for g in gaps] == [f"g{n}" for n in range(count)]
        return specs

    walks(work)


def test_what_a_run_has_made_is_not_walked_for_each_change():
    class Learned(dict[tuple[Address, str], str]):
        def __iter__(self) -> Any:
            raise AssertionError("walked")

        keys = values = items = __iter__

    changes = [group(f"g{n}") for n in range(FEW)]
    run = FencedRun(Plan(TARGET, tuple(changes)), Scripted(ListGroups=[{"Groups": []}]), lambda _: None)
    run._learned = Learned()
    for one in changes:
        run._fence(one)
        run._record(one, "GroupName", one.address.name)
    assert run._owner_is_new(changes[0]) is False
    root = change("user_pool", declared={"PoolName": "customers"})
    run._record(root, "UserPoolId", POOL)
    assert run._owner_is_new(changes[0]) is True


def test_a_pool_for_outputs_is_walked_as_often_for_many_clients_as_for_few():
    def work(count: int) -> Walked:
        objects = Walked(KnownObject(at("clients", f"c{n}"), {}, {}, whole=True) for n in range(count))
        pool = KnownPool("customers", "eu-west-1", POOL, objects, frozenset({"clients"}))
        for _ in range(count):
            assert len(pool.clients) == len(pool.section("clients")) == count
        return objects

    walks(work)


def test_an_export_walks_the_live_objects_as_often_for_many_clients_as_for_few():
    def work(count: int) -> Walked:
        objects = Walked(live(count))
        style = Style()
        found = export("UserPool", state(objects), Identity(TARGET.account, TARGET.region), style, "customers")
        assert f"c{count - 1}:" in found.text
        return objects

    walks(work)


def test_a_rollback_walks_the_changes_as_often_for_many_as_for_few(tmp_path):
    def work(count: int) -> Walked:
        _, _, plan, changes = _planned(tmp_path, count)
        assert f"c{count - 1}:" in rollback.rollback([plan], "back.yaml").text
        return changes

    walks(work)


# --- an index finds what a walk finds ------------------------------------------------------------------------------


@given(OBJECTS, st.tuples(st.sampled_from(["groups", "clients", "mfa"]), NAMES))
def test_a_live_state_finds_what_a_walk_finds(places, wanted):
    section, name = wanted
    ids = KINDS[section].id_param
    every = tuple(
        Observed(at(*place), {KINDS[place[0]].id_param: f"id{n % 3}"}, {"n": n}) for n, place in enumerate(places)
    )
    found = LiveState(None, every)
    assert found.section(section) == tuple(o for o in every if o.address.section == section)
    assert found.named(section, name) == tuple(o for o in every if o.address == at(section, name))
    assert found.named(section, None) == ()
    first = next((o for o in every if o.address.section == section and o.ids[ids] == "id1"), None)
    assert found.identified(section, "id1") is first
    inside = tuple(o for o in every if o.address.section == section and o.address.name.partition("/")[0] == name)
    assert found.inside(section, name) == inside


@given(OBJECTS, st.tuples(st.sampled_from(["groups", "clients", "mfa"]), NAMES))
def test_a_state_and_a_manifest_find_what_a_walk_finds(places, wanted):
    section, name = wanted
    pools = [Address(f"pool{n % 2}", *place) for n, place in enumerate(places)]
    trees = {address: {"n": n} for n, address in enumerate(pools)}
    found = State(trees, frozenset())
    assert found.one(*wanted) == next((t for a, t in trees.items() if (a.section, a.name) == wanted), {})
    assert found.all(section) == {a: t for a, t in trees.items() if a.section == section}
    start = Position("a.yaml", 1, 1)
    specs = tuple(Spec(address, {"n": n}, start) for n, address in enumerate(pools))
    whole = Manifest("a.yaml", start, "UserPool", "pool0", "", "", "", frozenset(), specs)
    assert whole.spec(*wanted) is next((s for s in specs if (s.address.section, s.address.name) == wanted), None)
    assert whole.section(section) == tuple(s for s in specs if s.address.section == section)
    address = Address("pool0", section, name)
    assert whole.at(address) is next((s for s in specs if s.address == address), None)


@given(OBJECTS, OBJECTS)
def test_a_plan_finds_what_a_walk_finds(places, left):
    changes = tuple(change(*place, declared={"n": n}) for n, place in enumerate(places))
    aside = tuple(change(*place, declared={"n": n}) for n, place in enumerate(left))
    plan = Plan(TARGET, changes, aside=aside)
    for place in {*places, *left, ("mfa", "")}:
        assert plan.change_of(at(*place)) is next((c for c in changes if c.address == at(*place)), None)
        assert plan.left_aside(at(*place)) is next((c for c in aside if c.address == at(*place)), None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers())))
def test_lookups_keep_the_order(items):
    assert grouped(items, itemgetter(0)) == {k: tuple(i for i in items if i[0] == k) for k, _ in items}
    assert first_by(items, itemgetter(0)) == {k: next(i for i in items if i[0] == k) for k, _ in items}


@given(OBJECTS, OBJECTS, st.sets(NAMES))
def test_a_gap_hides_what_it_is_defined_to_hide(gaps, places, pinned):
    start = Position("a.yaml", 1, 1)
    addresses = [at(*place) for place in dict.fromkeys(places)]
    specs = tuple(
        Spec(a, {"ClientName": "b"} if a.section == "clients" else {}, start, pin="id" if a.name in pinned else "")
        for a in addresses
    )
    whole = Manifest("a.yaml", start, "UserPool", "customers", "", "", "", frozenset(), specs)
    every = [Gap(at(*place), "", "") for place in gaps]
    unread = findings._UnreadObjects(every)
    for address in addresses:
        expected = any(
            _meets(gap.address, one, whole) for gap in every for one in (address, address.owner) if one is not None
        )
        assert unread.hide(address, whole) == expected, address


def _meets(gap: Address, address: Address, whole: Manifest) -> bool:
    """The definition, for one gap and one object."""
    if gap.section != address.section:
        return False
    inside = bool(KINDS[gap.section].outer) and address.name.startswith(f"{gap.name}/")
    spec = whole.spec(address.section, address.name)
    known = str(spec.declared.get(KINDS[address.section].name_member, address.name)) if spec else address.name
    return inside or bool(spec and spec.pin) or not gap.name or gap.name in (address.name, known)


# --- the order -----------------------------------------------------------------------------------------------------

CHANGES = st.lists(st.sampled_from(["user_pool", "groups", "clients", "domains", "mfa"]), max_size=9)


@given(CHANGES, st.data())
def test_the_order_is_that_of_the_kinds_where_nothing_else_determines_it(sections, data):
    changes = [change(section, f"x{n}", action=Action.UPDATE) for n, section in enumerate(sections)]
    shuffled = data.draw(st.permutations(range(len(changes))))
    before = {
        i: {j for j in shuffled[: shuffled.index(i)] if data.draw(st.booleans(), label=f"{j} before {i}")}
        for i in range(len(changes))
    }
    assert list(ordering._sorted(before, changes)) == list(_by_definition(before, changes))


def _by_definition(before: dict[int, set[int]], changes: list[Any]) -> Iterator[int]:
    """Of all that are ready, the nearest by the order of kinds, then by its place in the plan."""
    place = list(KINDS)
    left = set(before)
    while left:
        ready = [i for i in left if not before[i] & left]
        nearest = min(ready, key=lambda i: (place.index(changes[i].address.section), i))
        left.remove(nearest)
        yield nearest
