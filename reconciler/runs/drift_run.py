"""The steps of a drift run: read earlier reports, compare every document, attribute changes, choose the exit code.

The package `drift` computes the drift of one pool; this module runs it over several pools.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from reconciler import notify
from reconciler.cloud.port import Cloud
from reconciler.drift import report_store
from reconciler.errors import (
    CloudError,
    Defect,
    ExitCode,
    InvalidInput,
    InvalidManifest,
    PoolctlError,
    Refused,
    expected_errors,
    printable,
    worst,
)
from reconciler.model import Address, Drift, Finding, Gap, Notice, Target, Tree
from reconciler.render.tally import plural
from reconciler.runs import stages
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

if TYPE_CHECKING:  # pydantic comes with them
    from reconciler.applications.known_pool import KnownPool
    from reconciler.drift.attribution import Trail
    from reconciler.drift.findings import Compared, Criteria
    from reconciler.manifests.manifest import Manifest
    from reconciler.notify import Channel, Receiver
    from reconciler.observing.name_list import PoolLists
    from reconciler.observing.observer import LiveState
    from reconciler.planning.several_values import Settled
    from reconciler.render.subjects import RunStats
    from reconciler.runs.outputs_made import Neighbours


class Earlier(NamedTuple):
    """Findings that are not reported again, by id."""

    baseline: frozenset[str]
    """Accepted."""
    notified: frozenset[str]
    """Reported by an earlier run, including its gaps."""


ADVICE: dict[int, str] = {
    ExitCode.ERROR: "AWS refused, something unexpected happened, or an alert could not be delivered.",
    ExitCode.INVALID: "A manifest, an option or a setting is wrong. Correct it; another attempt fails the same way.",
    ExitCode.REFUSED: "Two pools or two clients have the same name, or a pool could not be compared.",
    ExitCode.INCOMPLETE: "No drift was found, but part could not be read. The log names each call that failed, and the "
    "permission to grant if one is missing.",
}
"""What to do about the exit code of a failed drift run, for unattended runs."""

NOT_LOCAL = "Attribution is not available: the embedded Cognito has no CloudTrail."


def check(options: Options) -> tuple[Channel, ...]:
    """Validate the options of a drift run before anything is read, and return the channels to notify.

    Raises:
        InvalidInput: They are invalid.
    """
    if options.remember and options.only_new:
        raise InvalidInput("--remember already reads the earlier report. Remove --only-new.")
    if options.remember and options.targets:
        raise InvalidInput(
            "--remember with --target would drop the findings of all other objects from the report. Use --only-new."
        )
    if options.pools and options.targets:
        raise InvalidInput("--target limits the run to declared objects. Remove --pools.")
    if options.ignore_pools and not options.pools:
        raise InvalidInput("--ignore-pool omits what --pools reports. Add --pools.")
    if options.remember:
        report_store.check(options.remember)
    return tuple(notify.parse(text) for text in options.notify)


def earlier(runtime: Runtime) -> Earlier:
    """Return the findings that were reported or accepted before.

    Raises:
        InvalidInput: An earlier report cannot be read.
        CloudError: S3 refused.
    """
    options, connect = runtime.options, lambda: runtime.only(report_store.CALLS)
    baseline = report_store.notified(options.baseline, connect) if options.baseline else report_store.EMPTY
    known = report_store.notified(options.only_new, connect) if options.only_new else report_store.EMPTY
    if options.remember:
        known |= report_store.notified(options.remember, connect, must_exist=False)
    return Earlier(baseline, known)


def receivers(runtime: Runtime, channels: Sequence[Channel]) -> tuple[Receiver, ...]:
    """Look up the addresses to notify, before anything is compared.

    Raises:
        InvalidInput: An address does not exist.
        CloudError: AWS refused the lookup.
    """
    return notify.resolve(channels, cloud=_sending(runtime), environ=runtime.environ)


def notify_receivers(
    runtime: Runtime, console: Console, drifts: Sequence[Drift], receivers: Sequence[Receiver], before: Earlier
) -> frozenset[str]:
    """Send new findings to all receivers, and return the ids of those that were not delivered to every receiver.

    Args:
        runtime: The run.
        console: Shows failed deliveries.
        drifts: One for each document.
        receivers: The receivers.
        before: Findings that were reported or accepted before.
    """
    from reconciler.render import redact
    from reconciler.render.machine import drift_json
    from reconciler.render.subjects import DriftResult

    if not receivers:
        return frozenset()
    known = before.baseline | before.notified
    report = dict(drift_json.document(DriftResult(redact.drifts(drifts))))
    notified = notify.notify(report, receivers, known, cloud=_sending(runtime), sleep=runtime.sleep)
    for failure in notified.failures:
        console.err(printable(f"Error: {failure}"))
    if notified.sent:
        console.progress(f"{plural(notified.sent, 'notification')} sent.")
    return notified.undelivered


def _sending(runtime: Runtime) -> Callable[[str], Cloud]:
    return lambda region: runtime.only(notify.CALLS, region)


def run_stats(runtime: Runtime, code: int) -> RunStats:
    """Return the duration and the number of requests of the run.

    Args:
        runtime: The run.
        code: Its exit code.
    """
    from reconciler.render.subjects import RunStats

    return RunStats(runtime.now(), runtime.clock() - runtime.began, runtime.meter.sent, code)


def remember(runtime: Runtime, report: str) -> None:
    """Store the report for the next run if `--remember` is set. It runs last, so that stored findings were sent.

    Raises:
        PoolctlError: It could not be stored.
    """
    if runtime.options.remember:
        report_store.remember(runtime.options.remember, report, lambda: runtime.only(report_store.CALLS))


def drift_all(runtime: Runtime, console: Console, manifests: Sequence[Manifest], before: Earlier) -> list[Drift]:
    """Compare every document with the live state. Nothing is written.

    A document that cannot be compared becomes a refusal or a gap; the other documents are still compared.

    Raises:
        InvalidInput: `--target` matches no object; AWS was not contacted.
        PoolctlError: No document could be compared; the error of the first.
    """
    from reconciler.drift.findings import Criteria
    from reconciler.planning.targeting import check_targets
    from reconciler.runs.outputs_made import Neighbours

    options = runtime.options
    check_targets(manifests, options.targets)
    limits = secret_limits(options.max_secret_age)
    criteria = Criteria(runtime.today, options.strict, options.targets, before.baseline, before.notified, limits)
    reader = runtime.readers()
    around = _Around({}, Neighbours(runtime))

    def one(manifest: Manifest) -> Drift | PoolctlError:
        try:
            with expected_errors():
                return _one(runtime, manifest, reader(manifest), criteria, around)
        except Defect as defect:
            target, gap = stages.broken(manifest, defect)
            runtime.known.lose(manifest, (gap,))
            return Drift(target, (), 0, (gap,))
        except (Refused, InvalidManifest, CloudError) as error:
            runtime.known.lose(manifest, _gaps_of(_unseen(manifest, error)))
            return error
        finally:
            manifest.rest()  # only its names matter from now on

    found = stages.each(runtime, manifests, console, one)
    errors = [e for e in found if isinstance(e, PoolctlError)]
    if errors and len(errors) == len(found):
        raise errors[0]
    return [_unseen(m, f) if isinstance(f, PoolctlError) else f for m, f in zip(manifests, found, strict=True)]


def _unseen(manifest: Manifest, error: PoolctlError) -> Drift:
    """Return the report of a document that could not be compared."""
    from reconciler.kinds.engine_rules import UNSEEN
    from reconciler.observing.observer import gap

    address, target = manifest.root, manifest.target
    if isinstance(error, CloudError):
        return Drift(target, (), 0, (gap(address, error),))
    message = " ".join(str(error).splitlines())
    return Drift(target, (), 0, refusals=(UNSEEN.refusal(address, (), message, manifest.source),))


def _gaps_of(drift: Drift) -> tuple[Gap, ...]:
    """Return what other documents cannot learn from one that could not be compared."""
    return (*drift.gaps, *(Gap(r.address, "", r.message) for r in drift.refusals))


def exit_code(drifts: Sequence[Drift], *, zero: bool, undelivered: bool = False, stopped: bool = False) -> ExitCode:
    """Return the exit code of a drift run.

    4 refused or stopped by `--fail-on`, 1 a notification could not be delivered, 2 drift or an expired rule, 7 a gap
    and no drift, 0 otherwise.
    Drift outweighs a gap, otherwise than in a plan: a finding is certain, whatever else there may be, and the alert
    names the gap as well. A plan with a gap cannot be applied.

    Args:
        drifts: One for each document.
        zero: Whether drift counts as a success. A refusal, a gap or an undelivered message never does.
        undelivered: Whether a notification could not be delivered.
        stopped: Whether `--fail-on` stops a finding.
    """
    codes = [*(_exit(drift, zero=zero) for drift in drifts), ExitCode.ERROR if undelivered else ExitCode.OK]
    codes += [ExitCode.REFUSED] if stopped else []
    return worst(c for c in codes if c is not ExitCode.INCOMPLETE or ExitCode.CHANGES not in codes)


def _exit(drift: Drift, *, zero: bool) -> ExitCode:
    if drift.refusals:
        return ExitCode.REFUSED
    if not zero and (drift.expired or any(f.fails for f in drift.findings)):
        return ExitCode.CHANGES
    return ExitCode.INCOMPLETE if drift.gaps else ExitCode.OK


# --- one pool ------------------------------------------------------------------------------------------------------


class _Around(NamedTuple):
    """What the documents of a run share."""

    trails: dict[str, Trail]
    """By Region, as CloudTrail's rate limit applies per Region."""
    neighbours: Neighbours
    """The identity pools of each Region."""


