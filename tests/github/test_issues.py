"""One issue for each pool that drifts: made, kept up to date, and closed only when there is nothing left for sure."""

from __future__ import annotations

import json
import re

import pytest

from reconciler.github import marker, pool_reports, tickets
from tests.github.conftest import TREE
from tests.github.fake import Fault

LABEL = "poolctl-drift"
KEY = "123456789012/eu-west-1/customers"
WHO = {
    "principal": "role/Admin (jane)",
    "event": "UpdateGroup",
    "time": "2026-11-24T14:02:00Z",
    "event_id": "e-1",
    "source_address": "192.0.2.7",
    "console": True,
    "ours": False,
}


def ident(n: int) -> str:
    return f"poolctl-{n:016x}"


def finding(n: int, **more):
    return {
        "id": ident(n),
        "class": "changed",
        "severity": "error",
        "fails": True,
        "pool": "customers",
        "pool_key": KEY,
        "address": f"customers/groups/g{n}",
        "type": "group",
        "path": "Precedence",
        "wanted": 1,
        "live": 9,
        "sensitive": False,
        "source": {"file": "pools/m.yaml", "line": 7, "column": 3},
        "attribution": None,
        **more,
    }


def gap(n: int, key: str = KEY):
    return {
        "id": ident(n),
        "pool_key": key,
        "address": "customers/clients",
        "operation": "ListUserPoolClients",
        "reason": "AccessDenied: not\nallowed @ops",
        "iam_action": "cognito-idp:ListUserPoolClients",
    }


def refusal(n: int):
    told = {"rule": "ambiguous", "message": "Two pools have this name.", "advice": "Pin its id.", "source": None}
    return {"id": ident(n), "pool_key": KEY, "address": "customers/user_pool", "path": "", **told}


def expired(n: int):
    source = {"file": "pools/m.yaml", "line": 3, "column": 1}
    return {
        "id": ident(n),
        "pool_key": KEY,
        "message": "The rule for clients/x expired on 2026-01-01.",
        "source": source,
    }


def pool(key: str = KEY, *, complete: bool = True):
    account, region, name = key.split("/", 2)
    return {
        "key": key,
        "name": name,
        "id": "eu-west-1_x",
        "account": account,
        "region": region,
        "manifest": "pools/m.yaml",
        "complete": complete,
        "summary": {},
    }


def report(*entries, pools=None, known=()):
    findings = [e for e in entries if "fails" in e]
    gaps = [e for e in entries if "operation" in e]
    refusals = [e for e in entries if "rule" in e]
    late = [e for e in entries if e not in findings + gaps + refusals]
    complete = not gaps and not refusals
    return {
        "format_version": "1.0",
        "complete": complete,
        "pools": pools or [pool(complete=complete)],
        "findings": findings,
        "known": list(known),
        "refusals": refusals,
        "expired": late,
        "notices": [],
        "coverage": {"complete": complete, "gaps": gaps},
        "summary": {},
    }


class Watch:
    """Runs the step on reports."""

    def __init__(self, place) -> None:
        self.place = place
        self.github = place.github

    def __call__(self, *reports, code: int = 0, **inputs):
        files = []
        for i, tree in enumerate(reports):
            files.append(self.place.directory / f"r{i}.json")
            files[-1].write_text(json.dumps(tree))
        self.github.seen.clear()
        step = self.place.step("issues", *map(str, files), event="schedule", **inputs)
        assert step.code == code, step.log
        return step

    @property
    def open(self):
        return [i for i in self.github.issues.values() if i["state"] == "open"]


@pytest.fixture
def watch(place):
    return Watch(place)


