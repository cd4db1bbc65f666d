"""Each rule has manifests that break it and manifests that keep it, and both are held against the embedded Cognito.

A file of `fixtures/` is a rule, and each of its entries a case:

    fail, pass         manifests; `fail` is refused or warned of by the rule, and `pass` can be applied
    live               a manifest that is applied first
    setup              calls that are made first: operation, params, and what of the answer to save for `<name>`
    offline            whether `validate` alone finds it
    files              files beside the manifests: name and content
    also               other rules that `fail` breaks
    says, address      words of the refusal, and the object that it names
    prune              plan with --prune
    planned_only       `pass` is planned, not applied
    pending_describes  for how many reads the service goes on working on what `setup` began
    days_ago           how long ago `live` was applied
    drift, beside      run `drift` on `fail` and on another manifest instead of a plan
    command            run `plan` and `apply`, as the rule is about a stage around the plan
"""

from __future__ import annotations

import copy
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.kinds import RULES
from reconciler.manifests.manifest import Manifest
from reconciler.model import Failed, Plan, Refusal, Skipped
from reconciler.planning.guard import offline
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.cli.support import run
from tests.support import Bench, bench, manifest

FOLDER = Path(__file__).parent / "fixtures"
KEYS = {
    *("fail", "pass", "live", "setup", "offline", "also", "says", "address", "prune", "planned_only"),
    *("pending_describes", "days_ago", "drift", "beside", "files", "command"),
}
WARNING = re.compile(r"([A-Z]\d+) \S+: ")
"""How the notice of a rule begins."""


def cases() -> list[Any]:
    files = sorted(FOLDER.glob("*.yaml"))
    found = [(f.stem, name, case) for f in files for name, case in yaml.safe_load(f.read_text()).items()]
    return [pytest.param(rule, case, id=f"{rule}-{name}") for rule, name, case in found]


CASES = cases()
PLANNED = [p for p in CASES if not p.values[1].get("drift") and not p.values[1].get("command")]


def test_every_rule_has_a_fixture_and_every_fixture_a_rule():
    assert {file.stem for file in FOLDER.iterdir()} == set(RULES)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_fixture_is_whole(rule, case):
    assert {"fail", "pass"} <= set(case) <= KEYS
    assert case["fail"] != case["pass"]


def test_the_rules_that_a_manifest_alone_can_break_are_marked():
    """The other rules are about what is live or what is missing, or only warn."""
    assert {rule.id for rule in RULES.values() if rule.offline} == {
        p.values[0] for p in CASES if p.values[1].get("offline")
    }


def test_a_rule_that_warns_is_not_one_of_validate():
    assert not [rule.id for rule in RULES.values() if rule.offline and rule.warning]


class Stage:
    """A case on the embedded Cognito, with what came before it."""

    def __init__(self, here: Bench, folder: Path, case: dict[str, Any]) -> None:
        self.here, self.folder, self.case = here, folder, case
        self.saved: dict[str, str] = {}
        write_files(folder, case)
        if "days_ago" in case:
            self._made(case["days_ago"])
        if "live" in case:
            here.converge(self.load("live"))
        here.local.pending_describes = case.get("pending_describes", 0)
        for step in case.get("setup", ()):
            self._call(step)
        here.local.calls.clear()

    def _made(self, days: int) -> None:
        self.here.local._store.clock = lambda: time.time() - days * 86400

    def _call(self, step: dict[str, Any]) -> None:
        method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", step["operation"]).lower()
        answer = getattr(self.here.boto(), method)(**self.filled(step["params"]))
        for name, path in step.get("save", {}).items():
            value = answer
            for part in path.split("."):
                value = value[int(part) if part.isdigit() else part]
            self.saved[name] = value

    def filled(self, tree: Any) -> Any:
        """Put what was saved in the place of `<name>`."""
        text = json.dumps(tree)
        for name, value in self.saved.items():
            text = text.replace(f"<{name}>", value)
        return json.loads(text)

    def load(self, key: str) -> Manifest:
        return manifest(self.folder, self.filled(self.case[key]), name=f"{key}.yaml")

    def plan(self, key: str) -> Plan:
        return planned(self.load(key), self.here.cloud, PlanOptions(prune=self.case.get("prune", False)))


