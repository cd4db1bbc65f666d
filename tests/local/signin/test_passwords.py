"""Passwords: kept as verifiers, held to policy and history, and locked after failures."""

from __future__ import annotations

import json

import bcrypt
import pytest

from reconciler.local.signin import parties, passwords, srp
from tests.local.signin.settings_support import Site
from tests.local.signin.support import PASSWORD, POOL, Place, refused

ALL = {f"Require{kind}": True for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")}
NO = "NotAuthorizedException"


def policy(place: Place, **members: object) -> None:
    place.pool["config"]["Policies"]["PasswordPolicy"] = members


# --- what is kept --------------------------------------------------------------------------------------------------


def test_another_password_does_not_match(place):
    for wrong in ("", PASSWORD.lower(), PASSWORD + " ", PASSWORD[:-1], "Correct-Horse-9\n"):
        assert not passwords.matches(place.pool, place.user, wrong)
    assert passwords.matches(place.pool, place.user, PASSWORD)


def test_without_a_password_nothing_matches(place):
    place.user["password"] = None
    assert not passwords.matches(place.pool, place.user, "")


def test_a_password_of_another_user_or_pool_does_not_match(place):
    moved = {**place.user, "username": "john"}
    assert not passwords.matches(place.pool, moved, PASSWORD)
    assert not passwords.matches({**place.pool, "id": "us-east-1_Other"}, place.user, PASSWORD)


def test_only_a_verifier_is_kept_by_which_a_proof_succeeds(place):
    kept = place.stored()
    assert PASSWORD not in json.dumps(kept)
    assert set(kept["password"]) == {"salt", "verifier", "set", "until"}
    salt = kept["password"]["salt"]
    assert srp.make_verifier(POOL, "jane", PASSWORD, salt) == (salt, kept["password"]["verifier"])


def test_a_new_password_ends_a_lock_out_and_the_former_goes_to_the_past(place):
    place.user["failures"] = {"count": 9, "until": place.time + 99, "last": place.time}
    former = place.user["password"]
    passwords.set_password(place.ctx, place.pool, place.user, "Another-Horse-9", until=place.time + 5)
    assert place.user["failures"] == {}
    assert place.user["past"] == [{k: former[k] for k in ("salt", "verifier")}]
    assert place.user["password"]["until"] == place.time + 5
    for number in range(30):
        passwords.set_password(place.ctx, place.pool, place.user, f"Horse-{number}")
    assert len(place.user["past"]) == 24


def test_an_imported_hash_becomes_a_verifier_with_the_first_right_password(place):
    place.user["password"] = {"hash": ["BCRYPT", bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()]}
    assert not passwords.matches(place.pool, place.user, "wrong")
    assert "hash" in place.user["password"]
    assert passwords.matches(place.pool, place.user, PASSWORD)
    passwords.succeeded(place.ctx, place.pool, place.user)
    kept = place.stored()["password"]
    assert set(kept) == {"salt", "verifier", "set", "until"}
    assert passwords.matches(place.pool, place.stored(), PASSWORD)


# --- policy --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "password", "rule"),
    [
        ({}, "seven77", "Password not long enough"),
        ({"MinimumLength": 12}, "eleven-1111", "Password not long enough"),
        (ALL, "abc", None),
        (ALL, "Ab1-xyz", "Password not long enough"),
        (ALL, "ABCDEFG1-", "Password must have lowercase characters"),
        (ALL, "ÀBCDEFG1-à", "Password must have lowercase characters"),
        (ALL, "abcdefg1-", "Password must have uppercase characters"),
        (ALL, "Abcdefgh-", "Password must have numeric characters"),
        (ALL, "Abcdefgh-٣", "Password must have numeric characters"),
        (ALL, "Abcdefgh1", "Password must have symbol characters"),
        (ALL, "Abcdefgh1ü€", "Password must have symbol characters"),
        (ALL, "12345678", "Password must have lowercase characters"),
    ],
)
def test_the_first_broken_rule_is_said(place, members, password, rule):
    policy(place, **members)
    if rule is None:
        text = "1 validation error detected: Value at 'password' failed to satisfy constraint: "
        with refused("InvalidParameterException", text + "Member must have length greater than or equal to 6"):
            passwords.check_policy(place.pool, password, admin=False)
        return
    with refused("InvalidPasswordException", f"Password did not conform with policy: {rule}"):
        passwords.check_policy(place.pool, password, admin=False)
    with refused("InvalidPasswordException", f"Password did not conform with password policy: {rule}"):
        passwords.check_policy(place.pool, password, admin=True)


@pytest.mark.parametrize("password", [" Abcdefg1-", "Abcdefg1- ", "short", "x" * 257])
def test_what_the_service_refuses_whatever_the_policy(place, password):
    policy(place, MinimumLength=6)
    with refused("InvalidParameterException"):
        passwords.check_policy(place.pool, password, admin=False, member="proposedPassword")


