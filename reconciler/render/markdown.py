"""Reports as Markdown: for a comment on a pull request, a step summary, a chat.

GitHub takes 65,535 characters, so a report has a limit, and only details are cut: the marker by which a script
finds the comment again, the dangerous lines and the summary stay, and of the details those of what weakens stay
longest. A cut report says so, to scripts and to people, and there for each change, so that no reviewer approves one
unseen.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from reconciler.model import Position, short_place
from reconciler.render.alarms import Alarm
from reconciler.render.change_lines import as_diff
from reconciler.render.drift_words import attributed
from reconciler.render.report import MAY_WEAKEN, WEAKENS, Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import plural

MAX_BYTES = 65_000
"""Longest report, in bytes of UTF-8; below GitHub's limit, so that a script can add a line."""

LONGEST_TARGETS = 1_000
"""Longest list of pools within the marker, in characters; longer ones are replaced by their digest."""

SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
"""Characters with a meaning in a line of Markdown."""

ROOM = 200
"""Bytes kept free for the sentences about what was cut."""

CUT = "**details are cut**"
"""What a shortened report says of a change whose lines it leaves out."""


class Block(NamedTuple):
    """A part of the report about a pool."""

    text: str
    """All of it."""
    cut: str
    """What takes its place if there is no room; the same for what is always kept."""
    first: bool = False
    """Whether it gets its room before the others."""


class CautionLine(NamedTuple):
    """A line of the caution."""

    text: str
    """The line."""
    rank: int = 0
    """Where there is no room for all, those with the lowest rank stay."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return a report as Markdown."""
    digest, max_bytes = options.digest(), options.max_bytes or MAX_BYTES
    dangers, blocks = [*_dangers(report)], [*_blocks(report)]
    whole = _joined([_marker(report, digest, cut=False), *_head(report, dangers), *(b.text for b in blocks)])
    if _size(whole) <= max_bytes:
        return whole
    marker = _marker(report, digest, cut=True)
    kept = _foremost(dangers, max_bytes - _size(_joined([marker, *_head(report, [])])) - 2 * ROOM)
    if len(kept) < len(dangers):
        kept = [*kept, CautionLine(f"> … and {len(dangers) - len(kept)} more.\n")]
    start = [marker, *_head(report, kept), ""]
    shown = _shortened(blocks, max_bytes - _size(_joined(start)) - ROOM)
    count = sum(b.startswith("<details") for b in shown)
    total = sum(b.text.startswith("<details") for b in blocks)
    start[-1] = f"**Truncated:** {count} of {plural(total, 'object')} shown. Do not approve from this text alone.\n"
    return _joined([*start, *shown])


RENDERERS = renderers(render)
"""What this format renders."""


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(parts)


def _size(text: str) -> int:
    return len(text.encode())


def _fitting(parts: Sequence[str], room: int) -> list[str]:
    """Take parts from the front for as long as they fit."""
    found = []
    for part in parts:
        room -= _size(part) + 1
        if room < 0:
            break
        found.append(part)
    return found


def _foremost(lines: Sequence[CautionLine], room: int) -> list[CautionLine]:
    """Return the lines that fit, in their order: those of the lowest rank first, of one rank the first ones."""
    by_rank = sorted(range(len(lines)), key=lambda i: lines[i].rank)
    kept = by_rank[: len(_fitting([lines[i].text for i in by_rank], room))]
    return [lines[i] for i in sorted(kept)]


def _shortened(blocks: Sequence[Block], room: int) -> list[str]:
    """Return the blocks that fit, those of what weakens first, and for each other one that its details are cut."""
    spare = room - sum(_size(b.cut) + 1 for b in blocks)
    if spare < 0:
        kept = _fitting([b.cut for b in blocks], room - ROOM)
        left = sum(b.text != b.cut for b in blocks[len(kept) :])
        return [*kept, f"- … and {plural(left, 'more object')}, {CUT}\n"]
    found = [b.cut for b in blocks]
    for i, block in sorted(enumerate(blocks), key=lambda pair: not pair[1].first):
        more = _size(block.text) - _size(block.cut)
        found[i] = block.text if more <= spare else block.cut
        spare -= more if more <= spare else 0
    return found


def _marker(report: Report, digest: str, *, cut: bool) -> str:
    targets = ",".join(dict.fromkeys(quote(s.name, safe="/") for s in report.suites))
    if len(targets) > LONGEST_TARGETS:
        targets = f"sha256:{hashlib.sha256(targets.encode()).hexdigest()}"
    truncated = str(cut).lower()
    return f"<!-- poolctl {report.command} targets={targets} digest={quote(digest, safe=':')} truncated={truncated} -->"


