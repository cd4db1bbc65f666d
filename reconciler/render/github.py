"""Reports as annotations of GitHub Actions: lines that the runner shows beside the manifest.

GitHub shows only ten of each level for a step, so what weakens comes first, the worst before the rest. Unescaped text
in such a line could be a command to the runner, so everything is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.errors import printable
from reconciler.model import RISKS, Position
from reconciler.render.alarms import Alarm, badness, unguarded
from reconciler.render.change_lines import as_diff
from reconciler.render.drift_words import attributed
from reconciler.render.places import Locate
from reconciler.render.report import Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
"""Command for each severity."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return annotations, one a line: what weakens, what is wrong, what is refused or drifted, and notices."""
    found = [_alarm(annotated, options.locate) for annotated in _annotated(report)]
    found += [_row(suite, row, options.locate) for suite in report.suites for row in _worth(report, suite)]
    return "".join(f"{line}\n" for line in found)


RENDERERS = renderers(render)
"""What this format renders."""


class _Annotated(NamedTuple):
    """An alarm and where it was found."""

    alarm: Alarm
    """The alarm."""
    row: Row
    """Its row."""
    manifest: str
    """The file that declares the pool."""


def _annotated(report: Report) -> list[_Annotated]:
    """Return the alarms of all pools, the worst first."""
    found = [_Annotated(a, row, suite.manifest) for suite in report.suites for row in suite.rows for a in row.alarms]
    return sorted(found, key=lambda one: badness(one.alarm.effect))


def _alarm(found: _Annotated, locate: Locate) -> str:
    """One alarm: an error if its risk is critical, or if it is drift and so makes the run fail; else a warning."""
    alarm, row, manifest = found
    by = [f"By {attributed(alarm.attribution)}."] if alarm.attribution else []
    step = f": {alarm.step}" if alarm.step else ""
    message = "\n".join([f"{alarm.place} {alarm.verdict}{step}", " ".join(alarm.sentences), *by])
    level = "error" if row.severity == "error" or alarm.effect.risk == RISKS[0] else "warning"
    return _line(level, _place(alarm.source, manifest, locate), alarm.rule, message)


def _worth(report: Report, suite: Suite) -> Iterator[Row]:
    """Planned changes become no annotations, except deletions and replacements; what an alarm says is not repeated."""
    for row in suite.rows:
        drift = row.rule.startswith("drift/")
        if not report.told(row) and (row.severity in ("error", "warning") or (drift and row.severity)):
            yield row
    weak = unguarded(suite.undeclared)
    if weak.names:
        row = Row(suite.name, "In the pool,", "manifest", "undeclared", weak.sentence, "none", "warning")
        yield row._replace(rule="plan/undeclared")


def _row(suite: Suite, row: Row, locate: Locate) -> str:
    return _line(COMMANDS[row.severity], _place(row.source, suite.manifest, locate), row.rule, _message(row))


def _place(source: Position | None, manifest: str, locate: Locate) -> dict[str, str]:
    if source:
        return {"file": locate(source.file), "line": str(source.line), "col": str(source.column)}
    return {"file": locate(manifest)} if manifest else {}


def _line(level: str, place: Mapping[str, str], rule: str, message: str) -> str:
    properties = ",".join(f"{k}={_property(v)}" for k, v in {**place, "title": f"poolctl {rule}"}.items())
    return f"::{level} {properties}::{data(message)}"


def _message(row: Row) -> str:
    return "\n".join([row.sentence, *row.notes, *as_diff(row.lines)])


def data(text: str) -> str:
    """Return a text as the runner takes it behind the `::` of a line, and harmless in the log that repeats it."""
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
