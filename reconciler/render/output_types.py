"""The shapes of what programs read: the contract of `-o json`, `-o jsonl`, plan files and notifications.

Each output is built as one of these types, and its JSON Schema is generated from the same type (`output_schemas`), so
the two cannot differ. Within a major version a shape only gains keys. This module does not import pydantic, because
writing JSON needs no schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypeVar

from typing_extensions import TypeAliasType, TypedDict

from reconciler.model import Severity

FORMAT: Literal["1.0"] = "1.0"
"""Version of all outputs: a minor version adds, a major one may break."""

ShapeT = TypeVar("ShapeT")


class Says:
    """Adds keywords of JSON Schema to a type; pydantic asks for them when it makes a schema.

    Args of the constructor:
        keywords: `pattern`, `minimum`, `description`, `enum`; a function is asked for its value only then.
    """

    def __init__(self, **keywords: Any) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), **{k: v() if callable(v) else v for k, v in self._keywords.items()}}


def closed(shape: type[ShapeT]) -> type[ShapeT]:
    """Make the schema of a shape refuse keys that it does not name, and describe each by the docstring below it."""
    shape.__pydantic_config__ = {"extra": "forbid", "use_attribute_docstrings": True}  # type: ignore[attr-defined]
    return shape


# --- values --------------------------------------------------------------------------------------------------------

Count: TypeAlias = Annotated[int, Says(minimum=0)]
Ordinal: TypeAlias = Annotated[int, Says(minimum=1)]
Seconds: TypeAlias = Annotated[float, Says(minimum=0)]
Digest: TypeAlias = Annotated[str, Says(pattern="^sha256:[0-9a-f]{64}$")]
Time: TypeAlias = Annotated[str, Says(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
AlertId: TypeAlias = Annotated[str, Says(pattern="^poolctl-[0-9a-f]{16}$")]
FullAddress: TypeAlias = Annotated[
    str, Says(description="pool/section/name, or pool/section where a section holds one object.")
]
PoolKey: TypeAlias = Annotated[
    str, Says(description="ACCOUNT/REGION/NAME of the pool; ACCOUNT/REGION for the pools that no manifest declares.")
]
Version: TypeAlias = Annotated[
    Literal["1.0"],
    Says(description="A minor version adds keys, a major one may break; reject an unknown major version."),
]
ToolVersion: TypeAlias = Annotated[str, Says(description="Version of the poolctl that wrote this.")]
ShownJson = TypeAliasType(
    "ShownJson",
    Annotated[
        Any,
        Says(
            description='Any JSON. Sensitive values are {"$sensitive": true}, binary ones {"$bytes": {length, '
            'sha256}}, values from the environment {"$digest": {origin, digest}}, values that are not known yet '
            '{"$unknown": text}; in a notification {"$omitted": {length}} '
            "takes the place of one that was too long to be sent, with the bytes of its JSON."
        ),
    ],
)
"""Named in schemas, so that a member that has it can have a description of its own."""
Shadow: TypeAlias = Annotated[
    Any,
    Says(
        type=["object", "boolean"],
        description="true at each marked place of the tree beside it; items of lists keep their places.",
    ),
]
PlanActions: TypeAlias = Annotated[
    list[str],
    Says(
        enum=[["no-op"], ["create"], ["update"], ["delete"], ["delete", "create"]],
        description="Terraform's words. A replacement is [delete, create].",
    ),
]
DueActions: TypeAlias = Annotated[
    list[str],
    Says(
        enum=[["create"], ["update"], ["delete"], ["delete", "create"]],
        description="Terraform's words. A replacement is [delete, create].",
    ),
]
DriftClass: TypeAlias = Literal["changed", "missing", "unmanaged", "undeclared"]
ClassKey = TypedDict("ClassKey", {"class": DriftClass})
"""`class` is no name in Python, so this shape is made by a call."""


@closed
class Source(TypedDict):
    """A place in a manifest; lines and columns count from 1."""

    file: str
    """As the user named it; - is standard input."""
    line: Ordinal
    column: Ordinal
    row: NotRequired[str]
    """The row that made the object, where `$each` did: `pools/tenants.csv:3`."""


@closed
class PartEntry(TypedDict):
    """One of several documents that declare a pool together."""

    name: str
    """Its name."""
    manifest: str
    """Its file."""


@closed
class PoolEntry(TypedDict):
    """One document, and where it belongs."""

    name: str
    """Name of the pool; empty in a drift report for the pools that no manifest declares (`--pools`)."""
    id: str
    """Id of the pool; empty while it does not exist."""
    account: str
    """Account number."""
    region: str
    manifest: str
    """File that declares it; empty if there is none."""
    parts: NotRequired[list[PartEntry]]
    """The parts that declare it, the one of `manifest` first; only if it is declared in parts."""


@closed
class RefusalEntry(TypedDict):
    """Why a plan cannot be applied."""

    address: FullAddress
    rule: str
    """Identifier of the rule."""
    path: str
    """The member at fault, dotted; empty when the whole object is."""
    message: str
    advice: str
    """What to do instead."""
    source: Source | None


@closed
class NoticeEntry(TypedDict):
    """A notice, which does not stop the run."""

    message: str
    source: Source | None
    standstill: bool
    """Whether the service has paused writes to the pool, so that `apply` refuses."""


@closed
class GapEntry(TypedDict):
    """Something that could not be read, and the permission that would allow it."""

    address: FullAddress
    operation: str
    """The call that failed: service:Operation."""
    reason: str
    """The service's message."""
    code: str | None
    """AWS's code, such as AccessDeniedException."""
    request_id: str | None
    """AWS's id of the request, for support cases."""
    iam_action: str
    """The IAM action that the call needs."""


