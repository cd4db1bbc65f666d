"""Reads a list of which single items are declared: `{$include: [...], $exclude: [...]}`.

Each of the two lists is held against the schema as if it were written in place of the whole one, so an item is as
valid here as there, and a problem names the line of the item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.model import Path, Reference, Tree
from reconciler.terminal.suggestions import suggest_or_list
from reconciler.values.item_forms import both
from schemas.base import EXCLUDE, INCLUDE, ApiModel, ByItem, Member
from schemas.records import replace

KEYS = (INCLUDE, EXCLUDE)
"""What such a map may have."""

CheckObject = Callable[[type[ApiModel], Tree, Place, ProblemReport], Tree]
"""Checks a structure of a schema: `checking.check`."""


def around_items(path: Path) -> Path:
    """Return a path up to the list whose items it leads into, if it leads through `$include` or `$exclude`.

    Where an item is in the whole list is known only when that is, so what is said of an item holds for the list.
    """
    return tuple(takewhile(lambda step: step not in KEYS, path))


class ItemListReader:
    """Checks the forms of one object.

    Args of the constructor:
        place: Where the object is.
        report: Gets problems and notices.
        check: Checks the structure that a list is in, of which it gets the list alone.
    """

    def __init__(self, place: Place, report: ProblemReport, check: CheckObject) -> None:
        self._place = place
        self._report = report
        self._check = check

    def read(self, member: Member, form: Tree, path: Path) -> Tree:
        """Return a form with its values converted; what is wrong is reported and left out.

        Args:
            member: The list, with the facts of the schema.
            form: What was written.
            path: Where it is in the object.
        """
        for key in (key for key in form if key not in KEYS):
            fix = suggest_or_list(key, KEYS, f"Use {INCLUDE} and {EXCLUDE} only.")
            here = (*path, key)
            self._say(self._place.key(here), here, "unknown key.", fix)
        found = {key: self._side(member, form[key], (*path, key)) for key in KEYS if key in form}
        for problem in (*self._twice(member, form, path), *self._nameless(member, form, path)):
            self._report.problems.append(problem)
        return found

    def _side(self, member: Member, value: Any, path: Path) -> Any:
        if isinstance(value, Reference):
            return value
        if not isinstance(value, list):
            self._say(self._place.value(path), path, "this is not a list.", "Write [ITEM, ...].")
            return []
        report = ProblemReport()
        place = replace(
            self._place,
            prefix=(*self._place.prefix, *path[:-2]),
            values=_below(self._place.values, path),
            keys=_below(self._place.keys, path),
            origins=_below(self._place.origins, path),
        )
        checked = self._check(member.holder, {member.name: value}, place, report).get(member.name, [])
        said, meant = place.name((member.name,)), self._place.name(path)
        self._report.problems += [
            Problem(p.position, meant + p.path.removeprefix(said), p.message, p.fix) for p in report.problems
        ]
        self._report.notices += report.notices
        return checked

    def _twice(self, member: Member, form: Tree, path: Path) -> Iterator[Problem]:
        for i, j in both(member, form):
            here = (*path, EXCLUDE, j)
            line = self._place.value((*path, INCLUDE, i)).line
            message = f"{INCLUDE} (line {line}) and {EXCLUDE} both have this item."
            yield Problem(self._place.value(here), self._place.name(here), message, "Remove one of the two.")

    def _nameless(self, member: Member, form: Tree, path: Path) -> Iterator[Problem]:
        """Find items that do not say which ones they are: they would mean any."""
        mark = member.mark(ByItem)
        for key, wanted in ((INCLUDE, all), (EXCLUDE, any)) if mark and mark.by else ():
            items = form.get(key)
            for i, item in enumerate(items if isinstance(items, list) else ()):
                if mark and isinstance(item, dict) and not wanted(name in item for name in mark.by):
                    here = (*path, key, i)
                    names = f" {'and' if wanted is all else 'or'} ".join(mark.by)
                    message = f"an item is known by {names}."
                    yield Problem(self._place.value(here), self._place.name(here), message, f"Add {names}.")

    def _say(self, where: Any, path: Path, message: str, fix: str) -> None:
        self._report.problems.append(Problem(where, self._place.name(path), message, fix))


def _below(places: Any, path: Path) -> dict[Path, Any]:
    """Return the places within one list of a form, by their paths in the structure as if the list were written there.

    Args:
        places: By paths in the object.
        path: The list: `(..., "CallbackURLs", "$include")`.
    """
    name, size = path[-2], len(path)
    return {(name, *at[size:]): where for at, where in places.items() if at[:size] == path}
