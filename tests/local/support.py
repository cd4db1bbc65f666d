"""Helpers that say what a test of the embedded Cognito is about."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError

from reconciler.local import LocalCognito

ROLE = "arn:aws:iam::123456789012:role/sms"
SMS = {"SnsCallerArn": ROLE, "ExternalId": "x"}
SES = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
DEVELOPER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SES}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"


def wrong_code(*right: str) -> str:
    """A code of the same length that is none of those: a fixed one would be right once in a while."""
    digits = len(right[0])
    return next(c for c in (f"{n:0{digits}}" for n in range(len(right) + 1)) if c not in right)


def wrong_totp(secret: str, time: float) -> str:
    """A code of an authenticator app that is not right at a time, nor a minute before or after it."""
    return wrong_code(*(pyotp.TOTP(secret).at(int(time) + seconds) for seconds in range(-60, 61, 30)))


class Api:
    """The API with a pool to work on; methods return the object inside the answer."""

    def __init__(self, local: LocalCognito) -> None:
        self.local = local
        self.boto: Any = local.client("cognito-idp")

    def pool(self, **params: Any) -> str:
        return self.boto.create_user_pool(**{"PoolName": "p", **params})["UserPool"]["Id"]

    def describe(self, pool: str) -> dict[str, Any]:
        return self.boto.describe_user_pool(UserPoolId=pool)["UserPool"]

    def update(self, pool: str, **params: Any) -> dict[str, Any]:
        self.boto.update_user_pool(UserPoolId=pool, **params)
        return self.describe(pool)

    def client(self, pool: str, **params: Any) -> dict[str, Any]:
        return self.boto.create_user_pool_client(**{"UserPoolId": pool, "ClientName": "c", **params})["UserPoolClient"]

    def update_client(self, made: dict[str, Any], **params: Any) -> dict[str, Any]:
        ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
        self.boto.update_user_pool_client(**ids, **params)
        return self.describe_client(made)

    def describe_client(self, made: dict[str, Any]) -> dict[str, Any]:
        ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
        return self.boto.describe_user_pool_client(**ids)["UserPoolClient"]

    def mfa(self, pool: str, **params: Any) -> dict[str, Any]:
        self.boto.set_user_pool_mfa_config(UserPoolId=pool, **params)
        return self.get_mfa(pool)

    def get_mfa(self, pool: str) -> dict[str, Any]:
        answer = self.boto.get_user_pool_mfa_config(UserPoolId=pool)
        answer.pop("ResponseMetadata")
        return answer


class Refused:
    """Expects a refusal with a code and words."""

    def __init__(self, words: str = "", code: str = "InvalidParameterException") -> None:
        self.words, self.code = words, code

    def __enter__(self) -> None:
        self._raises = pytest.raises(ClientError)
        self._info = self._raises.__enter__()

    def __exit__(self, *exc: object) -> bool:
        done = self._raises.__exit__(*exc)  # type: ignore[arg-type]
        error = self._info.value.response["Error"]
        assert error["Code"] == self.code, error
        assert self.words in error["Message"], error
        return bool(done)
