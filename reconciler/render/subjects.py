"""The subjects of the formats, and the functions that a format offers, one for each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from reconciler.errors import Problem
from reconciler.model import RISKS, Gap, Notice, Risk, Target, Weakness
from reconciler.render.places import Locate, as_given
from schemas.records import record
from schemas.tuples import NamedTuple

if TYPE_CHECKING:  # pydantic comes with the first two, and the classes of `shown` take 20 ms to be made
    from reconciler.explaining.explanation import Explanation
    from reconciler.importing.handing_over import HandOver
    from reconciler.importing.owned import Unmapped
    from reconciler.kinds.kind import Rule
    from reconciler.planning.linting import Linted
    from reconciler.procedures.recovery import UserRecovery
    from reconciler.procedures.replacement import Replacement
    from reconciler.render.shown import ShownApply, ShownComparison, ShownConnections, ShownDrift, ShownPlan
    from reconciler.security.gates import Verdict
    from reconciler.security.rule import SecurityRule


def _forget(_number: int, _parts: Mapping[str, list[Any]]) -> None:
    """Take no note of a plan."""


@record(frozen=True, slots=True)
class RenderOptions:
    """How to render a result. Each format takes the options that concern it."""

    color: bool = False
    """Whether to use colour (human)."""
    width: int = 100
    """Columns (human)."""
    notes: bool = False
    """Whether notes that every run repeats are shown one by one, and not only counted (human)."""
    origins: bool = False
    """Whether each member shows the file and line that it comes from (human)."""
    locate: Locate = as_given
    """Turns names of files into paths within the repository (sarif, github)."""
    max_bytes: int | None = None
    """Longest text, in bytes of UTF-8; None takes the usual (markdown)."""
    digest: Callable[[], str] = str
    """Returns the digest of the plans, or an empty text; called on demand, because it is expensive."""
    learn: Callable[[int, Mapping[str, list[Any]]], None] = _forget
    """Called with the number and the JSON of each plan as it is spelled, so that the digest need not spell it again."""
    gate: Verdict | None = None
    """What the gate of the run says; None where nothing was asked for (json, jsonl, html)."""


USUAL = RenderOptions()
"""The default options."""


class RunStats(NamedTuple):
    """The duration, calls and exit code of a run."""

    finished: float
    """When: seconds since 1970, UTC."""
    seconds: float
    """How long it took."""
    calls: Mapping[tuple[str, str], int]
    """Requests that were sent, by service and operation."""
    exit_code: int
    """Its exit code."""


UNMEASURED = RunStats(0, 0, {}, 0)
"""For a run that was not measured."""


class DriftResult(NamedTuple):
    """A drift run."""

    drifts: Sequence[ShownDrift]
    """One for each document."""
    undelivered: frozenset[str] = frozenset()
    """Ids of what could not be delivered as a notification; the next run reports it again."""
    run_stats: RunStats = UNMEASURED
    """Duration, calls and exit code."""


class Validation(NamedTuple):
    """What `validate` found."""

    problems: Sequence[Problem]
    """What is wrong."""
    notices: Sequence[Notice]
    """Notices for the user."""
    files: Sequence[str]
    """The file of each manifest that could be read."""


NEVER = "never"
"""The word for a run that no finding fails."""


class LintResult(NamedTuple):
    """What `lint` found."""

    documents: Sequence[Linted]
    """One for each document."""
    shown: Risk = "low"
    """The lowest severity that is shown."""
    fail_on: str = "high"
    """The lowest severity that fails the run; `never` for none."""
    live: bool = False
    """Whether other services were read."""

    def fails(self, one: Weakness) -> bool:
        """Return whether a finding fails the run."""
        return self.fail_on in RISKS and RISKS.index(one.risk) <= RISKS.index(self.fail_on)

    @property
    def failed(self) -> bool:
        """Whether the run fails: because of a finding, or of a waiver that has expired."""
        never = self.fail_on == NEVER
        return any((d.expired and not never) or any(map(self.fails, d.weaknesses)) for d in self.documents)


class Explained(NamedTuple):
    """The topic of `explain`."""

    about: Explanation | None
    """The kind or member; None for a rule and for the list of kinds."""
    kinds: Sequence[Explanation] = ()
    """All kinds, if no topic was given."""
    rule: Rule | None = None
    """The rule, if one was asked for."""
    security: SecurityRule | None = None
    """The security rule, if one was asked for."""


class RecoveryReport(NamedTuple):
    """What `recover` found or did."""

    target: Target
    """The pool."""
    recoveries: Sequence[UserRecovery]
    """The recovery in question, or all of the pool, the newest first."""
    next: Sequence[str] = ()
    """Commands that can follow."""
    notices: Sequence[str] = ()
    """What could not be known."""
    configuration: Sequence[ShownPlan] | None = None
    """What an apply would change, once the users are restored; None if it was not planned."""
    listed: bool = False
    """Whether all recoveries of the pool were asked for."""


class ImportedObject(NamedTuple):
    """An object that was converted."""

    address: str
    """Its address in the manifest: `clients/web`."""
    source: str
    """Its address in the definition that it comes from."""


class NeededSecret(NamedTuple):
    """A secret that a manifest refers to."""

    reference: str
    """The reference: `$secret poolctl/customers/identity_providers/Google#client_secret`."""
    member: str
    """The object and the member that need it."""
    shown: bool
    """Whether Cognito returns it, so that it need not come from its source."""


class ImportedOverlay(NamedTuple):
    """An overlay that was made of a condition of the definition of another tool."""

    condition: str
    """The condition, which is otherwise in it than in the manifest."""
    environment: str
    """The environment that it is of, as `--env` names it."""
    file: str
    """The file, below the directory that was asked for."""
    secrets: tuple[NeededSecret, ...] = ()
    """The secrets that it refers to, and that the manifest does not."""


class ImportedDocument(NamedTuple):
    """A manifest that was made of the definition of another tool."""

    name: str
    """Name of the pool."""
    kind: str
    """Kind of the document."""
    id: str
    """Id of the pool."""
    account: str
    """Account number; empty if it is not known."""
    region: str
    """Region of the pool."""
    file: str
    """The file, below the directory that was asked for."""
    objects: tuple[ImportedObject, ...]
    """What it has, in the order of the definition."""
    secrets: tuple[NeededSecret, ...] = ()
    """The secrets that it refers to."""
    notices: tuple[str, ...] = ()
    """What to know about it, in sentences."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    overlays: tuple[ImportedOverlay, ...] = ()
    """What other environments have otherwise."""


