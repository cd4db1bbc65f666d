"""How two values of a member compare: which one protects less.

An order is a function of a change; these build the usual ones. Each obeys one law, which is tested for every member:
the direction of a change back is the opposite.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from reconciler.model import Direction, Tree
from schemas.tuples import NamedTuple

WEAKENS, MIXED, STRENGTHENS, NEUTRAL = (
    Direction.WEAKENS,
    Direction.MIXED,
    Direction.STRENGTHENS,
    Direction.NEUTRAL,
)


class Judged(NamedTuple):
    """One change of a member, with what is around it."""

    before: Any
    """Value before; None if there is none."""
    after: Any
    """Value after; None if there is none."""
    old: Tree
    """The whole object before."""
    new: Tree
    """The whole object after."""


Order: TypeAlias = Callable[[Judged], Direction]
"""Returns where a change leads."""


def rising(rank: Callable[[Any], float]) -> Order:
    """Return an order by a number that grows with the protection that a value gives; None is a value too."""
    return lambda change: _compared(rank(change.before), rank(change.after))


def _compared(before: float, after: float) -> Direction:
    return NEUTRAL if before == after else STRENGTHENS if after > before else WEAKENS


def ladder(*steps: str, absent: str = "") -> Order:
    """Return an order of words, the weakest first.

    Args:
        steps: The words.
        absent: The word that holds where there is none; empty takes the weakest. A word that is not known counts as
            this one.
    """
    start = steps.index(absent) if absent else 0
    return rising(lambda value: steps.index(value) if value in steps else start)


def flag(*, weak: bool, absent: bool = False) -> Order:
    """Return the order of a switch.

    Args:
        weak: The value that protects less.
        absent: The value that holds where there is none.
    """
    return rising(lambda value: (absent if value is None else value) is not weak)


def more_is_stronger(absent: float = 0) -> Order:
    """Return the order of a number that protects more the larger it is."""
    return rising(lambda value: number(value, absent))


def more_is_weaker(absent: float = 0) -> Order:
    """Return the order of a number that protects less the larger it is."""
    return rising(lambda value: -number(value, absent))


def number(value: Any, absent: float) -> float:
    """Return a number; what is absent or not known counts as `absent`."""
    return float(value) if isinstance(value, int | float) else absent


def gains_weaken(only: Collection[str] = (), absent: Collection[str] = ()) -> Order:
    """Return the order of a set in which each item lets more in.

    Args:
        only: The items that count; empty for all.
        absent: What holds where nothing is set.
    """
    return lambda change: _swapped(*_gained_and_lost(change, only, absent))


def gains_strengthen(only: Collection[str] = (), absent: Collection[str] = ()) -> Order:
    """Return the order of a set in which each item protects; takes the same as `gains_weaken`."""
    return lambda change: _swapped(*_gained_and_lost(change, only, absent)).opposite


def _gained_and_lost(change: Judged, only: Collection[str], absent: Collection[str]) -> tuple[set[str], set[str]]:
    old, new = (items(v, absent) for v in (change.before, change.after))
    gained, lost = new - old, old - new
    return (gained & set(only), lost & set(only)) if only else (gained, lost)


def _swapped(gained: Collection[Any], lost: Collection[Any]) -> Direction:
    return MIXED if gained and lost else WEAKENS if gained else STRENGTHENS if lost else NEUTRAL


def items(value: Any, absent: Iterable[str] = ()) -> set[str]:
    """Return the items of a list, each as a text."""
    return {str(v) for v in (absent if value is None else value if isinstance(value, list) else [value])}


def presence_weakens(change: Judged) -> Direction:
    """A value that lets something in: having one is weaker than none, and another one may be either."""
    return _appeared(change)


def presence_strengthens(change: Judged) -> Direction:
    """A value that protects: having none is weaker, and another one may be either."""
    return _appeared(change).opposite


def _appeared(change: Judged) -> Direction:
    old, new = bool(change.before), bool(change.after)
    if old and new:
        return NEUTRAL if change.before == change.after else MIXED
    return NEUTRAL if old == new else WEAKENS if new else STRENGTHENS


def any_change(change: Judged) -> Direction:
    """A value whose meaning is decided elsewhere: each change of it may weaken."""
    return NEUTRAL if (change.before or None) == (change.after or None) else MIXED


def by_rows(key: str, rank: Mapping[str, Order]) -> Order:
    """Return the order of a list of structures that are paired by a member; each row lets more in.

    Args:
        key: The member that pairs them.
        rank: How the other members compare; those that are not named do not count.
    """

    def compare(change: Judged) -> Direction:
        old, new = ({str(row.get(key)): row for row in rows(side)} for side in (change.before, change.after))
        found = [_swapped(new.keys() - old.keys(), old.keys() - new.keys())]
        for name in old.keys() & new.keys():
            pairs = ((order, old[name].get(m), new[name].get(m)) for m, order in rank.items())
            found += [order(Judged(one, other, old[name], new[name])) for order, one, other in pairs]
        return together(found)

    return compare


def rows(value: Any) -> list[Tree]:
    """Return the structures of a list; what is not known yet is none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def together(found: Iterable[Direction]) -> Direction:
    """Return the direction of several changes that are made as one."""
    kinds = set(found) - {NEUTRAL}
    return NEUTRAL if not kinds else kinds.pop() if len(kinds) == 1 else MIXED
