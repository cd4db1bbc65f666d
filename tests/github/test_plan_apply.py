"""From the pull request to the pool: what is shown is what is applied, and whatever is doubtful is not."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest

from reconciler.github import marker
from tests.github.conftest import HEAD, MERGE, PULL, SECRET, TREE
from tests.github.fake import BOT, TOKEN, Fault

DIGEST = re.compile(r"digest=(sha256:[0-9a-f]{64}) truncated=(true|false) -->")


def changed(precedence: int = 2):
    return {**TREE, "groups": {"admins": {"Precedence": precedence}}}


def merge(place, **more):
    place.github.merged(MERGE, PULL, head={"sha": HEAD}, **more)


def refused(place, before):
    """That nothing was applied, and AWS not even asked."""
    assert [argv for argv in place.ran if argv[0] == "apply"] == []
    assert place.state() == before


# --- the comment ---


def test_a_plan_becomes_one_comment_which_the_next_plan_updates(live, github):
    others = [
        github.comment(
            PULL, "<!-- poolctl-action key=.:pools: commit=x -->\n<!-- poolctl plan digest=x -->", "mallory"
        ),
        github.comment(PULL, "Looks good\n<!-- poolctl-action key=.:pools: commit=x -->"),
        github.comment(99, "<!-- poolctl-action key=.:pools: commit=x -->"),
    ]
    before = copy.deepcopy(others)
    live.write(changed())
    step = live.plan()
    assert step.code == 0, step.log
    first = live.comments()[-1]
    lines = first.split("\n")
    assert lines[0] == f"<!-- poolctl-action key=.:pools: commit={HEAD} -->"
    assert lines[1].startswith("<!-- poolctl plan targets=123456789012/eu-west-1/customers digest=sha256:")
    assert lines[2] == "## poolctl plan"
    assert "Precedence = 2" in first
    assert first.endswith(f"<sub>Planned at commit {HEAD[:12]} by [this run]({RUN_URL}).</sub>")
    digest = DIGEST.search(first)[1]
    wanted = {"exit-code": "2", "changes": "true", "digest": digest, "truncated": "false"}
    assert wanted.items() <= step.outputs.items()
    assert json.loads(Path(step.outputs["plan-file"]).read_text())["digest"] == digest
    made = step.outputs["comment-id"]
    live.write(changed(3))
    again = live.plan()
    assert again.outputs["comment-id"] == made
    assert "Precedence = 3" in github.comments[int(made)]["body"]
    assert len(live.comments()) == 2
    assert [github.comments[c["id"]] for c in before] == before
    assert github.writes == [
        f"POST /repos/octo/pools/issues/{PULL}/comments",
        f"PATCH /repos/octo/pools/issues/comments/{made}",
    ]
    live.plan()
    assert len(github.writes) == 2


RUN_URL = "https://github.example/octo/pools/actions/runs/4711"


def test_nothing_to_change_is_a_plan_too(live):
    step = live.plan()
    assert (step.code, step.outputs["exit-code"], step.outputs["changes"]) == (0, "0", "false")
    assert DIGEST.search(live.comments()[0])


def test_summary_and_log(live):
    live.write({**changed(), "groups": {"admins": {"Precedence": 2, "Description": "x\n::set-output name=a::b"}}})
    step = live.plan()
    assert "## poolctl plan" in step.summary
    assert f"start the apply workflow with `expect`: `{step.outputs['digest']}`" in step.summary
    lines = step.log.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("::stop-commands::"))
    end = lines.index(f"::{lines[start].removeprefix('::stop-commands::')}::")
    assert any("Plan: 0 to add, 1 to change" in line for line in lines[start:end])


def test_annotations_are_for_the_runner(live):
    live.write({**TREE, "user_pool": {"PoolName": "customers", "UsernameAttributes": ["email"]}})
    lines = live.plan().log.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("::error file=pools/m.yaml,line="))
    assert re.fullmatch(r"::[0-9a-f]{32}::", lines[at - 1])


def test_two_comments_of_a_race_become_one(live, github):
    head = "<!-- poolctl-action key=.:pools: commit=x -->"
    older, newer = github.comment(PULL, f"{head}\nold"), github.comment(PULL, f"{head}\nnew")
    assert live.plan().outputs["comment-id"] == str(older["id"])
    assert newer["id"] not in github.comments
    assert len(live.comments()) == 1


def test_workflows_with_different_keys_have_a_comment_each(live):
    live.plan()
    live.plan(key="other -- key")
    live.plan(args="--env=prod")  # there is no overlay, so it fails, in a comment of its own
    assert len(live.comments()) == 3
    assert len({body.split("\n")[0] for body in live.comments()}) == 3
    live.plan(key="other -- key")
    assert len(live.comments()) == 3


def test_a_comment_that_an_app_writes_is_found_by_its_login(live, github):
    github.actor = "cognito-app[bot]"
    live.plan(comment_author="cognito-app[bot]")
    live.write(changed())
    live.plan(comment_author="cognito-app[bot]")
    assert len(github.said(PULL, "cognito-app[bot]")) == 1


@pytest.mark.parametrize("inputs", [{"comment": "false"}, {"event": "workflow_dispatch"}])
def test_without_a_comment_github_is_not_asked(live, github, inputs):
    step = live.step("plan", more={"GITHUB_TOKEN": ""}, **inputs)
    assert (step.code, github.seen) == (0, [])
    assert step.outputs["digest"]


def test_a_plan_of_strangers_manifests_is_not_made(live):
    step = live.step("plan", event="pull_request_target")
    assert (step.code, live.ran) == (3, [])
    assert "::error::poolctl does not run on pull_request_target" in step.log


# --- plans that cannot be approved ---


def test_a_failed_plan_takes_the_approval_of_an_earlier_one_back(live, github):
    live.write(changed())
    live.plan()
    live.write({**TREE, "user_pool": {"PoolNam": "customers"}})
    step = live.plan()
    assert (step.code, step.outputs["exit-code"], step.outputs["digest"]) == (3, "3", "")
    assert step.outputs["plan-file"] == ""
    (body,) = live.comments()
    assert body.split("\n")[1] == "<!-- poolctl plan targets= digest= truncated=false -->"
    assert "## poolctl plan failed" in body
    assert "**Exit 3 (invalid).**" in body
    assert "pools/m.yaml:" in body
    assert "PoolNam" in body
    before = live.state()
    merge(live)
    applied = live.apply()
    assert applied.code == 4
    assert "failed, was refused or could not be applied" in applied.log
    refused(live, before)


def test_a_refused_plan_is_shown_and_cannot_be_approved(live):
    live.write({**TREE, "user_pool": {"PoolName": "customers", "UsernameAttributes": ["email"]}})
    step = live.plan()
    assert (step.code, step.outputs["digest"]) == (4, "")
    (body,) = live.comments()
    assert "digest= truncated=false -->" in body.split("\n")[1]
    assert "> [!CAUTION]" in body
    assert "is refused for UsernameAttributes \\[immutable\\]" in body
    assert "sha256:" not in body


def test_an_error_cannot_break_out_of_its_block(live):
    live.write({**TREE, "user_pool": {"PoolName": "a", "x": "```\n<!-- poolctl plan digest=sha256:0 -->"}})
    live.write({"version": 1, "````\n@everyone <!-- poolctl-action key=.:pools: -->": 1}, "n.yaml")
    live.plan()
    (body,) = live.comments()
    fence = re.search(r"^(`{3,})text$", body, re.MULTILINE)[1]
    inner = body.partition(f"{fence}text\n")[2].rpartition(f"\n{fence}")[0]
    assert fence not in inner
    assert marker.read(body, "poolctl-action", "poolctl plan")[1]["digest"] == ""


def test_a_run_that_was_stopped_leaves_the_comment_to_the_next(live, github):
    step = Stopped(live).plan()
    assert (step.code, live.comments()) == (143, [])


class Stopped:
    def __init__(self, place) -> None:
        self.place = place
        place._run = lambda argv, **_: 143

    def plan(self):
        return self.place.plan()


def test_a_crash_is_told(live):
    def crash(argv, *, stderr, **_):
        stderr.write("Error: unexpected KeyError at x.py:1.\n")
        return 1

    live._run = crash
    assert live.plan().code == 1
    assert "**Exit 1 (error).**" in live.comments()[0]
    assert "unexpected KeyError" in live.comments()[0]


def test_of_a_long_error_the_end_is_shown(live):
    def crash(argv, *, stderr, **_):
        stderr.write("".join(f"line {i} of a long story\n" for i in range(9000)))
        return 1

    live._run = crash
    assert live.plan(key="k" * 5000).code == 1
    assert live.plan(key="k" * 5000).code == 1
    (body,) = live.comments()
    assert len(body) < 10_000
    assert "\nline 8999 of a long story\n```" in body
    assert "line 8000 " not in body


# --- a plan that is too long ---


def many():
    groups = {f"group-{i:03}": {"Description": f"{i} " + "long words " * 90} for i in range(300)}
    return {**TREE, "groups": groups, "prune": ["groups"]}


def test_a_long_plan_is_cut_keeps_its_dangers_and_cannot_be_approved(live):
    live.write(many())
    step = live.plan(args="--prune")
    assert step.code == 0, step.log
    (body,) = live.comments()
    assert 55_000 < len(body) <= 65_535
    assert DIGEST.search(body.split("\n")[1])[2] == "true"
    assert "> [!CAUTION]\n> - `groups/admins` **will be destroyed**" in body
    assert "**Truncated:**" in body
    assert "Review the full plan in the summary of the run" in body
    assert step.outputs["truncated"] == "true"
    assert step.summary.split("\n")[0].endswith("truncated=false -->")  # the summary has room for all of it
    assert step.summary.count("<details>") == 301
    assert step.summary.count("<details>") > body.count("<details>")
    assert step.outputs["digest"] in step.summary
    before = live.state()
    merge(live)
    applied = live.apply(args="--prune")
    assert (applied.code, applied.outputs["exit-code"]) == (4, "4")
    assert "was truncated, so it cannot be approved" in applied.log
    refused(live, before)
    assert "was truncated, so it cannot be approved" in live.comments()[-1]
    by_hand = live.apply(args="--prune", expect=step.outputs["digest"])
    assert by_hand.code == 0, by_hand.log
    assert live.boto(lambda idp, pool: len(idp.list_groups(UserPoolId=pool)["Groups"])) > 50


# --- apply ---


def test_what_was_reviewed_is_applied_after_the_merge(live):
    live.write(changed())
    planned = live.plan()
    merge(live)
    step = live.apply()
    assert step.code == 0, step.log
    argv = live.ran[-1]
    assert argv[argv.index("--expect") + 1] == planned.outputs["digest"]
    assert live.boto(precedence) == 2
    assert "Precedence: 1" in Path(step.outputs["rollback-file"]).read_text()
    body = live.comments()[1]
    assert body.startswith(f"<!-- poolctl-action-apply key=.:pools: commit={MERGE} -->\n## poolctl apply\n")
    assert "was updated" in body
    assert body.split("\n", 1)[1] in step.summary
    live.plan()
    live.apply()
    assert len(live.comments()) == 2


def test_the_comment_says_what_a_rollback_does_not_bring_back(live):
    live.write({**TREE, "groups": {"admins": {"Precedence": 2}}, "prune": ["groups"]})
    live.boto(lambda idp, pool: idp.create_group(UserPoolId=pool, GroupName="a_b"))
    live.plan(args="--prune")
    merge(live)
    step = live.apply(args="--prune")
    assert step.code == 0, step.log
    for said in (live.comments()[1], step.summary):
        _, _, back = said.partition("**Going back:** the rollback file has the previous values.")
        assert back.startswith(" Apply it to restore them. It does not bring back:\n\n- ")
        assert "- `customers/groups/a_b`: Who was a member is lost." in back
        assert "admins" not in back.partition("<sub>")[0]


def test_a_comment_about_what_can_be_undone_only_names_the_file(live):
    live.write(changed())
    live.plan()
    merge(live)
    live.apply()
    assert "Apply it to restore them.\n" in live.comments()[1]
    assert "does not bring back" not in live.comments()[1]


def test_a_second_run_after_a_success_says_that_it_is_done(live):
    """A job that is started again, such as by a person who wants to be sure: the digest fits no more, and need not."""
    live.write(changed())
    live.plan()
    merge(live)
    assert live.apply().code == 0
    before = live.state()
    step = live.apply()
    assert (step.code, step.outputs["exit-code"], step.outputs["rollback-file"]) == (0, "0", "")
    assert "::notice::Nothing is left to apply" in step.log
    assert "::error::" not in step.log
    assert "the reviewed plan has been applied already" in live.comments()[-1]
    assert "failed" not in live.comments()[-1]
    assert live.state() == before


def test_a_second_run_is_refused_while_something_is_left(live):
    """A neighbour: after the success somebody changed the pool by hand, so today's plan is another one."""
    live.write(changed())
    live.plan()
    merge(live)
    assert live.apply().code == 0
    live.boto(lambda idp, pool: idp.update_group(UserPoolId=pool, GroupName="admins", Precedence=9))
    assert live.apply().code == 5
    assert live.boto(precedence) == 9


