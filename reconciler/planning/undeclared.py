"""The live members that a manifest does not declare: a plan counts them, and drift shows them.

Both ask the same function, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import FieldChange, Tree
from reconciler.values import differ
from reconciler.values.merge import defaults, has_null, overlay


def undeclared_members(
    kind: ResourceKind,
    declared: Tree,
    live: Tree,
    pool: Tree,
    every: Iterable[tuple[str, Tree]],
    *,
    changes: Iterable[FieldChange] = (),
) -> Iterator[FieldChange]:
    """Yield undeclared live members, except those that only mirror others, and those that the plan changes anyway.

    A kind's `to_manifest` drops what the service mirrors and adds, `computed` has the side effects of declared members,
    and `equivalent` knows other spellings of the default.

    Args:
        kind: Kind of the object.
        declared: The object as declared.
        live: The object as observed.
        pool: The live pool.
        every: Section and declared tree of all objects of the document, which may write into this object too.
        changes: What the plan changes of the object; a declared member may take an undeclared one along.
    """
    found = list(differ.undeclared(kind.model, _said(kind, declared), kind.to_manifest(live, pool)))
    if not found:
        return
    written = [change.path for change in changes]
    elsewhere = _names_elsewhere(kind, every)
    held = tuple(kind.equivalent(_reset(declared, live, defaults(kind.model)), live))
    for one in found:
        if one.path[-1] not in elsewhere and not any(one.path[: len(path)] == path for path in (*held, *written)):
            yield one


def _said(kind: ResourceKind, declared: Tree) -> Tree:
    """Return what a declared object says, also by the side effects of its members."""
    computed = kind.computed(declared, declared)
    if computed is declared and not has_null(declared):
        return declared
    return _with_nulls(declared, overlay(kind.model, declared, computed))


def _with_nulls(declared: Tree, said: Tree) -> Tree:
    """Return a tree with the nulls of the declared one: what is null is declared, although merging drops it."""
    result = dict(said)
    for name, value in declared.items():
        if value is None:
            result[name] = None
        elif isinstance(value, dict) and isinstance(said.get(name), dict):
            result[name] = _with_nulls(value, said[name])
    return result


def _reset(declared: Tree, live: Tree, usual: Tree) -> Tree:
    """Return the declared tree with all other live members reset to the service's default."""
    result: Tree = dict(declared)
    for name, value in live.items():
        said, base = declared.get(name), usual.get(name)
        if isinstance(value, dict) and (name not in declared or isinstance(said, dict)):
            result[name] = _reset(said or {}, value, base if isinstance(base, dict) else {})
        elif name not in declared:
            result[name] = base
    return result


def _names_elsewhere(kind: ResourceKind, every: Iterable[tuple[str, Tree]]) -> set[str]:
    """Return names of members that another section declares and also writes into this object (SMS for MFA)."""
    found: set[str] = set()
    for section, tree in every if kind.shared else ():
        shared = KINDS[section].shared.get(kind.section, frozenset()) if section in kind.shared else frozenset()
        found |= set(_names({k: v for k, v in tree.items() if k in shared}))
    return found


def _names(tree: Any) -> Iterator[str]:
    for name, value in tree.items() if isinstance(tree, dict) else ():
        yield str(name)
        yield from _names(value)
