"""What an apply says while it works and after it went wrong: never that it is done when nobody knows."""

from __future__ import annotations

import io
import json

import pytest
import yaml

from reconciler.cli.entry import main
from tests.cli.support import run

KEYS = {"AWS_REGION": "eu-west-1"}
POOL = {"version": 1, "user_pool": {"PoolName": "customers"}, "groups": {"admins": {}}, "clients": {"web": {}}}
IDENTITIES = {
    "version": 1,
    "kind": "IdentityPool",
    "identity_pool": {
        "IdentityPoolName": "app",
        "AllowUnauthenticatedIdentities": False,
        "CognitoIdentityProviders": [
            {
                "ProviderName": "${ref.customers/user_pool#ProviderName}",
                "ClientId": {"$ref": "customers/clients/web#ClientId"},
            }
        ],
    },
}


def write(tmp_path, *documents) -> str:
    (tmp_path / "m.yaml").write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return str(tmp_path / "m.yaml")


def test_a_proof_that_cannot_be_read_ends_with_6_in_every_format(local, tmp_path):
    file = write(tmp_path, POOL)
    assert run("apply", "--yes", file, environ=KEYS).code == 0
    local.client("cognito-idp", "eu-west-1")
    file = write(tmp_path, {**POOL, "groups": {"admins": {"Description": "new"}}})
    local.faults.add("ListGroups", "AccessDeniedException", times=99, after=1)  # that of the plan
    out = {form: tmp_path / f"out.{form}" for form in ("json", "junit", "markdown", "jsonl", "sarif")}
    words = [w for form, target in out.items() for w in ("-o", f"{form}={target}")]
    ran = run("apply", "--yes", "-o", "human", *words, file, environ=KEYS)
    assert (ran.code, ran.last) == (6, "exit 6 (partial)")
    assert (
        "Apply could not be verified: 0 added, 1 changed, 0 destroyed, but not everything could be read again."
        in ran.out
    )
    assert "groups: cognito-idp:ListGroups: AccessDeniedException" in ran.out
    assert "Apply complete" not in ran.out
    tree = json.loads(out["json"].read_text())
    assert (tree["verified"], tree["converged"], len(tree["unproven"])) == (False, False, 1)
    assert "<error" in out["junit"].read_text()
    assert "not everything could be read again" in out["markdown"].read_text()
    assert json.loads(out["sarif"].read_text())["runs"][0]["results"]


