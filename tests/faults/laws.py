"""What has to hold after a run to which something happened. Each law is a principle, and no list of cells.

told       no traceback and no "unexpected"; the run ends in time
exit code  one that is right for what happened (docs/exit-codes.md)
state      nothing doubled; each value is one that the undisturbed run leaves on its way; reads change nothing
report     what it calls done was written, what it calls not started was not
answer     of a read: as undisturbed, or it says what is missing; a difference is never made up
next run   an undisturbed apply afterwards ends with 0, in the state that an undisturbed first one reaches
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import KINDS
from tests.faults.faults import BY_NAME, Fault
from tests.faults.layer import READS, Call, Layer
from tests.faults.runs import Bench, Ran
from tests.faults.scenarios import Scenario
from tests.faults.state import doubled, leaves

SAME = frozenset({("GetWebACLForResource", "missing"), ("GetWebACLForResource", "null")})
"""Faults that make a genuine answer: without a web ACL it is `{}`. Nobody can tell them apart, so they are no cells."""
WATCHING = frozenset(k.standstill.listing.operation for k in KINDS.values() if k.standstill)
"""Operations that look for what has paused writes."""
BUSY = frozenset({"throttled", "conflict"})
KNOWN = frozenset({0, 1, 2, 4, 5, 6, 7})


@dataclass(frozen=True)
class Cell:
    """One thing that happens to one call of one run."""

    scenario: str
    fault: str
    at: int
    operation: str

    def __str__(self) -> str:
        return f"{self.scenario} {self.fault} {self.at} {self.operation}"


@dataclass(frozen=True)
class Outcome:
    """How a cell ended."""

    cell: Cell
    code: int
    wrong: tuple[str, ...]
    said: str = ""
    """The last lines of standard error, where something is wrong."""


def cells(scenario: Scenario, calm: Ran) -> Iterator[Cell]:
    """Yield every cell of a run."""
    for fault in BY_NAME.values():
        for call in calm.calls:
            if (call.operation, fault.name) not in SAME:
                yield Cell(scenario.name, fault.name, call.number, call.operation)


class Judge:
    """Runs cells of one bench and judges them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._calm: dict[str, Ran] = {}
        self._allowed: dict[str, dict[tuple[str, ...], set[str | None]]] = {}
        self._next: dict[tuple[str, str], tuple[str, ...]] = {}

    def calm(self, scenario: Scenario) -> Ran:
        if scenario.name not in self._calm:
            self._calm[scenario.name] = self.bench.undisturbed(scenario)
            self._allowed[scenario.name] = _values(self._calm[scenario.name].history)
        return self._calm[scenario.name]

    def cell(self, cell: Cell) -> Outcome:
        """Run a cell, and everything that has to be run after it."""
        scenario, fault = self.bench.scenarios[cell.scenario], BY_NAME[cell.fault]
        calm = self.calm(scenario)
        self.bench.prepare(scenario)
        ran = self.bench.run(self.bench.words(scenario), Layer(fault, cell.at), slow=fault.how == "slow")
        found = _Judged(scenario, fault, cell, calm, ran)
        wrong = [*found.told(), *found.exit_code(), *self._state(scenario, calm, ran)]
        wrong += [*found.report()] if scenario.writes else [*found.answer()]
        if scenario.writes:
            wrong += self._afterwards(scenario, calm, ran)
        said = "\n".join(ran.err.splitlines()[-4:]) if wrong else ""
        return Outcome(cell, ran.code, tuple(wrong), said)

    def _state(self, scenario: Scenario, calm: Ran, ran: Ran) -> Iterator[str]:
        if not scenario.writes:
            if ran.state != calm.state:
                yield "state: a read has changed it"
            return
        for name in doubled(ran.state):
            yield f"state: doubled {name}"
        allowed, found = self._allowed[scenario.name], dict(leaves(ran.state))
        for path in sorted(allowed.keys() | found.keys()):
            value = found.get(path)
            if value not in allowed.get(path, {None}):
                yield f"state: {'/'.join(path)} is {value}"
                return

    def _afterwards(self, scenario: Scenario, calm: Ran, ran: Ran) -> tuple[str, ...]:
        """Apply and plan without faults; once for each state."""
        key = (scenario.name, json.dumps(ran.state, sort_keys=True))
        if key not in self._next:
            self._next[key] = tuple(self._apply_again(scenario, calm))
        return self._next[key]

    def _apply_again(self, scenario: Scenario, calm: Ran) -> Iterator[str]:
        again = self.bench.run(self.bench.words(scenario), Layer())
        if again.code != 0:
            yield f"next run: ends with {again.code}: {_last(again)}"
            return
        if again.state != calm.state:
            yield f"next run: leaves another state: {_difference(calm.state, again.state)}"
        words = [w for w in self.bench.words(scenario) if w not in ("apply", "--yes", "human", "-o")]
        plan = self.bench.run(
            ["plan", "--detailed-exitcode", *(w for w in words if not w.startswith("json="))], Layer()
        )
        if plan.code != 0:
            yield f"next run: the plan after it ends with {plan.code}"


