"""Generates docs/reference/: a page for each kind and for keys around the sections, as `poolctl explain` says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.explaining import envelope_facts
from reconciler.explaining import facts as explain
from reconciler.explaining.explanation import Explanation, Facts, spelled
from reconciler.render.explain_words import facts, short
from schemas.explained_forms import EXPLAINED_FORMS

FOLDER = "docs/reference"
INDEX = f"{FOLDER}/README.md"
SHORT_WORDS = {"create_only": "at creation", "add_only": "only added", "once": "once", "name": "name", "pin": "no"}

LONGEST = 40
"""Characters of a default that fit into a table."""

NOTICE = "<!-- Generated: make docs -->"


def pages() -> Mapping[str, str]:
    """Return every page by its path, the index first: the same bytes for the same tables."""
    kinds, around = explain.kinds(), keys()
    found = {kind.path: page(kind) for kind in kinds} | {key.path: key_page(key) for key in around}
    return {INDEX: index(kinds, around), **{f"{FOLDER}/{path}.md": text for path, text in found.items()}}


def keys() -> tuple[Explanation, ...]:
    """Return the keys around the sections that have members of their own, in the order of the schema."""
    found = (envelope_facts.explain(path) for path in envelope_facts.paths() if "." not in path)
    return tuple(key for key in found if key and key.members)


def index(kinds: tuple[Explanation, ...], around: tuple[Explanation, ...]) -> str:
    """Return the list of kinds, by document, and of the keys around them."""
    lines = [
        "# Reference",
        "",
        NOTICE,
        "",
        "Every kind of object and every member that a manifest can contain, generated from the tables of poolctl.",
        "`poolctl explain KIND.MEMBER` prints the same on the command line. [The manifest](../manifest.md) explains",
        "the keys around the sections, and [coverage](../coverage.md) compares the support in other tools.",
    ]
    for document in dict.fromkeys(kind.document for kind in kinds):
        lines += ["", f"## kind: {document}", "", "| Section | Holds |", "| --- | --- |"]
        lines += [f"| [`{k.path}`]({k.path}.md) | {cell(k.title)} |" for k in kinds if k.document == document]
    lines += ["", "## Around the sections", "", "| Key | Holds |", "| --- | --- |"]
    lines += [f"| [`{k.path}`]({k.path}.md) | {cell(k.title)} |" for k in around]
    lines += ["", "## Forms of values", "", "`poolctl explain '$ref'` says more of each.", ""]
    lines += ["| Written | Is |", "| --- | --- |"]
    lines += [f"| `{form.written}` | {cell(form.title)} |" for form in EXPLAINED_FORMS]
    return "\n".join(lines) + "\n"


def page(kind: Explanation) -> str:
    """Return the page of a kind: its description, a table of its members, and each member in full."""
    inside = [explain.explain(path) for path in explain.paths() if explain.explain(path).section == kind.path]
    found = [about for about in inside if about.facts]
    lines = [f"# `{kind.path}`", "", NOTICE, "", *sentences(kind), "", *bullets(kind), "", "## Members", ""]
    lines += ["| Member | Type | Default | Change |", "| --- | --- | --- | --- |", *map(row, found), ""]
    nested = [line for line in kind.members if line.path in {k.path for k in explain.kinds()}]
    if nested:
        links = ", ".join(f"[`{line.name}`]({line.path}.md)" for line in nested)
        lines += [f"Nested objects: {links}.", ""]
    for about in found:
        lines += [f"### `{name(about)}`", "", *sentences(about), "", *bullets(about), ""]
    return "\n".join([*lines, *elsewhere([kind, *found])]).rstrip() + "\n"


def key_page(key: Explanation) -> str:
    """Return the page of a key around the sections: its description, its members, and each of them in full."""
    found = [about for line in key.members if (about := envelope_facts.explain(line.path))]
    lines = [f"# `{key.path}`", "", NOTICE, "", *sentences(key), "", *bullets(key), "", "## Members", ""]
    lines += ["| Member | Type | Holds |", "| --- | --- | --- |"]
    lines += [
        f"| [`{line.name}`](#{anchor(line.name)}) | {cell(short(line.type))} | {cell(line.title)} |"
        for line in key.members
    ]
    lines += [""]
    for about in found:
        lines += [f"### `{about.path.removeprefix(f'{key.path}.')}`", "", *sentences(about), "", *bullets(about), ""]
    return "\n".join(lines).rstrip() + "\n"


def name(about: Explanation) -> str:
    """Return the path of a member within its kind."""
    return about.path.removeprefix(f"{about.section}.")


def sentences(about: Explanation) -> Iterator[str]:
    """Yield title and description, separated by an empty line."""
    yield about.title
    if about.description:
        yield ""
        yield about.description


def bullets(about: Explanation) -> Iterator[str]:
    """Yield the facts as list items; a continuation is part of the same item."""
    items: list[str] = []
    for label, text in facts(about):
        if label:
            items.append(f"- **{label}**: {text}{'.' if label == 'IAM' and text.startswith('With ') else ''}")
        else:
            items[-1] += f" {text}." if text.startswith("With ") else f" {text}"
    yield from (item.replace("<", "&lt;") for item in items)


def row(about: Explanation) -> str:
    """Return the row of a member, or an empty string for a path without facts."""
    if not (known := about.facts):
        return ""
    kind = cell(short(about.type))
    return f"| [`{name(about)}`](#{anchor(name(about))}) | {kind} | {default(known)} | {change(known)} |"


def default(known: Facts) -> str:
    """Return the default for a table cell."""
    if not known.default:
        return "required" if known.required else ""
    text = spelled(known.default[0])
    return f"`{cell(text)}`" if len(text) <= LONGEST else "see below"


def change(known: Facts) -> str:
    """Return in a word or two if and how a member can be changed."""
    if known.change.mutability == "changeable":
        return "yes" if known.change.removable else "yes, not unset"
    return SHORT_WORDS[known.change.mutability]


def cell(text: str) -> str:
    """Return a text escaped for a table cell."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def anchor(heading: str) -> str:
    """Return GitHub's anchor of a heading."""
    return heading.lower().replace(".", "")


def elsewhere(places: list[Explanation]) -> Iterator[str]:
    """Yield members of the API that are configured elsewhere."""
    found = [(f"{p.path}.{n}", advice) for p in places for n, advice in p.not_here]
    if found:
        yield from ("## Not here", "", "| Member | Instead |", "| --- | --- |")
        yield from (f"| `{path}` | {cell(advice)} |" for path, advice in found)
