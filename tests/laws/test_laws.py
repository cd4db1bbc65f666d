"""A small, repeatable part of the search; `make test-long` searches on."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find

from reconciler.kinds import KINDS
from tests.laws.laws import Broken, hold
from tests.laws.search import PHASES, law
from tests.laws.strategies import NAMES, SINGLE, bank, documents, pairs
from tests.laws.world import World

PARTS = 2
"""So that two processes can share the work."""


@pytest.mark.parametrize("seed", range(PARTS))
def test_the_laws_hold_for_random_pools_and_manifests(tmp_path, seed: int) -> None:
    counts: Counter[str] = Counter()
    examples = int(os.environ.get("LAW_EXAMPLES", "40"))
    law(counts, tmp_path, seed=seed, max_examples=examples, phases=PHASES)()
    assert counts["examples"] >= examples
    assert counts["given up"] + counts["known"] < examples / 2, (
        counts
    )  # a search that finds nothing valid proves nothing


class Forgetful(World):
    """An account in which a colleague changes a setting while an apply runs."""

    def apply(self, manifest, plan):
        events = super().apply(manifest, plan)
        for pool in self.cloud.store.pools.values():
            pool["config"].setdefault("UserPoolTags", {})["calls"] = str(len(self.cloud.calls))
        return events


def test_a_change_that_no_plan_showed_is_found(tmp_path) -> None:
    before = {"version": 1, "user_pool": {"PoolName": "customers", "UserPoolTags": {"team": "one"}}}
    document = {"version": 1, "user_pool": {"PoolName": "customers", "DeletionProtection": "ACTIVE"}}
    hold(World(tmp_path), before, document)
    with pytest.raises(Broken, match="undeclared"):
        hold(Forgetful(tmp_path), before, document)


def test_what_is_live_is_reset_and_identity_pools_are_drawn() -> None:
    def drawn(said: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return find(pairs(), lambda pair: said(pair[1]))[1]

    assert drawn(lambda d: d.get("mfa", 0) is None)["user_pool"]
    assert drawn(lambda d: "roles" in d and "principal_tags" in d)["identity_pool"]


def test_every_kind_of_a_user_pool_is_drawn() -> None:
    """Left out are replicas in another Region, secrets of clients, which are never written, users, and what surrounds
    a pool.
    """
    drawn = {"user_pool", "clients", *NAMES, *SINGLE}
    apart = {section for section, kind in KINDS.items() if kind.surrounding or kind.declared_only}
    of_pool = {section for section, kind in KINDS.items() if kind.document == "UserPool"} - apart
    assert of_pool - drawn == {"replicas", "clients.secrets"}
    assert not documents(whole=True).is_empty


def test_what_is_drawn_leaves_the_values_of_the_next_example_alone() -> None:
    before = copy.deepcopy(bank())
    find(documents(whole=False), lambda d: (d["user_pool"].get("AcrConfiguration") or {}).get("Level1", 0) is None)
    assert bank() == before
