"""What somebody changes by hand is shown as exactly that change, and one apply repairs it."""

from __future__ import annotations

import pytest

from tests.engine.full import function
from tests.support import bench, document, manifest

TREE = document(
    target={"account": "123456789012", "region": "eu-west-1"},
    user_pool={
        "PoolName": "customers",
        "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
        "AutoVerifiedAttributes": ["email"],
        "LambdaConfig": {
            "PreSignUp": function("check").replace("eu-central-1", "eu-west-1"),
            "PostConfirmation": function("welcome").replace("eu-central-1", "eu-west-1"),
        },
        "UserPoolTags": {"team": "web", "cost": "42"},
    },
    mfa={"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    groups={"admins": {"Precedence": 1, "Description": "Administrators"}},
    clients={
        "web": {
            "CallbackURLs": ["https://a.example.com/cb", "https://b.example.com/cb"],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthScopes": ["openid"],
            "SupportedIdentityProviders": ["COGNITO"],
        }
    },
)


def _pool(idp, pool):
    found = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    keep = (
        "Policies",
        "AutoVerifiedAttributes",
        "LambdaConfig",
        "UserPoolTags",
        "UserPoolTier",
        "AccountRecoverySetting",
    )
    return {k: found[k] for k in keep if k in found}


def mfa_off(idp, pool, client):
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF")


def trigger_elsewhere(idp, pool, client):
    body = _pool(idp, pool)
    body["LambdaConfig"]["PreSignUp"] = function("evil").replace("eu-central-1", "eu-west-1")
    idp.update_user_pool(UserPoolId=pool, **body)


def callback_swapped(idp, pool, client):
    found = idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    skip = ("CreationDate", "LastModifiedDate", "ClientType", "ClientSecret")
    body = {k: v for k, v in found.items() if k not in skip}
    body["CallbackURLs"] = ["https://a.example.com/cb", "https://evil.example.com/cb"]
    idp.update_user_pool_client(**body)


def precedence(idp, pool, client):
    idp.update_group(UserPoolId=pool, GroupName="admins", Precedence=7)


def password_length(idp, pool, client):
    body = _pool(idp, pool)
    body["Policies"]["PasswordPolicy"]["MinimumLength"] = 6
    idp.update_user_pool(UserPoolId=pool, **body)


def tag_removed(idp, pool, client):
    arn = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
    idp.untag_resource(ResourceArn=arn, TagKeys=["team"])


@pytest.mark.parametrize(
    ("change", "expected", "calls"),
    [
        (
            mfa_off,
            [("mfa", ("SoftwareTokenMfaConfiguration", "Enabled")), ("mfa", ("MfaConfiguration",))],
            ["SetUserPoolMfaConfig"],
        ),
        (trigger_elsewhere, [("user_pool", ("LambdaConfig", "PreSignUp"))], ["UpdateUserPool"]),
        (callback_swapped, [("clients/web", ("CallbackURLs",))], ["UpdateUserPoolClient"]),
        (precedence, [("groups/admins", ("Precedence",))], ["UpdateGroup"]),
        (password_length, [("user_pool", ("Policies", "PasswordPolicy", "MinimumLength"))], ["UpdateUserPool"]),
        (tag_removed, [("user_pool", ("UserPoolTags", "team"))], ["TagResource"]),
    ],
)
@pytest.mark.parametrize("unmeasured", ["reset", "kept"])
def test_one_change_by_hand_is_one_change_in_the_plan(tmp_path, change, expected, calls, unmeasured):
    with bench(unmeasured=unmeasured) as here:
        found = manifest(tmp_path, TREE)
        here.converge(found)
        idp = here.boto()
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        client = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"][0]["ClientId"]
        before = here.snapshot(pool)
        assert not here.plan(found).pending

        change(idp, pool, client)

        plan = here.plan(found)
        assert [(str(c.address), f.path) for c in plan.pending for f in c.fields] == expected
        here.local.calls.clear()
        here.converge(found)
        writes = [c.operation for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]
        assert writes == calls
        assert here.snapshot(pool) == before