@closed
class Coverage(TypedDict):
    """What was read."""

    complete: bool
    gaps: list[GapEntry]
    """What could not be read."""


DirectionWord: TypeAlias = Annotated[
    Literal["weakens", "mixed", "strengthens", "neutral"],
    Says(
        description="Where a change leads, as far as security is concerned. `mixed` may weaken: something is gained "
        "and something lost, or what it means is decided where poolctl cannot look."
    ),
]
RuleIds: TypeAlias = Annotated[list[str], Says(description="Ids of rules; `poolctl explain CHG04` describes one.")]


# --- gates ---------------------------------------------------------------------------------------------------------


@closed
class StoppedEntry(TypedDict):
    """A change or finding that `--fail-on` stops."""

    address: FullAddress
    path: str
    """The member, dotted; empty for the whole object."""
    because: list[str]
    """What of `--fail-on` it meets."""
    rules: RuleIds
    allow: list[str]
    """What `--allow` takes to let it pass, as RULE=PATH."""
    source: Source | None


@closed
class AllowedEntry(TypedDict):
    """An option `--allow`, or an entry of `allow` in poolctl.yaml."""

    rule: str
    path: str
    reason: str | None
    owner: str | None
    expires: str | None
    """The last day on which it holds; null for ever."""
    source: Source | None
    """Its place in poolctl.yaml; null for the command line."""
    passes: list[str]
    """What it lets pass in this run: full address and member. Empty if it is not met, or has expired."""
    expired: bool


@closed
class GateEntry(TypedDict):
    """What `--fail-on` and `--allow` make of the run."""

    fail_on: list[str]
    stopped: list[StoppedEntry]
    """What makes the run end with 4."""
    allowed: list[AllowedEntry]


# --- lint ----------------------------------------------------------------------------------------------------------

RiskWord: TypeAlias = Literal["critical", "high", "medium", "low"]
SecurityRuleId: TypeAlias = Annotated[str, Says(description="Id of a security rule: CG001. docs/rules/ has a page.")]


@closed
class WeaknessEntry(TypedDict):
    """A security rule that a pool breaks."""

    rule: SecurityRuleId
    title: str
    """What the rule is about."""
    severity: RiskWord
    """How bad it is, for the profile of the pool."""
    address: FullAddress
    path: str
    """The member at fault, dotted; empty for the object itself."""
    declared: bool
    """Whether the manifest declares the member; otherwise it is about Cognito's default, or the live value."""
    message: str
    """What is wrong in this case."""
    advice: str
    """What to do."""
    profile: str
    """Whom the pool serves."""
    source: Source | None
    same_as: dict[str, list[str]]
    """Rules of other scanners that mean the same, by scanner."""
    reason: NotRequired[str]
    """Why it is accepted, if a waiver of the manifest accepts it."""


@closed
class WaiverEntry(TypedDict):
    """A waiver of a manifest."""

    rule: SecurityRuleId
    path: str
    """A pattern over objects and members; empty for all that the rule finds."""
    reason: str
    owner: str
    """Who answers for it."""
    expires: str
    """YYYY-MM-DD, the last day on which it holds."""
    source: Source | None


@closed
class LintSummary(TypedDict):
    """How many findings there are of each severity, whatever is shown."""

    critical: Count
    high: Count
    medium: Count
    low: Count
    waived: Count
    """Accepted by waivers; not counted above."""


@closed
class LintDocument(TypedDict):
    """What `poolctl lint -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    failed: bool
    """Whether the run ends with 2."""
    fail_on: str
    """The lowest severity that fails the run; never for none."""
    findings: list[WeaknessEntry]
    """What is not accepted, as far as --severity shows it; the worst of each document first."""
    waived: list[WeaknessEntry]
    """What waivers accept."""
    expired: list[WaiverEntry]
    """Waivers that have expired: what they accepted is among the findings again."""
    unused: list[WaiverEntry]
    """Waivers that match nothing."""
    skipped: list[SecurityRuleId]
    """Rules that need what was not read of other services."""
    summary: LintSummary


# --- plan ----------------------------------------------------------------------------------------------------------


@closed
class ImpactEntry(TypedDict):
    """Whom a change touches, and whether it can be undone."""

    who: str | None
    """Who is touched: all users, users of this client."""
    tokens: str | None
    """What becomes of tokens and sessions that exist; null if nothing does."""
    reversible: bool
    """Whether changing it back restores what was there."""
    undo: str | None
    """Why it does not; null if it does."""
    facts: list[str]
    """What it costs, and which features end or begin."""


@closed
class EffectEntry(TypedDict):
    """What the change of a member, or of a whole object, means for security. It holds no value of a pool."""

    path: str
    """The member, dotted, within the object; empty for the object itself."""
    below: list[str]
    """Keys that lead from the entry that has this one to the member; empty if it is about the entry itself."""
    direction: DirectionWord
    risk: Literal["critical", "high", "medium", "low"]
    """How bad it is, where it weakens or may weaken."""
    sentence: str | None
    """What follows; null if nothing needs to be said."""
    impact: ImpactEntry
    rules: RuleIds


@closed
class UndeclaredEntry(TypedDict):
    """A live member that no manifest declares and that is not at the service's default; left alone."""

    address: FullAddress
    path: str
    """Dotted, within the object."""
    direction: DirectionWord
    effects: list[EffectEntry]
    """What the live value means, compared with the default."""


