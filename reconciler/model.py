"""The nouns: the data that stages hand to each other.

Everything here is frozen data from the standard library, without behavior. So display, storage, comparison and apply
of a plan all work on the same data.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, NoReturn, Self, TypeAlias

from reconciler.errors import printable
from schemas.records import field, record
from schemas.tuples import NamedTuple

Tree = dict[str, Any]
"""A structure of the API as plain data: maps, lists, scalars, bytes, and the opaque leaves below."""

Path = tuple[str | int, ...]
"""The location of a value in a tree: names of members and keys, and indexes in lists."""


def dotted(path: Iterable[str | int]) -> str:
    """Format a path for messages: `clients.web.CallbackURLs[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Position(NamedTuple):
    """A place in a manifest. Lines and columns count from 1."""

    file: str
    """As named on the command line; `-` is standard input."""
    line: int
    """Counts from 1."""
    column: int
    """Counts from 1."""

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}:{self.column}")


class RowPosition(Position):
    """A place in a manifest of which several objects are made, with the row that made this one."""

    row: str
    """The row: `pools/tenants.csv:3`, `pools/tenants.yaml:2:3`, or `2 of $var tenants`."""

    def __new__(cls, at: Position, row: str) -> Self:
        """Return a place with its row.

        Args:
            at: The place.
            row: The row; rows of `$each` within another one are named after it.
        """
        made = tuple.__new__(cls, at)
        made.row = f"{at.row}, {row}" if isinstance(at, RowPosition) else row
        return made

    def __reduce__(self) -> tuple[type[RowPosition], tuple[Position, str]]:
        """Keep the row in other processes."""
        return RowPosition, (Position(*self), self.row)

    def __str__(self) -> str:
        return f"{super().__str__()} ({printable(row_words(self))})"


def short_place(position: Position) -> str:
    """Return file and line, with the row if there is one: `pools/customers.yaml:8 (row pools/tenants.csv:3)`."""
    row = row_words(position)
    return printable(f"{position.file}:{position.line}{f' ({row})' if row else ''}")


def row_words(position: Position | None) -> str:
    """Return `row pools/tenants.csv:3` for a place with a row, else an empty text."""
    return f"row {position.row}" if isinstance(position, RowPosition) else ""


# --- opaque leaves -------------------------------------------------------------------------------------------------


class Secret:
    """A text that must not be shown: it prints a placeholder, and cannot be pickled or encoded by accident.

    Only the adapter that sends a call may `reveal` it. Two secrets are equal when their texts are.
    """

    __slots__ = ("_text", "origin")

    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self.origin = origin
        """Its source, in a form that may be shown: `$secret cognito/okta#client_secret`, `live`."""

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)  # an empty one is none: from an empty variable, say

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            import hmac  # hashes come with it, and few runs compare secrets

            return hmac.compare_digest(self._text.encode(), other._text.encode())
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return "(sensitive value)"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        msg = "a secret cannot be stored"
        raise TypeError(msg)


UNSEEN = "never read back"
"""Origin of the placeholder for a secret that the service does not return."""


@record(frozen=True, slots=True)
class Reference:
    """A value that only AWS can provide (`$ssm`, `$secret`) and that has not been read yet."""

    kind: str
    """Key of the reference kind: `ssm`, `secret`, `ref` (an identifier of another document's object); or `text` for a
    string that contains `${ref.x}`."""
    target: str
    """The target, as the author wrote it."""

    @property
    def links(self) -> bool:
        """Whether it resolves to live objects of other documents, not to another AWS service."""
        return self.kind in ("ref", "text")

    @property
    def written(self) -> str:
        """As an author writes it."""
        return self.target if self.kind == "text" else f"{{${self.kind}: {self.target}}}"

    def __str__(self) -> str:
        if self.links:
            return "(known after apply)"
        return f"(known after reading ${self.kind} {self.target})"


@record(frozen=True, slots=True)
class Unknown:
    """An identifier that exists only after another object has been created."""

    address: Address
    """The object that will have it."""
    member: str
    """The member of the response that holds it: `Id`, `ClientId`."""

    def __str__(self) -> str:
        return "(known after apply)"