def _one(runtime: Runtime, manifest: Manifest, cloud: Cloud, criteria: Criteria, around: _Around) -> Drift:
    from reconciler.drift.parameter_authors import attributed
    from reconciler.runs.outputs_drift import with_outputs
    from reconciler.runs.outputs_made import OutputMaker

    known = runtime.known
    limit = runtime.options.max_secret_age
    manifest = manifest if limit is None else with_secret_age(manifest, limit)
    seen, lost = known.seen_from(manifest), known.lost_from(manifest)
    found = compared(manifest, cloud, criteria, runtime.options.parallelism, seen, lost=lost, pools=runtime.pools)
    known.learn(manifest, found.plan)
    known.lose(manifest, found.drift.gaps)
    drift = _attributed(runtime, cloud, found, around.trails) if runtime.options.attribute else found.drift
    if found.pool is None:
        return drift
    drift = with_outputs(OutputMaker(runtime, manifest, found.pool, around.neighbours), drift, criteria)
    if runtime.options.attribute and not runtime.options.local:
        return attributed(drift, _trail(runtime, cloud, drift, around.trails))
    return drift


def secret_limits(days: int | None) -> dict[str, Tree]:
    """Return the limit of the age of client secrets where a manifest declares none.

    Args:
        days: `--max-secret-age`; None for no limit.
    """
    from reconciler.kinds import client_secrets

    return {} if days is None else {client_secrets.KIND.section: {client_secrets.LIMIT: days}}


