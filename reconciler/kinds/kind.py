"""The vocabulary in which a kind of resource is declared.

A kind is one value of `ResourceKind` in one file of `kinds/`: which operations read and write it, what identifies
it, what it depends on, and its few special cases, as small functions. The engine walks these tables
and names no kind; IAM policies, reference pages and meta-tests are derived from the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from reconciler.kinds.iam_access import IamAccess
from reconciler.model import Address, Call, Danger, FieldChange, Path, Position, Refusal, ResourceChange, Target, Tree
from schemas.base import ApiModel
from schemas.records import field, record, replace
from schemas.tuples import NamedTuple


@record(frozen=True, slots=True)
class Listing:
    """How the objects of a kind are listed."""

    operation: str
    """The list operation."""
    items: str
    """Member of the answer that holds the items."""
    page: tuple[str, int] | None
    """Parameter for the page size and its maximum, if the operation has one (cognito.md 1.1)."""
    complete: bool = False
    """Whether list items are complete objects, so no read per object is needed."""
    cursor: str = "NextToken"
    """Member of request and answer that leads to the next page."""
    again: Reading | None = None
    """How one is read by its name before a write, where the items are complete and there may be thousands."""
    tells_owner: Callable[[Tree], bool] = lambda _pool: True
    """Returns whether items show whether AWS made an object, from the pool's own answer. If so, a plan
    describes only declared objects of a kind with `judged_with`."""
    judged_with: frozenset[str] = frozenset()
    """Sections whose changes can break a rule about, or because of, an object that does not change itself and is not
    declared: then a plan describes it too. Empty for a kind of which all objects are described."""


@record(frozen=True, slots=True)
class Reading:
    """How one object is read."""

    operation: str
    """The read operation."""
    result: str = ""
    """Member of the answer that holds the object; empty if the answer is the object."""
    always: tuple[str, ...] = ()
    """Members of the object that every answer has, beside those that identify it (decision 14)."""
    sometimes: frozenset[str] = frozenset()
    """Identifiers that only some objects have."""
    may_lack: bool = False
    """Whether an answer without `result` means that nothing was set; otherwise it is a lost answer."""
    may_be_empty: bool = False
    """Whether an empty `result` means that there is no such object; otherwise it is a lost answer."""
    never_missing: bool = False
    """Whether "not found" is no answer about an object whose pool exists: it is then not known, for what was never set
    is answered empty (cognito.md 15.12, 15.14). If the kind has `names`, this holds for what the pool names.
    """
    pool_wide: PoolWideList | None = None
    """The list of the whole pool with which only what exists is read; for a kind inside another."""


@record(frozen=True, slots=True)
class RegionalRead:
    """A part of an object that is read in another Region."""

    region: Callable[[Tree], str]
    """Returns the Region from the object's own answer; empty if there is nothing to read there."""
    reading: Reading
    """How it is read there."""
    join: Callable[[Tree, Tree], Tree]
    """Joins the object's own answer and the one from that Region."""


@record(frozen=True, slots=True)
class ListedPart:
    """A part of an object that an operation of its own lists."""

    reading: Listing
    """How it is listed."""
    join: Callable[[Tree, Iterable[Tree]], Tree]
    """Joins the object's own answer and the items of the list."""


@record(frozen=True, slots=True)
class PoolWideList:
    """A list of the whole pool that names which objects inside others exist, but neither where nor what they have."""

    listing: Listing
    """How they are listed."""
    reading: Reading
    """How one is read by its identifier in the list; the answer names the object that it is inside of."""


@record(frozen=True, slots=True)
class FurtherRead:
    """A further operation that completes an object."""

    reading: Reading
    """How it is read; that there is nothing to read is an answer."""
    join: Callable[[Tree, Tree], Tree]
    """Joins the object's own answer and this one, which is empty if there is nothing."""
    params: Callable[[Tree], Tree] = lambda _: {}
    """Returns parameters beside the identifiers, from the object's own answer."""
    unowned: bool = False
    """Whether what it reads exists without the object, and a create would write over it: then it is read for an absent
    object too, and joined with nothing but the identifier."""


