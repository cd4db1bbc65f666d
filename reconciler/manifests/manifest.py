"""A valid document: what a pool shall be, and what may be done about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from reconciler.manifests.stowing import Stowable
from reconciler.values.lookup import first_by, grouped
from schemas.records import field, record

if TYPE_CHECKING:
    from reconciler.manifests.reference_kinds.ref import Link
    from reconciler.model import Address, Path, Position, Spec, Target, Tree
    from schemas.security import Profile


def nearest_off(off: Mapping[Path, Position], path: Path) -> Position | None:
    """Return the condition that has switched off something at a path, or around it; None if there is none."""
    return next((off[path[:end]] for end in range(1, len(path) + 1) if path[:end] in off), None) if off else None


@record(frozen=True)
class Ignore:
    """Something live that shall not be reported."""

    path: str
    """A pattern over addresses and members: `clients/amplify-*`."""
    reason: str
    """Why."""
    owner: str
    """Who answers for it; may be empty."""
    expires: str
    """YYYY-MM-DD, the last day on which it holds; empty for ever."""
    source: Position
    """Where it is written."""


@record(frozen=True)
class Waiver:
    """A weakness that is accepted for a reason, and for a time."""

    rule: str
    """Id of the security rule: `CG001`."""
    path: str
    """A pattern over addresses and members: `user_pool.DeletionProtection`; empty for all that the rule finds."""
    reason: str
    """Why."""
    owner: str
    """Who answers for it."""
    expires: str
    """YYYY-MM-DD, the last day on which it holds; empty for ever."""
    source: Position
    """Where it is written."""
    part: str = ""
    """The part that says it: it accepts nothing of what another part declares. Empty in a whole document."""


@record(frozen=True)
class WrittenOutput:
    """A configuration that apply writes for an application."""

    client: str
    """Key of the client."""
    format: str
    """Name of the format."""
    file: str
    """The file, relative to the manifest; empty for the usual one of the format, or for parameters."""
    prefix: str
    """What each name begins with; empty takes that of the format."""
    source: Position
    """Where it is written."""
    manifest: str = ""
    """File of the part that declares it; empty for that of the document."""


@record(frozen=True)
class PoolPart:
    """One of several documents that declare one pool."""

    name: str
    """Its name."""
    file: str
    """As the user named it."""
    source: Position
    """Where the document begins."""
    listed: tuple[str, ...] = ()
    """The names of all parts of the pool, if the document lists them."""


@record(frozen=True)
class Manifest(Stowable):
    """One valid document, or the parts of one pool that were loaded together."""

    LARGE: ClassVar[tuple[str, ...]] = ("specs", "positions")

    file: str
    """As the user named it; `-` is standard input."""
    source: Position
    """Where the document begins."""
    kind: str
    """`UserPool` or `IdentityPool`: a key of `schemas.documents.DOCUMENTS`."""
    name: str
    """Name of the pool, or its id where the manifest does not name it."""
    account: str
    """Target account number; empty when it does not say."""
    region: str
    """Target Region, or that of the id; empty when neither says."""
    pool_id: str
    """Id of the pool; empty when it is found by its name."""
    sections: frozenset[str]
    """Sections that are managed: those that are present, even if empty; `clients.branding` if any client has one."""
    specs: tuple[Spec, ...]
    """The declared objects, the pool first, then in the order of the schema; what is inside others comes last."""
    prune: tuple[str, ...] = ()
    """Sections that apply may delete from."""
    protect: tuple[str, ...] = ()
    """Patterns of objects that are never deleted or replaced, with what is inside of them."""
    ignore: tuple[Ignore, ...] = ()
    """What is not reported."""
    outputs: tuple[WrittenOutput, ...] = ()
    """Configurations that apply writes for applications."""
    profile: Profile = "consumer"
    """Whom the pool serves."""
    waivers: tuple[Waiver, ...] = ()
    """Weaknesses that are accepted."""
    privileged_attributes: tuple[str, ...] = ()
    """Attributes that give rights: `custom:role`."""
    allowed_redirect_hosts: tuple[str, ...] = ()
    """Hosts that clients may send users to; empty for any."""
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Whose insides are managed: `clients.terms` → keys of the clients that have `terms`, even if empty."""
    links: tuple[Link, ...] = ()
    """Its references to other documents, and to itself, in the order of the text."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Where each value of the document is."""
    off: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """What `$when` has switched off, with the place of its condition."""
    parts: tuple[PoolPart, ...] = ()
    """The parts that it was made of, the one that makes the pool first; empty for a whole document."""

    @property
    def missing_parts(self) -> tuple[str, ...]:
        """Names of the parts of the pool that some part lists and that were not loaded, sorted."""
        listed = {name for part in self.parts for name in part.listed}
        return tuple(sorted(listed - {part.name for part in self.parts}))

    @property
    def lists_parts(self) -> bool:
        """Whether some part says which parts there are."""
        return any(part.listed for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """Whether what it does not declare is declared nowhere: a part that says of no others may be one of several."""
        if not self.parts:
            return True
        return not self.missing_parts if self.lists_parts else len(self.parts) != 1

    @property
    def may_prune(self) -> bool:
        """Whether all parts of its pool are known to be loaded, so that what they do not declare may be deleted."""
        return not self.parts or (self.lists_parts and not self.missing_parts)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that declare it."""
        return tuple(part.file for part in self.parts) or (self.file,)

    @property
    def is_guest(self) -> bool:
        """Whether its pool has to exist: it has parts, and none of them makes the pool."""
        if not self.parts:
            return False
        from schemas.documents import DOCUMENTS

        kind = DOCUMENTS[self.kind]
        root = self.spec(kind.root)
        return root is None or kind.name_member not in root.declared

    def concerns(self, address: Address, path: Path = ()) -> bool:
        """Return whether an object, or a member of it, is any business of the manifest: of a part, what it declares."""
        if self.is_whole:
            return True
        spec = self._around(address)
        return spec is not None and (not path or bool(spec.part(path)))

    def part_of(self, address: Address, path: Path = ()) -> str:
        """Return the part that declares a member, or the object that it is in; empty if no part does."""
        spec = self._around(address)
        return spec.part(path) if spec else ""

    def _around(self, address: Address) -> Spec | None:
        """Return a declared object, or the one that contains it."""
        return self.at(address) or (self.at(address.owner) if address.owner else None)

    @property
    def root(self) -> Address:
        """Address of the pool itself."""
        from reconciler.kinds import root_of
        from reconciler.model import Address

        return Address(self.name, root_of(self.kind).section)

    @property
    def target(self) -> Target:
        """Where it is applied, as far as the document alone says so: account and Region may be empty."""
        from reconciler.model import PartFile, Target

        files = tuple(PartFile(part.name, part.file) for part in self.parts)
        return Target(self.account, self.region, self.name, self.pool_id, self.file, files)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the documents that it refers to; itself is not among them."""
        return tuple(dict.fromkeys(link.document for link in self.links if not self._is_own(link)))

    @cached_property
    def own_links(self) -> Mapping[str, Address]:
        """Its references to itself: what each target (`customers/user_pool#Id`) leads to."""
        from reconciler.model import Address

        own = (link for link in self.links if self._is_own(link))
        return {link.target: Address(self.name, link.section, link.name) for link in own}

    @cached_property
    def own_names(self) -> Mapping[str, str]:
        """Those of its references to itself that lead to a name, with the name: it is known from the start."""
        from reconciler.kinds import KINDS

        found: dict[str, str] = {}
        for target, address in self.own_links.items():
            spec, member = self.at(address), target.rpartition("#")[2]
            name = spec.declared.get(member, address.name) if spec else None
            if member == KINDS[address.section].name_member and isinstance(name, str):
                found[target] = name
        return found

    def _is_own(self, link: Link) -> bool:
        """Whether a reference leads to the document itself; an identity pool may have the name of a user pool."""
        from schemas.documents import DOCUMENTS

        return link.document == self.name and link.section in DOCUMENTS[self.kind].sections

    def switched_off(self, path: Path) -> Position | None:
        """Return the condition that has switched off something at a path, or around it; None if there is none."""
        return nearest_off(self.off, path)

    def spec(self, section: str, name: str = "") -> Spec | None:
        """Return a declared object, or None."""
        return self._by_name.get((section, name))

    def at(self, address: Address) -> Spec | None:
        """Return the declared object with an address, or None."""
        return self._by_address.get(address)

    def section(self, name: str) -> tuple[Spec, ...]:
        """Return the declared objects of a section, in their order."""
        return self._by_section.get(name, ())

    def link(self, target: str) -> Link | None:
        """Return its first reference with a target (`customers/clients/web#ClientId`), or None."""
        return self._by_target.get(target)

    @cached_property
    def alone(self) -> Mapping[Address, Tree]:
        """What is known of each declared object without a live one: of the lists, only our items."""
        from reconciler.kinds import KINDS
        from reconciler.values.item_forms import offline

        return {s.address: offline(KINDS[s.address.section].model, s.declared) for s in self.specs}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Spec]:
        return first_by(self.specs, lambda s: (s.address.section, s.address.name))

    @cached_property
    def _by_address(self) -> Mapping[Address, Spec]:
        return first_by(self.specs, lambda s: s.address)

    @cached_property
    def _by_section(self) -> Mapping[str, tuple[Spec, ...]]:
        return grouped(self.specs, lambda s: s.address.section)

    @cached_property
    def _by_target(self) -> Mapping[str, Link]:
        return first_by(self.links, lambda link: link.target)
