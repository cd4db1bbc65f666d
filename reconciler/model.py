"""The nouns: what every stage hands to the next.

Everything here is frozen data made from the standard library. Nothing can be called, so a plan can be shown, saved,
compared and carried out, and all of them see the same thing.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NoReturn, TypeAlias

Tree = dict[str, Any]
"""A structure of the API as plain data: maps, lists, scalars, bytes, and the opaque leaves below."""

Path = tuple[str | int, ...]
"""Where a value stands in a tree: names of members and keys, and positions in lists."""


def dotted(path: Iterable[str | int]) -> str:
    """Spell a path for people: `clients.web.CallbackURLs[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Position(NamedTuple):
    """A place in a manifest. Lines and columns count from 1."""

    file: str
    """As the user named it; `-` is standard input."""
    line: int
    """Counts from 1."""
    column: int
    """Counts from 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


# --- opaque leaves -------------------------------------------------------------------------------------------------


class Secret:
    """A text that must not be seen: it shows nothing of itself, cannot be pickled or encoded by accident.

    Only the adapter that sends a call may `reveal` it. Two secrets are equal when their texts are.
    """

    __slots__ = ("_text", "origin")

    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self.origin = origin
        """Where it came from, in words that may be shown: `$secret cognito/okta#client_secret`, `live`."""

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
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
"""Origin of a secret that stands for one which the service does not show."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that only AWS can give (`$ssm`, `$secret`) and that has not been asked for yet."""

    kind: str
    """Key of a kind of reference: `ssm`, `secret`, `ref` (an identifier of another document's object); or `text` for a
    text with `${ref.x}` in it."""
    target: str
    """What the author wrote behind it."""

    @property
    def links(self) -> bool:
        """Whether live objects of other documents answer it, and no other service of AWS."""
        return self.kind in ("ref", "text")

    @property
    def written(self) -> str:
        """As an author writes it."""
        return self.target if self.kind == "text" else f"{{${self.kind}: {self.target}}}"

    def __str__(self) -> str:
        if self.links:
            return "(known after apply)"
        return f"(known after reading ${self.kind} {self.target})"


@dataclass(frozen=True, slots=True)
class Unknown:
    """An identifier that exists only after another object has been created."""

    address: Address
    """The object that will have it."""
    member: str
    """The member of its answer: `Id`, `ClientId`."""

    def __str__(self) -> str:
        return "(known after apply)"


# --- addresses -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """The one way to name an object: `clients/web`, `user_pool`, `clients/web/branding`."""

    pool: str
    """The document it belongs to, by the name of its pool."""
    section: str
    """The kind: key of the manifest section (`clients`), or `clients.branding` for a kind inside another object."""
    name: str = ""
    """Key within the section; empty for sections that hold a single object. Inside another object, the name of that
    one comes first: `web`, `web/terms-of-use`."""

    def __str__(self) -> str:
        outer, dot, part = self.section.partition(".")
        if not dot:
            return f"{self.section}/{self.name}" if self.name else self.section
        owner, slash, rest = self.name.partition("/")
        return f"{outer}/{owner}/{part}{slash}{rest}"

    @property
    def steps(self) -> tuple[str, ...]:
        """Where the object stands in its document: `clients`, `web`, `terms`, `terms-of-use`."""
        outer, dot, part = self.section.partition(".")
        owner, _, name = self.name.partition("/") if dot else (self.name, "", "")
        return tuple(step for step in (outer, owner, part, name) if step)

    @property
    def owner(self) -> Address | None:
        """The object that this one is inside of, if it is inside of one."""
        outer, dot, _ = self.section.partition(".")
        return Address(self.pool, outer, self.name.partition("/")[0]) if dot else None

    @property
    def full(self) -> str:
        """The address with its pool before it, unique in a run over several manifests."""
        return f"{self.pool}/{self}"


# --- desired and observed ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spec:
    """One object as a manifest declares it."""

    address: Address
    """Its name."""
    declared: Tree
    """The members that were written, null ones included: null means "reset to the service's default"."""
    source: Position
    """Where it begins."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Where each declared value stands, by its path within `declared`."""
    pin: str = ""
    """The identifier that the author gave, where the kind has one."""

    def position(self, path: Path) -> Position:
        """Return the place of a value, or of the nearest thing around it that was written."""
        for end in range(len(path), -1, -1):
            found = self.positions.get(path[:end])
            if found is not None:
                return found
        return self.source


