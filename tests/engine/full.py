"""Two valid values for every member of every kind, so that laws can be tried on all of them.

`ONE` is a pool in which everything is set to something that is not the default. `OTHER` has a different value for
each leaf, valid with all other leaves as they are in ONE. Members that exclude each other have a `VARIANTS` entry,
which says how the rest must be for that leaf. A test insists that no member of a schema is missing here.
"""

from __future__ import annotations

from typing import Any

REGION = "eu-central-1"
ACCOUNT = "123456789012"


def function(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001"
OTHER_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000002"
SES = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/one@example.com"
OTHER_SES = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/other@example.com"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000001"
OTHER_CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000002"
PINPOINT = f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/1234567890abcdef1234567890abcdef"
OTHER_PINPOINT = f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/abcdef1234567890abcdef1234567890"
METADATA = (
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/{0}">'
    '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
    "<ds:X509Certificate>MIIC</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
    'Location="https://idp.example.com/{0}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
)


EMAIL_MEMBERS = ("SourceArn", "ReplyToEmailAddress", "EmailSendingAccount", "From", "ConfigurationSet")
EUMS_MEMBERS = (
    *("CallerArn", "ExternalId", "OriginationIdentity", "ConfigurationSetName", "InEntityId", "InTemplateId", "Region"),
)


def _triggers(tag: str) -> dict[str, Any]:
    plain = [
        "PreSignUp",
        "CustomMessage",
        "PostConfirmation",
        "PreAuthentication",
        "PostAuthentication",
        "DefineAuthChallenge",
        "CreateAuthChallenge",
        "VerifyAuthChallengeResponse",
        "UserMigration",
    ]
    return {
        **{name: function(f"{name}-{tag}") for name in plain},
        "PreTokenGeneration": function(f"token-{tag}"),
        "PreTokenGenerationConfig": {
            "LambdaArn": function(f"token-{tag}"),
            "LambdaVersion": "V2_0" if tag == "one" else "V3_0",
        },
        "CustomSMSSender": {"LambdaArn": function(f"sms-{tag}"), "LambdaVersion": "V1_0"},
        "CustomEmailSender": {"LambdaArn": function(f"mail-{tag}"), "LambdaVersion": "V1_0"},
        "InboundFederation": {"LambdaArn": function(f"federation-{tag}"), "LambdaVersion": "V1_0"},
        "KMSKeyID": KEY if tag == "one" else OTHER_KEY,
    }


def _paths(tree: dict[str, Any], before: str = "") -> list[str]:
    found = []
    for key, value in tree.items():
        found += _paths(value, f"{before}{key}.") if isinstance(value, dict) else [before + key]
    return found


TRIGGER_PATHS = _paths(_triggers("one"))


def _user_pool(tag: str) -> dict[str, Any]:
    one = tag == "one"
    return {
        "PoolName": "customers" if one else "clients of ours",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 10 if one else 12,
                "RequireUppercase": not one,
                "RequireLowercase": not one,
                "RequireNumbers": not one,
                "RequireSymbols": not one,
                "PasswordHistorySize": 3 if one else 5,
                "TemporaryPasswordValidityDays": 3 if one else 9,
            },
            "SignInPolicy": {
                "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] if one else ["PASSWORD", "EMAIL_OTP"],
            },
        },
        "DeletionProtection": "ACTIVE" if one else "INACTIVE",
        "LambdaConfig": _triggers(tag),
        "AutoVerifiedAttributes": ["email", "phone_number"] if one else ["email"],
        "SmsVerificationMessage": f"Verify {tag}: {{####}}",
        "EmailVerificationMessage": f"Verify {tag} by mail: {{####}}",
        "EmailVerificationSubject": f"Verify {tag}",
        "VerificationMessageTemplate": {
            "SmsMessage": f"Verify {tag}: {{####}}",
            "EmailMessage": f"Verify {tag} by mail: {{####}}",
            "EmailSubject": f"Verify {tag}",
            "EmailMessageByLink": f"Click {tag}: {{##here##}}",
            "EmailSubjectByLink": f"Click {tag}",
            "DefaultEmailOption": "CONFIRM_WITH_LINK" if one else "CONFIRM_WITH_CODE",
        },
        "SmsAuthenticationMessage": f"Sign in {tag}: {{####}}",
        "UserAttributeUpdateSettings": {
            "AttributesRequireVerificationBeforeUpdate": ["email"] if one else ["email", "phone_number"],
        },
        "DeviceConfiguration": {
            "ChallengeRequiredOnNewDevice": one,
            "DeviceOnlyRememberedOnUserPrompt": one,
        },
        "EmailConfiguration": {
            "SourceArn": SES if one else OTHER_SES,
            "ReplyToEmailAddress": f"{tag}@example.com",
            "EmailSendingAccount": "DEVELOPER",
            "From": f"Customers {tag} <{tag}@example.com>",
            "ConfigurationSet": f"set-{tag}",
        },
        "SmsConfiguration": {
            "SnsCallerArn": role(f"sms-{tag}"),
            "ExternalId": f"external-{tag}",
            "SnsRegion": REGION if one else "eu-west-1",
        },
        "UserPoolTags": {"team": tag, "cost": tag},
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": one,
            "InviteMessageTemplate": {
                "SMSMessage": f"Hello {tag} {{username}} {{####}}",
                "EmailMessage": f"Welcome {tag} {{username}} {{####}}",
                "EmailSubject": f"Welcome {tag}",
            },
        },
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "ENFORCED" if one else "AUDIT",
            "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED" if one else "AUDIT"},
        },
        "DcrConfiguration": {
            "EnableStatus": "Enabled" if one else "Disabled",
            "OpenDcrEnabled": one,
            "AuthenticatedGrantTypes": ["code"] if one else ["client_credentials"],
            "OpenDcrGrantTypes": ["implicit"] if one else ["code", "implicit"],
            "AllowedScopes": ["openid"] if one else ["openid", "email"],
        },
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_phone_number" if one else "verified_email"},
                {"Priority": 2, "Name": "verified_email" if one else "verified_phone_number"},
            ],
        },
        "UserPoolTier": "PLUS",
        "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY if one else OTHER_KEY},
        "IssuerConfiguration": {"Type": "UPDATED" if one else "ORIGINAL"},
        "AcrConfiguration": {f"Level{n}": {"AcrValue": f"urn:{tag}:{n}"} for n in range(1, 5)},
    }


