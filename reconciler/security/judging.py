"""A change of a member → what it means for security, for the member itself or for each that lies below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.model import RISKS, Direction, Effect, FieldChange, Path, Tree
from reconciler.security.bearing import Bearing, Row, Table
from reconciler.security.members import tables
from reconciler.security.orders import Judged, together
from schemas.records import replace


def judged(section: str, change: FieldChange, old: Tree, new: Tree) -> FieldChange:
    """Return a change with its effects.

    Args:
        section: Section of the object.
        change: The change of a member.
        old: The object before; empty if there was none.
        new: The object after; empty if it is gone.
    """
    return replace(change, effects=effects(section, change, old, new))


def effects(section: str, change: FieldChange, old: Tree, new: Tree) -> tuple[Effect, ...]:
    """Return what a change means; of a structure, what the change of each member below it means."""
    table = tables().get(section, {})
    return tuple(_below(table, tuple(map(str, change.path)), Judged(change.before, change.after, old, new)))


def plain(section: str, effect: Effect) -> Effect:
    """Return an effect in words that do not depend on values, for a member whose values are hidden.

    Args:
        section: Section of the object.
        effect: What the change of one of its members means.
    """
    row, _ = row_of(tables().get(section, {}), effect.path)
    sentence = row.sentence if isinstance(row, Bearing) and effect.alarming else ""
    return replace(effect, sentence=sentence, facts=())


def direction(found: Iterable[Effect]) -> Direction:
    """Return the direction of a change from its effects; neutral if it has none."""
    return together(one.direction for one in found)


def row_of(table: Table, path: Path) -> tuple[Row | None, bool]:
    """Return the row for a member, or the nearest one above it, and whether rows lie below it."""
    steps = tuple(map(str, path))
    own = _exact(table, steps)
    deeper = any(_fits(key.split(".")[: len(steps)], steps) for key in table if key.count(".") >= len(steps))
    for end in range(len(steps) - 1, 0, -1):
        own = own or _exact(table, steps[:end])
    return own, deeper


def governs(section: str, path: Path) -> bool:
    """Return whether a member, or one below it, can be weaker or stronger."""
    table = tables().get(section, {})
    row, deeper = row_of(table, path)
    steps = tuple(map(str, path))
    below = (r for key, r in table.items() if deeper and _fits(key.split(".")[: len(steps)], steps))
    return any(isinstance(r, Bearing) and bool(r.sentence) for r in (row, *below))


def _exact(table: Table, steps: tuple[str, ...]) -> Row | None:
    found = table.get(".".join(steps))
    return found or next((row for key, row in table.items() if "*" in key and _fits(key.split("."), steps)), None)


def _fits(pattern: list[str], steps: tuple[str, ...]) -> bool:
    return len(pattern) == len(steps) and all(p in ("*", s) for p, s in zip(pattern, steps, strict=True))


def _below(table: Table, path: Path, change: Judged) -> Iterator[Effect]:
    row, deeper = row_of(table, path)
    if isinstance(row, Bearing):
        found = _effect(row, path, change)
        yield from (found,) if found else ()
    sides = [side if isinstance(side, dict) else {} for side in (change.before, change.after)]
    for key in dict.fromkeys([*sides[0], *sides[1]]) if deeper else ():
        one, other = sides[0].get(key), sides[1].get(key)
        if one != other:
            yield from _below(table, (*path, key), change._replace(before=one, after=other))


def _effect(row: Bearing, path: Path, change: Judged) -> Effect | None:
    where = row.order(change)
    alarming = where in (Direction.WEAKENS, Direction.MIXED)
    facts = row.facts(change)
    said = (row.special(change) or row.sentence) if alarming else ""
    undo = row.undo if alarming or not row.sentence else ""
    if where is Direction.NEUTRAL and not facts and not undo:
        return None
    tokens = row.tokens if where is not Direction.NEUTRAL else ""
    return Effect(path, where, said, row.who, tokens, undo, facts, row.rules, row.risk)


def members_of(section: str, old: Tree, new: Tree) -> tuple[Effect, ...]:
    """Return what the differences between two states of an object mean, member by member.

    Args:
        section: Its section.
        old: The object before.
        new: The object after.
    """
    changes = (FieldChange((name,), old.get(name), new.get(name)) for name in dict.fromkeys([*old, *new]))
    return tuple(e for c in changes if c.before != c.after for e in effects(section, c, old, new))


def rank(effect: Effect) -> tuple[int, int]:
    """Return a key that sorts the worst effects first."""
    return (WORST_FIRST.index(effect.direction), RISKS.index(effect.risk))


WORST_FIRST = (Direction.WEAKENS, Direction.MIXED, Direction.STRENGTHENS, Direction.NEUTRAL)


def placed(tree: Tree, path: Path, value: Any) -> Tree:
    """Return an object with a value in place of what is at a path; None leaves the member out."""
    step, *rest = path
    inner = tree.get(str(step))
    if rest:
        return {**tree, str(step): placed(inner if isinstance(inner, dict) else {}, tuple(rest), value)}
    return {k: v for k, v in tree.items() if k != step} if value is None else {**tree, str(step): value}


def values(change: FieldChange, effect: Effect) -> tuple[Any, Any]:
    """Return the values before and after that an effect speaks of."""
    rest = effect.path[len(change.path) :]
    return _at(change.before, rest), _at(change.after, rest)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