def precedence(idp, pool):
    return idp.get_group(UserPoolId=pool, GroupName="admins")["Group"]["Precedence"]


def test_after_a_change_by_somebody_else_nothing_is_written(live):
    live.write(changed())
    live.plan()
    live.boto(lambda idp, pool: idp.update_group(UserPoolId=pool, GroupName="admins", Precedence=9))
    before = live.state()
    merge(live)
    step = live.apply()
    assert (step.code, step.outputs["exit-code"], step.outputs["rollback-file"]) == (5, "5", "")
    assert live.state() == before
    assert "**Exit 5 (stale).**" in live.comments()[1]
    assert "Plan again" in live.comments()[1]


def test_a_forged_comment_approves_nothing(live, github):
    live.write(changed())
    live.plan(key="mine")
    (body,) = live.comments()
    github.comments.clear()
    github.comment(PULL, body, "mallory")
    github.comment(PULL, f"> quoted\n{body}", BOT)
    before = live.state()
    merge(live)
    step = live.apply(key="mine")
    assert step.code == 4
    assert "There is no plan by github-actions[bot]" in step.log
    refused(live, before)


@pytest.mark.parametrize(
    ("pulls", "said"),
    [
        ([], "belongs to no merged pull request"),
        ([{"merged_at": None}], "belongs to no merged pull request"),
        ([{"base": {"ref": "other"}}], "belongs to no merged pull request"),
        ([{}, {"number": 8}], "Several pull requests were merged as commit"),
    ],
)
def test_it_must_be_clear_what_was_merged(live, pulls, said):
    live.write(changed())
    digest = live.plan().outputs["digest"]
    for pull in pulls:
        merge_with = {"number": PULL, "head": {"sha": HEAD}, **pull}
        live.github.merged(MERGE, **merge_with)
    before = live.state()
    step = live.apply()
    assert (step.code, said in step.log) == (4, True)
    refused(live, before)
    assert live.apply(expect=digest).code == 0


