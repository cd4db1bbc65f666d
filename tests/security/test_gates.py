"""`--fail-on` and `--allow`: what weakens is refused before anything is written, and passes one case at a time."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from reconciler.cli.entry import main
from reconciler.model import Address, Allowance, Direction, Effect
from reconciler.security.criteria import CRITERIA
from reconciler.security.gates import Gate, GateCase, meets
from tests.cli.support import Terminal, run
from tests.security import weakening
from tests.security.weakening import AFTER, ALARMS, BEFORE, ENVIRON

LINE = re.compile(r"^  --allow (\S+)$", re.MULTILINE)
MFA = "CHG04=mfa.MfaConfiguration"
WRITES = re.compile(r"^(Create|Update|Delete|Set|Put|Add|Admin|Tag|Untag)")


def asked(text: str) -> list[str]:
    """What a refusal says would have to be said."""
    return LINE.findall(text)


def writes(local) -> list[str]:
    return [call.operation for call in local.calls if WRITES.match(call.operation)]


# --- plan ----------------------------------------------------------------------------------------------------------


def test_a_plan_that_weakens_exits_with_4_and_says_what_would_have_to_be_said(weakened, local):
    local.calls.clear()
    ran = weakening.planned("human", "--fail-on", "weakens")
    assert (ran.code, ran.last) == (4, "exit 4 (refused)")
    assert f"Error: {ALARMS} changes are stopped by --fail-on weakens; nothing was written." in ran.err
    assert len(set(asked(ran.err))) == len(asked(ran.err)) == ALARMS
    assert MFA in asked(ran.err)
    assert ran.out == weakening.planned("human").out
    assert writes(local) == []


def test_what_is_asked_for_is_what_lets_all_of_it_pass(weakened):
    lines = asked(weakening.planned("human", "--fail-on", "weakens").err)
    ran = weakening.planned("human", "--fail-on", "weakens", *(word for line in lines for word in ("--allow", line)))
    assert (ran.code, asked(ran.err)) == (0, [])


def test_with_one_allowance_the_other_thirteen_stay_refused(weakened):
    every = asked(weakening.planned("human", "--fail-on", "weakens").err)
    ran = weakening.planned("human", "--fail-on", "weakens", "--allow", MFA)
    assert ran.code == 4
    assert asked(ran.err) == [line for line in every if line != MFA]
    assert len(asked(ran.err)) == ALARMS - 1


@pytest.mark.parametrize(
    ("allow", "left"),
    [
        ("CHG13=identity_providers/Partner", 9),
        ("CHG13=identity_providers/*", 9),
        ("CHG13=identity_providers/Partner.ProviderDetails.*_url", 11),
        ("weakens=user_pool", 11),
        ("weakens=customers/user_pool", 11),
        ("weakens=others/user_pool", 14),
        ("CHG04=mfa", 12),
        ("CHG05=mfa", 14),
        ("irreversible=user_pool", 14),
        ("weakens=customers/*", 0),
    ],
)
def test_an_allowance_means_its_rule_below_its_path(weakened, allow: str, left: int):
    ran = weakening.planned("human", "--fail-on", "weakens", "--allow", allow)
    assert (len(asked(ran.err)), ran.code) == (left, 4 if left else 0)
    assert ("lets nothing pass" in ran.err) == (left == ALARMS)


@pytest.mark.parametrize(
    ("fail_on", "stopped"),
    [("critical", 10), ("high", 14), ("low", 14), ("irreversible", 3), ("irreversible,critical", 11), ("none", 0)],
)
def test_kinds_of_what_is_refused(weakened, fail_on: str, stopped: int):
    ran = weakening.planned("human", "--fail-on", fail_on)
    assert (len(asked(ran.err)), ran.code) == (stopped, 4 if stopped else 0)


def test_the_option_may_be_repeated(weakened):
    one = weakening.planned("json", "--fail-on", "critical", "--fail-on", "irreversible")
    assert json.loads(one.out)["gate"]["fail_on"] == ["critical", "irreversible"]


def test_json_says_what_is_stopped_and_what_passes(weakened):
    tree = json.loads(weakening.planned("json", "--fail-on", "weakens", "--allow", MFA, "--allow", "CHG07=mfa").out)
    gate = tree["gate"]
    assert (tree["applyable"], len(gate["stopped"])) == (False, ALARMS - 1)
    assert gate["stopped"][0] == {
        "address": "customers/user_pool",
        "path": "AdminCreateUserConfig.AllowAdminCreateUserOnly",
        "because": ["weakens"],
        "rules": ["CHG08"],
        "allow": ["CHG08=user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly"],
        "source": {"file": AFTER, "line": 9, "column": 53},
    }
    assert [(a["rule"], a["passes"]) for a in gate["allowed"]] == [
        ("CHG04", ["customers/mfa MfaConfiguration"]),
        ("CHG07", []),
    ]
    assert "gate" not in json.loads(weakening.planned("json").out)


def test_the_page_and_the_stream_say_it_too(weakened):
    words = ("--fail-on", "weakens", "--allow", MFA)
    page = weakening.planned("html", *words).out
    assert f"Stopped by --fail-on weakens: {ALARMS - 1}</h2>" in page
    assert f"<code>--allow {MFA}</code></li>" in page
    assert page.partition("<pre>")[2].partition("</pre>")[0].count("--allow ") == ALARMS - 1
    assert 'class="gate"' not in weakening.planned("html").out
    lines = [json.loads(line) for line in weakening.planned("jsonl", *words).out.splitlines()]
    stopped = [line["diagnostic"] for line in lines if line["@level"] == "error"]
    assert len(stopped) == ALARMS - 1
    assert stopped[0]["detail"] == "--allow CHG08=user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly"


def test_a_plan_that_is_stopped_is_not_saved(weakened, tmp_path: Path):
    file = tmp_path / "plan.json"
    ran = weakening.planned("human", "--fail-on", "weakens", "--out", str(file))
    assert "is stopped and cannot be applied, so it was not saved" in ran.err
    assert not file.exists()


def test_a_pool_that_is_made_weakens_nothing(local):
    assert weakening.planned("human", "--fail-on", "weakens,irreversible,low").code == 0


# --- apply ---------------------------------------------------------------------------------------------------------


def test_an_apply_that_weakens_writes_nothing_and_asks_nothing(weakened, local):
    local.calls.clear()
    out, err = io.StringIO(), io.StringIO()
    words = ["apply", "--fail-on", "weakens", AFTER]
    code = main(words, stdin=Terminal("yes\n"), stdout=out, stderr=err, environ=ENVIRON)
    assert code == 4
    assert "Enter a value" not in err.getvalue()
    assert len(asked(err.getvalue())) == ALARMS
    assert writes(local) == []


def test_an_apply_writes_what_passes(weakened, local):
    lines = asked(weakening.planned("human", "--fail-on", "weakens").err)
    words = [word for line in lines for word in ("--allow", line)]
    ran = run("apply", "--yes", "-o", "json", "--fail-on", "weakens", *words, AFTER, environ=ENVIRON)
    assert ran.code == 0
    assert len(json.loads(ran.out)["gate"]["allowed"]) == ALARMS
    local.calls.clear()
    again = run("apply", "--yes", "--fail-on", "weakens", AFTER, environ=ENVIRON)
    assert (again.code, writes(local)) == (0, [])


def test_a_saved_plan_meets_the_same_gate(weakened, local, tmp_path: Path):
    file = str(tmp_path / "plan.json")
    assert run("plan", "--quiet", "--out", file, AFTER, environ=ENVIRON).code == 0
    local.calls.clear()
    ran = run("apply", "--fail-on", "weakens", "--allow", MFA, file, environ=ENVIRON)
    assert (ran.code, len(asked(ran.err)), writes(local)) == (4, ALARMS - 1, [])


def test_what_a_saved_plan_was_allowed_passes_again(weakened, tmp_path: Path):
    file = str(tmp_path / "plan.json")
    words = ("--fail-on", "weakens", "--allow", "weakens=customers/*")
    assert run("plan", "--quiet", "--out", file, *words, AFTER, environ=ENVIRON).code == 0
    assert "--allow weakens=customers/*" in run("show", file).out
    assert run("apply", "--fail-on", "weakens", file, environ=ENVIRON).code == 0


def test_the_digest_covers_what_was_allowed(weakened):
    digests = {
        json.loads(weakening.planned("json", *words).out)["digest"]
        for words in ((), ("--fail-on", "low"), ("--allow", MFA), ("--allow", "weakens=mfa"))
    }
    assert len(digests) == 3


# --- drift ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--exit-zero",)])
def test_drift_that_weakens_exits_with_4(weakened, more: tuple[str, ...]):
    assert run("apply", "--quiet", "--yes", AFTER, environ=ENVIRON).code == 0
    ran = run("drift", "--fail-on", "weakens", *more, BEFORE, environ=ENVIRON)
    assert (ran.code, len(asked(ran.err))) == (4, ALARMS)
    assert f"{ALARMS} findings are stopped by --fail-on weakens" in ran.err
    passed = run("drift", "--fail-on", "weakens", "--allow", "weakens=customers/*", *more, BEFORE, environ=ENVIRON)
    assert passed.code == (0 if more else 2)
    tree = json.loads(run("drift", "-o", "json", "--fail-on", "critical", BEFORE, environ=ENVIRON).out)
    assert {tuple(one["because"]) for one in tree["gate"]["stopped"]} == {("critical",)}


# --- wrong options -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--fail-on", "weaken"),
            '--fail-on: "weaken" is not one of weakens, irreversible, critical, high, medium, low',
        ),
        (("--fail-on", "weaken"), "Did you mean weakens?"),
        (("--fail-on", ""), "is not one of"),
        (("--allow", "CHG04"), '--allow: "CHG04" is not RULE=PATH. Write CHG04=mfa.MfaConfiguration.'),
        (("--allow", "=mfa"), "is not RULE=PATH"),
        (("--allow", "weakens=*"), '--allow: "*" means everything. Name an object or a member'),
        (("--allow", "weakens=*/*"), '--allow: "*/*" means everything.'),
        (("--fail-on", "weakens,none"), "--fail-on: none is given together with others."),
        (("--allow", "chg04=mfa"), '--allow: "chg04" is not a rule. Did you mean CHG04?'),
        (("--allow", "CHG99=mfa"), '--allow: "CHG99" is not a rule. Write the id that a plan shows, such as CHG04'),
        (("--allow", "weaken=mfa"), "Did you mean weakens?"),
        (("--allow", "zzz=mfa"), "such as CHG04, or weakens or irreversible."),
    ],
)
def test_wrong_options(words: tuple[str, str], said: str):
    ran = run("plan", *words, AFTER)
    assert (ran.code, said in ran.err) == (3, True), ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--allow", MFA), f"Warning: --allow {MFA} does nothing without --fail-on."),
        (
            ("--fail-on", "weakens", "--allow", "CHG07=user_pool"),
            "--allow CHG07=user_pool lets nothing pass in this run.",
        ),
    ],
)
def test_an_allowance_that_meets_nothing_is_named(weakened, words: tuple[str, ...], said: str):
    assert said in weakening.planned("human", *words).err


# --- the gate itself -----------------------------------------------------------------------------------------------


def case(direction: Direction = Direction.WEAKENS, *, pool: str = "a", rules: tuple[str, ...] = (), **more) -> GateCase:
    effect = Effect(("CallbackURLs",), direction, rules=rules, **more)
    return GateCase(Address(pool, "clients", "my app"), effect)


@pytest.mark.parametrize(
    ("one", "met"),
    [
        (case(risk="high"), {"weakens", "high", "medium", "low"}),
        (case(Direction.MIXED, risk="critical"), {"weakens", "critical", "high", "medium", "low"}),
        (case(Direction.STRENGTHENS, risk="critical"), set()),
        (case(Direction.NEUTRAL, undo="It is lost."), {"irreversible"}),
        (case(risk="low", undo="It is lost."), {"weakens", "irreversible", "low"}),
    ],
)
def test_what_a_criterion_means(one: GateCase, met: set[str]):
    assert {c for c in CRITERIA if meets(c, one.effect)} == met


def test_what_has_to_be_said_can_be_pasted_into_a_shell():
    (line,) = Gate(("weakens",)).judge([case(rules=("CHG11",))]).options
    assert line == "--allow 'CHG11=clients/my app.CallbackURLs'"


def test_with_several_pools_what_has_to_be_said_names_the_pool():
    gate = Gate(("weakens",), (Allowance("CHG11", "a/clients/*"),))
    found = gate.judge([case(rules=("CHG11",)), case(pool="b", rules=("CHG11",))], pools=2)
    assert [one.allow for one in found.stopped] == [("CHG11=b/clients/my app.CallbackURLs",)]


def test_without_a_rule_each_kind_has_to_be_said():
    one = case(undo="It is lost.")
    found = Gate(("weakens", "high", "irreversible")).judge([one])
    assert found.stopped[0].allow == ("weakens=clients/my app.CallbackURLs", "irreversible=clients/my app.CallbackURLs")
    half = Gate(("weakens", "irreversible"), (Allowance("weakens", "clients"),)).judge([one])
    assert half.stopped[0].because == ("irreversible",)
    assert half.unused == ()


def test_a_rule_lifts_the_effects_that_bear_it_and_leaves_others_of_the_same_member():
    gate = Gate(("weakens", "irreversible"), (Allowance("CHG11", "clients/*.CallbackURLs"),))
    both, other = case(rules=("CHG12", "CHG11"), undo="It is lost."), case(rules=("CHG12",))
    found = gate.judge([both, other, case(undo="It is lost.")])
    assert [one.case for one in found.passed] == [both]
    assert [(one.case.effect.rules, one.because) for one in found.stopped] == [
        (("CHG12",), ("weakens",)),
        ((), ("weakens", "irreversible")),
    ]


def test_an_allowance_counts_until_its_last_day():
    gate = Gate(("weakens",), (Allowance("weakens", "clients", expires="2026-05-04"),))
    assert gate.judge([case()], "2026-05-04").stopped == ()
    late = gate.judge([case()], "2026-05-05")
    assert (len(late.stopped), late.expired, late.unused) == (1, gate.allow, ())


def test_the_name_of_a_pool_is_no_path():
    """A pool may be called as a section is; its name alone would mean all of it."""
    gate = Gate(("weakens",), (Allowance("weakens", "a"),))
    assert len(gate.judge([case()]).stopped) == 1
    assert Gate(("weakens",), (Allowance("weakens", "a/*"),)).judge([case()]).stopped == ()


def test_what_passes_is_named(weakened):
    ran = weakening.planned("human", "--fail-on", "weakens", "--allow", MFA)
    assert f"Allowed: customers/mfa.MfaConfiguration, by --allow {MFA}\n" in ran.err


def test_none_beside_others_is_refused_however_it_is_given(weakened):
    ran = weakening.planned("human", "--fail-on", "weakens", "--fail-on", "none")
    assert ran.code == 3
    assert "--fail-on: none is given together with others." in ran.err
