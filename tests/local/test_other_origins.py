"""What a web page of another origin may have done: what a browser sends without asking, or after a preflight."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests

from tests.local.signin.served import Served, served

ORIGIN = {"Origin": "https://elsewhere.example"}
UNSIGNED = "MissingAuthenticationTokenException"
TARGET = "AWSCognitoIdentityProviderService"


@pytest.fixture(scope="module")
def cognito() -> Iterator[Served]:
    with served() as cognito:
        yield cognito


def _pools(cognito: Served) -> list[str]:
    return [p["Name"] for p in cognito.admin.list_user_pools(MaxResults=10)["UserPools"]]


@pytest.mark.parametrize("target", ["x", "", TARGET, TARGET.lower(), f"{TARGET}_20160418", f"{TARGET}.x"])
def test_no_spelling_of_the_target_makes_an_administrator(cognito: Served, target: str) -> None:
    operation = f"{target}.CreateUserPool" if target else "CreateUserPool"
    headers = {**ORIGIN, "X-Amz-Target": operation, "Content-Type": "application/x-amz-json-1.1"}
    answer = requests.post(cognito.url, json.dumps({"PoolName": "p"}), headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["__type"] in (UNSIGNED, "UnknownOperationException")
    assert _pools(cognito) == []


@pytest.mark.parametrize("path", ["/", "/?Action=CreateUserPool&PoolName=p", "/x", "/us-east-1_x/.well-known/x"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_no_form_makes_an_administrator(cognito: Served, method: str, path: str) -> None:
    form = {"Action": "CreateUserPool", "PoolName": "p", "X-Amz-Target": f"{TARGET}.CreateUserPool"}
    answer = requests.request(method, f"{cognito.url}{path}", data=form, headers=ORIGIN, timeout=10)
    assert (answer.status_code, answer.json()["__type"]) == (400, UNSIGNED)
    assert _pools(cognito) == []


@pytest.mark.parametrize(
    ("region", "service"), [("us-east-1", "a.example?"), ("us-east-1", "a#"), ("x@a", "iam"), ("", "")]
)
def test_a_signature_of_another_form_is_none(cognito: Served, region: str, service: str) -> None:
    signed = f"AWS4-HMAC-SHA256 Credential=any/20261128/{region}/{service}/aws4_request, Signature=any"
    headers = {**ORIGIN, "Authorization": signed, "X-Amz-Target": f"{TARGET}.CreateUserPool"}
    answer = requests.post(cognito.url, json.dumps({"PoolName": "p"}), headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["__type"]) == (400, UNSIGNED)


def test_a_preflight_admits_no_signature_where_operations_are(cognito: Served) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = requests.options(cognito.url, headers=asked, timeout=10)
    assert "authorization" not in answer.headers["Access-Control-Allow-Headers"]