def test_of_several_the_one_whose_merge_it_is_counts(live):
    live.write(changed())
    live.plan()
    live.github.merged(MERGE, 6, merge_commit_sha="b" * 40)
    merge(live)
    assert live.apply().code == 0


def test_two_plans_are_none(live, github):
    live.plan()
    github.comment(PULL, live.comments()[0])
    merge(live)
    assert live.apply().code == 4


def test_a_plan_of_an_older_commit_counts_only_as_long_as_it_fits(live):
    live.write(changed())
    live.plan()
    live.github.merged(MERGE, PULL, head={"sha": "later"})
    step = live.apply()
    assert step.code == 0
    assert "::warning::The plan on pull request #7 is not for its last commit." in step.log


def test_a_failed_write_is_told_with_its_rollback(live):
    live.write({**changed(), "groups": {"admins": {"Precedence": 2}, "zz": {}}})
    live.plan()
    merge(live)
    real = live._run

    def partial(argv, **streams):
        return 6 if argv[0] == "apply" and real(argv, **streams) == 0 else 1

    live._run = partial
    step = live.apply()
    assert step.code == 6
    assert step.outputs["rollback-file"].endswith("rollback.yaml")
    assert "**Exit 6 (partial).**" in live.comments()[1]


def test_a_rollback_file_from_before_is_kept(live):
    live.write(changed())
    live.plan(output_directory="out")
    merge(live)
    (live.directory / "out" / "rollback.yaml").write_text("precious")
    step = live.apply(output_directory="out")
    assert (step.code, step.outputs["rollback-file"]) == (3, "")
    assert (live.directory / "out" / "rollback.yaml").read_text() == "precious"


