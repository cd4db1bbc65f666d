"""Recoveries of users, for programs."""

from __future__ import annotations

from datetime import datetime

from reconciler import __version__
from reconciler.kinds.user_recovery import spelled
from reconciler.procedures.recovery import EntityPreview, UserRecovery
from reconciler.render.json_parts import dump, pool_entry
from reconciler.render.machine.plan_json import document as plan_document
from reconciler.render.output_types import FORMAT, EntityEntry, RecoverDocument, RecoveryEntry
from reconciler.render.subjects import USUAL, RecoveryReport, RenderOptions


def recover(found: RecoveryReport, _options: RenderOptions = USUAL) -> str:
    """Return recoveries as JSON."""
    document: RecoverDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pool": pool_entry(found.target),
        "recoveries": [_recovery(r) for r in found.recoveries],
        "notices": list(found.notices),
        "next": list(found.next),
        "configuration": None if found.configuration is None else plan_document(found.configuration),
    }
    return dump(document)


def _recovery(found: UserRecovery) -> RecoveryEntry:
    return {
        "id": found.id,
        "status": found.status,
        "meaning": found.meaning,
        "paused": found.is_paused,
        "to": _time(found.point),
        "triggered": _time(found.triggered),
        "preview": None if found.preview is None else [_entity(e) for e in found.preview],
    }


def _entity(found: EntityPreview) -> EntityEntry:
    return {"entity": found.entity, "create": found.create, "update": found.update, "delete": found.delete}


def _time(time: datetime | None) -> str | None:
    return spelled(time) if time else None