def _mfa(tag: str) -> dict[str, Any]:
    one = tag == "one"
    return {
        "MfaConfiguration": "OPTIONAL" if one else "ON",
        "SmsMfaConfiguration": {
            "SmsAuthenticationMessage": f"Sign in {tag}: {{####}}",
            "SmsConfiguration": {
                "SnsCallerArn": role(f"sms-{tag}"),
                "ExternalId": f"external-{tag}",
                "SnsRegion": REGION if one else "eu-west-1",
            },
        },
        "SoftwareTokenMfaConfiguration": {"Enabled": one},
        "EmailMfaConfiguration": {"Message": f"Code {tag}: {{####}}", "Subject": f"Code {tag}"},
        "WebAuthnConfiguration": {
            "RelyingPartyId": f"{tag}.example.com",
            "UserVerification": "required" if one else "preferred",
            "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" if one else "SINGLE_FACTOR",
        },
    }


def _prefix(tag: str) -> dict[str, Any]:
    return {"ManagedLoginVersion": 2 if tag == "one" else 1}


def _custom(tag: str) -> dict[str, Any]:
    one = tag == "one"
    return {
        "ManagedLoginVersion": 2 if one else 1,
        "CustomDomainConfig": {
            "CertificateArn": CERTIFICATE if one else OTHER_CERTIFICATE,
            "SecurityPolicy": "TLS_V1_2_2021" if one else "TLS_V1_3_2025",
        },
        "Routing": {
            "Failover": {
                "SecondaryRegion": "eu-west-1" if one else "eu-north-1",
                "PrimaryRoute53HealthCheckId": f"check-{tag}",
            },
        },
    }