@dataclass(frozen=True, slots=True)
class Observed:
    """One object as it is live."""

    address: Address
    """Its name; several live objects of one name have the same address."""
    ids: Mapping[str, str]
    """The parameters that identify it in calls: UserPoolId, ClientId, GroupName."""
    data: Tree
    """What the service answered, in the spelling of the input; secrets wrapped."""
    leaving: bool = False
    """Whether the service is deleting it; that may take hours."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read. "Could not read" is never "no difference"."""

    address: Address
    """What was to be read."""
    operation: str
    """The call that failed."""
    reason: str
    """The service's words."""
    code: str = ""
    """The service's code: `AccessDeniedException`."""
    request_id: str = ""
    """For support cases; may be empty."""


# --- plan ----------------------------------------------------------------------------------------------------------


class Action(enum.Enum):
    """What happens to an object; the value is the glyph that shows it."""

    CREATE = "+"
    UPDATE = "~"
    DELETE = "-"
    REPLACE = "-/+"
    NONE = " "


@dataclass(frozen=True, slots=True)
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
    """Where the manifest says so."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the API. Parameters may hold `Unknown` and `Secret` leaves."""

    service: str
    """`cognito-idp` or `cognito-identity`."""
    operation: str
    """CamelCase, as in the service model."""
    params: Tree
    """The input structure."""
    region: str = ""
    """Region to send it to, where that is not the pool's own (replicas)."""


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What will happen to one object."""

    address: Address
    """Its name."""
    type: str
    """Its type in the words of CloudFormation: `UserPoolClient`."""
    action: Action
    """NONE for objects that already are as declared."""
    fields: tuple[FieldChange, ...]
    """What changes, in the order of the schema."""
    declared: Tree
    """What the manifest says; empty for a deletion."""
    before: Tree | None
    """Live object; None when there is none."""
    after: Tree | None
    """The object as it will be, as far as that is known; None for a deletion."""
    ids: Mapping[str, Any]
    """Identifiers for calls; `Unknown` where they do not exist yet."""
    needs: tuple[Address, ...] = ()
    """Objects of the same plan whose change must have succeeded first."""
    source: Position | None = None
    """Where the manifest declares it."""
    reason: str = ""
    """Why, when the action alone does not tell."""
    new_ids: Mapping[str, Any] | None = None
    """For a replacement: identifiers of the object that is made, while `ids` are those of the one that goes."""
    merged: Tree = field(default_factory=dict, compare=False, repr=False)
    """The declared members over the live ones (decision 2), of which the calls send what the API takes. `after` is the
    same with what the service computes from it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plan may not be carried out."""

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


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth saying that stops nothing."""

    message: str
    """A sentence."""
    source: Position | None = None
    """Where, if it is about a manifest."""


@dataclass(frozen=True, slots=True)
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

    @property
    def key(self) -> str:
        """Account, Region and name: what tells pools apart, even before they exist."""
        return "/".join(part for part in (self.account, self.region, self.pool_name) if part)

    @property
    def partition(self) -> str:
        """The partition that the Region belongs to: `aws`, `aws-cn`, `aws-us-gov`."""
        outside = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
        return next((p for prefix, p in outside.items() if self.region.startswith(f"{prefix}-")), "aws")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that would happen to one document's objects, in the order in which it would happen."""

    target: Target
    """Where."""
    changes: tuple[ResourceChange, ...]
    """In dependency order, unchanged objects included."""
    refusals: tuple[Refusal, ...] = ()
    """Reasons why it may not be carried out."""
    unmanaged: tuple[Address, ...] = ()
    """Live objects of managed sections that the manifest does not declare; left alone."""
    notices: tuple[Notice, ...] = ()
    """What should be said besides."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""

    @property
    def pending(self) -> tuple[ResourceChange, ...]:
        """The changes that are not no-ops."""
        return tuple(c for c in self.changes if c.action is not Action.NONE)


# --- drift ---------------------------------------------------------------------------------------------------------


class FindingClass(enum.Enum):
    """What kind of difference a finding is."""

    CHANGED = "changed"
    """A declared member differs live."""
    MISSING = "missing"
    """A declared object is not there."""
    UNMANAGED = "unmanaged"
    """A live object that no manifest declares."""
    UNDECLARED = "undeclared"
    """A live member that nobody declared and that is not at the service's default."""


