"""Redaction: the only way from the engine's results to what is shown.

Renderers only take what was made here, so one module decides how a secret is shown. Secrets are recognized by type, by
the paths that the differ marked, and, where a marked value is plain text, by that text: it is hidden wherever else it
occurs in the same object or its calls. What came from the environment goes behind a `Veil` before. A leaf of an unknown
type is not shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.model import (
    Action,
    Call,
    Done,
    Drift,
    Effect,
    Event,
    Failed,
    FieldChange,
    Finding,
    OutputDone,
    Path,
    Plan,
    Reference,
    ResourceChange,
    Secret,
    Sent,
    Skipped,
    Started,
    Unknown,
    Verified,
    Waiting,
    dotted,
)
from reconciler.render.marks import HIDDEN, Awaited, Binary, Fingerprint, Mark, ShownValue
from reconciler.render.shown import (
    ShownApply,
    ShownCall,
    ShownChange,
    ShownCheck,
    ShownComparison,
    ShownDrift,
    ShownEvent,
    ShownField,
    ShownFinding,
    ShownPlan,
    ShownSent,
    ShownSide,
    ShownStep,
)
from reconciler.render.veil import Veil
from reconciler.security import judging
from schemas.records import replace

if TYPE_CHECKING:  # it is above this package, and comes with pydantic
    from reconciler.export.compare import ComparedSide, Comparison

NO_WORDS: frozenset[str] = frozenset()

NO_VEIL = Veil("", {}, None)
"""For objects of which nothing came from the environment."""


class Applied(Protocol):
    """The result of an apply: `reconciler.runs.apply_run.ApplyOutcome`."""

    @property
    def plans(self) -> Sequence[Plan]:
        """The plans that were applied."""
        ...

    @property
    def events(self) -> Sequence[Event]:
        """All events, over all plans."""
        ...

    @property
    def given(self) -> Sequence[str]:
        """The options to repeat the run, as they are typed, without the values of variables."""
        ...


# --- subjects ------------------------------------------------------------------------------------------------------


def plans(found: Iterable[Plan], calls: Mapping[str, Sequence[Call]] | None = None) -> tuple[ShownPlan, ...]:
    """Return plans without secrets.

    Args:
        found: One for each document.
        calls: By full address, the calls that apply would send; None omits them.
    """
    return tuple(
        ShownPlan(
            p.target,
            tuple(change(c, None if calls is None else calls.get(c.address.full, ())) for c in p.changes),
            p.refusals,
            p.unmanaged,
            p.notices,
            p.gaps,
            outputs=p.outputs,
            undeclared=p.undeclared,
            weaknesses=p.weaknesses,
        )
        for p in found
    )


def change(found: ResourceChange, calls: Iterable[Call] | None = None) -> ShownChange:
    """Return the change of an object without its secrets.

    Args:
        found: The change.
        calls: The calls that apply would send for it; None omits them.
    """
    clear = _is_clear(found)
    paths, words = ((), NO_WORDS) if clear else hidden(found)
    veil = _veil(found)
    sides = (found.declared if found.action is Action.CREATE else None, found.before, found.after)
    declared, before, after = sides if clear else (conceal(veil.tree(side), paths, words) for side in sides)
    return ShownChange(
        found.address,
        found.type,
        found.action,
        tuple(_of_section(found.address.section, field(f, words, veil), veil) for f in found.fields),
        declared,
        before,
        after,
        found.source,
        found.reason,
        None if calls is None else tuple(_call(c, paths, words, veil) for c in calls),
        found.effect,
        found.parts,
        {dotted(o.path): conceal(veil.tree(list(o.kept), o.path), (), words) for o in found.item_lists if o.kept},
    )


def _is_clear(found: ResourceChange) -> bool:
    """Return whether there is nothing to hide of an object, so that its trees are shown as they are."""
    if found.from_env or any(f.sensitive for f in found.fields):
        return False
    return is_plain(found.before) and is_plain(found.after) and is_plain(found.declared)


def _veil(found: ResourceChange) -> Veil:
    if not found.from_env:
        return NO_VEIL
    return Veil(found.address.pool, found.from_env, found.declared, (found.after, found.before))


def field(found: FieldChange, words: frozenset[str] = NO_WORDS, veil: Veil = NO_VEIL) -> ShownField:
    """Return a field without secrets."""
    paths: list[Path] = [()] if found.sensitive else []
    before, after = (conceal(veil.tree(side, found.path), paths, words) for side in (found.before, found.after))
    return ShownField(found.path, before, after, found.sensitive, found.source, found.danger, found.effects)


def _of_section(section: str, found: ShownField, veil: Veil) -> ShownField:
    effects = _effects(section, found.effects, veil)
    return found if effects == found.effects else replace(found, effects=effects)


def _effects(section: str, found: Iterable[Effect], veil: Veil) -> tuple[Effect, ...]:
    """Return effects; what follows from a hidden value could show it, so of those only the usual words are kept."""
    return tuple(judging.plain(section, e) if veil.covers(e.path) else e for e in found)


def _call(call: Call, paths: Sequence[Path], words: frozenset[str], veil: Veil) -> ShownCall:
    params = conceal(veil.tree(call.params), paths, words)
    return ShownCall(call.service, call.operation, params if isinstance(params, dict) else {})


def drifts(found: Iterable[Drift]) -> tuple[ShownDrift, ...]:
    """Return drift without secrets. A text that is hidden in one finding is hidden in all of them."""
    found = list(found)
    secret = [f for d in found for f in (*d.findings, *d.known) if f.sensitive]
    words = frozenset(text for f in secret for side in (f.desired, f.live) for text in texts(side))
    return tuple(
        ShownDrift(
            d.target,
            tuple(_finding(f, words) for f in d.findings),
            d.read,
            d.gaps,
            d.refusals,
            d.notices,
            d.suppressed,
            tuple(_finding(f, words) for f in d.known),
            d.expired,
            d.unavailable,
            d.weaknesses,
        )
        for d in found
    )


def _finding(found: Finding, words: frozenset[str]) -> ShownFinding:
    paths: list[Path] = [()] if found.sensitive else []
    declared, other = _placed(found.desired, found.path), _placed(found.live, found.path)
    veil = Veil(found.address.pool, found.from_env, declared, (other,))
    desired, live = veil.tree(found.desired, found.path), veil.tree(found.live, found.path)
    return ShownFinding(
        found.id,
        found.cls,
        found.address,
        found.path,
        conceal(desired, paths, words),
        conceal(live, paths, words),
        found.severity,
        found.fails,
        found.sensitive,
        found.source,
        found.attribution,
        _effects(found.address.section, found.effects, veil),
        found.part,
    )


def _placed(value: Any, path: Path) -> Any:
    """Return a value at its place in an otherwise empty object. Items of lists cannot be placed."""
    for step in reversed(path):
        value = {step: value}
    return value


def applied(found: Applied) -> ShownApply:
    """Return an apply without secrets."""
    return ShownApply(plans(found.plans), tuple(event(e) for e in found.events), tuple(found.given))


def event(found: Event) -> ShownEvent:
    """Return an event of an apply without secrets."""
    match found:
        case Sent():
            return ShownSent(found.address, found.call.service, found.call.operation, found.seconds)
        case Verified():
            return ShownCheck(tuple(change(c) for c in found.left), found.target, found.unproven)
        case Started() | Done() | Failed() | Skipped():
            return _step(found)
        case Waiting() | OutputDone():  # plain data as they are
            return found


def _step(found: Started | Done | Failed | Skipped) -> ShownStep:
    match found:
        case Started():
            return ShownStep(change(found.change), "started")
        case Done():
            return ShownStep(change(found.change), "done", seconds=found.seconds, id=found.id)
        case Failed():
            return ShownStep(
                change(found.change),
                "failed",
                _veil(found.change).text(found.error),
                stale=found.stale,
                written=found.written,
                operation=found.operation,
                code=found.code,
                request_id=found.request_id,
                doubtful=found.doubtful,
                id=found.id,
            )
        case Skipped():
            return ShownStep(change(found.change), "not_started", found.reason)


def comparisons(found: Iterable[Comparison]) -> tuple[ShownComparison, ...]:
    """Return comparisons without secrets."""
    return tuple(
        ShownComparison(_side(c.one), _side(c.other), c.same, tuple(change(x) for x in c.changes), tuple(c.gaps))
        for c in found
    )


def _side(side: ComparedSide | None) -> ShownSide | None:
    return ShownSide(side.label, side.kind, side.name) if side else None


# --- values --------------------------------------------------------------------------------------------------------


def conceal(value: Any, paths: Iterable[Path] = (), words: frozenset[str] = NO_WORDS) -> ShownValue:
    """Return a value without secrets.

    Args:
        value: Any tree; it is not changed.
        paths: Places to hide. A name that leads into a list means the items that hold it; when none does, the list
            is hidden whole.
        words: Texts to hide wherever a value is exactly one of them.
    """
    paths = list(paths)
    if not paths and not words:
        return _by_type(value)
    here = [p for p in paths if p]
    if len(here) < len(paths) and value is not None:
        return HIDDEN
    if isinstance(value, dict):
        return {str(k): conceal(v, [p[1:] for p in here if p[0] == k], words) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return _items(list(value), here, words)
    return HIDDEN if isinstance(value, str) and value in words else _leaf(value)


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
"""Types of what is shown as it is, if its place and its text hide nothing; `_leaf` knows all others."""


def is_plain(value: Any) -> bool:
    """Return whether a value is, and holds, nothing but maps, lists and what is shown as it is; most are such."""
    kind = type(value)
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not (type(inner) in _AS_THEY_ARE or is_plain(inner)):
                return False
        return True
    if kind is list:
        return all(type(item) in _AS_THEY_ARE or is_plain(item) for item in value)
    return kind in _AS_THEY_ARE


def _by_type(value: Any) -> ShownValue:
    """Return a value of which nothing but the types of its leaves hides anything; a plain one as it is."""
    if is_plain(value):
        shown: ShownValue = value
        return shown
    if isinstance(value, list | tuple | set | frozenset):
        return [_by_type(v) for v in value]
    return {str(k): _by_type(v) for k, v in value.items()} if isinstance(value, dict) else _leaf(value)


def _leaf(value: Any) -> ShownValue:
    if isinstance(value, str | int | float | date | Fingerprint) or value is None:
        return value
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, bytes):
        return Binary(len(value), hashlib.sha256(value).hexdigest())
    if isinstance(value, Unknown):
        return Awaited(str(value), f"{value.address.full}#{value.member}")
    if isinstance(value, Reference):
        return Awaited(str(value), f"${value.kind} {value.target}")
    return Awaited(type(value).__name__)


def _items(values: list[Any], paths: list[Path], words: frozenset[str]) -> ShownValue:
    names = {p[0] for p in paths if isinstance(p[0], str)}
    if not all(any(_holds(v, name) for v in values) for name in names):
        return HIDDEN if values else []
    return [
        conceal(v, [p[1:] for p in paths if p[0] == at or (isinstance(p[0], str) and _holds(v, p[0]))], words)
        for at, v in enumerate(values)
    ]


def _holds(item: Any, name: str) -> bool:
    return isinstance(item, dict) and name in item.values()


def hidden(found: ResourceChange) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Return the paths and plain texts that must not be shown of an object."""
    secret = [f for f in found.fields if f.sensitive]
    paths = {f.path for f in secret}
    for tree in (found.before, found.after, found.declared):
        if not is_plain(tree):
            paths.update(_secret_paths(tree))
    if not paths:
        return (), NO_WORDS
    words = {text for f in secret for side in (f.before, f.after) for text in texts(side)}
    for tree in (found.before, found.after, found.declared):
        words.update(text for path in paths for text in texts(_at(tree, path)))
    return tuple(sorted(paths, key=str)), frozenset(words)