# --- addresses -----------------------------------------------------------------------------------------------------


@record(frozen=True, slots=True, order=True)
class Address:
    """The address of an object: `clients/web`, `user_pool`, `clients/web/branding`."""

    pool: str
    """The document it belongs to, by the name of its pool."""
    section: str
    """The kind: key of the manifest section (`clients`), or `clients.branding` for a kind inside another object."""
    name: str = ""
    """Key within the section; empty for sections that hold a single object. Inside another object, the name of the
    owner comes first: `web`, `web/terms-of-use`."""

    def __hash__(self) -> int:
        return hash((self.pool, self.section, self.name))  # as of every record, in half the time

    def __str__(self) -> str:
        outer, dot, part = self.section.partition(".")
        if not dot:
            return f"{self.section}/{self.name}" if self.name else self.section
        owner, slash, rest = self.name.partition("/")
        return f"{outer}/{owner}/{part}{slash}{rest}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The keys that lead to the object in its document: `clients`, `web`, `terms`, `terms-of-use`."""
        if "." not in self.section:
            return (self.section, self.name) if self.name else (self.section,)
        outer, _, part = self.section.partition(".")
        owner, _, name = self.name.partition("/")
        return tuple(step for step in (outer, owner, part, name) if step)

    @property
    def owner(self) -> Address | None:
        """The object that contains this one, if any."""
        outer, dot, _ = self.section.partition(".")
        return Address(self.pool, outer, self.name.partition("/")[0]) if dot else None

    @property
    def full(self) -> str:
        """The address with its pool before it, unique in a run over several manifests."""
        return f"{self.pool}/{self}"