def test_that_the_result_cannot_be_told_does_not_change_it(live, github):
    live.write(changed())
    live.plan()
    merge(live)
    github.faults.append(Fault("POST", 403, {"X-Accepted-GitHub-Permissions": "pull_requests=write"}))
    step = live.apply()
    assert step.code == 0
    assert "::warning::The result could not be written" in step.log
    assert "The token needs: pull_requests=write." in step.log


# --- secrets ---


def test_manifests_cannot_carry_off_what_the_job_has(live):
    private = {
        "AWS_SECRET_ACCESS_KEY": "canary_aws",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary_oidc",
        "GH_TOKEN": "canary_gh",
    }
    for name in (*private, "GITHUB_TOKEN", "INPUT_ARGS"):
        live.write({**TREE, "groups": {"admins": {"Description": {"$env": name}}}})
        step = live.step("plan", more=private)
        assert (name, step.code) == (name, 3)
        assert "canary_" not in step.log + live.comments()[0]
    assert not {*private, "GITHUB_TOKEN"} & {*live.last_environ}
    assert live.last_environ["OKTA"] == SECRET


@pytest.mark.parametrize(
    "reference", [{"$env": "STAGE"}, {"$file": "/proc/self/environ"}, {"$file": "../../etc/passwd"}]
)
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_no_reference_reads_the_environment_of_the_job_or_files_elsewhere(live, monkeypatch, reference, command):
    monkeypatch.setenv("STAGE", "canary_job")
    live.write({**TREE, "groups": {"admins": {"Description": reference}}})
    step = live.step(command, more={"STAGE": "canary_job"})
    assert step.code == 3
    assert ("may not be read in this run" in step.log) is ("$env" in reference)
    assert "canary_job" not in step.log + step.summary + "".join(live.comments())


