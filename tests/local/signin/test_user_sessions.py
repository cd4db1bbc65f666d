"""The sessions of a user, listed and revoked one at a time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.local.signin import tokens, user_sessions
from tests.local.signin.support import CLIENT, POOL, Place, refused

MANY = 7


@pytest.fixture
def tracked(place: Place) -> Place:
    place.pool["sessions"][""] = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 3}}
    return place


def issue(place: Place, **members: Any) -> dict[str, Any]:
    place.time += 1
    grant = tokens.Grant((tokens.API_SCOPE,), "TokenGeneration_Authentication", place.time, **members)
    return tokens.issue(place.ctx, place.caller(), place.user, grant)


def listed(place: Place, token: str) -> list[dict[str, Any]]:
    return user_sessions.list_user_sessions(place.ctx, {"AccessToken": token})["Sessions"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda place, token: user_sessions.list_user_sessions(place.ctx, {"AccessToken": token}),
        lambda place, _: user_sessions.admin_list_user_sessions(place.ctx, {"UserPoolId": POOL, "Username": "jane"}),
        lambda place, token: user_sessions.revoke_user_session(place.ctx, {"AccessToken": token, "SessionId": "x"}),
        lambda place, _: user_sessions.admin_revoke_user_session(
            place.ctx, {"UserPoolId": POOL, "Username": "jane", "SessionId": "x"}
        ),
    ],
)
def test_a_pool_that_does_not_track_sessions_refuses(place, ask):
    with refused("OperationNotEnabledException"):
        ask(place, issue(place)["AccessToken"])


def test_the_sessions_of_the_user_are_listed_and_the_own_is_marked(tracked):
    tracked.ctx.people.put(POOL, {**tracked.user, "username": "john"}, tracked.time)
    first, second = issue(tracked), issue(tracked, sso_session="sso" + "a" * 25)
    found = listed(tracked, second["AccessToken"])
    assert [s["IsCurrentSession"] for s in found] == [False, True]
    assert all(re.fullmatch("tkn[a-z0-9]{25}", s["SessionId"]) for s in found)
    assert {(s["SessionType"], s["ClientId"], s["DeviceType"]) for s in found} == {("TOKEN", CLIENT, "unknown")}
    assert [s.get("OriginSessionId") for s in found] == [None, "sso" + "a" * 25]
    asked = {"UserPoolId": POOL, "Username": "jane"}
    by_admin = user_sessions.admin_list_user_sessions(tracked.ctx, asked)["Sessions"]
    assert [s["SessionId"] for s in by_admin] == [s["SessionId"] for s in listed(tracked, first["AccessToken"])]
    assert not any(s["IsCurrentSession"] for s in by_admin)


def test_a_refresh_is_activity(tracked):
    found = issue(tracked)
    tracked.time += 100
    tokens.renew(tracked.ctx, tracked.caller(), found["RefreshToken"], rotate=False, device_key="", metadata={})
    (session,) = listed(tracked, found["AccessToken"])
    assert session["LastActiveDate"] - session["CreateDate"] >= 100


def test_a_session_is_revoked_but_not_the_own(tracked):
    first, second = issue(tracked), issue(tracked)
    old, own = (s["SessionId"] for s in listed(tracked, second["AccessToken"]))
    with refused("InvalidParameterException"):
        user_sessions.revoke_user_session(tracked.ctx, {"AccessToken": second["AccessToken"], "SessionId": own})
    with refused("ResourceNotFoundException"):
        sent = {"AccessToken": second["AccessToken"], "SessionId": "tkn" + "0" * 25}
        user_sessions.revoke_user_session(tracked.ctx, sent)
    assert (
        user_sessions.revoke_user_session(tracked.ctx, {"AccessToken": second["AccessToken"], "SessionId": old}) == {}
    )
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        tokens.bearer(tracked.ctx, first["AccessToken"])
    assert [s["SessionId"] for s in listed(tracked, second["AccessToken"])] == [own]
    asked = {"UserPoolId": POOL, "Username": "jane", "SessionId": own}
    assert user_sessions.admin_revoke_user_session(tracked.ctx, asked) == {}
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        tokens.bearer(tracked.ctx, second["AccessToken"])


def test_above_the_limit_the_least_recently_used_is_ended(tracked):
    found = [issue(tracked) for _ in range(3)]
    tracked.time += 10
    tokens.renew(tracked.ctx, tracked.caller(), found[0]["RefreshToken"], rotate=False, device_key="", metadata={})
    last = issue(tracked)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        tokens.bearer(tracked.ctx, found[1]["AccessToken"])
    for kept in (found[0], found[2], last):
        assert tokens.bearer(tracked.ctx, kept["AccessToken"])


def test_without_tracking_there_is_no_limit(place):
    found = [issue(place) for _ in range(MANY)]
    place.pool["sessions"][""] = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 1}}
    found += [issue(place) for _ in range(MANY)]
    assert all(tokens.bearer(place.ctx, f["AccessToken"]) for f in found)
