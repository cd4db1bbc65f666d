"""Who wrote or deleted a parameter of an output: events of Systems Manager, which name no pool.

CloudTrail records PutParameter, DeleteParameter and DeleteParameters with the name of the parameter, and hides its
value. Of files it knows nothing, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.drift.attribution import TRUNCATED, Event, Trail
from reconciler.errors import CloudError, Denied
from reconciler.model import OUTPUTS, Attribution, Drift, Finding, FindingClass, Notice

SOURCE = "ssm.amazonaws.com"
STORE = f"{OUTPUTS}/ssm:"
"""Begins the address of what is in Parameter Store."""

CAUSES = {
    FindingClass.CHANGED: ("PutParameter",),
    FindingClass.MISSING: ("DeleteParameter", "DeleteParameters"),
}
"""The operations that can be behind a finding, by its class."""


def attributed(drift: Drift, trail: Trail) -> Drift:
    """Return a drift with the event of each parameter that has one. Without permission, add a notice and continue.

    Args:
        drift: The drift of a pool and its outputs.
        trail: CloudTrail in the Region of the parameters.
    """
    found = [f for f in drift.findings if f.address.section == OUTPUTS]
    files = sorted({str(f.address) for f in found if not _is_parameter(f)})
    notices = list(drift.notices)
    authors: dict[str, Attribution] = {}
    try:
        for one in (f for f in found if _is_parameter(f)):
            who = _author(one, trail)
            authors |= {one.id: who} if who else {}
    except Denied as error:
        notices.append(Notice(f"Attribution was not possible: missing {error.operation}."))
    except CloudError as error:
        notices.append(Notice(f"Attribution was not possible: {error.operation}: {error.code}."))
    if {("EventName", o) for f in found if _is_parameter(f) for o in CAUSES[f.cls]} & trail.cut:
        notices.append(Notice(TRUNCATED))
    if files:
        said = f"Who changed {', '.join(files)} is not known: CloudTrail records nothing about files."
        notices.append(Notice(said))
    findings = tuple(replace(f, attribution=authors.get(f.id, f.attribution)) for f in drift.findings)
    return replace(drift, findings=findings, notices=tuple(dict.fromkeys(notices)))


def _is_parameter(finding: Finding) -> bool:
    return str(finding.address).startswith(STORE)


def _author(finding: Finding, trail: Trail) -> Attribution | None:
    """Return who is behind a finding: the newest event that names the parameter."""
    name = f"{str(finding.address).removeprefix(STORE)}/{finding.path[0]}"
    newest = (_first(trail, operation, name) for operation in CAUSES[finding.cls])
    return max((e.who for e in newest if e), key=lambda who: who.time, default=None)


def _first(trail: Trail, operation: str, name: str) -> Event | None:
    events = (e for e in trail.events("EventName", operation) if e.source == SOURCE)
    return next((e for e in events if any(_is(said, name) for said in _named(e))), None)


def _named(event: Event) -> Iterator[str]:
    """Yield the parameters that a call names."""
    names = event.request.get("names")
    yield from (str(n) for n in (event.request.get("name"), *(names if isinstance(names, list) else ())) if n)


def _is(said: str, name: str) -> bool:
    """Return whether a call means a parameter: by its name or its ARN."""
    return said == name or said.endswith(f":parameter{name}")
