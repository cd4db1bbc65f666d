"""Parts of one pool → one manifest, so that all stages behind the loader see the pool as if one document declared it.

Several teams may each keep a document of one pool (`part: NAME`). Parts that are loaded together become one manifest
here: one plan, one read, one order, one set of rules (decision 47). Every value keeps its place and its part. What two
parts claim is a problem with both places (`part_claims`), and so is an envelope that says two things of the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from reconciler.errors import Problem
from reconciler.manifests import part_claims
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.part_specs import met, tagged
from reconciler.model import Address, Path, Position, Spec
from reconciler.values.lookup import grouped
from schemas.documents import DOCUMENTS
from schemas.records import replace

T = TypeVar("T")

LISTS = ("prune", "protect", "ignore", "outputs", "waivers", "privileged_attributes", "allowed_redirect_hosts", "parts")
"""Keys of the envelope whose items are put one behind the other."""


def combined(manifests: Sequence[Manifest]) -> tuple[list[Manifest], list[Problem]]:
    """Return the manifests with the parts of each pool as one, in the place of its first part, and what is wrong.

    Args:
        manifests: Loaded ones. What they say means nothing where problems were reported of them.
    """
    problems: list[Problem] = []
    pools = list(_pools([m for m in manifests if m.parts and m.name], problems))
    made = {id(found[0]): _joined(found, problems) for found in pools}
    inner = {id(m) for found in pools for m in found[1:]}
    return [made.get(id(m), m) for m in manifests if id(m) not in inner], problems


def where(manifest: Manifest, *path: str | int) -> Position:
    """Return where a value of the envelope is, or where the document begins."""
    return manifest.positions.get(path, manifest.source)


# --- which parts are of one pool ------------------------------------------------------------------------------------


def _pools(parts: Sequence[Manifest], problems: list[Problem]) -> Iterator[Sequence[Manifest]]:
    """Yield the parts of each pool: those of one kind and name, in one account and Region, of one id if they have one.

    Args:
        parts: All parts of the run.
        problems: Gets what leaves open of which pool a part is.
    """
    problems += _other_names(parts)
    for same in grouped(parts, lambda m: (m.kind, m.name)).values():
        places = grouped(same, lambda m: (m.account, m.region))
        problems += _half_targets([found[0] for found in places.values()])
        for found in places.values():
            pinned = grouped((m for m in found if m.pool_id), lambda m: m.pool_id)
            if len(pinned) <= 1:
                yield found
                continue
            yield from pinned.values()
            for open_ in (m for m in found if not m.pool_id):
                message = f"several pools named {open_.name} have parts here, each with an id, and this one has none."
                problems.append(Problem(open_.source, "", message, "Write the id of its pool."))


def _half_targets(firsts: Sequence[Manifest]) -> Iterator[Problem]:
    """Find parts that may be of one pool, and do not name its account and Region alike."""
    for i, one in enumerate(firsts):
        for other in firsts[:i]:
            pairs = ((one.account, other.account), (one.region, other.region))
            if all(a == b or not a or not b for a, b in pairs):
                message = f"this target is not the one of part {_name(other)} of the pool, at {where(other, 'target')}."
                fix = "Write the same account and Region in all parts of a pool."
                yield Problem(where(one, "target"), "target", message, fix)
                break


def _other_names(parts: Sequence[Manifest]) -> Iterator[Problem]:
    """Find parts that pin one pool, and call it differently or place it elsewhere."""
    seen: dict[tuple[str, str], Manifest] = {}
    for one in (m for m in parts if m.pool_id):
        first = seen.setdefault((one.kind, one.pool_id), one)
        if (first.name, first.account, first.region) != (one.name, one.account, one.region):
            message = f"the part {_name(first)} pins this pool too, at {where(first, 'id')}, by another name or target."
            yield Problem(where(one, "id"), "id", message, "Name it alike in both parts, or correct the id.")


def _name(manifest: Manifest) -> str:
    return manifest.parts[0].name


# --- one manifest ---------------------------------------------------------------------------------------------------


def _joined(parts: Sequence[Manifest], problems: list[Problem]) -> Manifest:
    """Return one manifest of all parts of a pool."""
    maker = next((m for m in parts if _makes(m)), parts[0])
    every = [maker, *(m for m in parts if m is not maker)]
    problems += _names(parts)
    problems += _profiles(parts)
    problems += part_claims.overlaps(parts)
    return replace(
        maker,
        pool_id=next((m.pool_id for m in every if m.pool_id), ""),
        sections=frozenset().union(*(m.sections for m in every)),
        specs=_specs(every, problems),
        prune=_all(m.prune for m in every),
        protect=_all(m.protect for m in every),
        ignore=_all(m.ignore for m in every),
        outputs=_all(m.outputs for m in every),
        profile=next((m.profile for m in every if ("profile",) in m.positions), maker.profile),
        waivers=_all(m.waivers for m in every),
        privileged_attributes=_all(m.privileged_attributes for m in every),
        allowed_redirect_hosts=_all(m.allowed_redirect_hosts for m in every),
        owners=_owners(every),
        links=_all(m.links for m in every),
        positions=_positions(every),
        off=_off(every),
        parts=tuple(part for m in every for part in m.parts),
    )


def _makes(manifest: Manifest) -> bool:
    return not manifest.is_guest


def _all(values: Iterator[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(item for items in values for item in items)


def _owners(parts: Sequence[Manifest]) -> Mapping[str, frozenset[str]]:
    sections = dict.fromkeys(section for m in parts for section in m.owners)
    return {s: frozenset().union(*(m.owners.get(s, frozenset()) for m in parts)) for s in sections}


def _positions(parts: Sequence[Manifest]) -> dict[Path, Position]:
    """Return where everything is: items of lists count on through the parts, of all else the first place counts."""
    found: dict[Path, Position] = {}
    before = dict.fromkeys(LISTS, 0)
    for manifest in parts:
        count = dict.fromkeys(LISTS, 0)
        for path, position in manifest.positions.items():
            key, at = str(path[0]) if path else "", path[1] if len(path) > 1 else None
            if key in before and isinstance(at, int):
                count[key] = max(count[key], at + 1)
                found[key, at + before[key], *path[2:]] = position
            else:
                found.setdefault(path, position)
        before = {key: before[key] + count[key] for key in LISTS}
    return found


def _off(parts: Sequence[Manifest]) -> dict[Path, Position]:
    """Return what is switched off in one part, and declared by no other."""
    return {
        path: place
        for manifest in parts
        for path, place in manifest.off.items()
        if not any(path in other.positions for other in parts if other is not manifest)
    }


def _specs(parts: Sequence[Manifest], problems: list[Problem]) -> tuple[Spec, ...]:
    """Return the objects of all parts in the order of the schema, and within a section by name."""
    kind = DOCUMENTS[parts[0].kind]
    every = [
        tagged(kind, spec, _name(manifest), owned=part_claims.owns(kind, manifest, spec))
        for manifest in parts
        for spec in manifest.specs
    ]
    if len(parts) == 1:
        return tuple(every)
    places = {section: i for i, section in enumerate(kind.all)}
    found: dict[Address, list[Spec]] = {}
    for spec in every:
        found.setdefault(spec.address, []).append(spec)
    one = [met(kind, same, problems) if len(same) > 1 else same[0] for same in found.values()]
    return tuple(sorted(one, key=lambda spec: (places[spec.address.section], spec.address.name)))


# --- what cannot be of one pool -------------------------------------------------------------------------------------


def _names(parts: Sequence[Manifest]) -> Iterator[Problem]:
    """Find two parts of one name, and parts that a list of all parts lacks."""
    seen: dict[str, Manifest] = {}
    for manifest in (m for m in parts if _name(m)):
        first = seen.setdefault(_name(manifest), manifest)
        if first is not manifest:
            message = f"the part {_name(manifest)} of the pool {manifest.name} is declared twice; the first document "
            message += f"is at {first.source}."
            yield Problem(where(manifest, "part"), "part", message, "Merge the two documents, or rename one.")
    for lister in (m for m in parts if m.parts[0].listed):
        for manifest in (m for m in parts if _name(m) and _name(m) not in lister.parts[0].listed):
            if manifest is not lister:  # that it lacks itself has been reported
                message = f"the part {_name(manifest)} is not among the parts of the pool at {where(lister, 'parts')}."
                yield Problem(where(manifest, "part"), "part", message, "Add it there, or correct the name.")


def _profiles(parts: Sequence[Manifest]) -> Iterator[Problem]:
    said = [m for m in parts if ("profile",) in m.positions]
    for manifest in said[1:]:
        if manifest.profile != said[0].profile:
            message = f"the part {_name(said[0])} says {said[0].profile}, at {where(said[0], 'profile')}."
            fix = "Say in one part whom the pool serves, or the same in all."
            yield Problem(where(manifest, "profile"), "profile", message, fix)