@record(frozen=True, slots=True)
class Around:
    """What surrounds an object whose declaration follows from other objects."""

    declared: Callable[[str], Mapping[str, Tree]]
    """Returns the declared objects of a section, by name."""
    live: Callable[[str], Mapping[str, Tree]]
    """Returns the live objects of a section, by name; empty while they do not exist or are not read yet."""
    ids: Mapping[str, Any]
    """Identifiers of the pool; `Unknown` while it does not exist."""
    account: str = ""
    """Account of the pool; empty while unknown."""
    region: str = ""
    """Region of the pool; empty while unknown."""
    beside: Callable[[str], Mapping[str, Tree]] = lambda _: {}
    """Returns what is live in the place of absent objects of a section, by name: what `FurtherRead.unowned` reads."""


class Implied(NamedTuple):
    """What a section implies about an object: what the author does not declare about it."""

    section: str
    """Section of the object."""
    tree: Tree
    """The members; what the author declares wins."""
    name: str = ""
    """Name of the object within its section."""


class Sequel(NamedTuple):
    """A second change of what an object has changed, which is possible once the pool exists."""

    section: str
    """Section that the second change belongs to."""
    before: Tree
    """The object as the first change leaves it."""
    declared: Tree
    """The object as it should be in the end."""
    ids: Mapping[str, Any]
    """Its identifiers."""
    reason: str
    """Why, as a clause."""


class LeftAside(NamedTuple):
    """What a section cannot declare of a live pool as it is."""

    name: str
    """Name of the object; empty for the whole section."""
    reason: str
    """Why, and what to do, in sentences."""


def _none_used(_around: Around) -> Iterable[str]:
    return ()


def _in_its_region(region: str) -> str:
    return region


def _all_fits(_around: Around) -> Iterable[LeftAside]:
    return ()


@record(frozen=True, slots=True)
class Surrounding:
    """What is special about an object of another service that surrounds a pool.

    It is read only where a manifest declares it or an export asks for it, because a caller may have no access to that
    service; everything else is read by `drift` and `export` anyway.
    """

    outside: bool = False
    """Whether it exists without the pool, and may have to be made before it."""
    implies: Callable[[Around], Iterable[Implied]] | None = None
    """Yields what the section implies about its own objects and others, if a manifest declares it."""
    implied: frozenset[str] = frozenset()
    """Members that `implies` completes, where the author does not declare them."""
    common: bool = False
    """Whether a write of one also writes what all of them have in common, such as a policy of the account: then only
    one pool at a time may write any of them."""
    sequel: Callable[[Tree, Around], Sequel | None] | None = None
    """Returns the second change of a planned object that becomes possible when the pool has been made."""
    used: Callable[[Around], Iterable[str]] = _none_used
    """Returns the names of the live objects that a live pool uses, for an export; `names` of the kind may have more."""
    unfit: Callable[[Around], Iterable[LeftAside]] = _all_fits
    """Yields what the section cannot declare as it is, because a plan of it would change something: for an export."""
    logged_as: Mapping[str, str] = field(default_factory=dict)
    """Names of its operations in CloudTrail, where they differ."""
    logged_in: Callable[[str], str] = _in_its_region
    """Returns the Region whose CloudTrail has its events, from that of the pool."""


