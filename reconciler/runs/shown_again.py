"""Whether a plan that was made again, once its references are known, makes the changes that were shown.

A document whose references lead to objects that are yet to be created is planned twice. Between the two plans anyone
may change what is live, so the second one may do what no reviewer has seen. It is applied only if it makes the same
changes, and none of them means anything worse than was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.kinds import KINDS
from reconciler.manifests.references.filling import RefLookup, fill_key, fill_tree
from reconciler.model import RISKS, Action, Address, Allowance, Direction, Effect, Path, Plan, ResourceChange, dotted
from reconciler.runs.gating import cases


class _Shown(NamedTuple):
    """What was shown of one object, with the values of its references."""

    action: Action
    fields: Mapping[Path, Any]
    """By path of a changed member: its value after the apply."""


def otherwise(shown: Plan, now: Plan, known: RefLookup) -> list[str]:
    """Return how a plan differs from the one that was shown, one line for each object or member; empty if it does not.

    Args:
        shown: The plan that was shown.
        now: The plan that was made again.
        known: Gives the values that references of the document have by now.
    """
    old, new = _by_address(shown, known), _by_address(now, known)
    lines = [
        line for address in dict.fromkeys([*old, *new]) for line in _of(address, old.get(address), new.get(address))
    ]
    if not lines and list(old) != list(new):
        lines = ["the same objects change, in a different order"]
    return [*lines, *_worse(shown, now, known)]


def filled(allowances: tuple[Allowance, ...], known: RefLookup) -> tuple[Allowance, ...]:
    """Return allowances that name members as the second plan spells them: with the values of references in keys."""
    return tuple(a._replace(path=fill_key(a.path, known)) for a in allowances)


def _by_address(plan: Plan, known: RefLookup) -> dict[Address, _Shown]:
    return {_address(c.address, known): _Shown(_write(c), _fields(c, known)) for c in plan.pending}


def _address(address: Address, known: RefLookup) -> Address:
    return replace(address, name=fill_key(address.name, known))


def _fields(change: ResourceChange, known: RefLookup) -> dict[Path, Any]:
    return {_path(f.path, known): fill_tree(f.after, known) for f in change.fields}


def _path(path: Path, known: RefLookup) -> Path:
    return tuple(fill_key(step, known) if isinstance(step, str) else step for step in path)


def _write(change: ResourceChange) -> Action:
    """Return what a change does; a setting is set alike, whether it was unset or came with what it belongs to."""
    is_setting = not KINDS[change.address.section].create
    return Action.UPDATE if is_setting and change.action is Action.CREATE else change.action


def _of(address: Address, old: _Shown | None, new: _Shown | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"{address}: only in the plan that was shown" if new is None else f"{address}: was not shown"
    elif old.action is not new.action:
        yield f"{address}: {old.action.value} was shown, now {new.action.value}"
    else:
        for path in dict.fromkeys([*old.fields, *new.fields]):
            if path not in new.fields:
                yield f"{address}.{dotted(path)}: only in the plan that was shown"
            elif path not in old.fields:
                yield f"{address}.{dotted(path)}: was not shown"
            elif old.fields[path] != new.fields[path]:
                yield f"{address}.{dotted(path)}: would get another value than the one that was shown"


def _worse(shown: Plan, now: Plan, known: RefLookup) -> Iterator[str]:
    """Say what weakens, or cannot be undone, although the plan that was shown did not say so."""
    seen: dict[tuple[Address, Path], list[Effect]] = {}
    for case in cases(shown):
        key = (_address(case.address, known), _path(case.effect.path, known))
        seen.setdefault(key, []).append(case.effect)
    for case in cases(now):
        effect = case.effect
        before = seen.get((case.address, effect.path), [])
        if effect.alarming and not any(_is_as_bad(e, effect) for e in before):
            yield f"{case.path}: {_words(effect)}, and this was not shown"
        if effect.undo and not any(e.undo for e in before):
            yield f"{case.path}: cannot be undone, and this was not shown"


def _is_as_bad(shown: Effect, now: Effect) -> bool:
    """Return whether a reviewer who saw one effect has seen what the other one means."""
    weakens = now.direction is not Direction.WEAKENS or shown.direction is Direction.WEAKENS
    rules = set(now.rules) <= set(shown.rules)
    return shown.alarming and weakens and rules and RISKS.index(shown.risk) <= RISKS.index(now.risk)


def _words(effect: Effect) -> str:
    return "weakens" if effect.direction is Direction.WEAKENS else "may weaken"
