"""Plans, drift, applies and comparisons without secrets.

Renderers accept only these types, and only `redact` makes them. Their leaves are plain data or
marks: no value here can hold a `Secret`, and mypy refuses a renderer that is handed a `Plan` (decision 29).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from reconciler.applications.web_checks import WebCheck
from reconciler.model import (
    Action,
    Address,
    Attribution,
    Danger,
    Effect,
    FindingClass,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    Path,
    Position,
    Refusal,
    Severity,
    Target,
    Undeclared,
    Waiting,
    Weakness,
)
from reconciler.render.marks import ShownTree, ShownValue
from schemas.records import field, record

# --- ids and addresses ---------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class ShownId:
    """An object and its identifier."""

    address: Address
    """The object."""
    type: str
    """Its type in the words of CloudFormation."""
    id: str
    """Its identifier."""


@record(frozen=True, slots=True)
class ShownDomain:
    """A domain of a pool."""

    host: str
    """`acme.auth.eu-west-1.amazoncognito.com` or a name of one's own."""
    custom: bool
    """Whether it is a name of one's own, which needs a DNS record."""
    target: str
    """What the record of a custom domain has to name; empty until the domain exists."""


@record(frozen=True, slots=True)
class ShownPages:
    """A client, and the pages where its users sign in; each is empty if there is none, or if it is not known."""

    address: Address
    """The client."""
    client_id: str
    """Its id; empty while it does not exist."""
    sign_in: str
    """URL of the sign-in page."""
    sign_up: str
    """URL of the sign-up page."""
    sign_out: str
    """URL that ends a session."""


@record(frozen=True, slots=True)
class ShownConnections:
    """What an application needs to use a pool: ids and addresses, without a value that is hidden elsewhere."""

    target: Target
    """The pool."""
    arn: str = ""
    """Its ARN; empty while it does not exist, and for identity pools."""
    issuer: str = ""
    """The issuer of its tokens; empty while it does not exist."""
    discovery: str = ""
    """URL of the discovery document."""
    jwks: str = ""
    """URL of the keys that sign tokens."""
    hosts: tuple[ShownDomain, ...] = ()
    """Its domains."""
    clients: tuple[ShownPages, ...] = ()
    """Its clients."""
    ids: tuple[ShownId, ...] = ()
    """Every object that has an identifier, as far as it is known."""
    unknown: tuple[str, ...] = ()
    """What could not be known, because the manifest does not manage it, or because it is hidden."""


# --- plans ---------------------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class ShownField:
    """One member that will change; see `model.FieldChange`."""

    path: Path
    """Within the object."""
    before: ShownValue
    """Live value; None when there is none."""
    after: ShownValue
    """Value after apply; None when the member will be unset."""
    sensitive: bool = False
    """Whether the values are hidden."""
    source: Position | None = None
    """Where the manifest declares it."""
    danger: Danger | None = None
    """What else happens, if that is worth a warning; its sentence is poolctl's own and holds no value."""
    effects: tuple[Effect, ...] = ()
    """What it means for security; of a structure, for each member. Their sentences hold no value either."""


@record(frozen=True, slots=True)
class ShownCall:
    """One request that apply would send."""

    service: str
    """`cognito-idp` or `cognito-identity`."""
    operation: str
    """CamelCase, as in the service model."""
    params: ShownTree
    """The input structure."""


@record(frozen=True, slots=True)
class ShownChange:
    """The planned change of one object; see `model.ResourceChange`."""

    address: Address
    """Its name."""
    type: str
    """Its type in the words of CloudFormation: `UserPoolClient`."""
    action: Action
    """NONE for objects that already match the manifest."""
    fields: tuple[ShownField, ...] = ()
    """What changes, in the order of the schema."""
    declared: ShownValue = None
    """What the manifest declares of an object that will be created; None for other actions."""
    before: ShownValue = None
    """Live object; None when there is none."""
    after: ShownValue = None
    """The object as it will be, as far as that is known; None for a deletion."""
    source: Position | None = None
    """Where the manifest declares it."""
    reason: str = ""
    """Why, when the action alone does not say."""
    calls: tuple[ShownCall, ...] | None = None
    """The calls that apply would send; None when they were not lowered."""
    effect: Effect | None = None
    """What it means for security that the object as a whole appears or disappears."""
    parts: tuple[str, ...] = ()
    """The parts of the pool that declare it; empty without parts."""
    kept: Mapping[str, ShownValue] = field(default_factory=dict)
    """The items of others that stay in lists of which the manifest declares single items, by the path of the list."""


@record(frozen=True, slots=True)
class ShownPlan:
    """The planned changes of one document's objects; see `model.Plan`."""

    target: Target
    """Where."""
    changes: tuple[ShownChange, ...] = ()
    """In dependency order, unchanged objects included."""
    refusals: tuple[Refusal, ...] = ()
    """Reasons why it cannot be applied."""
    unmanaged: tuple[Address, ...] = ()
    """Live objects of managed sections that the manifest does not declare; left alone."""
    notices: tuple[Notice, ...] = ()
    """Notices for the user."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    connections: ShownConnections | None = None
    """Ids and addresses; None where they were not asked for."""
    outputs: tuple[OutputChange, ...] = ()
    """What is written for applications; it holds no value."""
    undeclared: tuple[Undeclared, ...] = ()
    """Live members of declared objects that are neither declared nor the service's default; left alone."""
    weaknesses: tuple[Weakness, ...] = ()
    """Security rules that the pool would break."""

    @property
    def pending(self) -> tuple[ShownChange, ...]:
        """The changes that are not no-ops."""
        return tuple(c for c in self.changes if c.action is not Action.NONE)

    @property
    def writes(self) -> tuple[OutputChange, ...]:
        """The outputs that are not as they should be."""
        return tuple(o for o in self.outputs if o.action is not Action.NONE)


