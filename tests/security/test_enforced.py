"""Every rule of the catalogue of threats is a security rule, is enforced by Cognito, or is left out for a reason."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.kinds import RULES
from reconciler.security import catalogue
from reconciler.security.catalogue import rules

SUBJECTS = [
    importlib.import_module(f"{catalogue.__name__}.{found.name}") for found in pkgutil.iter_modules(catalogue.__path__)
]
NUMBERS = {"CG3": 13, "CG4": 28, "CG5": 12, "CG6": 7, "CG7": 11, "CG8": 7, "CG9": 13, "CGA": 6, "CGS": 4}
"""How many rules each subject of the catalogue has."""
ELSEWHERE = {
    "CGA06": "drift reports live objects that no manifest declares",
    "CGS03": "an output for browsers is refused for a client with a secret",
}
"""Rules that look at more than a manifest, and those that other stages keep."""


def every() -> Iterator[str]:
    for subject, count in NUMBERS.items():
        width = 3 - len(subject.removeprefix("CG"))
        for number in range(1, count + 1):
            letter = subject.removeprefix("CG")
            yield f"CG{letter}{number:0{width}}"


def declared(name: str) -> dict[str, Any]:
    return {id_: value for module in SUBJECTS for id_, value in getattr(module, name, {}).items()}


def test_every_rule_of_the_catalogue_is_accounted_for():
    known = {*rules(), *declared("ENFORCED"), *declared("UNJUDGED"), *ELSEWHERE}
    assert [id_ for id_ in every() if id_ not in known] == []
    assert [id_ for id_ in ELSEWHERE if id_ in rules()] == []


@pytest.mark.parametrize(("id_", "of_cognito"), declared("ENFORCED").items())
def test_what_is_enforced_names_rules_that_exist(id_, of_cognito):
    assert of_cognito
    assert [rule for rule in of_cognito if rule not in RULES] == []


def test_what_cannot_be_judged_has_a_reason_and_no_rule():
    for id_, reason in declared("UNJUDGED").items():
        assert reason.endswith(".")
        assert id_ not in rules()


def test_every_subject_is_in_the_catalogue():
    """A subject whose rules are not listed would be silent."""
    own = {rule.id for module in SUBJECTS for rule in getattr(module, "RULES", ())}
    assert own == set(rules())
