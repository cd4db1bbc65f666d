"""A state → where it breaks the security rules.

What is not known is not judged, whatever a rule says: a reference that is not read yet may have any value, and a list
with such an item may have what a rule misses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reconciler.kinds.kind import Breach
from reconciler.model import Path, Risk, Secret
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, is_known
from schemas.tuples import NamedTuple


class BrokenRule(NamedTuple):
    """A rule that a state breaks, and where."""

    rule: SecurityRule
    """The rule."""
    risk: Risk
    """How bad it is, for the profile of the pool."""
    breach: Breach
    """The case."""


def found(seen: Seen, rules: Iterable[SecurityRule]) -> Iterator[BrokenRule]:
    """Yield where a state breaks some rules, in the order of the rules.

    Args:
        seen: The state, and what rules have to know about the pool.
        rules: Those that need what was not read of other services are left out.
    """
    profile, present, outside = seen.profile, seen.state.present, seen.outside
    for rule in rules:
        if rule.needs and present.isdisjoint(rule.needs):
            continue
        risk = rule.profiles.get(profile, rule.severity)  # as `severity_for` says, without a call for each rule
        if risk is None or (rule.reads and not (outside and is_possible(rule, seen))):
            continue
        for breach in rule.check(seen):
            if _is_judged(seen, breach):
                own = breach.risk if isinstance(breach, RankedBreach) else None
                yield BrokenRule(rule, own or risk, breach)


def is_possible(rule: SecurityRule, seen: Seen) -> bool:
    """Return whether all that a rule needs of other services was read."""
    return not rule.reads or all(reading in seen.outside for reading in rule.reads)


def _is_judged(seen: Seen, breach: Breach) -> bool:
    tree: Any = seen.one(breach.section, breach.name)
    for step in breach.path:
        if type(tree) is dict:  # as nearly always
            tree = tree.get(step)
            if tree is None:
                return True
        elif not is_known(tree):
            return False
        else:
            tree = inner(tree, step)
    if isinstance(tree, Secret):
        return True  # a rule that names a secret is about where it comes from, not about its value
    return is_known(tree) and (not isinstance(tree, list) or all(is_known(item) for item in tree))


def inner(tree: Any, step: str | int) -> Any:
    """Return the value at one step of a path; None if there is none."""
    if isinstance(step, int):
        return tree[step] if isinstance(tree, list) and step < len(tree) else None
    return tree.get(step) if isinstance(tree, dict) else None


def at(tree: Any, path: Path | Sequence[str | int]) -> Any:
    """Return the value at a path; None if there is none."""
    for step in path:
        tree = inner(tree, step)
    return tree
