"""Live state → manifest text: a live pool as an author would write it.

Selects the members to write; other modules make the calls and write the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from reconciler.cloud.port import Identity
from reconciler.errors import Refused
from reconciler.export import opted_in
from reconciler.export.owned_part import OwnedPart
from reconciler.export.placed_variables import PlacedVariable
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.writer import LONG, Flow, LiveText, blocks
from reconciler.model import UNSEEN, Gap, Observed, Path, Secret, Tree, dotted
from reconciler.observing.observer import LiveState, Owner, not_here
from reconciler.observing.ownership import split
from reconciler.security.judging import governs
from reconciler.values.differ import same
from reconciler.values.shapes import Shape, input_shape, project
from schemas.base import CreateOnly, Default, FreeDocument, Keyed, KeyName, Member, Pin, Presence, WriteOnly, members
from schemas.documents import DEFAULT, DOCUMENTS
from schemas.records import field, record, replace
from schemas.user_pool import STANDARD_ATTRIBUTES

MAX_KEY = 128
"""Maximum length of a client's name, and so of a key derived from it."""

LEFT_OUT = frozenset(k.section for k in KINDS.values() if k.account_wide or k.declared_only or k.surrounding)
"""Sections that do not belong to a pool, whose objects are not read unless they are declared, or that a manifest has to
opt in to."""

ABSENT_VALUES: tuple[Any, ...] = (None, "", [], {})
"""Values that the service returns for unset members."""


@record(frozen=True, slots=True)
class Style:
    """Style of an exported manifest."""

    mode: str = "minimal"
    """`minimal` omits members at the service's default, `guarded` only those that say nothing about security, and
    `full` none."""
    secrets: str = "secret"
    """Kind of reference for secrets: `secret` or `env`."""
    beside: bool = False
    """Whether long texts and images are written to files beside the manifest."""
    sections: frozenset[str] = frozenset()
    """Sections of `opted_in` that are written too."""
    portable: bool = False
    """Whether variables replace what is of one account or Region, and nothing names the pool by an id."""


@record(frozen=True, slots=True)
class Promise:
    """A secret that the manifest references."""

    kind: str
    """`secret` or `env`."""
    target: str
    """Target of the reference."""
    address: str
    """The object and the member that need it."""
    value: Secret
    """The live value."""

    @property
    def shown(self) -> bool:
        """Whether the service returns the secret."""
        return self.value.origin != UNSEEN


@record(frozen=True, slots=True)
class Exported:
    """One pool as a manifest."""

    slug: str
    """Name of its file, without the extension."""
    text: str
    """The manifest."""
    tree: Tree = field(default_factory=dict, repr=False)
    """Its sections, as the writer takes them."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Referenced files, by path relative to the manifest."""
    promises: tuple[Promise, ...] = ()
    """Referenced secrets."""
    left_aside: tuple[str, ...] = ()
    """What was asked for and cannot be written, each in a sentence or two."""
    sections: frozenset[str] = frozenset()
    """Sections of `opted_in` that it has."""
    variables: tuple[PlacedVariable, ...] = ()
    """The variables of a portable manifest."""
    targets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What other portable manifests can refer to: value → target of the reference."""

    @property
    def personal(self) -> bool:
        """Whether it has personal data: users."""
        return any(KINDS[section].declared_only for section in self.sections)


# --- names ---------------------------------------------------------------------------------------------------------


RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""Names of devices on Windows, whatever follows the first dot."""

MANIFEST = re.compile(r"\.(ya?ml)$", re.IGNORECASE)
"""The end of a name for which a directory could take the place of a manifest."""


