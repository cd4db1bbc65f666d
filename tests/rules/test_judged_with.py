"""A plan knows the undeclared objects of some kinds by name alone, unless it changes what rules look at with them.

Which sections these are is a table of the kind (`judged_with`). Here every rule is tried on full pools, and what it
looks at is written down: nothing may be missing from the table.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.kind import State, judged_with
from reconciler.model import Address
from reconciler.security.catalogue import rules
from reconciler.security.rule import Seen
from tests.engine.full import ACCOUNT, REGION, full, identities

BY_NAME = [kind.section for kind in KINDS.values() if judged_with(kind)]


class Watched(State):
    """A state that knows which sections it was asked about."""

    @property
    def derived(self):
        return {}  # so that what one rule has derived is asked for again by the next

    def one(self, section, name=""):
        self.asked.add(section)
        return super().one(section, name)

    def all(self, section):
        self.asked.add(section)
        return super().all(section)


def states() -> Iterator[Watched]:
    for tag in ("one", "other"):
        for tree in (full(tag), identities(tag)):
            every = {Address("p", s, name): one for s, objects in tree.items() for name, one in objects.items()}
            for left_out in ("", "clients", "mfa", "web_acl", "risk_configuration"):
                objects = {a: one for a, one in every.items() if a.section != left_out}
                whole = frozenset(objects)
                found = Watched(objects, frozenset(KINDS), REGION, ACCOUNT, written=whole, made=whole)
                object.__setattr__(found, "asked", set())
                yield found


@pytest.fixture(scope="module")
def looked_at() -> dict[tuple[str, str], set[str]]:
    """Rule of Cognito by its kind, or security rule → the sections that it looks at."""
    found: dict[tuple[str, str], set[str]] = {}
    for state in states():
        checks = [
            ((k.section, r.id), lambda r=r, state=state: r.violations(state)) for k in KINDS.values() for r in k.rules
        ]
        for profile in ("consumer", "workforce", "machine"):
            seen = Seen(state, profile, today="2026-01-01")
            checks += [(("", r.rule.id), lambda r=r, seen=seen: r.check(seen)) for r in rules().values()]
        for key, check in checks:
            state.asked.clear()
            list(check())
            found.setdefault(key, set()).update(state.asked)
    return found


@pytest.mark.parametrize("section", BY_NAME)
def test_the_table_has_all_that_rules_look_at_together_with_a_kind(looked_at, section):
    together = set().union(*(asked for asked in looked_at.values() if section in asked))
    outside = {s for s in together if s != section and KINDS[s].outer != section}
    assert outside - judged_with(KINDS[section]) == set()
    assert outside >= {"user_pool"}


def test_only_what_a_list_names_can_be_known_by_name():
    assert BY_NAME == ["identity_providers", "clients"]
    for kind in (KINDS[section] for section in BY_NAME):
        assert kind.listing
        assert kind.reading
        assert not kind.listing.complete
