"""Why a change may not be made, with what to do instead: immutable members, `protect`, what cannot be unset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import flow
from reconciler.kinds.engine_rules import IMMUTABLE, LEAVING, NOT_REMOVABLE
from reconciler.kinds.kind import ResourceKind, Rule
from reconciler.model import FieldChange, Observed, Path, Refusal, Spec, Tree
from reconciler.observing.observer import LiveState
from reconciler.planning.protection import Protection, refusal
from reconciler.values.shortening import around
from schemas.base import ApiModel, CreateOnly, Keyed, Member, NotRemovable, OnlyOnce, members

LONGEST = 60
"""Longest value that a message repeats whole, in characters; of longer ones where they differ."""


@dataclass
class Objections:
    """Collects the refusals of declared objects."""

    live_state: LiveState
    """What is live."""
    guarded: Callable[..., Protection | None]
    """Returns what protects an object, given by its key and its live name; None if nothing does."""
    refusals: list[Refusal]
    """What was found."""

    def frozen(self, kind: ResourceKind, spec: Spec, change: FieldChange, before: Tree) -> str:
        """Return what to do instead of a change that a live object can never take (decision 4)."""
        pool = self.live_state.root.data if self.live_state.root else {}
        return _create_only(kind, change) or kind.frozen(change, spec.declared, before) or kind.immutable(change, pool)

    def refuse_frozen(self, kind: ResourceKind, spec: Spec, change: FieldChange, observed: Observed) -> None:
        """Refuse a change that a live object can never take."""
        live, wanted = around(_spelled(change.before), _spelled(change.after), LONGEST)
        values = f" Live is {live}, the manifest declares {wanted}."
        message = f"{change.path[0]} of a live {kind.title} cannot be changed.{'' if change.sensitive else values}"
        advice = self.frozen(kind, spec, change, observed.data)
        if kind.delete:
            advice += f" {self._way_to_replace(kind, spec, observed)}"
        self.refuse(spec, IMMUTABLE, change.path, message, advice)

    def _way_to_replace(self, kind: ResourceKind, spec: Spec, observed: Observed) -> str:
        """Return how an object can be re-created; the new one has another id, so a pinned one needs another manifest.

        A pin often stands because names are not unique, and then the name must become so first.
        """
        guard = self.guarded(spec.address, observed.address)
        if guard:
            return f"It cannot be re-created because of {guard.words}."
        way = f"--allow-replace {spec.address}"
        if not spec.pin:
            return f"Or re-create it with {way}."
        name = observed.address.name
        twins = len(self.live_state.named(spec.address.section, name))
        if twins > 1:
            return (
                f"To re-create it, apply another {kind.name_member} alone first, because {twins} {kind.title}s are "
                f"called {flow(name)}; then remove {kind.id_param}, which a new one gets anew, and use {way}."
            )
        said = spec.declared.get(kind.name_member, spec.address.name) == name
        keep = "" if said else f", write {kind.name_member}: {flow(name)}"
        return f"To re-create it, remove {kind.id_param}, which a new one gets anew{keep}, and use {way}."

    def check_protection(self, spec: Spec, observed: Observed, what: str) -> None:
        """Refuse to take away what `protect` covers.

        Args:
            spec: The object.
            observed: The live one.
            what: What would be done with it: `replaced`, `reset`.
        """
        guard = self.guarded(spec.address, observed.address)
        if guard:
            self.refusals.append(refusal(spec.address, guard, what))

    def check_leaving(self, kind: ResourceKind, spec: Spec, observed: Observed) -> None:
        """Refuse an object that the service is deleting."""
        if observed.leaving:
            message = f"The service is deleting the {kind.title} {spec.address.name}."
            self.refuse(spec, LEAVING, (), message)

    def check_removals(self, kind: ResourceKind, spec: Spec, declared: Tree, fields: Sequence[FieldChange]) -> None:
        """Refuse to unset what cannot be unset, and null for what the service is about to fill in.

        Args:
            kind: Its kind.
            spec: The object.
            declared: What is declared of it, without what is ignored.
            fields: What would change.
        """
        for change in fields:
            mark = _not_removable(kind, change.path) if change.after is None else None
            if mark:
                message = f"{change.path[-1]} cannot be unset once it is set."
                self.refuse(spec, NOT_REMOVABLE, change.path, message, mark.advice)
        seen = {change.path for change in fields}
        for path, mark in _filled(kind.model, declared):
            if path not in seen:
                self.refuse(spec, NOT_REMOVABLE, path, f"{path[-1]} cannot be left unset.", mark.advice)

    def refuse(self, spec: Spec, rule: Rule, path: Path, message: str, advice: str = "") -> None:
        """Collect a refusal of one member of a declared object.

        Args:
            spec: The object.
            rule: The rule that it breaks.
            path: The member; empty for the whole object.
            message: What is wrong in this case.
            advice: What to do in this case; empty takes the advice of the rule.
        """
        self.refusals.append(rule.refusal(spec.address, path, message, spec.position(path), advice))


# --- what the schema says ------------------------------------------------------------------------------------------


def _marked(kind: ResourceKind, path: Path) -> Iterable[Member]:
    """Yield the members along a path, as far as the schema knows them."""
    model = kind.model
    for step in path:
        member = members(model).get(str(step)) if model else None
        if not member:
            return
        yield member
        if not member.model:
            return
        model = member.model


def _create_only(kind: ResourceKind, change: FieldChange) -> str:
    """Return the advice of the mark that forbids a change, or nothing; a keyed list still takes new items."""
    for member in _marked(kind, change.path):
        added = member.has(Keyed) and len(change.path) == 2 and change.before is None  # noqa: PLR2004 - member, key
        mark = member.mark(CreateOnly)
        if mark and not added:
            return mark.advice
        once = member.mark(OnlyOnce)
        if once and change.before is not None:
            return once.advice
    return ""


def _not_removable(kind: ResourceKind, path: Path) -> NotRemovable | None:
    found = list(_marked(kind, path))
    return found[-1].mark(NotRemovable) if len(found) == len(path) else None


def _filled(model: type[ApiModel] | None, declared: Tree, at: Path = ()) -> Iterator[tuple[Path, NotRemovable]]:
    """Yield the members that are declared null and that the service fills in, with their marks."""
    known = members(model) if model else {}
    for name, value in declared.items():
        member = known.get(name)
        mark = member.mark(NotRemovable) if member and value is None else None
        if mark and mark.filled:
            yield (*at, name), mark
        if member and member.shape == "structure" and isinstance(value, dict):
            yield from _filled(member.model, value, (*at, name))


def _spelled(value: Any) -> str:
    return "unset" if value is None else flow(value)
