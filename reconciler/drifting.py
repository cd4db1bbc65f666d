"""The steps of a drift run: read the reports it is measured against, compare every document, ask who it was, judge.

What a pool's drift is stands in `drift`; here is what a run over several pools needs around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import stages
from reconciler.cloud import Cloud
from reconciler.console import Console
from reconciler.errors import CloudError, InvalidInput, worst
from reconciler.model import Address, Drift, Gap, Notice
from reconciler.runtime import Runtime

if TYPE_CHECKING:  # pydantic comes with them
    from reconciler.attribution import Trail
    from reconciler.desired import Manifest
    from reconciler.drift import Compared, Criteria

NOT_LOCAL = "Attribution was not possible: the embedded Cognito keeps no CloudTrail."


def drift_all(runtime: Runtime, console: Console, manifests: Sequence[Manifest]) -> list[Drift]:
    """Compare every document with what is live. Nothing is written.

    Raises:
        InvalidInput: An earlier report cannot be read, or `--target` names nothing; AWS was not contacted.
        PoolctlError: The account could not be told, or is not the one that a manifest names.
    """
    from reconciler.planner import check_targets

    check_targets(manifests, runtime.options.targets)
    criteria = _criteria(runtime)
    trails: dict[str, Trail] = {}  # by Region, as CloudTrail's limit holds for all pools of one
    return stages.each(manifests, console, lambda manifest: _one(runtime, manifest, criteria, trails))


def exit_code(drifts: Sequence[Drift], *, zero: bool) -> int:
    """Return the exit code of a drift run: 4 refused, 2 drift or an expired rule, 7 a gap and no drift, 0 otherwise.

    Args:
        drifts: One for each document.
        zero: Whether drift counts as a success. A refusal or a gap never does.
    """
    return worst([_exit(drift, zero=zero) for drift in drifts])


def _exit(drift: Drift, *, zero: bool) -> int:
    if drift.refusals:
        return 4
    if not zero and (drift.expired or any(f.fails for f in drift.findings)):
        return 2
    return 7 if drift.gaps else 0


def _criteria(runtime: Runtime) -> Criteria:
    from reconciler.drift import Criteria

    options = runtime.options
    baseline = reported(options.baseline) if options.baseline else frozenset()
    earlier = reported(options.only_new) if options.only_new else frozenset()
    return Criteria(runtime.today, options.strict, options.targets, baseline, earlier)


def reported(file: str) -> frozenset[str]:
    """Return the ids of the findings that an earlier `-o json` report holds, those that it left out as known included.

    Raises:
        InvalidInput: It cannot be read, or is something else.
    """
    try:
        tree = json.loads(Path(file).read_text(encoding="utf-8"))
        return frozenset([f["id"] for f in tree["findings"]]) | frozenset(tree["known"])
    except OSError as error:
        raise InvalidInput(f"{file}: the report could not be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(f"{file} is no report of drift. Give a file that `drift -o json=FILE` wrote.") from None


# --- one pool ------------------------------------------------------------------------------------------------------


def _one(runtime: Runtime, manifest: Manifest, criteria: Criteria, trails: dict[str, Trail]) -> Drift:
    cloud = runtime.reader(manifest)
    known = runtime.known
    found = compared(manifest, cloud, criteria, runtime.options.parallelism, known.seen_from(manifest))
    known.learn(manifest, found.plan)
    return _attributed(runtime, cloud, found, trails) if runtime.options.attribute else found.drift


def compared(
    manifest: Manifest,
    cloud: Cloud,
    criteria: Criteria,
    parallelism: int = 8,
    known: Callable[[str], str | None] = lambda _: None,
) -> Compared:
    """Read what is live and return how it differs. A pool that cannot be read at all is a gap.

    Args:
        manifest: One document.
        cloud: The account and Region to read; a read-only one will do.
        criteria: What counts as drift.
        parallelism: How many calls may be under way at once.
        known: What references to other documents stand for.

    Raises:
        Refused: The account or Region is not the one that the manifest names; nothing was read.
        InvalidManifest: A reference could not be resolved, or its value does not fit.
    """
    from reconciler import drift
    from reconciler.kinds import root_of
    from reconciler.observer import observe
    from reconciler.pipeline import placed

    resolved, target = placed(manifest, cloud, known)
    try:
        world = observe(cloud, drift.wanted(resolved), parallelism=parallelism)
    except CloudError as error:
        address = Address(manifest.name, root_of(manifest.kind).section)
        return drift.unread(target, Gap(address, error.operation, f"{error.code}: {error.message}"))
    return drift.compare(resolved, world, target, criteria)


def _attributed(runtime: Runtime, cloud: Cloud, found: Compared, trails: dict[str, Trail]) -> Drift:
    from reconciler.attribution import Trail, attribute

    drift = found.drift
    if runtime.options.local:
        return replace(drift, notices=(*drift.notices, Notice(NOT_LOCAL)))
    trail = trails.setdefault(drift.target.region, Trail(cloud, clock=runtime.clock, sleep=runtime.sleep))
    return attribute(drift, found.subjects, trail)
