"""What a manifest says alone: null and what is empty say that there is nothing, and what is absent says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.kind import State, is_blank
from reconciler.kinds.sending_rules import P16
from reconciler.manifests.loading import load
from reconciler.model import Address, Reference, Secret
from reconciler.planning.guard import offline, offline_warnings
from schemas.base import ApiModel, members

HEAD = 'version: 1\ntarget: {account: "123456789012", region: eu-west-1}\nuser_pool: {PoolName: customers}\n'
GOOGLE = """\
identity_providers:
  Google:
    ProviderType: Google
    ProviderDetails: {client_id: {$var: id}, client_secret: {$var: secret}, authorize_scopes: email}
"""


def loaded(text: str, **variables: Any):
    (one,) = load(["-"], variables=variables, environ={}, stdin=lambda: text).manifests
    return one


# --- known to be unset ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", [], Secret("", "x")])
def test_what_is_empty_is_known_to_be_unset_with_and_without_aws(value):
    for alone in (True, False):
        assert State({}, frozenset(), offline=alone).lacks({"A": value}, "A")
        assert State({}, frozenset(), offline=alone).lacks({"A": {"B": value}}, "A", "B")


@pytest.mark.parametrize("value", [0, False, "x", [0], Secret("s", "x"), Reference("ssm", "/x"), {"B": 1}])
def test_values_are_not_unset(value):
    for alone in (True, False):
        assert not State({}, frozenset(), offline=alone).lacks({"A": value}, "A")
    assert not is_blank(value)


@pytest.mark.parametrize("tree", [{}, {"A": {}}])
def test_what_is_absent_or_an_empty_map_is_unknown_in_a_manifest_alone(tree):
    assert State({}, frozenset()).lacks(tree, "A")
    assert not State({}, frozenset(), offline=True).lacks(tree, "A")
    assert not State({}, frozenset(), offline=True).lacks(tree, "A", "B")


def test_nothing_is_known_below_a_reference():
    assert not State({}, frozenset(), offline=True).lacks({"A": Reference("ssm", "/x")}, "A", "B")
    assert State({}, frozenset(), offline=True).lacks({"A": None}, "A", "B")


@pytest.mark.parametrize(
    ("given", "says"),
    [({"id": "", "secret": "x"}, "client_id"), ({"id": "x", "secret": ""}, "client_secret")],
)
def test_an_empty_variable_is_no_value(given, says):
    (refusal,) = offline(loaded(HEAD + GOOGLE, **given))
    assert (refusal.rule, refusal.message) == ("O8", f"Google needs {says}.")
    assert offline(loaded(HEAD + GOOGLE, id="x", secret="y")) == []


# --- warnings ------------------------------------------------------------------------------------------------------

SES = "arn:aws:ses:{region}:{account}:identity/one@example.com"
NOTIFIES = "{AccountTakeoverRiskConfiguration: {NotifyConfiguration: {SourceArn: '%s'}}}"


@pytest.mark.parametrize("section", ["risk_configuration: %s", "clients: {web: {risk_configuration: %s}}"])
@pytest.mark.parametrize("where", [{"region": "ap-south-1"}, {"account": "222222222222"}, {}])
def test_validate_warns_of_an_identity_that_the_pool_cannot_use(section, where):
    arn = SES.format(**{"region": "eu-west-1", "account": "123456789012", **where})
    notices = offline_warnings(loaded(HEAD + section % NOTIFIES % arn))
    assert [n.message.partition(" ")[0] for n in notices] == ([P16.id] if where else [])


def test_validate_warns_of_a_sender_without_a_policy():
    arn = SES.format(region="eu-west-1", account="123456789012")
    text = HEAD.replace(
        "customers", f"customers, EmailConfiguration: {{EmailSendingAccount: COGNITO_DEFAULT, SourceArn: '{arn}'}}"
    )
    assert [n.message[:3] for n in offline_warnings(loaded(text))] == ["P15"]


# --- every place ---------------------------------------------------------------------------------------------------


def arns() -> list[tuple[str, str]]:
    """The members that hold the ARN of some resource: kind and path."""

    def below(model: type[ApiModel], path: str) -> list[str]:
        found = []
        for name, member in members(model).items():
            here = f"{path}.{name}"
            if name.lower().endswith(("arn", "arns")) or name == "KMSKeyID":
                found.append(here)
            if member.model and not member.model.INPUTS:
                found += below(member.model, here)
        return found

    return [(section, path) for section, kind in KINDS.items() for path in below(kind.model, section)]


GENERAL = {
    "web_acl.WebACLArn",
    "clients.AnalyticsConfiguration.ApplicationArn",
}
"""Whose own rule checks more than the form."""


def test_every_arn_is_held_to_the_kind_of_resource_that_it_names():
    from schemas.base import ARN, pattern_of

    loose = set()
    for section, path in arns():
        model, member = KINDS[section].model, None
        for step in path.removeprefix(f"{section}.").split("."):
            member = members(model)[step]
            model = member.model or model
        assert member is not None
        pattern = pattern_of((*member.marks, *member.item_marks))
        if pattern == ARN:
            loose.add(path)
    assert loose == GENERAL


@pytest.mark.parametrize(
    ("address", "tree", "path"),
    [
        (
            Address("p", "user_pool"),
            {"SmsConfiguration": {"SnsRegion": "sa-east-1"}},
            ("SmsConfiguration", "SnsRegion"),
        ),
        (
            Address("p", "mfa"),
            {"SmsMfaConfiguration": {"SmsConfiguration": {"SnsRegion": "sa-east-1"}}},
            ("SmsMfaConfiguration", "SmsConfiguration", "SnsRegion"),
        ),
        (
            Address("p", "replicas", "eu-central-1"),
            {"SmsConfiguration": {"SnsRegion": "sa-east-1"}},
            ("SmsConfiguration", "SnsRegion"),
        ),
    ],
    ids=["pool", "mfa", "replica"],
)
def test_an_sms_region_is_checked_wherever_it_is_written(address, tree, path):
    from reconciler.kinds import RULES

    (breach,) = RULES["P17"].check(State({address: tree}, frozenset(), "eu-west-1", "123456789012", offline=True))
    assert (breach.section, breach.name, breach.path) == (address.section, address.name, path)
