"""Reports as one HTML file, for reviews, approvals and audits.

The file is self-contained: it loads nothing, and its security policy forbids loading. Without JavaScript everything
is visible; with it, there are a search box and filters. Jinja2 escapes all texts of manifests and of AWS, and the
policy names the one script and the one style sheet by their digests, so injected code could not run.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from reconciler import __version__
from reconciler.model import Direction
from reconciler.render import alarms
from reconciler.render.alarms import Alarm
from reconciler.render.json_parts import DIRECTIONS
from reconciler.render.marks import HIDDEN
from reconciler.render.report import MAY_WEAKEN, WEAKENS, Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import plural

if TYPE_CHECKING:  # only `-o html` needs it
    from jinja2 import Template

QUIET = frozenset({"unchanged", "valid", "read"})
"""Actions of rows that are folded into one line at the end of their pool."""

OPEN = 60
"""Most objects that are shown unfolded; above that, only the dangerous ones are."""

SYMBOLS = {"+": "added", "-": "removed", "~": "changed"}
"""For each symbol: the word for screen readers. It has no colour: what is added is no better than what is removed."""

TAGS = {
    Direction.WEAKENS: "▼ weakens",
    Direction.MIXED: "◆ may weaken",
    Direction.STRENGTHENS: "▲ strengthens",
    Direction.NEUTRAL: "● neutral",
}
"""How a direction is shown: by a shape and in words, so that colour is not needed."""


class Names:
    """The identifiers of rows within the page; two equal rows have one each.

    What weakens is shown with its object, so the row of an alarm leads there.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        cards = [row for row in rows if not _is_alarm(row)]
        self._names = {id(row): f"r{number}" for number, row in enumerate(cards, 1)}
        objects = {row.key: self._names[id(row)] for row in reversed(cards) if row.directions}
        self._names |= {id(row): objects[row.key] for row in rows if _is_alarm(row)}

    def __getitem__(self, row: Row) -> str:
        return self._names[id(row)]


def _is_alarm(row: Row) -> bool:
    return row.action in (WEAKENS, MAY_WEAKEN)


class PoolSection(NamedTuple):
    """What the page shows of one pool or file."""

    title: str
    """Which it is."""
    place: str
    """Id, account, Region and manifest; empty for a file."""
    loud: Sequence[Row]
    """Rows that are shown each by itself, dangerous ones first."""
    quiet: Sequence[Row]
    """Rows that are folded into one line."""
    quietly: str
    """The text of that line."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return a report as a self-contained HTML file."""
    from markupsafe import Markup

    style, script = _asset("report.css"), _asset("report.js")
    rows = [row for row in report.rows if not _is_alarm(row)]
    return _template().render(
        report=report,
        title=f"poolctl {report.command}",
        names=Names(report.rows),
        tally=alarms.tally(alarm for _, alarm in report.alarms),
        alarms_of=_alarms_of(report.rows),
        brief=_brief(report),
        gate=options.gate if options.gate and options.gate.asked else None,
        directions={d: n for d in TAGS if (n := sum(d in row.directions for row in rows))},
        tags=TAGS,
        words=DIRECTIONS,
        pools=[_section(suite) for suite in report.suites],
        actions=Counter(r.action for r in rows),
        kinds=list(dict.fromkeys(r.kind for r in rows)),
        severities=[s for s in ("error", "warning", "note") if any(r.severity == s for r in rows)],
        folded=len(rows) > OPEN,
        symbols=SYMBOLS,
        hidden=str(HIDDEN),
        digest=options.digest(),
        version=__version__,
        # trusted: made only of files of this package
        policy=Markup(_policy(style, script)),  # noqa: S704
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
    )


def _brief(report: Report) -> list[Alarm]:
    """Return the alarms whose sentences the next one repeats: of those in a row, the last one has them for all."""
    found = [alarm for row in report.dangers for alarm in row.alarms]
    return [one for one, after in itertools.pairwise(found) if _words(one) == _words(after)]


def _words(alarm: Alarm) -> tuple[object, ...]:
    return alarm.address, alarm.effect.rules, alarm.effect.risk, alarm.sentences, alarm.attribution


def _alarms_of(rows: Sequence[Row]) -> dict[str, list[Alarm]]:
    """Return the alarms of each object, by its key: those of a plan have rows of their own."""
    found: dict[str, list[Alarm]] = {}
    for row in rows:
        if _is_alarm(row):
            found.setdefault(row.key, []).extend(row.alarms)
    return found


RENDERERS = renderers(render, None)
"""What this format renders."""


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    page = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return page.from_string(_asset("report.html.j2"))


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


def _section(suite: Suite) -> PoolSection:
    title, _, place = suite.title.partition(" (")
    cards = [r for r in suite.rows if not _is_alarm(r)]
    quiet = [r for r in cards if r.action in QUIET]
    loud = sorted((r for r in cards if r.action not in QUIET), key=lambda r: (not r.danger, not _is_alarming(r)))
    return PoolSection(title, place.replace(") — ", " · ", 1), loud, quiet, _quietly(quiet))


def _is_alarming(row: Row) -> bool:
    return Direction.WEAKENS in row.directions or Direction.MIXED in row.directions


def _quietly(rows: Sequence[Row]) -> str:
    if all(r.action == "unchanged" for r in rows):
        return f"{plural(len(rows), 'object')} unchanged"
    return f"{len(rows)} without findings"
