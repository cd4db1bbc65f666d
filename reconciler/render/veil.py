"""Values from the environment: shown by the name of their variable and a digest, never in clear (decision 18).

A manifest may come from whoever opened a pull request, and may put any variable of the run into a harmless member. The
digest lets a reviewer see that a value has changed. It is keyed by the pool, slow to compute and short, so that a value
of some length cannot be found by trying; one of a few characters can, because equal values must have equal digests. A
value in a member that holds a secret has no digest at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from reconciler.manifests.env_words import EnvWords, at, leaves, spelled
from reconciler.model import Path, Reference, Secret, Unknown
from reconciler.render.marks import Fingerprint

ROUNDS = 50_000
"""Iterations of the digest: about 20 ms."""

DIGITS = 8
"""Hexadecimal digits of a digest that are shown."""


@lru_cache(maxsize=4096)
def digest(pool: str, text: str) -> str:
    """Return the digest of a value: stable for one pool, and another one in another pool.

    Args:
        pool: Name of the pool.
        text: The value; JSON if it is no string.
    """
    found = hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogatepass"), f"poolctl\n{pool}".encode(), ROUNDS)
    return found.hex()[:DIGITS]


class Veil:
    """Hides what came from the environment in all trees of one object.

    Args of the constructor:
        pool: Name of the pool.
        names: The names of variables, by the paths of their values in the declared object.
        declared: The object as it is declared.
        others: The object as it is and will be.
    """

    def __init__(self, pool: str, names: Mapping[Path, str], declared: Any, others: Iterable[Any] = ()) -> None:
        self._pool = pool
        self._names = names
        self._words = EnvWords(names, declared, others)
        lists = {path[:end] for path in names for end, step in enumerate(path) if isinstance(step, int)}
        self._lists = {path: self._written_out(declared, path) for path in lists}

    def _written_out(self, declared: Any, path: Path) -> frozenset[str]:
        """Return the scalars of a list that the manifest itself holds."""
        found = leaves(at(declared, path), path)
        return frozenset(spelled(leaf) for where, leaf in found if not any(where[: len(n)] == n for n in self._names))

    def covers(self, path: Path) -> bool:
        """Return whether a member, or a part of it, came from the environment."""
        return any(path[: len(known)] == known or known[: len(path)] == path for known in self._names)

    def tree(self, value: Any, path: Path = ()) -> Any:
        """Return a tree with marks in the place of what came from the environment, and of what that replaces.

        Args:
            value: Any tree; it is not changed.
            path: Where it is in the object.
        """
        if not self._names:
            return value
        around = [path[:end] for end in range(len(path) + 1)]
        if any(place in self._names for place in around):
            return self._covered(value, ())
        within = next((place for place in around if place in self._lists), None)
        return self._inner(value, path) if within is None else self._covered(value, self._lists[within])

    def _inner(self, value: Any, path: Path) -> Any:
        """Return a tree with marks, where nothing around it is covered."""
        if path in self._names:
            return self._covered(value, ())
        if path in self._lists:  # positions differ between the sides, so everything is covered that is not written out
            return self._covered(value, self._lists[path])
        if isinstance(value, dict):
            return {key: self._inner(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._inner(inner, (*path, index)) for index, inner in enumerate(value)]
        return self._mark(value) if isinstance(value, str) and self._words.holds(value) else value

    def text(self, said: str) -> str:
        """Return a message without values from the environment."""
        return self._words.hide(said)

    def _covered(self, value: Any, plain: Collection[str]) -> Any:
        if isinstance(value, dict):
            return {key: self._covered(inner, plain) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._covered(inner, plain) for inner in value]
        opaque = value is None or isinstance(value, Secret | Reference | Unknown)
        return value if opaque or spelled(value) in plain else self._mark(value)

    def _mark(self, value: Any) -> Fingerprint:
        text = spelled(value)
        return Fingerprint(self._words.origin(text), digest(self._pool, text))
