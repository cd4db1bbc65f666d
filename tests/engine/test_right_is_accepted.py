"""What is right is planned, applied and then left alone: each case was once refused, warned of, or never converged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.utils import datetime2timestamp

from reconciler.model import Action
from tests.support import bench, document, manifest

SAMPLES = Path(__file__).parents[1] / "samples"
PLUS = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
LOG_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:x"
SENDS = {"EventSource": "userNotification", "LogLevel": "ERROR"}


def pool(**members: Any) -> dict[str, Any]:
    return document(user_pool={"PoolName": "customers", **members})


@pytest.mark.parametrize("mode", ["AUDIT", "ENFORCED"])
def test_threat_protection_makes_a_new_pool_plus(tmp_path, mode):
    with bench() as here:
        wanted = manifest(tmp_path, pool(UserPoolAddOns={"AdvancedSecurityMode": mode}))
        plan = here.plan(wanted)
        assert (plan.refusals, plan.notices) == ((), ())
        assert [c.reason for c in plan.pending] == ["threat protection makes it a PLUS pool, which costs more"]
        here.converge(wanted)
        (live,) = here.boto().list_user_pools(MaxResults=1)["UserPools"]
        assert here.boto().describe_user_pool(UserPoolId=live["Id"])["UserPool"]["UserPoolTier"] == "PLUS"


def test_what_rests_on_threat_protection_may_come_with_it(tmp_path):
    risk = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}
    with bench() as here:
        here.converge(manifest(tmp_path, {**pool(**PLUS), "risk_configuration": risk}))


def test_a_live_pool_does_not_become_plus_by_it(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, pool()))
        assert [r.rule for r in here.plan(manifest(tmp_path, pool(**PLUS))).refusals] == ["P24"]


@pytest.mark.parametrize("before", [{"Settings": {"components": {}}}, {"UseCognitoProvidedValues": True}, None])
def test_cognitos_own_branding_takes_settings_of_null(tmp_path, before):
    own = {"UseCognitoProvidedValues": True, "Settings": None}
    with bench() as here:
        client = {"branding": before} if before else {}
        here.converge(manifest(tmp_path, {**pool(), "clients": {"web": client}}))
        here.converge(manifest(tmp_path, {**pool(), "clients": {"web": {"branding": own}}}))


def test_a_client_for_client_tokens_is_known_and_needs_no_domain(tmp_path):
    scopes = {"api": {"Name": "api", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}}
    client = {
        "GenerateSecret": True,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["api/read"],
    }
    with bench() as here:
        wanted = manifest(tmp_path, {**pool(), "domains": {}, "resource_servers": scopes, "clients": {"web": client}})
        assert here.plan(wanted).notices == ()
        here.converge(wanted)


def test_a_log_group_as_other_tools_print_it_converges(tmp_path):
    entry = {**SENDS, "CloudWatchLogsConfiguration": {"LogGroupArn": f"{LOG_GROUP}:*"}}
    with bench() as here:
        here.converge(manifest(tmp_path, {**pool(), "log_delivery": {"LogConfigurations": [entry]}}))


@pytest.mark.parametrize(
    "tree",
    [
        pool(Policies={"PasswordPolicy": {"TemporaryPasswordValidityDays": 0}}),
        {**pool(), "clients": {"web": {"RefreshTokenValidity": 0}}},
    ],
    ids=["temporary password", "refresh token"],
)
def test_a_value_that_cognito_replaces_converges(tmp_path, tree):
    with bench() as here:
        here.converge(manifest(tmp_path, tree))
        other = json.loads(json.dumps(tree).replace(": 0}", ": 5}"))
        here.converge(manifest(tmp_path, other))
        here.converge(manifest(tmp_path, tree))


def described(here: Any) -> dict[str, Any]:
    """The answer of DescribeUserPool as the AWS CLI prints it, without what belongs to another section."""
    (item,) = here.boto().list_user_pools(MaxResults=1)["UserPools"]
    answer = here.boto().describe_user_pool(UserPoolId=item["Id"])["UserPool"]
    del answer["MfaConfiguration"]
    return json.loads(json.dumps(answer, default=datetime2timestamp))


def test_a_described_pool_can_be_pasted_for_a_new_one_and_for_itself(tmp_path):
    schema = [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}, {"Name": "email", "Required": True}]
    legacy = {"EmailVerificationMessage": "one {####}", "EmailVerificationSubject": "code"}
    with bench() as here:
        here.converge(manifest(tmp_path, pool(Schema=schema, **legacy)))
        pasted = described(here)
        again = manifest(tmp_path, document(user_pool=pasted))
        assert [c for c in here.plan(again).changes if c.action is not Action.NONE] == []
    with bench() as other:
        plan = other.plan(again)
        (change,) = plan.pending
        shown = {f.path[1] for f in change.fields if f.path[0] == "Schema"}
        assert (plan.refusals, shown) == ((), {"tenant", "email"})  # the others are as Cognito makes them
        other.converge(again)
        now = described(other)
        assert {k: v for k, v in now.items() if k not in ("Id", "Arn", "CreationDate", "LastModifiedDate")} == {
            k: v for k, v in pasted.items() if k not in ("Id", "Arn", "CreationDate", "LastModifiedDate")
        }


def test_a_described_saml_provider_can_be_pasted(tmp_path):
    saml = {"ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "https://idp.example.com/m"}}
    with bench() as here:
        here.converge(manifest(tmp_path, {**pool(), "identity_providers": {"okta": saml}}))
        (item,) = here.boto().list_user_pools(MaxResults=1)["UserPools"]
        asked = {"UserPoolId": item["Id"], "ProviderName": "okta"}
        answer = here.boto().describe_identity_provider(**asked)["IdentityProvider"]
        assert "ActiveEncryptionCertificate" in answer["ProviderDetails"]
        pasted = json.loads(json.dumps(answer, default=datetime2timestamp))
        again = manifest(tmp_path, {**pool(), "identity_providers": {"okta": pasted}})
        assert here.plan(again).pending == ()
