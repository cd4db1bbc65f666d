"""A pool, a client and users to sign in with, without a server; and the client's side of SRP, written a second time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pyotp
import pytest
from botocore.validate import ParamValidator

from reconciler.local import attribute_schema, ledger, people
from reconciler.local.checks import SERVICE, service_model, validate
from reconciler.local.clients import DEFAULTS
from reconciler.local.database import Database
from reconciler.local.desk import Desk
from reconciler.local.ledger import Ledger
from reconciler.local.operation import Context
from reconciler.local.people import People
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import keys, operations, parties, passwords
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record, Store, new_pool
from tests.local.support import DEVELOPER, SMS

REGION, POOL = "us-east-1", "us-east-1_ExamplePL"
START = 1_790_000_000.0
PASSWORD = "Correct-Horse-9"
FLOWS = ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH")
EVERY_FLOW = [f"ALLOW_{f}" for f in (*FLOWS, "REFRESH_TOKEN_AUTH")]
GENERIC = "Incorrect username or password."
TOTP_ON: Record = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
EMAIL_ON: Record = {"EmailMfaConfiguration": {}}
SMS_ON: Record = {"sms": True}
CALLS = {name: run for module in operations.MODULES for name, run in module.OPERATIONS.items()}


@cache
def _key(_purpose: str) -> Record:
    return keys._generated()


class Scene:
    """One pool with one client, and the user `jane`; all can be changed in place. `call` sends a request."""

    def __init__(self) -> None:
        self.time = START
        database = Database()
        database.open(None, people.SCHEMA + ledger.SCHEMA)
        self.said: list[str] = []
        store = Store(None, lambda: self.time)
        self.ctx = Context(store, REGION, People(database), Ledger(database), Desk(say=self.said.append))
        self.pool = new_pool(POOL, REGION, START)
        self.config: Record = {
            "LambdaConfig": {},
            "Policies": {"PasswordPolicy": {"MinimumLength": 8, "RequireNumbers": True}, "SignInPolicy": {}},
        }
        self.pool.update(config=self.config, schema=attribute_schema.build([]))
        store.add(self.pool)
        self.client = self.add_client()
        self.user = self.add("jane", email="jane@example.com")
        for purpose in keys.PURPOSES:  # making keys takes longer than a test
            self.ctx.ledger.put(keys.KIND, f"{POOL}:{purpose}", _key(purpose), pool=POOL)

    def add_client(self, **members: Any) -> Record:
        ids = {"ClientId": self.ctx.store.new_id(26), "CreationDate": START}
        client = {**DEFAULTS, **ids, "ExplicitAuthFlows": EVERY_FLOW, **members}
        self.pool["clients"][client["ClientId"]] = client
        return client

    def hide(self) -> None:
        self.client["PreventUserExistenceErrors"] = "ENABLED"

    # --- users -----------------------------------------------------------------------------------------------------

    def add(self, name: str, password: str | None = PASSWORD, status: str = "CONFIRMED", **attributes: str) -> Record:
        user = parties.new_user(self.ctx, name, status, attributes)
        if password is not None:
            passwords.set_password(self.ctx, self.pool, user, password)
        return self.put(user)

    def put(self, user: Record) -> Record:
        parties.put(self.ctx, self.pool, user)
        return user

    def change(self, name: str = "jane", **members: Any) -> Record:
        return self.put({**self.get(name), **members})

    def attribute(self, name: str = "jane", **attributes: str) -> Record:
        user = self.get(name)
        user["attributes"].update(attributes)
        return self.put(user)

    def get(self, name: str = "jane") -> Record:
        user = self.ctx.people.get(POOL, name)
        assert user is not None
        return user

    # --- settings --------------------------------------------------------------------------------------------------

    def mfa(self, mode: str, *factors: Record) -> None:
        self.pool["mfa"] = {"MfaConfiguration": mode}
        for factor in factors:
            self.pool["mfa"].update(factor)

    def first_factors(self, *factors: str) -> None:
        self.config["Policies"]["SignInPolicy"] = {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}
        self.config.update(EmailConfiguration=DEVELOPER, SmsConfiguration=SMS)

    def trigger(self, name: str, answer: Callable[[Record], Any] | Record) -> list[Record]:
        """Map a trigger to a function or its answer; return the list of the events that it gets."""
        arn = f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
        events: list[Record] = []

        def called(event: Record) -> Any:
            events.append(event)
            return {**event, "response": answer(event) if callable(answer) else answer}

        self.config["LambdaConfig"][name] = arn
        self.ctx.desk.functions = {**self.ctx.desk.functions, arn: called}
        return events

    def turn_on(self, factor: str, name: str = "jane") -> None:
        """Turn on a second factor of a user."""
        user = self.get(name)
        user["mfa"][{"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp", "EMAIL_OTP": "email"}[factor]] = True
        if factor == "SOFTWARE_TOKEN_MFA":
            user["mfa"].update(secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", used=0, name="my phone")
        self.put(user)

    # --- requests --------------------------------------------------------------------------------------------------

    def call(self, operation: str, **params: Any) -> Record:
        """Send a request, checked against the API model as the engine does; so is the answer."""
        validate(operation, params, SERVICE)
        answer = CALLS[operation](self.ctx, params)
        shape = service_model(SERVICE).operation_model(operation).output_shape
        if shape is not None:
            assert not ParamValidator().validate(answer, shape).has_errors(), answer
        return json.loads(json.dumps(answer))

    def start(self, flow: str, name: str = "jane", *, session: str = "", metadata: Any = None, **more: str) -> Record:
        """InitiateAuth, or AdminInitiateAuth for its flows."""
        parameters = {"USERNAME": name, **more}
        if flow in ("USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
            parameters.setdefault("PASSWORD", PASSWORD)
        extra = {"Session": session} if session else {}
        extra |= {"ClientMetadata": metadata} if metadata else {}
        return self.call(
            f"{_door(flow)}InitiateAuth", **self.ids(flow), AuthFlow=flow, AuthParameters=parameters, **extra
        )

    def ids(self, flow: str = "") -> Record:
        pool = {"UserPoolId": POOL} if flow.startswith("ADMIN") else {}
        return {"ClientId": self.client["ClientId"], **pool}

    def answer(self, challenge: Record, name: str = "jane", *, metadata: Any = None, **responses: str) -> Record:
        """RespondToAuthChallenge to what a request answered."""
        session = {"Session": challenge["Session"]} if "Session" in challenge else {}
        extra = {"ClientMetadata": metadata} if metadata else {}
        return self.call(
            "RespondToAuthChallenge",
            **self.ids(),
            ChallengeName=challenge["ChallengeName"],
            ChallengeResponses={"USERNAME": name, **responses},
            **session,
            **extra,
        )

    def sign_in(self, **more: str) -> Record:
        """Sign in with the password; return AuthenticationResult."""
        return self.start("USER_PASSWORD_AUTH", **more)["AuthenticationResult"]

    def srp(self, name: str = "jane", password: str = PASSWORD, **more: str) -> Record:
        """Sign in with SRP; return the answer to the proof."""
        client = Srp()
        challenge = self.start("USER_SRP_AUTH", name, SRP_A=client.a_hex)
        return self.prove(client, challenge, password, **more)

    def prove(self, client: Srp, challenge: Record, password: str = PASSWORD, **more: str) -> Record:
        """Answer PASSWORD_VERIFIER."""
        given = challenge["ChallengeParameters"]
        proof = client.proof(given, POOL.partition("_")[2], given["USER_ID_FOR_SRP"], password, self.time)
        return self.answer(challenge, given["USER_ID_FOR_SRP"], **proof, **more)

    def hosted(self) -> Caller:
        return Caller(self.pool, self.client, "hosted")

    @property
    def code(self) -> str:
        """The code that was sent last."""
        return self.ctx.desk.messages[-1].code

    def totp(self, secret: str = "", later: int = 0) -> str:
        return pyotp.TOTP(secret or self.get()["mfa"]["secret"]).at(int(self.time) + later)


def _door(flow: str) -> str:
    return "Admin" if flow.startswith("ADMIN") else ""


@contextmanager
def refused(code: str, message: str = "") -> Iterator[None]:
    """Expect an error of the service with a type and, if it is given, its whole message."""
    with pytest.raises(ServiceError) as caught:
        yield
    assert (caught.value.code, caught.value.message) == (code, message or caught.value.message)


def claims(token: str) -> Record:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
A = 0x60975527035CF2AD1989806F0407210BC81EDC04E2762A56AFD529DDDA2D4393


def _pad(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _sha(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest(), "big")


def x_of(salt: int, group: str, name: str, password: str) -> int:
    inner = hashlib.sha256(f"{group}{name}:{password}".encode()).digest()
    return _sha(_pad(salt) + inner)


class Srp:
    """The client's side."""

    def __init__(self) -> None:
        self.a_hex = f"{pow(2, A, N):x}"

    def proof(self, given: Record, group: str, name: str, password: str, now: float) -> dict[str, str]:
        """Return the answer to PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER."""
        big_a, big_b, salt = pow(2, A, N), int(given["SRP_B"], 16), int(given["SALT"], 16)
        u, x, k = _sha(_pad(big_a) + _pad(big_b)), x_of(salt, group, name, password), _sha(_pad(N) + b"\x02")
        shared = pow(big_b - k * pow(2, x, N), A + u * x, N)
        prk = hmac.digest(_pad(u), _pad(shared), "sha256")
        key = hmac.digest(prk, b"Caldera Derived Key\x01", "sha256")[:16]
        stamp = _stamp(now)
        block = base64.b64decode(given["SECRET_BLOCK"])
        signed = hmac.digest(key, group.encode() + name.encode() + block + stamp.encode(), "sha256")
        return {
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signed).decode(),
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "TIMESTAMP": stamp,
        }


def _stamp(now: float) -> str:
    at = time.gmtime(now)
    return f"{time.strftime('%a %b', at)} {at.tm_mday} {time.strftime('%H:%M:%S UTC %Y', at)}"
