"""The hand-over, letter by letter, for the tools and versions that differ. A wrong text deletes a pool."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.importing.handing_over import HandOver
from reconciler.importing.terraform.adopting import definition
from reconciler.importing.terraform.letting_go import hand_over
from reconciler.importing.terraform.state_files import read_state
from tests.importing.terraform_form import instance, state

POOL = "eu-west-1_AbCdEf123"
TOFU = 'provider["registry.opentofu.org/hashicorp/aws"]'

KEPT = """\
removed {
  from = module.login.aws_cognito_user_group.staff

  lifecycle {
    destroy = false
  }
}
"""
PLAIN = "removed {\n  from = module.login.aws_cognito_user_group.staff\n}\n"
TERRAFORM_RM = "terraform state rm module.login.aws_cognito_user_group.staff\n"
TOFU_RM = "tofu state rm module.login.aws_cognito_user_group.staff\n"


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"attributes": {"user_pool_id": POOL, "name": name}, "index_key": name, **more}


def groups(*instances: dict[str, Any], tofu: bool = False) -> dict[str, Any]:
    found = {**instance("aws_cognito_user_group", {}, "staff"), "module": 'module.login["eu"]'}
    return {**found, "instances": list(instances), **({"provider": TOFU} if tofu else {})}


def steps(text: str) -> HandOver:
    found = read_state(text, "x")
    return hand_over(found, definition(found), "my pools")


@pytest.mark.parametrize(
    ("tofu", "version", "code"),
    [
        (False, "1.7.0", KEPT),
        (False, "1.11.4", KEPT),
        (False, "2.0.0-beta1", KEPT),
        (False, "1.6.6", TERRAFORM_RM),
        (False, "0.15.5", TERRAFORM_RM),
        (False, "", TERRAFORM_RM),
        (True, "1.6.2", TOFU_RM),
        (True, "1.7.0", PLAIN),
        (True, "1.9.1", PLAIN),
        (True, "1.10.0", KEPT),
        (True, "1.12.0", KEPT),
    ],
)
def test_each_tool_lets_go_in_its_own_words(tofu, version, code):
    found = steps(state(groups(group("a"), group("b"), tofu=tofu), version=version))
    assert code in [step.code for step in found.steps]
    assert sum("removed" in step.code or "state rm" in step.code for step in found.steps) == 1
    assert found.tool == f"{'OpenTofu' if tofu else 'Terraform'} {version}".strip()


def test_some_instances_leave_by_their_address():
    """A block cannot name an instance: all would go, and the tainted one is not ours."""
    found = steps(state(groups(group("it's"), group("b"), group("c", status="tainted"))))
    code = "".join(step.code for step in found.steps)
    assert "removed {" not in code
    assert (
        'terraform state rm \'module.login["eu"].aws_cognito_user_group.staff["it\'"\'"\'s"]\'\n'
        'terraform state rm \'module.login["eu"].aws_cognito_user_group.staff["b"]\'\n'
    ) in code
    assert 'staff["c"]' not in code
    assert found.steps[0].text.endswith('module.login["eu"].aws_cognito_user_group.staff["c"].')


def test_a_deposed_object_does_not_keep_the_others():
    found = steps(state(groups(group("a"), group("a", deposed="00000001"))))
    assert KEPT in [step.code for step in found.steps]
    assert found.steps[0].text.startswith("Settle what is listed under “Must be settled first”")


def test_no_module_is_ever_removed_as_a_whole_and_nothing_else_is_named():
    role = {**instance("aws_iam_role", {}, "sms"), "module": 'module.login["eu"]'}
    person = {**instance("aws_cognito_user", {}, "first"), "module": 'module.login["eu"]'}
    code = "".join(step.code for step in steps(state(groups(group("a")), role, person)).steps)
    assert [line.strip() for line in code.splitlines() if "from =" in line] == [
        "from = module.login.aws_cognito_user_group.staff"
    ]


def test_the_order_is_plan_let_go_plan_there_and_apply_last():
    found = steps(state(groups(group("a"))))
    assert [step.code.splitlines()[0] for step in found.steps] == [
        "poolctl plan --detailed-exitcode 'my pools'",
        "removed {",
        "terraform plan -out handover.tfplan",
        "poolctl apply 'my pools'",
    ]
    assert "It must say 0 to destroy." in found.steps[2].text
    assert "Delete their resource blocks in the same change" in found.steps[1].text


def test_one_resource_in_several_modules_is_one_block():
    modules = [{**groups(group(name)), "module": f"module.login[{json.dumps(name)}]"} for name in ("eu", "us")]
    code = "".join(step.code for step in steps(state(*modules)).steps)
    assert code.count("removed {") == 1