@record(frozen=True)
class State:
    """Everything about one pool at one moment: live, or as it would be after some of the planned calls.

    Rules look at this. A section that was not read is unknown, not empty.
    """

    objects: Mapping[Address, Tree]
    """Objects by address."""
    known: frozenset[str]
    """Sections whose objects are complete."""
    region: str = ""
    """Region of the pool; empty if unknown."""
    account: str = ""
    """Account of the pool; empty if unknown."""
    offline: bool = False
    """Whether this is the manifest alone: then an absent member is unknown, not unset."""
    written: frozenset[Address] = frozenset()
    """Objects that calls have made or changed; for rules about what a call needs and an object does not."""
    made: frozenset[Address] = frozenset()
    """Those of them that are new."""
    named: frozenset[Address] = frozenset()
    """Live objects of which no more than the name is known; no rule can judge them."""

    def one(self, section: str, name: str = "") -> Tree:
        """Return an object, or an empty one."""
        found = self.by_name.get((section, name))
        return {} if found is None else found

    def all(self, section: str) -> Mapping[Address, Tree]:
        """Return the objects of a section by address."""
        return self.by_section.get(section, {})

    def each(self, section: str) -> Sequence[tuple[str, Tree]]:
        """Return the objects of a section with their names."""
        found: tuple[tuple[str, Tree], ...] | None = self.derived.get(section)
        if found is None:  # dozens of rules ask for the same
            found = self.derived[section] = tuple([(a.name, tree) for a, tree in self.all(section).items()])
        return found

    def names(self, section: str) -> frozenset[str]:
        """Return the names of the objects of a section, also of those of which no more is known."""
        return frozenset(a.name for a in (*self.all(section), *self.named) if a.section == section)

    def is_whole(self, section: str) -> bool:
        """Return whether all objects of a section are known with what they have."""
        if not self.named:
            return section in self.known
        return section in self.known and not any(a.section == section for a in self.named)

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What several rules have derived from it, by what derives it, so that each is derived once."""
        return {}

    @cached_property
    def present(self) -> frozenset[str]:
        """The sections that have an object, and the members that some object of them has: `clients.CallbackURLs`."""
        shape = [(section, frozenset().union(*trees.values())) for section, trees in self.by_section.items()]
        return _names(tuple(shape))

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], Tree]:
        """The objects by section and name."""
        found: dict[tuple[str, str], Tree] = {}
        for address, tree in self.objects.items():
            found.setdefault((address.section, address.name), tree)
        return found

    @cached_property
    def by_section(self) -> Mapping[str, Mapping[Address, Tree]]:
        """The objects by address, by section."""
        found: dict[str, dict[Address, Tree]] = {}
        for address, tree in self.objects.items():
            found.setdefault(address.section, {})[address] = tree
        return found

    def lacks(self, tree: Tree, *path: str) -> bool:
        """Return whether a member of an object is known to be unset.

        An empty text and an empty list are as good as none. In a manifest alone, an absent member is unknown, and so is
        what an empty map would be merged with; only null and what is empty say that there is nothing.

        Args:
            tree: The object.
            path: Steps to the member.
        """
        value: Any = tree
        for step in path:
            if not isinstance(value, Mapping):
                return is_blank(value)
            if step not in value:
                return not self.offline
            value = value[step]
        return is_blank(value) and not (self.offline and isinstance(value, Mapping))


@lru_cache(maxsize=100)  # the pools of one owner have much the same
def _names(shape: tuple[tuple[str, frozenset[str]], ...]) -> frozenset[str]:
    """Return sections and their members by one name each."""
    names = {f"{section}.{member}" for section, members in shape for member in members}
    return frozenset(names.union(section for section, _ in shape))


def is_blank(value: object) -> bool:
    """Return whether a value is as good as none: null, an empty text, secret, list or map. 0 and false are values."""
    return value is None or (not value and not isinstance(value, int | float))


@record(frozen=True, slots=True)
class Breach:
    """Where a state breaks a rule; which one is known from the rule whose check found it."""

    section: str
    """Section of the object at fault."""
    name: str
    """Name of the object at fault within the section."""
    path: Path
    """The member at fault."""
    message: str
    """What is wrong in this case."""
    advice: str = ""
    """What to do in this case; empty takes the rule's own advice."""


@record(frozen=True, slots=True)
class Standstill:
    """A process of the service that pauses writes to a pool while it lasts."""

    title: str
    """Display name: `point-in-time recovery of users`."""
    listing: Listing
    """How its runs are listed, the newest first; only the newest can be under way."""
    possible: Callable[[Tree], bool]
    """Returns whether a pool can have one, from the pool's own answer."""
    report: Callable[[Tree], str]
    """Returns what one run in the list does to the pool and how it ends; empty if it is over."""
    always: tuple[str, ...]
    """Members that each run in the list has."""
    absent: frozenset[str] = frozenset()
    """Error codes with which the service says that the pool cannot have one after all."""


Check = Callable[[State], Iterable[Breach]]
"""Finds where a state breaks a rule."""


