"""The times of answers: the same on every machine, whatever its zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from reconciler.cloud.aws import moment, session_of

WHEN = datetime(2026, 11, 29, 9, 30, 15, 250_000, tzinfo=UTC)
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": "eu-west-1"}


@pytest.mark.parametrize(
    "written", [WHEN.timestamp(), "2026-11-29T09:30:15.250Z", "2026-11-29T11:30:15.250+02:00"], ids=str
)
def test_a_time_is_in_utc(written: float | str) -> None:
    assert moment(written) == WHEN
    assert moment(written).utcoffset() == timedelta(0)


@pytest.mark.parametrize("written", ["soon", float("nan"), float("inf"), 1e20], ids=str)
def test_what_is_no_time_is_an_error(written: float | str) -> None:
    with pytest.raises((ValueError, OverflowError, RuntimeError)):
        moment(written)


class Raw:
    """The body of an answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, **_: object) -> list[bytes]:
        return [self._data]


@pytest.fixture
def elsewhere(monkeypatch):
    """A machine whose zone is not UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_an_answer_has_its_times_in_utc() -> None:
    """botocore 1.44 gives them in the zone of the machine, so two machines would print other texts."""
    client = session_of(**KEYS).client("cognito-idp", config=Config(retries={"total_max_attempts": 1}))
    body = b'{"Group": {"GroupName": "admins", "CreationDate": %.2f}}' % WHEN.timestamp()
    answer = AWSResponse("https://cognito-idp.eu-west-1.amazonaws.com", 200, {}, Raw(body))
    client.meta.events.register("before-send.cognito-identity-provider.GetGroup", lambda **_: answer)
    found = client.get_group(GroupName="admins", UserPoolId="eu-west-1_AbCdEf")["Group"]["CreationDate"]
    assert found.isoformat() == "2026-11-29T09:30:15.250000+00:00"
