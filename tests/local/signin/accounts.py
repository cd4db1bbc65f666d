"""A pool, clients and users to try accounts on, without a server."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any

import pytest

from reconciler.local import attribute_schema, ledger, people
from reconciler.local.clients import DEFAULTS
from reconciler.local.database import Database
from reconciler.local.desk import Desk, Message
from reconciler.local.ledger import Ledger
from reconciler.local.operation import Context
from reconciler.local.people import People
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import own_account, parties, recovering, sign_up
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record, Store, new_pool

REGION, POOL = "eu-west-1", "eu-west-1_Examples1"
START = 1_800_000_000.0
PASSWORD = "Correct-Horse-9"
OPERATIONS = {**sign_up.OPERATIONS, **recovering.OPERATIONS, **own_account.OPERATIONS}
POLICY = {
    "MinimumLength": 8,
    **dict.fromkeys(("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols"), True),
    "TemporaryPasswordValidityDays": 7,
}


class Accounts:
    """One pool with one client; `ask` sends a request."""

    def __init__(self, **config: Any) -> None:
        self.time = START
        database = Database()
        database.open(None, people.SCHEMA + ledger.SCHEMA)
        self.said: list[str] = []
        store = Store(None, lambda: self.time)
        desk = Desk(say=self.said.append)
        self.ctx = Context(store, REGION, People(database), Ledger(database), desk)
        self.pool = new_pool(POOL, REGION, START)
        self.pool["config"] = {"LambdaConfig": {}, "Policies": {"PasswordPolicy": POLICY}, **config}
        self.pool["schema"] = attribute_schema.build([])
        store.add(self.pool)
        self.client_id = self.add_client()

    def add_client(self, **members: Any) -> str:
        client_id = self.ctx.store.new_id(26)
        self.pool["clients"][client_id] = {**DEFAULTS, "ClientId": client_id, **members}
        return client_id

    @property
    def client(self) -> Record:
        return self.pool["clients"][self.client_id]

    def caller(self, **metadata: str) -> Caller:
        return Caller(self.pool, self.client, "api", metadata)

    def schema(self, name: str, **members: Any) -> None:
        """Change an attribute of the schema."""
        next(a for a in self.pool["schema"] if a["Name"] == name).update(members)

    def add_attributes(self, *attributes: Record) -> None:
        self.pool["schema"] = attribute_schema.extend(self.pool["schema"], list(attributes))

    def ask(self, operation: str, **params: Any) -> Record:
        """Send a request of an administrator, of a user with a token, or of the client."""
        ids = {"UserPoolId": POOL} if operation.startswith("Admin") else {"ClientId": self.client_id}
        asked = params if "AccessToken" in params else {**ids, **params}
        return OPERATIONS[operation](self.ctx, asked)

    def add(self, name: str = "ann", status: str = "CONFIRMED", **attributes: str) -> Record:
        """Add a user as it is, without a password."""
        user = parties.new_user(self.ctx, name, status, attributes)
        return self.put(user)

    def put(self, user: Record) -> Record:
        parties.put(self.ctx, self.pool, user)
        return user

    def get(self, name: str = "ann") -> Record:
        user = parties.sign_in_name(self.ctx, self.pool, name)
        assert user is not None
        return user

    def attributes(self, name: str = "ann") -> dict[str, str]:
        return self.get(name)["attributes"]

    @property
    def last(self) -> Message:
        return self.ctx.desk.messages[-1]

    def trigger(self, name: str, function: Any, **versioned: Any) -> list[Record]:
        """Map a trigger to a function, and return the list of the events that it gets."""
        arn = f"arn:aws:lambda:{REGION}:123456789012:function:{name}"
        events: list[Record] = []

        def call(event: Record) -> Any:
            events.append(event)
            answer = function(event) if callable(function) else function
            return {**event, "response": answer} if isinstance(answer, dict) else answer

        config: Record = {name: {"LambdaArn": arn, **versioned}} if versioned else {name: arn}
        self.pool["config"]["LambdaConfig"] |= config
        self.ctx.desk.functions = {**self.ctx.desk.functions, arn: call}
        return events


@contextmanager
def refused(code: str, words: str) -> Any:
    """Expect an error of the service with a type and its whole message."""
    with pytest.raises(ServiceError) as caught:
        yield
    assert (caught.value.code, caught.value.message) == (code, words)


def pairs(attributes: dict[str, str]) -> list[Record]:
    return [{"Name": k, "Value": v} for k, v in attributes.items()]


def stable(record: Any) -> Any:
    """Replace what is random: UUIDs."""
    if isinstance(record, dict):
        return {k: stable(v) for k, v in record.items()}
    if isinstance(record, list):
        return [stable(v) for v in record]
    if isinstance(record, str):
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", record)
    return record