@closed
class PlanSummary(TypedDict):
    """Counts of objects by planned action, and of what changes for security."""

    create: Count
    """Objects to be created."""
    update: Count
    delete: Count
    replace: Count
    """Objects to be destroyed and created again; not counted in the others."""
    unchanged: Count
    refused: Count
    """Reasons why a plan cannot be applied."""
    unmanaged: Count
    """Live objects of managed sections that no manifest declares."""
    outputs: Count
    """Outputs to be written; not counted in the others."""
    outputs_unchanged: Count
    """Outputs that are as they should be."""
    weakens: Count
    """Members and whole objects whose change weakens security."""
    mixed: Count
    """The same, of those that may weaken it."""
    strengthens: Count
    """The same, of those that strengthen it."""
    undeclared: Count
    """Live members that no manifest declares and that are not at the service's default."""
    undeclared_weak: Count
    """Those of them that are weaker than the default, or may be."""


@closed
class PlanPool(PoolEntry):
    """One document of a plan."""

    summary: PlanSummary


@closed
class DangerEntry(TypedDict):
    """What the change of a member does beyond that member."""

    sentence: str
    reversible: bool
    """Whether changing the member back restores what was there."""


@closed
class FieldEntry(TypedDict):
    """One member that changes."""

    path: str
    """Dotted, within the object."""
    op: Literal["add", "remove", "change"]
    before: ShownJson
    after: ShownJson
    sensitive: bool
    direction: DirectionWord
    effects: list[EffectEntry]
    """What it means for security; of a structure, for each member of it that counts."""
    source: Source | None
    """The place of its value in the manifest."""
    danger: NotRequired[DangerEntry]
    """Only where there is one."""


@closed
class ChangeEntry(TypedDict):
    """The planned change of an object, with Terraform's keys."""

    actions: PlanActions
    before: ShownJson
    """The live object; null when there is none."""
    after: ShownJson
    """The object after apply, as far as it is known; null for a deletion."""
    after_unknown: Shadow
    before_sensitive: Shadow
    after_sensitive: Shadow
    replace_paths: list[list[str | int]]
    """Members that change in a replaced object; empty for all others."""


@closed
class CallEntry(TypedDict):
    """One request that apply would send."""

    service: str
    operation: str
    params: dict[str, ShownJson]


@closed
class ResourceEntry(TypedDict):
    """One object of a plan."""

    address: FullAddress
    type: str
    """CloudFormation's word: UserPoolClient."""
    name: str
    pool: str
    change: ChangeEntry
    action_reason: str | None
    source: Source | None
    direction: DirectionWord
    """Of the object with all its members."""
    effect: EffectEntry | None
    """What it means that the whole object appears or disappears; null if it does not, or if nothing follows."""
    fields: list[FieldEntry]
    kept: NotRequired[dict[str, ShownJson]]
    """Items of others that stay in lists of which the manifest declares single items, by the path of the list. The
    digest leaves them out, wherever they are."""
    api_calls: NotRequired[list[CallEntry]]
    """The calls that apply would send, in order."""
    parts: NotRequired[list[str]]
    """The parts of the pool that declare it; only if the pool is declared in parts."""


OutputActions: TypeAlias = Annotated[
    list[str], Says(enum=[["no-op"], ["create"], ["update"]], description="Terraform's words. Nothing is deleted.")
]
OutputStatus: TypeAlias = Literal["done", "failed", "not_started"]


@closed
class ParameterEntry(TypedDict):
    """One parameter of an output, without its value."""

    name: str
    """Below the path of the output."""
    actions: OutputActions


@closed
class OutputEntry(TypedDict):
    """A configuration that is written for an application: a file, or parameters of Systems Manager."""

    address: Annotated[str, Says(description="pool/outputs/FILE, relative to the manifest, or pool/outputs/ssm:PATH.")]
    pool: str
    format: str
    client: str
    """Address of the client that it describes."""
    actions: OutputActions
    awaits: str | None
    """What is known only after apply, so that the contents could not be compared; null if they were."""
    parameters: list[ParameterEntry]
    """Every parameter; empty for a file, and while the contents are not known."""
    source: Source


