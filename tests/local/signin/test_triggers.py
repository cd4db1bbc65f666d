"""Triggers: their events, compared whole, what functions may answer, and the errors if they fail.

`UPDATE_GOLDEN=1` writes the expected events anew; read the difference.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InvalidInput
from reconciler.local import LocalCognito
from reconciler.local.desk import FunctionFailed
from reconciler.local.signin import triggers
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.trigger_functions import parse
from reconciler.local.store import Record
from tests.local.signin.accounts import Accounts, stable
from tests.local.signin.support import refused

GOLDEN = Path(__file__).parent / "golden" / "events"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
GROUPS = {"groupsToOverride": ["staff"], "iamRolesToOverride": [], "preferredRole": None}
SESSION = [{"challengeName": "SRP_A", "challengeResult": True, "challengeMetadata": None}]
TOKENS = {"groupConfiguration": GROUPS, "scopes": ["openid"]}
REQUESTS: dict[str, Record] = {
    "PreSignUp_SignUp": {"userAttributes": {"email": "ann@example.com"}, "validationData": {"k": "v"}},
    "PreSignUp_ExternalProvider": {"userAttributes": {"email": "ann@example.com"}, "validationData": None},
    "PostConfirmation_ConfirmSignUp": {},
    "PreAuthentication_Authentication": {"validationData": {"k": "v"}, "userNotFound": False},
    "PostAuthentication_Authentication": {"newDeviceUsed": False},
    "CustomMessage_SignUp": {"codeParameter": "{####}", "linkParameter": "{##Click Here##}", "usernameParameter": None},
    "UserMigration_Authentication": {"password": "secret", "validationData": None, "clientMetadata": None},
    "DefineAuthChallenge_Authentication": {"session": SESSION, "userNotFound": False},
    "CreateAuthChallenge_Authentication": {"challengeName": "CUSTOM_CHALLENGE", "session": SESSION},
    "VerifyAuthChallengeResponse_Authentication": {"privateChallengeParameters": {"a": "1"}, "challengeAnswer": "1"},
    "CustomSMSSender_Authentication": {"type": "customSMSSenderRequestV1", "code": "123456"},
    "CustomEmailSender_ForgotPassword": {"type": "customEmailSenderRequestV1", "code": "123456"},
    "InboundFederation_ExternalProvider": {
        "providerName": "idp",
        "providerType": "OIDC",
        "attributes": {"tokenResponse": {}, "idToken": {"sub": "1"}, "userInfo": {}},
        "userAttributes": {},
        "clientMetadata": None,
    },
}
UNKNOWN = {"UserMigration_Authentication", "InboundFederation_ExternalProvider", "TokenGeneration_ClientCredentials"}
"""Sources of which the user does not exist."""


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


def sent(accounts: Accounts, source: str, request: Record, **versioned: Any) -> Record:
    """Run a trigger, and return the event that its function gets."""
    name = triggers.name_of(source)
    user: Any = "bob" if source in UNKNOWN else accounts.add("ann", "UNCONFIRMED", email="ann@example.com")
    key = triggers.VERSIONED.get(name) if versioned else None
    events = accounts.trigger(key or name, {}, **versioned)
    triggers.run(accounts.ctx, accounts.caller(device="phone"), source, user, request)
    return stable(events[0])


def as_golden(name: str, event: Record) -> None:
    """Compare an event with its file."""
    event["callerContext"]["clientId"] = "CLIENT"
    text = json.dumps(event, indent=2) + "\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


# --- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", REQUESTS)
def test_the_event_of_each_trigger(accounts, source):
    versioned = {"LambdaVersion": "V1_0"} if triggers.name_of(source) in triggers.VERSIONED else {}
    as_golden(source, sent(accounts, source, REQUESTS[source], **versioned))


@pytest.mark.parametrize("version", ["V1_0", "V2_0", "V3_0"])
def test_the_versions_of_the_event_before_tokens(accounts, version):
    event = sent(accounts, "TokenGeneration_RefreshTokens", TOKENS, LambdaVersion=version)
    as_golden(f"TokenGeneration_RefreshTokens_{version}", event)


def test_a_client_of_its_own_has_an_event_of_version_3_only(accounts):
    request = {**TOKENS, "userAttributes": {}}
    event = sent(accounts, "TokenGeneration_ClientCredentials", request, LambdaVersion="V3_0")
    as_golden("TokenGeneration_ClientCredentials", event)
    with pytest.raises(IndexError):
        sent(accounts, "TokenGeneration_ClientCredentials", request, LambdaVersion="V2_0")


def test_the_older_member_is_version_1(accounts):
    assert sent(accounts, "TokenGeneration_Authentication", TOKENS)["version"] == "1"


def test_without_a_client_the_event_says_so(accounts):
    events = accounts.trigger("PostConfirmation", {})
    caller = Caller(accounts.pool, {}, "admin")
    triggers.run(accounts.ctx, caller, "PostConfirmation_ConfirmSignUp", accounts.add(), {})
    assert events[0]["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"


def test_a_function_cannot_change_what_it_was_sent(accounts):
    user = accounts.add(email="ann@example.com")
    accounts.trigger("PostConfirmation", lambda event: event["request"]["userAttributes"].clear() or {})
    triggers.run(accounts.ctx, accounts.caller(), "PostConfirmation_ConfirmSignUp", user, {})
    assert user["attributes"]["email"] == "ann@example.com"


# --- what is not called -----------------------------------------------------------------------------------------------


def test_a_trigger_that_the_pool_does_not_have_says_nothing(accounts):
    assert triggers.run(accounts.ctx, accounts.caller(), "PreSignUp_SignUp", "ann", {}) == {}
    assert not triggers.configured(accounts.pool, "PreSignUp")
    assert accounts.said == []


def test_a_function_that_is_not_mapped_is_skipped_with_a_line(accounts):
    accounts.pool["config"]["LambdaConfig"] = {"PreSignUp": ARN}
    assert triggers.run(accounts.ctx, accounts.caller(), "PreSignUp_SignUp", "ann", {}) == {}
    assert triggers.configured(accounts.pool, "PreSignUp")
    assert not triggers.mapped(accounts.ctx, accounts.pool, "PreSignUp")
    assert accounts.said == [f"PreSignUp_SignUp is skipped: {ARN} is mapped to no function (--trigger)."]


# --- errors -----------------------------------------------------------------------------------------------------------

NONSENSE = [None, [], "text", 1, {"response": None}, {"response": []}, {"request": {}}]
CONFIRMING = "PostConfirmation_ConfirmSignUp"


@pytest.mark.parametrize("answer", NONSENSE, ids=str)
def test_an_answer_that_is_no_event_is_refused(accounts, answer):
    accounts.pool["config"]["LambdaConfig"] = {"PostConfirmation": ARN}
    accounts.ctx.desk.functions = {ARN: lambda event: answer}
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        triggers.run(accounts.ctx, accounts.caller(), CONFIRMING, accounts.add(), {})


@pytest.mark.parametrize(
    ("source", "response"),
    [
        ("PreSignUp_SignUp", {"autoConfirmUser": "yes"}),
        ("CustomMessage_SignUp", {"emailMessage": 1}),
        ("UserMigration_Authentication", {"userAttributes": "x"}),
        ("DefineAuthChallenge_Authentication", {"issueTokens": "true"}),
        ("CreateAuthChallenge_Authentication", {"publicChallengeParameters": []}),
        ("VerifyAuthChallengeResponse_Authentication", {"answerCorrect": 1}),
        ("TokenGeneration_Authentication", {"claimsOverrideDetails": []}),
    ],
)
def test_members_of_another_type_are_refused(accounts, source, response):
    accounts.trigger(triggers.name_of(source), response)
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        triggers.run(accounts.ctx, accounts.caller(), source, "ann", {})


def test_a_sender_need_not_answer(accounts):
    accounts.trigger("CustomSMSSender", None, LambdaVersion="V1_0")
    assert triggers.run(accounts.ctx, accounts.caller(), "CustomSMSSender_SignUp", accounts.add(), {}) == {}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (s, s.partition("_")[0].replace("TokenGeneration", "PreTokenGeneration"))
        for s in (*REQUESTS, "TokenGeneration_Authentication")
    ],
)
def test_an_error_of_the_function_names_the_trigger_and_ends_with_a_dot(accounts, source, name):
    versioned = {"LambdaVersion": "V1_0"} if name in triggers.VERSIONED and name != triggers.TOKENS else {}
    accounts.trigger(name, failing("No entry.", "raised"), **versioned)
    with refused("UserLambdaValidationException", f"{name} failed with error No entry.."):
        triggers.run(accounts.ctx, accounts.caller(), source, "ann", {})


def test_a_function_that_cannot_be_called(accounts):
    accounts.trigger("PreSignUp", failing("Connection refused", "unreachable"))
    with refused("UnexpectedLambdaException", "PreSignUp invocation failed due to error Connection refused."):
        triggers.run(accounts.ctx, accounts.caller(), "PreSignUp_SignUp", "ann", {})


def failing(message: str, cause: str) -> Callable[[Record], Any]:
    def fail(event: Record) -> Any:
        raise FunctionFailed(message, cause)

    return fail


def test_a_function_may_call_the_api_while_its_request_waits():
    """From another thread too, as a function over HTTP does; what it changes is not overwritten."""
    with LocalCognito() as cognito:
        api = cognito.client("cognito-idp")
        pool = api.create_user_pool(PoolName="p", LambdaConfig={"PreSignUp": ARN, "PostConfirmation": ARN})
        pool_id = pool["UserPool"]["Id"]
        client = api.create_user_pool_client(UserPoolId=pool_id, ClientName="c")["UserPoolClient"]["ClientId"]
        api.create_group(UserPoolId=pool_id, GroupName="staff")

        def join(event: Record) -> None:
            user = {"UserPoolId": event["userPoolId"], "Username": event["userName"]}
            api.admin_add_user_to_group(**user, GroupName="staff")
            api.admin_update_user_attributes(**user, UserAttributes=[{"Name": "name", "Value": "Ann"}])

        def function(event: Record) -> Record:
            if event["triggerSource"] == "PostConfirmation_ConfirmSignUp":
                thread = threading.Thread(target=join, args=(event,), daemon=True)
                thread.start()
                thread.join(5)
                assert not thread.is_alive()
            return {**event, "response": {"autoConfirmUser": True}}

        cognito.desk.functions = {ARN: function}
        answer = api.sign_up(ClientId=client, Username="ann", Password="Correct-Horse-9")
        assert answer["UserConfirmed"] is True
        groups = api.admin_list_groups_for_user(UserPoolId=pool_id, Username="ann")["Groups"]
        assert [g["GroupName"] for g in groups] == ["staff"]
        shown = api.admin_get_user(UserPoolId=pool_id, Username="ann")
        assert {"Name": "name", "Value": "Ann"} in shown["UserAttributes"]


# --- mapping ----------------------------------------------------------------------------------------------------------


@contextmanager
def served(status: int, body: bytes, *, late: float = 0.0) -> Iterator[tuple[str, list[Any]]]:
    """Serve one answer over HTTP on this machine; yield its URL and the list of what is posted."""
    posted: list[Any] = []
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            end.wait(late)
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(body or json.dumps({**posted[-1], "response": {"autoConfirmUser": True}}).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/path?q=1", posted
    finally:
        end.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_function_over_http(accounts):
    accounts.pool["config"]["LambdaConfig"] = {"PreSignUp": ARN}
    with served(200, b"") as (url, posted):
        accounts.ctx.desk.functions = parse([f"{ARN}={url}"])
        response = triggers.run(accounts.ctx, accounts.caller(), "PreSignUp_SignUp", "ann", {"userAttributes": {}})
    assert response == {"autoConfirmUser": True}
    assert posted[0]["triggerSource"] == "PreSignUp_SignUp"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b'{"errorMessage": "No.", "errorType": "E"}', "No."),
        (500, b'{"errorMessage": "No."}', "No."),
        (500, b"Broken\n", "Broken"),
        (503, b" ", "HTTP status 503"),
        (302, b"Elsewhere", "Elsewhere"),
    ],
)
def test_an_error_over_http(status, body, message):
    with served(status, body) as (url, posted), pytest.raises(FunctionFailed) as caught:
        parse([f"{ARN}={url}"])[ARN]({})
    assert (caught.value.message, caught.value.cause) == (message, "raised")
    assert len(posted) == 1


def test_text_over_http_that_is_no_json_is_nonsense():
    with served(200, b"<html>") as (url, _):
        assert parse([f"{ARN}={url}"])[ARN]({}) is None


def test_a_function_that_is_too_late_is_called_three_times():
    with served(200, b"", late=30) as (url, posted), pytest.raises(FunctionFailed) as caught:
        parse([f"{ARN}={url}"], time=0.05)[ARN]({})
    assert (caught.value.message, caught.value.cause) == (
        "Socket timeout while invoking Lambda function",
        "unreachable",
    )
    assert len(posted) <= 3


def test_a_port_where_nothing_listens():
    with served(200, b"") as (url, _):
        pass
    with pytest.raises(FunctionFailed, match="refused") as caught:
        parse([f"{ARN}={url}"])[ARN]({})
    assert caught.value.cause == "unreachable"


def lambda_function(event: Record, context: Any) -> Record:
    """A function as a test maps it by name."""
    if event.get("fail"):
        raise ValueError("It failed")
    return {**event, "response": {"name": context.function_name, "left": context.get_remaining_time_in_millis()}}


def nonsense_function(event: Record, context: Any) -> object:
    return object()


def ending_function(event: Record, context: Any) -> None:
    sys.exit(3)


NO_FUNCTION = 1


def test_a_python_function():
    function = parse([f"{ARN}={__name__}:lambda_function"])[ARN]
    assert function({"a": 1}) == {"a": 1, "response": {"name": "f", "left": 5000}}
    with pytest.raises(FunctionFailed, match="It failed"):
        function({"fail": True})


def test_a_python_function_that_ends_the_process_has_failed():
    with pytest.raises(FunctionFailed, match="Runtime exited with error: exit status 3"):
        parse([f"{ARN}={__name__}:ending_function"])[ARN]({})


def test_a_python_module_that_ends_the_process_is_broken(monkeypatch, tmp_path):
    (tmp_path / "ending_of_a_test.py").write_text("import sys\nsys.exit(3)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InvalidInput, match=r"cannot be imported from .*: SystemExit: 3"):
        parse([f"{ARN}=ending_of_a_test:f"])


def test_a_python_function_in_the_directory_where_one_starts(monkeypatch, tmp_path):
    (tmp_path / "functions_of_a_test.py").write_text("def f(event, context):\n    return event\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    assert parse([f"{ARN}=functions_of_a_test:f"])[ARN]({"a": 1}) == {"a": 1}
    del sys.modules["functions_of_a_test"]


def test_a_python_module_that_is_broken(monkeypatch, tmp_path):
    (tmp_path / "broken_of_a_test.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InvalidInput, match=r"cannot be imported from .*: ZeroDivisionError: division by zero"):
        parse([f"{ARN}=broken_of_a_test:f"])


def test_an_answer_of_python_that_is_no_json_is_an_error():
    with pytest.raises(FunctionFailed, match="not JSON serializable"):
        parse([f"{ARN}={__name__}:nonsense_function"])[ARN]({})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arn", "write ARN=http"),
        (f"{ARN}", "write ARN=http"),
        (f"{ARN}=", "write ARN=http"),
        (f"{ARN}=ftp://127.0.0.1/", "write ARN=http"),
        (f"{ARN}=http://:80/", "no valid host and port"),
        (f"{ARN}=http://127.0.0.1:99999/", "no valid host and port"),
        (f"{ARN}=http://[::1/", "no valid host and port"),
        (f"{ARN}=http://192.0.2.1:80/", "Use a loopback address"),
        (f"{ARN}=http://localhost.example.com/", "Use a loopback address"),
        (f"{ARN}=no_such_module:f", "No module named 'no_such_module'"),
        (f"{ARN}={__name__}:no_such", "has no function no_such"),
        (f"{ARN}={__name__}:NO_FUNCTION", "has no function NO_FUNCTION"),
    ],
)
def test_a_malformed_mapping_is_refused(text, words):
    with pytest.raises(InvalidInput) as caught:
        parse([text, "second"])
    first, second = str(caught.value).split("\n")
    assert first.startswith(f"--trigger {text}: ")
    assert words in first
    assert second.startswith("--trigger second: ")


def test_an_arn_is_mapped_once():
    with pytest.raises(InvalidInput, match="is mapped already"):
        parse([f"{ARN}={__name__}:lambda_function", f"{ARN}=http://localhost:1/"])


def test_another_machine_is_allowed_if_it_is_meant():
    assert set(parse([f"{ARN}=https://192.0.2.1/"], anywhere=True)) == {ARN}


def test_an_arn_with_an_equals_sign():
    assert set(parse(["arn:aws:lambda:x:1:function:a=b=http://[::1]:1/?c=d"])) == {"arn:aws:lambda:x:1:function:a=b"}
