"""Variables of a run: texts of `--var`, and values of any type out of `--var-file`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.errors import InvalidInput, InvalidManifest, Problem
from reconciler.manifests.documents import RawDocument, nearest
from reconciler.manifests.reference_kinds.var import NAME
from reconciler.model import Path, Tree, dotted

Variables = Mapping[str, Any]
"""Values by name: texts from `--var`, values of any type from `--var-file`."""


def variables(options: Sequence[str], files: Sequence[RawDocument]) -> Variables:
    """Collect the variables of a run.

    Args:
        options: Values of `--var`, each `NAME=VALUE`. They win over files, and the last one wins.
        files: Documents of `--var-file`, read by `reader.read`. A later one wins over an earlier one.

    Raises:
        InvalidInput: An option is not `NAME=VALUE`.
        InvalidManifest: A file has a name that is none, or a reference where a value should be.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for document in files:
        for name, value in document.tree.items():
            problems += _variable_problems(document, name, value)
            found[name] = value
    if problems:
        raise InvalidManifest(problems)
    for option in options:
        name, _, text = option.partition("=")
        if not is_assignment(option):
            raise InvalidInput(f"--var {name}: this is not NAME=VALUE. Write for example --var stage=prod.")
        found[name] = text
    return found


def is_assignment(text: str) -> bool:
    """Return whether a text is `NAME=VALUE`, with a name that a variable may have."""
    name, equals, _ = text.partition("=")
    return bool(equals and NAME.match(name))


def _variable_problems(document: RawDocument, name: str, value: Any) -> list[Problem]:
    if not NAME.match(name):
        fix = "Use letters, digits, _ and -, and begin with a letter."
        return [Problem(document.keys[(name,)], name, "invalid variable name.", fix)]
    return [
        Problem(
            nearest(document.positions, path) or document.start,
            dotted(path),
            "a variable cannot contain a reference.",
            "Write a value.",
        )
        for path, leaf in _maps(value, (name,))
        if any(key.startswith("$") for key in leaf)
    ]


def _maps(value: Any, path: Path) -> Iterable[tuple[Path, Tree]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _maps(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _maps(inner, (*path, i))
