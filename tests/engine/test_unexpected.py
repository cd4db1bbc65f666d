"""Whatever goes wrong, and however unexpected: an apply ends with a result for each change and with the right code, and
a reading command goes on with the other pools. No message repeats the text of an unexpected error."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from botocore.parsers import ResponseParserError

from reconciler.cli.entry import main
from reconciler.errors import Ambiguous, Defect
from reconciler.export.exporter import Style
from reconciler.manifests.manifest import Manifest
from reconciler.model import Done, Failed, Skipped, Tree, Verified
from reconciler.observing.name_list import PoolLists
from reconciler.render import formats, redact
from reconciler.render.subjects import DriftResult, RenderOptions
from reconciler.runs import drift_run, export_run, stages
from reconciler.runs.apply_run import _code, apply_all
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.signals import Interrupted, Stop
from tests.cli.support import in_process
from tests.support import REGION, Bench, bench, carried_out, document, manifest

SECRET = "hunter2-and-more"
ERRORS: list[Callable[[], Exception]] = [
    lambda: ResponseParserError(f"Unable to parse {SECRET}"),
    lambda: AttributeError(SECRET),
    lambda: KeyError(SECRET),
    lambda: MemoryError(SECRET),
    lambda: RecursionError(SECRET),
    lambda: OSError(28, SECRET),
]
TREE = document(groups={"admins": {}, "users": {}}, clients={"web": {}})
CALLS = 12
"""More than an apply of TREE sends, so that the error comes at every one of them, and once not at all."""


class Breaking:
    """A cloud on which something unexpected happens at a call, before or after the service has carried it out."""

    def __init__(self, cloud: Any, at: int, error: Callable[[], BaseException], *, late: bool = False) -> None:
        self._cloud, self._left, self._error, self._late = cloud, at, error, late
        self.wrote = False

    def identity(self) -> Any:
        return self._cloud.identity()

    def at(self, region: str) -> Any:
        return self._cloud.at(region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self._left -= 1
        writes = not operation.startswith(("List", "Get", "Describe"))
        if self._left == -1 and not self._late:
            raise self._error()
        answer = self._cloud.call(service, operation, params)
        self.wrote |= writes
        if self._left == -1:
            raise self._error()
        return answer


@pytest.fixture
def here():
    with bench() as found:
        yield found


def broken(here: Bench, found: Manifest, cloud: Breaking) -> list[Any]:
    plan = here.plan(found)
    return list(
        carried_out(plan, cloud, lambda: here.plan(found), clock=here.clock, sleep=here.clock.sleep, stop=lambda: False)
    )


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(CALLS))
def test_at_every_call_of_an_apply(here, tmp_path, at, late):
    cloud = Breaking(here.cloud, at, ERRORS[at % len(ERRORS)], late=late)
    found = manifest(tmp_path, TREE)
    plan = here.plan(found)
    events = broken(here, found, cloud)
    ended = [e.change.address for e in events if isinstance(e, Done | Failed | Skipped)]
    assert ended == [c.address for c in plan.pending]
    failed = [e for e in events if isinstance(e, Failed)]
    reasons = {e.reason for e in events if isinstance(e, Skipped)}
    assert reasons <= {f"{e.change.address} failed unexpectedly" for e in failed}
    assert SECRET not in repr([e.error for e in failed])
    code = _code(events)
    if not failed:
        assert code == 0
        return
    assert "unexpected " in failed[0].error
    assert "test_unexpected.py:" in failed[0].error
    if cloud.wrote:
        assert code == 6
    else:  # a first write that was sent and never answered may have taken effect; nobody can know
        assert code == (6 if failed[0].doubtful else 1)
    here.converge(found)  # and the next run goes on


@pytest.mark.parametrize(("rival", "code"), [(False, 1), (True, 6)])
def test_a_first_create_without_an_answer_is_partial_only_if_it_may_have_happened(here, tmp_path, rival, code):
    """Without a new object of the name nothing was written; with two of them nobody can tell which one is ours."""

    class Lossy(Breaking):
        def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
            if operation != "CreateUserPool":
                return self._cloud.call(service, operation, params)
            for _ in range(2 if rival else 0):
                self._cloud.call(service, operation, params)
            raise Ambiguous(f"{service}:{operation}", "InternalErrorException", "lost")

    found = manifest(tmp_path, TREE)
    events = broken(here, found, Lossy(here.cloud, 0, ERRORS[0]))
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert (failed.written, failed.doubtful) == (0, rival)
    assert _code(events) == code


def test_the_number_of_calls_is_covered(here, tmp_path):
    cloud = Breaking(here.cloud, 10_000, ERRORS[0])
    broken(here, manifest(tmp_path, TREE), cloud)
    assert 10_000 - cloud._left < CALLS


def test_an_unexpected_error_in_the_proof_is_no_success(here, tmp_path):
    found = manifest(tmp_path, TREE)
    plan = here.plan(found)

    def again():
        raise KeyError(SECRET)

    events = list(carried_out(plan, here.cloud, again, clock=here.clock, sleep=here.clock.sleep, stop=lambda: False))
    (proof,) = [e for e in events if isinstance(e, Verified)]
    assert "unexpected KeyError at test_unexpected.py" in proof.unproven[0]
    assert SECRET not in proof.unproven[0]
    assert _code(events) == 6


# --- a run over several pools ----------------------------------------------------------------------------------------


class Fragile(Runtime):
    """A runtime in which something unexpected happens at every call about one of the pools."""

    fragile = "b"
    error: Callable[[], BaseException] = staticmethod(lambda: KeyError(SECRET))
    at = 0

    def cloud(self, manifest: Manifest) -> Any:
        found = super().cloud(manifest)
        return Breaking(found, self.at, self.error) if manifest.name == self.fragile else found

    def readers(self) -> Callable[[Manifest], Any]:
        return self.reader  # nothing is shared, so that the other pools do not read through the fragile one

    @property
    def pools(self) -> PoolLists:
        return PoolLists(self.clock)  # nor the list of pools


@pytest.fixture
def local(monkeypatch):
    with in_process(monkeypatch) as found:
        yield found


@pytest.fixture
def files(tmp_path) -> tuple[str, ...]:
    for name in ("a", "b", "c"):
        tree = {"version": 1, "user_pool": {"PoolName": name}, "groups": {"users": {}}}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(tree))
    return tuple(str(tmp_path / f"{name}.yaml") for name in ("a", "b", "c"))


def quiet() -> Console:
    return Console(io.StringIO(), io.StringIO(), io.StringIO())


def fragile(files: tuple[str, ...], command: str) -> tuple[Fragile, Console, Any]:
    console = quiet()
    runtime = Fragile(Options(command, files, region=REGION), {})
    return runtime, console, stages.load(runtime, console)


def test_a_plan_goes_on_with_the_other_pools_and_names_the_gap(local, files):
    runtime, console, manifests = fragile(files, "plan")
    plans = stages.plan_all(runtime, console, manifests)
    assert [(p.target.pool_name, len(p.pending), len(p.gaps)) for p in plans] == [("a", 2, 0), ("b", 0, 1), ("c", 2, 0)]
    assert stages.plan_exit(plans, detailed=True) == stages.plan_exit(plans, detailed=False) == 7
    for form, render in formats.plan(redact.plans(plans), RenderOptions()).items():
        text = render(False)
        assert "unexpected KeyError" in text, form
        assert SECRET not in text, form


def test_drift_goes_on_with_the_other_pools_and_names_the_gap(local, files):
    runtime, console, manifests = fragile(files, "drift")
    drifts = drift_run.drift_all(runtime, console, manifests, drift_run.Earlier(frozenset(), frozenset()))
    assert [(len(d.findings), len(d.gaps)) for d in drifts] == [(1, 0), (0, 1), (1, 0)]
    assert drift_run.exit_code(drifts, zero=False) == 2  # drift is certain, whatever else there is
    assert drift_run.exit_code(drifts, zero=True) == 7
    for form, render in formats.drift(DriftResult(redact.drifts(drifts)), RenderOptions()).items():
        text = render(False)
        assert form == "prometheus" or "unexpected KeyError" in text, form
        assert SECRET not in text, form


def test_drift_of_one_pool_is_a_gap_too(local, files):
    runtime, console, manifests = fragile(files[1:2], "drift")
    (drift,) = drift_run.drift_all(runtime, console, manifests, drift_run.Earlier(frozenset(), frozenset()))
    assert drift_run.exit_code([drift], zero=False) == 7


def test_an_export_goes_on_with_the_other_pools(local, tmp_path):
    client = local.client("cognito-idp", REGION)
    for name in ("a", "b"):
        client.create_user_pool(PoolName=name)
    runtime = Runtime(Options("export", region=REGION), {})
    cloud = runtime.reader_in(REGION)
    pools = export_run.every(cloud)
    breaking = Breaking(cloud, 0, ERRORS[1])  # at the first call of the first pool
    read, failures = export_run.read_all(breaking, pools, parallelism=1, say=lambda _: None)
    found = export_run.export_all(read, failures, cloud.identity(), Style("minimal", "secret", beside=False), None)
    assert [r.found.name for r in found.results] == ["b"]
    assert [(f.found.name, f.exit_code) for f in found.failures] == [("a", 7)]
    assert isinstance(found.failures[0].error, Defect)
    assert SECRET not in str(found.failures[0].error)
    assert found.exit_code == 7


@pytest.mark.parametrize("at", range(3))
def test_an_apply_of_several_pools_ends_with_a_report(local, files, at):
    """The second pool breaks at its first read, its first write, and after it; the third is not begun."""
    planner = Runtime(Options("apply", files, region=REGION, parallelism=1), {})
    console = quiet()
    manifests = stages.load(planner, console)
    plans = stages.plan_all(planner, console, manifests)
    runtime = Fragile(Options("apply", files, region=REGION, parallelism=1), {})
    runtime.at = at
    outcome = apply_all(runtime, console, manifests, plans, stop=Stop())
    ended = [e for e in outcome.events if isinstance(e, Done | Failed | Skipped)]
    assert [(e.change.address.pool, e.change.address.section) for e in ended] == [
        (p, s) for p in "abc" for s in ("user_pool", "groups")
    ]
    assert [type(e) for e in ended] == [Done, Done, Failed, Skipped, Skipped, Skipped]
    assert {e.reason for e in ended[-2:]} == {"an earlier pool failed"}
    assert outcome.exit_code == 6
    assert SECRET not in console.stderr.getvalue()
    for form, render in formats.apply(redact.applied(outcome), RenderOptions()).items():
        text = render(False)
        assert "unexpected KeyError" in text, form
        assert SECRET not in text, form


def test_a_second_signal_in_a_write_keeps_what_is_known(local, files):
    runtime = Fragile(Options("apply", files, region=REGION, parallelism=1), {})
    runtime.at = 1
    stop = Stop()

    def insist() -> BaseException:
        stop.number = 2
        return Interrupted(15)

    console = quiet()
    manifests = stages.load(runtime, console)
    planner = Runtime(runtime.options, {})
    plans = [stages.plan_one(planner, m) for m in manifests]
    runtime.error = insist
    outcome = apply_all(runtime, console, manifests, plans, stop=stop)
    ended = [e for e in outcome.events if isinstance(e, Done | Failed | Skipped)]
    assert [type(e) for e in ended] == [Done, Done, Failed, Skipped, Skipped, Skipped]
    assert "Whether cognito-idp:CreateUserPool took effect is unknown." in ended[2].error
    assert {e.reason for e in ended[3:]} == {"the run was interrupted"}
    assert outcome.exit_code == 130


# --- the report -----------------------------------------------------------------------------------------------------


class Bursting(io.StringIO):
    """A stream that fails in an unexpected way as soon as a text is to be written."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def write(self, text: str) -> int:
        if self.text in text:
            raise RuntimeError(SECRET)
        return super().write(text)


