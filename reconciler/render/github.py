"""Reports as annotations of GitHub Actions: lines that the runner shows beside the manifest.

Unescaped text in such a line could be a command to the runner, so everything is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.render.change_lines import as_diff
from reconciler.render.places import Locate
from reconciler.render.report import Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
"""Command for each severity."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return annotations, one a line: what is wrong, what is refused or drifted, and notices."""
    found = [_line(suite, row, options.locate) for suite in report.suites for row in _worth(suite)]
    return "".join(f"{line}\n" for line in found)


RENDERERS = renderers(render)
"""What this format renders."""


def _worth(suite: Suite) -> Iterator[Row]:
    """Planned changes become no annotations, except deletions and replacements."""
    for row in suite.rows:
        found = row.rule.startswith(("drift/", "security/"))
        if row.severity in ("error", "warning") or (found and row.severity):
            yield row


def _line(suite: Suite, row: Row, locate: Locate) -> str:
    if row.source:
        place = {"file": locate(row.source.file), "line": str(row.source.line), "col": str(row.source.column)}
    else:
        place = {"file": locate(suite.manifest)} if suite.manifest else {}
    title = f"poolctl {row.rule}"
    properties = ",".join(f"{k}={_property(v)}" for k, v in {**place, "title": title}.items())
    return f"::{COMMANDS[row.severity]} {properties}::{data(_message(row))}"


def _message(row: Row) -> str:
    return "\n".join([row.sentence, *row.notes, *as_diff(row.lines)])


def data(text: str) -> str:
    """Return a text as the runner takes it behind the `::` of a line, and harmless in the log that repeats it."""
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
