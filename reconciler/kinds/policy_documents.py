"""Policy documents of IAM, of functions and of log groups: compared by what they mean, and read statement by statement.

One document may hold statements of several owners, so what poolctl writes is laid beside those of others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.model import Tree

VERSION = "2012-10-17"

EXACT = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
"""Operators under which a condition holds for the value that it names, if that has no wildcard."""


def document(*statements: Tree) -> Tree:
    """Return a document of some statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def alike(one: Any, other: Any) -> bool:
    """Return whether two documents, or parts of them, mean the same.

    A list of one is that one, and names of statements say nothing.
    """
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items() if k != "Sid"}
    if isinstance(value, list):
        plain = [_plain(v) for v in value]
        return plain[0] if len(plain) == 1 else sorted(plain, key=lambda v: json.dumps(v, sort_keys=True, default=str))
    return value


def statements(found: Any) -> Iterator[Tree]:
    """Yield the statements of a document; one that stands alone may be written without its list."""
    given = found.get("Statement") if isinstance(found, Mapping) else None
    yield from (s for s in many(given) if isinstance(s, dict))


def many(value: Any) -> Sequence[Any]:
    """Return a value that may be written with or without its list as a list."""
    return value if isinstance(value, list) else () if value is None else (value,)


def beside(own: Tree, others: Iterable[Tree]) -> Tree:
    """Return a document with the statements of others behind its own."""
    return {**own, "Statement": [*own["Statement"], *others]}


def conditions(statement: Tree) -> Mapping[str, Any]:
    """Return the conditions of a statement, by key in lower case: keys are not case-sensitive.

    A value says its operator where the condition does not simply hold for the value (`ArnNotLike: ARN`).
    """
    found: dict[str, Any] = {}
    for operator, block in (statement.get("Condition") or {}).items():
        for key, value in block.items() if isinstance(block, Mapping) else ():
            plain = value[0] if isinstance(value, list) and len(value) == 1 else value
            found[str(key).lower()] = plain if operator in EXACT else f"{operator}: {plain}"
    return found


def allows(statement: Tree, service: str, action: str) -> bool:
    """Return whether a statement allows one action to one service, and nothing else."""
    return alike(
        {k: statement.get(k) for k in ("Effect", "Principal", "Action")},
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": action},
    )
