"""The shape of a plan file, checked before anything of it is believed.

A plan file travels through artifact stores and people's hands. Whatever was done to it, the answer is one message: so
text is parsed without the liberties that Python's JSON takes, and the tree is held against the published type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from reconciler.model import Tree
from reconciler.render.json_parts import ACTIONS
from reconciler.render.output_types import PlanDocument, PlanFile

if TYPE_CHECKING:  # pydantic costs a tenth of a second
    from pydantic import TypeAdapter

DEEPEST = 64
"""Most levels of nesting; a plan of the deepest structures has about 20."""

LARGEST = 10**15
"""Largest number; beyond it programs disagree about what it is."""


TIME = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z")
"""The form of a time."""


class DamagedError(Exception):
    """The text or the tree is not one that `plan --out` writes."""


def parse(text: str) -> Any:
    """Parse JSON, without keys written twice, numbers that are none, and halves of characters.

    Raises:
        DamagedError: It is not such a JSON.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
        json.dumps(tree, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DamagedError from error
    if not _is_plain(tree):
        raise DamagedError
    return tree


def check(tree: Tree) -> None:
    """Check that a tree has the published shape of a plan file.

    Raises:
        DamagedError: It has not.
    """
    from pydantic import ValidationError

    whole, inner = _shapes()
    try:
        whole.validate_python(tree, strict=True)
        inner.validate_python(tree["plan"], strict=True)
    except (ValidationError, RecursionError) as error:
        raise DamagedError from error
    if sum(tree["notice_counts"]) != len(tree["plan"]["notices"]) or min(tree["notice_counts"], default=0) < 0:
        raise DamagedError
    for name in ("created", "expires"):
        _check_time(tree[name])
    _check_shard(tree["options"]["shard"])
    for change in tree["plan"]["resource_changes"]:
        _check_sides(change["change"])


@cache
def _shapes() -> tuple[TypeAdapter[PlanFile], TypeAdapter[PlanDocument]]:
    from pydantic import TypeAdapter

    return TypeAdapter(PlanFile), TypeAdapter(PlanDocument)


def _check_time(text: str) -> None:
    if not TIME.fullmatch(text):
        raise DamagedError
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise DamagedError from error


def _check_shard(text: str) -> None:
    one, slash, of = text.partition("/")
    if text and not (slash and (one + of).isascii() and one.isdigit() and of.isdigit() and 1 <= int(one) <= int(of)):
        raise DamagedError


def _check_sides(change: Tree) -> None:
    """Check that an action has the sides that it needs: an object before, one after."""
    sides = tuple(isinstance(change[side], dict) for side in ("before", "after"))
    others = any(change[side] is not None and not isinstance(change[side], dict) for side in ("before", "after"))
    known = change["actions"] in ACTIONS.values()
    fits = {"create": (False, True), "delete": (True, False)}
    wanted = fits.get("+".join(change["actions"]))
    if not known or others or (wanted and sides != wanted):
        raise DamagedError


def _unique(pairs: list[tuple[str, Any]]) -> Tree:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DamagedError
    return found


def _constant(_text: str) -> NoReturn:
    raise DamagedError


def _is_plain(tree: Any) -> bool:
    return all(depth <= DEEPEST and _is_fit(leaf) for depth, leaf in _leaves(tree))


def _is_fit(leaf: Any) -> bool:
    return not isinstance(leaf, int | float) or abs(leaf) <= LARGEST


def _leaves(tree: Any) -> Iterator[tuple[int, Any]]:
    """Yield all scalars and empty branches with their depth, without recursion."""
    left = [(0, tree)]
    while left:
        depth, value = left.pop()
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        if depth > DEEPEST or not inner:
            yield depth, value
        else:
            left += [(depth + 1, v) for v in inner]
