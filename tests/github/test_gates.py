"""Gates on a pull request: judged by its target branch, named in the comment, and in force after the merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.github.conftest import HEAD, MERGE, PULL, TREE
from tests.github.fake import Fault

STALE = "b" * 40
"""The commit of the target branch when the pull request was pushed to."""
BASE = "e" * 40
"""Its newest commit."""
FAIL = "fail_on: [weakens]\n"
ALLOW = "allow:\n  - {rule: CHG19, path: groups/admins, reason: reviewed in June, owner: ops, expires: 2999-01-01}\n"
WEAKER = {**TREE, "groups": {"admins": {"Precedence": 1, "RoleArn": "arn:aws:iam::123456789012:role/admin"}}}
CASE = "CHG19=groups/admins.RoleArn"


def base(place, text: str | None, name: str = "poolctl.yaml") -> None:
    """Give the target branch of the pull request a poolctl.yaml."""
    if text is not None:
        place.github.files[BASE, name] = text


def plan(place, into: str = "main", **inputs: str):
    """Plan on a pull request that has a target branch."""
    place.github.heads["main"] = BASE
    event = {"pull_request": {"number": PULL, "head": {"sha": HEAD}, "base": {"sha": STALE, "ref": into}}}
    file = place.directory / "base-event.json"
    file.write_text(json.dumps(event))
    return place.step("plan", more={"GITHUB_EVENT_PATH": str(file)}, **inputs)


def mine(place, text: str) -> None:
    """Give the pull request a poolctl.yaml."""
    (place.directory / "poolctl.yaml").write_text(text, encoding="utf-8")


def test_what_weakens_is_stopped_and_cannot_be_approved(live):
    base(live, FAIL)
    mine(live, FAIL)
    live.write(WEAKER)
    step = plan(live)
    assert (step.code, step.outputs["exit-code"], step.outputs["digest"]) == (4, "4", "")
    (body,) = live.comments()
    assert "**1 stopped by `fail_on: weakens`.**" in body
    fence = body.partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(fence) == {"allow": [{"rule": "CHG19", "path": "groups/admins.RoleArn", "reason": "…"}]}
    assert "This pull request changes the gates" not in body
    before = live.state()
    live.github.merged(MERGE, PULL, head={"sha": HEAD})
    assert live.apply().code == 4
    assert live.state() == before


@pytest.mark.parametrize("loose", ["", FAIL + ALLOW, "fail_on: none\n", None])
def test_a_pull_request_cannot_loosen_what_judges_it(live, loose: str | None):
    base(live, FAIL)
    if loose is not None:
        mine(live, loose)
    live.write(WEAKER)
    step = plan(live)
    assert (step.code, step.outputs["digest"]) == (4, "")
    (body,) = live.comments()
    assert "**This pull request changes the gates of poolctl.yaml.**" in body
    assert "judged by those of `main`" in body
    if loose and "allow" in loose:
        assert "- newly allowed: `CHG19=groups/admins`: reviewed in June (owner: ops), until 2999-01-01" in body
    else:
        assert f"- `fail_on`: `weakens` becomes `{'none' if loose else 'nothing'}`" in body


def test_what_the_target_branch_allows_passes_and_the_comment_names_it(live):
    for give in (base, mine):
        give(live, FAIL + ALLOW)
    live.write(WEAKER)
    step = plan(live)
    assert step.code == 0, step.log
    (body,) = live.comments()
    assert f"**An approval of this plan approves 1 change that weakens or may weaken security:** `{CASE}`." in body
    assert "- allowed by `CHG19=groups/admins`" in body
    assert "reviewed in June, until 2999-01-01" in body
    live.github.merged(MERGE, PULL, head={"sha": HEAD})
    applied = live.apply()
    assert applied.code == 0, applied.log
    assert live.boto(lambda idp, pool: "RoleArn" in idp.get_group(UserPoolId=pool, GroupName="admins")["Group"])


def test_after_the_merge_apply_is_judged_by_what_was_merged(live):
    live.write(WEAKER)
    assert plan(live).code == 0
    mine(live, FAIL)
    live.github.merged(MERGE, PULL, head={"sha": HEAD})
    before = live.state()
    applied = live.apply()
    assert (applied.code, live.state()) == (4, before)
    assert f"--allow {CASE}" in applied.log


def test_inputs_say_the_same_as_options(live):
    live.write(WEAKER)
    assert plan(live, fail_on="weakens,irreversible").code == 4
    step = plan(live, fail_on="weakens,irreversible", allow=f"'{CASE}' irreversible=groups/*")
    assert step.code == 0, step.log
    live.github.merged(MERGE, PULL, head={"sha": HEAD})
    assert live.apply(fail_on="weakens").code == 5  # another plan: what was allowed is part of its digest
    assert live.apply(fail_on="weakens", allow=f"{CASE} irreversible=groups/*").code == 0


def test_drift_that_is_stopped_fails_and_has_its_issue(live, github):
    live.boto(
        lambda idp, pool: idp.update_group(
            UserPoolId=pool, GroupName="admins", RoleArn="arn:aws:iam::123456789012:role/x"
        )
    )
    step = live.step("drift", event="schedule", fail_on="weakens")
    assert (step.code, step.outputs["exit-code"], step.outputs["changes"]) == (4, "4", "true")
    assert len(github.issues) == 1


def test_the_file_is_looked_for_as_a_run_does(live, monkeypatch):
    (live.directory / ".git").mkdir()
    (live.directory / "team").mkdir()
    (live.directory / "pools").rename(live.directory / "team" / "pools")
    monkeypatch.chdir(live.directory / "team")
    base(live, FAIL)
    assert plan(live).code == 0
    live.github.files.clear()
    base(live, FAIL, "team/poolctl.yml")
    asked = [path for _, path in live.github.seen if "/contents/" in path]
    assert asked == [
        f"/repos/octo/pools/contents/{name}" for name in ("team/poolctl.yaml", "team/poolctl.yml", "poolctl.yaml")
    ]
    assert (live.directory / "team" / "pools").exists()
    (live.directory / "team" / "pools" / "m.yaml").write_text(yaml.safe_dump(WEAKER))
    assert plan(live).code == 4


def test_a_file_that_cannot_be_read_fails_the_step(live, github):
    github.faults.extend(Fault("GET", 403) for _ in range(9))
    step = plan(live)
    assert (step.code, live.ran) == (1, [])
    assert "Read poolctl.yaml of the target branch" in step.log


def test_a_wrong_file_of_the_target_branch_is_named(live):
    base(live, "fail_on: [weaken]\n")
    step = plan(live)
    assert step.code == 3
    assert "Did you mean weakens?" in step.log


def test_without_a_comment_it_says_whose_gates_count(live, github):
    mine(live, FAIL)
    live.write(WEAKER)
    step = plan(live, comment="false")
    assert (step.code, github.seen) == (4, [])
    assert "::notice::Without a comment, the plan is judged by poolctl.yaml of the pull request itself." in step.log
    assert Path(live.directory / "poolctl.yaml").exists()


# --- which file, and of which commit -------------------------------------------------------------------------------


def test_the_newest_commit_of_the_target_branch_counts(live):
    """The event has the commit of when the pull request was pushed to; gates may have been added since."""
    live.github.files[STALE, "poolctl.yaml"] = "fail_on: none\n"
    base(live, FAIL)
    live.write(WEAKER)
    assert plan(live).code == 4


def test_a_branch_with_a_slash_and_one_that_cannot_be_seen(live):
    live.github.heads["release/1 a"] = BASE
    base(live, FAIL)
    live.write(WEAKER)
    assert plan(live, into="release/1 a").code == 4
    live.ran.clear()
    step = plan(live, into="gone")
    assert (step.code, live.ran) == (1, [])
    assert 'There is no branch "gone", or the token cannot see it. The job needs `contents: read`.' in step.log


@pytest.mark.parametrize("said", ["args", "setting"])
@pytest.mark.parametrize("name", ["ci/gates.yaml", "./ci/../ci/gates.yaml"])
def test_a_file_that_is_named_is_read_from_the_target_branch(live, monkeypatch, said: str, name: str):
    base(live, FAIL, "ci/gates.yaml")
    base(live, "fail_on: none\n")
    (live.directory / "ci").mkdir()
    (live.directory / "ci" / "gates.yaml").write_text("fail_on: none\n", encoding="utf-8")
    live.write(WEAKER)
    if said == "setting":
        environ = live.environ
        monkeypatch.setattr(live, "environ", lambda *a, **k: {**environ(*a, **k), "POOLCTL_CONFIG": name})
        step = plan(live)
    else:
        step = plan(live, args=f"--config {name}")
    assert (step.code, step.outputs["digest"]) == (4, ""), step.log
    assert "**This pull request changes the gates of `" in live.comments()[0]


def test_a_file_that_is_named_outside_the_repository_judges_itself(live, tmp_path_factory):
    """No pull request can change it."""
    central = tmp_path_factory.mktemp("central") / "poolctl.yaml"
    central.write_text(FAIL, encoding="utf-8")
    (live.directory / ".git").mkdir()
    live.write(WEAKER)
    base(live, "fail_on: none\n")
    step = plan(live, args=f"--config {central}")
    assert step.code == 4
    assert not [path for _, path in live.github.seen if "/contents/" in path]
    assert "of the pull request itself" not in plan(live, args=f"--config {central}", comment="false").log


def test_a_link_in_the_repository_does_not_lead_out_of_it(live, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "inner" / "deeper").mkdir(parents=True)
    (elsewhere / "loose.yaml").write_text("fail_on: none\n", encoding="utf-8")
    (live.directory / ".git").mkdir()
    (live.directory / "link").symlink_to(elsewhere / "inner" / "deeper")
    step = plan(live, args="--config link/../../loose.yaml")
    assert (step.code, "leads through a link." in step.log) == (3, True), step.log


def test_the_checkout_under_another_name_is_no_file_outside(live, tmp_path_factory):
    (live.directory / ".git").mkdir()
    mine(live, "fail_on: none\n")
    alias = tmp_path_factory.mktemp("alias") / "checkout"
    alias.symlink_to(live.directory)
    step = plan(live, args=f"--config {alias}/poolctl.yaml")
    assert (step.code, "leads through a link." in step.log) == (3, True), step.log


def test_a_file_of_a_repository_inside_is_refused(live):
    """The target branch does not have it, which does not mean that there are no gates."""
    (live.directory / ".git").mkdir()
    (live.directory / "central" / ".git").mkdir(parents=True)
    (live.directory / "central" / "poolctl.yaml").write_text(FAIL, encoding="utf-8")
    step = plan(live, args="--config central/poolctl.yaml")
    assert (step.code, live.ran) == (3, [])
    assert "belongs to another repository. Check that out beside this one." in step.log


def test_a_working_directory_behind_a_link_is_refused(live, monkeypatch):
    """Else a pull request could lead it to a directory for which the target branch has no file."""
    (live.directory / ".git").mkdir()
    (live.directory / "pools").rename(live.directory / "other")
    (live.directory / "team").symlink_to(live.directory / "other")
    monkeypatch.chdir(live.directory / "team")
    step = plan(live, working_directory="team", paths=".")
    assert (step.code, live.ran) == (3, [])
    assert 'working-directory: "team" leads through a link. Name the directory itself.' in step.log


def test_without_git_paths_begin_at_the_workspace(live, monkeypatch):
    """A checkout without git has no `.git`."""
    (live.directory / "team").mkdir()
    (live.directory / "pools").rename(live.directory / "team" / "pools")
    monkeypatch.chdir(live.directory / "team")
    base(live, FAIL, "team/poolctl.yaml")
    (live.directory / "team" / "pools" / "m.yaml").write_text(yaml.safe_dump(WEAKER))
    assert plan(live).code == 4


def test_gates_of_another_file_are_not_taken_beside_those_of_the_target_branch(live):
    mine(live, "fail_on: none\n")
    step = plan(live, args="--gates-from poolctl.yaml")
    assert (step.code, live.ran) == (3, [])
    assert "args: --gates-from is not taken on a pull request" in step.log


def test_without_a_file_none_is_asked_for(live):
    base(live, FAIL)
    live.write(WEAKER)
    assert plan(live, args="--no-config").code == 0
    assert not [path for _, path in live.github.seen if "/contents/" in path]


def test_wrong_options_are_named_by_the_plan(live):
    step = plan(live, args="--confgi x")
    assert (step.code, "Did you mean --config?" in step.log) == (3, True)
    assert len(live.comments()) == 1


def test_of_the_target_branch_only_gates_are_read(live):
    """Its other options may be of another version, and its files are below another directory."""
    base(live, f"{FAIL}max_deletes: 3\nplan: {{output: json=reports/plan.json}}\n")
    live.write(WEAKER)
    step = plan(live)
    assert (step.code, "1 change is stopped" in step.log) == (4, True), step.log
    base(live, "fail-on: [weakens]\n")
    step = plan(live)
    assert (step.code, "Did you mean fail_on?" in step.log) == (3, True)


@pytest.mark.parametrize(
    "kinds", ["weakens, irreversible", "weakens irreversible", "weakens,\nirreversible,", ", high"]
)
def test_kinds_are_taken_with_commas_and_spaces(live, kinds: str):
    live.write(WEAKER)
    step = plan(live, fail_on=kinds)
    assert step.code == 4, step.log
