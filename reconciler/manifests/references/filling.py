"""Texts and keys that refer to other documents: `${ref.customers/user_pool#Id}`, and how they are filled in later.

Such a text keeps its references until the objects that they lead to are live; other characters that look like a
reference are escaped in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from reconciler.manifests.reference_kinds.ref import REF
from reconciler.model import Reference

PREFIX = f"${{{REF.key}."
"""How a reference to another document begins within a text."""

LINKED = re.compile(rf"\$\$\{{|{re.escape(PREFIX)}([^{{}}]*)\}}")
"""What is left to replace in a text that refers to other documents, once its variables are in: escapes, and targets."""


def escaped(plain: str) -> str:
    """Return a text in which no `${` is a reference."""
    return plain.replace("${", "$${")


def has_links(text: str) -> bool:
    """Return whether a key, or the text of a `Reference` of the kind `text`, refers to other documents."""
    return PREFIX in text and any(m.group(1) is not None for m in LINKED.finditer(text))


def is_settled(value: Any) -> bool:
    """Return whether a tree has no reference of any kind, neither as a value nor in a key; most have none."""
    if type(value) is dict:
        for key, inner in value.items():
            if PREFIX in key or not (type(inner) in _LEAVES or is_settled(inner)):
                return False
        return True
    if type(value) is list:
        return all(type(item) in _LEAVES or is_settled(item) for item in value)
    return not isinstance(value, Reference | dict | list)


_LEAVES = frozenset({str, int, float, bool, type(None)})
"""Types of values that are no reference and hold none."""


RefLookup = Callable[[str], str | None]
"""Gives the value of a reference to another document by its target, or None as long as it is unknown."""


def targets_of(value: Any) -> Iterator[str]:
    """Yield the targets of the references to objects in a tree that are not filled in yet, also in its keys."""
    if isinstance(value, Reference):
        yield from _in_text(value.target) if value.kind == "text" else (value.target,) if value.links else ()
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_text(key) if isinstance(key, str) and PREFIX in key else ()
            yield from targets_of(inner)
    elif isinstance(value, list):
        for item in value:
            yield from targets_of(item)


def _in_text(text: str) -> Iterator[str]:
    yield from (m.group(1) for m in LINKED.finditer(text) if m.group(1) is not None)


def fill(text: str, known: RefLookup) -> str | None:
    """Return a text with the values of its references to other documents, or None if one is not known yet.

    Args:
        text: A key, or the target of a `Reference` of the kind `text`.
        known: Gives the values.
    """
    values = {m.group(1): known(m.group(1)) for m in LINKED.finditer(text) if m.group(1) is not None}
    if None in values.values():
        return None
    return LINKED.sub(lambda m: "${" if m.group(1) is None else str(values[m.group(1)]), text)


def fill_key(key: str, known: RefLookup) -> str:
    """Return a key with the values of its references; as it is where there are none, or one is not known yet."""
    filled = fill(key, known) if has_links(key) else key
    return key if filled is None else filled


def fill_tree(value: Any, known: RefLookup) -> Any:
    """Return a tree with the values of its references to other documents, in values and in keys.

    What is not known yet stays as it is. Of two keys that become the same one, both stay as they are.
    """
    if isinstance(value, Reference) and value.links:
        found = known(value.target) if value.kind == REF.key else fill(value.target, known)
        return value if found is None else found
    if isinstance(value, dict):
        names = [fill_key(key, known) for key in value]
        twice = {name for name, count in Counter(names).items() if count > 1}
        inner = zip(value, names, value.values(), strict=True)
        return {k if n in twice else n: fill_tree(v, known) for k, n, v in inner}
    return [fill_tree(item, known) for item in value] if isinstance(value, list) else value