def _values(history: list[Any]) -> dict[tuple[str, ...], set[str | None]]:
    """Return all values of each leaf in a run's states; None where it is absent in one."""
    flat = [dict(leaves(state)) for state in history]
    paths = {path for state in flat for path in state}
    return {path: {state.get(path) for state in flat} for path in paths}


def _last(ran: Ran) -> str:
    return " | ".join(ran.err.splitlines()[-3:])[:300]


def _difference(a: Any, b: Any) -> str:
    one, other = dict(leaves(a)), dict(leaves(b))
    path = next(p for p in sorted(one.keys() | other.keys()) if one.get(p) != other.get(p))
    return f"{'/'.join(path)}: {one.get(path)} / {other.get(path)}"


@dataclass(frozen=True)
class _Judged:
    """One run beside the undisturbed one."""

    scenario: Scenario
    fault: Fault
    cell: Cell
    calm: Ran
    ran: Ran

    @property
    def wrote(self) -> bool:
        return bool(self.ran.written)

    @property
    def healed(self) -> bool:
        """Whether the fault can leave no trace: it passes, and a repeated call tells all."""
        return self.fault.transient and self.fault.how != "signal" and self.fault.name != "vanished"

    @property
    def creates(self) -> bool:
        return self.cell.operation.startswith("Create")

    @property
    def spared(self) -> bool:
        """Whether the run can do without the answer: it then tells so, and ends as if nothing had happened.

        That is so for what has paused writes, if the caller may not know it or the service does not have it, and for
        an operation that the service does not have and that only reads what no manifest declares (docs/drift.md).
        """
        if self.cell.operation in WATCHING:
            return self.fault.name in ("unknown", "denied")
        sections = {s for s, kind in KINDS.items() if self.cell.operation in kind.reads}
        needed = self.scenario.declares | {s for s in sections if KINDS[s].root}
        return self.fault.name == "unknown" and bool(sections) and not sections & needed

    def told(self) -> Iterator[str]:
        if self.ran.code == -9 and self.fault.number != 9:
            yield "told: hangs"
        said = json.dumps(self.ran.report) + self.ran.out + self.ran.err
        late = any(
            c.number < self.cell.at for c in self.calm.written
        )  # a plan that proves convergence tells no notices
        if self.spared and not late and self.cell.operation not in said:
            yield f"told: nothing about {self.cell.operation}"
        for text in ("unexpected", "Traceback", "bug in poolctl"):
            if text in self.ran.err:
                yield f"told: {_line(self.ran.err, text)}"
                return

    def exit_code(self) -> Iterator[str]:
        right = self._right()
        if self.ran.code not in right:
            yield f"exit code: {self.ran.code}, right is {' or '.join(map(str, sorted(right)))}"
        believed = self.fault.name.startswith("vanished")  # what is said not to exist need not be written
        if self.ran.code == 0 and self.scenario.writes and self.ran.state != self.calm.state and not believed:
            yield "exit code: 0, and not everything was written"

    def _right(self) -> set[int]:
        calm, last = self.calm.code, self.cell.at == len(self.calm.calls)
        if self.spared:
            return {calm}
        if self.fault.how == "signal":
            code = -9 if self.fault.number == 9 else 128 + self.fault.number
            return {code, calm} if last else {code}
        if self.healed:
            unsure = self.scenario.writes and self.creates and self.fault.name not in BUSY
            return {calm, 6 if self.wrote else 1} if unsure else {calm}
        if self.fault.name.startswith("vanished"):  # the service said so, and may be believed
            return {6, calm} if self.wrote else set(KNOWN - {6} | ({6} if self.scenario.name == "export" else set()))
        failed = {6} if self.wrote else {1, 4, 7}
        if not self.scenario.writes:
            failed = {"plan": {1, 7}, "drift": {1, 2, 7}, "export": {1, 6, 7}}[self.scenario.name]
        # of a write that is carried out without an answer, a look can tell that it was
        seen = self.fault.carried_out and not self.cell.operation.startswith(READS)
        return failed | ({calm} if seen else set())

    # --- reads

    def answer(self) -> Iterator[str]:
        if self.fault.how == "signal":
            if self.ran.code == self.calm.code and self._answers() != self._answers(self.calm):
                yield "answer: another one than undisturbed"
            return
        if self.healed:
            if self._answers() != self._answers(self.calm):
                yield "answer: another one than undisturbed"
            return
        if self.fault.name.startswith("vanished"):
            return
        yield from self._exported() if self.scenario.name == "export" else self._reported()

    def _answers(self, ran: Ran | None = None) -> Any:
        ran = ran or self.ran
        return (ran.report, ran.files)

    def _reported(self) -> Iterator[str]:
        report, calm = self.ran.report, self.calm.report
        if report is None:
            return
        if not self.spared and _complete(report):
            yield "answer: complete, although a part could not be read"
        if self.spared and self.cell.operation in WATCHING and _entries(report) != _entries(calm):
            yield "answer: another one than undisturbed"
        known = {json.dumps(e, sort_keys=True) for e in _entries(calm)}
        made_up = [e for e in _entries(report) if json.dumps(e, sort_keys=True) not in known]
        if made_up:
            yield f"answer: made up {made_up[0].get('address')} {made_up[0].get('class', made_up[0].get('path', ''))}"

    def _exported(self) -> Iterator[str]:
        for name, text in self.ran.files.items():
            if text != self.calm.files.get(name) and "Missing in" not in self.ran.err and not self.spared:
                yield f"answer: {name} is another one than undisturbed, and nothing says so"

    # --- writes

    def report(self) -> Iterator[str]:
        """Compare what the report calls written with what the service has seen."""
        if self.fault.number == 9:
            return
        if self.ran.report is None:
            if self.wrote:
                yield "report: there is none, after a write"
            return
        results = self.ran.report["results"]
        for operations in _families():
            mine = [r for r in results if _operations(r) & operations]
            done = sum(r["status"] == "done" for r in mine)
            begun = sum(r["status"] != "not_started" for r in mine)
            seen = {_subject(c) for c in self.ran.written if c.operation in operations}
            if done > len(seen):
                yield f"report: {done} done of {min(operations)}…, and the service saw {len(seen)}"
            if len(seen) > begun * 2 or (seen and not begun):
                yield f"report: {begun} begun of {min(operations)}…, and the service saw {len(seen)}"


