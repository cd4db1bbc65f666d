"""Reports as JUnit XML, which GitLab, Jenkins and most other systems show in a tab of their own.

The form is the one that Jenkins publishes (junit-10.xsd) and all others read. It has no place for a file's line, so
the text holds it. There is no time of day in it: identical input gives identical bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.render.alarms import Alarm
from reconciler.render.change_lines import as_diff
from reconciler.render.report import Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions

CHILD = {"failure": "failure", "error": "error", "skip": "skipped"}
"""Element for each verdict; what passed has none."""


def render(report: Report, _options: RenderOptions = USUAL) -> str:
    """Return a report as JUnit XML: a suite for each pool or file, a case for each object, finding or problem."""
    root = Element("testsuites", {"name": f"poolctl {report.command}"})
    suites = [_suite(report, suite) for suite in report.suites]
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(s.get(name, "0")) for s in suites)))
    root.extend(suites)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


RENDERERS = renderers(render)
"""What this format renders."""


def _suite(report: Report, suite: Suite) -> Element:
    cases = _cases(suite.rows)
    kinds = [_verdict(rows) for rows in cases.values()]
    counted = {
        "tests": len(cases),
        "failures": kinds.count("failure"),
        "errors": kinds.count("error"),
        "skipped": kinds.count("skip"),
    }
    made = Element("testsuite", {"name": suite.name, **{k: str(v) for k, v in counted.items()}})
    for name, rows in cases.items():
        seconds = sum(r.seconds for r in rows)
        attributes = {"name": name, "classname": f"poolctl.{report.command}.{rows[0].kind}", "time": f"{seconds:.3f}"}
        _add(SubElement(made, "testcase", attributes), rows)
    return made


def _cases(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by label, the worst first, because most readers show only one."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.verdict != "none":
            found.setdefault(row.label, []).append(row)
    return {name: sorted(rows, key=lambda r: r.verdict != "error") for name, rows in found.items()}


def _verdict(rows: Sequence[Row]) -> str:
    kinds = [r.verdict for r in rows]
    return next((k for k in ("error", "failure", "skip") if k in kinds), "pass")


def _add(case: Element, rows: Sequence[Row]) -> None:
    """Add the failures and errors of a case; only without any, what was skipped."""
    bad = [r for r in rows if r.verdict in ("failure", "error")]
    for row in bad or [r for r in rows if r.verdict == "skip"]:
        made = SubElement(case, CHILD[row.verdict], {"message": _message(row)})
        if row.verdict != "skip":
            made.set("type", row.rule)
            made.text = _text(row)


def _message(row: Row) -> str:
    return ": ".join([row.sentence, *row.notes[:1]])


def _text(row: Row) -> str:
    where = [str(row.source)] if row.source else []
    dangers = [line for alarm in row.alarms for line in _alarm(alarm)]
    return "\n".join([*where, *dangers, *row.notes, *as_diff(row.lines)])


def _alarm(alarm: Alarm) -> list[str]:
    """Return what a change means: which way it leads, how bad it is, its rules, and what becomes what."""
    marks = ", ".join([alarm.effect.risk, *alarm.effect.rules])
    return [f"{alarm.verb} ({marks}): {alarm.title}"]
