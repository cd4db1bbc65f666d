"""The texts of values that came from the environment, so that no message repeats them (decision 18)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from reconciler.model import Path, Reference, Refusal, Secret, Spec, Unknown, Weakness
from schemas.records import replace

SHORTEST = 4
"""Least length of a text that is hidden wherever it is found in an object: shorter ones mean other things too."""

SaidT = TypeVar("SaidT", Refusal, Weakness)
"""Something with a message about a member of an object."""

OTHER = "hidden value"
"""How a value is called that stands, on the other side, where a value from the environment does."""


class EnvWords:
    """The values from the environment in one object, with what they replace.

    Args of the constructor:
        names: The names of variables, by the paths of their values; kept as they are.
        declared: The object that has them.
        others: The object as it is and will be.
    """

    def __init__(self, names: Mapping[Path, str], declared: Any, others: Iterable[Any] = ()) -> None:
        self.names = names
        self._words: dict[str, str] = {}
        self._learn(declared, lambda name: f"$env {name}")
        for side in others:
            self._learn(side, lambda _: OTHER)

    def _learn(self, side: Any, called: Callable[[str], str]) -> None:
        for path, name in self.names.items():
            for _, leaf in leaves(at(side, path)):
                self._words.setdefault(spelled(leaf), called(name))

    def origin(self, text: str) -> str:
        """Return where a value came from, by its spelling: `$env STAGE`, or that it is another one."""
        return self._words.get(text, OTHER)

    def holds(self, text: str) -> bool:
        """Return whether a text is one of the values, and long enough to mean nothing else."""
        return len(text) >= SHORTEST and text in self._words

    def hide(self, said: str, path: Path | None = None) -> str:
        """Return a message without the values.

        Args:
            said: What a rule or AWS says.
            path: The member that it is about; if its value came from the environment, short ones are hidden too.
        """
        close = path is not None and any(path[: len(p)] == p or p[: len(path)] == path for p in self.names)
        for word in sorted(self._words, key=len, reverse=True):
            if len(word) >= SHORTEST:
                said = said.replace(word, f"({self._words[word]})")
            elif word and close:
                said = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", f"({self._words[word]})".replace("\\", ""), said)
        return said


def without_values(said: Iterable[SaidT], specs: Iterable[Spec], live: Mapping[Any, Any]) -> Iterator[SaidT]:
    """Yield what rules say, with messages that repeat no value from the environment.

    Args:
        said: What rules say.
        specs: The objects as they are declared.
        live: The objects as they are, by address, as far as that is known.
    """
    said, specs = list(said), list(specs)
    words = [EnvWords(s.from_env, s.declared, (live.get(s.address),)) for s in specs if s.from_env] if said else []
    if not words:
        yield from said
        return
    names = {s.address: s.from_env for s in specs}
    for one in said:
        message, advice = one.message, one.advice
        for known in words:
            near = one.path if names.get(one.address) is known.names else None
            message, advice = known.hide(message, near), known.hide(advice, near)
        same = message == one.message and advice == one.advice
        yield one if same else replace(one, message=message, advice=advice)


def hidden(said: str, specs: Iterable[Spec]) -> str:
    """Return a message that repeats no value that objects have from the environment.

    Args:
        said: What is to be shown.
        specs: The objects as they are declared.
    """
    for spec in (s for s in specs if s.from_env):
        said = EnvWords(spec.from_env, spec.declared).hide(said)
    return said


def spelled(value: Any) -> str:
    """Return a scalar as a text; JSON if it is no string."""
    return value if isinstance(value, str) else json.dumps(value, default=repr)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the scalars of a tree that are in clear, with their paths."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif value is not None and not isinstance(value, Secret | Reference | Unknown):
        yield path, value


def at(value: Any, path: Path) -> Any:
    """Return what is at a path of a tree, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