@record(frozen=True, slots=True)
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
    offline: bool = False
    """Whether a manifest alone can break it, so that `validate` can refuse it without AWS."""

    by_writing: bool = False
    """Whether the service looks only when the object at fault is written, and not when what it rests on is."""

    needs: tuple[str, ...] = ()
    """Sections (`web_acl`) and members (`user_pool.AliasAttributes`): in a state without all of them, the check finds
    nothing and is not called. Empty where it has to be called always."""

    def checked_by(self, check: Check, *needs: str) -> Rule:
        """Return the same rule with a check and needs of its own, for a rule that several kinds share."""
        return replace(self, check=check, needs=needs)

    def violations(self, state: State) -> Iterator[Violation]:
        """Yield where a state breaks it."""
        if self.check and (not self.needs or not state.present.isdisjoint(self.needs)):
            for breach in self.check(state):
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


@record(frozen=True, slots=True)
class Violation:
    """A rule that a state breaks, and where."""

    rule: Rule
    """The rule."""
    breach: Breach
    """The case."""

    @property
    def key(self) -> tuple[str, str, str, Path]:
        """Identity of the violation: equal for two violations of the same kind at the same place."""
        return (self.rule.id, self.breach.section, self.breach.name, self.breach.path)

    @property
    def advice(self) -> str:
        """What to do instead."""
        return self.breach.advice or self.rule.advice


class Dead(NamedTuple):
    """A live member that the service would refuse if it were sent again, so a write leaves it out."""

    path: Path
    """Within the object."""
    reason: str
    """Why it is dead, as a clause."""


class Several(NamedTuple):
    """A member of which a live object may have several values, while the API shows one of them."""

    section: str
    """Section of the kind inside the object whose list has an item for each value."""
    reason: str
    """Why there may be several, and what to do, as a clause after a colon."""


class Need(NamedTuple):
    """Another object of the pool that one names, or a part of it."""

    section: str
    """Section of the other object."""
    name: str
    """Its name."""
    part: str = ""
    """The part of it that is named, as its kind's `parts` lists it (a scope); empty for the object itself."""
    orders: bool = True
    """Whether the order of changes follows from it; otherwise the kinds alone decide which comes first."""


@record(frozen=True, slots=True)
class Consequence:
    """What a change of one member of a live object does beyond that member: a row of a kind's table.

    A direction is the pair of values that the change leads from and to; ANY means every value, unset included.
    """

    path: Path
    """The member."""
    before: Any
    """The live value from which it leads."""
    after: Any
    """The value to which it leads."""
    danger: Danger
    """What happens."""
    source: tuple[str, ...]
    """Where that is known from: `cognito.md 2.3`."""

    def follows(self, change: FieldChange) -> bool:
        """Return whether a change has this consequence."""
        values = ((self.before, change.before), (self.after, change.after))
        return change.path == self.path and all(wanted is ANY or wanted == found for wanted, found in values)


ANY = object()
"""Every value of a member."""


@record(frozen=True, slots=True)
class Undecided:
    """A member that the manifest must declare but does not."""

    path: Path
    """Path within the object."""
    message: str
    """What is missing, and why it matters."""
    advice: str
    """What to write."""


@record(frozen=True, slots=True)
class PendingCall:
    """A call under construction: input and output of a kind's `prepare`."""

    change: ResourceChange
    """The change that the call is part of."""
    payload: Tree
    """Observed members that may be sent, with the declared ones merged in."""
    after: Callable[[str], Tree]
    """Returns the planned state of the single object of another section (`user_pool`)."""
    declared: Callable[[str], Tree]
    """Returns the declared members of the single object of another section."""
    target: Target
    """Target of the call."""


def _same(tree: Tree) -> Tree:
    return tree


def _unchanged(pending_call: PendingCall) -> Tree:
    return pending_call.payload


def _changeable(_change: FieldChange, _pool: Tree) -> str:
    return ""


def _deletable(_live: Tree) -> str:
    return ""


def _no_owner(_tree: Tree, _pool_id: str) -> str:
    return ""


def _nothing(_tree: Tree) -> Iterable[Need]:
    return ()


def _whole(_tree: Tree) -> Iterable[str]:
    return ()


def _no_slot(_name: str, _tree: Tree) -> str:
    return ""


def _none_dead(_observed: Tree, _root: Tree) -> Iterable[Dead]:
    return ()


def _no_equivalents(_declared: Tree, _observed: Tree) -> Iterable[Path]:
    return ()


def _nothing_given(_declared: Tree) -> Iterable[Path]:
    return ()


def every_pool(_pool: Tree) -> bool:
    """Every pool can have one, whatever its feature plan: `in_pool` of most kinds."""
    return True


