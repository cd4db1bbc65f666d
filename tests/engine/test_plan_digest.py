"""The digest of plans that are given one at a time is that of all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from reconciler.planning.lowering import lower
from reconciler.render import formats, redact
from reconciler.render.machine import plan_json
from reconciler.render.subjects import RenderOptions
from reconciler.runs import planfile
from reconciler.runs.kept_plans import KeptPlans, PlanKeeper, SharedDigest
from reconciler.runs.plan_digest import Digest, basis, hashed, origins_of
from reconciler.terminal.options import Options
from tests.engine import whole_plans
from tests.render.samples import CALLS, PLANS

OPTIONS = Options("plan", paths=("x",))
EVERY = [plan for plans in PLANS.values() for plan in plans]
LOWERED = [plan for name, plans in PLANS.items() for plan in plans if name != "full"]
"""Those whose calls can be made; the other one is for renderers alone."""


def whole(plans) -> str:
    tree = whole_plans.document(plans, CALLS, OPTIONS, planfile.datetime(2026, 5, 4, tzinfo=planfile.UTC))
    assert tree["digest"] == hashed(basis(tree))
    return tree["digest"]


def kept(plans) -> KeptPlans:
    keeper = PlanKeeper(OPTIONS)
    return KeptPlans([keeper.keep(plan) for plan in plans], keeper.spool)


@pytest.mark.parametrize("name", PLANS)
def test_one_at_a_time_or_all_at_once(name):
    assert whole_plans.digest(PLANS[name], CALLS, OPTIONS) == whole(PLANS[name])


def named(plan, name):
    """Return a plan of a pool with another name."""
    changes = tuple(replace(c, address=replace(c.address, pool=name)) for c in plan.changes)
    return replace(plan, target=replace(plan.target, pool_name=name), changes=changes)


def test_the_order_of_pools_is_that_of_their_names():
    plans = [named(plan, name) for plan, name in zip(EVERY, ("b", "c", "a"), strict=False)]
    for some in permutations(plans):
        assert whole_plans.digest(some, CALLS, OPTIONS) == whole(some)


def test_nothing_has_a_digest_too():
    assert Digest(OPTIONS).value() == whole([])


def test_it_is_computed_while_json_is_written_and_without_it():
    plans = kept(LOWERED)
    for learned in (0, 1, len(plans)):
        shared = SharedDigest(plans, OPTIONS)
        for number in range(learned):
            shared.learn(number, plan_json.parts(plans[number]))
            shared.learn(0, plan_json.parts(plans[0]))  # for a second format
        found = Digest(OPTIONS)
        for plan, shown in zip(LOWERED, plans, strict=True):
            found.learn(plan_json.parts(shown), origins_of(plan))
        assert shared() == shared() == found.value()


def test_what_is_kept_is_what_is_shown():
    plans = kept(LOWERED)
    for plan, shown in zip(LOWERED, plans, strict=True):
        calls = {c.address.full: lower(c, plan) for c in plan.pending if not plan.refusals}
        assert replace(shown, connections=None) == redact.plans([plan], calls)[0]
    assert plans[1:3] == list(plans)[1:3]
    assert len(plans) == len(LOWERED)


@pytest.mark.parametrize("form", formats.names("plan"))
def test_every_format_is_the_same_from_what_is_kept(form):
    """Each time that a plan is read it is another object: nothing may be looked up by its identity."""
    plans = kept([named(plan, f"pool-{number}") for number, plan in enumerate(LOWERED * 3)])
    options = RenderOptions(digest=lambda: "sha256:0")
    one, other = (formats.plan(some, options)[form] for some in (plans, tuple(plans)))
    for color in (False, True):
        assert one(color) == other(color) == "".join(one.pieces(color))
    assert one(False)
