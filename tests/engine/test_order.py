"""In which order calls are sent, where the order decides whether the service takes them.

The previewed calls are compared letter by letter with what was written down after thinking (golden/*.txt), and each
change converges on the embedded Cognito, which refuses as AWS does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Sent
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.render.redact import conceal
from reconciler.render.spelling import plain
from tests.engine.full import CERTIFICATE, OTHER_CERTIFICATE, REGION, SES, role
from tests.render.golden import check
from tests.support import bench, document, manifest

GOLDEN = Path(__file__).parent / "golden"
POOL: dict[str, Any] = {"PoolName": "customers", "AutoVerifiedAttributes": ["email"]}
DEVELOPER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SES}
SMS = {"SnsCallerArn": role("sms"), "ExternalId": "x"}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
PLUS = {**POOL, "UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
RISK = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}
OIDC = {
    "ProviderType": "OIDC",
    "ProviderDetails": {
        "client_id": "id",
        "attributes_request_method": "GET",
        "authorize_scopes": "openid",
        "oidc_issuer": "https://idp.example.com",
    },
}
SCOPES = [{"ScopeName": "read", "ScopeDescription": "Read"}]
OAUTH = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "CallbackURLs": ["https://example.com/cb"],
}


def with_email(**more: Any) -> dict[str, Any]:
    return {**POOL, "EmailConfiguration": DEVELOPER, **more}


def with_length(length: int) -> dict[str, Any]:
    rules = {f"Require{what}": True for what in ("Uppercase", "Lowercase", "Numbers", "Symbols")}
    return {**POOL, "Policies": {"PasswordPolicy": {"MinimumLength": length, **rules}}}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "email-mfa-with-ses": (
        document(user_pool=POOL, mfa={"MfaConfiguration": "OFF"}),
        document(user_pool=with_email(), mfa={"MfaConfiguration": "ON", "EmailMfaConfiguration": {}}),
    ),
    "ses-away-with-email-mfa": (
        document(user_pool=with_email(), mfa={"MfaConfiguration": "ON", "EmailMfaConfiguration": {}, **TOTP}),
        document(
            user_pool={**POOL, "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT", "SourceArn": None}},
            mfa={"MfaConfiguration": "ON", "EmailMfaConfiguration": None, **TOTP},
        ),
    ),
    "mfa-on-to-off": (
        document(user_pool=POOL, mfa={"MfaConfiguration": "ON", **TOTP}),
        document(user_pool=POOL, mfa={"MfaConfiguration": "OFF"}),
    ),
    "sms-to-totp": (
        document(
            user_pool={**POOL, "SmsConfiguration": SMS}, mfa={"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}
        ),
        document(
            user_pool={**POOL, "SmsConfiguration": SMS},
            mfa={"MfaConfiguration": "ON", "SmsMfaConfiguration": None, **TOTP},
        ),
    ),
    "on-to-optional-with-email-otp": (
        document(user_pool=POOL, mfa={"MfaConfiguration": "ON", **TOTP}),
        document(
            user_pool={
                **POOL,
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
            },
            mfa={"MfaConfiguration": "OPTIONAL"},
        ),
    ),
    "optional-to-on-without-email-otp": (
        document(
            user_pool={
                **POOL,
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
            },
            mfa={"MfaConfiguration": "OPTIONAL", **TOTP},
        ),
        document(
            user_pool={**POOL, "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}},
            mfa={"MfaConfiguration": "ON"},
        ),
    ),
    "provider-added-and-used": (
        document(user_pool=POOL, identity_providers={}, clients={"web": {"SupportedIdentityProviders": ["COGNITO"]}}),
        document(
            user_pool=POOL,
            identity_providers={"okta": OIDC},
            clients={"web": {"SupportedIdentityProviders": ["COGNITO", "okta"]}},
        ),
    ),
    "provider-and-scope-removed": (
        document(
            user_pool=POOL,
            identity_providers={"okta": OIDC},
            resource_servers={"orders": {"Name": "Orders", "Scopes": SCOPES}},
            clients={
                "web": {
                    **OAUTH,
                    "AllowedOAuthScopes": ["openid", "orders/read"],
                    "SupportedIdentityProviders": ["COGNITO", "okta"],
                }
            },
        ),
        document(
            user_pool=POOL,
            identity_providers={},
            resource_servers={},
            clients={"web": {**OAUTH, "AllowedOAuthScopes": ["openid"], "SupportedIdentityProviders": ["COGNITO"]}},
            prune=["identity_providers", "resource_servers"],
        ),
    ),
    "plus-to-lite": (
        document(user_pool=PLUS, risk_configuration=RISK, domains={"shop": {"ManagedLoginVersion": 2}}),
        document(
            user_pool={**POOL, "UserPoolTier": "LITE", "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}},
            risk_configuration={"CompromisedCredentialsRiskConfiguration": None},
            domains={"shop": {"ManagedLoginVersion": 1}},
        ),
    ),
    "lite-to-plus": (
        document(user_pool={**POOL, "UserPoolTier": "LITE"}, domains={"shop": {"ManagedLoginVersion": 1}}),
        document(user_pool=PLUS, risk_configuration=RISK, domains={"shop": {"ManagedLoginVersion": 2}}),
    ),
    "weaker-passwords-with-mfa-on": (
        document(user_pool=with_length(14), mfa={"MfaConfiguration": "OFF"}),
        document(user_pool=with_length(8), mfa={"MfaConfiguration": "ON", **TOTP}),
    ),
    "stronger-passwords-with-mfa-off": (
        document(user_pool=with_length(8), mfa={"MfaConfiguration": "ON", **TOTP}),
        document(user_pool=with_length(14), mfa={"MfaConfiguration": "OFF"}),
    ),
    "threat-protection-off-with-mfa-required": (
        document(user_pool=PLUS, mfa={"MfaConfiguration": "OPTIONAL", **TOTP}),
        document(
            user_pool={**PLUS, "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}},
            mfa={"MfaConfiguration": "ON", **TOTP},
        ),
    ),
    "weaker-passwords-and-the-sender-of-a-new-factor": (
        document(user_pool=with_length(14), mfa={"MfaConfiguration": "OFF"}),
        document(
            user_pool={**with_length(8), "EmailConfiguration": DEVELOPER},
            mfa={"MfaConfiguration": "ON", "EmailMfaConfiguration": {}},
        ),
    ),
    "certificate": (
        document(
            user_pool=POOL,
            domains={
                "auth.example.com": {
                    "ManagedLoginVersion": 2,
                    "CustomDomainConfig": {"CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_2_2021"},
                }
            },
        ),
        document(
            user_pool=POOL,
            domains={"auth.example.com": {"CustomDomainConfig": {"CertificateArn": OTHER_CERTIFICATE}}},
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_calls_come_in_an_order_that_the_service_takes(tmp_path, case):
    before, after = CASES[case]
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, before))
        found = manifest(tmp_path, after)
        plan = planned(found, here.cloud, PlanOptions(prune=True))
        assert plan.refusals == ()
        calls = [call for c in plan.pending for call in lower(c, plan)]
        events = here.apply(found, plan)
        assert [e.call.operation for e in events if isinstance(e, Sent)] == [c.operation for c in calls]
        assert planned(found, here.cloud, PlanOptions(prune=True)).pending == ()
        text = "".join(
            f"{c.operation} {json.dumps(plain(conceal(c.params)), indent=1, sort_keys=True)}\n" for c in calls
        )
        pool = plan.target.pool_id
    for number, made in enumerate(sorted({v for c in calls for k, v in c.params.items() if k == "ClientId"})):
        text = text.replace(str(made), f"CLIENT{number}")
    check(GOLDEN / f"{case}.txt", text.replace(pool, "POOL"))
