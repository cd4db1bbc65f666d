"""Generates docs/rules.md: every rule that refuses a plan or gives a warning, from the rule values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler.kinds import RULES
from reconciler.kinds.kind import Rule
from reconciler.render import explain_words
from reconciler.security.changes import CHANGES

COMMAND = "make docs"
DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "rules.md"

GROUPS = {
    "P": "User pools",
    "C": "App clients",
    "O": "Domains, identity providers, groups and other objects",
    "R": "Replicas",
    "S": "Client secrets",
    "W": "Web ACLs",
    "L": "Trigger permissions",
    "G": "Log groups",
    "": "Rules of poolctl",
}
"""The letter of a group of rules and its title, in the order of the page; empty for rules without a number."""

INTRODUCTION = f"""\
# Rules

<!-- Generated: {COMMAND} -->

A plan that breaks one of these rules is refused before the first write, with the rule in brackets: `[P7]`. The rules
of Cognito have a letter and a number; `validate` applies those that a manifest alone can break, `plan` and `apply` all
of them, to the live pool merged with the manifest. A violation that the live pool already has does not block a plan.
Rules whose effect is a notice block nothing.

[Rules about changes](#changes-that-weaken) refuse nothing by themselves: Cognito accepts such a change, and the pool is
less protected afterwards. It comes first in every format, with its rule, and `--fail-on` makes it count.

`poolctl explain P7` prints the same on the command line. In GitHub's code scanning (`-o sarif`) it is the help of the
alert.
"""


def pages() -> Mapping[str, str]:
    """Return the page by its path from the root of the repository."""
    return {"docs/rules.md": page()}


def page() -> str:
    """Return the page: the same bytes for the same rules."""
    lines = [INTRODUCTION, "| Rule | About | Effect |", "| --- | --- | --- |"]
    grouped = {letter: [r for r in RULES.values() if group(r) == letter] for letter in GROUPS}
    for rules in grouped.values():
        lines += [f"| [{r.id}](#{anchor(r)}) | {r.title} | {outcome(r)} |" for r in rules]
    changes = [one.rule for one in CHANGES.values()]
    lines += [f"| [{r.id}](#{anchor(r)}) | {r.title} | marked |" for r in changes]
    for letter, title in GROUPS.items():
        lines += ["", f"## {title}"]
        for rule in grouped[letter]:
            lines += [*section(rule), example(rule)]
    lines += ["", "## Changes that weaken", *(line for r in changes for line in section(r))]
    return "\n".join(lines) + "\n"


def group(rule: Rule) -> str:
    """Return the letter of a rule of Cognito, or an empty string."""
    return rule.id[0] if rule.id[-1].isdigit() else ""


def anchor(rule: Rule) -> str:
    """Return GitHub's anchor of the heading."""
    return rule.id.lower()


def outcome(rule: Rule) -> str:
    """Return what the rule does, in a word."""
    return "notice" if rule.warning else "refused"


def section(rule: Rule) -> Iterator[str]:
    """Yield the section of a rule."""
    yield from ("", f"### {rule.id}", "", f"**{rule.title}.**", "")
    yield f"- **{'Warned of' if rule.warning else 'Refused'}**: {escaped(rule.what)}"
    yield f"- **Why**: {escaped(rule.why)}"
    yield f"- **Do**: {escaped(rule.advice)}"
    yield f"- **Effect**: {explain_words.effect(rule)}"
    yield f"- **Source**: {', '.join(map(link, rule.source))}"


def example(rule: Rule) -> str:
    """Return the line that leads to the manifests of a rule."""
    return f"- **Example**: [manifests that break and keep it](../tests/rules/fixtures/{rule.id}.yaml)"


def escaped(text: str) -> str:
    """Escape `<scope>`, which Markdown would parse as a tag."""
    return text.replace("<", "&lt;")


def link(source: str) -> str:
    """Return a source as a link to its place in the documentation.

    Raises:
        LookupError: The section or decision does not exist.
    """
    document, number = source.split(" ")
    if document == "decision":
        file = next((f.name for f in (DOCS / "decisions").glob(f"{int(number):04}-*.md")), None)
        if file is None:
            raise LookupError(source)
        return f"[{source}](decisions/{file})"
    text = (DOCS / document).read_text(encoding="utf-8")
    headings = re.findall(rf"^#+ ({re.escape(number)} .*)$", text, re.MULTILINE)
    if len(headings) != 1:
        raise LookupError(source)
    return f"[{source}]({document}#{slug(headings[0])})"


def slug(heading: str) -> str:
    """Return GitHub's anchor of a heading: lower case, without punctuation, with hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
