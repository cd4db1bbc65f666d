"""What is wrong with poolctl.yaml, each with its place and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.cli.config_keys import LEFT_OUT, SECTIONS, key
from reconciler.errors import Problem, flow
from reconciler.manifests.documents import RawDocument, nearest
from reconciler.model import Path, Position, dotted
from reconciler.terminal.suggestions import closest, did_you_mean, same

LISTED = "docs/configuration.md lists the keys."


class ConfigProblems:
    """Collects what is wrong with one document."""

    def __init__(self, document: RawDocument, problems: list[Problem]) -> None:
        """Take a document, and the list that problems are added to."""
        self.document = document
        self.found = problems

    def at(self, path: Path) -> Position:
        """Return where a value is, or the nearest thing around it."""
        return nearest(self.document.positions, path) or self.document.start

    def wrong(self, path: Path, message: str, advice: str = "") -> None:
        """Add that a value is wrong."""
        self.found.append(Problem(self.at(path), dotted(path), message, advice))

    def wrong_key(self, path: Path, message: str, advice: str = "") -> None:
        """Add that a key is wrong, at the place of the key and not of its value."""
        where = self.document.keys.get(path) or self.at(path)
        self.found.append(Problem(where, dotted(path), message, advice))

    def misspelt_keys(self, known: Sequence[str], meant: Sequence[str]) -> None:
        """Add each key at the top that is not known and probably means one of these."""
        for name in self.document.tree:
            if name not in known and closest(str(name), known) in meant:
                self.wrong_key((name,), *_unknown(str(name), known))

    def unknown_keys(self, path: Path, known: Sequence[str]) -> None:
        """Add each key of a map that is not known, with what is meant or where it belongs.

        Args:
            path: The map.
            known: Its keys.
        """
        tree: Any = self.document.tree
        for step in path:
            tree = tree[step]
        for name in tree:
            if name not in known:
                self.wrong_key((*path, name), *_unknown(str(name), known))


def _unknown(name: str, known: Sequence[str]) -> tuple[str, str]:
    if near := same(name, known):
        return f"{flow(name)} is not a key.", did_you_mean(near)
    if option := same(name, LEFT_OUT):
        return f"it is not taken from this file: {LEFT_OUT[option]}.", f"Pass --{option} to the command."
    below = next((section for section, options in SECTIONS.items() if same(name, map(key, options))), "")
    if below:
        return f"{flow(name)} is an option of single commands.", f"Write it below one, such as {below}."
    near = closest(name, known)
    return f"{flow(name)} is not a key.", did_you_mean(near) if near else LISTED
