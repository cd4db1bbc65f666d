"""A manifest that weakens a pool in fourteen ways is seen for what it is, first, in every format for people."""

from __future__ import annotations

import io
import json
import re

import pytest

from reconciler.cli.entry import main
from tests.cli.support import Terminal, run
from tests.security import weakening
from tests.security.weakening import AFTER, ALARMS, ENVIRON

TALLY = "8 weaken, 6 may weaken"


def marked(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("!!")]


def test_only_directions_say_how_bad_it_is(weakened):
    ran = weakening.planned("json")
    tree = json.loads(ran.out)
    assert ran.code == 0
    actions = [c["change"]["actions"] for c in tree["resource_changes"]]
    assert [a for a in actions if a != ["no-op"]] == [["update"]] * 7


@pytest.mark.parametrize(("form", "suffix"), [("human", "txt"), ("markdown", "md"), ("github", "github.txt")])
def test_letter_by_letter(weakened, form: str, suffix: str):
    weakening.check(f"weakening.{suffix}", weakening.planned(form).out)


# --- people at a terminal ------------------------------------------------------------------------------------------


def test_the_plan_begins_with_one_entry_for_each(weakened):
    text = weakening.planned("human").out
    lines = text.splitlines()
    assert lines[0].startswith("Pool customers")
    assert lines[2].startswith("!! ")
    assert len(marked(text)) == ALARMS
    assert max(i for i, line in enumerate(lines) if line.startswith("!!")) < lines.index(
        next(line for line in lines if line.startswith("  # "))
    )
    assert f"Plan: 0 to add, 7 to change, 0 to destroy. {TALLY}.\n" in text


def test_each_entry_says_what_from_to_whom_and_whether_it_can_be_undone(weakened):
    lines = weakening.planned("human").out.splitlines()
    entries = [(line, lines[i + 1]) for i, line in enumerate(lines) if line.startswith("!!")]
    for head, body in entries:
        assert re.fullmatch(r"!! \S+ \S+: .+    fixtures/weakening-after\.yaml:\d+", head), head
        assert re.match(r"   \S.+\. Touches [^.]+\. ", f"{body} "), body
        assert ("It can be undone." in body) != ("It cannot be fully undone." in body), body


def test_a_saved_plan_begins_the_same_way(weakened, tmp_path):
    saved = str(tmp_path / "plan.json")
    planned = run("plan", "--out", saved, AFTER, environ=ENVIRON)
    shown = run("show", saved)
    assert marked(shown.out) == marked(planned.out)
    assert len(marked(shown.out)) == ALARMS
    assert TALLY in shown.out


def test_the_question_of_apply_repeats_how_many_weaken(weakened):
    out, err = io.StringIO(), io.StringIO()
    code = main(["apply", AFTER], stdin=Terminal("no\n"), stdout=out, stderr=err, environ=ENVIRON)
    assert code == 1
    assert len(marked(out.getvalue())) == ALARMS
    question = err.getvalue().partition("Apply these changes to\n")[2]
    assert question.startswith(f"  customers (account 123456789012, eu-west-1): {TALLY}\n")


def test_the_result_of_apply_says_how_much_of_it_weakens(weakened):
    ran = run("apply", "--yes", AFTER, environ=ENVIRON)
    assert ran.code == 0, ran.err
    assert f"Apply complete! Resources: 0 added, 7 changed, 0 destroyed. {TALLY}.\n" in ran.out
    again = weakening.planned("human")
    assert marked(again.out) == []
    assert " weaken" not in again.out


def test_drift_towards_a_weaker_pool_begins_the_same_way(weakened):
    assert run("apply", "--quiet", "--yes", AFTER, environ=ENVIRON).code == 0
    ran = run("drift", weakening.BEFORE, environ=ENVIRON)
    assert ran.code == 2
    assert len(marked(ran.out)) == ALARMS
    assert ran.out.splitlines()[1].startswith("!! ")
    assert f"{TALLY}." in ran.out.splitlines()[-1]
