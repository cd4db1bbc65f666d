"""`outputs:` of manifests in a drift run: parameters that differ or are gone, and files that differ.

They are compared with what an apply of the manifest would write, so a pool that has drifted does not make its outputs
drift too. A file that is not there is no drift: a scheduled run may work on a checkout without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.applications.known_pool import Unsettled
from reconciler.applications.output_formats import parameter_store
from reconciler.drift.findings import SEVERITIES, Criteria, identify, matched_nothing, with_findings
from reconciler.errors import CloudError, PoolctlError, expected_errors
from reconciler.manifests.manifest import Ignore, WrittenOutput
from reconciler.model import OUTPUTS, Drift, Finding, FindingClass, Gap, Notice, Path, Target
from reconciler.observing.observer import gap
from reconciler.planning import ignoring
from reconciler.runs.outputs_compared import LiveParameter, content_of, live_parameters
from reconciler.runs.outputs_made import MadeOutput, OutputMaker, UnreadError, due, is_stored


def with_outputs(maker: OutputMaker, drift: Drift, criteria: Criteria) -> Drift:
    """Return drift with that of the outputs of its manifest.

    Args:
        maker: Makes them of what an apply would make of the pool.
        drift: The drift of the pool; while it could not be identified, its outputs are not compared.
        criteria: What counts.
    """
    if drift.refusals or not drift.target.pool_id:
        return drift
    hidden = any(spec.from_env for spec in maker.manifest.specs)
    found: list[Finding] = []
    gaps, notices = list(drift.gaps), list(drift.notices)
    for declared in due(maker.manifest, criteria.targets):
        address = maker.address(declared)
        try:
            with expected_errors():
                found += _findings(maker, declared, drift.target, hidden=hidden)
        except _NotComparedError as error:
            notices.append(Notice(maker.hide(f"{address} was not compared: {error}"), declared.source))
        except UnreadError as error:
            gaps += (_hidden(maker, found_gap) for found_gap in error.gaps)
        except CloudError as error:
            gaps.append(_hidden(maker, gap(address, error)))
        except PoolctlError as error:
            gaps.append(_hidden(maker, Gap(address, "", " ".join(str(error).split()))))
    kept, used = _without_ignored(maker, found, criteria)
    whole = replace(drift, gaps=tuple(dict.fromkeys(gaps)), suppressed=drift.suppressed + len(found) - len(kept))
    if not (whole.gaps or criteria.targets):  # otherwise what they match may not have been compared
        notices += [matched_nothing(rule) for rule in _rules(maker, criteria) if rule not in used]
    return with_findings(replace(whole, notices=tuple(notices)), kept, criteria)


def _rules(maker: OutputMaker, criteria: Criteria) -> list[Ignore]:
    """Return the `ignore` rules about outputs that have not expired."""
    return [r for r in ignoring.in_force(maker.manifest.ignore, criteria.today) if ignoring.is_about(r.path, OUTPUTS)]


def _without_ignored(
    maker: OutputMaker, found: Iterable[Finding], criteria: Criteria
) -> tuple[list[Finding], set[Ignore]]:
    """Remove ignored findings; also return the rules used. What is missing is never ignored, as in a pool."""
    kept: list[Finding] = []
    used: set[Ignore] = set()
    ignored = ignoring.IgnoreRules(_rules(maker, criteria))
    for one in found:
        hit = ignored.about(one.address, one.path)
        used.update(hit)
        if not hit or one.cls is FindingClass.MISSING:
            kept.append(one)
    return kept, used


def _hidden(maker: OutputMaker, gap_: Gap) -> Gap:
    """Return a gap that repeats no value from the environment."""
    return replace(gap_, reason=maker.hide(gap_.reason))


class _NotComparedError(PoolctlError):
    """An output depends on something that has to be made first; that is a finding of its own."""


def _findings(maker: OutputMaker, declared: WrittenOutput, target: Target, *, hidden: bool) -> Iterator[Finding]:
    try:
        made = maker.made(declared)
    except Unsettled as open_:
        raise _NotComparedError(f"it needs {open_.place}.") from None
    if is_stored(declared):
        yield from _parameters(maker, declared, made, target, hidden=hidden)
        return
    content = content_of(maker.manifest, declared)
    if content is not None and content != made.text.encode():
        yield _finding(maker, declared, target, FindingClass.CHANGED)


def _parameters(
    maker: OutputMaker, declared: WrittenOutput, made: MadeOutput, target: Target, *, hidden: bool
) -> Iterator[Finding]:
    """Yield what differs. The value of a SecureString is a secret, and one from the environment is shown nowhere."""
    live = live_parameters(maker.cloud, maker.path(declared), list(made.parameters))
    for name, params in made.parameters.items():
        there, wanted = live.get(name), params["Value"]
        if there is None:
            missing = _finding(maker, declared, target, FindingClass.MISSING, (name,))
            yield replace(missing, desired=wanted, sensitive=hidden)
        elif there != LiveParameter(parameter_store.STRING, str(wanted)):
            changed = _finding(maker, declared, target, FindingClass.CHANGED, (name,))
            secret = hidden or there.type != parameter_store.STRING
            yield replace(changed, desired=wanted, live=there.value, sensitive=secret)


def _finding(
    maker: OutputMaker, declared: WrittenOutput, target: Target, cls: FindingClass, path: Path = ()
) -> Finding:
    address = maker.address(declared)
    id_, severity = identify(target, cls, address, path), SEVERITIES[cls]
    return Finding(id_, cls, address, path, None, None, severity, fails=True, source=declared.source)