def test_progress_that_cannot_be_shown_stops_no_apply(local, files):
    err = Bursting("Creation complete")
    words = ("apply", "--yes", "--region", REGION, *files)
    assert main(words, stdin=io.StringIO(), stdout=io.StringIO(), stderr=err, environ={}) == 0
    assert (
        err.getvalue().count("Warning: progress is incomplete, and the apply continues: unexpected RuntimeError") == 1
    )
    assert SECRET not in err.getvalue()
    assert len(local.client("cognito-idp", REGION).list_user_pools(MaxResults=60)["UserPools"]) == len(files)


def test_a_format_that_fails_leaves_the_others(local, files, tmp_path):
    out, err, report = Bursting("Apply complete"), io.StringIO(), tmp_path / "report.json"
    words = ("apply", "--yes", "--region", REGION, "-o", "human", "-o", f"json={report}", *files)
    assert main(words, stdin=io.StringIO(), stdout=out, stderr=err, environ={}) == 6
    assert "Error: the result as human is missing or incomplete: unexpected RuntimeError" in err.getvalue()
    assert SECRET not in err.getvalue()
    assert json.loads(report.read_text())["converged"]


def test_the_identifiers_and_calls_are_in_the_report(local, files):
    out = io.StringIO()
    words = ("apply", "--yes", "--region", REGION, "-o", "json", *files)
    assert main(words, stdin=io.StringIO(), stdout=out, stderr=io.StringIO(), environ={}) == 0
    tree = json.loads(out.getvalue())
    pools = local.client("cognito-idp", REGION).list_user_pools(MaxResults=60)["UserPools"]
    ids = {p["Name"]: p["Id"] for p in pools}
    assert {p["name"]: p["id"] for p in tree["pools"]} == ids
    assert {r["address"]: r["id"] for r in tree["results"]} == {
        address: found
        for name, pool in ids.items()
        for address, found in ((f"{name}/user_pool", pool), (f"{name}/groups/users", "users"))
    }
    assert {r["calls_written"] for r in tree["results"]} == {1}
    assert tree["summary"]["calls"] == 2 * len(files)
