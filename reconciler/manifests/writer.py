"""Tree → YAML, so that every reader takes a text for the same text.

The only writer of YAML in the tool: what it writes, people keep in Git and read with other tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from reconciler.manifests.reader import scalar
from reconciler.model import Tree
from reconciler.terminal.characters import harmless

LONG = 200
"""Texts with more characters, or with several lines, are written in blocks, or into files of their own."""

FLOW_WIDTH = 90
"""Longest list of scalars, in characters, that is written on one line."""


class Flow(Tree):
    """A map that is written on one line."""


class LiveText(str):
    """A text as it is live: what looks like a reference in it is none."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes what both YAML 1.1 and YAML 1.2 read as the same."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of the hook
        """Write equal values out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists below their key."""
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        """Prefer double quotes, as people write them, where nothing needs an escape."""
        style = super().choose_scalar_style()
        event: Any = self.event
        return '"' if style == "'" and not re.search(r'["\\]', event.value) else style


UNSAFE_IN_BLOCK = re.compile("[\x85\u2028\u2029\ufeff\r\t\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that readers of YAML fold or drop in block scalars, or that turn text around for those who review it. They
are written as escapes, which only double quotes take."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.Node:
    written = text.replace("${", "$${") if isinstance(text, LiveText) else text
    style = None if _is_plain(written) else '"'
    if ("\n" in written or len(written) > LONG) and not UNSAFE_IN_BLOCK.search(written):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(written), style=style)


def _is_plain(text: str) -> bool:
    """Whether YAML 1.2 reads the text as a text when it has no quotes; PyYAML itself asks the same of YAML 1.1."""
    try:
        return isinstance(scalar(text), str) and not UNSAFE_IN_BLOCK.search(text)
    except ValueError:
        return False


def _represent_map(dumper: _Dumper, value: Mapping[str, Any]) -> yaml.Node:
    items = [(_written_key(key), inner) for key, inner in value.items()]
    return dumper.represent_mapping("tag:yaml.org,2002:map", items, flow_style=isinstance(value, Flow))


def _written_key(key: str) -> str:
    """Return a key so that it is read as the same: a `$` at its start would begin a reference."""
    plain = isinstance(key, LiveText) and key.startswith("$") and not re.match(r"\$+\{", key)
    return LiveText(f"${key}") if plain else key


def _represent_list(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    scalars = all(isinstance(v, str | int | float | bool) and "\n" not in str(v) for v in value)
    short = sum(len(str(v)) + 2 for v in value) <= FLOW_WIDTH
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=scalars and short)


for _text in (str, LiveText):
    _Dumper.add_representer(_text, _represent_text)
for _map in (dict, Flow):
    _Dumper.add_representer(_map, _represent_map)
_Dumper.add_representer(list, _represent_list)


def blocks(tree: Tree, head: int) -> Iterator[str]:
    """Yield the text of a document, key by key, with a blank line before each section.

    Args:
        tree: The document; `LiveText` in it is what it says, every other text may hold references.
        head: How many keys come before the first section.

    Returns:
        Lines to be joined; the last one is empty.
    """
    for index, (key, value) in enumerate(tree.items()):
        text = yaml.dump({key: value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)
        yield ("" if index < head else "\n") + harmless(text).removesuffix("\n")
    yield ""
