"""Each citation leads somewhere: a section or a rule of docs/cognito.md, or a decision in docs/decisions/.

The forms are those that code, tests and documents use: `cognito.md 2.3`, a list such as `cognito.md 2.9, 2.10; O4 to
O7`, a title in quotes (`cognito.md, "Model versus service"`), `rule P7`, `rules P25 to P27`, `decision 13`, `decisions
23 and 2`. A citation may run over the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "docs" / "cognito.md"
DECISIONS = ROOT / "docs" / "decisions"
FOLDERS = ("reconciler", "schemas", "tools", "tests", "docs", "pools", "benchmarks", "deploy", ".github")
KINDS_OF_FILES = {".py", ".md", ".yaml", ".yml", ".json", ".toml"}

BETWEEN = r"(?:,|;|\band\b|\bits\b|\brules?\b|\s)*(?:(?P<range>\bto )\s*)?"
"""What may be between two items of a list."""

SECTION, RULE, DECISION = r"\d{1,2}(?:\.\d{1,2})?(?![\w%])", r"[PCORSW]\d{1,2}\b", r"\d{1,2}(?![\w.%])"
TOKEN = re.compile(rf'{BETWEEN}(?P<what>{SECTION}|{RULE}|"[A-Z][^"]+")')
RULE_TOKEN = re.compile(rf"{BETWEEN}(?P<what>{RULE})")
NUMBER_TOKEN = re.compile(rf"{BETWEEN}(?P<what>{DECISION})")
STARTS = {
    "facts": (re.compile(r"cognito\.md(?=,? [\d\"]| and its)"), TOKEN),
    "rule": (re.compile(r"\b[Rr]ules?(?= [PCORSW]\d)"), RULE_TOKEN),
    "decision": (re.compile(r"\b[Dd]ecisions?(?= \d)"), NUMBER_TOKEN),
}
INTERNAL = [f"cognito-{'facts'}", f"terraform-{'lessons'}", r"\bdesign,? (?:§ ?)?\d", r"\bfacts \d"]


@dataclass(frozen=True)
class Citation:
    """What is cited, and where."""

    where: str
    kind: str
    what: str


def files() -> Iterator[Path]:
    yield from (f for f in ROOT.iterdir() if f.suffix in KINDS_OF_FILES)
    for folder in FOLDERS:
        found = (f for f in sorted((ROOT / folder).rglob("*")) if f.is_file() and f.suffix in KINDS_OF_FILES)
        yield from (f for f in found if "golden" not in f.parts and "samples" not in f.parts and f != Path(__file__))


def joined(text: str) -> str:
    """One line, without the marks of comments, so that a citation over two lines is found."""
    return re.sub(r"\s*\n\s*(?:#:? |\* |> )?\s*", " ", text)


def citations(text: str, where: str = "") -> Iterator[Citation]:
    flat = joined(text)
    for kind, (start, token) in STARTS.items():
        for found in start.finditer(flat):
            yield from listed(flat, found.end(), token, kind, where)


def listed(text: str, position: int, token: re.Pattern[str], kind: str, where: str) -> Iterator[Citation]:
    last = ""
    while match := token.match(text, position):
        what = match["what"].strip('"')
        yield from (Citation(where, kind, each) for each in (between(last, what) if match["range"] else [what]))
        last, position = what, match.end()


def between(first: str, last: str) -> list[str]:
    """What a range says after its first: P4 to P8, 2.1 to 2.7, 3 to 5."""
    stem = re.sub(r"\d+$", "", first)
    assert last.startswith(stem), f"{first} to {last}"
    low, high = int(first[len(stem) :]), int(last[len(stem) :])
    assert low < high, f"{first} to {last}"
    return [f"{stem}{number}" for number in range(low + 1, high + 1)]


TEXT = FACTS.read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#{2,3} (.+)$", TEXT, re.MULTILINE)
SECTIONS = {heading.split()[0] for heading in HEADINGS if heading[0].isdigit()}
TITLES = {*HEADINGS, *(title.rstrip(".:") for title in re.findall(r"^\*\*([^*]+)\*\*", TEXT, re.MULTILINE))}
RULES = set(re.findall(r"^\| \*\*([PCORSW]\d+)\*\* \|", TEXT, re.MULTILINE))
PAGES = {str(int(page.name[:4])) for page in DECISIONS.glob("[0-9]*.md")}
ALL = [c for file in files() for c in citations(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix())]


def exists(citation: Citation) -> bool:
    if citation.kind == "decision":
        return citation.what in PAGES
    return citation.what in SECTIONS | RULES | TITLES


def test_every_citation_leads_somewhere() -> None:
    assert [citation for citation in ALL if not exists(citation)] == []


@pytest.mark.parametrize(("kind", "least"), [("facts", 150), ("rule", 10), ("decision", 25)])
def test_citations_are_found_at_all(kind: str, least: int) -> None:
    assert len([citation for citation in ALL if citation.kind == kind]) >= least


def test_the_authority_has_what_is_to_be_found() -> None:
    assert {"0", "0.10", "1.1", "2.22", "15.14"} <= SECTIONS
    assert {"P1", "P37", "C1", "C23", "O1", "O20"} <= RULES
    assert {str(number) for number in range(1, 39)} <= PAGES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(cognito.md 2.3).", ["2.3"]),
        ("cognito.md 2.9, 2.10; O4 to O7; cognito.md\n    15.11)", ["2.9", "2.10", "O4", "O5", "O6", "O7", "15.11"]),
        ("(cognito.md 2.1 to 2.3)", ["2.1", "2.2", "2.3"]),
        ('cognito.md, "Model versus\n# service")', ["Model versus service"]),
        ('cognito.md 2.3 and its "Client secrets": two', ["2.3", "Client secrets"]),
        ("cognito.md 2.1, 4.2; rules P25 to P27)", ["2.1", "4.2", "P25", "P26", "P27", "P25", "P26", "P27"]),
        ("cognito.md 10: takes 3 ARNs, decision 2", ["10", "2"]),
        ("decisions 23 and 2; decision 7", ["23", "2", "7"]),
        ("rule O9 and rules C1, C2", ["O9", "C1", "C2", "C1", "C2"]),
    ],
)
def test_forms_of_citations_are_understood(text: str, found: list[str]) -> None:
    assert [citation.what for citation in citations(text)] == found


@pytest.mark.parametrize("text", ["cognito.md 99.1", "rule P99", "decision 99", 'cognito.md, "Nothing of that name"'])
def test_what_leads_nowhere_is_noticed(text: str) -> None:
    assert [exists(citation) for citation in citations(text)] == [False]


@pytest.mark.parametrize("pattern", INTERNAL)
def test_nothing_cites_what_nobody_outside_has(pattern: str) -> None:
    wrong = re.compile(pattern)
    assert [str(f.relative_to(ROOT)) for f in files() if wrong.search(joined(f.read_text(encoding="utf-8")))] == []


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_contents_of_the_facts_name_every_section() -> None:
    linked = re.findall(r"\]\(#([^)]+)\)", TEXT.partition("## Contents")[2].partition("\n## ")[0])
    assert linked == [anchor(heading) for heading in HEADINGS if heading != "Contents"]


def test_links_to_a_section_of_the_facts_lead_somewhere() -> None:
    linked = {(str(f), a) for f in files() for a in re.findall(r"cognito\.md#([\w-]+)", f.read_text(encoding="utf-8"))}
    assert [(where, name) for where, name in linked if name not in {anchor(heading) for heading in HEADINGS}] == []


def test_references_within_the_facts_lead_somewhere() -> None:
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert set(links) <= {anchor(heading) for heading in HEADINGS}
    numbers = re.findall(r"\b(?:is in|has|sections?|in|see|See also) (\d{1,2}\.\d{1,2})(?!\.?\d)", TEXT)
    assert len(numbers) > 10
    assert set(numbers) <= SECTIONS