def _server(tag: str) -> dict[str, Any]:
    scopes = [{"ScopeName": "read", "ScopeDescription": f"Read {tag}"}]
    return {
        "Name": f"Orders {tag}",
        "Scopes": scopes if tag == "one" else [*scopes, {"ScopeName": "write", "ScopeDescription": "Write"}],
    }


def _provider(kind: str, tag: str) -> dict[str, Any]:
    social = {"client_id": f"id-{tag}", "client_secret": f"secret_{tag}_of_this_provider"}
    details: dict[str, dict[str, str]] = {
        "OIDC": {
            **social,
            "attributes_request_method": "GET" if tag == "one" else "POST",
            "authorize_scopes": "openid" if tag == "one" else "openid email",
            "oidc_issuer": f"https://{tag}.example.com",
            "attributes_url": f"https://{tag}.example.com/user",
            "authorize_url": f"https://{tag}.example.com/authorize",
            "token_url": f"https://{tag}.example.com/token",
            "jwks_uri": f"https://{tag}.example.com/keys",
        },
        "SAML": {
            "MetadataURL": f"https://{tag}.example.com/metadata",
            "IDPSignout": "true" if tag == "one" else "false",
            "IDPInit": "true" if tag == "one" else "false",
            "EncryptedResponses": "true" if tag == "one" else "false",
            "RequestSigningAlgorithm": "rsa-sha256",
        },
        "Google": {**social, "authorize_scopes": "openid" if tag == "one" else "openid email"},
        "Facebook": {
            **social,
            "authorize_scopes": "email" if tag == "one" else "public_profile, email",
            "api_version": "v17.0" if tag == "one" else "v19.0",
        },
        "LoginWithAmazon": {**social, "authorize_scopes": "profile" if tag == "one" else "profile postal_code"},
        "SignInWithApple": {
            "client_id": f"id-{tag}",
            "team_id": f"team-{tag}",
            "key_id": f"key-{tag}",
            "private_key": f"private-{tag}",
            "authorize_scopes": "email" if tag == "one" else "email name",
        },
    }
    return {
        "ProviderType": kind,
        "ProviderDetails": details[kind],
        "AttributeMapping": {"email": f"mail_{tag}", "username": "sub" if tag == "one" else "name_id"},
        "IdpIdentifiers": [f"{kind}-{tag}"],
        **({"AcrMapping": {f"Level{n}": f"acr-{tag}-{n}" for n in range(1, 5)}} if kind == "OIDC" else {}),
    }


def _group(tag: str) -> dict[str, Any]:
    return {"Description": f"Group {tag}", "RoleArn": role(f"group-{tag}"), "Precedence": 5 if tag == "one" else 0}