def any_owner(_owner: Tree) -> bool:
    """Every live owner can have one: `in_owner` of most kinds."""
    return True


def _never_overdue(_tree: Tree, _today: str) -> Iterable[FieldChange]:
    return ()


def _plainly(_declared: Tree, _observed: Tree) -> str:
    return ""


def _as_they_are(ids: Mapping[str, Any]) -> Mapping[str, Any]:
    return ids


def _as_read(tree: Tree, _pool: Tree) -> Tree:
    return tree


def _first(answer: Any, _ids: Mapping[str, Any]) -> Tree:
    return dict(answer)


def _no_exports(_ids: Mapping[str, str], _region: str) -> Mapping[str, str]:
    return {}


def _no_samples(_region: str) -> Mapping[str, Any]:
    return {}


def _as_planned(after: Tree, _declared: Tree) -> Tree:
    return after


def _fluid(_change: FieldChange, _declared: Tree, _before: Tree) -> str:
    return ""


def no_names(_pool: Tree) -> Iterable[str]:
    """No live object is looked for that no manifest declares: `names` of a kind whose objects cannot be found."""
    return ()


def _steady(_tree: Tree) -> str:
    return ""


def _complete(_tree: Tree) -> Iterable[Undecided]:
    return ()


def _neither(_declared: Tree, _live: Tree | None) -> Iterable[str]:
    return ()


