"""The hash that a client with a secret has to send."""

from __future__ import annotations

import pytest

from reconciler.local.managed_secrets import new_secret
from reconciler.local.signin import secret_hash
from tests.local.signin.support import CLIENT, SECRET, Place, refused

NO = "NotAuthorizedException"
OTHER = "z" * 52
UNABLE = f"Unable to verify secret hash for client {CLIENT}"
UNWANTED = f"Client {CLIENT} is not configured for secret but secret was received"


@pytest.fixture
def secret(place: Place) -> Place:
    place.client["ClientSecret"] = SECRET
    return place


@pytest.mark.parametrize(
    ("given", "door_text", "said"),
    [
        (None, "sign_in", f"Client {CLIENT} is configured with secret but SECRET_HASH was not received"),
        ("", "sign_in", f"Client {CLIENT} is configured with secret but SECRET_HASH was not received"),
        ("wrong", "sign_in", f"SecretHash does not match for the client: {CLIENT}"),
        ("ü", "sign_in", f"SecretHash does not match for the client: {CLIENT}"),
        (secret_hash.made(OTHER, "jane", CLIENT), "sign_in", f"SecretHash does not match for the client: {CLIENT}"),
        (secret_hash.made(SECRET, "john", CLIENT), "sign_in", f"SecretHash does not match for the client: {CLIENT}"),
        (secret_hash.made(SECRET, "jane", "x"), "sign_in", f"SecretHash does not match for the client: {CLIENT}"),
        (None, "account", UNABLE),
        ("wrong", "account", UNABLE),
    ],
)
@pytest.mark.parametrize("door", ["api", "admin"])
def test_a_missing_or_wrong_hash_is_refused(secret, given, door_text, said, door):
    with refused(NO, said):
        secret_hash.check(secret.caller(door), "jane", given, door_text=door_text)


@pytest.mark.parametrize("door_text", ["sign_in", "account"])
def test_a_hash_for_a_client_without_a_secret_is_refused(place, door_text):
    with refused(NO, UNWANTED):
        secret_hash.check(place.caller(), "jane", "x", door_text=door_text)


def test_the_right_hash_passes(secret):
    # computed by `openssl dgst -sha256 -hmac $SECRET -binary | base64` over the name and the id
    assert secret_hash.made(SECRET, "jane", CLIENT) == "ZIGYlmLiJDj6eOu2staASYXfFMd13P8YlZAvrI1MXyI="
    secret_hash.check(secret.caller(), "jane", secret_hash.made(SECRET, "jane", CLIENT), door_text="sign_in")


def test_none_is_wanted_without_a_secret_on_the_pages_and_without_a_client(place, secret):
    secret_hash.check(secret.caller("hosted"), "jane", None, door_text="sign_in")
    secret_hash.check(secret.caller(client={}), "jane", None, door_text="sign_in")
    del place.client["ClientSecret"]
    secret_hash.check(place.caller(), "jane", None, door_text="account")


def test_either_of_two_secrets_makes_a_valid_hash_and_a_third_does_not(secret):
    first = new_secret(secret.client, 1.0, SECRET, [])
    secret.pool["secrets"][CLIENT] = [first, new_secret(secret.client, 2.0, OTHER, [first])]
    for value in (SECRET, OTHER):
        secret_hash.check(secret.caller(), "jane", secret_hash.made(value, "jane", CLIENT), door_text="sign_in")
        secret_hash.check_clear(secret.caller(), value)
    with refused(NO):
        secret_hash.check(secret.caller(), "jane", secret_hash.made("y" * 52, "jane", CLIENT), door_text="sign_in")
    with refused(NO):
        secret_hash.check_clear(secret.caller(), "y" * 52)


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET.upper()])
def test_a_missing_or_wrong_secret_in_clear_is_refused_without_showing_it(secret, given):
    with refused("UnauthorizedException", f"Unable to verify secret for client {CLIENT}"):
        secret_hash.check_clear(secret.caller(), given, "UnauthorizedException")


def test_a_secret_in_clear_for_a_client_without_one_is_refused(place):
    secret_hash.check_clear(place.caller(), None)
    with refused(NO, UNWANTED):
        secret_hash.check_clear(place.caller(), SECRET)