@closed
class PlanDocument(TypedDict):
    """What `poolctl plan -o json` writes. Identical input gives identical bytes."""

    format_version: Version
    poolctl_version: ToolVersion
    digest: NotRequired[Digest]
    """Digest of the plan; `apply --expect` takes it."""
    applyable: bool
    """Whether there are changes, or outputs to write, and apply would accept them."""
    complete: bool
    """Whether everything that the plan needs was read."""
    errored: bool
    """Whether planning failed for some document, so that plans are missing."""
    pools: list[PlanPool]
    resource_changes: list[ResourceEntry]
    """In the order of apply; unchanged objects included."""
    refusals: list[RefusalEntry]
    """Reasons why the plan cannot be applied."""
    unmanaged: list[FullAddress]
    """Live objects that no manifest declares; left alone."""
    undeclared: list[UndeclaredEntry]
    """Live members of declared objects that no manifest declares; left alone."""
    notices: list[NoticeEntry]
    coverage: Coverage
    summary: PlanSummary
    gate: NotRequired[GateEntry]
    """With `--fail-on` or `--allow`. A saved plan does not hold it."""
    connections: NotRequired[list[ConnectionsEntry]]
    """Ids and addresses of each pool as they will be, as far as they are known. A saved plan does not hold them."""
    outputs: list[OutputEntry]
    """What is written for applications once the changes are made; unchanged ones included."""
    security: NotRequired[list[WeaknessEntry]]
    """Security rules that the pools would break, without what waivers accept. A saved plan does not hold them."""


# --- ids and addresses ---------------------------------------------------------------------------------------------


@closed
class IdEntry(TypedDict):
    """An object and its identifier."""

    address: FullAddress
    type: str
    id: str


@closed
class DnsRecordEntry(TypedDict):
    """The DNS record that a custom domain needs."""

    name: str
    type: Literal["CNAME"]
    """In Route 53, an alias does the same."""
    target: str | None
    """The CloudFront distribution; null until the domain exists."""


@closed
class DomainEntry(TypedDict):
    """A domain of a pool."""

    host: str
    dns_record: DnsRecordEntry | None
    """The record to make; null for a prefix domain, which needs none."""


@closed
class PagesEntry(TypedDict):
    """A client, and the pages where its users sign in."""

    address: FullAddress
    client_id: str | None
    """Null while the client does not exist."""
    sign_in: str | None
    """Null if users of the client cannot sign in on a page, or if part of the URL is not known."""
    sign_up: str | None
    sign_out: str | None


@closed
class ConnectionsEntry(TypedDict):
    """What an application needs to use a pool. Null is what does not exist yet, or is not known."""

    pool: PoolEntry
    arn: str | None
    issuer: str | None
    discovery: str | None
    """URL of the OpenID Connect discovery document."""
    jwks: str | None
    """URL of the keys that sign tokens."""
    hosts: list[DomainEntry]
    clients: list[PagesEntry]
    ids: list[IdEntry]
    """Every object that has an identifier, as far as it is known."""
    unknown: list[str]
    """What could not be known, because the manifest does not manage it, or because it is hidden."""


@closed
class PoolDocument(TypedDict):
    """What `poolctl show pool -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    connections: list[ConnectionsEntry]
    """One for each pool."""


# --- plan file -----------------------------------------------------------------------------------------------------


@closed
class PlanFileOptions(TypedDict):
    """The options that affect the plan."""

    targets: list[str]
    """Addresses that the plan is limited to; empty for all."""
    prune: bool
    """Whether undeclared objects are deleted."""
    max_deletes: int | None
    """How many objects of a kind may be deleted; null for the usual threshold."""
    replaceable: list[str]
    """Objects that may be deleted and created again."""
    variables: list[str]
    """Names of the variables that were given; their values must be given again."""
    var_files: list[str]
    """Files with variables; apply reads them again."""
    env: str
    """Name of the overlays that were merged into the manifests; empty for none."""
    shard: Annotated[str, Says(pattern="^([0-9]+/[0-9]+)?$")]
    """Which part of the documents was planned, as I/N; empty for all."""
    allow: list[str]
    """What `--allow` let pass on the command line, as RULE=PATH; apply lets it pass again."""


@closed
class OriginEntry(TypedDict):
    """The origin of a value that is hidden or not known yet."""

    address: FullAddress
    path: str
    """Dotted, within the object."""
    origin: str
    """Where the value comes from: $secret NAME, $env NAME, live, literal, or the object that will have it."""
    changes: bool
    """Whether a secret value changes."""


@closed
class PlanFile(TypedDict):
    """What `poolctl plan --out FILE` writes. It holds no secret and no hash of one."""

    kind: Literal["poolctl-plan"]
    """Identifies a plan file."""
    format_version: Version
    poolctl_version: ToolVersion
    digest: Digest
    """Digest of the plan: its changes, calls, the live state that they start from, the place, options. The same input
    has the same digest on every machine."""
    created: Time
    """When it was made. UTC."""
    expires: Time
    """When it expires; apply then refuses it. UTC."""
    paths: list[str]
    """Manifests that were planned, as they were named; apply reads them again, relative to where it runs."""
    options: PlanFileOptions
    origins: list[OriginEntry]
    """The origins of values that are hidden or not known yet."""
    notice_counts: list[Count]
    """How many of the plan's notices belong to each pool, in order."""
    plan: Annotated[dict[str, Any], Says(description="What `poolctl plan -o json` wrote: urn:poolctl:plan:v1.")]
    checksum: Digest
    """Of all other keys. It detects damage, not forgery: anyone who can write the file can recompute it."""


# --- apply ---------------------------------------------------------------------------------------------------------


class RefusedCall(TypedDict):
    """The call that AWS refused; all null if no call was refused."""

    operation: str | None
    """The call that AWS refused, such as cognito-idp:UpdateUserPool."""
    code: str | None
    """AWS's code, such as AccessDeniedException."""
    request_id: str | None
    """AWS's id of the request, for support cases."""
    iam_action: str | None
    """The IAM action that the call needs."""


