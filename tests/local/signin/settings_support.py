"""One pool with one client and one user in an engine of this process, for what a setting changes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyotp

from reconciler.local.signin import keys
from reconciler.local.store import Record
from tests.local.pages.support import CALLBACK, HOST, SCOPES, Api, Browser, Shop
from tests.local.signin.served import EVERY_FLOW, claims, pairs
from tests.local.signin.support import PASSWORD

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
KMS = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
MAIL, PHONE = "ann@example.com", "+12065551234"
WEB: Record = {
    "CallbackURLs": [CALLBACK],
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": SCOPES,
    "AllowedOAuthFlowsUserPoolClient": True,
    "SupportedIdentityProviders": ["COGNITO"],
}
"""A client with hosted pages."""
CORP: Record = {
    "ProviderName": "Corp",
    "ProviderType": "OIDC",
    "ProviderDetails": {
        "client_id": "poolctl",
        "client_secret": "not-a-secret",
        "attributes_request_method": "GET",
        "oidc_issuer": "https://idp.example.com",
        "authorize_scopes": "openid email",
    },
    "AttributeMapping": {"email": "email", "username": "sub"},
}
"""An identity provider, which the test provider stands for."""


@cache
def _key(_purpose: str) -> Record:
    return keys._generated()


class Site(Shop):
    """A pool with a domain, a client and the user `ann`. What an operation ends with is its `outcome`."""

    def __init__(self, pool: Record, client: Record, mfa: Record | None = None, user: Record | None = None) -> None:
        self.api = Api()
        self.api.engine.desk.functions = Functions()
        self.pool_id = self.api.ask("CreateUserPool", **{"PoolName": "p", **pool})["UserPool"]["Id"]
        for purpose in keys.PURPOSES:  # making keys takes longer than a test
            name = f"{self.pool_id}:{purpose}"
            self.api.engine.ledger.put(keys.KIND, name, _key(purpose), pool=self.pool_id)
        self.api.ask("CreateUserPoolDomain", UserPoolId=self.pool_id, Domain="shop")
        if mfa:
            self.api.ask("SetUserPoolMfaConfig", UserPoolId=self.pool_id, **mfa)
        settings = {"ClientName": "c", "ExplicitAuthFlows": EVERY_FLOW, **client}
        kept = {k: v for k, v in settings.items() if v is not None}
        self.client = self.api.ask("CreateUserPoolClient", UserPoolId=self.pool_id, **kept)["UserPoolClient"]
        self.client_id = self.client["ClientId"]
        self.browser = Browser(self.api)
        self.attributes = {"email": MAIL, "email_verified": "true", **(user or {})}
        named = (pool.get("UsernameAttributes") or [""])[0]
        self.name = {"email": MAIL, "phone_number": PHONE}.get(named, "ann")

    # --- requests ----------------------------------------------------------------------------------------------------

    def outcome(self, operation: str, **params: Any) -> tuple[str, Any]:
        """Return ("", answer), or type and text of the refusal."""
        status, _, body = self.api.engine.direct("us-east-1", operation, json.dumps(params).encode())
        answer = json.loads(body or "{}")
        return ("", answer) if status == 200 else (answer["__type"], answer["message"])

    def code_of(self, operation: str, **params: Any) -> str:
        return self.outcome(operation, **params)[0]

    def add(self, name: str = "", **attributes: str) -> Site:
        """Add the user with a password."""
        wanted = {"UserPoolId": self.pool_id, "Username": name or self.name}
        items = pairs({**self.attributes, **attributes})
        self.api.ask("AdminCreateUser", **wanted, UserAttributes=items, MessageAction="SUPPRESS")
        self.api.ask("AdminSetUserPassword", **wanted, Password=PASSWORD, Permanent=True)
        return self

    def signs_up(self, name: str = "ann", password: str = PASSWORD, **attributes: str) -> tuple[str, Any]:
        asked = {"ClientId": self.client_id, "Username": name, "Password": password}
        return self.outcome("SignUp", **asked, UserAttributes=pairs({"email": MAIL, **attributes}))

    def initiates(self, flow: str = "USER_PASSWORD_AUTH", name: str = "", **more: str) -> tuple[str, Any]:
        admin = {"UserPoolId": self.pool_id} if flow.startswith("ADMIN") else {}
        given = {"USERNAME": name or self.name, **({"PASSWORD": PASSWORD} if "PASSWORD" in flow else {}), **more}
        operation = "AdminInitiateAuth" if admin else "InitiateAuth"
        return self.outcome(operation, ClientId=self.client_id, AuthFlow=flow, AuthParameters=given, **admin)

    def answers(self, asked: Any, name: str = "", **responses: str) -> tuple[str, Any]:
        """Answer a challenge."""
        given = {"USERNAME": name or self.name, **responses}
        challenge = {"ChallengeName": asked["ChallengeName"], "Session": asked["Session"]}
        return self.outcome("RespondToAuthChallenge", ClientId=self.client_id, **challenge, ChallengeResponses=given)

    def tokens(self, name: str = "", **more: str) -> Any:
        code, answer = self.initiates("USER_PASSWORD_AUTH", name, **more)
        assert not code, answer
        return answer["AuthenticationResult"]

    def claims(self) -> dict[str, Any]:
        """Sign in; return the claims of the ID token."""
        return claims(self.tokens()["IdToken"])

    def challenge(self, **more: str) -> str:
        """Return the challenge that a password is answered with; empty for tokens."""
        code, answer = self.initiates(**more)
        assert not code, answer
        return str(answer.get("ChallengeName", ""))

    def refreshes(self, token: str) -> str:
        """Return the type of the refusal of a refresh; empty without one."""
        given = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}
        return self.code_of("InitiateAuth", ClientId=self.client_id, **given)

    def renews(self, token: str) -> tuple[str, Any]:
        return self.outcome("GetTokensFromRefreshToken", ClientId=self.client_id, RefreshToken=token)

    def secret_hash(self, secret: str) -> str:
        digest = hmac.digest(secret.encode(), f"ann{self.client_id}".encode(), hashlib.sha256)
        return base64.b64encode(digest).decode()

    def later(self, seconds: float) -> Site:
        self.api.time += seconds
        return self

    def federates(self, subject: str = "42", **claims: str) -> Any:
        """Sign in with the identity provider `Corp`; return the answer of the pages to the client."""
        if "Corp" not in self.record["providers"]:
            self.api.ask("CreateIdentityProvider", UserPoolId=self.pool_id, **CORP)
            self.record["clients"][self.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Corp"]
        response = self.follow(self.open("/oauth2/authorize", identity_provider="Corp"))
        ticket = re.search(r'name="ticket" value="([^"]+)"', response.get_data(as_text=True))
        assert ticket, response.get_data(as_text=True)
        fields = {"ticket": ticket[1], "subject": subject, **{f"claim:{k}": v for k, v in claims.items()}}
        back = self.browser.post("/_poolctl/idp", base_url=HOST, data=fields)
        return self.follow(back)

    @property
    def sent(self) -> Any:
        """The last message."""
        return self.api.messages[-1]

    def with_totp(self) -> str:
        """Set an authenticator app up and turn it on; return its secret."""
        token = self.tokens()["AccessToken"]
        secret = self.api.ask("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
        code = pyotp.TOTP(secret).at(int(self.api.time))
        self.api.ask("VerifySoftwareToken", AccessToken=token, UserCode=code)
        self.api.ask("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
        return str(secret)


@dataclass
class Functions(dict[str, Any]):
    """Functions of triggers: each notes its events and answers what it got, unless it is given an answer."""

    events: list[Record] = field(default_factory=list)
    responses: dict[str, Record] = field(default_factory=dict)
    """By the name of the function."""

    def __contains__(self, arn: object) -> bool:
        return True

    def get(self, arn: str, default: Any = None) -> Any:  # type: ignore[override] # of the types that a dict takes
        name = arn.removeprefix(ARN)

        def called(event: Record) -> Record:
            self.events.append(event)
            return {**event, "response": {**event["response"], **self.responses.get(name, {})}}

        return called


Settings = dict[str, Any]
Observe = Callable[[Site], Any]


@dataclass(frozen=True)
class Case:
    """What is seen with one value of a setting and with another."""

    member: str
    """Path in CreateUserPoolClient, CreateUserPool or SetUserPoolMfaConfig."""
    one: Settings
    other: Settings
    observe: Observe
    seen: tuple[Any, Any]
    pool: Settings = field(default_factory=dict)
    """What is the same both times."""
    client: Settings = field(default_factory=dict)
    mfa: Settings = field(default_factory=dict)
    user: Settings = field(default_factory=dict)
    of: str = "pool"
    """`pool`, `client` or `mfa`: where the setting is."""
    about: str = ""

    def sites(self) -> list[Site]:
        made = []
        for settings in (self.one, self.other):
            parts = {"pool": self.pool, "client": self.client, "mfa": self.mfa}
            parts[self.of] = _merged(parts[self.of], settings)
            made.append(Site(**parts, user=self.user))
        return made


def _merged(base: Settings, over: Settings) -> Settings:
    return {**base, **{k: _merged(base.get(k, {}), v) if isinstance(v, dict) else v for k, v in over.items()}}
