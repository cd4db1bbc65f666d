"""The findings of `lint` as the model of every report format: a suite for each file, a row for each finding."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.model import Risk, Weakness, dotted
from reconciler.planning.linting import Linted
from reconciler.render.alarms import SECURITY
from reconciler.render.report import Report, Row, Suite
from reconciler.render.subjects import LintResult
from reconciler.render.tally import plural
from reconciler.render.weaknesses import at_least, counted, place, same
from reconciler.render.wording import declared_in

LEVELS: dict[Risk, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
"""Severity in reports, which know three."""


def lint(found: LintResult) -> Report:
    """Return the report of what `lint` found.

    Args:
        found: What was found; less severe findings are left out of the rows as the operator asked.
    """
    suites = tuple(
        Suite(_title(one), printable(one.manifest.file), one.manifest.file, tuple(_rows(found, one)))
        for one in found.documents
    )
    return Report("lint", summary(found), suites)


def summary(found: LintResult) -> str:
    """Return the result in one line: how many findings of each severity, and what is accepted."""
    every = [one for document in found.documents for one in document.weaknesses]
    waived = sum(len(document.waived) for document in found.documents)
    expired = sum(len(document.expired) for document in found.documents)
    head = f"{plural(len(every), 'security finding')}: {counted(every)}." if every else "No security findings."
    tail = [f"{waived} accepted by waivers."] if waived else []
    tail += [f"{plural(expired, 'waiver')} expired."] if expired else []
    return " ".join([head, *tail])


def _title(one: Linted) -> str:
    return printable(f"{one.manifest.name} — {declared_in(one.manifest.target)}, profile {one.profile}")


def _rows(found: LintResult, one: Linted) -> Iterator[Row]:
    for waiver in one.expired:
        key, head = f"{waiver.source} {waiver.rule}", f"of {waiver.rule} expired on {waiver.expires}"
        yield Row(
            key, "Waiver", "manifest", "expired", head, "failure", "error", True, "waiver/expired", source=waiver.source
        )
    shown = at_least(one.weaknesses, found.shown)
    yield from (_row(found, weakness) for weakness in shown)
    yield from (_waived(weakness) for weakness in one.waived)
    for waiver in one.unused:
        said = f"The waiver of {waiver.rule} matches nothing; remove it."
        yield Row(
            f"{waiver.source}", "Note", "manifest", "notice", said, "none", "warning", False, "waiver/unused",
            source=waiver.source,
        )  # fmt: skip
    if not shown:
        yield Row(one.manifest.file, printable(one.manifest.name), "manifest", "valid", "has nothing to report", "pass")


def _row(found: LintResult, one: Weakness) -> Row:
    fails = found.fails(one)
    also = same(one)
    return Row(
        one.address.full,
        f"{place(one)} [{one.rule}]",
        printable(one.address.section),
        one.risk,
        f"is weak ({one.risk}): {printable(one.title)}",
        "failure" if fails else "skip",
        LEVELS[one.risk],
        danger=fails,
        rule=f"{SECURITY}{one.rule}",
        path=printable(dotted(one.path)),
        notes=tuple(map(printable, (one.message, one.advice, *([f"The same: {also}."] if also else [])))),
        source=one.source,
    )


def _waived(one: Weakness) -> Row:
    head, notes = f"is accepted: {printable(one.title)}", (printable(one.reason),)
    row = Row(one.address.full, f"{place(one)} [{one.rule}]", printable(one.address.section), "waived", head, "skip")
    return row._replace(rule=f"{SECURITY}{one.rule}", notes=notes, source=one.source)
