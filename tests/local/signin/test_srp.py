"""The proof of a password: the published vector on both sides, and what must not pass for one."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.local.signin import srp

POOL, USER = "us-east-1_ExamplePL", "11111111-2222-4333-8444-555555555555"
PASSWORD, SALT = "Correct-Horse-9", "8f1c2d3e4f5a6b7c8d9eafb0c1d2e3f4"
A_SECRET = int("60975527035CF2AD1989806F0407210BC81EDC04E2762A56AFD529DDDA2D4393", 16)
B_SECRET = int("E487CB59D31AC550471E81F00F6928E01DDA08E974A004F49E61F5D105284D20", 16)
BLOCK, STAMP = "c2VjcmV0IGJsb2NrIGJ5dGVzIG9mIHRoZSBzYW1wbGU=", "Sat Nov 7 09:05:03 UTC 2026"
SIGNATURE = "THG+Co0xwLosEWo5lkjvGCfU0Q/qdYWBVyXVQDjO1Aw="
X = int("cfb34c7ce87486b19e5ddf8a9d205d6fe9c7adf0531721b5464bf26d3e8470fd", 16)
U = int("0e148def072a7c63c015e15dbe018cc267736a9205d2208ebedaa82a447cdafe", 16)
KEY = "6cece41cf846ffb8a64a60c117e11fcb"


def digest(number: int | str) -> str:
    text = number if isinstance(number, str) else f"{number:x}"
    return hashlib.sha256(text.encode()).hexdigest()


def begun(password: str = PASSWORD, b: int | None = B_SECRET) -> srp.ServerSide:
    salt, verifier = srp.make_verifier(POOL, USER, password, SALT)
    return srp.ServerSide.begin(verifier, salt, f"{pow(2, A_SECRET, srp.N):x}", b)


def accepted(side: srp.ServerSide, signature: str = SIGNATURE, **changed: str) -> bool:
    names = {"pool_name": "ExamplePL", "username": USER, "secret_block": BLOCK, "timestamp": STAMP, **changed}
    return side.accepts(signature, **names)


def test_a_wrong_password_is_not_accepted():
    assert not accepted(begun("Correct-Horse-8"))


@pytest.mark.parametrize(
    "changed",
    [
        {"pool_name": "ExamplePM"},
        {"username": "jane"},
        {"secret_block": "c2VjcmV0"},
        {"secret_block": "not base64!"},
        {"timestamp": "Sat Nov 7 09:05:04 UTC 2026"},
        {"timestamp": ""},
    ],
)
def test_what_was_signed_for_something_else_is_not_accepted(changed):
    assert not accepted(begun(), **changed)


@pytest.mark.parametrize("signature", ["", "x", SIGNATURE[:-1], SIGNATURE.lower(), "ü"])
def test_another_signature_is_not_accepted(signature):
    assert not accepted(begun(), signature)


@pytest.mark.parametrize("a_hex", ["0", "00", f"{srp.N:x}", f"{2 * srp.N:X}"])
def test_a_number_that_would_prove_nothing_is_refused(a_hex):
    with pytest.raises(ValueError, match="proves nothing"):
        srp.ServerSide.begin("2", SALT, a_hex)


@pytest.mark.parametrize("a_hex", ["", "-1", "0x12", "1_2", "12 ", "g", "1" * 801, "\u0661"])
def test_what_is_no_hexadecimal_number_is_refused(a_hex):
    with pytest.raises(ValueError, match="no hexadecimal"):
        srp.ServerSide.begin("2", SALT, a_hex)


@pytest.mark.parametrize(
    "stamp",
    [
        "Sat Nov  7 09:05:03 UTC 2026",
        "Sat Nov 07 09:05:03 UTC 2026",
        "Sat Nov 7 9:05:03 UTC 2026",
        "Sat Nov 7 09:05:03 GMT 2026",
        "sat nov 7 09:05:03 UTC 2026",
        "Sun Nov 7 09:05:03 UTC 2026",
        "Sam Nov 7 09:05:03 UTC 2026",
        "Sat Okt 7 09:05:03 UTC 2026",
        "Sat Nov 31 09:05:03 UTC 2026",
        "Sat Nov 7 24:05:03 UTC 2026",
        "Sat Nov 7 09:05:03 UTC 26",
        "Sat Nov 7 09:05:03 UTC 2026 ",
        "Sat Nov 7 09:05:03 UTC 2026\n",
        "2026-11-07T09:05:03Z",
        "",
    ],
)
def test_a_timestamp_of_another_form_is_not_accepted(stamp):
    side = begun()
    assert srp.time_of(stamp) is None
    assert not accepted(side, side.signature("ExamplePL", USER, BLOCK, stamp), timestamp=stamp)


def test_a_timestamp_is_read():
    assert srp.time_of(STAMP) == 1_794_042_303.0
    assert srp.time_of("Sun Nov 29 23:59:59 UTC 2026") is not None


def test_the_vector_group_and_verifier():
    assert digest(srp.N) == "30a45e27c3a0a6f934cd558e88e937625082b19bd435f74f04d7500e5032d88e"
    assert f"{srp.K:x}" == "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6"
    salt, verifier = srp.make_verifier(POOL, USER, PASSWORD, SALT)
    assert salt == SALT
    assert digest(verifier) == "51f580cbdeb6c52ccb65220c5261c79abc09d30cdcb383543189465d14242c48"
    assert int(verifier, 16) == pow(2, X, srp.N)


def test_the_vector_on_our_side():
    assert digest(pow(2, A_SECRET, srp.N)) == "218da0eb2ea467c6019e6db682c15da9e934bc643f23ea208aabd1cde715d658"
    side = begun()
    assert digest(side.public) == "7f927e6d94a6b9e8e3e0ec528ca7bc331010f4c7b740fde319dbf738b13545dc"
    assert (side.key.hex(), side.salt) == (KEY, SALT)
    assert side.signature("ExamplePL", USER, BLOCK, STAMP) == SIGNATURE
    assert accepted(side)


def test_the_vector_on_the_side_of_the_client():
    b_public = int(begun().public, 16)
    shared = pow(b_public - srp.K * pow(2, X, srp.N), A_SECRET + U * X, srp.N)
    assert srp._derived(shared, U).hex() == KEY


def test_what_is_kept_between_two_requests_is_enough():
    side = begun()
    assert accepted(srp.ServerSide(side.public, bytes.fromhex(side.key.hex())))


def test_the_key_is_not_shown():
    side = begun()
    assert KEY not in repr(side)
    assert repr(side.key) not in repr(side)


def test_two_verifiers_of_one_password_differ_and_so_do_two_proofs():
    first, second = srp.make_verifier(POOL, USER, PASSWORD), srp.make_verifier(POOL, USER, PASSWORD)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert re.fullmatch("[0-9a-f]{20,32}", first[0])
    assert begun(b=None).public != begun(b=None).public


def test_a_salt_is_sent_without_zeros_in_front_as_clients_disagree_about_them():
    salt, verifier = srp.make_verifier(POOL, USER, PASSWORD, f"000{SALT[3:]}")
    assert salt == SALT[3:].lstrip("0")
    assert srp.make_verifier(POOL, USER, PASSWORD, salt)[1] == verifier
    assert srp.ServerSide.begin(verifier, f"000{salt}", "2").salt == salt


@pytest.mark.parametrize(
    ("number", "padded"), [(0, "00"), (1, "01"), (0x7F, "7f"), (0x80, "0080"), (0xFF01, "00ff01"), (0x100, "0100")]
)
def test_numbers_are_padded_as_java_does(number, padded):
    assert srp.pad(number).hex() == padded


@settings(max_examples=10, deadline=None)
@given(
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=20),
    st.text("0123456789abcdef", min_size=1, max_size=32),
)
def test_an_independent_client_agrees(password, salt):
    """pycognito computes the same key, whatever the password is and whether the salt has zeros in front."""
    from pycognito.aws_srp import AWSSRP, hex_to_long

    client = AWSSRP(USER, password, POOL, "client", client=object())
    salt, verifier = srp.make_verifier(POOL, USER, password, salt)
    side = srp.ServerSide.begin(verifier, salt, f"{client.large_a_value:x}")
    key = client.get_password_authentication_key(USER, password, hex_to_long(side.public), salt)
    assert key == side.key


@settings(max_examples=30, deadline=None)
@given(st.one_of(st.integers(0, 2**256 - 1), st.integers(2**256, 2**600)))
def test_powers_of_the_generator_are_those_of_python(exponent: int) -> None:
    assert srp.power_of_g(exponent) == pow(srp.G, exponent, srp.N)


def test_powers_of_the_generator_at_the_edges() -> None:
    for exponent in (0, 1, 2**256 - 1, 2**260 - 1, 2**260, 2**260 + 1):
        assert srp.power_of_g(exponent) == pow(srp.G, exponent, srp.N)
