"""The smallest documents with which the search broke a law: each is now applied for good, or refused while planning."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.full import PROVIDER, full
from tests.laws.laws import hold
from tests.laws.world import Hopeless, World

Document = dict[str, Any]


def pool(**members: Any) -> Document:
    return {"version": 1, "user_pool": {"PoolName": "customers", **members}}


def lite(**members: Any) -> Document:
    return pool(UserPoolTier="LITE", **members)


def tagged(tags: Document) -> Document:
    """An identity pool with one provider and its principal tags."""
    users = {"ProviderName": PROVIDER, "ClientId": "client1", "ServerSideTokenCheck": True}
    own = {
        "IdentityPoolName": "customers",
        "AllowUnauthenticatedIdentities": False,
        "CognitoIdentityProviders": [users],
    }
    return {"version": 1, "kind": "IdentityPool", "identity_pool": own, "principal_tags": {PROVIDER: tags}}


PASSKEYS = {"mfa": {"WebAuthnConfiguration": {"RelyingPartyId": "one.example.com"}}}
ADD_ONS = {"AdvancedSecurityMode": "OFF", "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"}}
STYLE = {"ui_customization": {"CSS": ".logo-customizable {max-width: 50%;}"}}
SNS = "arn:aws:iam::123456789012:role/sms-one"
BRANDING = {"UseCognitoProvidedValues": True, "Settings": {"categories": {"form": {"displayGraphics": True}}}}
ANALYTICS = {
    "ApplicationArn": "arn:aws:mobiletargeting:eu-central-1:123456789012:apps/1234567890abcdef1234567890abcdef",
    "RoleArn": "arn:aws:iam::123456789012:role/pinpoint-other",
}
SESSION = {"session": {"SSOSession": {"MaxValidityMinutes": 30}}}
SMS = {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": SNS}}}
ACL = full("one")["web_acl"][""]
BOTH_SENDERS = {"SnsCallerArn": SNS, "EumsSms": {"CallerArn": SNS, "OriginationIdentity": "one"}}

TEXT = {"SmsAuthenticationMessage": "Sign in one: {####}"}
BY_SMS = {**pool(SmsConfiguration={"SnsCallerArn": SNS}, **TEXT), "mfa": {**SMS, "MfaConfiguration": "ON"}}
REGION = {"SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": SNS, "SnsRegion": "eu-west-1"}}}

FOUND: dict[str, tuple[Document, Document | None]] = {
    "rotation that is off, and live without its grace period": (
        {**pool(), "clients": {"web": {"RefreshTokenRotation": {}}}},
        {**pool(), "clients": {"web": {"RefreshTokenRotation": {"Feature": "DISABLED"}}}},
    ),
    "rotation that is off, and another member": (
        {**pool(UserPoolTier="LITE"), "clients": {"web": {"RefreshTokenRotation": {}}}},
        {**pool(), "clients": {"web": {"RefreshTokenRotation": {"Feature": "DISABLED"}, "AuthSessionValidity": 5}}},
    ),
    "a text that is reset in the pool, and SMS of MFA that is written": (
        BY_SMS,
        {**pool(SmsAuthenticationMessage=None), "mfa": REGION},
    ),
    "a text that is reset in both, and a pool that is written": (
        BY_SMS,
        {
            **pool(SmsAuthenticationMessage=None, DeletionProtection="ACTIVE"),
            "mfa": {"SmsMfaConfiguration": {"SmsAuthenticationMessage": None}},
        },
    ),
    "a text that is reset in MFA, and a pool that is written": (
        BY_SMS,
        {**pool(DeletionProtection="ACTIVE"), "mfa": {"SmsMfaConfiguration": {"SmsAuthenticationMessage": None}}},
    ),
    "a text that is reset in MFA, and a factor": (
        BY_SMS,
        {
            **pool(),
            "mfa": {
                "SmsMfaConfiguration": {"SmsAuthenticationMessage": None},
                "SoftwareTokenMfaConfiguration": {"Enabled": True},
            },
        },
    ),
    "registration of clients is not in LITE": (lite(DcrConfiguration={}), None),
    "threat protection is not in LITE, even OFF with other flows": (lite(UserPoolAddOns=ADD_ONS), None),
    "threat protection is not in ESSENTIALS, even OFF with other flows": (pool(UserPoolAddOns=ADD_ONS), None),
    "sessions are not in LITE": ({**lite(), "session": {"TokenSession": {"MaxPerUser": 5}}}, None),
    "passkeys are not in LITE": ({**lite(), **PASSKEYS}, None),
    "LITE while passkeys are set": ({**pool(), **PASSKEYS}, lite()),
    "a code of an app is no first factor": (
        pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"]}}),
        None,
    ),
    "the role of analytics is Cognito's own": (
        {**pool(), "clients": {"web": {"AnalyticsConfiguration": ANALYTICS}}},
        None,
    ),
    "Cognito's own branding has no settings": (
        {**pool(), "domains": {"acme": {"ManagedLoginVersion": 2}}, "clients": {"web": {"branding": BRANDING}}},
        None,
    ),
    "two texts for one SMS": (
        {
            **pool(SmsAuthenticationMessage="Sign in one: {####}", SmsConfiguration={"SnsCallerArn": SNS}),
            "mfa": {
                "MfaConfiguration": "ON",
                "SmsMfaConfiguration": {"SmsAuthenticationMessage": "Sign in other: {####}"},
            },
        },
        None,
    ),
    "0 days": (pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 0}}), None),
    "two senders of SMS, in mfa": (
        {
            **pool(),
            "mfa": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": BOTH_SENDERS}},
        },
        None,
    ),
    "the role of another application goes when one is named by its ARN": (
        {**pool(), "clients": {"web": {"AnalyticsConfiguration": {"RoleArn": ANALYTICS["RoleArn"]}}}},
        {**pool(), "clients": {"web": {"AnalyticsConfiguration": {"ApplicationArn": ANALYTICS["ApplicationArn"]}}}},
    ),
    "a role does not come beside an application that is live by its ARN": (
        {**pool(), "clients": {"web": {"AnalyticsConfiguration": {"ApplicationArn": ANALYTICS["ApplicationArn"]}}}},
        {**pool(), "clients": {"web": {"AnalyticsConfiguration": {"RoleArn": ANALYTICS["RoleArn"]}}}},
    ),
    "the settings of a client's sessions end with tracking": (
        {**pool(), "session": {"UserSessionTracking": "ENABLED"}, "clients": {"web": SESSION}},
        {
            **pool(),
            "session": {"UserSessionTracking": "DISABLED"},
            "clients": {"web": {"session": {"SSOSession": {"MaxValidityMinutes": 60}}}},
        },
    ),
    "null for an entry of a map that has a default": (pool(), pool(AcrConfiguration={"Level3": None})),
    "null for an entry of a map that was set": (
        pool(AcrConfiguration={"Level3": {"AcrValue": "urn:three"}}, UserPoolTags={"team": "one"}),
        pool(AcrConfiguration={"Level3": None, "Level1": None}, UserPoolTags={"team": None}),
    ),
    "two senders of SMS, one in the pool and one in mfa": (
        {
            **pool(SmsConfiguration={"SnsCallerArn": SNS}),
            "mfa": {
                "MfaConfiguration": "ON",
                "SmsMfaConfiguration": {"SmsConfiguration": {"EumsSms": BOTH_SENDERS["EumsSms"]}},
            },
        },
        None,
    ),
    "verified phone numbers, with an empty block in the pool and the sender in mfa": (
        {**pool(AutoVerifiedAttributes=["phone_number"], SmsConfiguration={}), "mfa": SMS},
        None,
    ),
    "the Region of SMS in the pool, and the sender in mfa": (
        {
            **pool(AutoVerifiedAttributes=["phone_number"], SmsConfiguration={"SnsRegion": "eu-central-1"}),
            "mfa": SMS,
        },
        None,
    ),
    "a web ACL that goes by null": ({**pool(), "web_acl": ACL}, {**pool(), "web_acl": None}),
    "a style of the pool without a domain": ({**pool(), **STYLE}, None),
    "a style of a client without a domain": ({**pool(), "clients": {"web": STYLE}}, None),
    "the scopes of dynamic registration are filled in": (
        pool(),
        pool(DcrConfiguration={"EnableStatus": "Disabled", "AllowedScopes": None}),
    ),
    "a text of SMS that goes with a write of MFA": (
        pool(SmsAuthenticationMessage="Sign in one: {####}", SmsConfiguration={}),
        {
            **pool(SmsConfiguration={"SnsCallerArn": SNS}),
            "mfa": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsAuthenticationMessage": None}},
        },
    ),
    "the Region of SMS in mfa, and the sender in the pool": (
        {
            **pool(SmsConfiguration={"SnsCallerArn": SNS}),
            "mfa": {
                "MfaConfiguration": "OPTIONAL",
                "SmsMfaConfiguration": {"SmsConfiguration": {"SnsRegion": "eu-central-1"}},
            },
        },
        None,
    ),
    "null for the SMS configuration of MFA": (
        pool(SmsConfiguration={"SnsCallerArn": SNS}),
        {**pool(), "mfa": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": None}}},
    ),
    "an hour is what a token lives anyway": (
        {**pool(), "clients": {"app": {}}},
        {**pool(), "clients": {"app": {"AccessTokenValidity": 1, "AuthSessionValidity": 8}}},
    ),
    "LITE while sessions are tracked and not declared": (
        {**pool(), "session": {"UserSessionTracking": "ENABLED"}},
        lite(),
    ),
    "tags of a provider that are switched off": (
        tagged({"UseDefaults": True}),
        tagged({"UseDefaults": False}),
    ),
    "the last tag of a provider": (
        tagged({"UseDefaults": False, "PrincipalTags": {"plan": "custom:plan"}}),
        tagged({"UseDefaults": False, "PrincipalTags": {"plan": None}}),
    ),
    "a limit below the free rate": ({**pool(), "limits": {"UserAuthentication": {"RequestedLimitValue": 1}}}, None),
}
"""What was found: how the pool was set up, and the manifest after it; None is the same one."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_mended(tmp_path, name: str) -> None:
    before, document = FOUND[name]
    try:
        hold(World(tmp_path), before, document or before)
    except Hopeless:
        return  # refused, and nothing is left without it
