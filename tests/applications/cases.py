"""Pools and clients of every sort that an application meets, for the tests of all formats."""

from __future__ import annotations

from reconciler.applications.known_pool import KnownPool, with_identity_pools
from reconciler.model import Address, Observed, Secret
from tests.applications.support import observed, pool

SMS = {"SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}}}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
EMAIL = {"EmailMfaConfiguration": {"Message": "{####}", "Subject": "Code"}}
HIDDEN = "never-to-be-seen-0123456789"


def mfa(mode: str, **factors: object) -> Observed:
    return observed("mfa", "", {"MfaConfiguration": mode, **factors})


def provider(name: str, kind: str, **details: str) -> Observed:
    wanted = {"ProviderName": name, "ProviderType": kind, "ProviderDetails": details}
    return observed("identity_providers", name, {**wanted, "AttributeMapping": {"email": "mail", "username": "sub"}})


def identity_pool(region: str, client: str, *, guests: bool) -> Observed:
    named = {"ProviderName": f"cognito-idp.{region}.amazonaws.com/{region}_Example01", "ClientId": client}
    data = {"AllowUnauthenticatedIdentities": guests, "CognitoIdentityProviders": [named]}
    ids = {"IdentityPoolId": f"{region}:00000000-0000-4000-8000-00000000000{len(client) % 10}"}
    return Observed(Address("", "identity_pool"), ids, data)


def everything() -> KnownPool:
    """A pool that uses all that a configuration can say."""
    settings = {
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "Schema": [
            {"Name": "sub", "Required": True},
            {"Name": "email", "Required": True},
            {"Name": "given_name", "Required": False},
            {"Name": "tenant", "Required": False},
        ],
        "Policies": {
            "PasswordPolicy": {"MinimumLength": 14, "RequireNumbers": True, "RequireSymbols": False},
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]},
        },
    }
    client = {
        "SupportedIdentityProviders": ["COGNITO", "Google", "SignInWithApple", "okta", "entra"],
        "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["openid", "email", "orders/read"],
        "CallbackURLs": ["http://localhost:3000/", "https://app.example.com/callback", "myapp://callback/"],
        "DefaultRedirectURI": "https://app.example.com/callback",
        "LogoutURLs": ["http://localhost:3000/", "https://app.example.com/bye?a=1&b=2"],
    }
    found = pool(
        mfa("ON", **SMS, **TOTP, **EMAIL, WebAuthnConfiguration={"RelyingPartyId": "example.com"}),
        observed("groups", "readers", {"GroupName": "readers"}),
        observed("groups", "admins", {"GroupName": "admins", "Precedence": 0}),
        observed("groups", "eu-west-1_Example01_Google", {"GroupName": "eu-west-1_Example01_Google"}),
        provider("okta", "OIDC", authorize_scopes="openid email groups", client_secret=HIDDEN),
        provider("entra", "SAML", ActiveEncryptionCertificate="MIIBcert"),
        settings=settings,
        client=client,
    )
    pools = [identity_pool("eu-west-1", "exampleclient", guests=True), identity_pool("eu-west-1", "other", guests=True)]
    return with_identity_pools(found, pools)


PUBLIC = {
    "plain": pool(),
    "everything": everything(),
    "aliases": pool(settings={"AliasAttributes": ["email", "preferred_username"], "AutoVerifiedAttributes": ["email"]}),
    "e-mail as user name": pool(
        settings={"UsernameAttributes": ["email"], "Schema": [{"Name": "email", "Required": True}]}
    ),
    "social and SAML": pool(
        provider("entra", "SAML"),
        client={"SupportedIdentityProviders": ["Google", "LoginWithAmazon", "Facebook", "entra"]},
    ),
    "passkeys": pool(
        settings={"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}},
        client={"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]},
    ),
    "passkeys without choice": pool(
        settings={"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}},
        client={"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]},
    ),
    "e-mail MFA": pool(mfa("ON", **EMAIL)),
    "optional MFA": pool(mfa("OPTIONAL", **TOTP)),
    "LITE": pool(settings={"UserPoolTier": "LITE"}),
    "sovereign cloud": pool(region="eusc-de-east-1"),
    "GovCloud": pool(region="us-gov-west-1"),
    "custom domain": pool(observed("domains", "auth.example.com", {})),
    "no domain": pool(prefix=""),
    "no LogoutURLs": pool(client={"LogoutURLs": []}),
    "no OAuth": pool(client={"AllowedOAuthFlowsUserPoolClient": False}),
    "implicit": pool(client={"AllowedOAuthFlows": ["implicit"]}),
    "both flows": pool(client={"AllowedOAuthFlows": ["implicit", "code"]}),
}
"""Pools whose client has no secret."""

MACHINE = {
    "GenerateSecret": True,
    "AllowedOAuthFlows": ["client_credentials"],
    "AllowedOAuthScopes": ["orders/read"],
    "CallbackURLs": [],
    "LogoutURLs": [],
}
KEPT = "arn:aws:secretsmanager:eu-west-1:123456789012:secret/cognito/exampleclient"


def with_secret(*, managed: bool) -> KnownPool:
    """A pool whose client is a machine with a secret."""
    found = pool(client={**MACHINE, **({} if managed else {"ClientSecret": Secret(HIDDEN, "live")})})
    ids = {"ClientSecretArn": KEPT} if managed else {}
    objects = [
        Observed(o.address, {**o.ids, **(ids if o.address.section == "clients" else {})}, o.tree) for o in found.objects
    ]
    from reconciler.applications.known_pool import from_live

    return from_live(found.region, objects, found.sections)


SECRET = {"secret": with_secret(managed=False), "managed secret": with_secret(managed=True)}
"""Pools whose client has one."""