@closed
class ResultEntry(RefusedCall):
    """The result of one change."""

    address: FullAddress
    type: str
    pool: str
    actions: DueActions
    status: Literal["done", "failed", "not_started"]
    error: str | None
    """Why it failed or was not started."""
    stale: bool
    """Whether it failed because the object had changed since it was planned."""
    calls_written: Count
    """Calls that succeeded."""
    id: str | None
    """Identifier of the object, if it is done or this run made it; null if it has none."""
    outcome_unknown: bool
    """Whether a call was sent and its outcome is unknown: it may have taken effect."""
    direction: DirectionWord
    """Of the object with all its members."""
    effects: list[EffectEntry]
    """What the change means for security, for the object as a whole and for each member."""


@closed
class ApplySummary(TypedDict):
    """Counts of objects by result, of calls, and of what changed for security."""

    added: Count
    changed: Count
    destroyed: Count
    failed: Count
    not_started: Count
    calls: Count
    """Writes to pools that succeeded. Reads are not counted."""
    outputs: Count
    """Outputs that were written."""
    weakens: Count
    """Members and whole objects whose change was made and weakens security."""
    mixed: Count
    """The same, of those that may weaken it."""


@closed
class OutputResultEntry(TypedDict):
    """What became of an output."""

    address: Annotated[str, Says(description="pool/outputs/FILE, relative to the manifest, or pool/outputs/ssm:PATH.")]
    pool: str
    format: str
    client: str
    """Address of the client that it describes."""
    actions: OutputActions
    status: OutputStatus
    error: str | None
    """Why it was not written."""


@closed
class LeftEntry(TypedDict):
    """An object that still differed after the last write."""

    address: FullAddress
    paths: list[str]


@closed
class UnprovenEntry(TypedDict):
    """A part that could not be read again after the last write."""

    pool_key: PoolKey
    reason: str


@closed
class CheckEntry(TypedDict):
    """One thing that a pool publishes, held against the manifest."""

    pool: str
    """Name of the pool."""
    what: str
    """`discovery document`, `keys`, the address of a client, or what could not be checked."""
    url: str | None
    status: Literal["ok", "waiting", "wrong", "unread", "skipped"]
    """`wrong` contradicts the manifest; `waiting` is on its way, as DNS, a certificate and CloudFront are for a while;
    `unread` had no usable answer; `skipped` was not read."""
    message: str


@closed
class ApplyDocument(TypedDict):
    """What `poolctl apply -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pools: list[PoolEntry]
    results: list[ResultEntry]
    """One for each change that was due, in the order of the plan."""
    summary: ApplySummary
    left: list[LeftEntry]
    """What still differed after the last write."""
    unproven: list[UnprovenEntry]
    """What could not be read again after the last write, and why."""
    verified: bool
    """Whether every pool that was written to was read again, and all of it could be read."""
    converged: bool
    """Whether everything was done, read again and found to match the manifests, and every output was written."""
    gate: NotRequired[GateEntry]
    """With `--fail-on` or `--allow`."""
    connections: list[ConnectionsEntry]
    """Ids and addresses of each pool, as they are after the apply."""
    checks: NotRequired[list[CheckEntry]]
    """What the web says of the pools; with `--check`."""
    outputs: list[OutputResultEntry]
    """One for each output that was written or should have been."""


# --- validate ------------------------------------------------------------------------------------------------------


@closed
class Point(TypedDict):
    """A line and a column; both count from 1."""

    line: Ordinal
    column: Ordinal


@closed
class SourceRange(TypedDict):
    """A part of a file. Only where it begins is known, so it is empty."""

    filename: str
    start: Point
    end: Point
    row: NotRequired[str]
    """The row that made the object, where `$each` did: `pools/tenants.csv:3`."""


@closed
class DiagnosticEntry(TypedDict):
    """A problem or a notice."""

    severity: Literal["error", "warning"]
    summary: str
    """What is wrong."""
    detail: str
    """What to do about it; may be empty."""
    address: str
    """Path in the manifest, dotted; may be empty."""
    range: NotRequired[SourceRange]


@closed
class ValidateDocument(TypedDict):
    """What `poolctl validate -o json` writes; the shape of `terraform validate -json`."""

    format_version: Version
    valid: bool
    error_count: Count
    warning_count: Count
    manifest_count: Count
    """Documents that could be loaded."""
    diagnostics: list[DiagnosticEntry]


# --- drift ---------------------------------------------------------------------------------------------------------


@closed
class DriftSummary(TypedDict):
    """How much drift there is."""

    changed: Count
    """Declared members that differ."""
    missing: Count
    """Declared objects that do not exist."""
    unmanaged: Count
    """Live objects that no manifest declares."""
    undeclared: Count
    """Members that no manifest declares and that are not at the service's default."""
    suppressed: Count
    """Findings left out: ignored, accepted or reported before."""
    expired: Count
    """Ignore rules that have expired."""
    read: Count
    """Live objects that were read."""
    weakens: Count
    """Members and whole objects that are weaker live."""
    mixed: Count
    """Those that may be weaker."""


@closed
class DriftPool(PoolEntry):
    """One document of a drift run."""

    key: PoolKey
    complete: bool
    summary: DriftSummary