def _client(tag: str) -> dict[str, Any]:
    one = tag == "one"
    return {
        "ClientName": f"web {tag}",
        "RefreshTokenValidity": 10 if one else 20,
        "AccessTokenValidity": 20 if one else 15,
        "IdTokenValidity": 20 if one else 15,
        "TokenValidityUnits": {
            "AccessToken": "minutes" if one else "hours",
            "IdToken": "minutes" if one else "hours",
            "RefreshToken": "days" if one else "hours",
        },
        "ReadAttributes": ["email", "custom:tenant"] if one else ["email"],
        "WriteAttributes": ["email", "custom:tenant"] if one else ["email"],
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"] if one else ["ALLOW_CUSTOM_AUTH"],
        "SupportedIdentityProviders": ["COGNITO", "okta"] if one else ["COGNITO"],
        "CallbackURLs": ["https://example.com/cb", "myapp://cb"] if one else ["https://example.com/cb"],
        "LogoutURLs": [f"https://example.com/{tag}"],
        "DefaultRedirectURI": "https://example.com/cb" if one else "myapp://cb",
        "AllowedOAuthFlows": ["code"] if one else ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "orders/read"] if one else ["openid", "email"],
        "AllowedOAuthFlowsUserPoolClient": one,
        "AnalyticsConfiguration": {
            "ApplicationArn": PINPOINT if one else OTHER_PINPOINT,
            "UserDataShared": one,
        },
        "PreventUserExistenceErrors": "ENABLED" if one else "LEGACY",
        "EnableTokenRevocation": not one,
        "EnablePropagateAdditionalUserContextData": one,
        "AuthSessionValidity": 5 if one else 10,
        "PublishSecretsInAWSSecretsManager": one,
        "RefreshTokenRotation": {
            "Feature": "ENABLED" if one else "DISABLED",
            "RetryGracePeriodSeconds": 10 if one else 20,
        },
    }


def _email(tag: str, word: str) -> dict[str, Any]:
    return {
        "Subject": f"{word} {tag}",
        "HtmlBody": f"<p>{word} {tag}</p>",
        "TextBody": f"{word} {tag} text",
    }


def _risk(tag: str) -> dict[str, Any]:
    one = tag == "one"
    return {
        "CompromisedCredentialsRiskConfiguration": {
            "EventFilter": ["SIGN_IN"] if one else ["SIGN_IN", "SIGN_UP"],
            "Actions": {"EventAction": "BLOCK" if one else "NO_ACTION"},
        },
        "AccountTakeoverRiskConfiguration": {
            "NotifyConfiguration": {
                "From": f"{tag}@example.com",
                "ReplyTo": f"reply-{tag}@example.com",
                "SourceArn": SES if one else OTHER_SES,
                "BlockEmail": _email(tag, "Blocked"),
                "NoActionEmail": _email(tag, "Seen"),
                "MfaEmail": _email(tag, "Code"),
            },
            "Actions": {
                level: {"Notify": one, "EventAction": "MFA_REQUIRED" if one else "BLOCK"}
                for level in ("LowAction", "MediumAction", "HighAction")
            },
        },
        "RiskExceptionConfiguration": {
            "BlockedIPRangeList": ["10.0.0.0/8"] if one else ["10.0.0.0/8", "192.168.0.1/32"],
            "SkippedIPRangeList": ["172.16.0.0/12"] if one else [],
        },
    }


def _style(tag: str) -> dict[str, Any]:
    return {"CSS": f".logo-customizable {{max-width: {'60' if tag == 'one' else '50'}%;}}"}


def _logs(tag: str) -> dict[str, Any]:
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/{tag}"
    errors = {"LogLevel": "ERROR", "EventSource": "userNotification"}
    return {"LogConfigurations": [{**errors, "CloudWatchLogsConfiguration": {"LogGroupArn": group}}]}


def _asset(tag: str, category: str) -> dict[str, Any]:
    return {"Category": category, "ColorMode": "LIGHT", "Extension": "SVG", "Bytes": f"<svg>{tag}</svg>"}


def _branding(tag: str) -> dict[str, Any]:
    one = tag == "one"
    assets = [_asset("x", "FORM_LOGO")]
    return {
        "Settings": {
            "categories": {"form": {"location": {"horizontal": "CENTER" if one else "START"}}},
            "componentClasses": {"buttons": {"borderRadius": 8}},
        },
        "Assets": assets if one else [*assets, _asset("y", "PAGE_BACKGROUND")],
    }


def _web_acl(tag: str) -> dict[str, Any]:
    number = "0000000" + ("1" if tag == "one" else "2")
    return {"WebACLArn": f"arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/{tag}/{number}-0000-0000-0000-000000000000"}


LANGUAGES = (
    "default",
    "dutch",
    "english",
    "french",
    "spanish",
    "german",
    "italian",
    "japanese",
)


