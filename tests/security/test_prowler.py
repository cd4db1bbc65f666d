"""What each of Prowler's checks on Cognito fails for is found here, by a rule that names the check.

The names are those of Prowler 5.46.0 (prowler/providers/aws/services/cognito). Of eight checks the state is what their
`execute` fails for; of the others it follows from the check's name and metadata. Prowler itself does not run here.
"""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.planning.linting import LintOptions, lint
from reconciler.security.catalogue import rules
from tests.security.test_rules import loaded
from tools.security_pages import CHECKED

POLICY = {"MinimumLength": 14, "RequireLowercase": True, "RequireUppercase": True, "RequireNumbers": True,
          "RequireSymbols": True, "TemporaryPasswordValidityDays": 7}  # fmt: skip


def password(**worse: Any) -> dict[str, Any]:
    return {"user_pool": {"PoolName": "p", "Policies": {"PasswordPolicy": {**POLICY, **worse}}}}


def enforced(**risk: Any) -> dict[str, Any]:
    add_ons = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}, "UserPoolTier": "PLUS"}
    return {"user_pool": {"PoolName": "p", **add_ons}, "risk_configuration": risk}


def client(**members: Any) -> dict[str, Any]:
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
    return {"user_pool": {"PoolName": "p"}, "clients": {"web": {**flows, **members}}}


ACTION = {"Notify": False, "EventAction": "BLOCK"}
FAILS: dict[str, dict[str, Any]] = {
    "cognito_identity_pool_guest_access_disabled": {
        "kind": "IdentityPool",
        "identity_pool": {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": True},
    },
    "cognito_user_pool_account_recovery_sms_not_preferred": {
        "user_pool": {
            "PoolName": "p",
            "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}]},
        }
    },
    "cognito_user_pool_advanced_security_enabled": {
        "user_pool": {
            "PoolName": "p",
            "UserPoolTier": "PLUS",
            "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
        }
    },
    "cognito_user_pool_blocks_compromised_credentials_sign_in_attempts": enforced(
        CompromisedCredentialsRiskConfiguration={
            "EventFilter": ["SIGN_UP"],
            "Actions": {"EventAction": "BLOCK"},
        }
    ),
    "cognito_user_pool_blocks_potential_malicious_sign_in_attempts": enforced(
        AccountTakeoverRiskConfiguration={"Actions": {"LowAction": ACTION, "MediumAction": ACTION}}
    ),
    "cognito_user_pool_client_prevent_user_existence_errors": client(PreventUserExistenceErrors="LEGACY"),
    "cognito_user_pool_client_token_revocation_enabled": client(EnableTokenRevocation=False),
    "cognito_user_pool_deletion_protection_enabled": {"user_pool": {"PoolName": "p", "DeletionProtection": "INACTIVE"}},
    "cognito_user_pool_mfa_enabled": {"user_pool": {"PoolName": "p"}, "mfa": {"MfaConfiguration": "OPTIONAL"}},
    "cognito_user_pool_password_policy_lowercase": password(RequireLowercase=False),
    "cognito_user_pool_password_policy_minimum_length_14": password(MinimumLength=13),
    "cognito_user_pool_password_policy_number": password(RequireNumbers=False),
    "cognito_user_pool_password_policy_symbol": password(RequireSymbols=False),
    "cognito_user_pool_password_policy_uppercase": password(RequireUppercase=False),
    "cognito_user_pool_self_registration_disabled": {
        "profile": "workforce",
        "user_pool": {"PoolName": "p", "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False}},
    },
    "cognito_user_pool_temporary_password_expiration": password(TemporaryPasswordValidityDays=8),
    "cognito_user_pool_waf_acl_attached": {"user_pool": {"PoolName": "p"}},
}
"""By check: a document of which its status is FAIL."""


def test_every_check_has_a_state():
    assert tuple(FAILS) == CHECKED["prowler"]


@pytest.mark.parametrize("check", FAILS)
def test_what_it_fails_for_is_found(tmp_path, check: str):
    found, *beside = loaded(tmp_path, {"fail": {"version": 1, **FAILS[check]}}, "fail")
    weaknesses = lint(found, LintOptions(outside={"web_acl": ""}), beside).weaknesses
    same = {rule.id for rule in rules().values() if check in dict(rule.same).get("prowler", ())}
    assert same & {one.rule for one in weaknesses}, (same, [one.rule for one in weaknesses])