@closed
class AttributionEntry(TypedDict):
    """Who made the change, from CloudTrail; null if that was not requested or not found."""

    principal: str
    """ARN of the caller."""
    event: str
    """The operation."""
    time: str
    """RFC 3339, UTC."""
    event_id: str
    """CloudTrail's id."""
    source_address: str
    """Address that the call came from; may be empty."""
    console: bool
    """Whether it was made in the AWS console."""
    ours: bool
    """Whether poolctl made it."""


@closed
class FindingEntry(ClassKey):
    """One difference between manifests and what is live."""

    id: AlertId
    """Stable while the same object or member differs, whatever its value."""
    severity: Severity
    fails: bool
    """Whether it makes the run end with 2."""
    pool: str
    """Name of the document."""
    pool_key: PoolKey
    address: FullAddress
    type: str
    """Its type in the words of CloudFormation; Output for what is written for an application."""
    path: str
    """The member, dotted; empty for whole objects."""
    wanted: ShownJson
    """What the manifest declares, or the service's default for undeclared; null when there is none."""
    live: ShownJson
    """The live value; null when there is none."""
    sensitive: bool
    source: Source | None
    attribution: AttributionEntry | None
    direction: DirectionWord
    """Where the live value leads, compared with the declared one or the service's default."""
    effects: list[EffectEntry]
    part: NotRequired[str]
    """The part of the pool that declares it; only if one does."""


@closed
class DriftRefusalEntry(RefusalEntry):
    """Why a pool could not be compared."""

    id: AlertId
    """Stable while the same rule refuses."""
    pool_key: PoolKey


@closed
class ExpiredEntry(NoticeEntry):
    """An ignore rule that has expired."""

    id: AlertId
    pool_key: PoolKey


@closed
class DriftGapEntry(GapEntry):
    """Something that could not be read, in one pool of a run."""

    id: AlertId
    """Stable while the same call fails."""
    pool_key: PoolKey


@closed
class DriftCoverage(TypedDict):
    """What was read."""

    complete: bool
    gaps: list[DriftGapEntry]
    unavailable: list[GapEntry]
    """What this Region, partition or emulator does not have. It was not read, and is no gap, as no manifest declares
    it."""


@closed
class DriftDocument(TypedDict):
    """What `poolctl drift -o json` writes, and what --only-new and --baseline read.

    Identical input gives identical bytes.
    """

    format_version: Version
    poolctl_version: ToolVersion
    complete: bool
    """Whether everything could be read and compared. No finding means no drift only when this is true."""
    drifted: bool
    """Whether a finding fails, or an ignore rule has expired."""
    pools: list[DriftPool]
    findings: list[FindingEntry]
    known: list[AlertId]
    """Ids of the findings that --only-new or --remember left out: they still exist."""
    refusals: list[DriftRefusalEntry]
    expired: list[ExpiredEntry]
    """Ignore rules that have expired; they are among the notices too."""
    notices: list[NoticeEntry]
    coverage: DriftCoverage
    undelivered: list[AlertId]
    """Ids of findings, gaps, refusals and expired rules that --notify could not deliver: --only-new and --remember do
    not count them as reported."""
    summary: DriftSummary
    gate: NotRequired[GateEntry]
    """With `--fail-on` or `--allow`."""
    security: NotRequired[list[WeaknessEntry]]
    """Security rules that the live pools break, without what waivers accept."""


@closed
class NotificationDocument(TypedDict):
    """What `poolctl drift --notify` posts to a webhook and sends through SNS to queues, functions and endpoints.

    Its entries are those of the report of drift. In an entry too long for a message, texts are cut, and end with
    their full length.
    """

    format_version: Version
    kind: Literal["poolctl-drift"]
    """Identifies a notification."""
    poolctl_version: ToolVersion
    part: Ordinal
    """Which of the parts this is."""
    parts: Ordinal
    """How many messages hold what is new; each entry is in exactly one of them."""
    summary: DriftSummary
    """Of the whole run: all pools, and what was reported before too."""
    complete: bool
    """Whether the run could read and compare everything."""
    pools: list[DriftPool]
    """The pools that the entries below belong to."""
    findings: list[FindingEntry]
    """New findings that fail."""
    gaps: list[DriftGapEntry]
    """What could be read before, but not in this run."""
    refusals: list[DriftRefusalEntry]
    """Pools and clients that could not be matched with certainty."""
    expired: list[ExpiredEntry]
    """Ignore rules that have expired."""


# --- diff ----------------------------------------------------------------------------------------------------------


@closed
class SideEntry(TypedDict):
    """One side of a comparison."""

    operand: str
    """As it was given."""
    kind: str
    """Kind of the document."""
    name: str
    """Name of the pool, or its id."""


@closed
class DiffField(TypedDict):
    """One member that differs."""

    path: str
    a: Any
    """Null when there is none."""
    b: Any
    """Null when there is none."""
    sensitive: bool
    source: Source | None


@closed
class DiffObject(TypedDict):
    """One object that differs."""

    address: str
    type: str
    """In the words of CloudFormation."""
    difference: Literal["only_in_a", "only_in_b", "different"]
    source: Source | None
    fields: list[DiffField]


