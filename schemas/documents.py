"""The kinds of documents and how they differ: their sections, which section is the pool, and the format of its id.

All readers of documents use this table, in which a user pool and an identity pool are two rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from schemas.base import ApiModel, KeyName, Member, Pin, members
from schemas.identity_manifest import IDENTITY_POOL_ID, IdentityPoolEnvelope, IdentityPoolManifest
from schemas.manifest import USER_POOL_ID, UserPoolEnvelope, UserPoolManifest
from schemas.records import record
from schemas.sections import inside, is_single, objects


@record(frozen=True)
class DocumentKind:
    """One kind of document."""

    name: str
    """Value of `kind`: `UserPool`."""
    model: type[ApiModel]
    """The schema of the document."""
    envelope: type[ApiModel]
    """The schema of what surrounds the sections."""
    root: str
    """The section that is the pool itself."""
    name_member: str
    """The member of the root that names the pool."""
    id_pattern: str
    """Format of the pool's id (cognito.md 1.1); the part before the separator is its Region."""
    id_separator: str
    """Separator after the Region in an id."""
    root_targets: tuple[str, ...]
    """Members of the pool itself that other documents can reference."""

    @cached_property
    def sections(self) -> Mapping[str, Member]:
        """The sections by key, in the order of the model."""
        return objects(self.model)

    @cached_property
    def nested(self) -> Mapping[str, Member]:
        """Objects nested inside the objects of the sections, by `clients.branding`, in the order of the models."""
        return inside(self.sections)

    @cached_property
    def nested_in(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Of each section that has nested objects, their keys in `nested` and the members that hold them."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for name in self.nested:
            outer, _, part = name.partition(".")
            found[outer] = (*found.get(outer, ()), (name, part))
        return found

    @cached_property
    def all(self) -> Mapping[str, Member]:
        """Everything that holds objects: sections, and the objects nested inside them."""
        return {**self.sections, **self.nested}

    @cached_property
    def prunable(self) -> tuple[str, ...]:
        """Sections whose objects may be deleted: those that hold several."""
        return tuple(name for name, member in self.all.items() if not is_single(member))

    def is_shared(self, section: str) -> bool:
        """Return whether several parts of a pool may each declare members of one object: the section holds only one."""
        member = self.sections.get(section)
        return member is not None and is_single(member)

    def targets(self, section: str) -> tuple[str, ...]:
        """Return the members of an object that other documents can reference: its identifiers."""
        model = self.sections[section].model
        if section == self.root or model is None:
            return self.root_targets
        return (*(m.name for m in members(model).values() if m.has(Pin) or m.has(KeyName)), *model.REFERABLE)

    def switch(self, section: str, name: str) -> str:
        """Return the member that must not be off for another one to exist that documents reference; may be empty."""
        model = self.sections[section].model
        return model.REFERABLE.get(name, "") if model else ""


DOCUMENTS: Mapping[str, DocumentKind] = {
    kind.name: kind
    for kind in (
        DocumentKind(
            name="UserPool",
            model=UserPoolManifest,
            envelope=UserPoolEnvelope,
            root="user_pool",
            name_member="PoolName",
            id_pattern=USER_POOL_ID,
            id_separator="_",
            root_targets=("Id", "Arn", "ProviderName"),
        ),
        DocumentKind(
            name="IdentityPool",
            model=IdentityPoolManifest,
            envelope=IdentityPoolEnvelope,
            root="identity_pool",
            name_member="IdentityPoolName",
            id_pattern=IDENTITY_POOL_ID,
            id_separator=":",
            root_targets=("Id",),
        ),
    )
}
"""The kinds of documents by name; the first is the default."""

DEFAULT = next(iter(DOCUMENTS))
"""The kind of a document without `kind`."""
