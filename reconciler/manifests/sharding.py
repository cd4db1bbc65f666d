"""Which documents one worker of a fleet looks after (decision 37).

Workers that know nothing of each other must agree on who does what. So the part is taken from a hash of what a
document is, not from its place in a list: a pool that is added moves no other to another worker, whose earlier report
does not know it. Documents that refer to each other stay together, as one can only be judged with the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from reconciler.manifests import links
from reconciler.manifests.links import D


def part(documents: Sequence[D], shard: tuple[int, int]) -> tuple[D, ...]:
    """Return the documents of one part, in the order given.

    Args:
        documents: All documents of the run.
        shard: Which part, from 1, and how many there are.
    """
    number, count = shard
    return tuple(d for d, key in zip(documents, _keys(documents), strict=True) if _hash(key) % count == number - 1)


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def _keys(documents: Sequence[D]) -> list[str]:
    """Return one key for each document; those that hang together have the same."""
    keys = [f"{d.kind}/{d.account}/{d.region}/{d.name}" for d in documents]
    places = {id(d): i for i, d in enumerate(documents)}
    pairs = [(i, places[id(d)]) for i, one in enumerate(documents) for d in _referred(one, documents)]
    before: list[str] = []
    while keys != before:  # each round carries the least key one reference further
        before = [*keys]
        for one, other in pairs:
            keys[one] = keys[other] = min(keys[one], keys[other])
    return keys


def _referred(document: D, documents: Sequence[D]) -> list[D]:
    return [d for link in document.links for d in links.meant(link, document, documents)]
