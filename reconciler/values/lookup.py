"""Indexes: a sequence that is searched again and again is walked once.

A pool may have ten thousand groups, so whatever is asked once an object must not look at all the others. What is
searched is frozen, so an index of it never grows old.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, tuple[T, ...]]:
    """Return items by a key that several may have; those of one key keep their order.

    Args:
        items: What is searched.
        key: Returns what an item is looked up by.
    """
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return {k: tuple(same) for k, same in found.items()}


def first_by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, T]:
    """Return the first item of each key.

    Args:
        items: What is searched.
        key: Returns what an item is looked up by.
    """
    found: dict[K, T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return found
