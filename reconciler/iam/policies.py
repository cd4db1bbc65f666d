"""Grants → policies: as few statements as say the same, in an order and with names that depend on nothing else.

IAM counts the characters of a managed policy without white space and takes 6,144 of them, so what does not fit is
divided, by statement and, where one statement is too long, by its ARNs or actions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from reconciler.iam.grants import ANY, Condition, Grant, Use

LIMIT = 6_144
"""Most characters of a managed policy, without white space."""

VERSION = "2012-10-17"
"""The version of the policy language."""

WORDS = {Use.READ: "Read", Use.WRITE: "Write", Use.DELETE: "Delete", Use.ALSO: "Also"}
"""How the Sid of a statement begins."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, which allows every action on every ARN."""

    sid: str
    """Its name, unique in all policies of a result."""
    actions: tuple[str, ...]
    """Sorted."""
    arns: tuple[str, ...]
    """Sorted; `*` alone for actions that take none."""
    condition: Condition = ()
    """When it applies."""

    @property
    def tree(self) -> dict[str, Any]:
        """The statement as IAM takes it."""
        found: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": self.arns[0] if len(self.arns) == 1 else list(self.arns),
        }
        condition: dict[str, dict[str, str]] = defaultdict(dict)
        for operator, key, value in self.condition:
            condition[operator][key] = value
        return {**found, "Condition": dict(condition)} if condition else found


@dataclass(frozen=True, slots=True)
class IamPolicy:
    """One policy that fits into IAM."""

    statements: tuple[Statement, ...]
    """In order."""

    @property
    def tree(self) -> dict[str, Any]:
        """The document as IAM takes it."""
        return {"Version": VERSION, "Statement": [s.tree for s in self.statements]}

    @property
    def length(self) -> int:
        """Characters, as IAM counts them."""
        return len(json.dumps(self.tree, separators=(",", ":")))


def policies(grants: Iterable[Grant], limit: int = LIMIT) -> tuple[IamPolicy, ...]:
    """Return the policies that allow all grants: one, if it fits.

    Args:
        grants: In any order, and repeated as often as they may be.
        limit: Most characters of one.
    """
    found: list[IamPolicy] = []
    for statement in (part for whole in statements(grants) for part in _parts(whole, limit)):
        last = IamPolicy((*found[-1].statements, statement)) if found else None
        if last and last.length <= limit:
            found[-1] = last
        else:
            found.append(IamPolicy((statement,)))
    return tuple(found)


def statements(grants: Iterable[Grant]) -> list[Statement]:
    """Return the statements of all grants: actions that are allowed on the same ARNs for the same use share one."""
    uses: dict[tuple[str, Condition], Use] = {}
    arns: dict[tuple[str, Condition], set[str]] = defaultdict(set)
    for grant in grants:
        key = (grant.action, grant.condition)
        uses[key] = min(grant.use, uses.get(key, grant.use))
        arns[key].update(grant.arns)
    shared: dict[tuple[Use, str, tuple[str, ...], Condition], list[str]] = defaultdict(list)
    for (action, condition), found in arns.items():
        service = action.partition(":")[0]
        shared[uses[action, condition], service, _widest(found), condition].append(action)
    return list(_named(shared))


def _widest(arns: Iterable[str]) -> tuple[str, ...]:
    """Return ARNs without those that another one covers."""
    found = sorted(set(arns))
    return tuple(a for a in found if not any(_covers(b, a) for b in found if b != a))


def _covers(pattern: str, arn: str) -> bool:
    return ANY in pattern and fnmatchcase(arn, pattern.replace("[", "[[]"))


def _named(shared: dict[tuple[Use, str, tuple[str, ...], Condition], list[str]]) -> Iterator[Statement]:
    """Yield statements in order; those that would have one name are numbered."""
    counts: dict[str, int] = defaultdict(int)
    for (use, service, arns, condition), actions in sorted(shared.items()):
        sid = _sid(use, service, actions, everywhere=arns == (ANY,))
        counts[sid] += 1
        number = str(counts[sid]) if counts[sid] > 1 else ""
        yield Statement(f"{sid}{number}", tuple(sorted(actions)), arns, condition)


def _sid(use: Use, service: str, actions: Sequence[str], *, everywhere: bool) -> str:
    if use is Use.ALSO and len(actions) == 1:
        return actions[0].partition(":")[2]  # `PassRole`
    words = (word.capitalize() for word in service.split("-"))
    return "".join([WORDS[use], *words, *(["Anywhere"] if everywhere else [])])


def _parts(statement: Statement, limit: int) -> Iterator[Statement]:
    """Yield a statement, or the parts into which it must be divided."""
    pieces = list(_divided(statement, limit))
    for number, piece in enumerate(pieces, 1):
        yield replace(piece, sid=f"{piece.sid}Part{number}") if len(pieces) > 1 else piece


def _divided(statement: Statement, limit: int) -> Iterator[Statement]:
    room = limit - len("Part000")
    fits = IamPolicy((statement,)).length <= room
    if fits or (len(statement.arns) == 1 and len(statement.actions) == 1):
        yield statement
    elif len(statement.arns) > 1:
        for half in _halves(statement.arns):
            yield from _divided(replace(statement, arns=half), limit)
    else:
        for half in _halves(statement.actions):
            yield from _divided(replace(statement, actions=half), limit)


def _halves(items: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = len(items) // 2
    return tuple(items[:middle]), tuple(items[middle:])