def _line(text: str, part: str) -> str:
    return next(line for line in text.splitlines() if part in line)[:200]


def _complete(report: Any) -> bool:
    coverage = report.get("coverage") or {}
    return bool(report.get("complete", coverage.get("complete", not coverage.get("gaps"))))


def _entries(report: Any) -> list[Any]:
    """Return what a report calls different."""
    if "findings" in report:
        return [{k: v for k, v in e.items() if k != "source"} for e in report["findings"]]
    changes = [e for e in report["resource_changes"] if e["change"]["actions"] != ["no-op"]]
    return [{k: e[k] for k in ("address", "change")} for e in changes]  # a plan with refusals has no calls


NAMES = (
    *("GroupName", "Identifier", "ProviderName", "Domain", "ClientName", "ClientId", "TermsName", "TermsId"),
    *("PolicyName", "CIMDPolicyId", "IdentityProviderName", "ManagedLoginBrandingId", "PoolName", "IdentityPoolId"),
)


def _subject(call: Call) -> tuple[Any, ...]:
    return (call.operation, *(call.params.get(name) for name in NAMES))


def _families() -> list[frozenset[str]]:
    """Return the writing operations of each kind; kinds that share one are one family."""
    families: list[set[str]] = []
    for kind in KINDS.values():
        mine = _of_kind(kind)
        for family in [f for f in families if f & mine]:
            mine |= family
            families.remove(family)
        families.append(mine)
    return [frozenset(f) for f in families]


def _of_kind(kind: Any) -> set[str]:
    return {op for op in (kind.create, kind.update, kind.delete) if op}


def _operations(result: Any) -> set[str]:
    section = next((s for s, k in KINDS.items() if k.resource_type == result["type"].rpartition("::")[2]), "")
    return _of_kind(KINDS[section]) if section else set()


def counts(outcomes: list[Outcome]) -> Counter[str]:
    """Return how many are right and wrong."""
    return Counter("wrong" if o.wrong else "right" for o in outcomes)