def _head(report: Report, dangers: Sequence[CautionLine]) -> list[str]:
    danger = ["> [!CAUTION]", *(line.text for line in dangers)] if dangers else []
    if danger and not danger[-1].endswith("\n"):
        danger[-1] += "\n"
    legend = [f"{text(report.legend)}\n"] if report.legend else []
    return [f"## poolctl {report.command}\n", *danger, f"**{text(report.summary)}**\n", *legend]


def _dangers(report: Report) -> Iterator[CautionLine]:
    """Yield the lines of the caution. Where there is no room, what weakens stays longer than what is only lost."""
    for row in report.dangers:
        explained = row.notes and (row.severity == "error" or row.action in ("danger", "undeclared"))
        notes = f": {' '.join(map(text, row.notes))}" if explained else ""
        if not row.alarms and not report.is_in_alarms(row):
            line = f"> - {code(report.name(row))} **{text(row.head)}**{notes}"
            yield CautionLine(line, 0 if row.severity == "error" else 2)
    many = len(report.suites) > 1
    yield from (CautionLine(_alarm(alarm, many=many), 1) for _, alarm in report.alarms)


def _alarm(alarm: Alarm, *, many: bool) -> str:
    """One line: what, from, to, what follows, who did it, and where the manifest says so."""
    place = f"{alarm.address.pool}/{alarm.place}" if many else alarm.place
    head = f"{code(place)} **{text(alarm.verdict)}**"
    step = f": {code(alarm.step)}" if alarm.step else ""
    by = f" By {text(attributed(alarm.attribution))}." if alarm.attribution else ""
    return f"> - {head}{step}. {' '.join(map(text, alarm.sentences))}{by}{_where(alarm.source)}"


def _blocks(report: Report) -> Iterator[Block]:
    weak = {alarm.address.full for _, alarm in report.alarms}
    for suite in report.suites:
        title = f"### {text(suite.title)}\n"
        yield Block(title, title)
        yield from _suite(suite, weak)


def _suite(suite: Suite, weak: Collection[str]) -> Iterator[Block]:
    """Yield the blocks of a pool; those of objects that weaken are open. An alarm has no block: the caution has it."""
    rows = [r for r in suite.rows if r.verdict != "pass" or r.action not in ("unchanged", "valid")]
    rows = [r for r in rows if r.action not in (WEAKENS, MAY_WEAKEN)]
    if not rows:
        yield Block("Nothing to report.\n", "Nothing to report.\n")
    for row in (r for r in rows if r.lines or r.notes):
        opened = bool(row.alarms) or (row.key in weak and row.rule.startswith(("plan/", "apply/")))
        yield Block(_details(row, opened=opened), f"- {code(row.label)} {text(row.head)}, {CUT}\n", opened)
    rest = [r for r in rows if not r.lines and not r.notes]
    bullets = "".join(f"{_bullet(r)}\n" for r in rest if not r.folded)
    if bullets:
        yield Block(bullets, f"- … and what needs no details, {CUT}\n")
    yield from _notes([r for r in rest if r.folded])


def _notes(rows: Sequence[Row]) -> Iterator[Block]:
    """Yield the notes that every run repeats, folded into one block."""
    if rows:
        title = plural(len(rows), "note")
        bullets = "".join(f"{_bullet(r)}\n" for r in rows)
        yield Block(f"<details><summary>{title}</summary>\n\n{bullets}\n</details>\n", f"- {title}, {CUT}\n")


def _bullet(row: Row) -> str:
    if row.action == "notice":
        return f"- Note: {text(row.head)}{_where(row.source)}"
    return f"- {code(row.label)} {text(row.head)}{_where(row.source)}"


def _details(row: Row, *, opened: bool = False) -> str:
    title = f"<code>{html.escape(row.label)}</code> {html.escape(row.head)}"
    notes = [f"{text(n)}\n" for n in row.notes]
    where = [f"{_where(row.source).strip()}\n"] if row.source else []
    begin = "<details open>" if opened else "<details>"
    parts = [f"{begin}<summary>{title}</summary>\n", *notes, *where, *fenced(as_diff(row.lines)), "</details>\n"]
    return "\n".join(parts)


def _where(source: Position | None) -> str:
    return f" {code(short_place(source))}" if source else ""


def fenced(lines: Sequence[str], language: str = "diff") -> list[str]:
    """Return lines as a fenced block whose fence is longer than any within it; empty for no lines.

    Args:
        lines: What it holds.
        language: How it is to be coloured.
    """
    if not lines:
        return []
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, f"{fence}\n"]


def text(words: str) -> str:
    """Return words that Markdown shows as they are, without links, mentions and markup."""
    escaped = SPECIAL.sub(r"\\\1", html.escape(words, quote=False))
    return escaped.replace("@", "&#64;").replace("://", "&#58;//")


def code(words: str) -> str:
    """Return words as code, whatever backticks they hold."""
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    if not longest:
        return f"`{words}`"
    fence = "`" * (longest + 1)
    return f"{fence} {words} {fence}"
