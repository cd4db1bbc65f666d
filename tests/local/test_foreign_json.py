"""JSON from outside that is nested too deeply, or holds half of a character, is refused as any other nonsense."""

from __future__ import annotations

import base64
import json

import pytest

from reconciler.local import foreign_json
from reconciler.local.desk import FunctionFailed
from reconciler.local.signin import parties
from reconciler.local.signin.trigger_functions import parse
from tests.local.pages.support import HOST
from tests.local.signin.settings_support import Site
from tests.local.signin.test_triggers import ARN, served

ROOT = "/_domain/shop"
DEEP = "[" * 100_000
HALF = r'{"a": "\ud800"}'


@pytest.mark.parametrize("text", [DEEP, HALF, "{", "", "\ud800", b"\xff"])
def test_what_cannot_be_used_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the texts are those of the decoder
        foreign_json.loads(text)


@pytest.mark.parametrize("text", ["{}", "[1, null]", r'"\ud83d\ude00"', '"é"', b'"\xc3\xa9"'])
def test_other_json_is_read(text: str | bytes) -> None:
    assert foreign_json.loads(text) == json.loads(text)


def test_a_token_with_it_is_no_token() -> None:
    token = f"a.{base64.urlsafe_b64encode(DEEP.encode()).decode().rstrip('=')}.c"
    assert parties.pool_of_token(token) == ""
    assert Site({}, {}).outcome("GetUser", AccessToken=token) == ("NotAuthorizedException", "Invalid Access Token")


def test_metadata_of_a_token_request_with_it_is_invalid() -> None:
    settings = {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"]}
    site = Site({}, {})
    site.api.ask(
        "CreateResourceServer",
        UserPoolId=site.pool_id,
        Identifier="api",
        Name="api",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )
    made = site.api.ask(
        "CreateUserPoolClient",
        **{"UserPoolId": site.pool_id, "ClientName": "m", "GenerateSecret": True, **settings},
        AllowedOAuthFlowsUserPoolClient=True,
    )["UserPoolClient"]
    form = {
        "grant_type": "client_credentials",
        "client_id": made["ClientId"],
        "client_secret": made["ClientSecret"],
    }
    for text in (DEEP, HALF):
        answer = site.browser.post(f"{ROOT}/oauth2/token", base_url=HOST, data=form | {"aws_client_metadata": text})
        assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("text", [DEEP, HALF])
def test_a_function_over_http_that_answers_it_answers_nonsense(text: str) -> None:
    with served(200, text.encode()) as (url, _):
        assert parse([f"{ARN}={url}"])[ARN]({"a": 1}) is None


def half_function(event: object, context: object) -> object:
    return {"response": {"a": "\ud800"}}


def test_a_python_function_that_answers_half_a_character_has_failed() -> None:
    with pytest.raises(FunctionFailed, match="surrogates"):
        parse([f"{ARN}={__name__}:half_function"])[ARN]({})