def _terms(tag: str) -> dict[str, Any]:
    return {"Links": {f"cognito:{language}": f"https://example.com/{tag}/{language}" for language in LANGUAGES}}


def inside(tag: str) -> dict[str, dict[str, Any]]:
    """Return what stands inside of the client, by kind and address."""
    one = tag == "one"
    return {
        "clients.branding": {"web": _branding(tag)},
        "clients.terms": {"web/terms-of-use": _terms(tag), "web/privacy-policy": _terms(tag)},
        "clients.risk_configuration": {"web": _risk(tag)},
        "clients.ui_customization": {"web": _style(tag)},
        "clients.session": {"web": {"SSOSession": {"MaxValidityMinutes": 30 if one else 90}}},
        "clients.cimd_policies": {
            "web/partners": {
                "CacheDuration": 100_000 if one else 200_000,
                "URLPatterns": [f"https://{tag}.example.com/client"],
            }
        },
    }


PROVIDER = f"cognito-idp.{REGION}.amazonaws.com/{REGION}_Abc123"
"""Stands for a user pool as identity pools name it."""


def identities(tag: str, user_pool: str = PROVIDER) -> dict[str, dict[str, Any]]:
    """Return every kind of an identity pool's document with every member set."""
    one = tag == "one"
    rule = {"Claim": "custom:plan", "MatchType": "Equals", "Value": tag, "RoleARN": role(f"rule-{tag}")}
    return {
        "identity_pool": {
            "": {
                "IdentityPoolName": f"identities {tag}",
                "AllowUnauthenticatedIdentities": one,
                "AllowClassicFlow": one,
                "SupportedLoginProviders": {
                    "accounts.google.com": f"{tag}.apps.googleusercontent.com",
                    "graph.facebook.com": f"facebook-{tag}",
                },
                "OpenIdConnectProviderARNs": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/{tag}.example.com"],
                "SamlProviderARNs": [f"arn:aws:iam::{ACCOUNT}:saml-provider/{tag}"],
                "CognitoIdentityProviders": [
                    {"ProviderName": user_pool, "ClientId": "client1", "ServerSideTokenCheck": one},
                    *([] if one else [{"ProviderName": user_pool, "ClientId": "client2"}]),
                ],
                "IdentityPoolTags": {"team": tag, "cost": tag},
            }
        },
        "roles": {
            "": {
                "Roles": {"authenticated": role(f"in-{tag}"), "unauthenticated": role(f"out-{tag}")},
                "RoleMappings": {
                    f"{user_pool}:client1": {
                        "Type": "Rules",
                        "AmbiguousRoleResolution": "Deny" if one else "AuthenticatedRole",
                        "RulesConfiguration": {"Rules": [rule] if one else [rule, {**rule, "MatchType": "Contains"}]},
                    }
                },
            }
        },
        "principal_tags": {
            user_pool: {"UseDefaults": False, "PrincipalTags": {"tenant": f"custom:{tag}", "plan": f"custom:p{tag}"}},
        },
    }


SCHEMA = [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}]
"""Attributes of the full pool; they can only be given when it is made."""


def full(tag: str = "one") -> dict[str, dict[str, Any]]:
    """Return every kind with every member set, by section and name; single objects have the name ''."""
    return {
        "user_pool": {"": _user_pool(tag)},
        "mfa": {"": _mfa(tag)},
        "resource_servers": {"orders": _server(tag)},
        "identity_providers": {
            "okta": _provider("OIDC", tag),
            "saml": _provider("SAML", tag),
            **{k: _provider(k, tag) for k in ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")},
        },
        "groups": {"admins": _group(tag)},
        "domains": {"customers-acme": _prefix(tag), "auth.example.com": _custom(tag)},
        "risk_configuration": {"": _risk(tag)},
        "ui_customization": {"": _style(tag)},
        "log_delivery": {"": _logs(tag)},
        "session": {"": {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5 if tag == "one" else 7}}},
        "web_acl": {"": _web_acl(tag)},
        "limits": {"UserAuthentication": {"RequestedLimitValue": 200 if tag == "one" else 300}},
        "clients": {"web": _client(tag)},
        **inside(tag),
    }