# --- desired and observed ------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class Spec:
    """One object as a manifest declares it."""

    address: Address
    """Its address."""
    declared: Tree
    """The declared members, including null: null means "reset to the service's default"."""
    source: Position
    """Position of its declaration."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Position of each declared value, by its path within `declared`."""
    pin: str = ""
    """The identifier that the manifest pins, if any."""
    from_env: Mapping[Path, str] = field(default_factory=dict, compare=False)
    """The names of environment variables by the paths, within `declared`, of the values that came from them."""
    reset: bool = False
    """Whether it is declared as null: all of it goes back to what it is in a new pool."""
    parts: Mapping[Path, str] = field(default_factory=dict, compare=False)
    """The names of the parts that declare it, by path: one at the empty path for an object of one part, and one for
    each declared value where several parts may meet. Empty for a document that is no part."""

    def part(self, path: Path = ()) -> str:
        """Return the part that declares a value, or the nearest thing around it; empty if no part does."""
        return next((self.parts[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.parts), "")

    def of_pool(self, name: str) -> Spec:
        """Return the same object as one of the pool with a name."""
        address = Address(name, self.address.section, self.address.name)
        return Spec(address, self.declared, self.source, self.positions, self.pin, self.from_env, self.reset)

    def position(self, path: Path) -> Position:
        """Return the position of a value, or of the nearest enclosing value that has one."""
        for end in range(len(path), -1, -1):
            found = self.positions.get(path[:end])
            if found is not None:
                return found
        return self.source


@record(frozen=True, slots=True)
class Observed:
    """One live object."""

    address: Address
    """Its address; several live objects of one name have the same address."""
    ids: Mapping[str, str]
    """The parameters that identify it in calls: UserPoolId, ClientId, GroupName."""
    data: Tree
    """The response of the service, in the names of the input; secrets wrapped."""
    leaving: bool = False
    """Whether the service is deleting it; that may take hours."""
    whole: bool = True
    """Whether `data` is all that it has; otherwise it is what a list says, such as its name."""


@record(frozen=True, slots=True)
class Gap:
    """Something that could not be read. "Could not read" is never "no difference"."""

    address: Address
    """The object that was to be read."""
    operation: str
    """The call that failed; `poolctl` if it was no call."""
    reason: str
    """The service's message."""
    code: str = ""
    """The service's error code: `AccessDeniedException`."""
    request_id: str = ""
    """For support cases; may be empty."""


# --- plan ----------------------------------------------------------------------------------------------------------


class Action(enum.Enum):
    """What happens to an object; the value is the symbol that shows it."""

    CREATE = "+"
    UPDATE = "~"
    DELETE = "-"
    REPLACE = "-/+"
    NONE = " "


@record(frozen=True, slots=True)
class Danger:
    """What the change of a member does beyond the member itself, and that a reviewer must not overlook."""

    sentence: str
    """What happens, as one sentence."""
    reversible: bool = True
    """Whether changing the member back restores what was there."""


class Direction(enum.Enum):
    """Where a change leads, as far as security is concerned."""

    WEAKENS = "weakens"
    """Less is protected than before."""
    MIXED = "mixed"
    """It may weaken: something is gained and something lost, or what it means is decided where poolctl cannot look."""
    STRENGTHENS = "strengthens"
    """More is protected than before."""
    NEUTRAL = "neutral"
    """Nothing about security changes."""

    @property
    def opposite(self) -> Direction:
        """The direction of the change back."""
        turned = {Direction.WEAKENS: Direction.STRENGTHENS, Direction.STRENGTHENS: Direction.WEAKENS}
        return turned.get(self, self)


Risk: TypeAlias = Literal["critical", "high", "medium", "low"]
"""How bad it would be if nobody looked."""

RISKS: tuple[Risk, ...] = ("critical", "high", "medium", "low")
"""The worst first."""


@record(frozen=True, slots=True)
class Effect:
    """What the change of a member, or of a whole object, means for security. It holds no value of a pool."""

    path: Path
    """The member within the object; empty for the object itself."""
    direction: Direction
    """Where it leads."""
    sentence: str = ""
    """What follows, as one sentence; empty if nothing needs to be said."""
    who: str = ""
    """Who is touched: `all users`, `users of this client`."""
    tokens: str = ""
    """What becomes of tokens and sessions that exist, as one sentence; empty if nothing does."""
    undo: str = ""
    """Why changing it back does not restore what was there, as one sentence; empty if it does."""
    facts: tuple[str, ...] = ()
    """What it costs, and which features end or begin."""
    rules: tuple[str, ...] = ()
    """Ids of the rules about such a change: `CHG04`."""
    risk: Risk = "medium"
    """How bad it is, where it weakens or may weaken."""

    @property
    def alarming(self) -> bool:
        """Whether a reviewer has to see it first."""
        return self.direction in (Direction.WEAKENS, Direction.MIXED)


class Allowance(NamedTuple):
    """What one `--allow`, or one entry of `allow` in poolctl.yaml, lets pass although `--fail-on` would stop it."""

    rule: str
    """Id of a rule, `weakens` or `irreversible`."""
    path: str
    """A pattern over addresses and members, which may begin with the name of a pool."""
    reason: str = ""
    """Why; empty on the command line."""
    owner: str = ""
    """Who answers for it."""
    expires: str = ""
    """YYYY-MM-DD, the last day on which it holds; empty for ever."""
    source: Position | None = None
    """Where it is written; None for the command line."""

    def __str__(self) -> str:
        return f"{self.rule}={self.path}"


@record(frozen=True, slots=True)
class Weakness:
    """A security rule that a pool breaks, and where. It holds no value of a pool but Cognito's defaults."""

    rule: str
    """Id of the rule: `CG001`."""
    title: str
    """What the rule is about, in a few words."""
    risk: Risk
    """How bad it is, for the profile of the pool."""
    address: Address
    """The object at fault."""
    path: Path
    """The member at fault, within the object."""
    message: str
    """What is wrong in this case."""
    advice: str
    """What to do."""
    source: Position
    """Where the manifest says so, or where it would."""
    declared: bool = True
    """Whether the manifest declares the member."""
    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of rules of other scanners that mean the same."""
    profile: str = ""
    """Whom the pool serves."""
    reason: str = ""
    """Why it is accepted, if a waiver of the manifest accepts it."""

    @property
    def key(self) -> tuple[str, Address, Path]:
        """Identity: equal for the same weakness at two moments."""
        return self.rule, self.address, self.path


@record(frozen=True, slots=True)
class FieldChange:
    """One member that will change."""

    path: Path
    """Within the object."""
    before: Any
    """Live value; None when there is none."""
    after: Any
    """Value after apply; None when the member will be unset."""
    sensitive: bool = False
    """Whether the values must not be shown."""
    source: Position | None = None
    """Position in the manifest."""
    danger: Danger | None = None
    """What else happens, if that is worth a warning."""
    effects: tuple[Effect, ...] = ()
    """What it means for security; of a structure, for each member. Empty until it has been judged."""


@record(frozen=True, slots=True)
class Call:
    """One request to the API. Parameters may hold `Unknown` and `Secret` leaves."""

    service: str
    """`cognito-idp` or `cognito-identity`."""
    operation: str
    """CamelCase, as in the service model."""
    params: Tree
    """The input structure."""
    region: str = ""
    """Region to send it to, if it is not the Region of the pool (replicas)."""


@record(frozen=True, slots=True)
class ItemList:
    """A list of which a manifest declares single items (`$include`, `$exclude`); those of others stay in it."""

    path: Path
    """The list within the object."""
    form: Mapping[str, Any]
    """What is declared: the included items, the excluded ones."""
    kept: tuple[Any, ...]
    """The items of others that are live; they stay."""


@record(frozen=True, slots=True)
class ResourceChange:
    """What will happen to one object."""

    address: Address
    """Its address."""
    type: str
    """Its CloudFormation type name: `UserPoolClient`."""
    action: Action
    """NONE for objects that match their declaration."""
    fields: tuple[FieldChange, ...]
    """The changed members, in the order of the schema."""
    declared: Tree
    """The declared members; empty for a deletion."""
    before: Tree | None
    """Live object; None when there is none."""
    after: Tree | None
    """The object after apply, as far as it is known; None for a deletion."""
    ids: Mapping[str, Any]
    """Identifiers for calls; `Unknown` where they do not exist yet."""
    needs: tuple[Address, ...] = ()
    """Objects of the same plan whose changes must succeed first."""
    source: Position | None = None
    """Where the manifest declares it."""
    reason: str = ""
    """Why, when the action alone does not explain it."""
    new_ids: Mapping[str, Any] | None = None
    """For a replacement: identifiers of the new object, while `ids` are those of the old one."""
    merged: Tree = field(default_factory=dict, compare=False, repr=False)
    """The declared members over the live ones (decision 2), of which the calls send what the API takes. `after` is the
    same with what the service computes from it."""
    from_env: Mapping[Path, str] = field(default_factory=dict, compare=False)
    """As in `Spec`: of these values only a digest is shown."""
    effect: Effect | None = None
    """What it means for security that the object as a whole appears or disappears, if that is what happens."""
    item_lists: tuple[ItemList, ...] = ()
    """The lists of which the manifest declares single items. `declared` and `after` hold them whole."""
    beside: Tree = field(default_factory=dict, compare=False, repr=False)
    """For a create: members that are live already and that it writes over, which its fence compares."""
    parts: tuple[str, ...] = field(default=(), compare=False)
    """The parts that declare it: more than one only for what members of several meet in. Empty without parts."""
    refers: tuple[Address, ...] = field(default=(), compare=False)
    """Objects of the same document that it refers to and that do not exist yet; it may be one of them itself."""


@record(frozen=True, slots=True)
class Refusal:
    """Why a plan may not be applied."""

    address: Address
    """The object at fault."""
    rule: str
    """Identifier of the rule: `P7`, `immutable`, `ambiguous`."""
    path: Path
    """The member at fault, within the object."""
    message: str
    """What is wrong."""
    advice: str
    """What to do instead."""
    source: Position | None = None
    """Where the manifest says so."""


@record(frozen=True, slots=True)
class Notice:
    """A message that blocks nothing."""

    message: str
    """A sentence."""
    source: Position | None = None
    """Position, if it is about a manifest."""
    standstill: bool = False
    """Whether the service has paused writes to the pool. It is shown first, and `apply` refuses."""
    lasting: bool = field(default=False, compare=False)
    """Whether every run says it until someone acts on it, so that people need not read it each time."""


OUTPUTS = "outputs"
"""Section in the addresses of what is written for applications. It is no kind: Cognito knows nothing of it."""


class ParameterChange(NamedTuple):
    """What will happen to one parameter of an output; its value is never part of a plan."""

    name: str
    """Below the path of the output: `issuer`."""
    action: Action
    """CREATE, UPDATE or NONE."""


@record(frozen=True, slots=True)
class OutputChange:
    """What will happen to one configuration that is written for an application: a file, or parameters below a path."""

    address: Address
    """`outputs/src/amplify_outputs.json`, relative to the manifest, or `outputs/ssm:/shop/web`."""
    action: Action
    """CREATE, UPDATE, or NONE for one that is as it should be. Nothing is ever deleted."""
    format: str
    """`amplify`."""
    about: Address
    """The object that it describes: `clients/web`."""
    source: Position
    """Where the manifest declares it."""
    awaits: str = ""
    """What is known only after apply, so that the contents could not be compared; empty if they were."""
    parameters: tuple[ParameterChange, ...] = ()
    """Every parameter; empty for a file, and while its contents are not known."""


class PartFile(NamedTuple):
    """One of several documents of a pool."""

    name: str
    """Its name: `platform`."""
    manifest: str
    """Its file."""


@record(frozen=True, slots=True)
class Target:
    """Where a document is applied."""

    account: str
    """Account number, from STS."""
    region: str
    """Region code."""
    pool_name: str
    """Name of the pool (user pool or identity pool)."""
    pool_id: str
    """Its id; empty while it does not exist."""
    manifest: str
    """File that declares it."""
    parts: tuple[PartFile, ...] = ()
    """The parts that declare it together, the one of `manifest` first; empty if a whole document does."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that declare it."""
        return tuple(part.manifest for part in self.parts) or (self.manifest,)

    @property
    def key(self) -> str:
        """Account, Region and name: identifies a pool, even before it exists."""
        return "/".join(part for part in (self.account, self.region, self.pool_name) if part)


class Undeclared(NamedTuple):
    """A live member of a declared object that the manifest does not declare, and that is not the service's default."""

    address: Address
    """The object."""
    path: Path
    """The member within it."""
    effects: tuple[Effect, ...]
    """What the live value means for security, compared with the default."""

    @property
    def alarming(self) -> bool:
        """Whether it weakens, or may weaken."""
        return any(e.alarming for e in self.effects)


@record(frozen=True)
class Plan:
    """All changes to the objects of one document, in the order of their execution."""

    target: Target
    """The pool, its account and Region."""
    changes: tuple[ResourceChange, ...]
    """In dependency order, unchanged objects included."""
    refusals: tuple[Refusal, ...] = ()
    """Reasons why it may not be applied."""
    unmanaged: tuple[Address, ...] = ()
    """Live objects of managed sections that the manifest does not declare; left alone."""
    notices: tuple[Notice, ...] = ()
    """Further messages."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    aside: tuple[ResourceChange, ...] = field(default=(), compare=False, repr=False)
    """Changes that `--target` leaves out: neither shown nor made. Calls and other documents still need to know what is
    live there."""
    sections: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Sections that the manifest manages and that were read: what is live there has a change, or is in `rest`."""
    rest: tuple[Observed, ...] = field(default=(), compare=False, repr=False)
    """Live objects of these sections, and the pool itself, that no change is about: undeclared or ignored ones, and
    those that AWS made."""
    outputs: tuple[OutputChange, ...] = ()
    """What is written for applications once the changes are made, in the order of the manifest."""
    undeclared: tuple[Undeclared, ...] = field(default=(), compare=False)
    """Live members of declared objects that are neither declared nor the service's default; left alone."""
    weaknesses: tuple[Weakness, ...] = field(default=(), compare=False)
    """Security rules that the pool would break, the worst first, without what waivers accept."""

    @property
    def writes(self) -> tuple[OutputChange, ...]:
        """The outputs that are not as they should be."""
        return tuple(o for o in self.outputs if o.action is not Action.NONE)

    @property
    def pending(self) -> tuple[ResourceChange, ...]:
        """The changes that are not no-ops."""
        return tuple(c for c in self.changes if c.action is not Action.NONE)

    @property
    def standstill(self) -> Notice | None:
        """Why the service has paused writes to the pool, if it has."""
        return next((n for n in self.notices if n.standstill), None)

    def change_of(self, address: Address) -> ResourceChange | None:
        """Return the first change of an object, a no-op included, or None."""
        return self._changes_by_address.get(address)

    def left_aside(self, address: Address) -> ResourceChange | None:
        """Return the first change of an object that `--target` leaves out, or None."""
        return self._aside_by_address.get(address)

    @cached_property
    def late(self) -> Mapping[Address, tuple[Address, ...]]:
        """What the changes refer to that is not made before them, so that an update has to follow, by their address."""
        found = {c.address: self.unmade(c, c.address) for c in self.changes if c.refers}
        return {address: addresses for address, addresses in found.items() if addresses}

    def unmade(self, change: ResourceChange, at: Address) -> tuple[Address, ...]:
        """Return what a change refers to and what is not made before some object is, which may be its own."""
        own = self._places.get(at, -1)
        return tuple(a for a in change.refers if self._places.get(a, own) >= own)

    @cached_property
    def _places(self) -> Mapping[Address, int]:
        return {c.address: i for i, c in enumerate(self.changes) if c.action is not Action.DELETE}

    @cached_property
    def _changes_by_address(self) -> Mapping[Address, ResourceChange]:
        return {change.address: change for change in reversed(self.changes)}

    @cached_property
    def _aside_by_address(self) -> Mapping[Address, ResourceChange]:
        return {change.address: change for change in reversed(self.aside)}


# --- drift ---------------------------------------------------------------------------------------------------------


class FindingClass(enum.Enum):
    """What kind of difference a finding is."""

    CHANGED = "changed"
    """A declared member differs live."""
    MISSING = "missing"
    """A declared object does not exist."""
    UNMANAGED = "unmanaged"
    """A live object that no manifest declares."""
    UNDECLARED = "undeclared"
    """A live member that is not declared and does not have the service's default."""


Severity: TypeAlias = Literal["error", "warning", "note"]
"""The severity of a finding, as a level of SARIF."""


@record(frozen=True, slots=True)
class Attribution:
    """Who made a change, from CloudTrail."""

    principal: str
    """ARN of the caller."""
    event: str
    """Name of the event: the operation."""
    time: str
    """RFC 3339, UTC."""
    event_id: str
    """CloudTrail's id of the event."""
    source_address: str = ""
    """Source address of the call."""
    console: bool = False
    """Whether it was made in the AWS console."""
    ours: bool = False
    """Whether poolctl made it."""


@record(frozen=True, slots=True)
class Finding:
    """One difference between a manifest and the live state."""

    id: str
    """Stable: from account, Region, pool, path and class, never from values; `poolctl-` and 16 hexadecimal digits."""
    cls: FindingClass
    """What kind of difference."""
    address: Address
    """The object."""
    path: Path
    """The member within the object; empty for whole objects."""
    desired: Any
    """The declared value, or the service's default for `undeclared`; None when there is none."""
    live: Any
    """The live value; None when there is none."""
    severity: Severity
    """`error`, `warning` or `note`."""
    fails: bool
    """Whether it causes exit code 2."""
    sensitive: bool = False
    """Whether the values must not be shown."""
    source: Position | None = None
    """Position in the manifest of its declaration, or of its section."""
    attribution: Attribution | None = None
    """Who made the change, if attribution was requested and found it."""
    from_env: Mapping[Path, str] = field(default_factory=dict, compare=False)
    """As in `Spec`, for the object that it is about."""
    effects: tuple[Effect, ...] = ()
    """What the live value means for security, compared with the declared one or the service's default."""
    part: str = ""
    """The part of the pool that declares it; empty if none does, and without parts."""


@record(frozen=True, slots=True)
class Drift:
    """The differences between one document and the live state."""

    target: Target
    """The pool, its account and Region."""
    findings: tuple[Finding, ...]
    """In the order of the kinds, then of addresses and members."""
    read: int
    """How many objects were read."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    refusals: tuple[Refusal, ...] = ()
    """Why the pool could not be identified."""
    notices: tuple[Notice, ...] = ()
    """Further messages: rules that matched nothing, attribution that was not possible."""
    suppressed: int = 0
    """How many findings were suppressed by `ignore` rules, a baseline or an earlier report."""
    known: tuple[Finding, ...] = ()
    """Findings suppressed by an earlier report: they still exist, and the next report must include them."""
    expired: tuple[Notice, ...] = ()
    """Notices of expired `ignore` rules: each of them causes exit code 2."""
    unavailable: tuple[Gap, ...] = ()
    """What this Region, partition or emulator does not have, and the manifest does not declare."""
    weaknesses: tuple[Weakness, ...] = field(default=(), compare=False)
    """Security rules that the live pool breaks, the worst first, without what waivers accept."""


# --- what an apply reports ---------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class Started:
    """The change of an object begins."""

    change: ResourceChange
    """What will be done to it."""


@record(frozen=True, slots=True)
class Sent:
    """A call succeeded."""

    address: Address
    """The object it was for."""
    call: Call
    """The call, with identifiers filled in."""
    seconds: float
    """Duration of the call."""


@record(frozen=True, slots=True)
class Waiting:
    """The service is still processing an object."""

    address: Address
    """The object."""
    seconds: float
    """Time waited so far."""
    status: str
    """Status of the object: `CREATING`."""


@record(frozen=True, slots=True)
class Done:
    """The change of an object succeeded."""

    change: ResourceChange
    """The change."""
    seconds: float
    """Duration of the change."""
    id: str = ""
    """Identifier of the object, if it has one."""


@record(frozen=True, slots=True)
class Failed:
    """The change of an object failed."""

    change: ResourceChange
    """The change."""
    error: str
    """The message, with the place in the manifest."""
    stale: bool = False
    """Whether the object differed from what the plan saw."""
    written: int = 0
    """How many of its calls had succeeded before."""
    operation: str = ""
    """The refused call: `cognito-idp:UpdateUserPool`; empty if no call was refused, as for a stale object."""
    code: str = ""
    """The service's error code: `InvalidParameterException`."""
    request_id: str = ""
    """For support cases; may be empty."""
    doubtful: bool = False
    """Whether a call was sent and its outcome is unknown: it may have taken effect."""
    id: str = ""
    """Identifier of the object, if this run made it before the failure."""


@record(frozen=True, slots=True)
class Skipped:
    """An object was not changed, because an earlier change failed or the run was interrupted."""

    change: ResourceChange
    """The change."""
    reason: str
    """Why it was skipped."""


@record(frozen=True, slots=True)
class Verified:
    """The objects were read again and planned again after the last write."""

    left: tuple[ResourceChange, ...]
    """What still differs; empty when the result converged."""
    target: Target | None = None
    """Where the objects are now; the pool has its id."""
    unproven: tuple[str, ...] = ()
    """Why part of the result is unverified: an object that could not be read is not proven to match its declaration."""


@record(frozen=True, slots=True)
class OutputDone:
    """A configuration for an application was written, or was not."""

    output: OutputChange
    """The output."""
    error: str = ""
    """Why it was not written; empty if it was."""
    started: bool = True
    """Whether it was tried; it is not while the pools are not as they should be."""


Event = Started | Sent | Waiting | Done | Failed | Skipped | Verified | OutputDone
"""What the applier yields, in order."""
