"""Users in SQLite: lists do not take longer with more users, and pages survive what happens between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.local import ledger, people
from reconciler.local.database import Database, Row
from reconciler.local.people import ENABLED, FIRST, MEMBER_OF, NAME, STATUS, By, People
from reconciler.local.user_calls import _position, _token
from tests.local.support import Api, Refused

POOL = "us-east-1_ExamplePL"


class Watched(Database):
    """Notes how SQLite answers each query."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[str] = []

    def one(self, text: str, *values: Any) -> Row | None:
        self._note(text, *values)
        return super().one(text, *values)

    def all(self, text: str, *values: Any) -> list[Row]:
        self._note(text, *values)
        return super().all(text, *values)

    def write(self, text: str, *values: Any) -> int:
        self._note(text, *values)
        return super().write(text, *values)

    def _note(self, text: str, *values: Any) -> None:
        self.plans += [row[3] for row in super().all(f"EXPLAIN QUERY PLAN {text}", *values)]


@pytest.fixture
def database() -> Iterator[Watched]:
    database = Watched()
    database.open(None, people.SCHEMA + ledger.SCHEMA)
    yield database
    database.close()


def user(name: str, **members: Any) -> dict[str, Any]:
    attributes = {"sub": f"sub-of-{name}", "email": f"{name}@example.com"}
    made = {"username": name, "attributes": attributes, "groups": [], "status": "CONFIRMED", "enabled": True}
    return {**made, "mfa": {}, "passkeys": [], **members}


def names(found: Iterator[Any]) -> list[str]:
    return [p.user["username"] for p in found]


BYS = [
    None,
    By("email", "user-01@example.com"),
    By("email", "user-", prefix=True),
    By(NAME, "user-01"),
    By(STATUS, "confirmed"),
    By(ENABLED, "Disabled"),
    By(MEMBER_OF, "staff"),
]


@pytest.mark.parametrize("by", BYS, ids=str)
def test_no_list_sorts_or_scans(database: Watched, by: By | None) -> None:
    found = People(database)
    for number in range(20):
        found.put(POOL, user(f"user-{number:02}", groups=["staff"], enabled=number > 1), 1.0)
    database.plans.clear()
    listed = names(found.every(POOL, FIRST, by))
    assert listed
    assert [p for p in database.plans if "TEMP B-TREE" in p or p.startswith("SCAN")] == []


def test_no_request_about_one_user_scans(database: Watched) -> None:
    found = People(database)
    found.put(POOL, user("ann"), 1.0)
    found.put(POOL, user("ann", status="UNCONFIRMED"), 2.0)
    found.get(POOL, "ann")
    found.with_attribute(POOL, "email", "ann@example.com")
    found.remove(POOL, "ann", 3.0)
    assert [p for p in database.plans if p.startswith("SCAN")] == []


def test_no_request_to_the_ledger_scans(database: Watched) -> None:
    entries = ledger.Ledger(database)
    entries.put("session", "a", {}, pool=POOL, owner="ann", expires=1.0)
    entries.get("session", "a")
    entries.of("session", POOL, "ann")
    entries.drop("session", "a")
    entries.drop_of("session", POOL, "ann")
    entries.remove_user(POOL, "ann")
    for _ in range(ledger.SWEEP):
        entries.sweep(1e9)
    assert [p for p in database.plans if p.startswith("SCAN")] == []


def test_users_are_found_by_what_they_are_now(database: Watched) -> None:
    found = People(database)
    found.put(POOL, user("ann"), 1.0)
    found.put(POOL, user("ann", enabled=False, status="UNCONFIRMED"), 2.0)
    assert names(found.every(POOL, FIRST, By(ENABLED, "Enabled"))) == []
    assert names(found.every(POOL, FIRST, By(ENABLED, "Disabled"))) == ["ann"]
    assert names(found.every(POOL, FIRST, By(STATUS, "unconf", prefix=True))) == ["ann"]
    assert names(found.every("us-east-1_Another", FIRST, By(ENABLED, "Disabled"))) == []