@pytest.mark.parametrize("symbol", [*passwords.SYMBOLS, " "])
def test_each_symbol_counts(place, symbol):
    policy(place, **ALL)
    passwords.check_policy(place.pool, f"Abc{symbol}defg1", admin=False)


def test_a_pool_without_rules_takes_any_password_that_is_long_enough(place):
    policy(place, MinimumLength=6)
    passwords.check_policy(place.pool, "àààààà", admin=False)


@pytest.mark.parametrize("length", [6, 8, 40, 99])
def test_a_temporary_password_conforms(place, length):
    policy(place, MinimumLength=length, **ALL)
    made = {passwords.temporary_password(place.pool) for _ in range(20)}
    assert len(made) == 20
    for password in made:
        passwords.check_policy(place.pool, password, admin=True)


# --- history -------------------------------------------------------------------------------------------------------


def test_the_last_passwords_are_refused_and_older_ones_are_not(place):
    for number in range(3):
        passwords.set_password(place.ctx, place.pool, place.user, f"Horse-{number}")
    policy(place, PasswordHistorySize=2)
    for used in ("Horse-2", "Horse-1"):
        with refused("PasswordHistoryPolicyViolationException"):
            passwords.check_history(place.pool, place.user, used)
    for free in ("Horse-0", PASSWORD, "Horse-3"):
        passwords.check_history(place.pool, place.user, free)


@pytest.mark.parametrize("members", [{}, {"PasswordHistorySize": 0}])
def test_without_a_history_the_same_password_is_taken(place, members):
    policy(place, **members)
    passwords.check_history(place.pool, place.user, PASSWORD)


def test_a_former_hash_counts_too(place):
    policy(place, PasswordHistorySize=2)
    place.user["password"] = {"hash": ["BCRYPT", bcrypt.hashpw(b"Old-Horse-1", bcrypt.gensalt(4)).decode()]}
    passwords.set_password(place.ctx, place.pool, place.user, "New-Horse-1")
    with refused("PasswordHistoryPolicyViolationException"):
        passwords.check_history(place.pool, place.user, "Old-Horse-1")


# --- temporary -----------------------------------------------------------------------------------------------------


def test_a_temporary_password_ends(place):
    passwords.set_password(place.ctx, place.pool, place.user, PASSWORD, until=place.time + 60)
    passwords.check_temporary(place.ctx, place.user)
    place.time += 60
    with refused(NO, "Temporary password has expired and must be reset by an administrator."):
        passwords.check_temporary(place.ctx, place.user)


@pytest.mark.parametrize("kept", [None, {"hash": ["BCRYPT", "x"]}, {"salt": "1", "verifier": "2", "until": None}])
def test_other_passwords_do_not_end(place, kept):
    place.user["password"] = kept
    passwords.check_temporary(place.ctx, place.user)


# --- lock-out ------------------------------------------------------------------------------------------------------


def fail(place: Place, times: int) -> None:
    for _ in range(times):
        passwords.failed(place.ctx, place.pool, place.stored())


def locked_for(place: Place) -> float:
    return round(place.stored()["failures"]["until"] - place.stored()["failures"]["last"], 3)


def test_the_fifth_failure_locks_for_a_second_and_each_further_one_twice_as_long(place):
    fail(place, 4)
    passwords.check_lock(place.ctx, place.stored())
    seen = []
    for _ in range(11):
        fail(place, 1)
        seen.append(locked_for(place))
        with refused(NO, "Password attempts exceeded"):
            passwords.check_lock(place.ctx, place.stored())
        place.time += seen[-1] + 0.1
        passwords.check_lock(place.ctx, place.stored())
    assert seen == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


def test_a_success_and_fifteen_minutes_without_a_try_forgive(place):
    fail(place, 4)
    place.time += 15 * 60 + 1
    fail(place, 1)
    assert place.stored()["failures"]["count"] == 1
    fail(place, 3)
    passwords.succeeded(place.ctx, place.pool, place.stored())
    assert place.stored()["failures"] == {}
    fail(place, 4)
    passwords.check_lock(place.ctx, place.stored())


def test_very_many_failures_lock_for_a_quarter_of_an_hour(place):
    user = place.stored()
    user["failures"] = {"count": 10_000, "until": 0.0, "last": place.time}
    parties.put(place.ctx, place.pool, user)
    fail(place, 1)
    assert locked_for(place) == 900


def test_a_password_may_have_spaces_within():
    site = Site({}, {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    assert site.outcome("SignUp", ClientId=site.client_id, Username="ann", Password="Correct Horse 9")[0] == ""
    for spoilt in (" Correct-Horse-9", "Correct-Horse-9 ", "Correct\nHorse-9"):
        code, message = site.outcome("SignUp", ClientId=site.client_id, Username="bob", Password=spoilt)
        assert code == "InvalidParameterException"
        assert message.endswith(r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$")