Change = dict[str, Any]
"""Members to lay over ONE for a variant, by `section/name`; None takes a member out."""

VARIANTS: dict[tuple[str, ...], tuple[Change, Any]] = {
    # path of the leaf: (how the rest must be, the other value)
    ("user_pool", "", "UserPoolTier"): (
        {
            "user_pool/": {"UserPoolAddOns": None, "UserPoolTier": "ESSENTIALS"},
            "risk_configuration/": dict.fromkeys(_risk("one")),
            "clients.risk_configuration/web": dict.fromkeys(_risk("one")),
        },
        "PLUS",
    ),
    ("user_pool", "", "KeyConfiguration", "KeyType"): (
        {"user_pool/": {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}}},
        "AWS_OWNED_KEY",
    ),
    **{
        ("user_pool", "", "SmsConfiguration", "EumsSms", member): (
            {
                "user_pool/": {"SmsConfiguration": {"EumsSms": eums}},
                "mfa/": {"SmsMfaConfiguration": {"SmsConfiguration": {"EumsSms": eums}}},
            },
            value,
        )
        for eums in [
            {
                "CallerArn": role("eums-one"),
                "ExternalId": "one",
                "OriginationIdentity": "one",
                "ConfigurationSetName": "one",
                "InEntityId": "one",
                "InTemplateId": "one",
                "Region": REGION,
            }
        ]
        for member, value in {
            "CallerArn": role("eums-other"),
            "ExternalId": "other",
            "OriginationIdentity": "other",
            "ConfigurationSetName": "other",
            "InEntityId": "other",
            "InTemplateId": "other",
        }.items()
    },
    ("session", "", "UserSessionTracking"): (
        # the client's sessions need it, so theirs must be at the default
        {"clients.session/web": {"SSOSession": {"MaxValidityMinutes": 60}}},
        "DISABLED",
    ),
    ("clients.branding", "web", "UseCognitoProvidedValues"): (
        {"clients.branding/web": {"Settings": None, "UseCognitoProvidedValues": True}},
        False,
    ),
    ("identity_providers", "saml", "ProviderDetails", "MetadataFile"): (
        {"identity_providers/saml": {"ProviderDetails": {"MetadataFile": METADATA.format("one")}}},
        METADATA.format("other"),
    ),
    **{
        ("clients", "web", "AnalyticsConfiguration", member): (
            {
                "clients/web": {
                    "AnalyticsConfiguration": {
                        "ApplicationId": "1234567890abcdef1234567890abcdef",
                        "RoleArn": role("pinpoint-one"),
                        "ExternalId": "one",
                        "UserDataShared": True,
                    }
                }
            },
            value,
        )
        for member, value in {
            "ApplicationId": "abcdef1234567890abcdef1234567890",
            "RoleArn": role("pinpoint-other"),
            "ExternalId": "other",
        }.items()
    },
}

for _member, _value in (
    ("CallerArn", role("eums-other")),
    ("ExternalId", "other"),
    ("OriginationIdentity", "other"),
    ("ConfigurationSetName", "other"),
    ("InEntityId", "other"),
    ("InTemplateId", "other"),
):
    VARIANTS[("mfa", "", "SmsMfaConfiguration", "SmsConfiguration", "EumsSms", _member)] = (
        VARIANTS[("user_pool", "", "SmsConfiguration", "EumsSms", _member)][0],
        _value,
    )

