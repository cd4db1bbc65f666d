"""Pools of the names of new ones, at the end of an apply: one list for all pools that were made since the last.

During an apply of many new pools the names are listed after some of them only (decision 15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reconciler.applying.made_objects import twice, unlisted
from reconciler.errors import CloudError
from reconciler.kinds import KINDS
from reconciler.model import Done, Event, Plan, Verified
from reconciler.observing.name_list import PoolLists


def late(
    plans: Sequence[Plan], events: Sequence[Sequence[Event]], pools: PoolLists, sleep: Callable[[float], None]
) -> Iterator[tuple[int, Verified]]:
    """Yield for each new pool that may not be the only one of its name its index, and why the result is not proven.

    Args:
        plans: The plans that were applied.
        events: What happened to each of them. Pools of one name in two Regions have one address.
        pools: The pools of each Region, as this run has listed and made them.
        sleep: Waits for a number of seconds.
    """
    done = ((i, e) for i, happened in enumerate(events) for e in happened if isinstance(e, Done))
    made = {e.id: i for i, e in done if KINDS[e.change.address.section].root}
    for kind, names in pools.every:
        new = names.open
        try:
            if new:
                names.check(sleep)
        except CloudError as error:
            for ours in sorted(new & made.keys()):
                yield made[ours], Verified((), plans[made[ours]].target, (unlisted(kind, ours, error),))
        for ours in sorted(names.twins.keys() & made.keys()):
            name, others = names.twins.pop(ours)
            said = twice(kind, name, ours, others, filled=True)
            yield made[ours], Verified((), plans[made[ours]].target, (said,))
