"""What others do to a pool while the function of a trigger runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local.signin.served import Served, served
from tests.local.signin.support import PASSWORD

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
EVERY = (
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "PreTokenGeneration",
    "CustomMessage",
)


class Pool:
    """A pool whose triggers all lead to `work`, which is done once."""

    def __init__(self, cognito: Served) -> None:
        self.cognito, self.api = cognito, cognito.admin
        asked = {"LambdaConfig": dict.fromkeys(EVERY, ARN), "AutoVerifiedAttributes": ["email"]}
        self.id = self.api.create_user_pool(PoolName="p", **asked)["UserPool"]["Id"]
        made = self.api.create_user_pool_client(
            UserPoolId=self.id, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        self.client = made["UserPoolClient"]["ClientId"]

    def at(self, source: str, work: Callable[[], Any]) -> None:
        """Do something once in the function of a triggerSource."""
        done: list[bool] = []

        def function(event: dict[str, Any]) -> dict[str, Any]:
            if event["triggerSource"] == source and not done:
                done.append(True)
                work()
            return event

        self.cognito.server.engine.desk.functions = {ARN: function}

    def sign_up(self) -> Any:
        address = [{"Name": "email", "Value": "ann@example.com"}]
        return self.api.sign_up(ClientId=self.client, Username="ann", Password=PASSWORD, UserAttributes=address)

    def create(self) -> Any:
        return self.api.admin_create_user(UserPoolId=self.id, Username="ann", MessageAction="SUPPRESS")

    def sign_in(self) -> Any:
        given = {"USERNAME": "ann", "PASSWORD": PASSWORD}
        return self.api.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)

    def users(self) -> list[Any]:
        return list(self.api.list_users(UserPoolId=self.id)["Users"])


@pytest.fixture
def pool() -> Iterator[Pool]:
    with served() as cognito:
        yield Pool(cognito)


def test_a_name_that_is_taken_meanwhile_is_refused_at_sign_up(pool: Pool) -> None:
    first: list[Any] = []
    pool.at("PreSignUp_SignUp", lambda: first.append(pool.sign_up()["UserSub"]))
    with pytest.raises(pool.api.exceptions.UsernameExistsException):
        pool.sign_up()
    (user,) = pool.users()
    assert {"Name": "sub", "Value": first[0]} in user["Attributes"]


def test_a_name_that_is_taken_meanwhile_is_refused_to_an_administrator(pool: Pool) -> None:
    first: list[Any] = []
    pool.at("PreSignUp_AdminCreateUser", lambda: first.append(pool.create()["User"]["Attributes"]))
    with pytest.raises(pool.api.exceptions.UsernameExistsException):
        pool.create()
    (user,) = pool.users()
    assert user["Attributes"] == first[0]


@pytest.mark.parametrize("source", ["PreSignUp_SignUp", "CustomMessage_SignUp"])
def test_nothing_is_kept_for_a_pool_that_is_deleted_at_sign_up(pool: Pool, source: str) -> None:
    pool.at(source, lambda: pool.api.delete_user_pool(UserPoolId=pool.id))
    with pytest.raises(pool.api.exceptions.ResourceNotFoundException, match=f"User pool {pool.id} does not exist"):
        pool.sign_up()
    assert pool.cognito.server.engine.people.count(pool.id) == 0


@pytest.mark.parametrize(
    "source",
    ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"],
)
@pytest.mark.parametrize("what", ["pool", "client"])
def test_a_sign_in_ends_with_its_pool_or_client(pool: Pool, source: str, what: str) -> None:
    pool.create()
    pool.api.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password=PASSWORD, Permanent=True)
    named = {"UserPoolId": pool.id, "ClientId": pool.client}
    works = {
        "pool": lambda: pool.api.delete_user_pool(UserPoolId=pool.id),
        "client": lambda: pool.api.delete_user_pool_client(**named),
    }
    pool.at(source, works[what])
    with pytest.raises(pool.api.exceptions.ResourceNotFoundException):
        pool.sign_in()
    assert pool.cognito.server.engine.people.count(pool.id) == (0 if what == "pool" else 1)
