"""Facts about a kind, a member or a rule, for people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.render.explain_words import facts, rule_facts, security_facts, short
from reconciler.render.human.pen import BOLD, Pen
from reconciler.render.subjects import USUAL, Explained, RenderOptions

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.explaining.explanation import Explanation, FactLine
    from reconciler.kinds.kind import Rule
    from reconciler.security.rule import SecurityRule

LABEL = 14
"""Columns of the words on the left."""

NAMES = 30
"""Widest column of names; a longer one has a line of its own."""


def explain(found: Explained, options: RenderOptions = USUAL) -> str:
    """Return the text about a place or a rule, or the list of kinds."""
    if found.rule:
        return _rule(found.rule, Pen(color=options.color), options.width)
    if found.security:
        return _security(found.security, Pen(color=options.color), options.width)
    if found.about:
        return _place(found.about, Pen(color=options.color), options.width)
    return _overview(found.kinds, Pen(color=options.color), options.width)


def _place(about: Explanation, pen: Pen, width: int) -> str:
    lines = [pen.paint(BOLD, about.path), *_wrapped(about.title, width)]
    if about.description:
        lines += _wrapped(about.description, width)
    lines.append("")
    for label, text in facts(about):
        lines += _fact(label, text, pen, width)
    if about.members:
        lines += ["", pen.paint(BOLD, "Members"), *_table(about.members, width)]
    return "\n".join(lines) + "\n"


def _overview(kinds: Sequence[Explanation], pen: Pen, width: int) -> str:
    """One line for each kind, by the kind of document."""
    lines = []
    for document in dict.fromkeys(k.document for k in kinds):
        lines += [pen.paint(BOLD, f"kind: {document}")]
        lines += _columns([(k.path, "", k.title) for k in kinds if k.document == document], width)
        lines.append("")
    more = (
        "`poolctl explain KIND` and `poolctl explain KIND.MEMBER` show more.",
        "`poolctl explain '$ref'` explains a form of a value.",
        "`poolctl explain RULE` explains a refusal: the rule is shown in brackets, as in [P7].",
        "`poolctl explain CG001` explains a security finding of `poolctl lint`.",
    )
    return "\n".join([*lines, *more]) + "\n"


def _rule(about: Rule, pen: Pen, width: int) -> str:
    lines = [pen.paint(BOLD, about.id), *_wrapped(about.title, width), ""]
    for label, text in rule_facts(about):
        lines += _fact(label, text, pen, width)
    return "\n".join(lines) + "\n"


def _security(about: SecurityRule, pen: Pen, width: int) -> str:
    lines = [pen.paint(BOLD, about.id), *_wrapped(about.rule.title, width), ""]
    for label, text in security_facts(about):
        lines += _fact(label, text, pen, width)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, max(width, 24), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _fact(label: str, text: str, pen: Pen, width: int) -> list[str]:
    """Return a fact with its label on the left; the label is painted after the lines are broken."""
    first, *rest = _wrapped(f"{label:<{LABEL}}{text}", width - 2, " " * LABEL) or [""]
    painted = pen.paint("2", first[:LABEL]) + first[LABEL:] if label else first
    return [f"  {line}" for line in (painted, *rest)]


def _table(lines: Sequence[FactLine], width: int) -> list[str]:
    widest = max((len(short(line.type)) for line in lines), default=0)
    return _columns([(line.name, f"{short(line.type):<{widest}}  ", line.title) for line in lines], width)


def _columns(rows: Sequence[tuple[str, str, str]], width: int) -> list[str]:
    """Return rows of two short columns, and a text that is broken within its own column."""
    left = min(max((len(name) for name, _, _ in rows), default=0), NAMES)
    found: list[str] = []
    for name, middle, text in rows:
        if len(name) > left:
            found.append(f"  {name}")
        head = f"  {name if len(name) <= left else '':<{left}}  {middle}"
        first, *rest = _wrapped(text, max(width - len(head), 24)) or [""]
        found += [(head + first).rstrip(), *(" " * len(head) + line for line in rest)]
    return found
