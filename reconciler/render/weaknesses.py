"""What `lint` says of its findings, chosen and worded once for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.errors import printable
from reconciler.model import RISKS, Notice, Risk, Weakness, dotted
from reconciler.render.tally import plural

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.render.subjects import LintResult

SCANNERS: Mapping[str, str] = {
    "prowler": "Prowler",
    "security-hub": "Security Hub",
    "aws-config": "AWS Config",
    "checkov": "Checkov",
    "kics": "KICS",
    "cdk-nag": "cdk-nag",
    "cfn-guard": "cfn-guard",
}
"""Names of other scanners, by their ids."""

SCORES: Mapping[Risk, float] = {"critical": 9.5, "high": 8.0, "medium": 5.5, "low": 2.5}
"""How code scanning ranks what is found: from 9 critical, from 7 high, from 4 medium."""

LEAD = "Security:"
"""Begins the sentence of commands that only count findings."""


def place(found: Weakness) -> str:
    """Return object and member: `clients/web.CallbackURLs[0]`."""
    path = dotted(found.path)
    return printable(f"{found.address}.{path}" if path else str(found.address))


def same(found: Weakness) -> str:
    """Return the rules of other scanners that mean the same, as a list; empty if there are none."""
    names = (f"{SCANNERS.get(scanner, scanner)} {', '.join(ids)}" for scanner, ids in found.same.items())
    return "; ".join(names)


def counted(found: Iterable[Weakness]) -> str:
    """Return how many there are of each severity, the worst first: `2 high, 3 medium`; empty if there are none."""
    risks = [one.risk for one in found]
    return ", ".join(f"{risks.count(risk)} {risk}" for risk in RISKS if risk in risks)


def summed_up(found: Sequence[Weakness]) -> str:
    """Return one sentence for what `lint` shows; empty if there is nothing."""
    return summary([one.risk for one in found])


def summary(risks: Sequence[Risk]) -> str:
    """Return the same from the risk of each finding.

    `Security: 5 findings, 2 high: poolctl lint shows them.`
    """
    if not risks:
        return ""
    worst = next(risk for risk in RISKS if risk in risks)
    count = risks.count(worst)
    what = plural(count, f"{worst} finding") if count == len(risks) else f"{len(risks)} findings, {count} {worst}"
    return f"{LEAD} {what}: poolctl lint shows {'it' if len(risks) == 1 else 'them'}."


def warnings(found: LintResult) -> Iterator[Notice]:
    """Yield what `lint` found as notices, for a command that has no findings of its own."""
    for document in found.documents:
        for waiver in document.expired:
            yield Notice(f"The waiver of {waiver.rule} expired on {waiver.expires}.", waiver.source)
        for one in document.weaknesses:
            yield Notice(f"{one.rule} {place(one)} ({one.risk}): {one.message} {one.advice}", one.source)


def at_least(found: Iterable[Weakness], risk: Risk) -> tuple[Weakness, ...]:
    """Return what is as bad as a severity, or worse."""
    return tuple(one for one in found if RISKS.index(one.risk) <= RISKS.index(risk))
