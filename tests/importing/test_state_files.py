"""Reading states: which inputs there are, which are refused with what advice, and that secrets are wrapped at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InvalidInput
from reconciler.importing.owned import Leftover
from reconciler.importing.terraform.adopting import definition
from reconciler.importing.terraform.state_files import Instance, read_state
from reconciler.model import Secret
from tests.importing.terraform_form import instance, state
from tests.trees import leaves

STATES = Path(__file__).with_name("states")
POOL = "eu-west-1_AbCdEf123"
ARN = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
GROUP = {"user_pool_id": POOL, "name": "admins", "description": "", "role_arn": "", "precedence": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty. Give what `terraform state pull`"),
        ("resource {", "this is not JSON, so it is no state."),
        ("PK\x03\x04", "this is a saved plan. Give what `terraform show -json x` prints."),
        ("[]", "this is no state."),
        ("{}", "this is no state."),
        ('{"a": ' * 9000, "this is not JSON"),
        ('{"meta": {"k": "x"}, "encrypted_data": "c2VjcmV0", "encryption_version": "v0"}', "`tofu state pull`"),
        ('{"version": 3, "modules": []}', "this is a state of version 3; version 4 is read."),
        ('{"version": 5, "resources": []}', "this is a state of version 5; version 4 is read."),
        ('{"@level": "info"}\n{"@level": "info"}', "this is a log of Terraform, not a state."),
        ('{"@level": "info", "type": "version"}', "this is a log of Terraform, not a state."),
        ('{"Resources": {}}', "this is a CloudFormation template"),
        ('{"format_version": "1.0"}', "the state is empty"),
        ('{"format_version": "1.2", "planned_values": {}}', "this plan was made without a state"),
        ('{"version": 4, "terraform_version": "1.9.0"}', "the state is empty"),
    ],
)
def test_what_is_no_state_is_refused_with_the_command_that_prints_one(text, said):
    with pytest.raises(InvalidInput) as refused:
        read_state(text, "x")
    assert said in str(refused.value)
    assert str(refused.value).startswith("x: ")
    assert "c2VjcmV0" not in str(refused.value)


def test_all_resources_in_an_old_form_are_named_at_once():
    old = {"attributes_flat": {"id": "not-a-real-one"}}
    resources = [{**instance("aws_cognito_user_group", {}, name), "instances": [old]} for name in ("a", "b")]
    with pytest.raises(InvalidInput) as refused:
        read_state(state(*resources), "x")
    assert str(refused.value).endswith("\n  aws_cognito_user_group.a\n  aws_cognito_user_group.b")


def test_a_plan_is_read_as_the_state_before_it():
    """What it plans are wishes."""
    shown = json.loads((STATES / "lantern.show.json").read_text())
    wish = {"root_module": {"resources": [{"address": "aws_cognito_user_group.new", "mode": "managed"}]}}
    plan = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": wish, "prior_state": shown}
    plan["resource_drift"] = []
    found = read_state(json.dumps(plan), "plan")
    assert found == read_state((STATES / "lantern.show.json").read_text(), "show")
    assert "aws_cognito_user_group.new" not in {i.address for i in found.instances}


@pytest.mark.parametrize(
    ("resource", "one", "address", "configured"),
    [
        ({}, {}, "aws_cognito_user_group.g", "aws_cognito_user_group.g"),
        ({}, {"index_key": 0}, "aws_cognito_user_group.g[0]", "aws_cognito_user_group.g"),
        ({}, {"index_key": 'a"].b'}, 'aws_cognito_user_group.g["a\\"].b"]', "aws_cognito_user_group.g"),
        (
            {"module": 'module.a["x.y"].module.b[1]'},
            {"index_key": "é"},
            'module.a["x.y"].module.b[1].aws_cognito_user_group.g["é"]',
            "module.a.module.b.aws_cognito_user_group.g",
        ),
    ],
)
def test_addresses_are_those_of_the_tool(resource, one, address, configured):
    text = state({**instance("aws_cognito_user_group", GROUP, "g", **one), **resource})
    (found,) = read_state(text, "x").instances
    assert (found.address, found.configured) == (address, configured)


PROVIDERS = [
    ('provider["registry.terraform.io/hashicorp/aws"]', True),
    ('provider["registry.terraform.io/hashicorp/aws"].ireland', True),
    ('module.x.provider["registry.opentofu.org/hashicorp/aws"].b', True),
    ('provider["registry.terraform.io/-/aws"]', True),
    ('provider["registry.example.com/ours/aws"]', True),
    ("provider.aws", True),
    ('provider["registry.terraform.io/hashicorp/awscc"]', False),
]


@pytest.mark.parametrize(("provider", "known"), PROVIDERS)
def test_the_provider_is_known_by_its_last_segment(provider, known):
    found = definition(read_state(state({**instance("aws_cognito_user_group", GROUP), "provider": provider}), "x"))
    assert (len(found.objects), len(found.unmapped)) == ((1, 0) if known else (0, 1))


def reasons(*resources: Any) -> list[tuple[str, Leftover]]:
    return [(u.source, u.why) for u in definition(read_state(state(*resources), "x")).unmapped]


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (instance("aws_cognito_user_group", GROUP, deposed="00000001"), Leftover.ALARMING),
        (instance("aws_cognito_user_group", GROUP, status="tainted"), Leftover.ALARMING),
        (instance("aws_cognito_user_group", {**GROUP, "user_pool_id": None}), Leftover.ALARMING),
        (instance("aws_cognito_user_group", {**GROUP, "user_pool_id": "no id"}), Leftover.ALARMING),
        (instance("aws_cognito_user_group", {**GROUP, "name": ""}), Leftover.ALARMING),
        (instance("aws_cognito_crystal_ball", {}), Leftover.ALARMING),
        (instance("aws_cognito_user", {"password": "x"}), Leftover.PEOPLE),
        (instance("aws_cognito_user_in_group", {}), Leftover.PEOPLE),
        (instance("aws_cognito_managed_user_pool_client", {}), Leftover.SERVICE),
        (instance("aws_iam_role", {}), Leftover.SERVICE),
        (instance("aws_wafv2_web_acl_association", {"resource_arn": "arn:aws:x"}), Leftover.SERVICE),
        ({**instance("aws_cognito_user_pools", {}), "mode": "data"}, Leftover.READ),
    ],
)
def test_what_is_not_taken_over_has_a_reason(resource, why):
    ((_, found),) = reasons(resource)
    assert found is why
    assert definition(read_state(state(resource), "x")).objects == ()


def test_one_object_in_two_resources_is_taken_over_once():
    twice = (instance("aws_cognito_user_group", GROUP, "one"), instance("aws_cognito_user_group", GROUP, "two"))
    found = definition(read_state(state(*twice), "x"))
    assert [o.source for o in found.objects] == ["aws_cognito_user_group.one"]
    assert [(u.source, u.why) for u in found.unmapped] == [("aws_cognito_user_group.two", Leftover.ALARMING)]


def test_the_account_of_a_pool_is_that_of_its_arn():
    """A balancer may be elsewhere, and a pool of which there are only clients is where the others are."""
    one = instance("aws_cognito_user_pool", {"id": POOL, "arn": ARN})
    other = ARN.replace("123456789012", "999999999999")
    balancer = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"
    found = definition(
        read_state(state(one, instance("aws_wafv2_web_acl_association", {"resource_arn": balancer})), "x")
    )
    assert (found.account_of(POOL), found.account_of("another")) == ("123456789012", "123456789012")
    two = instance("aws_cognito_user_pool", {"id": f"{POOL}4", "arn": f"{other}4"}, "two")
    found = definition(read_state(state(one, two), "x"))
    assert [found.account_of(pool) for pool in (POOL, f"{POOL}4", "another")] == ["123456789012", "999999999999", ""]


def test_attributes_that_nobody_knows_are_named_without_their_values():
    found = {**GROUP, "shoe_size": "not-a-real-size", "unset": None, "empty": []}
    (left,) = definition(read_state(state(instance("aws_cognito_user_group", found)), "x")).unmapped
    assert (left.source, left.why) == ("aws_cognito_user_group.this.shoe_size", Leftover.MEMBER)
    assert "not-a-real" not in str(left)


def test_a_value_in_another_form_is_named_without_it():
    found = {**GROUP, "precedence": "not-a-real-number"}
    read = definition(read_state(state(instance("aws_cognito_user_group", found)), "x"))
    (left,) = read.unmapped
    assert (left.source, left.why) == ("aws_cognito_user_group.this.precedence", Leftover.MEMBER)
    assert ("Precedence",) in read.objects[0].covers
    assert "Precedence" not in read.objects[0].members


# --- secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lantern.tfstate", "lantern.show.json"])
def test_secrets_are_wrapped_when_a_state_is_read(name):
    found: tuple[Instance, ...] = read_state((STATES / name).read_text(), name).instances
    everything = [leaf for one in found for leaf in leaves(one.attributes)]
    wrapped = [leaf.reveal() for leaf in everything if isinstance(leaf, Secret) and leaf]
    assert sorted(wrapped) == ["not-a-real-kiosk-secret-0001", "not-a-real-oidc-secret"]
    assert "not-a-real" not in repr([leaf for leaf in everything if not isinstance(leaf, Secret)])
    assert "not-a-real" not in repr(found)


def test_of_what_is_not_ours_nothing_is_kept():
    found = read_state((STATES / "lantern.tfstate").read_text(), "x").instances
    kept = {one.type for one in found if one.attributes}
    assert not kept & {"aws_cognito_user", "aws_lambda_permission", "aws_cognito_managed_user_pool_client"}


@pytest.mark.parametrize("key", ["client_secret", "private_key", "signing_secret"])
def test_details_of_a_provider_are_secret_although_no_state_marks_them(key):
    found = {"user_pool_id": POOL, "provider_name": "x", "provider_details": {key: "not-a-real-one", "client_id": "me"}}
    (one,) = definition(read_state(state(instance("aws_cognito_identity_provider", found)), "x")).objects
    assert one.members["ProviderDetails"] == {key: Secret("not-a-real-one", ""), "client_id": "me"}


def test_what_a_state_marks_is_secret_in_both_forms():
    group = {**GROUP, "description": "not-a-real-description"}
    marked = [[{"type": "get_attr", "value": "description"}]]
    file = state(instance("aws_cognito_user_group", group, sensitive_attributes=marked))
    one = {"address": "aws_cognito_user_group.this", "mode": "managed", "type": "aws_cognito_user_group"}
    shown = {**one, "values": group, "sensitive_values": {"description": True}}
    text = json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [shown]}}})
    for found in (file, text):
        (owned,) = definition(read_state(found, "x")).objects
        assert owned.secrets == {("Description",)}
        assert owned.members["Description"] == Secret("not-a-real-description", "")
