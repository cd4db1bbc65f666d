"""The differences between two sides, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from reconciler import __version__
from reconciler.model import Action, dotted
from reconciler.render.json_parts import dump, gap_entry, position_entry
from reconciler.render.output_types import FORMAT, ComparisonEntry, DiffDocument, DiffField, DiffObject, SideEntry
from reconciler.render.shown import ShownChange, ShownComparison, ShownField, ShownSide
from reconciler.render.spelling import plain
from reconciler.render.subjects import USUAL, RenderOptions

WORDS: dict[Action, Literal["only_in_a", "only_in_b", "different"]] = {
    Action.CREATE: "only_in_b",
    Action.DELETE: "only_in_a",
    Action.UPDATE: "different",
}


def diff(found: Sequence[ShownComparison], _options: RenderOptions = USUAL) -> str:
    """Return comparisons as JSON."""
    document: DiffDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "same": all(c.same for c in found),
        "complete": not any(c.gaps for c in found),
        "comparisons": [_comparison(c) for c in found],
    }
    return dump(document)


def _comparison(found: ShownComparison) -> ComparisonEntry:
    return {
        "a": _side(found.one),
        "b": _side(found.other),
        "objects": [_object(c) for c in found.changes],
        "gaps": [{**gap_entry(g), "address": str(g.address)} for g in found.gaps],
    }


def _side(side: ShownSide | None) -> SideEntry | None:
    return {"operand": side.label, "kind": side.kind, "name": side.name} if side else None


def _object(change: ShownChange) -> DiffObject:
    return {
        "address": str(change.address),
        "type": change.type,
        "difference": WORDS[change.action],
        "source": position_entry(change.source),
        "fields": [_field(f) for f in change.fields],
    }


def _field(found: ShownField) -> DiffField:
    return {
        "path": dotted(found.path),
        "a": plain(found.before),
        "b": plain(found.after),
        "sensitive": found.sensitive,
        "source": position_entry(found.source),
    }