@record(frozen=True)
class ResourceKind:
    """One kind of resource."""

    section: str
    """Key of the manifest section, and the kind's name everywhere; `clients.branding` for a kind inside another."""
    resource_type: str
    """CloudFormation's name for it, used in machine output: `UserPoolClient`."""
    title: str
    """Display name: `app client`."""
    model: type[ApiModel]
    """Its schema."""
    service: str = "cognito-idp"
    """The API it belongs to."""
    document: str = "UserPool"
    """The kind of document that contains it."""

    listing: Listing | None = None
    """How its objects are found; None for single objects and for those found by `names`."""
    gather: Callable[[Iterable[Tree]], Tree] | None = None
    """Builds one object from all items of the listing, if the API has no other way to read it."""
    reading: Reading | None = None
    """How one is read; None where the listing is complete."""
    regional_read: RegionalRead | None = None
    """The part of it that is read in another Region."""
    declared_only: bool = False
    """Whether only declared objects are read, as there may be millions; no others are reported or deleted."""
    in_pool: Callable[[Tree], bool] = every_pool
    """Returns whether a pool's feature plan has it, from the pool's own answer; what is declared is read anyway."""
    further_reads: tuple[FurtherRead | ListedPart, ...] = ()
    """Further operations that read or list parts of it."""
    pick: Callable[[Any, Mapping[str, Any]], Tree] = _first
    """Selects the object in an answer of several, by the answer and its identifiers; empty if it is not among them."""
    create: str = ""
    """Operation that creates one; empty if every pool has one."""
    created: str = ""
    """Member of the create answer that holds the new object."""
    update: str = ""
    """Operation that updates one."""
    delete: str = ""
    """Operation that deletes one; empty if it cannot be deleted."""
    deleted_as: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of `delete` beside the identifiers, where an update with them is the deletion."""
    ended_by: str = ""
    """Operation that deletes one outside poolctl, which never does: a pool (decision 5), a user, a role."""

    name_member: str = ""
    """Member that holds the name; empty for single objects."""
    id_param: str = ""
    """Parameter that identifies one within its pool: `ClientId`; empty for single objects of a pool."""
    id_member: str = ""
    """Member of the answer that holds the identifier, if spelled differently."""

    namesakes: bool = False
    """Whether the service accepts two of one name, so that two runs at once may make both (decision 15)."""
    listed_name: str = ""
    """Member of list items that holds the name, if spelled differently from `name_member`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Additional parameters of its calls with a constant value (`ClientId: ALL`)."""
    extra_ids: Mapping[str, str] = field(default_factory=dict)
    """Additional parameters of calls, from its answer: parameter → member (`ResourceArn` → `Arn`)."""

    to_params: Callable[[Mapping[str, Any]], Mapping[str, Any]] = _as_they_are
    """Converts identifiers to parameters, if the API expects a structure."""

    surrounding: Surrounding | None = None
    """What is special about it, if it surrounds the pool."""
    account_wide: bool = False
    """Whether it belongs to the whole account and Region, and not to the pool of the manifest."""
    root: bool = False
    """Whether it is the pool itself, which contains all others."""
    after: tuple[str, ...] = ()
    """Sections whose changes must all come first, regardless of the references between objects."""
    read_with: tuple[str, ...] = ()
    """Sections that must be read with this one, because its rules use them."""
    also_read: Callable[[Tree, Tree | None], Iterable[str]] = _neither
    """Returns sections that a change of the pool itself makes necessary to read, from what is declared and what is
    live, or None for whatever may be: whole objects, as what they have decides whether the change is possible."""
    flexible: tuple[str, ...] = ()
    """Single-object sections whose order relative to this one follows the direction of the change (decision 7)."""
    strength: Mapping[Path, Callable[[Any], float]] = field(default_factory=dict)
    """Members that protect the pool: path → a number that grows with the protection of a value, None if it is absent.
    Decides what comes first where one change weakens and another strengthens (decision 7)."""
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members of this object that a write to another section also changes: section → members."""

    from_manifest: Callable[[Tree], Tree] = _same
    """Converts the author's tree, not validated yet, to the spelling of the input."""
    from_call: Callable[[Tree], Tree] = _same
    """Converts the members of a call that makes or changes an object to the spelling of the schema."""
    omissions: Callable[[Tree], Iterable[Undecided]] = _complete
    """Yields members that the author must declare, as the service's default is undocumented; takes the raw tree."""
    from_api: Callable[[Tree], Tree] = _same
    """Converts an answer to the spelling of the input."""
    to_manifest: Callable[[Tree, Tree], Tree] = _as_read
    """Converts a live object to manifest form: without members that the service mirrors or adds, and with
    `Secret` leaves for required values that are never returned; takes the object and its pool."""
    exported: Callable[[Tree, Tree], Tree] | None = None
    """The same for an export, where that writes more."""
    in_owner: Callable[[Tree], bool] = any_owner
    """Returns whether a live owner can have one at all; if not, it is not asked for."""
    names: Callable[[Tree], Iterable[str]] | None = None
    """Returns the names of live objects from the answer of their parent, if no operation lists them."""
    initial: Callable[[], Tree] = dict
    """The object in a new pool, if every pool has one."""
    equivalent: Callable[[Tree, Tree], Iterable[Path]] = _no_equivalents
    """Returns the declared members that mean the same as the live ones, all below included (3600 seconds, 1 hour)."""
    overdue: Callable[[Tree, str], Iterable[FieldChange]] = _never_overdue
    """Returns the declared limits that a live object exceeds; takes declared over live members, and the date (UTC)."""
    given: Callable[[Tree], Iterable[Path]] = _nothing_given
    """Returns the declared members that a new object has anyway, and that are no input then."""
    reason: Callable[[Tree, Tree], str] = _plainly
    """Returns what the changed members do not show; takes the declared object and the live one, empty for a new one."""
    computed: Callable[[Tree, Tree], Tree] = _as_planned
    """Completes the planned state with side effects of the change; takes that state and the declared object."""
    prepare: Callable[[PendingCall], Tree] = _unchanged
    """Strips members that the service returns but refuses, and adds those it requires (cognito.md 0 and 4.6)."""
    lower: Callable[[PendingCall, Callable[[PendingCall], tuple[Call, ...]]], tuple[Call, ...]] | None = None
    """Replaces the one call of a change with several, if the API needs several; takes the default lowering."""
    needs: Callable[[Tree], Iterable[Need]] = _nothing
    """Returns the other objects that must exist while this one names them."""
    parts: Callable[[Tree], Iterable[str]] = _whole
    """Returns the parts of an object that others can name: the scopes of a resource server."""
    slot: Callable[[str, Tree], str] = _no_slot
    """Returns the place in the pool that an object takes and of which there is one (`prefix`), so that its former
    holder must be gone first; takes name and object; empty if there is no such place."""
    outage: str = ""
    """What does not work between the deletion of an object and the creation of the one that takes its place."""
    dead: Callable[[Tree, Tree], Iterable[Dead]] = _none_dead
    """Yields live members that the service would refuse if sent again; takes the live object and the planned pool."""
    frozen: Callable[[FieldChange, Tree, Tree], str] = _fluid
    """Returns why a member of a live object cannot be changed and what to do, if the schema's marks cannot express it;
    takes the change, the declared and the live object; empty if it can be changed."""
    several: Mapping[str, Several] = field(default_factory=dict)
    """Members of which a live object may have several values, while the API shows one: they are not compared then."""
    immutable: Callable[[FieldChange, Tree], str] = _changeable
    """Returns why a member cannot be changed and what to do, by the settings of the live pool; empty if it can be."""
    undeletable: Callable[[Tree], str] = _deletable
    """Returns why the service would refuse to delete a live object, and what to do first; empty if it would not."""
    exports: Callable[[Mapping[str, str], str], Mapping[str, str]] = _no_exports
    """Returns the members that other documents can reference, from the identifiers of a live object and its Region."""
    sample_ids: Callable[[str], Mapping[str, Any]] = _no_samples
    """Returns identifiers of the usual form and length in a Region, for references to what does not exist yet."""
    owner: Callable[[Tree, str], str] = _no_owner
    """Returns who created the object, if it was AWS itself (decision 13); takes the pool's id."""
    pending: Callable[[Tree], str] = _steady
    """Returns the service's status while it is busy (`CREATING`), or empty if the object is ready."""
    patience: Callable[[Tree], float] = field(default=lambda _: 60.0)
    """Returns how long `pending` may last, in seconds."""
    consequences: tuple[Consequence, ...] = ()
    """What changes of its members do beyond themselves, and is shown as a danger."""
    rules: tuple[Rule, ...] = ()
    """Rules of the service about it (cognito.md 3)."""
    taken: Rule | None = None
    """The rule that refuses a name which another pool has already, where names are unique beyond one pool."""

    standstill: Standstill | None = None
    """What can pause the writes of the whole pool; for a root."""
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Live members → operations other than `update` with which `lower` writes them: for docs, errors, permissions."""
    iam: IamAccess = field(default_factory=IamAccess)
    """What IAM requires for its operations (cognito.md 9 and 10)."""

    @property
    def single(self) -> bool:
        """Whether its parent has exactly one."""
        return not self.name_member or self.root

    @property
    def located(self) -> bool:
        """Whether it is a single object that its declaration identifies, and not the pool."""
        return self.single and bool(self.id_param) and not self.root

    @property
    def watched(self) -> bool:
        """Whether it is only observed: no operation creates or updates it."""
        return not self.create and not self.update

    @property
    def outer(self) -> str:
        """The section of its parent objects, or empty if it belongs to the pool itself."""
        outer, dot, _ = self.section.partition(".")
        return outer if dot else ""

    @property
    def waits(self) -> bool:
        """Whether the service keeps processing an object after it has answered a call."""
        return self.pending is not _steady

    @property
    def reads(self) -> frozenset[str]:
        """The operations that read it."""
        listing, reading, standstill = self.listing, self.reading, self.standstill
        wide = reading.pool_wide if reading else None
        others = (part.reading for part in (self.regional_read, wide, *self.further_reads) if part)
        lists = (listing, listing and listing.again, wide and wide.listing, standstill and standstill.listing)
        return frozenset(o.operation for o in (*lists, reading, *others) if o)

    def identifier(self, answer: Mapping[str, Any]) -> str:
        """Return the identifier in an answer, or empty."""
        return str(answer.get(self.id_member or self.id_param, ""))


def is_outside(kind: ResourceKind) -> bool:
    """Return whether objects of a kind exist without the pool."""
    return kind.surrounding is not None and kind.surrounding.outside


def again(kind: ResourceKind) -> Reading | None:
    """Return how one object is read by its name before a write, where the list of its kind is complete."""
    return kind.listing.again if kind.listing else None


def pool_wide(kind: ResourceKind) -> PoolWideList | None:
    """Return the list of the whole pool that names which objects of a kind there are inside others, if there is one."""
    return kind.reading.pool_wide if kind.reading else None


def judged_with(kind: ResourceKind) -> frozenset[str]:
    """Return the sections with which undeclared objects of a kind are judged; empty if they are always described."""
    return kind.listing.judged_with if kind.listing else frozenset()
