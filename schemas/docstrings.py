"""The docstrings below the members of a model, read on demand.

Pydantic can keep these texts as descriptions, but then it reads and parses the source of every class at import. That
took a quarter of the start-up time of `validate`, and only schemas and explanations need them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast


@cache
def described(model: type) -> Mapping[str, str]:
    """Return the docstring below each member of a class, including its bases. Members without one are omitted."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        found |= _module(cls.__module__).get(cls.__qualname__, {}) if cls.__module__.startswith("schemas") else {}
    return found


@cache
def _module(name: str) -> Mapping[str, Mapping[str, str]]:
    import ast
    import inspect

    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {node.name: dict(_texts(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _texts(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    import ast
    import inspect

    for member, text in zip(node.body, node.body[1:], strict=False):
        says = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name) and says:
            yield member.target.id, inspect.cleandoc(ast.literal_eval(text.value))  # type: ignore[attr-defined]
