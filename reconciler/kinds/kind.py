"""The vocabulary in which a kind of resource is declared.

A kind is one value of `ResourceKind` in one file of `kinds/`: which operations read and write it, what identifies
it, what it stands on, and the few things that only it has to know, as small functions. The engine walks these tables
and names no kind; IAM policies, reference pages and meta-tests are derived from the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model import Address, Call, FieldChange, Path, Position, Refusal, ResourceChange, Target, Tree
from schemas.base import ApiModel


@dataclass(frozen=True, slots=True)
class Listing:
    """How all objects of a kind are found."""

    operation: str
    """The list operation."""
    items: str
    """Member of the answer that holds the items."""
    page: tuple[str, int] | None
    """Parameter for the page size and its maximum, where the operation has one (cognito.md 1.1)."""
    complete: bool = False
    """Whether items are whole objects, so that no read per object is needed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one object is read."""

    operation: str
    """The read operation."""
    result: str = ""
    """Member of the answer that holds the object; empty when the answer is the object."""


@dataclass(frozen=True, slots=True)
class RegionalRead:
    """A part of an object that is read in another Region."""

    region: Callable[[Tree], str]
    """Tells the Region from the object's own answer; empty when there is nothing to read there."""
    reading: Reading
    """How it is read there."""
    join: Callable[[Tree, Tree], Tree]
    """Puts the object's own answer and the one from there together."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything about one pool at one moment: live, or as it would be after some of the planned calls.

    Rules look at this. A section that was not read is unknown, not empty.
    """

    objects: Mapping[Address, Tree]
    """Objects by address."""
    known: frozenset[str]
    """Sections whose objects are all here."""
    region: str = ""
    """Region of the pool; empty when judged without one."""
    account: str = ""
    """Account of the pool; empty when judged without one."""
    offline: bool = False
    """Whether this is only what a manifest says: then an absent member is unknown, not unset."""

    def one(self, section: str, name: str = "") -> Tree:
        """Return an object, or an empty one."""
        return next((t for a, t in self.objects.items() if (a.section, a.name) == (section, name)), {})

    def all(self, section: str) -> dict[Address, Tree]:
        """Return the objects of a section by address."""
        return {a: t for a, t in self.objects.items() if a.section == section}


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a state breaks a rule; which one is known from the rule whose check found it."""

    section: str
    """Section of the object at fault."""
    name: str
    """The object at fault within the section."""
    path: Path
    """The member at fault."""
    message: str
    """What is wrong in this case."""
    advice: str = ""
    """What to do in this case; empty takes the rule's own advice."""


Check = Callable[[State], Iterable[Breach]]
"""Finds where a state breaks a rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a plan must keep: of Cognito, or of poolctl's own safety.

    Messages, `poolctl explain`, `docs/rules.md` and the help in SARIF take their words from here.
    """

    id: str
    """Its name everywhere: `P7` as in cognito.md 3, or a word such as `immutable` for a rule of the engine."""
    title: str
    """What it is about, in a few words."""
    what: str
    """What is refused, or warned of."""
    why: str
    """What Cognito does, and what would follow."""
    source: tuple[str, ...]
    """Where that is known from: `cognito.md 3.1`, `decision 4`."""
    advice: str
    """What to do instead."""
    check: Check | None = None
    """Finds where a state breaks it; None for a rule that a stage of the engine applies by itself."""
    warning: bool = False
    """Whether the service takes it all the same, so that a notice is enough."""

    def checked_by(self, check: Check) -> Rule:
        """Return the same rule with a check of its own, for a rule that several kinds share."""
        return replace(self, check=check)

    def violations(self, state: State) -> Iterator[Violation]:
        """Yield where a state breaks it."""
        for breach in self.check(state) if self.check else ():
            yield Violation(self, breach)

    def refusal(
        self, address: Address, path: Path, message: str, source: Position | None = None, advice: str = ""
    ) -> Refusal:
        """Return the refusal of one case.

        Args:
            address: The object at fault.
            path: The member at fault.
            message: What is wrong in this case.
            source: Where the manifest says so.
            advice: What to do in this case; empty takes the rule's own advice.
        """
        return Refusal(address, self.id, path, message, advice or self.advice, source)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a state breaks, and where."""

    rule: Rule
    """The rule."""
    breach: Breach
    """The case."""

    @property
    def key(self) -> tuple[str, str, str, Path]:
        """What makes two violations the same one."""
        return (self.rule.id, self.breach.section, self.breach.name, self.breach.path)

    @property
    def advice(self) -> str:
        """What to do instead."""
        return self.breach.advice or self.rule.advice


@dataclass(frozen=True, slots=True)
class Undecided:
    """Something that a manifest has to say and does not."""

    path: Path
    """Within the object."""
    message: str
    """What is missing, and why it matters."""
    advice: str
    """What to write."""


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A call in the making: what a kind's `prepare` may look at and change."""

    change: ResourceChange
    """What the call is for."""
    payload: Tree
    """Observed members that may be sent, with the declared ones over them."""
    after: Callable[[str], Tree]
    """Gives the planned state of the single object of another section (`user_pool`)."""
    declared: Callable[[str], Tree]
    """Gives what the manifest declares for the single object of another section."""
    target: Target
    """Where it is for."""


