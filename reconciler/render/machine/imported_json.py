"""Conversions of other tools' definitions, for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.render.json_parts import dump
from reconciler.render.output_types import FORMAT, ImportDocument, ImportedManifest, NeededEntry
from reconciler.render.subjects import USUAL, ImportedDocument, ImportReport, NeededSecret, RenderOptions
from reconciler.render.unread import unread


def imported(found: ImportReport, _options: RenderOptions = USUAL) -> str:
    """Return a conversion as JSON."""
    document: ImportDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "live": found.live,
        "tool": found.hand_over.tool,
        "manifests": [_manifest(one) for one in found.documents],
        "not_mapped": [{"source": u.source, "category": u.category, "reason": u.reason} for u in found.unmapped],
        "failures": [{"id": id_, "reason": reason} for id_, reason in found.failures],
        "hand_over": [{"text": s.text, "code": s.code, "language": s.language} for s in found.hand_over.steps],
    }
    return dump(document)


def _manifest(one: ImportedDocument) -> ImportedManifest:
    return {
        "pool": {
            "name": one.name,
            "id": one.id,
            "account": one.account,
            "region": one.region,
            "manifest": one.file,
        },
        "kind": one.kind,
        "objects": [{"address": o.address, "source": o.source} for o in one.objects],
        "secrets": [_needed(secret) for secret in one.secrets],
        "overlays": [
            {
                "condition": overlay.condition,
                "environment": overlay.environment,
                "file": overlay.file,
                "secrets": [_needed(secret) for secret in overlay.secrets],
            }
            for overlay in one.overlays
        ],
        "notices": list(one.notices),
        "gaps": [unread(gap) for gap in one.gaps],
    }


def _needed(secret: NeededSecret) -> NeededEntry:
    return {"reference": secret.reference, "member": secret.member, "returned": secret.shown}
