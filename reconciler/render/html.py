"""Reports as one HTML file, for reviews, approvals and audits.

The file stands alone: it loads nothing, and its security policy forbids it to. Without JavaScript everything is
visible; with it, there are a search box and filters. All texts of manifests and of AWS are escaped, and the policy
names the one script and the one style sheet by their digests, so nothing that slipped through could run.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from reconciler import __version__
from reconciler.render.human import ChangeLine
from reconciler.render.redact import HIDDEN
from reconciler.render.report import Report, Row, Suite
from reconciler.render.tally import plural

QUIET = frozenset({"unchanged", "valid", "read"})
"""Actions of rows that are folded into one line at the end of their pool."""

OPEN = 60
"""Most objects that are shown unfolded; of more, only the dangerous ones are."""

SYMBOLS = {"+": ("add", "added"), "-": ("del", "removed"), "~": ("chg", "changed")}
"""For each symbol: class, and the word for those who cannot see it."""


def render(report: Report, *, digest: str = "") -> str:
    """Return a report as a self-contained HTML file.

    Args:
        report: What to show.
        digest: Digest of the plan, for the foot of the page; empty when there is none.
    """
    style, script = _asset("report.css"), _asset("report.js")
    title = f"poolctl {report.command}"
    names = {id(row): f"r{number}" for number, row in enumerate(report.rows, 1)}
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}: {escape(report.summary)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        f'<header><h1>{escape(title)}</h1><p class="sum">{escape(report.summary)}</p>',
        *([f'<p class="meta">{escape(report.legend)}</p>'] if report.legend else []),
        *_dangers(report, names),
        "</header>",
        *_bar(report.rows),
        "<main>",
        *(line for suite in report.suites for line in _suite(suite, names, folded=len(report.rows) > OPEN)),
        '<p class="none" id="none" hidden>Nothing matches the filters.</p>',
        "</main>",
        _foot(digest),
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


@cache
def _asset(name: str) -> str:
    return files("reconciler.render").joinpath("assets", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _foot(digest: str) -> str:
    mark = f" Digest <code>{escape(digest)}</code>." if digest else ""
    return f"<footer>Made by poolctl {escape(__version__)}.{mark} Sensitive values are never part of a report.</footer>"


# --- head ----------------------------------------------------------------------------------------------------------


def _dangers(report: Report, names: dict[int, str]) -> Iterator[str]:
    if not report.dangers:
        return
    yield '<section class="danger" aria-label="Look at these first"><h2>Look at these first</h2><ul>'
    for row in report.dangers:
        notes = f": {escape(' '.join(row.notes))}" if row.notes and row.severity == "error" else ""
        link = f'<a href="#{names[id(row)]}"><code>{escape(report.name(row))}</code></a>'
        yield f"<li>{link} {escape(row.head)}{notes}</li>"
    yield "</ul></section>"


def _bar(rows: Sequence[Row]) -> Iterator[str]:
    """The filters; hidden until the script that makes them work has run."""
    actions = Counter(r.action for r in rows)
    chips = "".join(
        f'<button type="button" class="chip" value="{escape(a)}" aria-pressed="false">{escape(a)}<b>{n}</b></button>'
        for a, n in actions.items()
    )
    kinds = _options("kind", "All kinds", dict.fromkeys(r.kind for r in rows))
    severities = [s for s in ("error", "warning", "note") if any(r.severity == s for r in rows)]
    yield '<div class="bar" id="bar" hidden><div><div class="row">'
    yield '<input type="search" id="search" placeholder="Search names, members, values, files" aria-label="Search">'
    yield kinds + _options("severity", "Any severity", severities)
    yield '<button type="button" id="open">Unfold</button><button type="button" id="close">Fold</button></div>'
    yield f'<div class="row">{chips}<button type="button" class="chip" id="reset" hidden>Show all</button>'
    yield '<span class="count" id="count" role="status"></span></div></div></div>'


def _options(name: str, every: str, values: Iterable[str]) -> str:
    options = "".join(f'<option value="{escape(v)}">{escape(v)}</option>' for v in values)
    return f'<select id="{name}" aria-label="{name.title()}"><option value="">{every}</option>{options}</select>'


# --- pools and objects ---------------------------------------------------------------------------------------------


def _suite(suite: Suite, names: dict[int, str], *, folded: bool) -> Iterator[str]:
    head, _, tail = suite.title.partition(" (")
    yield f'<section class="pool"><h2>{escape(head)}</h2>'
    if tail:
        yield f'<p class="meta">{escape(tail.replace(") — ", " · ", 1))}</p>'
    loud = sorted((r for r in suite.rows if r.action not in QUIET), key=lambda r: not r.danger)
    for row in loud:
        yield from _card(row, names[id(row)], folded=folded and not row.danger)
    quiet = [r for r in suite.rows if r.action in QUIET]
    if len(quiet) == 1:
        row = quiet[0]
        yield f'<p class="quiet" {_data(row)}><code>{escape(row.label)}</code> {escape(row.head)}</p>'
    elif quiet:
        items = "".join(f"<li {_data(r)}><code>{escape(r.label)}</code> {escape(r.head)}</li>" for r in quiet)
        yield f'<details class="same"><summary>{_quietly(quiet)}</summary><ul>{items}</ul></details>'
    yield "</section>"


def _quietly(rows: Sequence[Row]) -> str:
    if all(r.action == "unchanged" for r in rows):
        return f"{plural(len(rows), 'object')} unchanged"
    return f"{len(rows)} without findings"


def _data(row: Row) -> str:
    pairs = {"action": row.action, "kind": row.kind, "severity": row.severity}
    return " ".join(f'data-{name}="{escape(value)}"' for name, value in pairs.items())


def _card(row: Row, name: str, *, folded: bool) -> Iterator[str]:
    mark = f'class="card{" bad" if row.danger else ""}" id="{name}" {_data(row)}'
    if not row.notes and not row.lines:
        yield f'<div {mark}><div class="top">{_badge(row)}{_title(row)}</div></div>'
        return
    state = "" if folded else " open"
    yield f'<details {mark}{state}><summary class="top">{_badge(row)}{_title(row)}</summary><div class="body">'
    yield from (f"<p>{escape(note)}</p>" for note in row.notes)
    yield from _table(row.lines)
    yield "</div></details>"


def _badge(row: Row) -> str:
    level = f' <span class="badge">{escape(row.severity)}</span>' if row.severity in ("error", "warning") else ""
    return f'<span class="badge {escape(row.action)}">{escape(row.action)}</span>{level}'


def _title(row: Row) -> str:
    place = f'<span class="place">{escape(f"{row.source.file}:{row.source.line}")}</span>' if row.source else ""
    return f'<span class="name">{escape(row.label)}</span><span class="head">{escape(row.head)}</span>{place}'


def _table(lines: Sequence[ChangeLine]) -> Iterator[str]:
    if lines:
        yield '<table class="diff"><tbody>'
        yield from map(_line, lines)
        yield "</tbody></table>"


def _line(line: ChangeLine) -> str:
    kind, word = SYMBOLS.get(line.symbol, ("", ""))
    spoken = f'<span class="sr">{word}</span>' if word else ""
    sign = f'<td class="s"><span aria-hidden="true">{escape(line.symbol)}</span>{spoken}</td>'
    part = "" if line.path else " part"
    path = f'<td class="p">{escape(line.path)}</td>' if line.path else ""
    span = "" if line.path else ' colspan="2"'
    return f'<tr class="{kind}{part}">{sign}{path}<td class="v"{span}>{_value(line)}</td></tr>'


def _value(line: ChangeLine) -> str:
    if any(line.sides):
        after = f" → <ins>{escape(line.sides[1])}</ins>" if line.sides[1] else ""
        return f"<del>{escape(line.sides[0])}</del>{after}"
    shown = escape(line.value)
    return f'<span class="hidden-value">{shown}</span>' if line.value == str(HIDDEN) else shown
