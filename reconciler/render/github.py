"""Reports as annotations of GitHub Actions: lines that the runner shows beside the manifest.

GitHub shows only ten of each level for a step, so what weakens comes first, the worst before the rest. Unescaped text
in such a line could be a command to the runner, so everything is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.model import row_words
from reconciler.render.alarms import SECURITY, Alarm
from reconciler.render.change_lines import as_diff
from reconciler.render.drift_words import attributed
from reconciler.render.places import Locate
from reconciler.render.report import Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
"""Command for each severity."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return annotations, one a line: what weakens, what is wrong, what is refused or drifted, and notices."""
    files = {id(row): suite.manifest for suite in report.suites for row in suite.rows}
    found = [_alarm(row, alarm, files[id(row)], options.locate) for row, alarm in report.alarms]
    rest = (row for suite in report.suites for row in _worth(suite) if not report.is_in_alarms(row))
    found += [_line(row, row.rule, _message(row), files[id(row)], options.locate) for row in rest]
    return "".join(f"{line}\n" for line in found)


RENDERERS = renderers(render)
"""What this format renders."""


def _worth(suite: Suite) -> Iterator[Row]:
    """Planned changes become no annotations, except deletions and replacements; alarms have their own."""
    for row in (r for r in suite.rows if not r.alarms):
        found = row.rule.startswith(("drift/", SECURITY))
        if row.severity in ("error", "warning") or (found and row.severity):
            yield row


def _alarm(row: Row, alarm: Alarm, manifest: str, locate: Locate) -> str:
    """One alarm: an error if its risk is critical, or if it is drift and so makes the run fail; else a warning."""
    by = [f"By {attributed(alarm.attribution)}."] if alarm.attribution else []
    values = as_diff(row.lines)  # of drift, so that nothing of it is left out
    step = f": {alarm.step}" if alarm.step and not values else ""
    message = "\n".join([f"{alarm.place} {alarm.verdict}{step}", " ".join(alarm.sentences), *by, *values])
    return _line(row, alarm.rule, message, manifest, locate)


def _line(row: Row, rule: str, message: str, manifest: str, locate: Locate) -> str:
    if row.source:
        place = {"file": locate(row.source.file), "line": str(row.source.line), "col": str(row.source.column)}
    else:
        place = {"file": locate(manifest)} if manifest else {}
    if words := row_words(row.source):
        message = f"{message}\nMade of {words}."
    properties = ",".join(f"{k}={_property(v)}" for k, v in {**place, "title": f"poolctl {rule}"}.items())
    return f"::{COMMANDS[row.severity]} {properties}::{data(message)}"


def _message(row: Row) -> str:
    return "\n".join([row.sentence, *row.notes, *as_diff(row.lines)])


def data(text: str) -> str:
    """Return a text as the runner takes it behind the `::` of a line, and harmless in the log that repeats it."""
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
