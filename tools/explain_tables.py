"""Generates reconciler/explaining/tables/, which `poolctl explain` reads: what the tables of the engine say today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.explaining import envelope_facts, facts, form_facts, written
from reconciler.explaining.explanation import Explanation

FOLDER = "reconciler/explaining/tables"


def pages() -> Mapping[str, str]:
    """Return the files by their paths."""
    sections: dict[str, list[Explanation]] = {}
    for path in facts.paths():
        sections.setdefault(path.partition(".")[0], []).append(facts.explain(path))
    forms = [about for name in form_facts.names() if (about := form_facts.explain(name))]
    tables = [written.table(written.KINDS, facts.kinds()), written.table(written.ENVELOPE, _envelope())]
    tables += [written.table(written.FORMS, forms)]
    tables += [written.table(name, found) for name, found in sections.items()]
    return {f"{FOLDER}/{made.name}.json": made.text for made in tables}


def _envelope() -> Iterator[Explanation]:
    for path in envelope_facts.paths():
        about = envelope_facts.explain(path)
        if about:
            yield about