def test_an_issue_is_opened_with_its_label(watch, github):
    watch(report(finding(1, attribution=WHO), finding(2, **{"class": "unmanaged", "path": "", "wanted": None})))
    (issue,) = watch.open
    assert issue["title"] == f"Drift: {KEY}"
    assert [n["name"] for n in issue["labels"]] == [LABEL] == list(github.labels)
    assert issue["body"] == (
        f"<!-- poolctl drift pool={KEY} -->\n"
        f"<!-- poolctl drift-ids ids={ident(1)},{ident(2)} -->\n"
        "\n"
        f"Pool `{KEY}`, declared in `pools/m.yaml`: **2 findings (1 changed, 1 unmanaged)**.\n"
        "\n"
        "poolctl keeps this text up to date, and closes the issue when there is no drift left.\n"
        "\n"
        "- **changed** `customers/groups/g1.Precedence` differs from the manifest (`pools/m.yaml:7`)\n"
        "  - manifest: `1`\n"
        "  - live: `9`\n"
        "  - by `role/Admin (jane)`: `UpdateGroup` through the console from `192.0.2.7` at 2026-11-24T14:02:00Z "
        "(event `e-1`)\n"
        f"  - `{ident(1)}`\n"
        "\n"
        "- **unmanaged** `customers/groups/g2` is live, but not declared by any manifest (`pools/m.yaml:7`)\n"
        "  - live: `9`\n"
        f"  - `{ident(2)}`\n"
    )
    assert github.writes == ["POST /repos/octo/pools/labels", "POST /repos/octo/pools/issues"]


def effect(direction: str = "weakens", risk: str = "high"):
    impact = {"who": "members of *this* group", "tokens": None, "reversible": True, "undo": None, "facts": []}
    found = {"path": "Precedence", "below": [], "direction": direction, "risk": risk, "sentence": "Its role wins."}
    return {**found, "impact": impact, "rules": ["CHG19"]}


def test_what_weakens_comes_first_with_who_did_it(watch, github):
    calm, worse = finding(1), finding(2, effects=[effect()], direction="weakens", attribution=WHO)
    watch(report(calm, worse, finding(3, effects=[effect("mixed", "low")], direction="mixed")))
    (issue,) = watch.open
    body = issue["body"]
    assert "> [!CAUTION]\n> 1 weakens, 1 may weaken. It comes first, the worst before the rest.\n" in body
    assert (
        "- **weakens: changed** `customers/groups/g2.Precedence` differs from the manifest (`pools/m.yaml:7`)\n"
        "  - Its role wins. Touches members of \\*this\\* group. It can be undone.\n"
        "  - by `role/Admin (jane)`: `UpdateGroup` through the console from `192.0.2.7` at 2026-11-24T14:02:00Z "
        "(event `e-1`)\n"
        "  - manifest: `1`\n"
    ) in body
    assert [re.search(r"g\d", line)[0] for line in body.splitlines() if line.startswith("- **")] == ["g2", "g3", "g1"]


def test_new_findings_that_weaken_are_named_first(watch, github):
    watch(report(finding(9)))
    watch(report(finding(1), finding(2, effects=[effect()], direction="weakens", attribution=WHO), finding(9)))
    (issue,) = watch.open
    (said,) = github.said(issue["number"])
    first, second = said.splitlines()[-2:]
    assert first.startswith(
        f"- `{ident(2)}` **weakens: changed** `customers/groups/g2.Precedence` by `role/Admin (jane)`"
    )
    assert second == f"- `{ident(1)}` **changed** `customers/groups/g1.Precedence`"


@pytest.mark.parametrize("wrong", [{"direction": "sideways"}, {"impact": {}}, {"rules": None}])
def test_a_report_whose_effects_are_none_is_no_report(watch, github, wrong):
    watch(report(finding(1, effects=[{**effect(), **wrong}])), code=3)
    assert github.writes == []


def test_unchanged_is_not_written(watch, github):
    watch(report(finding(1)))
    step = watch(report(finding(1)))
    assert github.writes == []
    assert "nothing new in issue" in step.log


def test_no_drift_opens_nothing(watch, github):
    watch(report())
    watch(report(finding(1, fails=False, severity="note")))
    assert github.writes == []


def test_a_value_that_changes_again_updates_the_text_and_tells_nobody(watch, github):
    watch(report(finding(1)))
    watch(report(finding(1, live=10)))
    (issue,) = watch.open
    assert "live: `10`" in issue["body"]
    assert [w.split()[0] for w in github.writes] == ["PATCH"]
    assert github.said(issue["number"]) == []


