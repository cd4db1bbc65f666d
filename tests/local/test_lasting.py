"""What a sign-in leaves behind outlasts the server, is shared by servers of one directory, and survives a kill."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from botocore.exceptions import BotoCoreError, ClientError

from tests.local.signin.authenticator import Authenticator
from tests.local.signin.processes import Running, running
from tests.local.signin.served import Served, claims, client_of, pairs, refusal, served
from tests.local.signin.settings_support import ARN, CALLBACK, WEB
from tests.local.signin.support import PASSWORD

PARTY = "login.example.com"
MAIL = "ann@example.com"
GENERIC = ("NotAuthorizedException", "Incorrect username or password.")


def test_tokens_devices_passkeys_and_challenges_outlast_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as cognito:
        pool, client = _pool(cognito)
        found = cognito.tokens(client)
        device = _confirmed_device(cognito, found)
        passkey = _passkey(cognito, found["AccessToken"])
        asked = cognito.public.initiate_auth(ClientId=client, **_choice())
        revoked = cognito.tokens(client)
        cognito.public.revoke_token(ClientId=client, Token=revoked["RefreshToken"])
        keys = requests.get(f"{cognito.url}/{pool}/.well-known/jwks.json", timeout=10).json()
    with served(tmp_path) as cognito:
        assert requests.get(f"{cognito.url}/{pool}/.well-known/jwks.json", timeout=10).json() == keys
        assert cognito.public.get_user(AccessToken=found["AccessToken"])["Username"] == "ann"
        said = refusal(cognito.public.get_user, AccessToken=revoked["AccessToken"])
        assert said == ("NotAuthorizedException", "Access Token has been revoked")
        renewal = {"REFRESH_TOKEN": found["RefreshToken"], "DEVICE_KEY": device}
        renewed = cognito.public.initiate_auth(ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=renewal)[
            "AuthenticationResult"
        ]
        assert claims(renewed["AccessToken"])["device_key"] == device
        assert _keys_of(cognito, found["AccessToken"]) == [device]
        _answers_the_choice(cognito, client, asked)
        _signs_in_with(cognito, client, passkey)
        code, _ = refusal(cognito.public.initiate_auth, ClientId=client, **_renewal(revoked["RefreshToken"]))
        assert code == "NotAuthorizedException"


def _pool(cognito: Served) -> tuple[str, str]:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    devices = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
    pool = cognito.pool(Policies=policies, DeviceConfiguration=devices)
    cognito.admin.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OFF", WebAuthnConfiguration={"RelyingPartyId": PARTY}
    )
    cognito.user(pool, email=MAIL, email_verified="true")
    return pool, cognito.client(pool)["ClientId"]


def _choice(**more: str) -> dict[str, Any]:
    return {"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "ann", **more}}


def _renewal(token: str) -> dict[str, Any]:
    return {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}


def _confirmed_device(cognito: Served, found: Any) -> str:
    key = found["NewDeviceMetadata"]["DeviceKey"]
    secret = {k: base64.b64encode(b"\x01" * 16).decode() for k in ("PasswordVerifier", "Salt")}
    asked = {"AccessToken": found["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": secret}
    cognito.public.confirm_device(**asked)
    return str(key)


def _keys_of(cognito: Served, token: str) -> list[str]:
    return [d["DeviceKey"] for d in cognito.public.list_devices(AccessToken=token)["Devices"]]


def _passkey(cognito: Served, token: str) -> Authenticator:
    key = Authenticator(f"https://{PARTY}")
    options = cognito.public.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
    cognito.public.complete_web_authn_registration(AccessToken=token, Credential=key.register(options))
    return key


def _answers_the_choice(cognito: Served, client: str, asked: Any) -> None:
    responses = {"USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD}
    challenge = {"ChallengeName": asked["ChallengeName"], "Session": asked["Session"]}
    answer = {"ClientId": client, **challenge, "ChallengeResponses": responses}
    assert cognito.public.respond_to_auth_challenge(**answer)["AuthenticationResult"]
    said = refusal(cognito.public.respond_to_auth_challenge, **answer)
    assert said == ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")


def _signs_in_with(cognito: Served, client: str, key: Authenticator) -> None:
    asked = cognito.public.initiate_auth(ClientId=client, **_choice(PREFERRED_CHALLENGE="WEB_AUTHN"))
    proof = key.sign_in(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    answered = cognito.public.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "CREDENTIAL": proof},
    )
    assert claims(answered["AuthenticationResult"]["AccessToken"])["username"] == "ann"


def test_an_authorization_code_and_a_browser_outlast_the_server(tmp_path: Path) -> None:
    browser = requests.Session()
    with served(tmp_path) as cognito:
        pool = cognito.pool()
        cognito.user(pool, email=MAIL)
        cognito.admin.create_user_pool_domain(UserPoolId=pool, Domain="lasting")
        client = cognito.client(pool, **WEB)["ClientId"]
        asked = {"client_id": client, "response_type": "code", "redirect_uri": CALLBACK}
        page = f"{cognito.url}/_domain/lasting/login"
        browser.get(page, params=asked, timeout=10)
        guard = next(c.value for c in browser.cookies if c.name == "XSRF-TOKEN")
        form = {"_csrf": guard, "username": "ann", "password": PASSWORD}
        code = _code_of(browser.post(page, form, params=asked, allow_redirects=False, timeout=10))
    with served(tmp_path) as cognito:
        base = f"{cognito.url}/_domain/lasting"
        grant = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": CALLBACK, "code": code}
        answer = requests.post(f"{base}/oauth2/token", grant, timeout=10)
        assert answer.status_code == 200, answer.text
        again = requests.post(f"{base}/oauth2/token", grant, timeout=10)
        assert again.json() == {"error": "invalid_grant"}
        led = browser.get(f"{base}/oauth2/authorize", params=asked, allow_redirects=False, timeout=10)
        assert _code_of(led)  # cookies belong to a host, and not to a port


def _code_of(answer: requests.Response) -> str:
    assert answer.headers["Location"].startswith(CALLBACK), answer.headers["Location"]
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def test_what_users_do_does_not_write_the_configuration(tmp_path: Path) -> None:
    """A state of many pools is one file, which takes long to write."""
    with served(tmp_path) as cognito:
        pool = cognito.pool()
        client = cognito.client(pool)["ClientId"]
        file = tmp_path / "cognito.json"
        before = file.stat()
        cognito.user(pool, email=MAIL)
        token = cognito.tokens(client)["AccessToken"]
        assert refusal(cognito.sign_in, client, password="Wrong-Horse-9") == GENERIC
        cognito.sign_up(client, "bob")
        cognito.public.global_sign_out(AccessToken=token)
        after = file.stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# --- several processes -----------------------------------------------------------------------------------------------


def test_two_servers_over_one_directory_know_each_others_users(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    with running(directory) as one, running(directory) as other:
        pool = one.pool()
        client = other.client(pool)["ClientId"]
        one.user(pool, email=MAIL)
        found = other.tokens(client)
        assert one.public.get_user(AccessToken=found["AccessToken"])["Username"] == "ann"
        asked = one.public.initiate_auth(ClientId=client, **_choice())
        _answers_the_choice(other, client, asked)
        other.public.global_sign_out(AccessToken=found["AccessToken"])
        said = refusal(one.public.get_user, AccessToken=found["AccessToken"])
        assert said == ("NotAuthorizedException", "Access Token has been revoked")
        one.admin.admin_set_user_password(UserPoolId=pool, Username="ann", Password="Another-1", Permanent=True)
        assert refusal(other.sign_in, client) == GENERIC
        assert len(other.admin.list_users(UserPoolId=pool)["Users"]) == 1
        _at_once(one, other, pool, client)


def _at_once(one: Running, other: Running, pool: str, client: str) -> None:
    """Both are asked at the same time: nothing is lost, and each name is given once."""
    outcomes: list[str] = []

    def signs_up(place: Running) -> None:
        mine = client_of(place.url, signed=False)
        for number in range(15):
            asked = {"ClientId": client, "Username": f"user-{number}", "Password": PASSWORD}
            outcomes.append(refusal(mine.sign_up, **asked)[0])

    threads = [threading.Thread(target=signs_up, args=(place,)) for place in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == [""] * 15 + ["UsernameExistsException"] * 15
    for place in (one, other):
        names = [u["Username"] for u in place.admin.list_users(UserPoolId=pool)["Users"]]
        assert len(names) == len(set(names)) == 16


def test_a_killed_server_leaves_what_it_has_answered(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    with running(directory) as cognito:
        pool = cognito.pool()
        client = cognito.client(pool)["ClientId"]
        done = _signs_up_until_killed(cognito, client)
    assert len(done) >= 10
    with running(directory) as cognito:
        names = [u["Username"] for u in cognito.admin.list_users(UserPoolId=pool, Limit=60)["Users"]]
        assert set(done) <= set(names)
        cognito.admin.admin_confirm_sign_up(UserPoolId=pool, Username=done[-1])
        token = cognito.tokens(client, done[-1])["AccessToken"]
        assert cognito.public.get_user(AccessToken=token)["Username"] == done[-1]
        assert cognito.sign_up(client, "new")["UserConfirmed"] is False


def _signs_up_until_killed(cognito: Running, client: str) -> list[str]:
    done: list[str] = []
    enough = threading.Event()

    def go(worker: int) -> None:
        mine = client_of(cognito.url, signed=False)
        with suppress(BotoCoreError, ClientError):
            for number in range(30):
                name = f"user-{worker}-{number}"
                mine.sign_up(ClientId=client, Username=name, Password=PASSWORD)
                done.append(name)
                if len(done) >= 10:
                    enough.set()

    threads = [threading.Thread(target=go, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    enough.wait(60)
    cognito.kill()
    for thread in threads:
        thread.join(60)
    return done


# --- functions for triggers ------------------------------------------------------------------------------------------


class Function(BaseHTTPRequestHandler):
    """A function that asks the embedded Cognito itself before it answers."""

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server: Any = self.server
        answer = server.function(event)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def function(run: Any) -> Iterator[str]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Function)
    server.function = run
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def test_a_function_may_call_the_server_that_calls_it(tmp_path: Path) -> None:
    seen: list[str] = []
    clients: list[Any] = []  # made outside the function, which has five seconds for all it does

    def asks_back(event: Any) -> Any:
        seen.append(event["triggerSource"])
        [admin] = clients
        ids = {"UserPoolId": event["userPoolId"], "Username": event["userName"]}
        if event["triggerSource"].startswith("PostConfirmation"):
            admin.admin_update_user_attributes(**ids, UserAttributes=pairs({"nickname": "from the function"}))
            admin.admin_add_user_to_group(**ids, GroupName="new")
        if event["triggerSource"].startswith("TokenGeneration"):
            name = admin.admin_get_user(**ids)["UserStatus"]
            details = {"claimsToAddOrOverride": {"status_seen": name}}
            return {**event, "response": {"claimsOverrideDetails": details}}
        return event

    with function(asks_back) as url, running(tmp_path / "state", "--trigger", f"{ARN}f={url}") as cognito:
        clients.append(cognito.admin)
        names = ("PostConfirmation", "PreTokenGeneration", "PreSignUp")
        pool = cognito.pool(LambdaConfig=dict.fromkeys(names, f"{ARN}f"))
        cognito.admin.create_group(UserPoolId=pool, GroupName="new")
        client = cognito.client(pool)["ClientId"]
        cognito.sign_up(client)
        cognito.admin.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
        found = claims(cognito.tokens(client)["IdToken"])
    assert (found["nickname"], found["status_seen"]) == ("from the function", "CONFIRMED")
    assert found["cognito:groups"] == ["new"]
    assert seen == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp", "TokenGeneration_Authentication"]


def test_a_function_that_deletes_the_user_ends_the_sign_in(tmp_path: Path) -> None:
    clients: list[Any] = []

    def deletes(event: Any) -> Any:
        ids = {"UserPoolId": event["userPoolId"], "Username": event["userName"]}
        clients[0].admin_delete_user(**ids)
        return event

    with function(deletes) as url, running(tmp_path / "state", "--trigger", f"{ARN}f={url}") as cognito:
        clients.append(cognito.admin)
        pool = cognito.pool(LambdaConfig={"PostAuthentication": f"{ARN}f"})
        cognito.user(pool)
        client = cognito.client(pool)["ClientId"]
        assert refusal(cognito.sign_in, client) == ("UserNotFoundException", "User does not exist.")
        assert cognito.admin.list_users(UserPoolId=pool)["Users"] == []
