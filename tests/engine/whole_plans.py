"""Plan files and digests of plans that are in memory, with calls that a test may choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reconciler.model import Call, Plan, Tree
from reconciler.render import redact
from reconciler.render.machine import plan_json
from reconciler.runs import planfile
from reconciler.runs.plan_digest import Digest, origins_of
from reconciler.terminal.options import Options

Calls = Mapping[str, Sequence[Call]]


def document(plans: Sequence[Plan], calls: Calls, options: Options, now: datetime) -> Tree:
    return planfile.document(redact.plans(plans, calls), map(origins_of, plans), options, now)


def digest(plans: Sequence[Plan], calls: Calls, options: Options) -> str:
    found = Digest(options)
    for plan, shown in zip(plans, redact.plans(plans, calls), strict=True):
        found.learn(plan_json.parts(shown), origins_of(plan))
    return found.value()
