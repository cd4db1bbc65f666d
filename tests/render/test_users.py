"""Users of a pool and their imports, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from reconciler.people.csv_check import CheckedRows, WrongRow
from reconciler.people.import_jobs import ImportOutcome
from reconciler.render.human import users_text
from reconciler.render.machine import users_json
from reconciler.render.output_schemas import output_schema
from tests.render.golden import check

POOL = "eu-west-1_AbCdEf123"
MADE, CHANGED = datetime(2026, 11, 28, 9, 30, tzinfo=UTC), datetime(2026, 11, 29, 23, 59, 59, 999, tzinfo=UTC)
GROUPS = [
    {"GroupName": "staff", "Description": "People who work here", "Precedence": 3},
    {"GroupName": "on-call", "RoleArn": "arn:aws:iam::123456789012:role/on-call"},
]


def user(name: str, status: str = "CONFIRMED", *, enabled: bool = True, **attributes: str) -> dict:
    return {
        "Username": name,
        "Attributes": [{"Name": k, "Value": v} for k, v in attributes.items()],
        "UserCreateDate": MADE,
        "UserLastModifiedDate": CHANGED,
        "Enabled": enabled,
        "UserStatus": status,
    }


ADA = user("ada", sub="0f6f1b7e-0000-4000-8000-000000000001", email="ada@b.example", email_verified="true")
PAGES = {
    "two-pages": [
        [ADA, user("bob", "FORCE_CHANGE_PASSWORD", enabled=False), user("\x1b[31meve", email="é" * 30 + "@b.example")],
        [user("a-name-that-is-longer-than-the-column", "RESET_REQUIRED", email="late@b.example")],
    ],
    "none": [],
}
ONE = {
    "full": (
        {
            **ADA,
            "Attributes": [*ADA["Attributes"], {"Name": "address", "Value": "12 St James Square\nLondon"}],
            "UserMFASettingList": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"],
            "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
        },
        GROUPS,
    ),
    "bare": ({"Username": "bob", "UserStatus": "EXTERNAL_PROVIDER", "Enabled": False}, []),
}
WRONG = [
    WrongRow(7, "email", "is not an e-mail address"),
    WrongRow(7, "birthdate", "is not a date of the form mm/dd/yyyy"),
    WrongRow(1204, "", "has 3 values, and the header has 21 columns"),
]
IMPORTS = {
    "refused": (CheckedRows(100_000, WRONG), ImportOutcome(), "refused"),
    "imported": (
        CheckedRows(100_000, WRONG),
        ImportOutcome(99_998, ["import-aaaaaaaaaa"], imported=90_000, skipped=9_998),
        "imported",
    ),
    "partial": (
        CheckedRows(600_000),
        ImportOutcome(
            600_000,
            ["import-aaaaaaaaaa", "import-bbbbbbbbbb"],
            imported=500_000,
            failed=1,
            failures=[WrongRow(31, "", "failed in Cognito: An alias of the User Record belongs to another user.")],
            unfinished="The run was interrupted while the job import-bbbbbbbbbb is InProgress (0 of 100,000 users). "
            "Cognito goes on with it; to stop it, call StopUserImportJob.",
        ),
        "partial",
    ),
}


def checked(name: str, schema: str, text: str) -> None:
    Draft202012Validator(json.loads(output_schema(schema))).validate(json.loads(text))
    check(name, text)


@pytest.mark.parametrize("name", PAGES)
def test_list(name):
    check(f"users-list-{name}.txt", "\n".join(users_text.table(PAGES[name])) + "\n")
    checked(f"users-list-{name}.json", "users", "".join(users_json.listed(POOL, PAGES[name])))


@pytest.mark.parametrize("name", ONE)
def test_show_and_groups(name):
    found, groups = ONE[name]
    check(f"users-show-{name}.txt", users_text.card(found, groups) + "\n")
    check(f"users-groups-{name}.txt", users_text.groups_table(groups) + "\n")
    checked(f"users-show-{name}.json", "user", users_json.shown(POOL, found, groups))


@pytest.mark.parametrize("name", IMPORTS)
def test_import(name):
    rows, done, word = IMPORTS[name]
    said = [users_text.wrong_rows("users.csv", rows)] if rows.wrong else []
    said += [users_text.imported(rows, done)] if word != "refused" else []
    check(f"users-import-{name}.txt", "\n".join([*said, ""]))
    checked(f"users-import-{name}.json", "users_import", users_json.imported(POOL, word, rows, done))


def test_nothing_acts_on_the_terminal():
    bad = user("\x1b[2J", "\x1b[2J", email="\x1b[2J\n")
    group = {"GroupName": "\x1b[2J", "Description": "\x1b[2J\r"}
    shown = ["\n".join(users_text.table([[bad]])), users_text.card(bad, [group]), users_text.groups_table([group])]
    assert "\x1b" not in "".join(shown)
    assert "\r" not in "".join(shown)
