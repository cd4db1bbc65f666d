"""What `lint` says of its findings, chosen and worded once for every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.errors import printable
from reconciler.model import RISKS, Risk, Weakness, dotted
from reconciler.render.tally import plural

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

HINT = "poolctl lint shows them"
"""Where the findings are that other commands only count."""


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


def folded(found: Sequence[Weakness]) -> str:
    """Return one sentence for what `lint` shows, such as `5 security findings, 2 high: poolctl lint shows them`."""
    if not found:
        return ""
    risks = [one.risk for one in found]
    worst = next(risk for risk in RISKS if risk in risks)
    many = len(found) if risks.count(worst) < len(found) else 0
    rest = f"{plural(many, 'security finding')}, {risks.count(worst)} {worst}"
    alone = f"{len(found)} {worst} security finding{'' if len(found) == 1 else 's'}"
    return f"{rest if many else alone}: {HINT if len(found) > 1 else HINT.replace('them', 'it')}."


def at_least(found: Iterable[Weakness], risk: Risk) -> tuple[Weakness, ...]:
    """Return what is as bad as a severity, or worse."""
    return tuple(one for one in found if RISKS.index(one.risk) <= RISKS.index(risk))
