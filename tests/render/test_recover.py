"""Recoveries of users, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from reconciler.model import Target
from reconciler.procedures.recovery import EntityPreview, UserRecovery
from reconciler.render.human import recover_text
from reconciler.render.machine import recover_json
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import RecoveryReport, RenderOptions
from tests.render.golden import check

TARGET = Target("123456789012", "eu-west-1", "customers", "eu-west-1_AbCdEf123", "pools/customers.yaml")
POINT, ASKED = datetime(2026, 11, 28, 9, 30, tzinfo=UTC), datetime(2026, 11, 28, 12, 0, 5, tzinfo=UTC)
PREVIEW = (
    EntityPreview("Users", 1204, 37, 0),
    EntityPreview("Groups", 1, 0, 2),
    EntityPreview("User MFAs", 980, 0, 0),
    EntityPreview("Passkeys", 0, 0, 0),
)
ID = "12345678-1234-4234-8234-{:012}"


def one(number: int, status: str, preview: tuple[EntityPreview, ...] | None = None) -> UserRecovery:
    return UserRecovery(ID.format(number), status, POINT, ASKED if preview else None, preview)


REPORTS = {
    "preview": RecoveryReport(
        TARGET,
        [one(1, "PREVIEW_GENERATED", PREVIEW)],
        [f"poolctl recover pools/customers.yaml --{step} {ID.format(1)}" for step in ("start", "cancel")],
        ["It is not known whether an import job runs: cognito-idp:ListUserImportJobs is not available here."],
    ),
    "stuck": RecoveryReport(TARGET, [one(2, "AWS_ABORTED")]),
    "nothing": RecoveryReport(TARGET, [one(6, "PREVIEW_GENERATED", ())]),
    "list": RecoveryReport(TARGET, [one(4, "RESTORING"), one(3, "PREVIEW_EXPIRED")], listed=True),
    "none": RecoveryReport(TARGET, [], listed=True),
}
VALIDATOR = Draft202012Validator(json.loads(output_schema("recover")))


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name):
    check(f"recover-{name}.txt", recover_text.recover(REPORTS[name]))
    text = recover_json.recover(REPORTS[name])
    VALIDATOR.validate(json.loads(text))
    check(f"recover-{name}.json", text)


def test_colour_only_repeats_what_words_say():
    report = REPORTS["preview"]
    colored = recover_text.recover(report, RenderOptions(color=True))
    assert "\x1b[" in colored
    assert recover_text.recover(report) == colored.replace("\x1b[0m", "").replace("\x1b[1m", "").replace(
        "\x1b[31m", ""
    ).replace("\x1b[32m", "").replace("\x1b[33m", "")


def test_nothing_acts_on_the_terminal():
    report = RecoveryReport(TARGET, [one(5, "NEW\x1b[2J")], ["poolctl \x1b[2J"], ["\x1b[2J"], listed=False)
    assert "\x1b" not in recover_text.recover(report)
