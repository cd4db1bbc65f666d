"""The shapes of the lines of `-o jsonl`, one type for each; see `output_types`.

The names of the common keys begin with @, so that shape uses the functional syntax.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from reconciler.model import Severity
from reconciler.render.output_types import (
    AttributionEntry,
    ClassKey,
    Count,
    DangerEntry,
    DirectionWord,
    EffectEntry,
    OutputStatus,
    RefusedCall,
    Says,
    Seconds,
    Source,
    SourceRange,
    closed,
)

Level: TypeAlias = Literal["debug", "info", "warn", "error"]
StreamAction: TypeAlias = Literal["create", "update", "delete", "replace", "noop"]

LineHead = TypedDict(
    "LineHead",
    {
        "@level": Level,
        "@message": Annotated[str, Says(description="For people; not an interface.")],
        "@module": Literal["poolctl"],
        "@timestamp": NotRequired[Annotated[str, Says(description="RFC 3339; only in the stream of a running apply.")]],
    },
)
"""What every line has."""


# --- parts ---------------------------------------------------------------------------------------------------------


@closed
class LineResource(TypedDict):
    """The object that a line is about."""

    addr: str
    """Pool and address: `customers/clients/web`."""
    pool: str
    kind: str
    """Section of the manifest."""
    resource_name: str
    resource_type: NotRequired[str]
    """Type in CloudFormation's words."""


@closed
class DangerPart(DangerEntry):
    """What the change of a member does beyond that member."""

    path: str


@closed
class PlannedPart(TypedDict):
    """The planned change of an object."""

    resource: LineResource
    action: StreamAction
    before: Any
    """Live object without secrets; null when there is none."""
    after: Any
    """The object as it will be; null for a deletion."""
    paths: list[str]
    """Members that change, dotted."""
    source: Source | None
    """The place in the manifest."""
    direction: DirectionWord
    """Of the object with all its members."""
    effects: list[EffectEntry]
    """What the change means for security, for the object as a whole and for each member. What weakens or may weaken is
    a diagnostic too."""
    reason: NotRequired[str]
    parts: NotRequired[list[str]]
    """The parts of the pool that declare it; only if the pool is declared in parts."""
    kept: NotRequired[dict[str, Any]]
    """Items of others that stay in lists of which the manifest declares single items, by the path of the list."""
    dangers: NotRequired[list[DangerPart]]
    """What changes of members do beyond them; each is a diagnostic too."""


@closed
class OutputPart(TypedDict):
    """The planned change of an output."""

    resource: LineResource
    action: StreamAction
    format: str
    client: str
    awaits: str | None
    """What is known only after apply."""
    parameters: list[str]
    """Parameters that are new or differ."""
    source: Source | None
    """The place in the manifest."""


@closed
class OutputResultPart(TypedDict):
    """What became of an output."""

    resource: LineResource
    action: StreamAction
    status: OutputStatus
    error: str | None
    """Why it was not written."""


@closed
class DriftPart(ClassKey):
    """A difference between manifest and what is live."""

    id: str
    """Stable when values change."""
    resource: LineResource
    path: str
    """Member, dotted; empty for a whole object."""
    before: Any
    """What the manifest declares, without secrets."""
    after: Any
    """What is live, without secrets."""
    severity: Severity
    fails: bool
    """Whether it makes the run end with 2."""
    source: Source | None
    """The place in the manifest."""
    direction: DirectionWord
    """Where the live value leads, compared with the declared one or the service's default."""
    effects: list[EffectEntry]
    attribution: NotRequired[AttributionEntry]
    part: NotRequired[str]
    """The part of the pool that declares it; only if one does."""


@closed
class DiagnosticPart(TypedDict):
    """A problem, refusal, gap or notice."""

    severity: Literal["error", "warning"]
    summary: str
    detail: str
    address: str
    rule: NotRequired[str]
    """The rule that refuses a plan, or the first one about a change that weakens."""
    operation: NotRequired[str]
    """The call that could not be made."""
    code: NotRequired[str | None]
    """AWS's code."""
    request_id: NotRequired[str | None]
    """AWS's id of the request."""
    iam_action: NotRequired[str]
    """The IAM action that the call needs."""
    range: NotRequired[SourceRange]


@closed
class StartPart(TypedDict):
    """Work that starts."""

    resource: LineResource
    action: StreamAction


@closed
class ProgressPart(TypedDict):
    """Work in progress."""

    resource: LineResource
    status: str
    elapsed_seconds: Seconds


@closed
class SentCall(TypedDict):
    """The call; its parameters are left out."""

    service: str
    operation: str


