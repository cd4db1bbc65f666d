"""`--fail-on` and `--allow`: what a run refuses because of what it means, and what has to be said to let one case pass.

A gate judges effects and knows neither plans nor drift, so that both are judged alike. What passes is named by a rule
and a path: never all of a run, and never what no one has looked at.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reconciler.errors import flow, printable
from reconciler.model import RISKS, Address, Allowance, Effect, Position, dotted
from reconciler.security import changes, judging
from reconciler.security.criteria import CRITERIA, IRREVERSIBLE, WEAKENS
from reconciler.terminal.suggestions import closest, did_you_mean, same
from schemas import globs


class GateCase(NamedTuple):
    """A change or a finding that a gate looks at."""

    address: Address
    """The object."""
    effect: Effect
    """What it means."""
    source: Position | None = None
    """Where the manifest says so."""

    @property
    def path(self) -> str:
        """Object and member, as `--allow` names them: `clients/web.CallbackURLs`."""
        member = dotted(self.effect.path)
        return f"{self.address}.{member}" if member else str(self.address)


class Stopped(NamedTuple):
    """A case that a gate stops."""

    case: GateCase
    """The change or finding."""
    because: tuple[str, ...]
    """The criteria of `--fail-on` that it meets."""
    allow: tuple[str, ...]
    """What `--allow` takes to let it pass: usually one, as RULE=PATH."""


class Passed(NamedTuple):
    """A case that would be stopped if it was not allowed."""

    case: GateCase
    """The change or finding."""
    by: tuple[Allowance, ...]
    """What allows it."""


class Verdict(NamedTuple):
    """The result of a gate."""

    fail_on: tuple[str, ...] = ()
    """What it looked for; empty if nothing was asked for."""
    stopped: tuple[Stopped, ...] = ()
    """What it stops, the worst first."""
    passed: tuple[Passed, ...] = ()
    """What it would stop if it was not allowed."""
    unused: tuple[Allowance, ...] = ()
    """What allows nothing in this run."""
    expired: tuple[Allowance, ...] = ()
    """What no longer counts."""
    allowances: tuple[Allowance, ...] = ()
    """All that was to pass."""

    @property
    def asked(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.fail_on or self.allowances)

    @property
    def options(self) -> tuple[str, ...]:
        """An option for each thing that is stopped, as it is typed to let it pass."""
        return tuple(dict.fromkeys(f"--allow {shlex.quote(printable(a))}" for one in self.stopped for a in one.allow))


class Gate(NamedTuple):
    """What a run refuses, and what it lets pass all the same."""

    fail_on: tuple[str, ...] = ()
    """Of `CRITERIA`; empty refuses nothing."""
    allow: tuple[Allowance, ...] = ()
    """What passes."""

    def judge(self, cases: Iterable[GateCase], today: str = "", *, pools: int = 1) -> Verdict:
        """Return what is stopped.

        Args:
            cases: Everything that changes or was found.
            today: YYYY-MM-DD, UTC; empty takes nothing for expired.
            pools: How many pools the run has; with several, what has to be said names the pool.
        """
        expired = tuple(a for a in self.allow if has_expired(a, today))
        valid = tuple(a for a in self.allow if a not in expired)
        patterns = globs.Patterns(a.path for a in valid)
        stopped: list[Stopped] = []
        passed: list[Passed] = []
        used: set[Allowance] = set()
        for case in cases:
            met = tuple(c for c in self.fail_on if meets(c, case.effect))
            lifting = [(a, lifts(a, case)) for a in (valid[i] for i in _about(patterns, case))]
            by = tuple(a for a, lifted in lifting if lifted & set(met))
            left = tuple(c for c in met if not any(c in lifted for _, lifted in lifting))
            used.update(by)
            if left:
                stopped.append(Stopped(case, left, _allow(case, left, named=pools > 1)))
            elif by:
                passed.append(Passed(case, by))
        unused = tuple(a for a in valid if a not in used)
        stopped.sort(key=lambda one: judging.rank(one.case.effect)[::-1])
        return Verdict(self.fail_on, tuple(stopped), tuple(passed), unused, expired, self.allow)


def has_expired(allowance: Allowance, today: str) -> bool:
    """Return whether the last day of an allowance has passed; YYYY-MM-DD, empty takes nothing for expired."""
    return bool(allowance.expires and today) and allowance.expires < today


def lifts(allowance: Allowance, case: GateCase) -> frozenset[str]:
    """Return the criteria that no longer count for a case, which an allowance is about."""
    if allowance.rule in case.effect.rules:
        return frozenset(CRITERIA)
    if allowance.rule == WEAKENS:
        return frozenset({WEAKENS, *RISKS})
    return frozenset({IRREVERSIBLE}) if allowance.rule == IRREVERSIBLE else frozenset()


def meets(criterion: str, effect: Effect) -> bool:
    """Return whether an effect is of the kind that a criterion asks for."""
    if criterion == IRREVERSIBLE:
        return bool(effect.undo)
    at_least = RISKS.index(effect.risk) <= RISKS.index(criterion) if criterion in RISKS else criterion == WEAKENS
    return effect.alarming and at_least


def _about(patterns: globs.Patterns, case: GateCase) -> list[int]:
    """Return the positions of the patterns that mean the member of a case, or something around it.

    They may name its pool. The pool alone is no path: it would mean all of a run.
    """
    steps = (*case.address.steps, *case.effect.path)
    return sorted({*patterns.covering(steps), *patterns.covering((case.address.pool, *steps), least=2)})


def rule_problem(rule: str) -> str:
    """Return what is wrong with the rule of an allowance, and what may be meant; empty if it is one."""
    names = (WEAKENS, IRREVERSIBLE, *sorted(changes.known()))
    if rule in names:
        return ""
    near = same(rule, names) or closest(rule, (WEAKENS, IRREVERSIBLE))  # a similar number is another rule
    return f"{flow(rule)} is not a rule. {did_you_mean(near) if near else ADVICE}"


ADVICE = "Write the id that a plan shows, such as CHG04, or weakens or irreversible."


def _allow(case: GateCase, left: Sequence[str], *, named: bool) -> tuple[str, ...]:
    path = f"{case.address.pool}/{case.path}" if named else case.path
    if case.effect.rules:
        return (f"{case.effect.rules[0]}={path}",)
    words = dict.fromkeys(IRREVERSIBLE if c == IRREVERSIBLE else WEAKENS for c in left)
    return tuple(f"{word}={path}" for word in words)
