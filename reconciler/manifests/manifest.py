"""A valid document: what a pool shall be, and what may be done about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.manifests.late_places import LatePlaces
from reconciler.values.lookup import first_by, grouped
from schemas.records import record

if TYPE_CHECKING:
    from reconciler.manifests.reference_kinds.ref import Link
    from reconciler.model import Address, Path, Position, Spec, Target
    from schemas.security import Profile


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


@record(frozen=True)
class Manifest:
    """One valid document."""

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
    """Who declares what is inside: `clients.terms` → keys of the clients that have `terms`, even if empty. What other
    clients have is not managed."""
    links: tuple[Link, ...] = ()
    """Its references to other documents, and to itself, in the order of the text."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Where each value of the document is."""

    @property
    def root(self) -> Address:
        """Address of the pool itself."""
        from reconciler.kinds import root_of
        from reconciler.model import Address

        return Address(self.name, root_of(self.kind).section)

    @property
    def target(self) -> Target:
        """Where it is applied, as far as the document alone says so: account and Region may be empty."""
        from reconciler.model import Target

        return Target(self.account, self.region, self.name, self.pool_id, self.file)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the documents that it refers to; itself is not among them."""
        from schemas.documents import DOCUMENTS

        own = DOCUMENTS[self.kind].sections
        return tuple(
            dict.fromkeys(i.document for i in self.links if not (i.document == self.name and i.section in own))
        )

    def forget(self) -> None:
        """Give up declared members and the places of values: the document was planned, and only its names matter."""
        for tree in (self.positions, *(part for spec in self.specs for part in (spec.declared, spec.positions))):
            if isinstance(tree, LatePlaces):
                tree.forget()
            elif isinstance(tree, dict):
                tree.clear()

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
