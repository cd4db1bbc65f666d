"""URLs of a client, for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.procedures.url_lists import UrlEntry
from reconciler.procedures.url_records import time_text
from reconciler.render.json_parts import dump
from reconciler.render.output_types import FORMAT
from reconciler.render.url_types import UrlEntryDocument, UrlsDocument, UrlsResult


def urls(found: UrlsResult) -> str:
    """Return what a run has found and done as JSON."""
    document: UrlsDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pool_id": found.pool_id,
        "client_id": found.client_id,
        "action": found.action,
        "dry_run": found.dry,
        "written": found.report.wrote,
        "urls": [_entry(one) for one in found.report.entries],
        "swept": [_entry(one) for one in found.report.swept],
        "stay": [_entry(one) for one in found.report.stay],
    }
    return dump(document)


def _entry(one: UrlEntry) -> UrlEntryDocument:
    until = None if one.until is None else time_text(one.until)
    return {"list": one.member, "url": one.url, "status": one.status, "until": until}