def test_more_users_than_are_read_at_once(database: Watched) -> None:
    found, count = People(database), 2 * people.AT_ONCE + 3
    for number in range(count):
        found.put(POOL, user(f"user-{number}"), 1.0)
    assert names(found.every(POOL)) == [f"user-{n}" for n in range(count)]
    by_prefix = names(found.every(POOL, FIRST, By(NAME, "user-", prefix=True)))
    assert by_prefix == sorted(f"user-{n}" for n in range(count))
    assert len(names(found.every(POOL, FIRST, By(ENABLED, "Enabled")))) == count


# --- over the API ----------------------------------------------------------------------------------------------------


def _pages(api: Api, pool: str, **asked: Any) -> list[list[str]]:
    pages, more = [], {}
    while True:
        answer = api.boto.list_users(UserPoolId=pool, **asked, **more)
        pages.append([u["Username"] for u in answer["Users"]])
        if "PaginationToken" not in answer:
            return pages
        more = {"PaginationToken": answer["PaginationToken"]}


def _filled(api: Api, *users: str) -> str:
    pool = api.pool()
    for name in users:
        mail = [{"Name": "email", "Value": f"{name}@example.com"}]
        api.boto.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=mail, MessageAction="SUPPRESS")
    return pool


@pytest.mark.parametrize("text", ["", 'email ^= "user"', 'username ^= "u"', 'status = "Enabled"', 'email ^= ""'])
def test_pages_hold_every_user_once(api: Api, text: str) -> None:
    wanted = [f"user{n}" for n in (3, 1, 2, 5, 4)]
    pages = _pages(api, _filled(api, *wanted), Limit=2, **({"Filter": text} if text else {}))
    assert [len(p) for p in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == sorted(wanted)


def test_a_page_goes_on_after_its_last_user_is_gone(api: Api) -> None:
    pool = _filled(api, "a1", "a2", "a3")
    asked = {"UserPoolId": pool, "Filter": 'email ^= "a"'}
    first = api.boto.list_users(**asked, Limit=2)
    api.boto.admin_delete_user(UserPoolId=pool, Username="a2")
    rest = api.boto.list_users(**asked, PaginationToken=first["PaginationToken"])
    assert [u["Username"] for u in rest["Users"]] == ["a3"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('username = "ann"', ["ann"]),
        ('username = "an"', []),
        ('username ^= "an"', ["ann", "anna"]),
        ('cognito:user_status = "force_change_password"', ["ann", "anna", "bob"]),
        ('cognito:user_status = "CONFIRMED"', []),
        ('status = "Disabled"', ["bob"]),
        ('phone_number = ""', ["ann", "anna", "bob"]),
        ('email = ""', []),
        ('username = ""', []),
    ],
)
def test_filters(api: Api, text: str, found: list[str]) -> None:
    pool = _filled(api, "ann", "anna", "bob")
    api.boto.admin_disable_user(UserPoolId=pool, Username="bob")
    assert [name for page in _pages(api, pool, Filter=text) for name in page] == found


@pytest.mark.parametrize("text", ['cognito:groups = "a"', 'nickname = "a"', "email", 'email = "a'])
def test_filters_that_are_refused(api: Api, text: str) -> None:
    with Refused():
        api.boto.list_users(UserPoolId=api.pool(), Filter=text)


@pytest.mark.parametrize("token", ["x", "Zg==", "ZjE=", "ZjotMTo=", "/w==", _token(FIRST, marked=False)[:-3]])
def test_tokens_that_are_refused(api: Api, token: str) -> None:
    with Refused("Invalid pagination token given."):
        api.boto.list_users(UserPoolId=api.pool(), PaginationToken=token)


def test_a_token_keeps_every_value() -> None:
    for value in ("", "a:b", "ü\n\U0001f600"):
        place = people.ListPlace(7, value)
        assert _position(_token(place, marked=True)) == (place, True)