LEFT_OUT = {
    **{
        f"users.{member}": "a user is created once: tested apart"
        for member in (
            *("Username", "UserAttributes", "groups", "Enabled", "Password", "TemporaryPassword"),
            *("MessageAction", "DesiredDeliveryMediums"),
        )
    },
    "clients.secrets.max_age_days": "an expectation of ours, nothing is sent",
    **{
        f"replicas.{member}": "in another Region: tested apart"
        for member in (
            *("RegionName", "Status", "UserPoolTags"),
            *(f"LambdaConfig.{path}" for path in TRIGGER_PATHS),
            *(f"EmailConfiguration.{m}" for m in EMAIL_MEMBERS),
            *("SmsConfiguration.SnsCallerArn", "SmsConfiguration.ExternalId", "SmsConfiguration.SnsRegion"),
            *(f"SmsConfiguration.EumsSms.{m}" for m in EUMS_MEMBERS),
        )
    },
    **{
        f"{section}.{member}": "outside of the pool: tested in test_surroundings"
        for section, names in {
            "sms_role": (
                "RoleName",
                "Path",
                "PermissionsBoundary",
                "Tags",
                "AssumeRolePolicyDocument",
                "PolicyDocument",
            ),
            "sms_role_trust": ("RoleName", "PolicyDocument"),
            "trigger_permissions": ("FunctionName", "Action", "Principal", "SourceArn", "SourceAccount"),
            "log_groups": ("logGroupName", "logGroupClass", "retentionInDays", "kmsKeyId", "tags", "policyDocument"),
        }.items()
        for member in names
    },
    "log_groups.deletionProtectionEnabled": "outside of the pool: tested in test_surroundings",
    "session.UserSessionTracking": "has one other value, tried as a variant",
    "ui_customization.ImageFile": "never read back: tested with the style",
    "clients.ui_customization.ImageFile": "never read back: tested with the style",
    "limits.LimitDefinition.LimitClass": "identity",
    "limits.LimitDefinition.Attributes": "identity",
    "clients.terms.TermsName": "identity",
    "clients.terms.TermsSource": "has one value only",
    "clients.terms.Enforcement": "has one value only",
    "clients.cimd_policies.CIMDPolicyId": "identity",
    "clients.cimd_policies.PolicyName": "the key; a rename needs a pin: tested apart",
    "identity_pool.DeveloperProviderName": "can be set once and never changed",
    "principal_tags.IdentityProviderName": "identity",
    "principal_tags.UseDefaults": "excludes a map of one's own",
    "user_pool.AliasAttributes": "immutable",
    "user_pool.UsernameAttributes": "immutable",
    "user_pool.UsernameConfiguration.CaseSensitive": "immutable",
    "user_pool.Schema": "can only be added to",
    "user_pool.AdminCreateUserConfig.UnusedAccountValidityDays": "never sent: superseded",
    "user_pool.EmailConfiguration.EmailSendingAccount": "changes together with SourceArn: tested as a pair",
    "user_pool.LambdaConfig.CustomSMSSender.LambdaVersion": "has one value only",
    "user_pool.LambdaConfig.CustomEmailSender.LambdaVersion": "has one value only",
    "user_pool.LambdaConfig.InboundFederation.LambdaVersion": "has one value only",
    "user_pool.SmsConfiguration.EumsSms.Region": "has one value only: the pool's Region",
    "mfa.SmsMfaConfiguration.SmsConfiguration.EumsSms.Region": "has one value only: the pool's Region",
    "domains.Domain": "identity",
    "resource_servers.Identifier": "identity",
    "identity_providers.ProviderName": "identity",
    "identity_providers.ProviderType": "immutable",
    "identity_providers.ProviderDetails.RequestSigningAlgorithm": "has one value only",
    "groups.GroupName": "identity",
    "clients.ClientId": "identity",
    "clients.GenerateSecret": "immutable",
    "clients.ClientSecret": "immutable",
}
"""Members that have no second value to change to, with the reason."""

WRITE_ONLY = {("identity_providers", "SignInWithApple", "ProviderDetails", "private_key")}
"""Never read back, so a change of it alone cannot be seen."""
