"""JSON as `json.dumps(…, indent=2, ensure_ascii=False, allow_nan=False)` writes it, faster and in pieces.

The encoder in C does not indent, and the one in Python takes most of the time of a result in JSON. A document over many
pools is written from pieces that were spelled one pool at a time, so that no more than one of them is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any, NamedTuple

STEP = "  "
"""One level."""


class Listed(NamedTuple):
    """A list whose items were spelled before."""

    items: Iterable[str]
    """Each as `indented` spells it at the depth of the items."""


def indented(value: Any, depth: int = 0) -> str:
    """Return a value as JSON.

    Args:
        value: What JSON can hold.
        depth: Levels around it: every line but the first is indented by as many steps more.
    """
    return _spelled(value, "\n" + STEP * depth)


def pieces(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield a value whose maps may hold `Listed`, in pieces; takes the same as `indented`."""
    if isinstance(value, Listed):
        yield from _list_pieces(value, depth)
    elif isinstance(value, Mapping) and any(isinstance(v, Listed | Mapping) for v in value.values()):
        head = "{\n"
        for key, inner in value.items():
            yield f"{head}{STEP * (depth + 1)}{encode_basestring(key)}: "
            yield from pieces(inner, depth + 1)
            head = ",\n"
        yield f"\n{STEP * depth}}}"
    else:
        yield indented(value, depth)


def _list_pieces(value: Listed, depth: int) -> Iterator[str]:
    head = "[\n"
    for item in value.items:
        yield head
        yield STEP * (depth + 1)
        yield item
        head = ",\n"
    yield "[]" if head == "[\n" else f"\n{STEP * depth}]"


def _spelled(value: Any, newline: str) -> str:
    if isinstance(value, dict) and value:
        return _map(value, newline, newline + STEP)
    if isinstance(value, _LISTS) and value:
        inner = newline + STEP
        items = [encode_basestring(item) if type(item) is str else _spelled(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{newline}]"
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or value is True or value is False:
        return _WORDS[value]
    if type(value) is int:
        return str(value)
    return "{}" if value == {} else "[]" if value in ([], ()) else _LEAF(value)


def _map(value: Mapping[Any, Any], newline: str, inner: str) -> str:
    """Spell a map that is not empty; texts and nulls, which are most of what there is, without a call of their own."""
    items = []
    for key, item in value.items():
        name = encode_basestring(key) if type(key) is str else _name(key)
        if type(item) is str:
            items.append(f"{name}: {encode_basestring(item)}")
        elif item is None:
            items.append(f"{name}: null")
        else:
            items.append(f"{name}: {_spelled(item, inner)}")
    return f"{{{inner}{f',{inner}'.join(items)}{newline}}}"


_LISTS = (list, tuple)
_LEAF = json.JSONEncoder(allow_nan=False).encode
_WORDS = {None: "null", True: "true", False: "false"}


def _name(key: Any) -> str:
    return encode_basestring(key) if isinstance(key, str) else json.dumps({key: 0})[1:-4]