def test_a_pool_that_is_not_proven_is_named_although_later_pools_were_not_begun(local, tmp_path):
    """The first pool cannot be verified, so the second is not begun: the reason is told, and both are to be applied."""
    for name in ("one", "two"):
        tree = {"version": 1, "user_pool": {"PoolName": name}, "groups": {"admins": {}}}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(tree))
    local.faults.add("ListGroups", "AccessDeniedException", times=99)  # both pools are new, so this is the proof
    files = [str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")]
    ran = run("apply", "--yes", "--parallelism", "1", *files, environ=KEYS)
    assert ran.code == 6
    assert "  two/groups/admins: not started (an earlier pool failed)" in ran.out
    assert "  one: not verified: groups: cognito-idp:ListGroups: AccessDeniedException" in ran.out
    words = ran.out.splitlines()[-1]
    assert "one.yaml" in words
    assert "two.yaml" in words


def test_a_document_that_cannot_be_planned_again_is_reported_with_what_was_written(local, tmp_path):
    file = write(tmp_path, POOL, IDENTITIES)
    local.faults.add("ListIdentityPools", "AccessDeniedException", times=99, after=1)
    report = tmp_path / "out.json"
    ran = run("apply", "--yes", "-o", "human", "-o", f"json={report}", file, environ=KEYS)
    assert (ran.code, ran.last) == (6, "exit 6 (partial)")
    assert "ListIdentityPools" in ran.err
    assert "Apply stopped: 3 added, 0 changed, 0 failed, 1 not started." in ran.out
    statuses = {r["address"]: r["status"] for r in json.loads(report.read_text())["results"]}
    assert statuses["customers/clients/web"] == "done"
    assert statuses["app/identity_pool"] == "not_started"


class Watched(io.StringIO):
    """Standard output that notes how many requests had arrived when a line was written."""

    def __init__(self, local) -> None:
        super().__init__()
        self.local = local
        self.seen: list[tuple[str, int]] = []

    def write(self, text: str) -> int:
        created = sum(c.operation.startswith("Create") for c in self.local.calls)
        self.seen += [(json.loads(line)["type"], created) for line in text.splitlines()]
        return super().write(text)


def test_events_are_written_as_they_happen(local, tmp_path):
    out = Watched(local)
    words = ("apply", "--yes", "-o", "jsonl", write(tmp_path, POOL))
    assert main(words, stdin=io.StringIO(), stdout=out, stderr=io.StringIO(), environ=KEYS) == 0
    assert out.seen[0] == ("version", 0)
    starts = [created for kind, created in out.seen if kind == "apply_start"]
    done = [created for kind, created in out.seen if kind == "apply_complete"]
    assert starts == [0, 1, 2]
    assert done == [1, 2, 3]
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert all(line["@timestamp"].endswith("Z") for line in lines)
    assert lines[-1]["type"] == "change_summary"


def test_a_stream_that_cannot_be_opened_stops_before_anything_is_written(local, tmp_path):
    (tmp_path / "out").mkdir()
    ran = run("apply", "--yes", "-o", f"jsonl={tmp_path / 'out'}", write(tmp_path, POOL), environ=KEYS)
    assert ran.code == 3
    assert "is a directory. Name a file in it." in ran.err
    assert not local.calls


def test_a_stream_that_breaks_off_stops_no_apply(local, tmp_path):
    file = write(tmp_path, POOL)
    ran = run("apply", "--yes", "-o", "human", "-o", "jsonl=/dev/full", file, environ=KEYS)
    assert ran.code == 0
    assert "Apply complete! Resources: 3 added" in ran.out
    assert ran.err.count("/dev/full is incomplete: writing to it failed") == 1


class Taking(io.StringIO):
    """Somebody makes a directory where the report is to be, once the run has begun."""

    def __init__(self, place) -> None:
        super().__init__()
        self.place = place

    def write(self, text: str) -> int:
        self.place.mkdir(exist_ok=True)
        return super().write(text)


def test_a_report_that_cannot_be_written_does_not_hide_that_pools_were(local, tmp_path):
    file, taken = write(tmp_path, POOL), tmp_path / "out"
    words = ("apply", "--yes", "-o", "human", "-o", f"json={taken}", file)
    for code, said in ((6, "Apply complete! Resources: 3 added"), (1, "")):  # then nothing was to be written
        out, err = Taking(taken), io.StringIO()
        assert main(words, stdin=io.StringIO(), stdout=out, stderr=err, environ=KEYS) == code
        assert said in out.getvalue()
        assert "the result could not be written" in err.getvalue()
        taken.rmdir()


# --- before anything is read ------------------------------------------------------------------------------------------


def test_non_interactive_without_yes_is_refused_before_aws_is_contacted(local, tmp_path):
    file = write(tmp_path, POOL)
    ran = run("apply", "--non-interactive", file, environ=KEYS)
    assert (ran.code, ran.last) == (3, "exit 3 (invalid)")
    assert "Use --yes to apply without asking." in ran.err
    assert "Reading" not in ran.err
    assert not local.calls
    assert run("apply", "--non-interactive", "--yes", file, environ=KEYS).code == 0
    assert run("apply", "--non-interactive", file, environ=KEYS).code == 3  # also when there is nothing to do


def test_where_input_is_no_terminal_only_a_question_is_an_error(local, tmp_path):
    """A neighbour: without the option, an apply that has nothing to ask succeeds, whatever its input is."""
    file = write(tmp_path, POOL)
    assert run("apply", file, environ=KEYS).code == 3
    assert not [c for c in local.calls if c.operation.startswith("Create")]
    assert run("apply", "--yes", file, environ=KEYS).code == 0
    assert run("apply", file, environ=KEYS).code == 0


@pytest.mark.parametrize("words", [(), ("--detailed-exitcode",)])
def test_changes_beside_a_gap_end_a_plan_with_7(local, tmp_path, words):
    file = write(tmp_path, POOL)
    assert run("apply", "--yes", file, environ=KEYS).code == 0
    file = write(tmp_path, {**POOL, "clients": {"web": {}, "app": {}}})
    local.faults.add("ListGroups", "AccessDeniedException", times=99)
    ran = run("plan", *words, file, environ=KEYS)
    assert "1 to add" in ran.out
    assert "Could not read groups" in ran.out
    assert (ran.code, ran.last) == (7, "exit 7 (incomplete)")


def test_changes_of_one_pool_do_not_hide_the_gap_of_another(local, tmp_path):
    """A neighbour: the two are in different documents."""
    other = {"version": 1, "user_pool": {"PoolName": "others"}, "groups": {"a": {}}}
    file = write(tmp_path, other)
    assert run("apply", "--yes", file, environ=KEYS).code == 0
    local.faults.add("ListGroups", "AccessDeniedException", times=99)
    file = write(tmp_path, other, POOL)
    assert run("plan", "--detailed-exitcode", file, environ=KEYS).code == 7


def test_drift_beside_a_gap_stays_2(local, tmp_path):
    """A finding is certain and alerted; the report names the gap as well (docs/drift.md)."""
    file = write(tmp_path, POOL)
    assert run("apply", "--yes", file, environ=KEYS).code == 0
    file = write(tmp_path, {**POOL, "clients": {"web": {}, "app": {}}})
    local.faults.add("ListGroups", "AccessDeniedException", times=99)
    ran = run("drift", "-o", "json", file, environ=KEYS)
    assert (ran.code, json.loads(ran.out)["complete"]) == (2, False)
    assert run("drift", "--exit-zero", file, environ=KEYS).code == 7