def _same(tree: Tree) -> Tree:
    return tree


def _unchanged(pending_call: PendingCall) -> Tree:
    return pending_call.payload


def _deletable(live: Tree) -> str:  # noqa: ARG001 - the default of `undeletable`
    return ""


def _nobody(tree: Tree, pool_id: str) -> str:  # noqa: ARG001 - the signature of the hook
    return ""


def _nothing(tree: Tree) -> Iterable[tuple[str, str]]:  # noqa: ARG001 - the signature of the hook
    return ()


def _settled(declared: Tree, observed: Tree) -> Iterable[Path]:  # noqa: ARG001 - the signature of the hook
    return ()


def _plainly(declared: Tree, observed: Tree) -> str:  # noqa: ARG001 - the signature of the hook
    return ""


def _as_they_are(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    return ids


def _as_read(tree: Tree, pool: Tree) -> Tree:  # noqa: ARG001 - the signature of the hook
    return tree


def _no_exports(ids: Mapping[str, str], region: str) -> Mapping[str, str]:  # noqa: ARG001 - the signature of the hook
    return {}


def _as_planned(after: Tree, declared: Tree) -> Tree:  # noqa: ARG001 - the signature of the hook
    return after


def _fluid(change: FieldChange, declared: Tree, before: Tree) -> str:  # noqa: ARG001 - the signature of the hook
    return ""


def _steady(tree: Tree) -> str:  # noqa: ARG001 - the signature of the hook
    return ""


def _complete(tree: Tree) -> Iterable[Undecided]:  # noqa: ARG001 - the signature of the hook
    return ()


@dataclass(frozen=True)
class ResourceKind:
    """One kind of resource."""

    section: str
    """Key of the manifest section, and the kind's name everywhere; `clients.branding` for a kind inside another."""
    resource_type: str
    """CloudFormation's word for it, used in machine output: `UserPoolClient`."""
    title: str
    """For people: `app client`."""
    model: type[ApiModel]
    """Its schema."""
    service: str = "cognito-idp"
    """The API it belongs to."""
    document: str = "UserPool"
    """The kind of document that it stands in."""

    listing: Listing | None = None
    """How its objects are found; None for single objects and for those found by `names`."""
    gather: Callable[[Iterable[Tree]], Tree] | None = None
    """Makes one object of all items of the listing, where the API has no other way to tell of it."""
    reading: Reading | None = None
    """How one is read; None where the listing is complete."""
    regional_read: RegionalRead | None = None
    """What of it is read in another Region."""
    create: str = ""
    """Operation that makes one; empty where it comes with its pool."""
    created: str = ""
    """Member of the create answer that holds the new object."""
    update: str = ""
    """Operation that changes one."""
    delete: str = ""
    """Operation that removes one; empty where it cannot be removed."""
    ended_by: str = ""
    """Operation of others that removes one which poolctl never removes: a pool (decision 3)."""

    name_member: str = ""
    """Member that holds the name; empty for single objects."""
    id_param: str = ""
    """Parameter that identifies one within its pool: `ClientId`; empty for single objects of a pool."""
    id_member: str = ""
    """Member of the answer that holds the identifier, where it is spelled differently."""

    listed_name: str = ""
    """Member of list items that holds the name, where it is spelled differently from `name_member`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that its calls take besides, always with the same value (`ClientId: ALL`)."""
    extra_ids: Mapping[str, str] = field(default_factory=dict)
    """Further parameters that its answer gives to calls: parameter → member (`ResourceArn` → `Arn`)."""

    to_params: Callable[[Mapping[str, Any]], Mapping[str, Any]] = _as_they_are
    """Turns identifiers into parameters, where the API wants a structure."""

    account_wide: bool = False
    """Whether it belongs to the whole account and Region, and not to the pool that a manifest describes."""
    root: bool = False
    """Whether it is the pool itself, which all others live in."""
    after: tuple[str, ...] = ()
    """Sections all of whose changes must come first, whatever the objects name."""
    stands_on: tuple[str, ...] = ()
    """Sections that must be read with this one, as its rules look at them."""
    flexible: tuple[str, ...] = ()
    """Single-object sections whose order relative to this one follows the direction of the change (decision 7)."""
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members of this object that a write to another section changes too: section → members."""

    from_manifest: Callable[[Tree], Tree] = _same
    """Turns what an author wrote, not validated yet, into the spelling of the input."""
    omissions: Callable[[Tree], Iterable[Undecided]] = _complete
    """Finds what the author has to decide, as nobody documents what the service would; gets what was written, not
    validated yet."""
    from_api: Callable[[Tree], Tree] = _same
    """Turns an answer into the spelling of the input."""
    to_manifest: Callable[[Tree, Tree], Tree] = _as_read
    """Turns a live object into what an author would write for it: without what the service mirrors or adds, and with
    `Secret` leaves where a value must be given that is not shown; gets the object and its pool."""
    names: Callable[[Tree], Iterable[str]] | None = None
    """Tells the names of live objects from the answer of what they are inside of, where nothing lists them."""
    initial: Callable[[], Tree] = dict
    """What the object is in a new pool, where it comes with the pool."""
    equivalent: Callable[[Tree, Tree], Iterable[Path]] = _settled
    """Tells which declared members already hold, with all below them, although they are spelled differently
    (3600 seconds, 1 hour)."""
    reason: Callable[[Tree, Tree], str] = _plainly
    """Says about a change what its members do not show; gets what is declared and the live object."""
    computed: Callable[[Tree, Tree], Tree] = _as_planned
    """Completes the planned state with what the change brings along; gets that state and what is declared."""
    prepare: Callable[[PendingCall], Tree] = _unchanged
    """Strips what the service echoes but refuses, and completes what it needs (cognito.md 0 and 4.6)."""
    lower: Callable[[PendingCall, Callable[[PendingCall], tuple[Call, ...]]], tuple[Call, ...]] | None = None
    """Replaces the one call of a change by several, where the API has several; gets the usual lowering to call."""
    needs: Callable[[Tree], Iterable[tuple[str, str]]] = _nothing
    """Tells which other objects (section, name) must be there first."""
    frozen: Callable[[FieldChange, Tree, Tree], str] = _fluid
    """Tells why a member of a live object cannot be changed and what to do, where the schema's marks cannot say it;
    gets the change, what is declared and the live object; empty when it can."""
    undeletable: Callable[[Tree], str] = _deletable
    """Tells why the service would not delete a live object as it is, and what to do first; empty when it would."""
    exports: Callable[[Mapping[str, str], str], Mapping[str, str]] = _no_exports
    """Gives what other documents may refer to, from the identifiers of a live object and its Region."""
    owner: Callable[[Tree, str], str] = _nobody
    """Tells who made the object, if it was not an author of manifests (decision 13); gets the pool's id."""
    pending: Callable[[Tree], str] = _steady
    """Tells the service's word for "still busy" (`CREATING`), or nothing when the object is ready."""
    patience: Callable[[Tree], float] = field(default=lambda _: 60.0)
    """How long `pending` may last, in seconds."""
    rules: tuple[Rule, ...] = ()
    """What the service refuses about it (cognito.md 3)."""
    taken: Rule | None = None
    """The rule that refuses a name which another pool has already, where names are unique beyond one pool."""

    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Members that other operations than `update` write on a live object, as `lower` does it: member → operations.
    Told, never obeyed."""
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """IAM actions that are needed besides those named like the operations: by operation, or by the path of the member
    that needs them when it is set (cognito.md 9 and 10)."""

    @property
    def single(self) -> bool:
        """Whether there is exactly one in what it is inside of."""
        return not self.name_member or self.root

    @property
    def watched(self) -> bool:
        """Whether it is only looked at: nothing makes or changes it."""
        return not self.create and not self.update

    @property
    def outer(self) -> str:
        """The section of the objects that it is inside of, or empty for what stands in the pool itself."""
        outer, dot, _ = self.section.partition(".")
        return outer if dot else ""

    @property
    def waits(self) -> bool:
        """Whether the service goes on working on an object after a call was answered."""
        return self.pending is not _steady

    @property
    def reads(self) -> frozenset[str]:
        """The operations that read it."""
        regional_read = self.regional_read.reading if self.regional_read else None
        return frozenset(o.operation for o in (self.listing, self.reading, regional_read) if o)

    def identifier(self, answer: Mapping[str, Any]) -> str:
        """Return the identifier that an answer holds, or nothing."""
        return str(answer.get(self.id_member or self.id_param, ""))