@closed
class ComparisonEntry(TypedDict):
    """Two documents that were compared."""

    a: SideEntry | None
    """Null when only the other side has the document."""
    b: SideEntry | None
    """Null when only the other side has the document."""
    objects: list[DiffObject]
    """Objects that differ."""
    gaps: list[GapEntry]
    """What could not be read, and was not compared."""


@closed
class DiffDocument(TypedDict):
    """What `poolctl diff -o json` writes. Secrets are redacted."""

    format_version: Version
    poolctl_version: ToolVersion
    same: bool
    """Whether the sides are the same, as far as they were read."""
    complete: bool
    """Whether everything could be read."""
    comparisons: list[ComparisonEntry]


# --- explain -------------------------------------------------------------------------------------------------------


TypeName: TypeAlias = Literal["string", "integer", "boolean", "bytes", "document", "structure", "any"]
FeaturePlan: TypeAlias = Literal["LITE", "ESSENTIALS", "PLUS"]


def _document_kinds() -> list[str]:
    from schemas.documents import DOCUMENTS

    return list(DOCUMENTS)


@closed
class KindEntry(TypedDict):
    """One kind, in brief."""

    path: str
    document: str
    title: str
    planned: bool


@closed
class ValueEntry(TypedDict):
    """A value, or each item of a list or map."""

    type: TypeName
    min: int | None
    """Least number, or shortest text."""
    max: int | None
    """Greatest number, or longest text or most bytes."""
    form: str | None
    """The pattern in words."""
    values: list[str]
    """Known values; others are accepted with a warning."""


@closed
class TypeEntry(TypedDict):
    """The type of a member."""

    words: str
    shape: Literal["scalar", "structure", "list", "map"]
    value: ValueEntry
    key: ValueEntry | None
    """Keys of a map."""
    min_items: int | None
    max_items: int | None


@closed
class OmittedEntry(TypedDict):
    """The effect of omitting it: in a manifest, at creation, and in the API's own update."""

    manifest: str
    creation: str
    update: Literal["kept", "reset", "unmeasured"] | None


@closed
class FactsEntry(TypedDict):
    """Facts about a member."""

    required: bool
    """Whether an object, or an item of a list, requires it."""
    has_default: bool
    default: Any
    """The value of a new object; null if there is no default."""
    mutability: Literal["changeable", "create_only", "add_only", "once", "name", "pin"]
    removable: bool
    """Whether it can be unset once it is set."""
    advice: list[str]
    """What to do if it cannot be changed or unset."""
    omitted: OmittedEntry
    null: str
    plan: FeaturePlan | None
    comparison: list[str]
    secret: bool
    secret_keys: list[str]
    write_only: bool
    write_only_keys: list[str]
    deprecated: bool
    since: int | None


@closed
class OperationsEntry(TypedDict):
    """Operations of the API, as SERVICE:OPERATION."""

    read: list[str]
    create: list[str]
    update: list[str]
    delete: list[str]


@closed
class ConditionalPermission(TypedDict):
    """IAM actions that are needed when a member inside is set."""

    path: str
    actions: list[str]


@closed
class MemberEntry(TypedDict):
    """One member of a kind or structure."""

    path: str
    name: str
    type: TypeEntry
    title: str


@closed
class NotHereEntry(TypedDict):
    """A member of the API that has no place here."""

    name: str
    advice: str


@closed
class ExplanationEntry(TypedDict):
    """Facts about a kind or member."""

    path: str
    """Its path: `clients.RefreshTokenRotation`."""
    section: str
    """The kind that it belongs to; empty for a key around the sections, such as prune."""
    document: Annotated[str, Says(enum=_document_kinds)]
    resource_type: str | None
    """CloudFormation's word for the kind."""
    planned: bool
    """Whether plan and apply support it in this version."""
    title: str
    description: str
    notes: list[str]
    type: TypeEntry
    named_by: str | None
    """The member that the key of a map names."""
    facts: FactsEntry | None
    """null for kinds."""
    operations: OperationsEntry
    permissions: list[str]
    """IAM actions."""
    conditional_permissions: list[ConditionalPermission]
    """IAM actions that are needed when a member inside is set."""
    members: list[MemberEntry]
    not_here: list[NotHereEntry]
    """Members of the API that have no place here, and what to do instead."""


@closed
class RuleEntry(TypedDict):
    """Facts about a rule."""

    id: str
    """As refusals name it: `P7`, `immutable`."""
    title: str
    what: str
    """What is refused, or warned of."""
    why: str
    """What Cognito does, and the consequence."""
    advice: str
    """What to do instead."""
    source: list[str]
    """The sources: sections of docs/cognito.md, or decisions."""
    warning: bool
    """Whether it only warns; otherwise it stops the run."""
    offline: bool
    """Whether `validate` can refuse it, because a manifest alone can break it."""


@closed
class SecurityRuleEntry(TypedDict):
    """Facts about a security rule."""

    id: SecurityRuleId
    title: str
    severity: RiskWord
    """How bad it is to break it, where the profile says nothing else."""
    profiles: dict[str, RiskWord | None]
    """The same for a profile; null where the rule is not judged for it."""
    what: str
    """What is found."""
    why: str
    """What follows."""
    advice: str
    """What to do."""
    members: list[str]
    """The members that it looks at, with their section."""
    live: bool
    """Whether it is judged only by `lint --live`, because it reads other services."""
    same_as: dict[str, list[str]]
    """Rules of other scanners that mean the same, by scanner."""
    source: list[str]