def with_secret_age(manifest: Manifest, days: int) -> Manifest:
    """Return a document in which every client that declares no maximum age of its secrets has one."""
    from reconciler.kinds import client_secrets
    from reconciler.model import Spec

    kind = client_secrets.KIND
    clients = [s for s in manifest.specs if s.address.section == kind.outer]
    keys = {s.address.name for s in clients} - {
        s.address.name for s in manifest.specs if s.address.section == kind.section
    }
    found = [
        Spec(Address(manifest.name, kind.section, s.address.name), {client_secrets.LIMIT: days}, s.source)
        for s in clients
        if s.address.name in keys
    ]
    if not found:
        return manifest
    owners = {**manifest.owners, kind.section: manifest.owners.get(kind.section, frozenset()) | keys}
    sections = manifest.sections | {kind.section}
    return replace(manifest, specs=(*manifest.specs, *found), sections=sections, owners=owners)


def compared(
    manifest: Manifest,
    cloud: Cloud,
    criteria: Criteria,
    parallelism: int = 32,
    known: Callable[[str], str | None] = lambda _: None,
    *,
    lost: Callable[[str], Gap | None] = lambda _: None,
    pools: PoolLists | None = None,
) -> Compared:
    """Read the live state and return how it differs. A pool that cannot be read at all is a gap.

    Args:
        manifest: One document.
        cloud: The account and Region to read; a read-only one is enough.
        criteria: What counts as drift.
        parallelism: How many calls may be in flight at once.
        known: What references to other documents resolve to.
        lost: Why such a value could not be read.
        pools: The pools of the Region, if the documents of a run share the list of them.

    Raises:
        Refused: The account or Region is not the one that the manifest names; nothing was read.
        InvalidManifest: A reference could not be resolved, or its value does not fit.
    """
    from reconciler.drift import findings as drift
    from reconciler.observing.observer import gap, observe
    from reconciler.planning import own_references, several_values
    from reconciler.planning.pipeline import placed
    from reconciler.planning.unknown_objects import unknown_objects

    resolved, target = placed(manifest, cloud, known)
    try:
        live_state, resolved = own_references.read(
            resolved,
            lambda one: drift.read_scope(one, criteria),
            partial(observe, cloud, parallelism=parallelism, pools=pools),
            lambda one, live: drift.plan_of(one, live, target),
            unknown_objects(manifest, known, lost),
        )
    except CloudError as error:
        return drift.unread(target, gap(manifest.root, error))
    settled = several_values.compared(
        resolved, cloud, lambda one: drift.compare(one, live_state, target, criteria), lambda compared: compared.plan
    )
    return _completed(settled, resolved, cloud, live_state, criteria)


