"""How a pool is replaced, for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.procedures.left_behind import LeftBehindItem
from reconciler.procedures.replacement import FrozenChange, Replacement, ReplacementStep
from reconciler.render.json_parts import dump, pool_entry
from reconciler.render.output_types import FORMAT
from reconciler.render.replacement_types import FrozenEntry, LeftBehindEntry, ReplaceDocument, StepEntry
from reconciler.render.subjects import USUAL, RenderOptions


def replace(found: Replacement, _options: RenderOptions = USUAL) -> str:
    """Return a replacement as JSON."""
    document: ReplaceDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pool": pool_entry(found.target),
        "name": found.name,
        "needed": found.needed,
        "changes": [_change(one) for one in found.changes],
        "steps": [_step(one) for one in found.steps],
        "items": [_item(one) for one in found.items],
        "manifest": found.manifest or None,
        "notices": list(found.notices),
    }
    return dump(document)


def _change(found: FrozenChange) -> FrozenEntry:
    return {
        "member": found.member,
        "before": found.before or None,
        "after": found.after or None,
        "place": found.place or None,
        "needs_pool": found.needs_pool,
        "meaning": found.meaning,
        "facts": found.source or None,
    }


def _step(found: ReplacementStep) -> StepEntry:
    return {
        "title": found.title,
        "detail": found.detail,
        "commands": list(found.commands),
        "interrupts": found.interrupts or None,
        "undo": found.undo or None,
    }


def _item(found: LeftBehindItem) -> LeftBehindEntry:
    return {"id": found.id, "title": found.title, "way": found.way, "detail": found.detail, "facts": found.source}
