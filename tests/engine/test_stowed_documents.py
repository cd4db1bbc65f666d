"""Of many documents, no more is at hand than what a run works on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from reconciler.cloud.port import Cloud
from reconciler.local import LocalCognito
from reconciler.manifests.manifest import Manifest
from reconciler.planning.pipeline import ResolvedRefs, planned
from reconciler.planning.targeting import check_targets
from reconciler.runs import drift_run, stages
from reconciler.runs.kept_plans import PlanKeeper
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from tests.cli.support import in_process

COUNT = stages.FEW + 3
LAST = f"pool-{COUNT - 1:02}"
LINKED = f"""\
version: 1
kind: IdentityPool
identity_pool:
  IdentityPoolName: people
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
    - ProviderName: {{$ref: {LAST}/user_pool#ProviderName}}
      ClientId: {{$ref: {LAST}/clients/web#ClientId}}
"""


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch):
    with in_process(monkeypatch) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for number in range(COUNT):
        text = f"version: 1\nuser_pool: {{PoolName: pool-{number:02}}}\nclients: {{web: {{}}}}\n"
        (tmp_path / f"{number:02}.yaml").write_text(text)
    (tmp_path / "people.yaml").write_text(LINKED)
    return str(tmp_path)


def begun(command: str, folder: str) -> tuple[Runtime, Console, list[Manifest]]:
    console = Console(io.StringIO(), io.StringIO(), io.StringIO())
    runtime = Runtime(Options(command, (folder,), region="eu-west-1"), {})
    return runtime, console, list(stages.load(runtime, console))


def at_hand(manifests: list[Manifest]) -> int:
    """Return how many are at hand beyond the first ones, which stay as they are."""
    return sum("specs" in vars(manifest) for manifest in manifests) - stages.FEW


def test_documents_are_stowed_once_they_were_looked_at_together(folder: str) -> None:
    _, _, manifests = begun("plan", folder)
    assert at_hand(manifests) == 0
    check_targets(manifests, ())
    assert at_hand(manifests) == 0


def test_few_documents_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\nuser_pool: {PoolName: a}\n")
    _, _, manifests = begun("plan", str(tmp_path))
    assert "specs" in vars(manifests[0])
    assert "_stowed" not in vars(manifests[0])


def test_a_document_is_at_hand_while_it_is_planned(local: LocalCognito, folder: str) -> None:
    runtime, console, manifests = begun("plan", folder)
    keeper, most = PlanKeeper(runtime.options), []

    def keep(manifest, plan):
        found = keeper.keep_alone(manifest, plan)
        most.append(at_hand(manifests))
        return found

    kept = stages.plan_each(runtime, console, manifests, keep)
    assert len(kept) == COUNT + 1
    assert max(most) <= stages.POOLS_AT_ONCE + 1  # the one that another refers to
    assert at_hand(manifests) <= 1


def test_a_document_is_at_hand_while_it_is_compared(local: LocalCognito, folder: str) -> None:
    runtime, console, manifests = begun("drift", folder)
    drifts = drift_run.drift_all(runtime, console, manifests, drift_run.Earlier(frozenset(), frozenset()))
    assert [len(d.findings) for d in drifts] == [1] * (COUNT + 1)
    assert at_hand(manifests) <= 1


def test_identifiers_are_noted_of_documents_that_others_refer_to(local: LocalCognito, folder: str) -> None:
    runtime, _, manifests = begun("plan", folder)
    cloud: Cloud = runtime.reader(manifests[0])
    known = ResolvedRefs()
    known.about(manifests)
    for manifest in manifests[:-1]:
        known.learn(manifest, planned(manifest, cloud))
    assert {number for number, _ in known._values} == {COUNT - 1}
