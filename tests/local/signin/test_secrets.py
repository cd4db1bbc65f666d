"""Passwords and tokens are neither stored nor printed nor recorded; codes are shown, as that is how one gets them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests
from pycognito.aws_srp import AWSSRP

from reconciler.errors import InvalidInput
from reconciler.local import LocalCognito, serve
from reconciler.local.checks import service_model
from tests.local.signin.served import EVERY_FLOW, pairs, refusal, served
from tests.local.signin.settings_support import ARN, CALLBACK, WEB

PASSWORDS = {n: f"{n}-Horse-9{n[::-1]}!" for n in ("First", "Second", "Third", "Fourth", "Fifth", "Wrong", "Migrated")}
SECRETS = {"AccessToken", "IdToken", "RefreshToken", "Session"}


@dataclass
class Heard:
    """Everything secret that goes back and forth."""

    cognito: Any
    texts: set[str] = field(default_factory=lambda: set(PASSWORDS.values()))

    def call(self, operation: str, **params: Any) -> Any:
        answer = getattr(self.cognito, operation)(**params)
        self._listen(answer)
        return answer

    def _listen(self, answer: Any) -> None:
        for name, value in answer.items() if isinstance(answer, dict) else ():
            if name in SECRETS and isinstance(value, str):
                self.texts.add(value)
            self._listen(value)


def live(admin: Any, heard: Heard, messages: Any) -> None:
    """The life of a few users: sign-up, sign-in, a wrong password, changes, resets, migration, the end."""
    functions = {"UserMigration": f"{ARN}migrate"}
    made = admin.create_user_pool(PoolName="p", AutoVerifiedAttributes=["email"], LambdaConfig=functions)["UserPool"]
    pool = made["Id"]
    mfa = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}
    admin.set_user_pool_mfa_config(UserPoolId=pool, **mfa)
    client = admin.create_user_pool_client(UserPoolId=pool, ClientName="c", ExplicitAuthFlows=EVERY_FLOW)
    ids = {"ClientId": client["UserPoolClient"]["ClientId"]}
    mail = pairs({"email": "ann@example.com"})
    heard.call("sign_up", **ids, Username="ann", Password=PASSWORDS["First"], UserAttributes=mail)
    heard.call("confirm_sign_up", **ids, Username="ann", ConfirmationCode=messages()[-1].code)
    found = _by_password(heard, ids, "ann", "First")
    assert refusal(_by_password, heard, ids, "ann", "Wrong")[0] == "NotAuthorizedException"
    srp = AWSSRP("ann", PASSWORDS["First"], pool, ids["ClientId"], client=heard.cognito)
    heard._listen(srp.authenticate_user())
    token = {"AccessToken": found["AccessToken"]}
    heard.call("change_password", **token, PreviousPassword=PASSWORDS["First"], ProposedPassword=PASSWORDS["Second"])
    heard.call("forgot_password", **ids, Username="ann")
    code = messages()[-1].code
    heard.call("confirm_forgot_password", **ids, Username="ann", ConfirmationCode=code, Password=PASSWORDS["Third"])
    admin.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORDS["Fourth"], Permanent=False)
    asked = _start(heard, ids, "ann", "Fourth")
    responses = {"USERNAME": "ann", "NEW_PASSWORD": PASSWORDS["Fifth"]}
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"], "ChallengeResponses": responses}
    heard.call("respond_to_auth_challenge", **ids, **answer)
    _by_password(heard, ids, "old", "Migrated")
    renewed = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": found["RefreshToken"]}}
    heard.call("initiate_auth", **ids, **renewed)
    _with_app(heard, ids, token)
    heard.call("get_tokens_from_refresh_token", **ids, RefreshToken=found["RefreshToken"])
    heard.call("revoke_token", **ids, Token=found["RefreshToken"])


def _start(heard: Heard, ids: Any, name: str, password: str) -> Any:
    given = {"USERNAME": name, "PASSWORD": PASSWORDS[password]}
    return heard.call("initiate_auth", **ids, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)


def _by_password(heard: Heard, ids: Any, name: str, password: str) -> Any:
    return _start(heard, ids, name, password)["AuthenticationResult"]


def _with_app(heard: Heard, ids: Any, token: Any) -> None:
    app = pyotp.TOTP(heard.call("associate_software_token", **token)["SecretCode"])
    heard.call("verify_software_token", **token, UserCode=app.now())


def migrate(event: Any) -> Any:
    attributes = {"email": "old@example.com", "email_verified": "true"}
    done = {"userAttributes": attributes, "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS"}
    return {**event, "response": {**event["response"], **done}}


def spellings(secret: str) -> Iterator[bytes]:
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield base64.b64encode(raw).rstrip(b"=")[:-1]  # the last letter depends on what follows
    if secret.count(".") in (2, 4):
        yield secret.rpartition(".")[2].encode()  # the signature of a token, or the end of a refresh token


def found_in(data: bytes, secrets: set[str]) -> list[str]:
    return [s for s in sorted(secrets) if any(form in data for form in spellings(s))]


def test_the_state_has_no_password_and_no_token(tmp_path: Path) -> None:
    with served(tmp_path) as cognito:
        cognito.server.engine.desk.functions = {f"{ARN}migrate": migrate}
        said: list[str] = []
        cognito.server.engine.desk.say = said.append
        heard = Heard(cognito.public)
        live(cognito.admin, heard, lambda: cognito.messages)
        files = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        assert {"users.sqlite", "users.sqlite-wal"} <= set(files)  # what was written lately is in the log
        assert len(heard.texts) > 20
        assert {n: found for n, data in files.items() if (found := found_in(data, heard.texts))} == {}
        codes = [m.code for m in cognito.messages]
        assert found_in(repr(cognito.messages).encode(), heard.texts) == []
        assert found_in("\n".join(said).encode(), heard.texts) == []
        assert all(any(code in line for line in said) for code in codes)
    after = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"verifier" in after
    assert found_in(after, heard.texts) == []


def test_only_its_owner_reads_the_state(tmp_path: Path) -> None:
    with served(tmp_path / "state") as cognito:
        cognito.pool()
        assert {
            p.name: p.stat().st_mode & 0o077 for p in (tmp_path / "state").iterdir() if p.stat().st_mode & 0o077
        } == {}
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


def test_a_temporary_password_is_in_the_message_and_not_on_the_terminal(tmp_path: Path) -> None:
    with served(tmp_path) as cognito:
        said: list[str] = []
        cognito.server.engine.desk.say = said.append
        pool = cognito.pool()
        mail = pairs({"email": "ann@example.com"})
        cognito.admin.admin_create_user(
            UserPoolId=pool, Username="ann", UserAttributes=mail, DesiredDeliveryMediums=["EMAIL"]
        )
        password = cognito.messages[-1].code
        assert found_in("\n".join(said).encode(), {password}) == []
        assert said
        assert found_in(b"".join(p.read_bytes() for p in tmp_path.iterdir()), {password}) == []


def test_recorded_calls_have_no_secrets() -> None:
    with LocalCognito() as local:
        local.desk.functions = {f"{ARN}migrate": migrate}
        boto = local.client("cognito-idp")
        heard = Heard(boto)
        live(boto, heard, lambda: list(local.desk.messages))
        recorded = "\n".join(repr(c) for c in local.calls)
        assert found_in(recorded.encode(), heard.texts) == []
        assert not re.search(rf"\b({'|'.join(m.code for m in local.desk.messages)})\b", recorded)
        proofs = [c.params for c in local.calls if c.operation in ("InitiateAuth", "RespondToAuthChallenge")]
        assert proofs
        assert {str(p.get("AuthParameters", p.get("ChallengeResponses"))) for p in proofs} == {"***"}


SECRET_NAMES = re.compile(
    r"(Password|SecretHash|ConfirmationCode|UserCode|Code|Session|AccessToken|RefreshToken|Token|ClientSecret|Secret|"
    r"PasswordVerifier|Salt|Credential|AuthParameters|ChallengeResponses|SubjectToken|ActorToken|FeedbackToken|"
    r"EncodedData)"
)
UNITS = "TokenValidityUnits"


def _leaves(shape: Any, path: tuple[str, ...], seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, ...]]:
    if shape is None or shape.name in seen:
        return
    inside = seen | {shape.name}
    if shape.type_name == "structure" and shape.members:
        for name, inner in shape.members.items():
            yield from _leaves(inner, (*path, name), inside)
    else:
        yield path


def _nested(path: tuple[str, ...], value: Any) -> Any:
    return value if not path else {path[0]: _nested(path[1:], value)}


@pytest.mark.parametrize("operation", sorted(service_model().operation_names))
def test_no_operation_is_recorded_with_a_secret(operation: str) -> None:
    """By the names of the members, so that an operation of a later API model is noticed."""
    from reconciler.local.checks import masked

    shape = service_model().operation_model(operation).input_shape
    for path in _leaves(shape, ()):
        if SECRET_NAMES.fullmatch(path[-1]) and path[0] != UNITS:
            assert "a secret" not in repr(masked(operation, _nested(path, "a secret"))), path


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104 - it is refused
def test_the_server_listens_on_loopback_addresses_only(host: str) -> None:
    with pytest.raises(InvalidInput, match="not a loopback address"):
        serve(None, host)


def test_the_server_listens_on_loopback_by_default() -> None:
    with served() as cognito:
        assert cognito.server._server.server_address[0] == "127.0.0.1"


def test_the_pages_leave_no_password_and_no_token_either(tmp_path: Path) -> None:
    with served(tmp_path) as cognito:
        said: list[str] = []
        cognito.server.engine.desk.say = said.append
        pool = cognito.pool()
        cognito.user(pool, password=PASSWORDS["First"], email="ann@example.com")
        cognito.admin.create_user_pool_domain(UserPoolId=pool, Domain="secrets")
        client = cognito.client(pool, GenerateSecret=True, **WEB)
        base, browser = f"{cognito.url}/_domain/secrets", requests.Session()
        asked = {"client_id": client["ClientId"], "response_type": "code", "redirect_uri": CALLBACK}
        secrets = {PASSWORDS["First"], PASSWORDS["Wrong"]}
        for password in ("Wrong", "First"):
            browser.get(f"{base}/login", params=asked, timeout=10)
            guard = next(c.value for c in browser.cookies if c.name == "XSRF-TOKEN")
            form = {"_csrf": guard, "username": "ann", "password": PASSWORDS[password]}
            page = browser.post(f"{base}/login", form, params=asked, allow_redirects=False, timeout=10)
        code = parse_qs(urlsplit(page.headers["Location"]).query)["code"][0]
        grant = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code}
        auth = (client["ClientId"], client["ClientSecret"])
        answer = requests.post(f"{base}/oauth2/token", grant, auth=auth, timeout=10).json()
        tokens = {answer[name] for name in ("access_token", "id_token", "refresh_token")}
        secrets |= {code, *tokens, *(str(c.value) for c in browser.cookies if len(str(c.value)) > 20)}
        assert len(secrets) >= 7
        assert {p.name: f for p in tmp_path.iterdir() if (f := found_in(p.read_bytes(), secrets))} == {}
        assert found_in("\n".join(said).encode(), secrets) == []
