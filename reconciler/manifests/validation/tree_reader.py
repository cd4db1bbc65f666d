"""Walks an object along its schema and makes the copy that pydantic checks.

Opaque leaves may replace any value (a secret, a value only AWS knows), so they are taken out before, and put back
after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.manifests.item_lists import ItemListReader
from reconciler.manifests.references.remote_references import references
from reconciler.manifests.validation.passthrough import Passthrough
from reconciler.manifests.validation.tree_view import GONE, TreeView
from reconciler.model import Path, Reference, Secret, Tree
from reconciler.terminal.suggestions import same
from reconciler.values.item_forms import is_form
from schemas.base import (
    ApiModel,
    Becomes,
    ByItem,
    Cut,
    Default,
    Deprecated,
    LeftOut,
    Member,
    Mirrors,
    Note,
    OneOf,
    SecretKeys,
    Sensitive,
    Shown,
    members,
)

Advice = Callable[[str], str]
"""Gives what to do with a key that is in the wrong place, or nothing."""


def no_advice(_key: str) -> str:
    """Know of no other place for any key."""
    return ""


class TreeReader:
    """Walks an object along its schema and makes the copy that pydantic checks."""

    def __init__(self, model: type[ApiModel], view: TreeView, others: Advice, items: ItemListReader) -> None:
        self._view = view
        self._items = items
        self._others = others
        self._passthrough = Passthrough(model, view)

    def structure(self, model: type[ApiModel], value: Any, path: Path, *, hidden: bool) -> Any:
        """Return the visible copy of a structure."""
        if isinstance(value, Reference):
            return self._view.hold(path, value)
        if not isinstance(value, dict):
            return self._odd(value, path, hidden=hidden)
        known = members(model)
        result: Tree = {}
        for key, inner in value.items():
            here = (*path, key)
            member = known.get(key)
            if member is None:
                seen = self._unknown(model, key, inner, here)
            elif _mirrored(member, inner, value):
                seen = self._view.leave_out(here)
            else:
                seen = self._member(member, inner, here, hidden)
            if seen is not GONE:
                result[key] = seen
        return result

    def _member(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        default = member.mark(Default)
        if member.has(Deprecated) and not (default and default.value == value):
            note = member.mark(Note)
            text = note.text if note else ""
            said = text if text.startswith("Superseded") else f"Superseded. {text}".strip()
            self._view.notice(path, said, key=True)
        hidden = hidden or member.has(Sensitive)
        if value is None:
            return None
        if member.shape == "list":
            return self._list(member, value, path, hidden)
        if member.shape == "map":
            return self._map(member, value, path, hidden)
        if member.model:
            return self.structure(member.model, value, path, hidden=hidden)
        return self._scalar(member.scalar, member.marks, value, path, hidden)

    def _list(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference) or (isinstance(value, list) and any(isinstance(v, Reference) for v in value)):
            return self._view.hold(path, value)
        if member.has(ByItem) and is_form(value):
            return self._view.hold(path, self._items.read(member, value, path))
        if not isinstance(value, list):
            return self._odd(value, path, hidden=hidden)
        return [self._item(member, item, (*path, i), hidden) for i, item in enumerate(value)]

    def _map(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference):
            return self._view.hold(path, value)
        if not isinstance(value, dict):
            return self._odd(value, path, hidden=hidden)
        secret, shown = member.mark(SecretKeys), member.mark(Shown)
        names = secret.names if secret else ()
        unwanted = {k for k in value if shown and shown.has(k)}
        for key in unwanted:
            self._view.leave_out((*path, key))
        wanted = {k: v for k, v in value.items() if k not in unwanted}
        seen = {k: self._item(member, v, (*path, k), hidden or k in names) for k, v in wanted.items()}
        return {k: v for k, v in seen.items() if v is not GONE}

    def _item(self, member: Member, value: Any, path: Path, hidden: bool) -> Any:
        if value is None:
            if member.shape == "map":  # null resets one key of a map; the type of its values does not say so
                self._view.held[path] = None
                self._view.gone.add(path)
                return GONE
            return None
        if member.model:
            return self.structure(member.model, value, path, hidden=hidden)
        return self._scalar(member.scalar, member.item_marks, value, path, hidden)

    def _scalar(self, scalar: type, marks: tuple[Any, ...], value: Any, path: Path, hidden: bool) -> Any:
        if isinstance(value, Reference):
            return self._view.hold(path, value)
        if isinstance(value, Secret):
            self._view.hidden.add(path)
            self._view.held[path] = value
            return value.reveal()
        if isinstance(value, (dict, list)):
            return self._free(scalar, value, path, hidden)
        value = self._view.converted(scalar, value, path)
        if hidden or any(isinstance(m, Sensitive) for m in marks):
            self._view.wrap(value, path)
        elif isinstance(value, str):
            value = self._text(marks, value, path)
        elif isinstance(value, int):
            value = self._number(marks, value, path)
        return value

    def _number(self, marks: tuple[Any, ...], value: int, path: Path) -> int:
        """Replace a number that Cognito replaces by one of its own: what is sent is what it keeps."""
        for mark in marks:
            if isinstance(mark, Becomes) and value == mark.written and not isinstance(value, bool):
                self._view.notice(path, f"Cognito turns {value} into {mark.kept}, which is sent. Write {mark.kept}.")
                return mark.kept
        return value

    def _text(self, marks: tuple[Any, ...], value: str, path: Path) -> str:
        """Hold a text against the facts that pydantic does not enforce."""
        for mark in marks:
            if isinstance(mark, OneOf):
                self._view.unlisted(value, path, mark.values)
            if isinstance(mark, Cut) and value.endswith(mark.ending):
                self._view.notice(path, f"remove {mark.ending} from the end: {mark.why}. It is sent without.")
                return value.removesuffix(mark.ending)
        return value

    def _free(self, scalar: type, value: Any, path: Path, hidden: bool) -> Any:
        """Take a map or list where the schema says nothing about its content, or wants a scalar."""
        if scalar in (str, int, bool, float, bytes):
            return self._odd(value, path, hidden=hidden)
        if next(iter(references(value)), None):
            return self._view.hold(path, value)
        return value

    def _odd(self, value: Any, path: Path, *, hidden: bool) -> Any:
        """Leave a value of the wrong shape to pydantic."""
        if hidden or isinstance(value, Secret):
            self._view.hidden.add(path)
        return value.reveal() if isinstance(value, Secret) else value

    def _unknown(self, model: type[ApiModel], key: str, value: Any, path: Path) -> Any:
        """Take a key that the schema does not know: pass it through if botocore knows it, or report it."""
        if isinstance(model.MOVED.get(key), LeftOut):
            return self._view.leave_out(path)
        if key in model.MOVED:
            self._view.problem(path, f"{model.MOVED[key]}.", key=True)
            return self._view.prune(path)
        exact = same(key, members(model))
        shape = None if exact else self._passthrough.shape(path)
        if shape is None:
            from reconciler.manifests.validation.unknown_keys import is_listed, suggest_key

            advice = self._others(key) if len(path) == 1 and not exact and not is_listed(key) else ""
            message = "this key does not belong here." if advice else "unknown key."
            fix = advice or suggest_key(key, members(model), (*self._view.place.prefix, *path[:-1]))
            self._view.problem(path, message, fix, key=True)
            return self._view.prune(path)
        problems = len(self._view.report.problems)
        self._view.held[path] = self._passthrough.read(shape, value, path)
        if len(self._view.report.problems) > problems:
            del self._view.held[path]
        else:
            message = "unknown to this version of poolctl, but known to the installed botocore: passed through."
            self._view.notice(path, message, key=True)
        return self._view.prune(path)


def _mirrored(member: Member, value: Any, around: Tree) -> bool:
    """Return whether a member only shows the value of another one beside it."""
    mirror = member.mark(Mirrors)
    other: Any = around
    for step in mirror.path if mirror else ():
        other = other.get(step) if isinstance(other, dict) else None
    return mirror is not None and value is not None and value == other
