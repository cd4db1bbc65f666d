"""The variables of a portable manifest at a goal: which follow from the place, which stay, which are missing.

A role of the account stays one of the account in another Region; a certificate of another account is of no use. What is
missing has to be decided by a person, and is never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from reconciler.export.placed_variables import PlacedVariable
from reconciler.export.portable_arns import AWS, Home
from schemas.records import record, replace

SHOWN = 2
"""Most places that a line lists."""

CLOUDFRONT = "us-east-1"
"""The Region of the certificates of all custom domains."""


@record(frozen=True, slots=True)
class MovedVariables:
    """The variables at the goal."""

    every: tuple[PlacedVariable, ...]
    """All of them, with the values to use; what is missing has that of the source."""
    missing: tuple[PlacedVariable, ...]
    """Those whose value cannot be that of the source."""
    kept: tuple[PlacedVariable, ...]
    """Those that keep the value of the source although it may mean the source: hosts, ids of the pool."""


def moved(
    variables: Iterable[PlacedVariable], source: Home, places: dict[str, str], given: Collection[str]
) -> MovedVariables:
    """Return the variables of a pool at a goal.

    Args:
        variables: Those of its portable manifest.
        source: Where it was exported.
        places: Values of the variables of the place at the goal.
        given: Names of variables that have another value anyway.
    """
    every = tuple(replace(v, value=places.get(v.name, v.value)) if v.sort == "place" else v for v in variables)
    goal = Home(places["partition"], places["region"], places["account"])
    open_ = [v for v in every if v.name not in given]
    missing = tuple(v for v in open_ if not _holds(v, source, goal))
    kept = tuple(v for v in open_ if v not in missing and v.sort in ("host", "own id", "region"))
    return MovedVariables(every, missing, kept)


def _holds(variable: PlacedVariable, source: Home, goal: Home) -> bool:
    """Whether the value of the source can be that of the goal."""
    if variable.sort == "arn":
        return _arn_holds(variable.value, source, goal)
    if variable.sort == "prefix":
        return source.region != goal.region
    return variable.sort not in ("custom domain", "id")


def _arn_holds(arn: str, source: Home, goal: Home) -> bool:
    _, partition, service, region, account, _ = arn.split(":", 5)
    if partition != goal.partition:
        return False
    if account not in ("", AWS, goal.account) or (not account and source.account != goal.account):
        return False
    return region in ("", goal.region) or (service == "acm" and region == CLOUDFRONT)


def lines(variables: Iterable[PlacedVariable]) -> Iterator[str]:
    """Yield a line about each variable: its name, its value at the source, and why it is one."""
    for variable in variables:
        uses = ", ".join(variable.uses[:SHOWN]) + (" and others" if len(variable.uses) > SHOWN else "")
        yield f"  {variable.name}: {variable.value} ({uses}). {variable.why}"
