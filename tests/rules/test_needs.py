"""A rule that says what it needs is not called without it, so without it there must be nothing that it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS, judge
from reconciler.kinds.kind import Breach, Rule, State
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address
from reconciler.planning.states import new_state
from reconciler.security.catalogue import rules
from reconciler.security.finding import found
from reconciler.security.rule import SecurityRule, Seen
from schemas.base import members
from schemas.records import replace
from tests.support import manifest

TESTS = Path(__file__).parent.parent
FIXTURES = [*(TESTS / "rules" / "fixtures").glob("*.yaml"), *(TESTS / "security" / "rules").glob("*.yaml")]
OF_KINDS = [rule for kind in KINDS.values() for rule in kind.rules if rule.needs]
OF_SECURITY = [rule for rule in rules().values() if rule.needs]


def trees(value: Any) -> Iterator[dict[str, Any]]:
    """The manifests in a fixture."""
    if isinstance(value, dict) and "version" in value:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from trees(inner)


def manifests(folder: Path) -> Iterator[Manifest]:
    for file in FIXTURES:
        for tree in trees(yaml.safe_load(file.read_text(encoding="utf-8"))):
            try:
                yield manifest(folder, tree)
            except InvalidManifest:
                continue  # it names what a call of the test answers


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[State]:
    """What each manifest makes, as if all of it were known, and what it says alone."""
    every = list(manifests(tmp_path_factory.mktemp("needs")))
    made = [
        replace(new_state(one), known=frozenset(KINDS), region="eu-west-1", account="111122223333") for one in every
    ]
    said = [State({s.address: s.declared for s in one.specs}, frozenset(), offline=True) for one in every]
    return made + said


def without(state: State, needs: tuple[str, ...]) -> State:
    """The state with nothing that a rule needs."""
    objects = {
        address: {name: value for name, value in tree.items() if f"{address.section}.{name}" not in needs}
        for address, tree in state.objects.items()
        if address.section not in needs
    }
    return replace(state, objects=objects)


@pytest.mark.parametrize("rule", OF_KINDS, ids=[f"{rule.id}-{rule.needs[0]}" for rule in OF_KINDS])
def test_a_rule_of_cognito_finds_nothing_without_what_it_needs(rule: Rule, states: list[State]) -> None:
    assert rule.check
    for state in states:
        assert [*rule.check(without(state, rule.needs))] == []


@pytest.mark.parametrize("rule", OF_SECURITY, ids=[rule.id for rule in OF_SECURITY])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_rule_of_security_finds_nothing_without_what_it_needs(
    rule: SecurityRule, fresh: bool, states: list[State]
) -> None:
    for state in states:
        for profile in ("consumer", "workforce"):
            assert [*rule.check(Seen(without(state, rule.needs), profile, fresh=fresh))] == []


@pytest.mark.parametrize("rule", OF_SECURITY, ids=[rule.id for rule in OF_SECURITY])
def test_what_a_rule_of_security_needs_is_in_what_it_looks_at(rule: SecurityRule) -> None:
    for need in rule.needs:
        assert any(f"{field}.".startswith(f"{need}.") for field in rule.fields) or rule.across


@pytest.mark.parametrize("rule", [*OF_KINDS, *OF_SECURITY])
def test_needs_are_sections_and_their_members(rule: Rule | SecurityRule) -> None:
    for need in rule.needs:
        section, _, member = need.rpartition(".")
        assert need in KINDS or member in members(KINDS[section].model)


def test_a_rule_is_called_with_what_it_needs_and_not_without() -> None:
    called: list[State] = []

    def check(seen: Seen) -> Iterator[Breach]:
        called.append(seen.state)
        yield from ()

    rule = replace(next(iter(rules().values())), check=check, needs=("groups.RoleArn", "users"), profiles={})
    address = Address("p", "groups", "a")
    with_role, without_it = (State({address: tree}, frozenset()) for tree in ({"RoleArn": "r"}, {"Precedence": 1}))
    with_user = State({Address("p", "users", "u"): {}}, frozenset())
    for state in (with_role, without_it, with_user):
        assert [*found(Seen(state), [rule])] == []
    assert called == [with_role, with_user]


def test_what_is_found_is_what_all_rules_find_when_each_is_called(states: list[State]) -> None:
    for state in states:
        every = [rule for kind in KINDS.values() for rule in kind.rules]
        cases = [(rule.id, breach) for rule in every for breach in (rule.check(state) if rule.check else ())]
        assert [(one.rule.id, one.breach) for one in judge(state)] == cases
