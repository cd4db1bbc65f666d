"""What tests of accounts ask for: requests, triggers that note their events, and the messages that went out."""

from __future__ import annotations

import re
from typing import Any

from reconciler.local import attribute_schema
from reconciler.local.desk import Message
from reconciler.local.signin import own_account, parties, recovering, sign_up, tokens
from reconciler.local.store import Record
from tests.local.signin.support import PASSWORD, POOL, Place

OPERATIONS = {**sign_up.OPERATIONS, **recovering.OPERATIONS, **own_account.OPERATIONS}
POLICY = {
    "MinimumLength": 8,
    **dict.fromkeys(("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols"), True),
}


class Accounts(Place):
    """A place with a password policy; `ask` sends a request."""

    def __init__(self, **config: Any) -> None:
        super().__init__()
        self.pool["config"] |= {"Policies": {"PasswordPolicy": POLICY}, **config}
        self.said: list[str] = []
        self.ctx.desk.say = self.said.append

    def schema(self, name: str, **members: Any) -> None:
        """Change an attribute of the schema."""
        next(a for a in self.pool["schema"] if a["Name"] == name).update(members)

    def add_attributes(self, *attributes: Record) -> None:
        self.pool["schema"] = attribute_schema.extend(self.pool["schema"], list(attributes))

    def ask(self, operation: str, **params: Any) -> Record:
        """Send a request of an administrator, of a user with a token, or of the client."""
        ids = {"UserPoolId": POOL} if operation.startswith("Admin") else {"ClientId": self.client["ClientId"]}
        asked = params if "AccessToken" in params else {**ids, **params}
        return OPERATIONS[operation](self.ctx, asked)

    def add(self, name: str = "ann", status: str = "CONFIRMED", **attributes: str) -> Record:
        """Add a user with a password."""
        return self.change(self.add_user(name, PASSWORD, **attributes)["username"], status=status)

    def change(self, name: str = "ann", **members: Any) -> Record:
        """Change members of a user."""
        user = self.get(name) | members
        parties.put(self.ctx, self.pool, user)
        return user

    def token(self, name: str = "ann") -> str:
        """Return an access token of a user."""
        grant = tokens.Grant((tokens.API_SCOPE,), "TokenGeneration_Authentication", self.ctx.now())
        answer: str = tokens.issue(self.ctx, self.caller(), self.get(name), grant)["AccessToken"]
        return answer

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
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        events: list[Record] = []

        def call(event: Record) -> Any:
            events.append(event)
            answer = function(event) if callable(function) else function
            return {**event, "response": answer} if isinstance(answer, dict) else answer

        config: Record = {name: {"LambdaArn": arn, **versioned}} if versioned else {name: arn}
        self.pool["config"]["LambdaConfig"] |= config
        self.ctx.desk.functions = {**self.ctx.desk.functions, arn: call}
        return events


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
