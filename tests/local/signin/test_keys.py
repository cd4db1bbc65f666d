"""The keys of a pool: two, kept, and what they have not signed is not recognised."""

from __future__ import annotations

import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from reconciler.local.signin import keys
from reconciler.local.store import as_replica, new_pool
from tests.local.signin.support import POOL, Place

CLAIMS = {"sub": "x", "n": 1}


def test_a_pool_has_two_keys_as_cognito_shows_them(place):
    document = keys.jwks(place.ctx, place.pool)
    assert list(document) == ["keys"]
    first, second = document["keys"]
    assert first["kid"] != second["kid"]
    for key in (first, second):
        assert list(key) == ["alg", "e", "kid", "kty", "n", "use"]
        assert (key["alg"], key["e"], key["kty"], key["use"]) == ("RS256", "AQAB", "RSA", "sig")
        assert len(key["kid"]) == 44
        assert key["kid"].endswith("=")
        assert len(base64.urlsafe_b64decode(key["n"] + "==")) == 256


@pytest.mark.parametrize("purpose", keys.PURPOSES)
def test_a_library_verifies_a_token_against_the_jwks(place, purpose):
    token = keys.sign(place.ctx, place.pool, purpose, CLAIMS)
    decoded = jwt.decode(token, KeySet.import_key_set(keys.jwks(place.ctx, place.pool)), algorithms=["RS256"])
    assert decoded.claims == CLAIMS
    index = keys.PURPOSES.index(purpose)
    kid = keys.jwks(place.ctx, place.pool)["keys"][index]["kid"]
    assert keys.unpacked(token, 0) == {"kid": kid, "alg": "RS256"}
    assert keys.verified(place.ctx, place.pool, token) == (purpose, CLAIMS)


def forged(token: str, header: dict[str, object] | None = None, claims: dict[str, object] | None = None) -> str:
    parts = token.split(".")
    for index, part in enumerate((header, claims)):
        if part is not None:
            parts[index] = keys.encoded(json.dumps(part).encode())
    return ".".join(parts)


def test_a_token_that_was_changed_is_not_recognised(place):
    token = keys.sign(place.ctx, place.pool, "access", CLAIMS)
    head, body, signature = token.split(".")
    kid = keys.unpacked(token, 0)["kid"]
    other = keys.jwks(place.ctx, place.pool)["keys"][0]["kid"]
    wrong = [
        forged(token, claims={**CLAIMS, "n": 2}),
        forged(token, {"kid": other, "alg": "RS256"}),
        forged(token, {"kid": "unknown", "alg": "RS256"}),
        forged(token, {"kid": kid, "alg": "none"}),
        forged(token, {"kid": kid, "alg": "HS256"}),
        forged(token, {"alg": "RS256"}),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}",
        f"{token}.{signature}",
        f"{head}.{body}.ü",
    ]
    assert [keys.verified(place.ctx, place.pool, text) for text in wrong] == [None] * len(wrong)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "W10.W10.W10", "Int9.e30.e30", "ü.ü.ü", "=.=.=", "[" * 9])
def test_garbage_is_not_recognised(place, text):
    assert keys.verified(place.ctx, place.pool, text) is None


def test_deep_garbage_is_not_recognised(place):
    assert keys.unpacked(keys.encoded(b"[" * 100_000), 0) is None


def test_keys_are_made_once_and_belong_to_one_pool():
    place = Place()
    other = new_pool("us-east-1_Other", "us-east-1", place.time)
    place.ctx.store.add(other)
    token = keys.sign(place.ctx, other, "id", CLAIMS)
    assert keys.verified(place.ctx, other, token) == ("id", CLAIMS)
    assert keys.verified(place.ctx, place.pool, token) is None
    assert keys.jwks(place.ctx, other) == keys.jwks(place.ctx, other)
    place.ctx.ledger.remove_pool(other["id"])
    assert keys.verified(place.ctx, other, token) is None


def test_a_replica_shares_the_keys(place):
    replica = {"region": "us-west-2", "arn": "", "created": 0.0, "modified": 0.0, "config": {}, "status": "ACTIVE"}
    place.pool["replica"] = replica
    assert keys.jwks(place.ctx, as_replica(place.pool)) == keys.jwks(place.ctx, place.pool)


@pytest.mark.parametrize(
    ("base", "kind", "wanted"),
    [
        ("", None, f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"),
        ("", "ORIGINAL", f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"),
        ("", "UPDATED", f"https://issuer-cognito-idp.us-east-1.amazonaws.com/{POOL}"),
        ("http://127.0.0.1:9000", None, f"http://127.0.0.1:9000/{POOL}"),
        ("http://127.0.0.1:9000", "UPDATED", f"http://127.0.0.1:9000/{POOL}"),
    ],
)
def test_the_issuer(place, base, kind, wanted):
    place.ctx.desk.base = base
    if kind:
        place.pool["config"]["IssuerConfiguration"] = {"Type": kind}
    assert keys.issuer(place.ctx, place.pool) == wanted


def test_the_issuer_in_china():
    place = Place()
    pool = new_pool("cn-north-1_X", "cn-north-1", place.time)
    assert keys.issuer(place.ctx, pool) == "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_X"
