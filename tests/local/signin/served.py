"""An embedded Cognito that listens, and clients as applications have them: unsigned for users, signed for the rest."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.local import serve
from tests.local.signin.support import PASSWORD

REGION = "us-east-1"
FLOWS = ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH")
EVERY_FLOW = [f"ALLOW_{f}" for f in (*FLOWS, "REFRESH_TOKEN_AUTH")]
KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}


def client_of(url: str, *, signed: bool = True) -> Any:
    config = Config(retries={"total_max_attempts": 1}, **({} if signed else {"signature_version": UNSIGNED}))
    keys = KEYS if signed else {}
    session = boto3.session.Session()
    return session.client("cognito-idp", region_name=REGION, endpoint_url=url, config=config, **keys)


class Served:
    """Requests over HTTP to the server at a URL; `server` is None where it runs in another process."""

    def __init__(self, url: str, server: Any = None) -> None:
        self.url, self.server = url, server
        self.admin = client_of(url)
        self.public = client_of(url, signed=False)

    # --- what there is -----------------------------------------------------------------------------------------------

    def pool(self, **settings: Any) -> str:
        return self.admin.create_user_pool(**{"PoolName": "p", **settings})["UserPool"]["Id"]

    def client(self, pool: str, **settings: Any) -> dict[str, Any]:
        asked = {"ClientName": "c", "ExplicitAuthFlows": EVERY_FLOW, **settings}
        kept = {k: v for k, v in asked.items() if v is not None}
        return self.admin.create_user_pool_client(UserPoolId=pool, **kept)["UserPoolClient"]

    def user(self, pool: str, name: str = "ann", password: str = PASSWORD, **attributes: str) -> str:
        """Add a confirmed user; return its name as it is stored."""
        asked = {"UserPoolId": pool, "Username": name, "UserAttributes": pairs(attributes)}
        made = self.admin.admin_create_user(**asked, MessageAction="SUPPRESS")["User"]
        self.admin.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
        return made["Username"]

    @property
    def messages(self) -> list[Any]:
        return list(self.server.engine.desk.messages)

    # --- what users do -----------------------------------------------------------------------------------------------

    def sign_up(self, client: str, name: str = "ann", password: str = PASSWORD, **attributes: str) -> Any:
        asked = {"ClientId": client, "Username": name, "Password": password}
        return self.public.sign_up(**asked, UserAttributes=pairs(attributes))

    def sign_in(self, client: str, name: str = "ann", password: str = PASSWORD, **more: str) -> Any:
        """Sign in with USER_PASSWORD_AUTH; return what InitiateAuth answers."""
        parameters = {"USERNAME": name, "PASSWORD": password, **more}
        return self.public.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    def tokens(self, client: str, name: str = "ann", password: str = PASSWORD) -> Any:
        return self.sign_in(client, name, password)["AuthenticationResult"]


@contextmanager
def served(directory: Any = None) -> Iterator[Served]:
    with serve(directory) as server:
        yield Served(server.url, server)


def pairs(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": k, "Value": v} for k, v in attributes.items()]


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def refusal(call: Any, *words: Any, **params: Any) -> tuple[str, str]:
    """Return type and text of the error that a call ends with; an empty type if it succeeds."""
    try:
        call(*words, **params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "", ""
