"""What the definition of another tool owns, whatever the tool: objects, the members it sets, and what is left over.

The definition decides what is ours, and the live pool what it is: a state can be weeks old, and a template knows no
ids. So an object is known by the id that Cognito gave it, and never by a name.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Path, Tree

Identity = tuple[str, str, str]
"""Section, identifier of the owner inside of the pool (a ClientId) or empty, own identifier or empty."""


@dataclass(frozen=True, slots=True)
class OwnedObject:
    """One object that a definition owns."""

    section: str
    """Its kind: `clients`, `clients.branding`."""
    ids: Mapping[str, str]
    """What identifies it, as in `Observed.ids`: UserPoolId, ClientId, GroupName."""
    source: str
    """Where it is defined: `module.login["eu"].aws_cognito_user_pool_client.this["web"]`, or a logical id."""
    members: Tree = field(default_factory=dict, repr=False)
    """The values that the definition knows, in names and shapes of the API; secrets are `Secret`."""
    covers: frozenset[Path] = frozenset()
    """The members that it sets, also those without a value here. A path covers all that is below it."""
    secrets: frozenset[Path] = frozenset()
    """Members that the definition marks as secret, beside those that always are."""
    name: str = ""
    """Its name, as far as the definition knows it."""
    unknown: Mapping[Path, str] = field(default_factory=dict, repr=False)
    """Why the definition has no value for a member that it sets, as a clause."""
    never_compared: Mapping[Path, str] = field(default_factory=dict)
    """Members that the tool writes and never reads again, with their name in the definition: theirs may be another
    value than the live one, and no plan of the tool shows it."""

    @property
    def kind(self) -> ResourceKind:
        """Its kind."""
        return KINDS[self.section]

    @property
    def pool(self) -> str:
        """Id of the pool that it belongs to."""
        return self.ids[root_of(self.kind.document).id_param]

    @property
    def identity(self) -> Identity:
        """What it is found by among the live objects of its pool."""
        return identity_of(self.section, self.ids)


def valued(objects: Iterable[OwnedObject]) -> list[OwnedObject]:
    """Return the objects that a manifest can have without their live values.

    Of one that sets members and knows no value of them, a manifest would say that all of it is at Cognito's defaults.
    One that is as if it had never been set is no different.

    Args:
        objects: Of a definition.
    """
    return [one for one in objects if (one.kind.from_api(one.members) if one.members else not one.unknown)]


def identity_of(section: str, ids: Mapping[str, str]) -> Identity:
    """Return what an object is known by within its pool, from its identifiers."""
    kind = KINDS[section]
    owner = ids.get(KINDS[kind.outer].id_param, "") if kind.outer else ""
    return (section, owner, "" if kind.single else ids.get(kind.id_param, ""))


class Leftover(enum.Enum):
    """Why something of a definition is not in a manifest; the value is a heading for people."""

    ALARMING = "Must be settled first"
    """Taking it over would be wrong: it is about to be deleted or replaced."""
    GONE = "Not in the live pool"
    """The definition has it, and Cognito does not."""
    PEOPLE = "Users and memberships"
    """People are no configuration."""
    MEMBER = "Attributes without a member"
    """Part of an object that is in the manifest."""
    CONDITION = "Conditions, whose other cases are overlays"
    """The definition is for several environments, and the manifest for one."""
    SERVICE = "Of other services"
    """It stays where it is."""
    READ = "Only read"
    """A data source, an output: nothing is managed by it."""


Category: TypeAlias = Literal["alarming", "gone", "people", "member", "condition", "service", "read"]

CATEGORIES: Mapping[Leftover, Category] = {
    Leftover.ALARMING: "alarming",
    Leftover.GONE: "gone",
    Leftover.PEOPLE: "people",
    Leftover.MEMBER: "member",
    Leftover.CONDITION: "condition",
    Leftover.SERVICE: "service",
    Leftover.READ: "read",
}
"""The kinds of reasons for programs."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something that a definition has and that is in no manifest. It holds no value."""

    source: str
    """Where it is defined, with the attribute if it is one."""
    reason: str
    """Why, and what to do, as a sentence."""
    why: Leftover
    """The kind of reason."""

    @property
    def category(self) -> Category:
        """The kind of reason, for programs."""
        return CATEGORIES[self.why]


class CaseValue(NamedTuple):
    """A condition of a definition that is for several environments."""

    condition: str
    """Its name."""
    value: bool
    """Whether it holds."""


@dataclass(frozen=True, slots=True)
class OtherCase:
    """What a definition has otherwise where one of its conditions is otherwise."""

    condition: str
    """Name of the condition."""
    value: bool
    """Whether it holds in that case; in the definition's own case it is the other way round."""
    said: str
    """How it is decided in the own case, and about what, as sentences that follow its name."""
    objects: tuple[OwnedObject, ...] = ()
    """The objects that the definition owns then, those of all pools. Ids of what only that case has begin with
    `MADE_UP`."""
    along: tuple[CaseValue, ...] = ()
    """Other conditions that something depends on and that change with it, with their value in that case."""
    notes: tuple[str, ...] = ()
    """What of that case is not in `objects`, and why, in sentences."""
    within: str = ""
    """Another condition whose other case is this one too, if it cannot be otherwise alone."""


MADE_UP = "only-in-the-other-case:"
"""Begins the identifiers of objects that only another case has: Cognito has given them none."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What the definition of another tool says."""

    objects: tuple[OwnedObject, ...]
    """The objects that it owns, in the order of the definition."""
    unmapped: tuple[Unmapped, ...] = ()
    """Everything else that it has."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """The account of a pool by the pool's id, as far as the definition knows it."""
    unvalued: tuple[Unmapped, ...] = ()
    """Members whose value the definition does not have, which are in no manifest if the live pools are not read."""
    cases: tuple[OtherCase, ...] = ()
    """What other environments have otherwise, by condition."""

    def account_of(self, pool: str) -> str:
        """Return the account that a pool is in, or an empty text.

        A definition that knows one account only is about that account.
        """
        every = set(self.accounts.values())
        return self.accounts.get(pool, next(iter(every)) if len(every) == 1 else "")

    def pools(self) -> dict[str, list[OwnedObject]]:
        """Return the objects by the id of their pool, in the order of the definition."""
        found: dict[str, list[OwnedObject]] = {}
        for one in self.objects:
            found.setdefault(one.pool, []).append(one)
        return found


def document_of(objects: Iterable[OwnedObject]) -> str:
    """Return the kind of document of the objects of one pool."""
    return next(one.kind.document for one in objects)
