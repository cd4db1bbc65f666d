"""What is missing before a run, for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.render.json_parts import dump
from reconciler.render.output_types import FORMAT, DoctorDocument
from reconciler.render.subjects import USUAL, DoctorReport, RenderOptions


def doctor(found: DoctorReport, _options: RenderOptions = USUAL) -> str:
    """Return a report as JSON."""
    document: DoctorDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "run": found.run,
        "ok": not found.failed and not found.unseen,
        "checks": [
            {"id": c.id, "title": c.title, "outcome": c.outcome, "found": list(c.found), "cure": list(c.cure)}
            for c in found.checks
        ],
    }
    return dump(document)
