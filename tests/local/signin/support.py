"""A pool, its clients and users without an engine, and a clock that tests set."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from reconciler.local import ledger, people
from reconciler.local.attribute_schema import build
from reconciler.local.database import Database
from reconciler.local.desk import Desk
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import keys, parties, passwords
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record, Store, new_pool

POOL = "us-east-1_ExamplePL"
CLIENT = "1example23456789abcdefghij"
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef"
PASSWORD = "Correct-Horse-9"
BEGINNING = 1_790_000_000.0


@cache
def _key(purpose: str) -> Record:
    return keys._generated()


class Place:
    """A context with one pool, one client and one user; all can be changed in place."""

    def __init__(self) -> None:
        self.time = BEGINNING
        database = Database()
        database.open(None, people.SCHEMA + ledger.SCHEMA)
        store = Store(None, lambda: self.time)
        desk = Desk()
        self.ctx = Context(store, "us-east-1", people.People(database), ledger.Ledger(database), desk)
        self.pool = new_pool(POOL, "us-east-1", self.time)
        self.pool["config"] = {"LambdaConfig": {}, "Policies": {"PasswordPolicy": {}}}
        self.pool["schema"] = build([])
        store.add(self.pool)
        self.client = self.add_client(CLIENT)
        for purpose in keys.PURPOSES:  # making keys takes longer than a test
            self.ctx.ledger.put(keys.KIND, f"{POOL}:{purpose}", _key(purpose), pool=POOL)
        self.user = self.add_user("jane", email="jane@example.com", email_verified="true")

    def add_client(self, client_id: str, **members: Any) -> Record:
        client = {"ClientId": client_id, "ClientName": "c", "CreationDate": self.time, **members}
        self.pool["clients"][client_id] = client
        return client

    def add_user(self, name: str, password: str = PASSWORD, **attributes: str) -> Record:
        user = parties.new_user(self.ctx, name, "CONFIRMED", attributes)
        passwords.set_password(self.ctx, self.pool, user, password)
        parties.put(self.ctx, self.pool, user)
        return user

    def caller(self, door: parties.Door = "api", client: Record | None = None, **metadata: str) -> Caller:
        return Caller(self.pool, self.client if client is None else client, door, metadata)

    def put(self) -> None:
        parties.put(self.ctx, self.pool, self.user)

    def stored(self) -> Record:
        found = self.ctx.people.get(POOL, self.user["username"])
        assert found is not None
        return found

    def map_trigger(self, function: Any, version: str = "V1_0") -> None:
        arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
        self.pool["config"]["LambdaConfig"] = {
            "PreTokenGeneration": arn,
            "PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": arn},
        }
        self.ctx.desk.functions = {arn: function}


@contextmanager
def refused(code: str, message: str | None = None) -> Any:
    """Expect a refusal with a code and, if it is given, exactly this message."""
    with pytest.raises(ServiceError) as caught:
        yield
    assert caught.value.code == code, caught.value
    if message is not None:
        assert caught.value.message == message