def slug(name: str) -> str:
    """Return a name for files on every system: letters, digits, `-`, `_` and `.`; never hidden, empty or reserved."""
    plain = MANIFEST.sub(r"-\1", re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")) or "pool"
    return f"pool-{plain}" if plain.partition(".")[0].casefold() in RESERVED else plain


def slugs(names: Sequence[tuple[str, str]]) -> list[str]:
    """Return a name for files for each pool, unique on systems that ignore case, too.

    Args:
        names: Name and id of each; names that would collide are followed by the id.
    """
    plain = [slug(name) for name, _ in names]
    folded = [text.casefold() for text in plain]
    wanted = [
        text if folded.count(text.casefold()) == 1 else f"{text}-{slug(key)}"
        for text, (_, key) in zip(plain, names, strict=True)
    ]
    result: list[str] = []
    for text in wanted:  # a pool may be called as another with its id
        result.append(free(text, {r.casefold() for r in result}, "-"))
    return result


def free(name: str, taken: Collection[str], dash: str) -> str:
    """Return a name that is not taken: the name itself, or with a number.

    Args:
        name: The name.
        taken: In lower case.
        dash: What comes before the number.
    """
    found, number = name, 2
    while found.casefold() in taken:
        found, number = f"{name}{dash}{number}", number + 1
    return found


def keyed(objects: Iterable[Observed]) -> list[tuple[str, Observed]]:
    """Return live objects of one section with their keys in the manifest.

    Names may not be unique: of those that share one, the first by identifier gets it as its key, and the others
    get `NAME-2` and so on.
    """
    found = sorted(objects, key=lambda o: (o.address.name, *(str(v) for v in o.ids.values())))
    taken = {o.address.name for o in found}
    seen: set[str] = set()
    result = []
    for observed in found:
        name = observed.address.name
        key = name if name not in seen else _next(name, taken)
        seen.add(name)
        taken.add(key)
        result.append((key, observed))
    return result


def _next(name: str, taken: set[str]) -> str:
    numbers = (f"-{n}" for n in range(2, len(taken) + 3))
    return next(k for n in numbers if (k := name[: MAX_KEY - len(n)] + n) not in taken)


def owners(objects: Sequence[Observed]) -> Iterator[Owner]:
    """Yield the objects whose contents are exported, by key, without those created by AWS."""
    ours, _ = split(objects, next((o.ids.get("UserPoolId", "") for o in objects), ""))
    for key, observed in keyed(ours):
        yield Owner(key, observed.address.name, observed.ids[KINDS[observed.address.section].id_param])


def sections(document: str) -> frozenset[str]:
    """Return the sections to read for a kind of document: all that can be exported."""
    return frozenset(k.section for k in KINDS.values() if k.document == document and (k.create or k.update)) - LEFT_OUT


# --- one pool ------------------------------------------------------------------------------------------------------


def export(
    document: str,
    live_state: LiveState,
    identity: Identity,
    style: Style,
    name: str,
    *,
    taken: Collection[str] = (),
    part: OwnedPart | None = None,
) -> Exported:
    """Return a live pool as a manifest.

    Args:
        document: Kind of the document.
        live_state: The live state of the pool.
        identity: Account and Region.
        style: Style of the manifest.
        name: Slug of the file.
        taken: Targets of references to secrets that other pools of the same export have.
        part: What to write of the pool; None writes all of it.

    Raises:
        Refused: A value cannot be written inline, and files are not allowed.
    """
    return PoolExport(document, live_state, identity, style, name, taken=taken, part=part).result()


class PoolExport:
    """Builds one manifest, and collects the files beside it."""

    def __init__(
        self,
        document: str,
        live_state: LiveState,
        identity: Identity,
        style: Style,
        name: str,
        *,
        taken: Collection[str],
        part: OwnedPart | None,
    ) -> None:
        self._part = part
        self._kind = DOCUMENTS[document]
        self._root = root_of(document)
        self._live_state = live_state
        self._identity = identity
        self._style = style
        self._slug = name
        self._pool = live_state.root.data if live_state.root else {}
        self._ids = live_state.root.ids if live_state.root else {}
        self._files: dict[str, bytes] = {}
        self._promises: list[Promise] = []
        self._taken = {target.casefold() for target in taken}
        self._unseen: list[str] = []
        around = opted_in.surroundings(live_state, identity)
        readable = {s for s in style.sections if s in live_state.known or not KINDS[s].surrounding}
        self._aside = opted_in.left_aside(around, readable)
        whole = {section for section, found in self._aside.items() if any(not one.name for one in found)}
        self._asked = readable - whole
        self._implications = opted_in.Implications(around, self._asked)

    def result(self) -> Exported:
        """Return the manifest."""
        sections = self._sections()
        tree = {**self._envelope(), **sections}
        text = "\n".join((*self._comments(), *blocks(tree, len(self._envelope()))))
        more = frozenset(sections) & frozenset(opted_in.SECTIONS)
        return Exported(self._slug, text, sections, self._files, tuple(self._promises), self._left_aside(), more)

    def _left_aside(self) -> tuple[str, ...]:
        return tuple(opted_in.explained(section, one) for section, found in self._aside.items() for one in found)

    def _envelope(self) -> Tree:
        kind = {"kind": self._kind.name} if self._kind.name != DEFAULT else {}
        place = {"account": self._identity.account, "region": self._identity.region}
        target = Flow({key: value for key, value in place.items() if value})
        return {"version": 1, **kind, "target": target, "id": self._ids[self._root.id_param]}

    def _comments(self) -> Iterator[str]:
        for gap in self._live_state.gaps:
            yield f"# Could not be read, so it is missing here: {gap_line(gap)}"
        for notice in (*not_here(self._live_state.unavailable), *self._live_state.notices):
            yield f"# {notice.message}"
        for reason in self._left_aside():
            yield f"# {' '.join(reason.split())}"
        if self._promises:
            yield "# This file contains no secrets. Before you plan, store them as:"
        for promise in self._promises:
            never = "" if promise.shown else "  (Cognito never returns it: get it from its source)"
            yield f"#   ${promise.kind} {promise.target}  for {promise.address}{never}"
        for member in self._unseen:
            yield f"# Cognito never returns {member}. If it is set, add it here before you change its surroundings."

    # --- objects

    def _sections(self) -> Tree:
        found: Tree = {}
        for section in self._kind.sections:
            kind = KINDS[section]
            if section in LEFT_OUT and not (section in self._asked and self._live_state.section(section)):
                continue
            tree = self._single(kind, "") if kind.single else self._children(kind)
            empty = not tree and not (self._style.mode == "full" and self._is_managed(kind))
            if not empty or (kind.root and self._has_root()) or section in self._asked:
                found[section] = tree
        return found

    def _has_root(self) -> bool:
        """Whether the pool itself is written, and not only what is in it."""
        root = self._live_state.root
        return self._part is None or (root is not None and self._part.of(root) is not None)

    def _is_managed(self, kind: ResourceKind) -> bool:
        """Whether to write an empty section, which declares that it is managed and empty."""
        if self._part:
            return False
        return not kind.single and kind.section in self._live_state.known and kind.section not in LEFT_OUT

    def _single(self, kind: ResourceKind, name: str) -> Tree:
        every = self._live_state
        live = every.section(kind.section) if kind.root else every.named(kind.section, name)
        return self._object(kind, live[0], name) if live else {}

    def _children(self, kind: ResourceKind) -> Tree:
        live = self._live_state.section(kind.section)
        if self._part:  # who owns an object takes it over, even if AWS made it
            every = {LiveText(key): (one, self._child(kind, key, one)) for key, one in keyed(live)}
            return {key: tree for key, (one, tree) in every.items() if self._is_part(kind, one, tree)}
        ours, _ = split(live, self._ids.get("UserPoolId", ""))
        found = {LiveText(key): self._child(kind, key, observed) for key, observed in keyed(ours)}
        return {key: tree for key, tree in found.items() if not self._implications.is_implied(kind, key, tree)}

    def _is_part(self, kind: ResourceKind, observed: Observed, tree: Tree) -> bool:
        """Whether an object belongs to the part, or something inside of it does."""
        inner = {s.partition(".")[2] for s in self._kind.nested if s.startswith(f"{kind.section}.")}
        return bool(self._part and self._part.of(observed)) or bool(inner & tree.keys())

    def _child(self, kind: ResourceKind, key: str, observed: Observed) -> Tree:
        local = key.rpartition("/")[2] if kind.outer else key
        head = {**self._pin(kind, observed), **self._name(kind, local, observed)}
        tree = {**head, **self._object(kind, observed, key)}
        for inner in (KINDS[s] for s in self._kind.nested if s.startswith(f"{kind.section}.")):
            part = inner.section.partition(".")[2]
            found = self._single(inner, key) if inner.single else self._inside(inner, key)
            if found:
                tree[part] = found
        return tree

    def _inside(self, kind: ResourceKind, owner: str) -> Tree:
        live = keyed(self._live_state.inside(kind.section, owner))
        kept = [(key, one) for key, one in live if self._part is None or self._part.of(one)]
        return {LiveText(key.partition("/")[2]): self._child(kind, key, observed) for key, observed in kept}

    @staticmethod
    def _pin(kind: ResourceKind, observed: Observed) -> Tree:
        pin = next((m.name for m in members(kind.model).values() if m.has(Pin)), "")
        return {pin: observed.ids[pin]} if pin in observed.ids else {}

    @staticmethod
    def _name(kind: ResourceKind, key: str, observed: Observed) -> Tree:
        """Return the name, if it differs from the key."""
        name = observed.data.get(kind.name_member, key)
        return {kind.name_member: LiveText(name)} if name != key else {}

    def _object(self, kind: ResourceKind, observed: Observed, key: str) -> Tree:
        tree = (kind.exported or kind.to_manifest)(observed.data, self._pool)
        tree = known_part(kind, tree)
        if self._part:
            tree = self._part.members(observed, tree)
        name = "" if kind.root else next((m.name for m in members(kind.model).values() if m.has(KeyName)), "")
        tree = {k: v for k, v in tree.items() if k != name}
        omits = OMITS[self._style.mode](kind.section)
        tree = reduced(kind.model, tree, {} if kind.create else kind.initial(), omits)
        tree = self._implications.left(kind, observed.address.name, tree, observed.data)
        address = str(replace(observed.address, name="" if kind.root else key))
        if tree:
            silent = (m.name for m in members(kind.model).values() if m.has(WriteOnly) and not m.has(CreateOnly))
            self._unseen += [f"{address}.{name}" for name in silent]
        return {k: self._value(v, address, (k,)) for k, v in tree.items()}

    # --- values

    def _value(self, value: Any, address: str, path: Path) -> Any:
        if isinstance(value, Secret):
            return self._promise(value, address, path)
        if isinstance(value, bytes):
            return self._file(value, address, path)
        if isinstance(value, str):
            return self._file(value.encode(), address, path) if self._goes_beside(value, path) else LiveText(value)
        if isinstance(value, dict):
            return {LiveText(k): self._value(v, address, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self._value(v, address, (*path, _label(i, v))) for i, v in enumerate(value)]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _goes_beside(self, text: str, path: Path) -> bool:
        """Whether a string is written to a file; not with a byte order mark, which would be lost, nor in a list."""
        plain = not isinstance(path[-1], int) and not text.startswith("\ufeff")
        return self._style.beside and plain and (len(text) > LONG or "\n" in text)

    def _promise(self, value: Secret, address: str, path: Path) -> Any:
        if self._style.secrets == "env":
            target = _variable(f"{self._slug}_{address.partition('/')[2] or address}_{path[-1]}")
        else:
            place = re.sub(r"[^A-Za-z0-9/_+=.@-]+", "-", f"{self._slug}/{address}")
            target = f"poolctl/{place}#{path[-1]}"
        target = free(target, self._taken, "-" if "#" in target else "_")
        self._taken.add(target.casefold())
        self._promises.append(Promise(self._style.secrets, target, f"{address}.{dotted(path)}", value))
        return Flow({f"${self._style.secrets}": target})

    def _file(self, value: bytes, address: str, path: Path) -> Any:
        if not self._style.beside:
            raise Refused(
                f"{self._slug}: {address}.{dotted(path)} is an image, which cannot be written inline; nothing was "
                "written. Write files: --to DIRECTORY."
            )
        stem = slug(f"{address.replace('/', '.')}.{'.'.join(map(str, path))}")[:150]
        ending = _ending(value, str(path[-1]))
        taken = {name.casefold().removesuffix(f".{ending}") for name in self._files}
        name = f"{free(f'{self._slug}/{stem}', taken, '-')}.{ending}"
        self._files[name] = value
        return Flow({"$file": name})


def gap_line(gap: Gap) -> str:
    """Return one line about a failed read."""
    return " ".join(f"{gap.address}: {gap.operation}: {gap.reason}".split())


def _variable(text: str) -> str:
    """Return the name of an environment variable, avoiding those of our own settings."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").upper()
    return f"POOL_{name}" if name[:1].isdigit() or name.startswith("POOLCTL_") else name


def _label(index: int, item: Any) -> str | int:
    """Return a name for a list item from its short strings, so file names do not depend on the order."""
    texts = [v for v in item.values() if isinstance(v, str) and len(v) <= 40] if isinstance(item, dict) else []  # noqa: PLR2004
    return "-".join(texts) or index


def _ending(value: bytes, member: str) -> str:
    """Return the extension of a file from its content."""
    head = value.lstrip()[:300]
    magic = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"\x00\x00\x01\x00": "ico", b"RIFF": "webp"}
    found = next((ending for start, ending in magic.items() if value.startswith(start)), "")
    if found:
        return found
    if b"<svg" in head:
        return "svg"
    if head.startswith(b"<") and (head.startswith(b"<?xml") or b"EntityDescriptor" in head):
        return "xml"
    if member == "CSS":
        return "css"
    return "html" if re.search(rb"</?[A-Za-z!][^<>]*>", value) else "txt"


# --- which members -------------------------------------------------------------------------------------------------


def known_part(kind: ResourceKind, tree: Tree) -> Tree:
    """Return the members of a live object that a manifest can hold, in the order of the schema.

    They are those of the schema, and those that only the installed botocore knows as input.
    """
    shapes = [input_shape(kind.service, o) for o in (kind.update, kind.create) if o]
    return _known(kind.model, tree, shapes)


def _known(model: Any, tree: Tree, shapes: Sequence[Shape]) -> Tree:
    known = members(model)
    order = [*(n for n in known if n in tree), *(n for n in tree if n not in known)]
    result: Tree = {}
    for name in order:
        inner = [s.members[name] for s in shapes if s.type == "structure" and name in s.members]
        member = known.get(name)
        if member:
            result[name] = _known_value(member, tree[name], inner)
        elif inner and name not in model.MOVED:
            result[name] = project(tree[name], inner[0])
    return result


def _known_value(member: Member, value: Any, shapes: Sequence[Shape]) -> Any:
    if not member.model or member.has(FreeDocument):
        return value
    if member.shape == "structure" and isinstance(value, dict):
        return _known(member.model, value, shapes)
    inner = [s.item for s in shapes if s.type in ("list", "map")]
    if isinstance(value, list):
        return [_known(member.model, v, inner) for v in value]
    return {k: _known(member.model, v, inner) for k, v in value.items()} if isinstance(value, dict) else value


Omits: TypeAlias = Callable[[Path, Any], bool]
"""Returns whether a member is omitted where it has the service's default; takes its path and its value."""


def always(_: Path, __: Any) -> bool:
    """Omit every member at the service's default."""
    return True


def never(_: Path, __: Any) -> bool:
    """Omit none."""
    return False


OMITS: Mapping[str, Callable[[str], Omits]] = {
    "minimal": lambda _: always,
    "guarded": lambda section: lambda path, value: value in ([], {}) or not governs(section, path),
    "full": lambda _: never,
}
"""By mode: takes the section."""


def reduced(model: Any, tree: Tree, assumed: Tree, omits: Omits, path: Path = ()) -> Tree:
    """Return a live object without redundant members.

    Args:
        model: Its schema.
        tree: The object.
        assumed: The object in a new pool, if it differs from the schema's default.
        omits: Whether to omit members at the service's default.
        path: Where the object is within a larger one.
    """
    known = members(model)
    result: Tree = {}
    for name, value in tree.items():
        member = known.get(name)
        default = _assumed(member, assumed.get(name))
        place = (*path, name)
        omitted = omits(place, value)
        if value is None or (_says_nothing(value, member) and (omitted or default not in ([], {}))):
            continue
        if omitted and default is not None and same(model, {name: default}, {name: value}):
            continue
        kept = _reduced_value(member, value, default, omits, place)
        if not (_says_nothing(kept, member) and not _says_nothing(value, member)):
            result[name] = kept
    return result


def _assumed(member: Member | None, given: Any) -> Any:
    mark = member.mark(Default) if member else None
    return given if given is not None or not mark else mark.value


def _says_nothing(value: Any, member: Member | None) -> bool:
    return value in ABSENT_VALUES and not (member and member.has(Presence)) and not isinstance(value, bool | int)


def _reduced_value(member: Member | None, value: Any, default: Any, omits: Omits, path: Path) -> Any:
    if not member or not member.model or member.has(FreeDocument):
        return value
    if member.shape == "structure" and isinstance(value, dict):
        return reduced(member.model, value, default if isinstance(default, dict) else {}, omits, path)
    if member.shape == "map" and isinstance(value, dict):
        return {k: reduced(member.model, v, {}, omits, (*path, k)) for k, v in value.items()}
    if mark := member.mark(Keyed):
        return [_reduced_item(member, item, mark.member, omits, path) for item in value]
    return [{k: v for k, v in item.items() if v not in ABSENT_VALUES} for item in value]


def _reduced_item(member: Member, item: Tree, key: str, omits: Omits, path: Path) -> Tree:
    """Reduce an item of a keyed list; a default item already holds only what differs."""
    usual = item[key] in STANDARD_ATTRIBUTES
    return {key: item[key], **reduced(member.model, item, {}, never if usual else omits, path)}
