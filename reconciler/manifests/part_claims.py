"""What two parts of one pool both claim: a value, an object, or the right to ignore what another part declares.

An object of a map (`clients.web`) belongs to one part, with everything inside of it; items of its lists may be declared
by others (`part_items`). Members of a single object (`user_pool`, `mfa`) may be declared by several parts, each value
by one. Each problem names both places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from reconciler.errors import Problem
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Ignore, Manifest
from reconciler.manifests.part_items import SIDES, claimed_twice, lists, only_items
from reconciler.manifests.part_specs import claims
from reconciler.model import Path, Spec, dotted
from schemas import globs
from schemas.documents import DOCUMENTS, DocumentKind


def overlaps(parts: Sequence[Manifest]) -> Iterator[Problem]:
    """Yield what is claimed twice, each with the place of the later part, and that of the earlier one in its words.

    Args:
        parts: The parts of one pool, in the order of the files.
    """
    kind = DOCUMENTS[parts[0].kind]
    for one, other in combinations(parts, 2):
        yield from _same_values(kind, one, other)
        yield from _same_objects(kind, one, other)
        yield from _foreign_rules(kind, one, other)
        yield from _foreign_rules(kind, other, one)


def _name(manifest: Manifest) -> str:
    return manifest.parts[0].name


def owns(kind: DocumentKind, manifest: Manifest, spec: Spec) -> bool:
    """Return whether a part owns an object that it declares, and does not declare items of its lists alone."""
    return not only_items(kind, spec) or any(s.address.owner == spec.address for s in manifest.specs)


def _same_items(
    kind: DocumentKind, early: Spec, late: Spec, part: str, only: Collection[Path] | None = None
) -> Iterator[Problem]:
    """Find items that two parts declare, and lists of which one declares all; or only in some lists."""
    steps = late.address.steps
    for first, path in claimed_twice(kind, early, late):
        if only is not None and not any(path[: len(place)] == place for place in only):
            continue
        message = f"the part {part} declares {dotted((*steps, *first))}, at {early.position(first)}."
        fix = "Leave the item to one of the two parts." if set(SIDES) & set(first) else SHARE
        yield Problem(late.position(path), dotted((*steps, *path)), message, fix)


SHARE = "Write the items of both parts with $include, or leave the list to one of them."


# --- members of single objects --------------------------------------------------------------------------------------


def _same_values(kind: DocumentKind, one: Manifest, other: Manifest) -> Iterator[Problem]:
    for late in (s for s in other.specs if kind.is_shared(s.address.section)):
        early = one.at(late.address)
        if early is None:
            continue
        theirs, shared = claims(kind, early), lists(kind, early).keys() & lists(kind, late).keys()
        yield from (_same_items(kind, early, late, _name(one), shared) if shared else ())
        for path in (path for path in claims(kind, late) if path[:-1] not in shared):
            first = next((p for p in theirs if p[: len(path)] == path or path[: len(p)] == p), None)
            if first is not None:
                steps = late.address.steps
                message = f"the part {_name(one)} declares {dotted((*steps, *first))}, at {early.position(first)}."
                yield Problem(late.position(path), dotted((*steps, *path)), message, _advice(kind, (*steps, *path)))


def _advice(kind: DocumentKind, path: Path) -> str:
    if path == (kind.root, kind.name_member):
        return "Leave it to the part that makes the pool, and write pool: NAME in the other."
    return "Leave it to one of the two parts."


# --- objects --------------------------------------------------------------------------------------------------------


def _same_objects(kind: DocumentKind, one: Manifest, other: Manifest) -> Iterator[Problem]:
    """Find objects of both parts that have one address, or would be matched with one live object."""
    owned = [s for s in one.specs if s.address.section in kind.sections and not kind.is_shared(s.address.section)]
    live: dict[tuple[str, str, str], Spec] = {}
    for spec in owned:
        for identity in _identities(spec):
            live.setdefault(identity, spec)
    known = {spec.address: spec for spec in owned}
    for late in (s for s in other.specs if s.address.section in kind.sections):
        same = known.get(late.address)
        early = same or next((live[i] for i in _identities(late) if i in live), None)
        if early is None:
            continue
        if same and _are_named_alike(same, late) and not (owns(kind, one, same) and owns(kind, other, late)):
            yield from _same_items(kind, same, late, _name(one))
            continue
        named = dotted(early.address.steps)
        message = f"the part {_name(one)} declares the same object as {named}, at {early.source}."
        if same:
            message = f"the part {_name(one)} declares {named}, at {early.source}."
        fix = "An object belongs to one part: leave it to one of the two."
        yield Problem(late.source, dotted(late.address.steps), message, fix)


def _are_named_alike(one: Spec, other: Spec) -> bool:
    name = KINDS[one.address.section].name_member
    return bool(one.declared.get(name) == other.declared.get(name))


def _identities(spec: Spec) -> Iterator[tuple[str, str, str]]:
    """Yield what finds the live object: its id if it pins one, and else its name."""
    kind = KINDS[spec.address.section]
    name = spec.declared.get(kind.name_member, spec.address.name)
    if spec.pin:
        yield (kind.section, "id", spec.pin)
    elif isinstance(name, str) and kind.name_member and not kind.single:
        yield (kind.section, "name", name)


# --- rules about what others declare --------------------------------------------------------------------------------


def _foreign_rules(kind: DocumentKind, one: Manifest, other: Manifest) -> Iterator[Problem]:
    """Find `ignore` rules of a part that would leave unwritten what another part declares."""
    met = _ignored(kind, one.ignore, other.specs)
    for i, rule in enumerate(one.ignore):
        if i in met:
            spec, path = met[i]
            what = dotted((*spec.address.steps, *path))
            message = f"the part {_name(other)} declares {what}, at {spec.position(path)}, and this ignores it."
            fix = "A part ignores only what no other part declares: write a narrower pattern."
            yield Problem(rule.source, dotted(("ignore", i, "path")), message, fix)


def _ignored(kind: DocumentKind, rules: Sequence[Ignore], specs: Iterable[Spec]) -> dict[int, tuple[Spec, Path]]:
    """Return the first thing that each rule covers, or lies within, by the position of the rule.

    Of a shared object, it is what is declared of it.
    """
    whole = globs.Patterns(rule.path for rule in rules)
    starts = [(i, start) for i, rule in enumerate(rules) for start in globs.beginnings(rule.path)]
    leading = globs.Patterns(start for _, start in starts)
    found: dict[int, tuple[Spec, Path]] = {}
    for spec in specs if rules else ():
        for path in claims(kind, spec) if kind.is_shared(spec.address.section) else ((),):
            steps = (*spec.address.steps, *path)
            for i in (*whole.covering(steps), *(starts[j][0] for j in leading.meeting(steps))):
                found.setdefault(i, (spec, path))
    return found