def _completed(
    settled: Settled[Compared], manifest: Manifest, cloud: Cloud, live_state: LiveState, criteria: Criteria
) -> Compared:
    """Return a comparison with what else is known of the pool: its weaknesses, and what has paused its writes."""
    from reconciler.kinds import root_of
    from reconciler.observing.standstill import looked_for
    from reconciler.planning.linting import LintOptions, lint_live
    from reconciler.planning.states import by_key

    found, notices, gaps = settled
    drift, named = found.drift, by_key(live_state, found.plan.changes)
    weak = lint_live(manifest, drift.target, named, LintOptions(today=criteria.today)).weaknesses
    pool = live_state.root if drift.findings or drift.known else None
    paused, unseen = looked_for(cloud, root_of(manifest.kind), pool, manifest.source)
    notices, gaps = (*paused, *drift.notices, *notices), (*drift.gaps, *gaps, *unseen)
    noted = replace(drift, weaknesses=weak, notices=notices, gaps=gaps)
    found = _with_origins(replace(found, drift=noted), manifest)
    if not manifest.outputs:
        return found
    return replace(found, pool=_desired(manifest, live_state, drift.target, criteria))


def _desired(manifest: Manifest, live_state: LiveState, target: Target, criteria: Criteria) -> KnownPool:
    """Return what an apply would make of a pool; what the manifest does not manage is as it is live."""
    from reconciler.applications.known_pool import of_plan, with_sections
    from reconciler.planning.planner import PlanOptions, plan

    found = of_plan(plan(manifest, live_state, target, PlanOptions(today=criteria.today)))
    return with_sections(found, live_state.objects, live_state.known)


def _with_origins(found: Compared, manifest: Manifest) -> Compared:
    """Return drift whose findings know which of their values came from the environment."""
    from reconciler.manifests.env_words import EnvWords, without_values

    specs = {spec.address: spec for spec in manifest.specs if spec.from_env}
    if not specs:
        return found
    words = {address: EnvWords(spec.from_env, spec.declared) for address, spec in specs.items()}

    def with_origin(finding: Finding) -> Finding:
        if finding.address not in specs:
            return finding
        known, names = words[finding.address], dict(specs[finding.address].from_env)
        for copy in (finding.desired, finding.live):  # of members that the service mirrors
            if isinstance(copy, str) and known.holds(copy):
                names.setdefault(finding.path, known.origin(copy).removeprefix("$env "))
        return replace(finding, from_env=names)

    drift = found.drift
    refusals = tuple(without_values(drift.refusals, manifest.specs, {}))
    findings, known = (tuple(map(with_origin, group)) for group in (drift.findings, drift.known))
    return replace(found, drift=replace(drift, findings=findings, known=known, refusals=refusals))


def _attributed(runtime: Runtime, cloud: Cloud, found: Compared, trails: dict[str, Trail]) -> Drift:
    from reconciler.drift.attribution import attribute

    drift = found.drift
    if runtime.options.local:
        return replace(drift, notices=(*drift.notices, Notice(NOT_LOCAL)))
    return attribute(drift, found.subjects, _trail(runtime, cloud, drift, trails))


def _trail(runtime: Runtime, cloud: Cloud, drift: Drift, trails: dict[str, Trail]) -> Trail:
    """Return the CloudTrail of the Region of a pool, which all pools there share."""
    from reconciler.drift.attribution import Trail

    return trails.setdefault(drift.target.region, Trail(cloud, clock=runtime.clock, sleep=runtime.sleep))
