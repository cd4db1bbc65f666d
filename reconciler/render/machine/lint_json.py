"""The findings of `lint` for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.manifests.manifest import Waiver
from reconciler.model import RISKS
from reconciler.render.json_parts import dump, position_entry, weakness_entry
from reconciler.render.output_types import FORMAT, LintDocument, LintSummary, WaiverEntry
from reconciler.render.subjects import USUAL, LintResult, RenderOptions
from reconciler.render.weaknesses import at_least


def lint(found: LintResult, _options: RenderOptions = USUAL) -> str:
    """Return what `lint` found as JSON."""
    documents = found.documents
    document: LintDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "failed": found.failed,
        "fail_on": found.fail_on,
        "findings": [weakness_entry(w) for one in documents for w in at_least(one.weaknesses, found.shown)],
        "waived": [{**weakness_entry(w), "reason": w.reason} for one in documents for w in one.waived],
        "expired": [_waiver(w) for one in documents for w in one.expired],
        "unused": [_waiver(w) for one in documents for w in one.unused],
        "skipped": sorted({rule.id for one in documents for rule in one.skipped}),
        "summary": _summary(found),
    }
    return dump(document)


def _waiver(waiver: Waiver) -> WaiverEntry:
    return {
        "rule": waiver.rule,
        "path": waiver.path,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires,
        "source": position_entry(waiver.source),
    }


def _summary(found: LintResult) -> LintSummary:
    every = [one.risk for document in found.documents for one in document.weaknesses]
    critical, high, medium, low = (every.count(risk) for risk in RISKS)
    waived = sum(len(document.waived) for document in found.documents)
    return {"critical": critical, "high": high, "medium": medium, "low": low, "waived": waived}
