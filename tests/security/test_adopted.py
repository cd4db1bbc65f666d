"""A pool that was adopted with a minimal export is guarded from the first day: drift and plan say what weakens it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cloud.port import ReadOnly
from reconciler.drift.attribution import Trail, attribute
from reconciler.drift.findings import Criteria
from reconciler.kinds import READS
from reconciler.local import LocalCognito
from reconciler.model import Drift
from reconciler.notify import slack
from reconciler.notify.batch import batch
from reconciler.render import formats
from reconciler.render.subjects import USUAL
from reconciler.runs.drift_run import compared, exit_code
from tests.cli.support import run
from tests.engine.test_drift import FakeTrail
from tests.notify.support import serving
from tests.render.through_door import human_drift, json_drift, result
from tests.security import adopted
from tests.security.adopted import MALLORY, MEMBERS, WEAKENED
from tests.security.weakening import ENVIRON
from tests.support import Bench, manifest

TALLY = f"{len(WEAKENED)} weaken"


def marked(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("!!")]


def attributed(local: LocalCognito, file: str, trail: FakeTrail) -> Drift:
    """Compare on a connection that cannot write, and ask a CloudTrail who it was."""
    here = Bench(local)
    document = manifest(Path(file).parent, Path(file).read_text(encoding="utf-8"), name=Path(file).name)
    cloud = ReadOnly(here.cloud, READS | {("sts", "GetCallerIdentity")})
    found = compared(document, cloud, Criteria())
    return attribute(found.drift, found.subjects, Trail(trail, clock=here.clock, sleep=here.clock.sleep))


def test_as_it_was_adopted_it_has_neither_drift_nor_anything_weak(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    assert run("drift", file, environ=ENVIRON).code == 0
    ran = run("plan", file, environ=ENVIRON)
    assert "No changes. Your user pools match the manifests.\n" in ran.out
    assert "weaken" not in ran.out


def test_drift_begins_with_all_that_was_weakened_and_ends_with_2(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    adopted.weaken(local)
    ran = run("drift", file, environ=ENVIRON)
    assert (ran.code, ran.last) == (2, "exit 2 (changes)")
    places = sorted(line.split(" not ")[0].removeprefix("!! ") for line in marked(ran.out))
    assert places == sorted(WEAKENED)
    assert ran.out.splitlines()[1].startswith("!! user_pool LambdaConfig.UserMigration not declared: unset -> ")
    assert ran.out.rindex("\n!! ") < ran.out.index("\n  ? ")
    assert ran.out.endswith(f" {TALLY}.\n")


def test_each_is_attributed_where_it_is_named(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    found = attributed(local, file, adopted.weaken(local))
    assert exit_code([found], zero=False) == 2
    assert all(f.fails and f.severity == "error" for f in found.findings)
    lines = human_drift([found]).splitlines()
    entries = [lines[i : i + 3] for i, line in enumerate(lines) if line.startswith("!!")]
    assert len(entries) == len(WEAKENED)
    for head, _, by in entries:
        operation = {"user_pool": "UpdateUserPool", "clients/web": "UpdateUserPoolClient"}.get(head.split()[1])
        assert by.startswith(f"   by {MALLORY}: {operation or 'CreateIdentityProvider'} "), by


@pytest.mark.parametrize("form", ["markdown", "github"])
def test_the_other_formats_begin_with_it_too_and_say_who(local, tmp_path, form: str):
    file = adopted.adopted(local, tmp_path)
    found = attributed(local, file, adopted.weaken(local))
    text = formats.drift(result([found]), USUAL)[form](False)
    marks = {"markdown": "> - ", "github": "::error "}
    lines = [line for line in text.splitlines() if line.startswith(marks[form])]
    assert len(lines) == len(WEAKENED)
    assert all("mallory" in line for line in lines)
    assert "rogue-secret-canary" not in text
    if form == "markdown":
        assert text.index("[!CAUTION]") < text.index(f"{TALLY}.") < text.index("<details open>")
        assert text.count("<details open>") == len(WEAKENED)


def test_every_receiver_gets_them_the_worst_first(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    adopted.weaken(local)
    with serving() as server:
        ran = run("drift", "--notify", "webhook=env:HOOK", file, environ={**ENVIRON, "HOOK": server.url})
    assert ran.code == 2, ran.err
    (request,) = server.requests
    found = json.loads(request.body)["findings"]
    assert len(found) == len(WEAKENED)
    assert {f["direction"] for f in found} == {"weakens"}
    assert found[0]["path"] == "LambdaConfig.UserMigration"


def test_a_message_says_who_weakened_each(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    found = attributed(local, file, adopted.weaken(local))
    ((_, payload),) = slack.messages(batch(json.loads(json_drift([found]))))
    assert payload["text"].startswith(f"poolctl: {TALLY}: 8 new findings in shop")
    sections = [b["text"]["text"].splitlines() for b in payload["blocks"] if b["type"] == "section"]
    assert len(sections) == len(WEAKENED)
    for head, _, _, by, *_ in sections:
        assert head.startswith("*weakens (")
        assert by.startswith(f"by `{MALLORY}: ")


def test_a_plan_says_how_many_undeclared_members_weaken_and_which(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    adopted.weaken(local)
    ran = run("plan", "--detailed-exitcode", file, environ=ENVIRON)
    assert ran.code == 0
    assert marked(ran.out) == []  # the plan changes nothing
    (line,) = (one for one in ran.out.splitlines() if one.startswith("7 undeclared members differ"))
    head, _, names = line.partition(f". {len(MEMBERS)} weaken: ")
    assert head == "7 undeclared members differ from Cognito's defaults"
    assert sorted(names.partition(". poolctl drift shows them.")[0].split(", ")) == sorted(MEMBERS)
    assert ran.out.endswith("No changes. Your user pools match the manifests. Undeclared members: 7 weaken.\n")


@pytest.mark.parametrize("form", ["markdown", "github"])
def test_a_pull_request_says_it_too(local, tmp_path, form: str):
    file = adopted.adopted(local, tmp_path)
    adopted.weaken(local)
    text = run("plan", "-o", form, file, environ=ENVIRON).out.replace("\\_", "_")
    said = "that differ from Cognito's defaults: 7, 7 weaken"
    assert said in text
    assert all(name in text[text.index(said) :] for name in MEMBERS)
    assert form == "github" or "> [!CAUTION]" in text


def test_what_is_neither_declared_nor_weak_is_one_quiet_line(local, tmp_path):
    file = adopted.adopted(local, tmp_path)
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = (p["Id"] for p in idp.list_user_pools(MaxResults=60)["UserPools"])
    strong = {"MinimumLength": 20, **dict.fromkeys(adopted.FLAGS, True)}
    idp.update_user_pool(UserPoolId=pool, Policies={"PasswordPolicy": strong})
    ran = run("plan", file, environ=ENVIRON)
    said = "1 undeclared member differs from Cognito's defaults, and none weakens. poolctl drift shows it."
    assert said in ran.out.splitlines()
    assert ran.out.endswith("No changes. Your user pools match the manifests.\n")
    assert "CAUTION" not in run("plan", "-o", "markdown", file, environ=ENVIRON).out
    assert run("drift", file, environ=ENVIRON).code == 0
    assert json.loads(run("drift", "-o", "json", file, environ=ENVIRON).out)["drifted"] is False
