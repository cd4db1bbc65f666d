from __future__ import annotations

import json
import re

import pytest

from tests.cli.support import run
from tests.cli.test_frame import _imported


def test_a_member():
    ran = run("explain", "user_pool.Policies.PasswordPolicy.MinimumLength")
    assert (ran.code, ran.err) == (0, "")
    for said in ("integer 6..99", "Default       8", "Can be changed.", "cognito-idp:UpdateUserPool"):
        assert said in ran.out


def test_as_json():
    tree = json.loads(run("explain", "-o", "json", "clients.RefreshTokenRotation").out)
    assert tree["kinds"] == []
    assert tree["explanation"]["facts"]["plan"] == "ESSENTIALS"
    assert [m["name"] for m in tree["explanation"]["members"]] == ["Feature", "RetryGracePeriodSeconds"]


def test_without_an_argument_all_kinds_are_listed():
    out = run("explain").out
    assert "\n  clients.branding " in out
    assert "\nkind: IdentityPool\n" in out
    tree = json.loads(run("explain", "-o", "json").out)
    assert tree["explanation"] is None
    assert {"path": "clients", "document": "UserPool"}.items() <= tree["kinds"][13].items()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "clients.refreshtokenrotation",
            "clients.refreshtokenrotation is not known. Did you mean clients.RefreshTokenRotation?",
        ),
        ("client", "Did you mean clients?"),
    ],
)
def test_an_unknown_path(path, said):
    ran = run("explain", path)
    assert (ran.code, ran.out, ran.last) == (3, "", "exit 3 (invalid)")
    assert said in ran.err


def test_one_place_at_a_time():
    ran = run("explain", "clients", "groups")
    assert ran.code == 3
    assert "groups" in ran.err


def test_nothing_heavy_is_imported():
    found = _imported("explain", "clients")
    assert "reconciler.explaining.facts" in found
    assert not {n for n in found if re.match(r"(boto3|botocore|moto|deepdiff|yaml)\b", n)}