@closed
class ExplainDocument(TypedDict):
    """What `poolctl explain -o json` writes: one place in a manifest, one rule, or the list of kinds."""

    format_version: Version
    poolctl_version: ToolVersion
    kinds: list[KindEntry]
    """All kinds, if no topic was given; else empty."""
    explanation: ExplanationEntry | None
    rule: RuleEntry | None
    security_rule: NotRequired[SecurityRuleEntry]
    """The security rule, if one was asked for."""


# --- doctor --------------------------------------------------------------------------------------------------------


@closed
class DoctorCheckEntry(TypedDict):
    """One check."""

    id: Literal["versions", "manifests", "credentials", "region", "account", "clock", "endpoints", "permissions"]
    title: str
    outcome: Literal["ok", "failed", "not_checked"]
    found: list[str]
    """What was found, or why nothing was looked at."""
    cure: list[str]
    """What to do; empty unless it failed."""


@closed
class DoctorDocument(TypedDict):
    """What `poolctl doctor -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    run: str
    """The command whose permissions were checked: plan, drift, export or apply."""
    ok: bool
    """Whether every check was made and none failed."""
    checks: list[DoctorCheckEntry]
    """In the order in which a run needs what they check."""


# --- recover -------------------------------------------------------------------------------------------------------

RecoveryStatus: TypeAlias = Annotated[
    str, Says(description="As Cognito calls it, such as PREVIEW_GENERATED; a newer service may know others.")
]


@closed
class EntityEntry(TypedDict):
    """What a recovery does to entities of one type."""

    entity: str
    """As Cognito calls it: Users, Groups, User MFAs or Passkeys."""
    create: Count
    update: Count
    delete: Count


@closed
class RecoveryEntry(TypedDict):
    """One point-in-time recovery of the users of a pool."""

    id: str
    """RestoreId."""
    status: RecoveryStatus
    meaning: str
    """What the status means, in words."""
    paused: bool
    """Whether writes to the pool are paused."""
    to: Time | None
    """The time that users are recovered to."""
    triggered: Time | None
    """The end of the changes that are reverted; null in a list."""
    preview: list[EntityEntry] | None
    """What it does; null until Cognito has generated it, and in a list."""


@closed
class RecoverDocument(TypedDict):
    """What `poolctl recover -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pool: PoolEntry
    recoveries: list[RecoveryEntry]
    """The recovery in question; with --list all of the pool, the newest first."""
    notices: list[str]
    """What could not be known."""
    next: list[str]
    """Commands that can follow."""
    configuration: PlanDocument | None
    """What an apply would change, once the users are restored; null if it was not planned."""


# --- import --------------------------------------------------------------------------------------------------------


@closed
class ImportedEntry(TypedDict):
    """An object that was converted."""

    address: str
    """Its address in the manifest: clients/web."""
    source: str
    """Its address in the definition that it comes from."""


@closed
class NeededEntry(TypedDict):
    """A secret that a manifest refers to."""

    reference: str
    """The reference, such as $secret poolctl/customers/identity_providers/Google#client_secret."""
    member: str
    """The object and the member that need it."""
    returned: bool
    """Whether Cognito returns it; otherwise it has to come from its source."""


@closed
class OverlayEntry(TypedDict):
    """An overlay that was written."""

    condition: str
    """The condition of the template that is otherwise in it."""
    environment: str
    """What --env calls it."""
    file: str
    """The file, below the directory of the manifests."""
    secrets: list[NeededEntry]
    """The secrets that it refers to, and that the manifest does not."""


@closed
class ImportedManifest(TypedDict):
    """A manifest that was written."""

    pool: PoolEntry
    kind: str
    """Kind of the document."""
    objects: list[ImportedEntry]
    """What it has, in the order of the definition."""
    secrets: list[NeededEntry]
    """The secrets that it refers to."""
    overlays: list[OverlayEntry]
    """What other environments have otherwise."""
    notices: list[str]
    """What to know about it."""
    gaps: list[str]
    """What could not be read, and may be missing in it."""


@closed
class UnmappedEntry(TypedDict):
    """Something of the definition that is in no manifest."""

    source: str
    """Its address in the definition."""
    category: Literal["alarming", "gone", "people", "member", "condition", "service", "read"]
    """`alarming` has to be settled before the hand-over."""
    reason: str


@closed
class UnconvertedEntry(TypedDict):
    """A pool that was not converted."""

    id: str
    """Id of the pool."""
    reason: str


@closed
class HandOverEntry(TypedDict):
    """One step of the hand-over."""

    text: str
    """What to do, and what must come of it."""
    code: str
    """What to write or to run; empty for none."""
    language: Literal["", "hcl", "shell", "yaml", "typescript"]


@closed
class ImportDocument(TypedDict):
    """What `poolctl import -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    live: bool
    """Whether the values come from the live pools, and not from the definition."""
    tool: str
    """The tool that wrote the definition, with its version."""
    manifests: list[ImportedManifest]
    not_mapped: list[UnmappedEntry]
    """Everything of the definition that is in no manifest."""
    failures: list[UnconvertedEntry]
    hand_over: list[HandOverEntry]
    """How the other tool lets go without deleting anything, in order."""
