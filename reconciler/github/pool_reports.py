"""Drift reports, merged by pool: a fleet is checked in shards, and each shard writes its own report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.drift import report_store
from reconciler.errors import InvalidInput
from reconciler.model import Tree
from reconciler.render.json_parts import alarming


@dataclass(frozen=True, slots=True)
class Pool:
    """The reports about one pool."""

    key: str
    """`ACCOUNT/REGION/NAME`."""
    name: str
    """Its name."""
    manifests: tuple[str, ...]
    """The files that declare it."""
    complete: bool
    """Whether everything could be read and compared."""
    findings: tuple[Tree, ...]
    """What counts as drift."""
    noted: int
    """How many findings do not count."""
    gaps: tuple[Tree, ...]
    """What could not be read."""
    refusals: tuple[Tree, ...]
    """Reasons why it could not be compared."""
    expired: tuple[Tree, ...]
    """Expired ignore rules."""
    known: frozenset[str]
    """Ids that the reports omitted as reported before; their pools are not recorded."""

    @property
    def entries(self) -> tuple[Tree, ...]:
        """All entries that need action."""
        return (*self.findings, *self.refusals, *self.gaps, *self.expired)

    @property
    def ids(self) -> list[str]:
        """The ids of the entries, in order."""
        return sorted({entry["id"] for entry in self.entries})

    @property
    def clean(self) -> bool:
        """Whether there is no drift. A failed read does not mean no drift."""
        return self.complete and not self.entries


def pools(files: Sequence[str]) -> list[Pool]:
    """Read reports and return their pools, by key.

    Raises:
        InvalidInput: There is none, or one cannot be read or is not a drift report.
    """
    if not files:
        raise InvalidInput("No report was given. Name files that `poolctl drift -o json=FILE` wrote.")
    trees = [_report(file) for file in files]
    keys = sorted({pool["key"] for tree in trees for pool in tree["pools"]})
    return [_pool(key, trees) for key in keys]


def _report(file: str) -> Tree:
    try:
        tree: Tree = json.loads(Path(file).read_text(encoding="utf-8"))
        _check(tree)
    except OSError as error:
        raise report_store.unread(file, error.strerror or "the operating system refused") from None
    except (ValueError, KeyError, TypeError):
        raise report_store.no_report(file) from None
    return tree


def _check(tree: Tree) -> None:
    """Access all required members, so an invalid file is found before anything is written."""
    if not str(tree["format_version"]).startswith("1."):
        raise ValueError
    lists = (tree["findings"], tree["refusals"], tree["coverage"]["gaps"], tree["expired"])
    _ = [(entry["id"], entry["pool_key"]) for entries in lists for entry in entries]
    _ = [alarming(finding) for finding in tree["findings"]]
    _ = [(pool["key"], pool["name"], pool["complete"]) for pool in tree["pools"]], tree["known"]


def _pool(key: str, trees: Sequence[Tree]) -> Pool:
    mine = [pool for tree in trees for pool in tree["pools"] if pool["key"] == key]
    findings = _of(key, (f for tree in trees for f in tree["findings"]))
    return Pool(
        key=key,
        name=mine[0]["name"],
        manifests=tuple(dict.fromkeys(file for pool in mine for file in _files(pool))),
        complete=all(pool["complete"] for pool in mine),
        findings=tuple(f for f in findings if f["fails"]),
        noted=sum(not f["fails"] for f in findings),
        gaps=_of(key, (g for tree in trees for g in tree["coverage"]["gaps"])),
        refusals=_of(key, (r for tree in trees for r in tree["refusals"])),
        expired=_of(key, (e for tree in trees for e in tree["expired"])),
        known=frozenset(i for tree in trees for i in tree["known"]),
    )


def _files(pool: Tree) -> list[str]:
    """Return the files that declare a pool: those of its parts, if it has any."""
    return [part["manifest"] for part in pool.get("parts", ())] or [pool["manifest"]]


def _of(key: str, entries: Iterable[Tree]) -> tuple[Tree, ...]:
    """Return the entries of a pool without duplicates."""
    return tuple({entry["id"]: entry for entry in entries if entry["pool_key"] == key}.values())
