"""The new alerts of a report, the worst first, and their division into messages.

Every receiver has its own limits, and none of them may cost a finding. So the division is done once, here: alerts stay
whole and in order, each goes into exactly one message, and one that is too large is sent with a note in place of its
values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model import RISKS, Effect, Target, Tree
from reconciler.render.tally import plural

FORMAT = "1.0"
"""Version of the format for programs: a minor version adds, a major version breaks."""

SORTS = ("finding", "gap", "refusal", "expired")
"""The sorts of alerts: a difference, something not read, a pool that was refused, an expired `ignore` rule."""

WORDS = {"finding": "new finding", "gap": "new gap", "refusal": "new refusal", "expired": "expired ignore rule"}
"""The noun for each, as counted in headlines."""

LONG = 2_000
"""Bytes of a value above which it is omitted if an alert is too large for one message."""

CLIPS = (1_000, 100)
"""Characters that are kept of every text if omitting the values is not enough."""

Cost = tuple[int, ...]
"""The size of something against each limit of a message: bytes, blocks, characters."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to send."""

    number: int
    """Its position in the batch; an id may occur twice in a report."""
    id: str
    """Its stable id."""
    sort: str
    """One of SORTS."""
    pool: str
    """Key of its pool."""
    tree: Tree
    """The entry of the report."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What of it weakens security or may weaken it, the worst first."""
        from reconciler.render.json_parts import alarming  # pydantic comes with it, and parsing options needs neither

        return alarming(self.tree)

    @property
    def urgency(self) -> tuple[int, int]:
        """A key that sorts the worst alerts first."""
        from reconciler.render.alarms import badness

        return min(map(badness, self.effects), default=CALM)


CALM = (len(RISKS), 0)
"""Urgency of an alert about nothing that weakens."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All alerts to send."""

    alerts: tuple[Alert, ...]
    """By pool, the worst pool first, and within a pool the worst alert first; else as in the report."""
    pools: Mapping[str, Tree]
    """The entries of the report by their keys."""
    summary: Tree
    """The summary of the report: over all pools, including alerts sent before."""
    complete: bool
    """Whether everything could be read."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of sending one message."""

    alerts: tuple[Alert, ...]
    """The alerts in it."""
    failure: str = ""
    """Why it was not accepted; empty if it was."""


def batch(report: Tree, notified: frozenset[str] = frozenset()) -> Batch:
    """Return the alerts of a report that were not sent yet. Findings that do not fail the run are not sent.

    Args:
        report: The JSON of a drift run.
        notified: Ids in an earlier report.
    """
    pools = {pool["key"]: clipped(pool, CLIPS[0]) for pool in report["pools"]}
    order = {key: place for place, key in enumerate(pools)}
    entries = [(sort, entry) for sort in SORTS for entry in _entries(report, sort) if entry["id"] not in notified]
    alerts = [Alert(0, entry["id"], sort, entry["pool_key"], entry) for sort, entry in entries]
    worst: dict[str, tuple[int, int]] = {}
    for alert in alerts:
        worst[alert.pool] = min(alert.urgency, worst.get(alert.pool, CALM))
    alerts.sort(key=lambda a: (worst[a.pool], order.get(a.pool, len(order)), a.urgency))
    numbered = (replace(alert, number=n) for n, alert in enumerate(alerts))
    return Batch(tuple(numbered), pools, report["summary"], report["complete"])


def _entries(report: Tree, sort: str) -> Iterable[Tree]:
    if sort == "finding":
        return (f for f in report["findings"] if f["fails"])
    found: Iterable[Tree] = {
        "gap": report["coverage"]["gaps"],
        "refusal": report["refusals"],
        "expired": report["expired"],
    }[sort]
    return found