def write_files(folder: Path, case: dict[str, Any]) -> None:
    for name, content in case.get("files", {}).items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def broken(plan: Plan) -> dict[str, list[Refusal]]:
    """What a plan says of rules, by id; a warning has no refusal."""
    found: dict[str, list[Refusal]] = {}
    for refusal in plan.refusals:
        found.setdefault(refusal.rule, []).append(refusal)
    for notice in plan.notices:
        said = WARNING.match(notice.message)
        if said:
            found.setdefault(said[1], [])
    return found


@pytest.mark.parametrize(("rule", "case"), PLANNED)
def test_a_rule_is_found_before_the_first_write(tmp_path, rule, case):
    with bench() as here:
        stage = Stage(here, tmp_path, case)
        found = broken(stage.plan("fail"))
        assert rule in found
        assert set(found) <= {rule, *case.get("also", ())}
        assert not [c for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]
        assert bool(found[rule]) is not RULES[rule].warning
        for refusal in found[rule]:
            assert refusal.message
            assert refusal.advice
            assert refusal.source or case.get("prune")  # what is deleted is declared nowhere
            said = f"{refusal.message} {refusal.advice}"
            assert [w for w in stage.filled(case.get("says", [])) if w not in said] == []
        if "address" in case:
            assert {str(r.address) for r in found[rule]} == {case["address"]}


@pytest.mark.parametrize(("rule", "case"), PLANNED)
def test_a_manifest_that_keeps_the_rule_can_be_applied(tmp_path, rule, case):
    with bench() as here:
        stage = Stage(here, tmp_path, case)
        here.local.pending_describes = 0
        plan = stage.plan("pass")
        assert (plan.refusals, set(broken(plan)) - set(case.get("also", ()))) == ((), set())
        if not case.get("planned_only"):
            events = here.apply(stage.load("pass"), plan)
            assert [getattr(e, "error", "") for e in events if isinstance(e, Failed | Skipped)] == []


@pytest.mark.parametrize(("rule", "case"), [p for p in CASES if p.values[1].get("offline")])
def test_validate_finds_it_without_aws(tmp_path, rule, case):
    write_files(tmp_path, case)
    failing, passing = (manifest(tmp_path, copy_of(case[key]), name=f"{key}.yaml") for key in ("fail", "pass"))
    assert rule in {r.rule for r in offline(failing)}
    assert offline(passing) == []


def copy_of(tree: Any) -> Any:
    """Without aliases, which YAML would write for what is shared."""
    return json.loads(json.dumps(copy.deepcopy(tree)))


@pytest.mark.parametrize(("rule", "case"), [p for p in CASES if p.values[1].get("drift")])
def test_a_rule_of_drift_is_found_there(tmp_path, rule, case):
    """The command line, as a rule of drift is about several manifests of one run."""
    local = f"--local={tmp_path / 'cognito'}"
    files = {key: str(tmp_path / f"{key}.yaml") for key in ("live", "beside", "fail", "pass")}
    for key, file in files.items():
        Path(file).write_text(json.dumps(case[key]))
    assert run(local, "apply", "--yes", files["live"]).code == 0
    tree = json.loads(run(local, "drift", "-o", "json", files["beside"], files["fail"]).out)
    assert [r["rule"] for r in tree["refusals"]] == [rule]
    tree = json.loads(run(local, "drift", "-o", "json", files["beside"], files["pass"]).out)
    assert tree["refusals"] == []


@pytest.mark.parametrize(("rule", "case"), [p for p in CASES if p.values[1].get("command")])
def test_a_rule_of_a_command_is_found_there(tmp_path, rule, case):
    local = f"--local={tmp_path / 'cognito'}"
    files = {key: str(tmp_path / f"{key}.yaml") for key in ("fail", "pass")}
    for key, file in files.items():
        Path(file).write_text(json.dumps(case[key]))
    ran = run(local, "plan", "-o", "json", files["fail"])
    found = json.loads(ran.out)["refusals"]
    assert (ran.code, [r["rule"] for r in found]) == (4, [rule])
    assert all(word in found[0]["message"] for word in case["says"])
    assert run(local, "apply", "--yes", files["fail"]).code == 4
    assert run(local, "apply", "--yes", files["pass"]).code == 0
