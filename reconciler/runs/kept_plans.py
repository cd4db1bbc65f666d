"""The plans of a run as they are shown, of which no more than one is in memory.

A plan is made, redacted and put into a spool, and with it go its trees and the places of its manifest. What a run has
to know of all plans together stays: the exit code, what the gate looks at, and where hidden values come from. Nothing
that could hold a secret gets here: `Secret` refuses to be pickled.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.errors import ExitCode
from reconciler.manifests.manifest import Manifest
from reconciler.model import Plan, Tree
from reconciler.planning.lowering import lower_all
from reconciler.render import connections, redact
from reconciler.render.shown import ShownPlan
from reconciler.runs import gating
from reconciler.runs.plan_digest import Digest, origins_of
from reconciler.security.gates import GateCase
from reconciler.terminal.options import Options
from reconciler.terminal.spool import Spool


class KeptPlan(NamedTuple):
    """What stays in memory of a plan."""

    number: int
    """Of what is shown of it, in the spool."""
    cases: tuple[GateCase, ...]
    """What a gate looks at."""
    origins: list[Tree]
    """Where its hidden values come from, for the digest."""
    applicable: bool
    """Whether there are no refusals and no gaps."""
    code: ExitCode
    """Exit code of a run with this plan alone."""


class PlanKeeper:
    """Takes plans, and keeps of each what is shown. Several threads may use it.

    Args of the constructor:
        options: The command line.
    """

    def __init__(self, options: Options) -> None:
        self._gated = bool(options.fail_on or options.allow)
        self._detailed = options.detailed_exitcode
        self.spool = Spool()

    def keep(self, plan: Plan) -> KeptPlan:
        """Take a plan."""
        from reconciler.runs.stages import plan_exit

        shown = connections.attached(redact.plans([plan], lower_all(plan)), [plan])
        number = self.spool.add(pickle.dumps(shown[0], pickle.HIGHEST_PROTOCOL))
        cases = tuple(gating.cases(plan)) if self._gated else ()
        fits = not (plan.refusals or plan.gaps)
        return KeptPlan(number, cases, origins_of(plan), fits, plan_exit([plan], detailed=self._detailed))

    def keep_alone(self, manifest: Manifest, plan: Plan) -> KeptPlan:
        """Take a plan, and let go of what was derived from its document."""
        found = self.keep(plan)
        manifest.rest()
        return found


class KeptPlans(Sequence[ShownPlan]):
    """Plans as they are shown, in the order of the documents; each is read when it is asked for.

    Args of the constructor:
        kept: One for each document.
        spool: Where they are.
    """

    def __init__(self, kept: Sequence[KeptPlan], spool: Spool) -> None:
        self.kept = kept
        self._spool = spool

    def __len__(self) -> int:
        return len(self.kept)

    def __iter__(self) -> Iterator[ShownPlan]:
        return map(self._read, self.kept)

    def __getitem__(self, index: Any) -> Any:
        found = self.kept[index]
        return [self._read(one) for one in found] if isinstance(index, slice) else self._read(found)

    def _read(self, one: KeptPlan) -> ShownPlan:
        found: ShownPlan = pickle.loads(self._spool[one.number])  # noqa: S301 - this process wrote it, and no other can
        return found


class SharedDigest:
    """The digest of shown plans, computed while a format spells them; if none does, when it is asked for.

    Args of the constructor:
        plans: The plans.
        options: The command line.
    """

    def __init__(self, plans: KeptPlans, options: Options) -> None:
        self._plans = plans
        self._options = options
        self._found = Digest(options)
        self._next = 0
        self._value = ""

    def learn(self, number: int, parts: Mapping[str, list[Any]]) -> None:
        """Take the JSON of a plan, which is spelled for a format; only the first time it counts."""
        if number == self._next and not self._value:
            self._found.learn(parts, self._plans.kept[number].origins)
            self._next += 1

    def __call__(self) -> str:
        """Return the digest."""
        if not self._value:
            from reconciler.render.machine import plan_json  # 40 ms that text for people does not need

            for number in range(self._next, len(self._plans)):
                self.learn(number, plan_json.parts(self._plans[number]))
            self._value = self._found.value()
        return self._value