def headline(new: Batch) -> str:
    """Return the number and place of new alerts: `1 weakens: 2 new findings in customers (eu-west-1)`."""
    from reconciler.render import alarms

    if not new.alerts:
        return "nothing new"
    sorts = [a.sort for a in new.alerts]
    counted = [plural(sorts.count(sort), WORDS[sort]) for sort in SORTS if sort in sorts]
    weak = alarms.counted(effect.direction for a in new.alerts for effect in a.effects)
    text = f"{weak}: " if weak else ""  # first, because a subject or an SMS may be cut
    text += " and ".join(filter(None, [", ".join(counted[:-1]), counted[-1]]))
    keys = dict.fromkeys(a.pool for a in new.alerts)
    if len(keys) > 1:
        return f"{text} in {len(keys)} pools"
    pool = new.pools.get(next(iter(keys)))
    return f"{text} in {pool['name']} ({pool['region']})" if pool else f"{text} in {next(iter(keys))}"


def target(pool: Tree) -> Target:
    """Return the target of an entry of `pools`."""
    return Target(pool["account"], pool["region"], pool["name"], pool["id"], pool["manifest"])


# --- sizes ---------------------------------------------------------------------------------------------------------


def encoded(value: Any) -> bytes:
    """Encode a tree as compact JSON. A lone surrogate, which UTF-8 cannot encode, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def divided(
    new: Batch, cost: Callable[[Alert], Cost], heading: Callable[[str], Cost], room: Cost
) -> list[tuple[Alert, ...]]:
    """Divide a batch into parts, after reducing every alert to a size that fits; see `packed`."""

    def fits(alert: Alert) -> bool:
        return _within(_sum(cost(alert), heading(alert.pool)), room)

    return packed([fitting(alert, fits) for alert in new.alerts], cost, heading, room)


def packed(
    alerts: Sequence[Alert], cost: Callable[[Alert], Cost], heading: Callable[[str], Cost], room: Cost
) -> list[tuple[Alert, ...]]:
    """Divide alerts among messages, in their order. One that is too large has a message of its own.

    Args:
        alerts: The alerts to send.
        cost: Returns the size of an alert.
        heading: Returns the size of a pool's heading, once in each message, by the pool's key.
        room: The limits of a message.
    """
    parts: list[list[Alert]] = []
    pools: set[str] = set()
    level: Cost = room
    for alert in alerts:
        own = _sum(cost(alert), heading(alert.pool))
        after = _sum(level, cost(alert) if alert.pool in pools else own)
        if not parts or not _within(after, room):
            parts.append([])
            pools, after = set(), own
        parts[-1].append(alert)
        pools.add(alert.pool)
        level = after
    return [tuple(part) for part in parts]


def _sum(one: Cost, other: Cost) -> Cost:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _within(level: Cost, room: Cost) -> bool:
    return all(used <= most for used, most in zip(level, room, strict=True))


def fitting(alert: Alert, fits: Callable[[Alert], bool]) -> Alert:
    """Return an alert that fits into a message: unchanged, without its long values, or with all texts shortened.

    Args:
        alert: The alert to send.
        fits: Whether an alert fits into a message of its own.
    """
    if fits(alert):
        return alert
    bare = replace(alert, tree=_without_values(alert.tree))
    candidates = (bare, *(replace(bare, tree=clipped(bare.tree, most)) for most in CLIPS))
    return next((a for a in candidates if fits(a)), candidates[-1])


def _without_values(tree: Tree) -> Tree:
    """Return an entry in which long values are replaced by a note of their length: of the JSON, in bytes."""
    found = dict(tree)
    for name in ("wanted", "live"):
        length = len(encoded(tree[name])) if name in tree else 0
        if length > LONG:
            found[name] = {"$omitted": {"length": length}}
    return found


def clipped(value: Any, most: int) -> Any:
    """Return a tree whose texts are cut to a number of characters, with a note of their length."""
    if isinstance(value, dict):
        return {k: clipped(v, most) for k, v in value.items()}
    if isinstance(value, list):
        return [clipped(v, most) for v in value]
    return cut(value, most) if isinstance(value, str) else value


def cut(text: str, most: int) -> str:
    """Return a text, or its beginning and a note of its length; the note is not counted in `most`."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"