# --- drift ---------------------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class ShownFinding:
    """One difference between manifests and what is live; see `model.Finding`."""

    id: str
    """Stable, made from places and never from values."""
    cls: FindingClass
    """What kind of difference."""
    address: Address
    """The object."""
    path: Path
    """The member within the object; empty for whole objects."""
    desired: ShownValue
    """What the manifest declares, or the service's default for `undeclared`; None when there is none."""
    live: ShownValue
    """The live value; None when there is none."""
    severity: Severity
    """How bad it is."""
    fails: bool
    """Whether it makes the run end with 2."""
    sensitive: bool = False
    """Whether the values are hidden."""
    source: Position | None = None
    """Where the manifest speaks of it, or of the section that it is in."""
    attribution: Attribution | None = None
    """Who made the change, when that was requested and found."""
    effects: tuple[Effect, ...] = ()
    """What the live value means for security."""
    part: str = ""
    """The part of the pool that declares it; empty if none does, and without parts."""


@record(frozen=True, slots=True)
class ShownDrift:
    """What differs between one document and what is live; see `model.Drift`."""

    target: Target
    """Where."""
    findings: tuple[ShownFinding, ...]
    """In the order of the kinds, then of addresses and members."""
    read: int
    """How many objects were read."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    refusals: tuple[Refusal, ...] = ()
    """Why the pool could not be compared."""
    notices: tuple[Notice, ...] = ()
    """Notices for the user."""
    suppressed: int = 0
    """How many findings `ignore` rules, a baseline or an earlier report took out."""
    known: tuple[ShownFinding, ...] = ()
    """Findings that an earlier report took out."""
    expired: tuple[Notice, ...] = ()
    """The `ignore` rules that have expired."""
    unavailable: tuple[Gap, ...] = ()
    """What this Region, partition or emulator does not have, and the manifest does not declare."""
    weaknesses: tuple[Weakness, ...] = ()
    """Security rules that the live pool breaks."""


# --- applies -------------------------------------------------------------------------------------------------------


StepStatus: TypeAlias = Literal["started", "done", "failed", "not_started"]


@record(frozen=True, slots=True)
class ShownStep:
    """Work on one object: its start or its result."""

    change: ShownChange
    """The change."""
    status: StepStatus
    """Its status."""
    error: str = ""
    """Why it failed or was not started."""
    seconds: float = 0.0
    """How long it took."""
    stale: bool = False
    """Whether it failed because the object was not what the plan had seen."""
    written: int = 0
    """How many of its calls had succeeded, if it failed."""
    id: str = ""
    """The object's identifier, if it is done and has one, or if this run made it before the failure."""
    operation: str = ""
    """The call that AWS refused: `cognito-idp:UpdateUserPool`; empty for what failed without a call."""
    code: str = ""
    """AWS's code."""
    request_id: str = ""
    """AWS's id of the request."""
    doubtful: bool = False
    """Whether a call was sent and its outcome is unknown: it may have taken effect."""


@record(frozen=True, slots=True)
class ShownSent:
    """A call that was answered; its parameters are not shown."""

    address: Address
    """The object it was for."""
    service: str
    """`cognito-idp` or `cognito-identity`."""
    operation: str
    """CamelCase, as in the service model."""
    seconds: float
    """How long the answer took."""


@record(frozen=True, slots=True)
class ShownCheck:
    """The objects were read and planned again after the last write."""

    left: tuple[ShownChange, ...]
    """What still differs; empty when the result converged."""
    target: Target | None = None
    """Where the objects are now; the pool has its id."""
    unproven: tuple[str, ...] = ()
    """What could not be read again, and why."""


ShownEvent = ShownStep | ShownSent | Waiting | ShownCheck | OutputDone
"""What an apply reports, in order."""


@record(frozen=True, slots=True)
class ShownApply:
    """An apply: its plans and its events."""

    plans: tuple[ShownPlan, ...]
    """The plans that were applied."""
    events: tuple[ShownEvent, ...]
    """All events, over all plans."""
    given: tuple[str, ...] = ()
    """The options to repeat the run, as they are typed, without the values of variables."""
    connections: tuple[ShownConnections, ...] = ()
    """Ids and addresses of each pool, as they are after the apply."""
    checks: tuple[WebCheck, ...] = ()
    """What the web says of the pools, if that was asked for."""


# --- comparisons ---------------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class ShownSide:
    """One side of a comparison."""

    label: str
    """What the user called it: `pools/@prod`, `pool:customers`."""
    kind: str
    """Kind of the document."""
    name: str
    """Name of the pool, or its id."""


@record(frozen=True, slots=True)
class ShownComparison:
    """Two documents that were compared, or one without a counterpart."""

    one: ShownSide | None
    """The first side; None when only the second has it."""
    other: ShownSide | None
    """The second side."""
    same: bool
    """Whether the sides are equal, as far as they were read."""
    changes: tuple[ShownChange, ...]
    """The changes that lead from the first side to the second."""
    gaps: tuple[Gap, ...]
    """What could not be read."""
