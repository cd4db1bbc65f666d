"""What to do about a key that is not known: another spelling, another place, another tool's name for it.

An author who copies from CloudFormation, Terraform or an answer of the API gets the name of the right member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from reconciler.model import Path
from reconciler.terminal.suggestions import closest, did_you_mean, folded, same, suggest_or_list
from schemas.base import ApiModel, members
from schemas.documents import DOCUMENTS
from schemas.foreign_names import FOREIGN_ADVICE, FOREIGN_NAMES, FOREIGN_RESOURCE, ITEM, NAME, Steps

MANY = "Remove it, or see `poolctl explain` for what is known."
"""What to do where there are too many keys to list."""

OBJECT = 2
"""Longest path of an object that is not inside another one: `clients.web`."""


def suggest_word(word: str, known: Iterable[str]) -> str:
    """Return what to do about a word that is none of a set: write another one, or one of the few that are."""
    return suggest_or_list(word, known, MANY)


def suggest_key(key: str, known: Iterable[str], place: Path = ()) -> str:
    """Return what to do about a key that is not known where it is written.

    Args:
        key: What was written.
        known: The keys that are known there.
        place: Path of the structure in its document; empty for the document itself.
    """
    names = list(known)
    if near := same(key, names):
        return did_you_mean(near)
    if key in FOREIGN_ADVICE:
        return FOREIGN_ADVICE[key]
    if key in FOREIGN_RESOURCE and len(place) <= OBJECT:
        return FOREIGN_RESOURCE[key]
    elsewhere = _best(FOREIGN_NAMES.get(key, ()), place) or _best(_anywhere().get(folded(key), ()), place)
    near = "" if elsewhere and _is_foreign(key) else closest(key, names)
    if near or elsewhere:
        return did_you_mean(near or elsewhere)
    return suggest_word(key, names)


def is_listed(key: str) -> bool:
    """Return whether a key has a meaning in other tools, which wins over an equal name in another section."""
    return key in FOREIGN_NAMES or key in FOREIGN_ADVICE


def _is_foreign(key: str) -> bool:
    """Return whether a key is spelled as another tool spells it, so that it is no typing error of a key beside it."""
    return key in FOREIGN_NAMES or ("_" in key and key == key.lower())


def _best(candidates: Sequence[Steps], place: Path) -> str:
    """Return the nearest of several paths, seen from a structure, or nothing if it cannot be decided."""
    below = [steps for steps in candidates if _is_below(steps, place)]
    beside = [steps for steps in candidates if place and steps[0] == place[0]]
    if place and not (below or beside) and len(candidates) > 1:
        return ""
    nearest = below or beside or candidates
    least = min(map(len, nearest), default=0)
    found = [steps for steps in nearest if len(steps) == least]
    if len(found) != 1:
        return ""
    return _spelled(found[0][len(place) :] if below else found[0])


def _is_below(steps: Steps, place: Path) -> bool:
    pairs = zip(steps, place, strict=False)
    return len(steps) > len(place) and all(step in (NAME, ITEM) or step == written for step, written in pairs)


def _spelled(steps: Steps) -> str:
    return ".".join(steps).replace(f".{ITEM}", ITEM)


@cache
def _anywhere() -> Mapping[str, Sequence[Steps]]:
    """Return the paths of every member of every kind of document, by its name without case and underscores."""
    found: dict[str, list[Steps]] = {}
    for document in DOCUMENTS.values():
        for name, section in document.sections.items():
            start: Steps = (name, NAME) if section.shape == "map" else (name,)
            for steps in _below(section.model, start):
                found.setdefault(folded(steps[-1]), []).append(steps)
    return found


def _below(model: type[ApiModel] | None, start: Steps) -> Iterator[Steps]:
    for name, member in members(model).items() if model else ():
        here = (*start, name)
        yield here
        step = {"map": (NAME,), "list": (ITEM,)}.get(member.shape, ())
        yield from _below(member.model, (*here, *step))
