"""An alert as text for people: what is wrong, then both values, the place in the manifest and the author.

Of what weakens, what follows from it and who did it come before the values.

Values come from manifests and from AWS, so everything is printed on one line, in printable characters. Each channel
does its own further escaping.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.errors import is_denied, printable
from reconciler.model import Attribution, Tree, dotted
from reconciler.notify.batch import Alert
from reconciler.render.marks import HIDDEN, Awaited, Binary, Fingerprint, ShownValue
from reconciler.render.spelling import text
from reconciler.render.tally import plural
from reconciler.values.shortening import around

TITLES = {
    "changed": "changed",
    "missing": "missing",
    "unmanaged": "not in any manifest",
    "undeclared": "set but not declared",
    "gap": "could not be read",
    "refusal": "refused",
    "expired": "ignore rule expired",
}
"""The title, by class of a finding or sort of another alert."""


MOST_EFFECTS = 2
"""Effects of one finding that are put into words, the worst first; the others are counted."""

LONG = 200
"""Longest pair of values that a channel gets whole, in characters; of longer ones from where they begin to differ."""


class AlertLine(NamedTuple):
    """One line of an alert."""

    label: str
    """The name of the value; empty for a sentence."""
    value: str
    """The text: printable, of any length."""


def title(alert: Alert, pool: Tree) -> tuple[str, str]:
    """Return the title and the object: `changed`, `clients/web.CallbackURLs`.

    Args:
        alert: The alert.
        pool: The entry of its pool; its name is omitted, as it is in the heading.
    """
    tree = alert.tree
    what = TITLES[tree["class"] if alert.sort == "finding" else alert.sort]
    if alert.effects:
        from reconciler.render import alarms  # pydantic comes with it, and parsing options needs neither

        what = f"{alarms.WORDS[alert.effects[0].direction]} ({what})"
    if alert.sort == "expired":
        return what, ""
    name = str(tree["address"]).removeprefix(f"{pool.get('name', '')}/")
    return what, printable(f"{name}.{tree['path']}" if tree.get("path") else name)


def lines(alert: Alert) -> Iterator[AlertLine]:
    """Yield the lines of an alert below its title."""
    tree, source = alert.tree, alert.tree.get("source")
    who = [AlertLine("by", _attributed(tree["attribution"]))] if tree.get("attribution") else []
    if alert.effects:
        yield from _effects(alert)
        yield from who
    yield from _DETAILS[alert.sort](tree)
    if source:
        yield AlertLine("at", printable(f"{source['file']}:{source['line']}"))
    if not alert.effects:
        yield from who
    yield AlertLine("id", alert.id)


def _effects(alert: Alert) -> Iterator[AlertLine]:
    """What follows and who is touched, then what becomes of tokens and whether it can be undone, of the worst."""
    from reconciler.render import alarms

    for effect in alert.effects[:MOST_EFFECTS]:
        said = alarms.sentences(effect)
        first = sum(s in (effect.sentence, f"Touches {effect.who}.") for s in said)
        member = dotted(effect.path)
        about = f"{printable(member)}: " if member != (alert.tree["path"] or "") else ""
        yield AlertLine("", about + " ".join(said[:first]))
        yield AlertLine("", " ".join(said[first:]))
    more = len(alert.effects) - MOST_EFFECTS
    if more > 0:
        yield AlertLine("", f"{plural(more, 'more member')} {'weakens' if more == 1 else 'weaken'} or may weaken.")


def _finding(tree: Tree) -> Iterator[AlertLine]:
    if tree["class"] not in ("changed", "undeclared"):
        return
    wanted, live = around(shown(tree["wanted"]), shown(tree["live"]), LONG)
    if tree["class"] == "changed":
        yield AlertLine("manifest", wanted)
        yield AlertLine("live", live)
    else:
        yield AlertLine("live", live)
        yield AlertLine("default", wanted)


def _gap(tree: Tree) -> Iterator[AlertLine]:
    call = f"{tree['operation']}: " if tree["operation"] else ""
    yield AlertLine("", printable(f"{call}{tree['reason']}"))
    if tree["iam_action"] and is_denied(tree.get("code") or ""):
        yield AlertLine("needs", printable(tree["iam_action"]))


def _refusal(tree: Tree) -> Iterator[AlertLine]:
    yield AlertLine("", printable(tree["message"]))
    yield AlertLine("", printable(tree["advice"]))


def _expired(tree: Tree) -> Iterator[AlertLine]:
    yield AlertLine("", printable(tree["message"]))


_DETAILS = {"finding": _finding, "gap": _gap, "refusal": _refusal, "expired": _expired}


def _attributed(who: Tree) -> str:
    from reconciler.render.drift_words import attributed

    names = ("principal", "event", "time", "event_id", "source_address", "console", "ours")
    return attributed(Attribution(**{name: who[name] for name in names}))


def pool_line(key: str, pool: Tree) -> str:
    """Return location and manifest of a pool, on one line."""
    if not pool:
        return printable(key)
    where = ", ".join(w for w in (pool["id"] or "not found", f"account {pool['account']}", pool["region"]) if w)
    return printable(f"{pool['name']} ({where}), manifest {pool['manifest']}")


def shown(value: Any) -> str:
    """Format a value of the report for people. Marks of hidden and omitted values become words."""
    return "(nothing)" if value is None else text(_unmarked(value))


def _unmarked(value: Any) -> ShownValue:
    if isinstance(value, list):
        return [_unmarked(v) for v in value]
    if not isinstance(value, dict):
        plain: ShownValue = value
        return plain
    mark = _mark(value)
    return {k: _unmarked(v) for k, v in value.items()} if mark is None else mark


def _mark(value: Tree) -> ShownValue:
    """Return the words for a mark. It is recognized by its exact keys, as a map in a manifest may resemble one."""
    match value:
        case {"$sensitive": True, **rest} if not rest:
            return HIDDEN
        case {"$bytes": {"length": int(length), "sha256": str(digest)}, **rest} if not rest:
            return Binary(length, digest)
        case {"$digest": {"origin": str(origin), "digest": str(digest)}, **rest} if not rest:
            return Fingerprint(printable(origin), printable(digest))
        case {"$omitted": {"length": int(length)}, **rest} if not rest:
            return Awaited(f"({length} bytes, too long to send)")
        case {"$unknown": str(words), **rest} if not rest:
            return Awaited(printable(words))
    return None
