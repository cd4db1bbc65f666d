"""Whether the caller may do what a command does: asked of IAM's simulator, or else found out by reading.

The simulator is asked about the policy that `iam-policy` prints. Where that is not allowed, or the caller has no
policies of its own, the reads of a plan are made; then it is not known whether the writes are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.cloud.port import Cloud, pages
from reconciler.errors import CloudError, PoolctlError, expected_errors, iam_action, is_denied
from reconciler.iam.grants import ANY
from reconciler.iam.simulation import OPERATION, RESULTS, SERVICE, NotAllowed, not_allowed, principal, questions
from reconciler.kinds import root_of
from reconciler.kinds.sms_role import KIND as ROLE_KIND
from reconciler.manifests.manifest import Manifest
from reconciler.model import Tree
from reconciler.observing.observer import ReadScope, find
from reconciler.render.subjects import CheckOutcome
from reconciler.runs import iam_run, stages
from reconciler.runs.examination import Examination, Principal
from reconciler.runs.iam_run import NamedDocument

Result = tuple[CheckOutcome, tuple[str, ...], tuple[str, ...]]
"""Outcome, what was found, what to do."""

UNSEEN = "it is not known whether writes are allowed"


def checked(found: Examination, caller: Principal) -> Result:
    """Check the permissions of a command.

    Args:
        found: Manifests, Regions and clouds that cannot write.
        caller: Who the run is.
    """
    try:
        with expected_errors():
            return _simulated(found, caller)
    except PoolctlError as error:
        why = f"{error.operation} is not possible ({error.code})" if isinstance(error, CloudError) else str(error)
        return _by_reading(found, why)


# --- simulated -----------------------------------------------------------------------------------------------------


def _simulated(found: Examination, caller: Principal) -> Result:
    """Ask the simulator.

    Raises:
        CloudError: It does not answer; the caller then reads instead.
    """
    source, role = principal(caller.arn)
    if not source:
        return _by_reading(found, f"{caller.arn} has no policies that could be simulated")
    cloud = found.examiner(found.places[0])
    source = _with_path(cloud, role) or source
    named = [_known(found, caller, manifest) for manifest in found.documents]
    outcome = iam_run.made(found.runtime, found.run, named)
    denied = [one for asked in questions(outcome.policies, source) for one in not_allowed(_results(cloud, asked))]
    actions = len({grant.action for grant in outcome.grants})
    if not denied:
        return "ok", (f"all {actions} actions of {found.run} are allowed to {source}, as simulated by IAM",), ()
    return "failed", tuple(_listed(denied)), tuple(_cures(found, denied))


def _with_path(cloud: Cloud, role: str) -> str:
    """Return the whole ARN of a role, of which a session does not say the path; empty if it cannot be read."""
    if not role or not ROLE_KIND.reading:
        return ""
    try:
        answer = cloud.call(ROLE_KIND.service, ROLE_KIND.reading.operation, {ROLE_KIND.id_param: role})
        return str(answer[ROLE_KIND.reading.result]["Arn"])
    except (CloudError, KeyError):
        return ""


def _known(found: Examination, caller: Principal, manifest: Manifest) -> NamedDocument:
    """Return a document with its account, and with the id of its pool if it is live and can be found."""
    one = iam_run.of_manifest(found.runtime, manifest)
    place = replace(one.place, account=caller.account)
    root = root_of(manifest.kind)
    if place.pool == ANY:
        scope = ReadScope(manifest.name, manifest.name, "", frozenset(), {}, document=manifest.kind)
        try:
            answer, _ = find(found.examiner(place.region), scope)
        except CloudError:
            answer = None
        place = replace(place, pool=(root.identifier(answer) if answer else "") or ANY)
    return replace(one, place=place)


def _results(cloud: Cloud, asked: Tree) -> list[Tree]:
    return list(pages(cloud, SERVICE, OPERATION, asked, RESULTS, cursor="Marker"))


def _listed(denied: Sequence[NotAllowed]) -> Iterator[str]:
    """Yield a line for each action, with its ARNs."""
    for action in sorted({one.action for one in denied}):
        arns = sorted({one.arn for one in denied if one.action == action})
        explicit = any(one.explicit for one in denied if one.action == action)
        said = "is denied" if explicit else "is not allowed"
        more = f" and {len(arns) - 1} more" if len(arns) > 1 else ""
        yield f"{action} {said} on {arns[0]}{more}"


def _cures(found: Examination, denied: Sequence[NotAllowed]) -> Iterator[str]:
    yield _print_it(found)
    if any(one.explicit for one in denied):
        yield "What is denied stays so whatever is allowed: find the Deny in policies, boundaries or the organisation."


def _print_it(found: Examination) -> str:
    paths = " ".join(found.runtime.options.paths)
    return f"Grant them. `poolctl iam-policy --for {found.run} {paths}` prints the whole policy."


# --- by reading ----------------------------------------------------------------------------------------------------


def _by_reading(found: Examination, why: str) -> Result:
    """Make the reads of a plan, and report those that are refused."""
    denied: dict[str, None] = {}
    others: dict[str, None] = {}
    for manifest in found.documents:
        for action, text in _refused(found, manifest):
            (denied if action else others).setdefault(action or text)
    tail = (f"{why}, so the reads of a plan were made", *([UNSEEN] if found.run == "apply" else []))
    if denied:
        lines = (*(f"{action} is not allowed" for action in denied), *others, *tail)
        return "failed", lines, (_print_it(found),)
    if others:
        return "not_checked", (*others, *tail), ()
    return "ok", ("everything that a plan reads is allowed", *tail), ()


def _refused(found: Examination, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the action of each read that is refused; for another failure, an empty action and what happened."""
    try:
        with expected_errors():
            plan = stages.plan_one(found.runtime, manifest, found.examiner(found.runtime.region_of(manifest)))
    except CloudError as error:
        yield (error.iam_action if is_denied(error.code) else ""), f"{error.operation}: {error.code}: {error.message}"
    except PoolctlError as error:
        yield "", " ".join(str(error).splitlines())
    else:
        for gap in plan.gaps:
            yield (iam_action(gap.operation) if is_denied(gap.code) else ""), f"{gap.address}: {gap.reason}"