@closed
class SentPart(TypedDict):
    """A call that was answered."""

    resource: LineResource
    call: SentCall
    elapsed_seconds: Seconds


@closed
class CompletePart(TypedDict):
    """Work that is done."""

    resource: LineResource
    action: StreamAction
    id: str
    elapsed_seconds: Seconds


@closed
class ErroredPart(RefusedCall):
    """Work that failed."""

    resource: LineResource
    action: StreamAction
    error: str
    stale: bool
    calls_written: Count
    id: str
    """Identifier of the object if this run made it before the failure, or empty."""
    outcome_unknown: bool
    """Whether a call was sent and its outcome is unknown: it may have taken effect."""


@closed
class SkippedPart(TypedDict):
    """Work that was not started."""

    resource: LineResource
    action: StreamAction
    because: str


@closed
class ChangeTotals(TypedDict):
    """Counts of a plan or an apply."""

    add: Count
    change: Count
    remove: Count
    weakens: Count
    """Members and whole objects whose change weakens security."""
    mixed: Count
    """The same, of those that may weaken it."""
    failed: NotRequired[Count]
    not_started: NotRequired[Count]
    converged: NotRequired[bool]
    outputs: Count
    """Outputs to write, or that were written."""
    operation: Literal["plan", "apply"]


@closed
class DriftTotals(TypedDict):
    """Counts of a drift run."""

    findings: Count
    failing: Count
    suppressed: Count
    expired: Count
    """Ignore rules that have expired; each makes the run fail."""
    read: Count
    unread: Count
    weakens: Count
    """Members and whole objects that are weaker live."""
    mixed: Count
    """Those that may be weaker."""


@closed
class ValidationTotals(TypedDict):
    """Counts of a validation."""

    valid: bool
    errors: Count
    warnings: Count
    manifests: Count


# --- lines ---------------------------------------------------------------------------------------------------------


@closed
class VersionLine(LineHead):
    """The first line."""

    type: Literal["version"]
    poolctl: str
    format_version: Literal["1.0"]


@closed
class PlannedLine(LineHead):
    """An object that would change."""

    type: Literal["planned_change"]
    change: PlannedPart


@closed
class PlannedOutputLine(LineHead):
    """A configuration that would be written for an application."""

    type: Literal["planned_output"]
    change: OutputPart


@closed
class OutputResultLine(LineHead):
    """A configuration was written for an application, or was not."""

    type: Literal["output_result"]
    hook: OutputResultPart


@closed
class DriftLine(LineHead):
    """A difference between manifest and what is live."""

    type: Literal["resource_drift"]
    change: DriftPart


@closed
class DiagnosticLine(LineHead):
    """A problem, refusal, gap or notice."""

    type: Literal["diagnostic"]
    diagnostic: DiagnosticPart


@closed
class StartLine(LineHead):
    """Work on an object starts."""

    type: Literal["apply_start"]
    hook: StartPart


@closed
class ProgressLine(LineHead):
    """Work on an object is in progress."""

    type: Literal["apply_progress"]
    hook: ProgressPart


@closed
class SentLine(LineHead):
    """A call was answered; its parameters are left out."""

    type: Literal["call_sent"]
    hook: SentPart


@closed
class CompleteLine(LineHead):
    """Work on an object is done."""

    type: Literal["apply_complete"]
    hook: CompletePart


@closed
class ErroredLine(LineHead):
    """Work on an object failed."""

    type: Literal["apply_errored"]
    hook: ErroredPart


@closed
class SkippedLine(LineHead):
    """Work on an object was not started."""

    type: Literal["apply_skipped"]
    hook: SkippedPart


@closed
class VerifiedLine(LineHead):
    """Everything was read again after the last write."""

    type: Literal["verified"]
    left: list[str]
    """Objects that still differ."""
    unproven: list[str]
    """What could not be read again, and why."""


@closed
class ChangeSummaryLine(LineHead):
    """The last line of plan and apply."""

    type: Literal["change_summary"]
    changes: ChangeTotals


@closed
class DriftSummaryLine(LineHead):
    """The last line of drift."""

    type: Literal["drift_summary"]
    drift: DriftTotals


@closed
class ValidationSummaryLine(LineHead):
    """The last line of validate."""

    type: Literal["validation_summary"]
    validation: ValidationTotals


StreamLine: TypeAlias = (
    VersionLine
    | PlannedLine
    | PlannedOutputLine
    | OutputResultLine
    | DriftLine
    | DiagnosticLine
    | StartLine
    | ProgressLine
    | SentLine
    | CompleteLine
    | ErroredLine
    | SkippedLine
    | VerifiedLine
    | ChangeSummaryLine
    | DriftSummaryLine
    | ValidationSummaryLine
)
