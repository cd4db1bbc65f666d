"""How a failure is sorted, and how often and how long a call is tried: every loop ends."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cloud.answers import LostAnswer
from reconciler.cloud.attempts import Attempts, Patience
from reconciler.cloud.failures import PROPAGATING, THROTTLED, Fate, fate, translate
from reconciler.cloud.silence import PAUSE, Silence
from reconciler.errors import Ambiguous, Busy, CloudError, NoAnswer, Unavailable
from tests.support import Clock


def answered(status: int, code: str = "", message: str = "m") -> ClientError:
    detail = {"Code": code or str(status), "Message": message}
    return ClientError({"Error": detail, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")


ERRORS = st.sampled_from(
    [
        *(answered(400, code) for code in sorted(THROTTLED | PROPAGATING)),
        *(answered(status) for status in (400, 403, 404, 429, 500, 501, 502, 503, 504)),
        LostAnswer("empty"),
        ReadTimeoutError(endpoint_url="u"),
        ConnectTimeoutError(endpoint_url="u"),
    ]
)
OPERATIONS = st.sampled_from(["CreateGroup", "UpdateGroup", "DeleteGroup", "ListGroups", "AddCustomAttributes"])


@given(OPERATIONS, st.lists(ERRORS, min_size=1, max_size=5))
def test_no_call_is_tried_for_ever_and_no_create_twice(operation, errors):
    clock, patience = Clock(), Patience()
    attempts = Attempts(operation, patience, clock)
    for i in range(1000):
        error = errors[i % len(errors)]
        clock.now += patience.wait(operation) if isinstance(error, ReadTimeoutError) else 0.0
        pause = attempts.pause(error)
        if operation in ("CreateGroup", "AddCustomAttributes"):
            assert pause is None or fate(error) is not Fate.LOST
        if pause is None:
            break
        assert pause > 0
        clock.sleep(pause)
    else:
        pytest.fail("it goes on")
    assert clock.now < 120 + 8 * 30 + 3 * patience.wait(operation)
    assert isinstance(translate(f"cognito-idp:{operation}", error, note=attempts.note(error)), CloudError)


@pytest.mark.parametrize(
    ("operation", "error", "kind"),
    [
        ("CreateGroup", answered(503), Ambiguous),
        ("CreateGroup", LostAnswer("empty"), Ambiguous),
        ("UpdateGroup", answered(504), NoAnswer),
        ("ListGroups", LostAnswer("empty"), NoAnswer),
        ("ListGroups", ReadTimeoutError(endpoint_url="u"), NoAnswer),
        ("CreateGroup", answered(400, "TooManyRequestsException"), Busy),
        ("CreateGroup", answered(429), Busy),
        ("ListGroups", answered(501, "InternalFailure"), Unavailable),
        ("ListGroups", answered(400, "UnknownOperationException"), Unavailable),
        ("ListGroups", answered(404), Unavailable),
        ("ListGroups", answered(404, "ResourceNotFoundException"), CloudError),
    ],
)
def test_a_failure_is_sorted_by_what_to_do(operation, error, kind):
    found = translate(f"cognito-idp:{operation}", error)
    assert isinstance(found, kind)
    assert isinstance(found, Ambiguous) == (kind is Ambiguous)


def test_a_secret_in_the_text_of_a_service_stays_hidden():
    said = str(translate("cognito-idp:UpdateGroup", answered(503, message="got hunter2"), ["hunter2"], "tried 8 times"))
    assert "hunter2" not in said
    assert "got (sensitive value); tried 8 times" in said


def test_a_refusal_after_other_failures_is_quoted_alone():
    attempts = Attempts("UpdateGroup", Patience(), Clock())
    attempts.pause(answered(429))
    refused = answered(400, "InvalidParameterException")
    assert attempts.pause(refused) is None
    assert attempts.note(refused) == ""


def test_a_delete_that_was_carried_out_is_done():
    attempts = Attempts("DeleteGroup", Patience(), Clock())
    gone = answered(400, "ResourceNotFoundException")
    assert attempts.pause(gone) is None
    assert not attempts.is_done(gone)  # nothing was lost, so somebody else has deleted it
    attempts = Attempts("DeleteGroup", Patience(), Clock())
    assert attempts.pause(answered(503)) is not None
    assert attempts.pause(gone) is None
    assert attempts.is_done(gone)


def test_an_endpoint_that_cannot_be_reached_gives_no_answer():
    error = EndpointConnectionError(endpoint_url="https://x")
    assert type(translate("cognito-idp:CreateGroup", error)) is NoAnswer


def test_a_service_is_silent_only_if_it_answered_none():
    clock = Clock()
    silence = Silence(clock)
    clock.now = 10.0
    silence.heard("ssm")
    silence.fell("ssm", 5.0, "no answer")
    silence.require_voice("ssm", "GetParameter")  # others were answered meanwhile
    silence.fell("ssm", 10.0, "no answer within 20 seconds")
    with pytest.raises(NoAnswer, match="ssm:GetParameter: NotAsked: not asked: no answer within 20 seconds"):
        silence.require_voice("ssm", "GetParameter")
    silence.require_voice("sts", "GetCallerIdentity")
    clock.now += PAUSE
    silence.require_voice("ssm", "GetParameter")
