"""The result of a validation for programs, in the shape of `terraform validate -json`."""

from __future__ import annotations

from reconciler.errors import Problem
from reconciler.model import Notice
from reconciler.render.json_parts import dump, range_entry
from reconciler.render.output_types import FORMAT, DiagnosticEntry, ValidateDocument
from reconciler.render.subjects import USUAL, RenderOptions, Validation


def validate(found: Validation, _options: RenderOptions = USUAL) -> str:
    """Return the result of a validation as JSON."""
    document: ValidateDocument = {
        "format_version": FORMAT,
        "valid": not found.problems,
        "error_count": len(found.problems),
        "warning_count": len(found.notices),
        "manifest_count": len(found.files),
        "diagnostics": [*map(_problem, found.problems), *map(_notice, found.notices)],
    }
    return dump(document)


def _problem(found: Problem) -> DiagnosticEntry:
    return {
        "severity": "error",
        "summary": found.message,
        "detail": found.fix,
        "address": found.path,
        "range": range_entry(found.position),
    }


def _notice(found: Notice) -> DiagnosticEntry:
    entry: DiagnosticEntry = {"severity": "warning", "summary": found.message, "detail": "", "address": ""}
    if found.source:
        entry["range"] = range_entry(found.source)
    return entry
