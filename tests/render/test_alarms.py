"""What weakens comes first in what people read: in which order, once, and whatever else there is to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Action, Danger, Direction, FieldChange, Notice, Plan, Undeclared
from reconciler.planning.assessing import assessed
from reconciler.render import alarms, formats, github, human, markdown, redact, report
from reconciler.render.subjects import DriftResult, RenderOptions
from reconciler.render.wording import folded
from tests.render.samples import FULL, NEW, REFUSAL, TARGET, address, change
from tests.render.through_door import human_plan

MFA = change(address("mfa"), Action.UPDATE, FieldChange(("MfaConfiguration",), "ON", "OFF"), line=3)
SIGN_UP = change(
    address("user_pool"),
    Action.UPDATE,
    FieldChange(("AdminCreateUserConfig",), {"AllowAdminCreateUserOnly": True}, {"AllowAdminCreateUserOnly": False}),
    FieldChange(("DeletionProtection",), "ACTIVE", "INACTIVE"),
    FieldChange(("Policies", "PasswordPolicy", "RequireSymbols"), False, True),
    line=5,
)
GONE = change(address("clients", "old"), Action.DELETE, before={"ClientName": "old"}, source=None)
REPLICA = change(address("replicas", "us-east-1"), Action.DELETE, before={"RegionName": "us-east-1"}, source=None)
MANAGED = ("PublishSecretsInAWSSecretsManager",)
SECRET_GONE = Danger("The secret is deleted at once and for good.", reversible=False)
SWITCHED = change(
    address("clients", "web"), Action.UPDATE, FieldChange(MANAGED, True, False, danger=SECRET_GONE), line=9
)
SWITCHED_ON = change(
    address("clients", "web"), Action.UPDATE, FieldChange(MANAGED, False, True, danger=SECRET_GONE), line=9
)
SAML = change(
    address("identity_providers", "Corp"),
    Action.UPDATE,
    FieldChange(("ProviderDetails", "MetadataFile"), "<a>" * 4_000, "<b>" * 4_000),
)
STANDSTILL = Notice("A recovery has paused writes to this pool.", standstill=True)
ALL = Plan(TARGET, (MFA, SIGN_UP, SWITCHED, GONE), (REFUSAL,), notices=(STANDSTILL,))


def first(*plans: Plan) -> list[str]:
    return [line for line in human_plan([assessed(p) for p in plans]).splitlines() if line.startswith("!!")]


def rendered(form: str, *plans: Plan, **options) -> str:
    found = report.plan(redact.plans([assessed(p) for p in plans]))
    return {"markdown": markdown, "github": github}[form].render(found, RenderOptions(**options))


# --- order, and each fact once -------------------------------------------------------------------------------------


def test_paused_writes_refusals_losses_and_then_what_weakens_the_worst_first():
    assert [line.partition("    ")[0] for line in first(ALL)] == [
        "!! A recovery has paused writes to this pool.",
        "!! Refused: user_pool AliasAttributes [immutable]",
        "!! 1 object will be destroyed: clients/old",
        '!! mfa MfaConfiguration: "ON" -> "OFF"',
        "!! user_pool AdminCreateUserConfig.AllowAdminCreateUserOnly: true -> false",
        '!! user_pool DeletionProtection: "ACTIVE" -> "INACTIVE"',
        "!! clients/web PublishSecretsInAWSSecretsManager cannot be undone: true -> false",
    ]


@pytest.mark.parametrize("form", ["markdown", "github"])
def test_the_other_formats_have_the_same_order(form):
    words = (
        "paused writes",
        "is refused",
        "old` **will be",
        "MfaConfiguration",
        "AllowAdminCreateUserOnly",
        "Deletion",
    )
    text = rendered(form, ALL)
    places = [text.index(word) for word in (words if form == "markdown" else words[3:])]
    assert places == sorted(places)


def test_what_else_a_change_does_is_part_of_its_alarm():
    text = human_plan([assessed(Plan(TARGET, (SWITCHED,)))])
    assert text.count("!!") == 1
    assert text.count(SECRET_GONE.sentence) == 1
    assert "It can be undone." not in text
    for form in ("markdown", "github"):
        assert rendered(form, Plan(TARGET, (SWITCHED,))).count(SECRET_GONE.sentence) == 1


def test_a_danger_that_weakens_nothing_keeps_its_own_lines():
    (line,) = first(Plan(TARGET, (SWITCHED_ON,)))
    assert line.startswith("!! clients/web PublishSecretsInAWSSecretsManager cannot be undone")
    assert alarms.of_plans(redact.plans([assessed(Plan(TARGET, (SWITCHED_ON,)))])) == ()


def test_what_is_lost_says_what_does_not_come_back():
    lines = human_plan([assessed(Plan(TARGET, (GONE, REPLICA)))]).splitlines()
    assert lines[2:4] == [
        "!! 2 objects will be destroyed: clients/old, replicas/us-east-1",
        "   clients/old: A client id never comes back: applications that use it stop.",
    ]
    assert lines[4] == "!! replicas/us-east-1 will be destroyed"
    caution = [line for line in rendered("markdown", Plan(TARGET, (GONE, REPLICA))).splitlines() if line[:3] == "> -"]
    assert len(caution) == 2


def test_of_several_pools_all_dangers_come_before_the_first_object():
    calm, late = Plan(NEW, (GONE,)), Plan(TARGET, (MFA,))
    text = human_plan([assessed(replace(FULL, changes=FULL.changes[:1])), assessed(calm), assessed(late)])
    assert text.index("\n!! mfa") < text.index("  # ")
    assert text.count("!! mfa") == 1
    assert text.startswith("Pool staff")


# --- values --------------------------------------------------------------------------------------------------------


def test_a_value_that_is_too_long_for_a_line_is_counted_and_shown_with_its_object():
    plan = assessed(Plan(TARGET, (SAML,)))
    (line,) = first(plan)
    assert len(line) < 400
    assert "characters" in line
    (alarm,) = alarms.of_plans(redact.plans([plan]))
    assert alarm.effect.direction is Direction.MIXED
    assert human_plan([plan]).count("<b>" * 4_000) == 1


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (["code"], ["code", "implicit"], '+ "implicit"'),
        (["code", "x"], ["implicit"], '+ "implicit", - "code", - "x"'),
        (None, ["implicit"], '+ "implicit"'),
    ],
)
def test_of_a_list_only_what_comes_and_goes(before, after, step):
    web = change(address("clients", "web"), Action.UPDATE, FieldChange(("AllowedOAuthFlows",), before, after))
    (line,) = first(Plan(TARGET, (web,)))
    assert line.partition("    ")[0] == f"!! clients/web AllowedOAuthFlows: {step}"


# --- what there is no room for -------------------------------------------------------------------------------------


def weak(number: int) -> Plan:
    made = (
        change(
            address("clients", f"c{n:04}"), Action.UPDATE, FieldChange(("AllowedOAuthFlows",), ["code"], ["implicit"])
        )
        for n in range(number)
    )
    calm = (
        change(address("groups", f"g{n:04}"), Action.CREATE, FieldChange(("Description",), None, "x" * 200))
        for n in range(200)
    )
    return Plan(TARGET, (*calm, *made))


@pytest.mark.parametrize("most", [25_000, 100_000])
def test_a_comment_that_is_cut_keeps_every_alarm_and_cuts_other_objects_first(most):
    text = rendered("markdown", weak(20), max_bytes=most)
    assert len(text.encode()) <= most
    assert text.splitlines()[0].endswith("truncated=true -->") is (most == 25_000)
    assert text.count("\n> - `clients/c") == 20
    assert text.count("<details open>") == 20
    assert "20 weaken.**" in text
    if most == 25_000:
        assert "> … and" not in text
        assert "`groups/g0199` will be created, **details are cut**" in text


def test_alarms_that_do_not_fit_are_counted():
    text = rendered("markdown", weak(500), max_bytes=10_000)
    assert len(text.encode()) <= 10_000
    assert f"> … and {500 - text.count('> - `clients/c')} more." in text
    assert text.index("[!CAUTION]") < text.index("500 weaken.**") < text.index("**Truncated:**")


def test_what_weakens_stays_in_a_comment_longer_than_what_is_lost():
    gone = tuple(change(address("groups", f"g{n:04}"), Action.DELETE, before={"GroupName": "g"}) for n in range(500))
    text = rendered("markdown", Plan(TARGET, (*gone, MFA)), max_bytes=6_000)
    assert "`mfa MfaConfiguration` **weakens**" in text
    assert "more.\n" in text


# --- annotations ---------------------------------------------------------------------------------------------------


def test_the_first_annotations_are_the_alarms_and_critical_ones_are_errors():
    lines = rendered("github", ALL).splitlines()
    assert [line.partition(" ")[0] for line in lines[:4]] == ["::error", "::error", "::warning", "::warning"]
    assert "line=3," in lines[0]
    assert "title=poolctl CHG04::mfa MfaConfiguration weakens: " in lines[0]


# --- notes ---------------------------------------------------------------------------------------------------------

LASTING = tuple(Notice(f"The ignore rule {n} matched nothing.", lasting=True) for n in range(3))
ONCE = Notice("Apply writes an output.")


def test_notes_that_every_run_repeats_are_counted_and_others_are_not():
    plan = Plan(TARGET, (MFA,), notices=(*LASTING, ONCE))
    text = human_plan([plan])
    assert "\n3 notes (poolctl plan --notes shows them)\n" in text
    assert "matched nothing" not in text
    assert "Note: Apply writes an output." in text
    (whole,) = (human.RENDERERS.plan(redact.plans([plan]), RenderOptions(notes=True)),)
    assert whole.count("Note: The ignore rule") == 3
    assert "--notes" not in whole


def test_a_comment_folds_them_and_has_them_all():
    text = rendered("markdown", Plan(TARGET, (MFA,), notices=(*LASTING, ONCE)))
    (block,) = (part for part in text.split("<details") if "<summary>3 notes</summary>" in part)
    assert block.startswith(">")
    assert block.count("matched nothing") == 3
    assert "\n- Note: Apply writes an output.\n" in text


def test_one_note_is_counted_in_the_singular():
    assert folded(LASTING[:1], "drift") == "1 note (poolctl drift --notes shows it)"
    assert folded((), "drift") == ""


# --- what nobody declared ------------------------------------------------------------------------------------------


def undeclared(*directions: Direction) -> tuple[Undeclared, ...]:
    from reconciler.model import Effect

    return tuple(
        Undeclared(address("clients", "web"), (f"M{n}",), (Effect((f"M{n}",), d, risk="low" if n else "high"),))
        for n, d in enumerate(directions)
    )


def test_what_is_not_declared_is_counted_and_only_what_weakens_is_named():
    weakens, mixed, stronger = Direction.WEAKENS, Direction.MIXED, Direction.STRENGTHENS
    found = alarms.unguarded(undeclared(mixed, weakens, stronger))
    assert found == (3, ("clients/web M0", "clients/web M1"), (mixed, weakens))
    assert found.tally == "1 weakens, 1 may weaken"
    none = alarms.unguarded(undeclared(stronger))
    assert none.sentence == "1 undeclared member differs from Cognito's defaults, and none weakens."
    assert alarms.unguarded(()).total == 0


def test_a_plan_with_changes_says_it_before_the_first_object():
    plan = replace(assessed(Plan(TARGET, (MFA,))), undeclared=undeclared(Direction.WEAKENS))
    text = human_plan([plan])
    said = "1 undeclared member differs from Cognito's defaults. 1 weakens: clients/web M0. poolctl drift shows it."
    assert text.index("!! mfa") < text.index(said) < text.index("  # mfa")


# --- drift ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["human", "markdown", "github"])
def test_of_drift_no_value_is_left_out(form):
    from reconciler.model import Drift, Finding, FindingClass
    from reconciler.security import judging

    where = ("ProviderDetails", "MetadataFile")
    before, after = "<a>" * 200 + "one", "<b>" * 200 + "other"
    effects = judging.effects("identity_providers", FieldChange(where, before, after), {}, {})
    at = address("identity_providers", "Corp")
    found = Finding("id", FindingClass.CHANGED, at, where, before, after, "error", fails=True, effects=effects)
    text = formats.drift(DriftResult(redact.drifts([Drift(TARGET, (found,), 1)])), RenderOptions())[form](False)
    assert "Corp" in text
    assert "may weaken" in text
    assert before in text
    assert after in text
