"""Pools whose answers show one side of what is mirrored: exported, planned to nothing, and never lost by an update."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.cloud.port import Identity
from reconciler.export.exporter import Style
from reconciler.kinds import KINDS
from reconciler.model import Address, Observed, Target, Tree
from reconciler.observing.observer import LiveState, wrap
from reconciler.planning.lowering import lower
from reconciler.planning.planner import PlanOptions, plan
from reconciler.runs import export_run
from reconciler.runs.export_run import Found
from tests.support import manifest

POOL = KINDS["user_pool"]
POOL_ID = "eu-west-1_AbCdEf123"
HERE = Identity("123456789012", "eu-west-1")
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:token"

MESSAGES: Tree = {
    "SmsVerificationMessage": "sms {####}",
    "EmailVerificationMessage": "mail {####}",
    "EmailVerificationSubject": "Your code",
}
TEMPLATE: Tree = {"SmsMessage": "sms {####}", "EmailMessage": "mail {####}", "EmailSubject": "Your code"}
ONE_SIDED: dict[str, Tree] = {
    **{f"legacy {k}": {k: v} for k, v in MESSAGES.items()},
    **{f"template {k}": {"VerificationMessageTemplate": {k: v}} for k, v in TEMPLATE.items()},
    "all legacy": MESSAGES,
    "all legacy beside an empty template": {
        **MESSAGES,
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    },
    "all template": {"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK", **TEMPLATE}},
    "one of each": {
        "EmailVerificationMessage": "mail {####}",
        "VerificationMessageTemplate": {"EmailSubject": "Your code"},
    },
    "both": {**MESSAGES, "VerificationMessageTemplate": TEMPLATE},
    "legacy trigger": {"LambdaConfig": {"PreTokenGeneration": FUNCTION}},
    "trigger": {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION}}},
    "legacy trigger beside another": {"LambdaConfig": {"PreTokenGeneration": FUNCTION, "PreSignUp": FUNCTION}},
    "days of users": {
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 3},
        "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
    },
    "days of passwords": {"Policies": {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 3}}},
    "days of users without a policy": {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}},
}
sides = pytest.mark.parametrize("answer", ONE_SIDED.values(), ids=ONE_SIDED)


def live(answer: Tree) -> LiveState:
    """An old pool, as the observer would give it."""
    data = wrap(POOL.model, POOL.from_api({"Id": POOL_ID, "Name": "old", **answer}))
    root = Observed(Address("old", "user_pool"), {"UserPoolId": POOL_ID, "ResourceArn": "arn"}, data)
    return LiveState(root, (root,), frozenset({"user_pool"}), {})


def planned(tmp_path, answer: Tree, declared: Tree) -> Any:
    tree = {"version": 1, "id": POOL_ID, "user_pool": {"PoolName": "old", **declared}}
    target = Target(HERE.account, HERE.region, "old", POOL_ID, "m.yaml")
    return plan(manifest(tmp_path, tree), live(answer), target, PlanOptions())


@sides
@pytest.mark.parametrize("mode", ["minimal", "guarded", "full"])
def test_a_pool_that_shows_one_side_is_exported_and_plans_to_nothing(tmp_path, answer, mode):
    read = export_run.Read(Found("UserPool", POOL_ID, "old"), live(answer), "")
    result = export_run.export(read, "old", HERE, Style(mode), None)  # which plans it, and raises if anything is left
    assert "EmailVerificationMessage" not in result.exported.text
    texts = [v for v in (*MESSAGES.values(), FUNCTION) if v in str(answer)]
    assert all(text in result.exported.text for text in texts)


@sides
def test_an_update_of_something_else_keeps_what_either_side_says(tmp_path, answer):
    """Cognito resets the messages and triggers that an update leaves out (cognito.md 2.1)."""
    found = planned(tmp_path, answer, {"DeletionProtection": "ACTIVE"})
    (change,) = found.pending
    (call,) = lower(change, found)
    assert call.operation == "UpdateUserPool"
    sent = call.params
    for legacy, member in zip(MESSAGES, TEMPLATE, strict=True):
        shown = answer.get(legacy) or answer.get("VerificationMessageTemplate", {}).get(member)
        assert sent.get("VerificationMessageTemplate", {}).get(member) == shown
        assert legacy not in sent
    triggers = answer.get("LambdaConfig", {})
    config = triggers.get("PreTokenGenerationConfig")
    if triggers:
        wanted = config or {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}
        assert sent["LambdaConfig"]["PreTokenGenerationConfig"] == wanted


@pytest.mark.parametrize("declared", [MESSAGES, {"VerificationMessageTemplate": TEMPLATE}], ids=["legacy", "template"])
@pytest.mark.parametrize("name", ["all legacy", "all template", "both", "all legacy beside an empty template"])
def test_either_side_may_be_declared_of_a_pool_that_shows_the_other(tmp_path, name, declared):
    assert planned(tmp_path, ONE_SIDED[name], declared).pending == ()


@pytest.mark.parametrize(
    "declared",
    [
        {"PreTokenGeneration": FUNCTION},
        {"PreTokenGenerationConfig": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}},
    ],
    ids=["legacy", "config"],
)
def test_either_form_of_the_trigger_may_be_declared_of_an_old_pool(tmp_path, declared):
    assert planned(tmp_path, ONE_SIDED["legacy trigger"], {"LambdaConfig": declared}).pending == ()


def test_a_side_that_differs_from_the_other_is_left_as_it_is():
    shown = {"EmailVerificationMessage": "old {####}", "VerificationMessageTemplate": {"EmailMessage": "new {####}"}}
    data = POOL.from_api({"Name": "p", **shown})
    assert {k: data[k] for k in shown} == shown
