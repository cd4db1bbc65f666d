"""`Fn::ForEach` of AWS::LanguageExtensions: expands loops, before anything is evaluated.

A loop is a key of a map: `Fn::ForEach::NAME: [ITEM, [VALUE, ...], {KEY: VALUE}]`. It is replaced by its last part once
for each value, in which `${ITEM}` becomes the value, `&{ITEM}` its letters and digits, and `Ref: ITEM` the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reconciler.importing.cloudformation.leaves import NotKnown, Remainder, TemplateMistake, as_text
from reconciler.importing.cloudformation.template import LANGUAGE_EXTENSIONS, Template
from reconciler.model import Path, Tree, dotted

LOOP = "Fn::ForEach::"

MAX_MADE = 10_000
"""Most keys that the loops of one template make; CloudFormation takes 500 resources."""

PLACES = ("Conditions", "Resources", "Outputs")
"""Sections that may have loops, at any depth."""

Collection = Callable[[Any, Path], Any]
"""Evaluates the collection of a loop."""

Report = Callable[[TemplateMistake, Path], NotKnown]
"""Notes a mistake with its place."""


def written_out(template: Template, collection: Collection, report: Report) -> tuple[Template, list[Remainder]]:
    """Return a template without loops, and the loops whose values are not known.

    Args:
        template: As written.
        collection: Evaluates what a loop runs over, given the node and its place.
        report: Takes every mistake.
    """
    expansion = _Expansion(template, collection, report)
    sections = {p: expansion.map(template.tree[p], (p,), (p,)) for p in PLACES if template.section(p)}
    return replace(template, tree={**template.tree, **sections}, moved=expansion.moved), expansion.remainder


class _Expansion:
    """Writes out all loops of a template; remembers where each key that it makes is from."""

    def __init__(self, template: Template, collection: Collection, report: Report) -> None:
        self.moved: dict[Path, Path] = {}
        self.remainder: list[Remainder] = []
        self._template = template
        self._collection = collection
        self._report = report
        self._made = 0

    def node(self, node: Any, old: Path, new: Path) -> Any:
        """Return a node without loops.

        Args:
            node: As written, with the names of outer loops replaced.
            old: Its place in the template.
            new: Its place in what is made.
        """
        if isinstance(node, dict):
            return self.map(node, old, new)
        if isinstance(node, list):
            return [self.node(item, (*old, i), (*new, i)) for i, item in enumerate(node)]
        return node

    def map(self, tree: Tree, old: Path, new: Path) -> Tree:
        """Return a map without loops; what a loop makes takes the place of the loop."""
        result: Tree = {}
        for key, value in tree.items():
            try:
                if key.startswith(LOOP):
                    self._loop(result, key, value, (*old, key), new)
                else:
                    self._add(result, key, value, (*old, key), (*new, key))
            except TemplateMistake as mistake:
                self._report(mistake, (*old, key))
        return result

    def _add(self, result: Tree, key: str, value: Any, old: Path, new: Path) -> None:
        if key in result:
            raise TemplateMistake(f"a loop makes {key}, which there is already.", "Use its value in the key.")
        if old != new and (old[:-1] != new[:-1] or old[-1] != new[-1]):
            self.moved[new] = old
        result[key] = self.node(value, old, new)

    def _loop(self, result: Tree, key: str, value: Any, old: Path, new: Path) -> None:
        if LANGUAGE_EXTENSIONS not in self._template.transforms:
            fix = f"Add `Transform: {LANGUAGE_EXTENSIONS}`."
            raise TemplateMistake(f"Fn::ForEach needs the transform {LANGUAGE_EXTENSIONS}.", fix)
        match value:
            case [str(item), collection, dict(body)]:
                values = self._values(key, collection, (*old, 1))
            case _:
                raise TemplateMistake("Fn::ForEach has another form than [NAME, LIST, {KEY: VALUE}].", "Write that.")
        for text in values:
            made = substituted(body, item, text)
            self._made += len(made)
            if self._made > MAX_MADE:
                raise TemplateMistake(f"loops make more than {MAX_MADE} keys.", "Loop over less.")
            for origin, (name, inner) in zip(body, made.items(), strict=True):
                if name.startswith(LOOP):
                    self._loop(result, name, inner, (*old, 2, origin), new)
                else:
                    self._add(result, name, inner, (*old, 2, origin), (*new, name))

    def _values(self, key: str, collection: Any, path: Path) -> list[str]:
        found = self._collection(collection, path)
        if isinstance(found, NotKnown):
            where = self._template.position(path)
            self.remainder.append(
                Remainder(key, f"runs over a list that is not known: {found.reason}.", "alarming", where)
            )
            return []
        texts = [as_text(value) for value in found] if isinstance(found, list) else [None]
        if any(text is None for text in texts):
            fix = "Write a list, or the name of a parameter that is one."
            raise TemplateMistake(f"{dotted((key,))} runs over something that is no list of texts.", fix)
        return [text for text in texts if text is not None]


def substituted(node: Any, item: str, value: str) -> Any:
    """Return a node in which the item of a loop has a value.

    Args:
        node: The body of the loop, or a part of it.
        item: Name of the item.
        value: Its value.
    """
    plain = re.sub(r"[^A-Za-z0-9]", "", value)

    def text(written: str) -> str:
        return written.replace(f"${{{item}}}", value).replace(f"&{{{item}}}", plain)

    if isinstance(node, str):
        return text(node)
    if isinstance(node, list):
        return [substituted(inner, item, value) for inner in node]
    if not isinstance(node, dict):
        return node
    if node == {"Ref": item}:
        return value
    sub = text(node["Fn::Sub"]) if node.keys() == {"Fn::Sub"} and isinstance(node["Fn::Sub"], str) else "${"
    if "${" not in sub:
        return sub  # so it may be the name of a condition, or of a parameter
    made = {text(key): substituted(inner, item, value) for key, inner in node.items()}
    if len(made) < len(node):
        raise TemplateMistake("a loop makes one key twice.", f"Dependence ${{{item}}} in each key.")
    return made