def test_new_findings_are_named_in_a_comment(watch, github):
    watch(report(finding(1)))
    watch(report(finding(1), finding(2), gap(3), refusal(4), expired(5)))
    (issue,) = watch.open
    assert github.said(issue["number"]) == [
        (
            "<!-- poolctl drift-note run=4711.1 -->\n"
            "4 new since the last run:\n\n"
            f"- `{ident(2)}` **changed** `customers/groups/g2.Precedence`\n"
            f"- `{ident(3)}` **not read** `customers/clients`\n"
            f"- `{ident(4)}` **refused** `customers/user_pool`\n"
            f"- `{ident(5)}` **expired** The rule for clients/x expired on 2026-01-01."
        )
    ]
    for words in (
        "**2 findings (2 changed), 1 refusal, 1 read failed, 1 ignore rule expired**",
        "**Incomplete:**",
        (
            "- **not read** `customers/clients`: `ListUserPoolClients`: AccessDenied: not allowed &#64;ops. "
            "It needs the IAM action `cognito-idp:ListUserPoolClients`."
        ),
        "- **refused** `customers/user_pool`: Two pools have this name. Pin its id.\n",
        "- **expired** The rule for clients/x expired on 2026-01-01. (`pools/m.yaml:3`)\n",
    ):
        assert words in issue["body"], issue["body"]


def test_a_finding_that_goes_is_no_news(watch, github):
    watch(report(finding(1), finding(2)))
    watch(report(finding(2)))
    (issue,) = watch.open
    assert github.said(issue["number"]) == []
    assert ident(1) not in issue["body"]


def test_it_is_closed_when_there_is_nothing_left_and_opened_anew(watch, github):
    watch(report(finding(1)))
    (first,) = watch.open
    watch(report(finding(7, fails=False)))
    assert (first["state"], first["state_reason"]) == ("closed", "completed")
    assert github.said(first["number"])[0].endswith("No drift: everything was read, and nothing differs.")
    watch(report(finding(1)))
    assert [i["number"] for i in watch.open] != [first["number"]]
    assert len(watch.open) == 1
    assert first["state"] == "closed"


@pytest.mark.parametrize("left", [gap(3), refusal(4), expired(5)], ids=["gap", "refusal", "expired"])
def test_what_could_not_be_read_or_judged_keeps_it_open(watch, left):
    watch(report(finding(1)))
    watch(report(left))
    (issue,) = watch.open
    assert left["id"] in issue["body"]


def test_a_pool_that_is_not_complete_keeps_it_open_without_a_reason(watch):
    watch(report(finding(1)))
    step = watch(report(pools=[pool(complete=False)]))
    assert len(watch.open) == 1
    assert "stays open" in step.log


def test_findings_that_a_report_leaves_out_as_known_keep_it_open(watch):
    watch(report(finding(1)))
    watch(report(known=[ident(1)]))
    assert len(watch.open) == 1


def test_a_gap_alone_opens_one(watch):
    watch(report(gap(3)))
    assert "**1 read failed**" in watch.open[0]["body"]


def test_pools_that_no_report_speaks_of_are_left_alone(watch, github):
    other = "123456789012/eu-west-1/other"
    watch(report(finding(1), finding(2, pool_key=other), pools=[pool(), pool(other)]))
    assert len(watch.open) == 2
    watch(report())
    assert [marker.read(i["body"], "poolctl drift")[0]["pool"] for i in watch.open] == [other]


def test_shards_are_put_together(watch, github):
    other = "123456789012/eu-west-1/other pool"
    one, two = report(finding(1)), report(finding(2, pool_key=other), pools=[pool(other)])
    watch(one, two)
    keys = [marker.read(i["body"], "poolctl drift")[0]["pool"] for i in watch.open]
    assert keys == [KEY, other]
    watch(one, two, two)
    assert github.writes == []
    watch(report(), report(gap(3, other), pools=[pool(other, complete=False)]))
    assert [ident(3) in i["body"] for i in watch.open] == [True]