class ImportReport(NamedTuple):
    """What `import` made of the definition of another tool. It holds no value of a member."""

    documents: tuple[ImportedDocument, ...]
    """The manifests."""
    unmapped: tuple[Unmapped, ...]
    """Everything of the definition that is in none."""
    failures: tuple[tuple[str, str], ...]
    """Id of each pool that was not converted, and why."""
    hand_over: HandOver
    """How the other tool lets go."""
    live: bool
    """Whether the values come from the live pools."""


CheckName: TypeAlias = Literal[
    "versions", "manifests", "credentials", "region", "account", "clock", "endpoints", "permissions"
]
CheckOutcome: TypeAlias = Literal["ok", "failed", "not_checked"]


class DoctorCheck(NamedTuple):
    """The result of one check of `doctor`."""

    id: CheckName
    """Its name for programs: `credentials`."""
    title: str
    """Its name for people."""
    outcome: CheckOutcome
    """The result."""
    found: tuple[str, ...] = ()
    """What was found, or why nothing was looked at; one sentence or fact each, without a secret."""
    cure: tuple[str, ...] = ()
    """What to do, one sentence each; empty unless it failed."""


class DoctorReport(NamedTuple):
    """What `doctor` found."""

    checks: tuple[DoctorCheck, ...]
    """In the order in which a run needs what they check."""
    run: str
    """The command whose permissions were checked."""

    @property
    def failed(self) -> tuple[DoctorCheck, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.outcome == "failed")

    @property
    def unseen(self) -> tuple[DoctorCheck, ...]:
        """The checks that could not be made."""
        return tuple(check for check in self.checks if check.outcome == "not_checked")


SubjectT = TypeVar("SubjectT")
Renderer: TypeAlias = Callable[[SubjectT, RenderOptions], str]
"""Returns a subject's text."""

PieceRenderer: TypeAlias = Callable[[Any, RenderOptions], Iterator[str]]
"""Yields a subject's text in pieces, each of whole lines or parts of one line."""


class Renderers(NamedTuple):
    """What a format renders: the value RENDERERS of its module. A subject that it does not render is None."""

    plan: Renderer[Sequence[ShownPlan]] | None = None
    """Plans, one for each document."""
    apply: Renderer[ShownApply] | None = None
    """The result of an apply."""
    drift: Renderer[DriftResult] | None = None
    """A drift run."""
    validate: Renderer[Validation] | None = None
    """A validation."""
    diff: Renderer[Sequence[ShownComparison]] | None = None
    """Comparisons."""
    explain: Renderer[Explained] | None = None
    """The facts about a kind, a member or a rule."""
    pool: Renderer[Sequence[ShownConnections]] | None = None
    """Ids and addresses of pools."""
    recover: Renderer[RecoveryReport] | None = None
    """Recoveries of the users of a pool."""
    lint: Renderer[LintResult] | None = None
    """Security findings."""
    doctor: Renderer[DoctorReport] | None = None
    """What is missing before a run."""
    imported: Renderer[ImportReport] | None = None
    """What became of the definition of another tool."""
    replace: Renderer[Replacement] | None = None
    """How a pool is replaced."""


def on_demand(package: str, suffix: str) -> Renderers:
    """Return the renderers of a package that has a module for each subject, imported when the subject is rendered.

    Args:
        package: Its name.
        suffix: Ends the names of its modules: `text` for `plan_text.plan`.
    """

    def renderer(subject: str) -> Callable[[Any, RenderOptions], str]:
        def render(result: Any, options: RenderOptions) -> str:
            module = import_module(f"{package}.{subject}_{suffix}")
            return str(getattr(module, subject)(result, options))

        return render

    return Renderers(**{subject: renderer(subject) for subject in Renderers._fields})


def on_demand_pieces(package: str, module: str, function: str) -> PieceRenderer:
    """Return a renderer in pieces, whose module is imported when the subject is rendered; takes its three names."""

    def render(result: Any, options: RenderOptions) -> Iterator[str]:
        found: Iterator[str] = getattr(import_module(f"{package}.{module}"), function)(result, options)
        return found

    return render