def _secret_paths(value: Any) -> list[Path]:
    """A place that is secret on one side is secret on the other. Positions differ between sides, so lists end it."""
    if isinstance(value, Secret):
        return [()]
    if not isinstance(value, dict):
        return []
    parts = [(key, inner) for key, inner in value.items() if isinstance(inner, dict | Secret)]
    return [(key, *path) for key, inner in parts for path in _secret_paths(inner)]


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def texts(value: Any) -> Iterator[str]:
    """Return every text that a tree holds, those of secrets excepted."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


# --- back from JSON ------------------------------------------------------------------------------------------------


def revived(value: Any) -> ShownValue:
    """Return a value as it was shown, from its JSON (`spelling.plain`)."""
    if isinstance(value, dict):
        mark = _mark(value)
        return {k: revived(v) for k, v in value.items()} if mark is None else mark
    if isinstance(value, list):
        return [revived(v) for v in value]
    plain: ShownValue = value
    return plain


def is_mark(value: Mapping[str, Any]) -> bool:
    """Return whether a map of the JSON takes the place of a value."""
    return _mark(value) is not None


def _mark(mark: Mapping[str, Any]) -> Mark | None:
    """Return the mark that a map represents. Its form is exact: a map in a manifest may resemble one."""
    match mark:
        case {"$sensitive": True, **rest} if not rest:
            return HIDDEN
        case {"$bytes": {"length": int(length), "sha256": str(digest), **more}, **rest} if not rest and not more:
            return Binary(length, digest)
        case {"$digest": {"origin": str(origin), "digest": str(digest), **more}, **rest} if not rest and not more:
            return Fingerprint(origin, digest)
        case {"$unknown": str(words), **rest} if not rest:
            return Awaited(words)
    return None
