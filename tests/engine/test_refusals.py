"""What must not be written is refused before the first write, with the rule and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.full import role
from tests.support import Bench, bench, document, manifest

POOL = {"PoolName": "customers", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
TENANT = {"Name": "tenant", "AttributeDataType": "String", "Mutable": True}
OIDC = {
    "client_id": "id",
    "attributes_request_method": "GET",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://idp.example.com",
}
START = document(
    user_pool={**POOL, "Schema": [TENANT]},
    identity_providers={"okta": {"ProviderType": "OIDC", "ProviderDetails": OIDC}},
    clients={"web": {"GenerateSecret": False}},
)


def writes(here: Bench) -> list[str]:
    return [c.operation for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]


def change(**sections: Any) -> dict[str, Any]:
    return {**START, **sections}


@pytest.mark.parametrize(
    ("tree", "rule", "address", "words"),
    [
        (
            change(user_pool={**POOL, "Schema": [{**TENANT, "AttributeDataType": "Number"}]}),
            "immutable",
            "user_pool",
            ("AttributeDataType", "String", "Number", "Add one with another name"),
        ),
        (
            change(user_pool={**POOL, "Schema": [{**TENANT, "Mutable": False}]}),
            "immutable",
            "user_pool",
            ("Mutable", "never altered"),
        ),
        (
            change(user_pool={**POOL, "AliasAttributes": ["email", "preferred_username"], "Schema": [TENANT]}),
            "immutable",
            "user_pool",
            ("AliasAttributes", "preferred_username"),
        ),
        (
            change(clients={"web": {"GenerateSecret": True}}),
            "immutable",
            "clients/web",
            ("GenerateSecret", "second client"),
        ),
        (
            change(identity_providers={"okta": {"ProviderType": "SAML"}}),
            "immutable",
            "identity_providers/okta",
            ("ProviderType", "another name"),
        ),
        (change(user_pool={**POOL, "UsernameConfiguration": {"CaseSensitive": False}}), "immutable", "user_pool", ()),
    ],
)
def test_what_is_immutable_is_refused_and_nothing_is_written(tmp_path, tree, rule, address, words):
    with bench() as here:
        here.converge(manifest(tmp_path, START))
        here.local.calls.clear()
        plan = here.plan(manifest(tmp_path, tree))
        found = [r for r in plan.refusals if r.rule == rule]
        assert [str(r.address) for r in found] == [address]
        text = f"{found[0].message} {found[0].advice}"
        assert found[0].source is not None
        assert all(word in text for word in words if word not in found[0].path)
        assert writes(here) == []


LITE = {**POOL, "UserPoolTier": "LITE"}
NEW_CLIENT = {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthScopes": ["openid"]}
CODE = {**NEW_CLIENT, "AllowedOAuthFlows": ["code"], "CallbackURLs": ["https://example.com/cb"]}
RULES: list[tuple[str, dict[str, Any]]] = [
    ("P1", {"user_pool": {**POOL, "UsernameAttributes": ["email"]}}),
    ("P2", {"user_pool": {**POOL, "AutoVerifiedAttributes": ["phone_number"]}}),
    ("P4", {"mfa": {"MfaConfiguration": "ON"}}),
    ("P4", {"mfa": {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": False}}}),
    ("P4", {"mfa": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}}),
    ("P5", {"mfa": {"MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": {"Enabled": True}}}),
    ("P5", {"mfa": {"SoftwareTokenMfaConfiguration": {"Enabled": True}}}),
    ("P6", {"mfa": {"MfaConfiguration": "ON", "EmailMfaConfiguration": {}}}),
    (
        "P7",
        {
            "user_pool": {
                **POOL,
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
            },
            "mfa": {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        },
    ),
    (
        "P8",
        {
            "user_pool": {
                **POOL,
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
            },
            "mfa": {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        },
    ),
    ("P9", {"user_pool": {**POOL, "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["EMAIL_OTP"]}}}}),
    (
        "P10",
        {
            "user_pool": {
                **POOL,
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SMS_OTP"]}},
            }
        },
    ),
    (
        "P11",
        {
            "user_pool": {
                **POOL,
                "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["phone_number"]},
            }
        },
    ),
    (
        "P12",
        {
            "user_pool": {
                **POOL,
                "AccountRecoverySetting": {
                    "RecoveryMechanisms": [
                        {"Priority": 1, "Name": "admin_only"},
                        {"Priority": 2, "Name": "verified_email"},
                    ]
                },
            }
        },
    ),
    ("P14", {"user_pool": {**POOL, "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}}),
    (
        "P17",
        {"user_pool": {**POOL, "SmsConfiguration": {"SnsCallerArn": role("sms"), "SnsRegion": "us-east-1"}}},
    ),
    (
        "P17",
        {"user_pool": {**POOL, "SmsConfiguration": {"SnsCallerArn": role("sms").replace("123456789012", "2" * 12)}}},
    ),
    (
        "P18",
        {
            "user_pool": {
                **POOL,
                "SmsConfiguration": {"SnsCallerArn": role("sms"), "EumsSms": {"CallerArn": role("eums")}},
            }
        },
    ),
    ("P20", {"user_pool": {**POOL, "LambdaConfig": {"PreSignUp": f"arn:aws:lambda:us-east-1:{'1' * 12}:function:f"}}}),
    (
        "P21",
        {
            "user_pool": {
                **POOL,
                "LambdaConfig": {
                    "CustomSMSSender": {
                        "LambdaVersion": "V1_0",
                        "LambdaArn": f"arn:aws:lambda:eu-west-1:{'1' * 12}:function:f",
                    }
                },
            }
        },
    ),
    ("P24", {"user_pool": {**LITE, "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}}),
    ("P25", {"user_pool": {**POOL, "Schema": [{**TENANT, "Required": True}]}}),
    ("P26", {"user_pool": {**POOL, "Schema": [{"Name": "email", "AttributeDataType": "Number"}]}}),
    (
        "P27",
        {
            "user_pool": {
                **POOL,
                "Schema": [{**TENANT, "StringAttributeConstraints": {"MinLength": "9", "MaxLength": "3"}}],
            }
        },
    ),
    ("P34", {"user_pool": {**POOL, "AcrConfiguration": {"Level1": {"AcrValue": "urn:cognito:loa:2"}}}}),
    ("P35", {"user_pool": {**POOL, "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY"}}}),
    ("P36", {"user_pool": {**LITE, "Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}}}),
    ("P37", {"mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "https://auth.example.com"}}}),
    ("C1", {"clients": {"new": {"AllowedOAuthFlowsUserPoolClient": True}}}),
    ("C2", {"clients": {"new": {**NEW_CLIENT, "AllowedOAuthFlows": ["code"]}}}),
    ("C3", {"clients": {"new": {**CODE, "AllowedOAuthFlows": ["client_credentials", "code"]}}}),
    ("C4", {"clients": {"new": {**NEW_CLIENT, "AllowedOAuthFlows": ["client_credentials"]}}}),
    ("C5", {"clients": {"new": {**NEW_CLIENT, "GenerateSecret": True, "AllowedOAuthFlows": ["client_credentials"]}}}),
    ("C6", {"clients": {"new": {**CODE, "AllowedOAuthScopes": ["orders/read"]}}}),
    ("C7", {"clients": {"new": {"SupportedIdentityProviders": ["COGNITO", "azure"]}}}),
    ("C8", {"clients": {"new": {**CODE, "CallbackURLs": ["http://example.com/cb"]}}}),
    ("C8", {"clients": {"new": {**CODE, "CallbackURLs": ["https://example.com/cb#x"]}}}),
    ("C9", {"clients": {"new": {**CODE, "DefaultRedirectURI": "https://example.com/other"}}}),
    ("C10", {"clients": {"new": {"WriteAttributes": ["email", "email_verified"]}}}),
    ("C11", {"clients": {"new": {"ReadAttributes": ["custom:unknown"]}}}),
    ("C12", {"clients": {"new": {"AccessTokenValidity": 60, "TokenValidityUnits": {"AccessToken": "seconds"}}}}),
    (
        "C13",
        {
            "clients": {
                "new": {
                    "AccessTokenValidity": 20,
                    "RefreshTokenValidity": 2,
                    "TokenValidityUnits": {"RefreshToken": "hours"},
                }
            }
        },
    ),
    ("C14", {"clients": {"new": {"ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}}}),
    ("C15", {"clients": {"new": {"EnablePropagateAdditionalUserContextData": True}}}),
    (
        "C17",
        {
            "clients": {
                "new": {
                    "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
                    "RefreshTokenRotation": {"Feature": "ENABLED"},
                }
            }
        },
    ),
    ("C18", {"clients": {"new": {"GenerateSecret": True, "ClientSecret": "a" * 30}}}),
    ("C19", {"user_pool": LITE, "clients": {"new": {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}}}),
    ("C21", {"clients": {"new": {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]}}}),
    ("O1", {"domains": {"my-amazon-shop": {}}}),
    ("O1", {"domains": {"one": {}, "two": {}}}),
    ("O2", {"domains": {"auth.example.com": {}}}),
    ("O3", {"user_pool": LITE, "domains": {"shop": {"ManagedLoginVersion": 2}}}),
    (
        "O8",
        {
            "identity_providers": {
                "okta": {"ProviderType": "OIDC", "ProviderDetails": {**OIDC, "oidc_issuer": "https://idp.example.com/"}}
            }
        },
    ),
    ("O9", {"identity_providers": {"mine": {"ProviderType": "Google", "ProviderDetails": {"client_id": "i"}}}}),
    ("O10", {"identity_providers": {"saml": {"ProviderType": "SAML", "ProviderDetails": {"IDPInit": "true"}}}}),
    (
        "O12",
        {
            "identity_providers": {
                "saml": {
                    "ProviderType": "SAML",
                    "ProviderDetails": {"MetadataURL": "https://idp.example.com/m"},
                    "AcrMapping": {"Level1": "one"},
                }
            }
        },
    ),
    ("O13", {"groups": {"g": {"RoleArn": f"arn:aws:iam::{'2' * 12}:role/other"}}}),
    ("required", {"identity_providers": {"okta": {"ProviderDetails": OIDC}}}),
    ("required", {"resource_servers": {"orders": {"Scopes": []}}}),
]


@pytest.mark.parametrize(("rule", "sections"), RULES, ids=lambda v: v if isinstance(v, str) else "")
def test_impossible_combinations_are_found_before_the_first_write(tmp_path, rule, sections):
    """Every rule, from nothing: the plan says it, names the place, and the judge would indeed refuse it."""
    with bench() as here:
        plan = here.plan(manifest(tmp_path, {**document(user_pool=POOL), **sections}))
        found = [r for r in plan.refusals if r.rule == rule]
        assert found, plan.refusals
        assert all(r.message and r.advice and r.source for r in found)
        assert writes(here) == []


def test_a_rule_is_judged_on_what_is_live_and_declared_together(tmp_path):
    """The first factor is live, MFA ON is declared: neither is wrong by itself."""
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    with bench() as here:
        here.converge(manifest(tmp_path, document(user_pool={**POOL, "Policies": factors})))
        mfa = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
        plan = here.plan(manifest(tmp_path, document(user_pool=POOL, mfa=mfa)))
        assert [(r.rule, str(r.address)) for r in plan.refusals] == [("P7", "mfa")]


def test_what_is_already_so_on_the_live_object_does_not_stop_a_plan(tmp_path):
    """AWS let an old client have a dead provider; a manifest that does not speak of it may still change a group."""
    with bench() as here:
        tree = change(clients={"web": {"SupportedIdentityProviders": ["COGNITO", "okta"]}})
        here.converge(manifest(tmp_path, tree))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        here.boto().delete_identity_provider(UserPoolId=pool, ProviderName="okta")
        plan = here.plan(manifest(tmp_path, document(user_pool=POOL, groups={"a": {}}, clients={"web": {}})))
        assert plan.refusals == ()


def test_two_pools_of_one_name_are_refused_with_the_candidates(tmp_path):
    with bench() as here:
        idp = here.boto()
        ids = sorted(idp.create_user_pool(PoolName="customers")["UserPool"]["Id"] for _ in range(2))
        here.local.calls.clear()
        plan = here.plan(manifest(tmp_path, document()))
        assert [r.rule for r in plan.refusals] == ["ambiguous"]
        assert all(i in plan.refusals[0].message for i in ids)
        assert "id:" in plan.refusals[0].advice
        assert writes(here) == []
        pinned = here.plan(manifest(tmp_path, document(id=ids[1])))
        assert pinned.refusals == ()
        assert pinned.target.pool_id == ids[1]


def test_two_clients_of_one_name_are_refused_with_the_candidates(tmp_path):
    with bench() as here:
        idp = here.boto()
        pool = idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        ids = sorted(
            idp.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
            for _ in range(2)
        )
        here.local.calls.clear()
        plan = here.plan(manifest(tmp_path, document(clients={"web": {"AuthSessionValidity": 5}})))
        assert [r.rule for r in plan.refusals] == ["ambiguous"]
        assert all(i in plan.refusals[0].message for i in ids)
        assert writes(here) == []
        clients = {
            "one": {"ClientName": "web", "ClientId": ids[0], "AuthSessionValidity": 5},
            "two": {"ClientName": "web", "ClientId": ids[1], "AuthSessionValidity": 6},
        }
        here.converge(manifest(tmp_path, document(clients=clients)))
        live = here.snapshot(pool)["clients"]
        assert [live[i]["AuthSessionValidity"] for i in ids] == [5, 6]


@pytest.mark.parametrize("pin", [{"id": "eu-west-1_Nobody123"}, {"clients": {"web": {"ClientId": "nobody"}}}])
def test_a_pinned_object_that_is_not_there_is_refused(tmp_path, pin):
    with bench() as here:
        here.boto().create_user_pool(PoolName="customers")
        plan = here.plan(manifest(tmp_path, document(**pin)))
        assert [r.rule for r in plan.refusals] == ["missing"]


def test_a_domain_of_another_pool_is_refused(tmp_path):
    with bench() as here:
        idp = here.boto()
        other = idp.create_user_pool(PoolName="other")["UserPool"]["Id"]
        idp.create_user_pool_domain(UserPoolId=other, Domain="shop")
        plan = here.plan(manifest(tmp_path, document(domains={"shop": {}})))
        assert [r.rule for r in plan.refusals] == ["O1"]
        assert other in plan.refusals[0].message