def test_forged_foreign_and_unlabelled_issues_are_not_ours(watch, github):
    head = f"<!-- poolctl drift pool={KEY} -->\nx"
    kept = [
        github.issue(head, author="mallory", labels=(LABEL,)),
        github.issue(f"Quoted\n{head}", labels=(LABEL,)),
        github.issue(head, labels=("bug",)),
        github.issue(head, labels=(LABEL,), pull_request={}),
    ]
    before = json.dumps(kept)
    watch(report(finding(1)))
    assert len(watch.open) == 5
    assert json.dumps(kept) == before
    watch(report())
    assert len(watch.open) == 4


def test_two_issues_of_a_race_become_one(watch, github):
    watch(report(finding(1)))
    (first,) = watch.open
    github.issue(first["body"], labels=(LABEL,))
    watch(report(finding(1)))
    assert [i["number"] for i in watch.open] == [first["number"]]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [0, 502])
def test_a_lost_answer_opens_no_second_one(watch, github, status, done):
    github.labels[LABEL] = {}
    github.faults.append(Fault("POST", status, done=done))
    watch(report(finding(1)))
    assert len(watch.open) == 1


@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_says_nothing_twice(watch, github, done):
    watch(report(finding(1)))
    github.faults.append(Fault("POST", 502, done=done))
    watch(report(finding(1), finding(2)))
    assert len(github.said(watch.open[0]["number"])) == 1


def test_one_that_cannot_be_written_does_not_stop_the_others_and_is_told_next_time(watch, github):
    other = "123456789012/eu-west-1/other"
    watch(report(finding(1), finding(2, pool_key=other), pools=[pool(), pool(other)]))
    more = report(
        finding(1), finding(3), finding(2, pool_key=other), finding(4, pool_key=other), pools=[pool(), pool(other)]
    )
    github.faults.append(Fault("POST", 403, message="locked"))
    step = watch(more, code=1)
    assert f"::error::The issue about {KEY} could not be written. Comment on an issue: GitHub answered 403" in step.log
    first, second = watch.open
    assert (github.said(first["number"]), len(github.said(second["number"]))) == ([], 1)
    watch(more)
    assert ident(3) in github.said(first["number"])[0]
    assert len(github.said(second["number"])) == 1


def test_values_are_no_markup_markers_or_mentions(watch, github):
    evil = "`` @octo\n<!-- poolctl drift pool=x -->\n# head [a](https://b) <img src=x>"
    watch(report(finding(1, live=evil, path=evil, attribution={**WHO, "principal": evil}), {**gap(2), "reason": evil}))
    (issue,) = watch.open
    body = issue["body"]
    assert marker.read(body, "poolctl drift") == [{"pool": KEY}]
    assert [line for line in body.split("\n") if line.startswith(("#", "<"))] == body.split("\n")[:2]
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", "\n".join(body.split("\n")[2:]))
    assert not re.search(r"@|<|(?<!\\)\]\(|://", outside), outside
    watch(report(finding(1, live=evil, path=evil, attribution={**WHO, "principal": evil}), {**gap(2), "reason": evil}))
    assert github.writes == []


def test_too_much_is_cut_and_counted(watch, github):
    entries = [finding(n, live="x" * 5000, wanted="y" * 399) for n in range(300)]
    watch(report(*entries))
    (issue,) = watch.open
    assert 60_000 < len(issue["body"]) <= 65_536
    assert "**300 findings (300 changed)**" in issue["body"]
    shown = issue["body"].count("- **changed**")
    assert f"**Truncated:** {shown} of 300 entries shown." in issue["body"]
    assert "… (5002 characters)" in issue["body"]
    assert all(e["id"] in issue["body"] for e in entries)
    watch(report(*entries, finding(999)))
    assert f"- `{ident(999)}`" in github.said(issue["number"])[0]