def test_what_the_workflow_allows_by_name_is_read_and_not_shown(live):
    live.write({**TREE, "groups": {"admins": {"Description": {"$env": "STAGE"}}}})
    step = live.step("plan", more={"STAGE": "canary_job"}, args="--allow-env STAGE")
    assert (step.code, step.outputs["changes"]) == (0, "true")
    assert "($env STAGE, digest " in live.comments()[0]
    assert "canary_job" not in step.log + step.summary + live.comments()[0]
    live.write({**TREE, "groups": {"admins": {"Description": {"$env": "GITHUB_TOKEN"}}}})
    assert live.step("plan", args="--allow-env GITHUB_TOKEN").code == 3  # what is removed cannot be allowed


def test_a_token_that_is_refused_is_not_repeated(live, github):
    github.faults.append(Fault("GET", 403, message=f"Authorization: Bearer {TOKEN} is not enough"))
    step = live.plan()
    assert step.code == 1
    assert "::error::List comments: GitHub answered 403: Authorization: Bearer *** is not enough" in step.log
    assert step.outputs["digest"]
    assert "comment-id" not in step.outputs


# --- wrong use ---


@pytest.mark.parametrize(
    ("command", "inputs", "said"),
    [
        ("destroy", {}, '"destroy" is not a command'),
        ("plan", {"args": "-- x"}, "`--` is not taken"),
        ("plan", {"args": "--var 'x"}, "args: no closing quotation"),
        ("plan", {"comment": "maybe"}, 'comment: "maybe" is neither true nor false'),
        ("issues", {"label": "a,b", "reports": "r.json"}, "r.json: the report could not be read"),
    ],
)
def test_wrong_inputs_are_named(live, command, inputs, said):
    step = live.step(command, **inputs)
    assert (step.code, live.ran) == (3, [])
    assert said in step.log


def test_without_a_token_it_says_so(live):
    step = live.step("plan", more={"GITHUB_TOKEN": ""})
    assert (step.code, "GITHUB_TOKEN is not set" in step.log) == (3, True)