Severity: TypeAlias = Literal["error", "warning", "note"]
"""How serious a finding is, in the words of SARIF."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who made a change, from CloudTrail."""

    principal: str
    """ARN of who called."""
    event: str
    """Name of the event: the operation."""
    time: str
    """RFC 3339, UTC."""
    event_id: str
    """CloudTrail's id of the event."""
    source_address: str = ""
    """Address that the call came from."""
    console: bool = False
    """Whether it was made in the AWS console."""
    ours: bool = False
    """Whether poolctl made it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between manifests and what is live."""

    id: str
    """Stable: from account, Region, pool, path and class, never from values; `poolctl-` and 16 hexadecimal digits."""
    cls: FindingClass
    """What kind of difference."""
    address: Address
    """The object."""
    path: Path
    """The member within the object; empty for whole objects."""
    desired: Any
    """What the manifest says, or the service's default for `undeclared`; None when there is nothing."""
    live: Any
    """What is live; None when there is nothing."""
    severity: Severity
    """`error`, `warning` or `note`."""
    fails: bool
    """Whether it makes the run end with 2."""
    sensitive: bool = False
    """Whether the values must not be shown."""
    source: Position | None = None
    """Where the manifest speaks of it, or of the section that it is in."""
    attribution: Attribution | None = None
    """Who made it so, when that was asked for and found."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs between one document and what is live."""

    target: Target
    """Where."""
    findings: tuple[Finding, ...]
    """In the order of the kinds, then of addresses and members."""
    read: int
    """How many objects were read."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    refusals: tuple[Refusal, ...] = ()
    """Why the pool could not be told."""
    notices: tuple[Notice, ...] = ()
    """What should be said besides: rules that matched nothing, attribution that was not possible."""
    suppressed: int = 0
    """How many findings `ignore` rules, a baseline or an earlier report took out."""
    known: tuple[Finding, ...] = ()
    """Findings that an earlier report took out: they are still there, and the next report must know."""
    expired: tuple[Notice, ...] = ()
    """The `ignore` rules that have expired, as the notices say it: each of them makes the run end with 2."""


# --- what an apply reports ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """Work on an object begins."""

    change: ResourceChange
    """What will be done to it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A call was answered."""

    address: Address
    """The object it was for."""
    call: Call
    """The call, with identifiers filled in."""
    seconds: float
    """How long the answer took."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The service is still busy with an object."""

    address: Address
    """The object."""
    seconds: float
    """How long it has been so."""
    status: str
    """The service's word for it: `CREATING`."""


@dataclass(frozen=True, slots=True)
class Done:
    """An object is as it should be."""

    change: ResourceChange
    """What was done to it."""
    seconds: float
    """How long it took."""
    id: str = ""
    """Its identifier, where it has one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Work on an object stopped."""

    change: ResourceChange
    """What was to be done."""
    error: str
    """What happened, in words."""
    stale: bool = False
    """Whether the object was no longer what the plan had seen."""
    written: int = 0
    """How many of its calls had succeeded before."""
    operation: str = ""
    """The call that was refused: `cognito-idp:UpdateUserPool`; empty when none was, as for an object that is stale."""
    code: str = ""
    """The service's code: `InvalidParameterException`."""
    request_id: str = ""
    """For support cases; may be empty."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An object was not touched, because something before it failed or the run was interrupted."""

    change: ResourceChange
    """What was to be done."""
    reason: str
    """Why not."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The objects were read again and planned again after the last write."""

    left: tuple[ResourceChange, ...]
    """What still differs; empty when the result converged."""
    target: Target | None = None
    """Where the objects are now; the pool has its id."""
    unproven: tuple[str, ...] = ()
    """Why nothing can be said of some of it: what could not be read is not proven to be as declared."""


Event = Started | Sent | Waiting | Done | Failed | Skipped | Verified
"""What the applier yields, in order."""