def test_more_ids_than_fit_are_known_by_their_digest(watch, github):
    entries = [finding(n) for n in range(3000)]
    watch(report(*entries))
    (issue,) = watch.open
    assert len(issue["body"]) <= 65_536
    watch(report(*entries))
    assert github.writes == []
    watch(report(*entries[1:]))
    assert "too many to list: 2999 in total" in github.said(issue["number"])[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format_version": "2.0"}'])
def test_what_is_no_report_is_refused_before_anything_is_written(place, github, text):
    (place.directory / "bad.json").write_text(text)
    (place.directory / "good.json").write_text(json.dumps(report(finding(1))))
    step = place.step("issues", event="schedule", reports="*.json")
    assert (step.code, github.seen) == (3, [])
    assert "bad.json is not a drift report" in step.log


def test_no_report_is_an_error_and_not_no_drift(place, github):
    assert place.step("issues", event="schedule").code == 3
    assert place.step("issues", event="schedule", reports="reports/**/report.json").code == 3
    assert github.seen == []


# --- with the real report ---


def test_drift_of_a_real_pool_from_finding_to_close(live, github):
    live.boto(lambda idp, pool: idp.create_group(UserPoolId=pool, GroupName="late"))
    step = live.step("drift", event="schedule", args="--shard 1/1")
    assert step.code == 0, step.log
    assert (step.outputs["exit-code"], step.outputs["changes"]) == ("2", "true")
    assert "poolctl drift" in step.summary
    assert "::warning file=pools/m.yaml" in step.log
    (issue,) = github.issues.values()
    assert issue["title"] == "Drift: 123456789012/eu-west-1/customers"
    assert "- **unmanaged** `customers/groups/late` is live, but not declared by any manifest" in issue["body"]
    writes = len(github.writes)
    live.step("drift", event="schedule")
    assert len(github.writes) == writes
    live.boto(lambda idp, pool: idp.delete_group(UserPoolId=pool, GroupName="late"))
    step = live.step("drift", event="schedule")
    assert (step.code, step.outputs["changes"], issue["state"]) == (0, "false", "closed")


def test_a_pool_that_cannot_be_told_keeps_its_issue_and_fails_the_run(live, github):
    live.boto(lambda idp, pool: idp.create_group(UserPoolId=pool, GroupName="late"))
    live.step("drift", event="schedule")
    live.boto(lambda idp, pool: idp.create_user_pool(PoolName="customers"))
    step = live.step("drift", event="schedule")
    assert (step.code, step.outputs["exit-code"]) == (4, "4")
    (issue,) = github.issues.values()
    assert issue["state"] == "open"
    assert "- **refused**" in issue["body"]


def test_drift_without_issues_and_one_that_fails(live, github):
    live.write({**TREE, "user_pool": {"PoolNam": "x"}})
    step = live.step("drift", event="schedule", issues="false")
    assert (step.code, github.seen, step.outputs["report"]) == (3, [], "")
    assert "## poolctl drift failed" in step.summary
    assert "PoolNam" in step.summary


def test_long_values_of_a_finding_show_where_they_differ():
    role = "arn:aws:iam::123456789012:role/" + "department-" * 60
    found = finding(1, wanted=[f"{role}finance-reader"], live=[f"{role}finance-admin-full-access"])
    shown = tickets._finding(found)
    assert "finance-reader" in shown
    assert "finance-admin-full-access" in shown


def test_reports_of_the_parts_of_a_pool_are_put_together(tmp_path):
    def report(n: int, *names: str) -> str:
        parts = [{"name": name, "manifest": f"{name}/pool.yaml"} for name in names]
        of = {**pool(), "manifest": parts[0]["manifest"], "parts": parts}
        lists = {"refusals": [], "expired": [], "known": [], "coverage": {"gaps": []}}
        file = tmp_path / f"{n}.json"
        tree = {"format_version": "1.0", "pools": [of], "findings": [finding(n)], **lists}
        file.write_text(json.dumps(tree))
        return str(file)

    [found] = pool_reports.pools([report(1, "platform", "web"), report(2, "orders")])
    assert found.manifests == ("platform/pool.yaml", "web/pool.yaml", "orders/pool.yaml")
    assert found.ids == [ident(1), ident(2)]
