"""An apply that is interrupted while it writes outputs, or whose outputs break: everything that was due is reported."""

import io

import pytest

from reconciler.errors import ExitCode
from reconciler.model import OutputDone
from reconciler.runs import outputs_applied, outputs_planned, stages
from reconciler.runs.apply_run import ApplyOutcome
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.signals import Interrupted, Stop
from tests.cli.support import run
from tests.cli.test_client_outputs import MANIFEST

OUTPUTS = "outputs: [{client: web, format: oidc}, {client: web, format: env}, {client: web, format: tfvars}]\n"


@pytest.fixture
def stage(tmp_path, local):
    """A pool that is as it should be, and three files that are not written yet."""
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST)
    assert run("apply", "--yes", str(file)).code == 0
    file.write_text(MANIFEST + OUTPUTS)
    console = Console(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), environ={})
    runtime = Runtime(Options("apply", (str(file),)), {})
    manifests = stages.load(runtime, console)
    plans = outputs_planned.planned(runtime, console, manifests, stages.plan_all(runtime, console, manifests))
    assert len(plans[0].writes) == 3

    def written(stop=None, watch=lambda _: None, code=ExitCode.OK):
        outcome = ApplyOutcome(tuple(plans), (), code, (), tuple(plans))
        found = outputs_applied.written(runtime, console, manifests, outcome, stop=stop or Stop(), watch=watch)
        done = [e for e in found.events if isinstance(e, OutputDone)]
        return found, [(e.output.format, e.started, e.error) for e in done]

    return tmp_path, written


def test_all_are_written(stage):
    folder, written = stage
    outcome, done = written()
    assert (outcome.exit_code, outcome.wrote) == (0, True)
    assert done == [("oidc", True, ""), ("env", True, ""), ("tfvars", True, "")]
    assert (folder / "oidc.json").exists()
    assert written()[1] == []  # they are as they should be now


def test_the_first_signal_ends_the_run_behind_the_output_in_flight(stage):
    folder, written = stage
    stop = Stop()

    def interrupt(_: object) -> None:
        stop.number = 15

    _, done = written(stop, interrupt)
    assert done == [("oidc", True, ""), ("env", False, "interrupted"), ("tfvars", False, "interrupted")]
    assert not (folder / ".env.cognito").exists()


def test_a_second_signal_keeps_what_is_known(stage):
    _, written = stage
    seen = []

    def insist(done: OutputDone) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise Interrupted(15)

    outcome, done = written(watch=insist)
    assert done == [("oidc", True, ""), ("env", True, ""), ("tfvars", False, "interrupted")]
    assert outcome.wrote


def test_nothing_is_tried_behind_a_failed_apply(stage):
    folder, written = stage
    outcome, done = written(code=ExitCode.PARTIAL)
    assert {(started, error) for _, started, error in done} == {(False, "the pools are not as they should be")}
    assert (outcome.exit_code, list(folder.glob("*.json"))) == (6, [])


def test_a_folder_that_cannot_be_made_is_one_failure(stage):
    folder, written = stage
    (folder / ".env.cognito").mkdir()
    outcome, done = written()
    assert [error == "" for _, _, error in done] == [True, False, True]
    assert "is a directory, not a regular file" in done[1][2]
    assert outcome.exit_code == 6
