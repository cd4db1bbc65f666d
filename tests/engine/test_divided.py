"""However a document is divided into parts, they plan what the document plans: the same calls in the same order."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reconciler.drift.findings import Criteria, compare, read_scope
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Drift, Plan, Verified
from reconciler.observing.observer import observe
from reconciler.planning.linting import LintOptions, lint
from reconciler.planning.lowering import lower
from tests.engine import test_surroundings as surroundings
from tests.engine.divided import NAMES, Document, loaded, ordered, parts_of, picks
from tests.engine.test_iam_grants import identity, pools
from tests.engine.test_one_member import with_bytes
from tests.engine.test_users import ADA, declared
from tests.laws.strategies import pairs
from tests.laws.world import Hopeless, World
from tests.support import bench

PHASES = (Phase.explicit, Phase.generate)
"""Without shrinking: what is found is told by its seed."""


def shown(plan: Plan) -> Any:
    """What a plan does and says, in its order, without places: those are in other files."""
    changes = [
        (c.address, c.action, [replace(f, source=None) for f in c.fields], lower(c, plan), c.needs, c.reason, c.effect)
        for c in plan.changes
    ]
    refusals = [(r.address, r.rule, r.path) for r in plan.refusals]
    weak = sorted(map(repr, ((w.rule, w.address, w.path, w.declared) for w in plan.weaknesses)))
    return changes, refusals, plan.unmanaged, plan.undeclared, weak, [n.message for n in plan.notices]


def differing(drift: Drift) -> Any:
    found = [(f.id, f.cls, f.address, f.path, f.desired, f.live) for f in drift.findings]
    return found, drift.read, [n.message for n in drift.notices]


def drift(world: World, manifest: Manifest) -> Drift:
    live = observe(world.cloud, read_scope(manifest), parallelism=1)
    return compare(manifest, live, world.plan(manifest).target, Criteria()).drift


def linted(manifest: Manifest) -> Any:
    found = lint(manifest, LintOptions())
    return sorted(repr((w.rule, w.address, w.path, w.message)) for w in found.weaknesses)


def divided(world: World, document: Document, seed: int) -> tuple[Manifest, Manifest]:
    """Return a document, and its parts put together."""
    whole = loaded(world.directory / "whole", [ordered(document)])
    parts = loaded(world.directory / "parts", parts_of(ordered(document), picks(seed), listed=seed % 2 == 0))
    assert len(parts) == len(whole) == 1
    return whole[0], parts[0]


def hold_alike(world: World, document: Document, seed: int) -> Manifest:
    whole, parts = divided(world, document, seed)
    assert shown(world.plan(parts)) == shown(world.plan(whole))
    assert differing(drift(world, parts)) == differing(drift(world, whole))
    assert linted(parts) == linted(whole)
    assert {p.name for p in parts.parts} == set(NAMES)
    return parts


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=PHASES,
)
@given(pairs(), st.integers(0, 2**32))
def test_parts_of_random_documents_plan_what_the_document_plans(tmp_path_factory, pair, seed) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    try:
        before, _, _ = world.mended(world.neighbour(pair[0]))
    except Hopeless:
        return
    parts = hold_alike(world, before, seed)
    made = world.apply(parts, world.plan(parts))
    assert [(e.left, e.unproven) for e in made if isinstance(e, Verified)] == [((), ())]
    try:
        document, _, _ = world.mended(world.neighbour(pair[1]))
    except Hopeless:
        return
    parts = hold_alike(world, document, seed)
    made = world.apply(parts, world.plan(parts))
    assert [(e.left, e.unproven) for e in made if isinstance(e, Verified)] == [((), ())]
    hold_alike(world, document, seed + 1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", [pools, identity], ids=["UserPool", "IdentityPool"])
def test_every_kind_can_be_divided(tmp_path, make, seed: int) -> None:
    world = World(tmp_path)
    one = with_bytes(world.neighbour(copy.deepcopy(make("one"))), tmp_path)
    parts = hold_alike(world, _with_images(one, tmp_path), seed)
    made = world.apply(parts, world.plan(parts))
    assert [(e.left, e.unproven) for e in made if isinstance(e, Verified)] == [((), ())]
    other = with_bytes(world.neighbour(copy.deepcopy(make("one", *_later(make)))), tmp_path)
    assert hold_alike(world, _with_images(other, tmp_path), seed)


def _later(make: Any) -> Iterator[str]:
    """Yield sections that a second document declares otherwise; others have members that cannot be changed."""
    yield from ("groups", "session", "limits") if make is pools else ("principal_tags",)


def _with_images(document: Document, directory: Any) -> Document:
    """Let both directories have the files that a document names."""
    for place in ("whole", "parts"):
        (directory / place).mkdir(exist_ok=True)
        for file in [f for f in directory.iterdir() if f.is_file() and f.suffix not in (".yaml", ".json")]:
            (directory / place / file.name).write_bytes(file.read_bytes())
    return document


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "tree",
    [surroundings.everything(), declared({"ada": ADA, "bob": {}}), surroundings.with_sms(Path="/one/")],
    ids=["around", "users", "role"],
)
def test_what_is_around_a_pool_can_be_divided(tmp_path, tree: Document, seed: int) -> None:
    with bench() as here:
        here.boto("secretsmanager").create_secret(Name="ada", SecretString='{"password": "Correct-Horse-1"}')
        here.local.surround()
        [whole] = loaded(tmp_path / "whole", [ordered(tree)])
        [parts] = loaded(tmp_path / "parts", parts_of(ordered(tree), picks(seed)))
        assert shown(here.plan(parts)) == shown(here.plan(whole))
        here.converge(parts)
        assert not here.plan(whole).pending


def test_every_kind_is_divided() -> None:
    trees = [pools("one"), identity("one"), surroundings.everything(), declared({"ada": ADA})]
    sections = {key for tree in trees for key in tree} | {f"clients.{key}" for key in pools("one")["clients"]["web"]}
    outer = {section for section in KINDS if not KINDS[section].watched}
    assert outer - sections <= {"replicas", "sms_role_trust"}
