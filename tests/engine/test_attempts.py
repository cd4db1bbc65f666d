"""How often and how long a call is tried: every loop ends, at a time that the message names (decision 10)."""

from __future__ import annotations

import pytest

from reconciler.cloud.failures import PROPAGATING
from reconciler.errors import ExitCode
from reconciler.model import Failed, Sent
from reconciler.runs.apply_run import _code
from tests.support import bench, document, manifest

POOL = document(groups={"admins": {}})
ROLE = "arn:aws:iam::123456789012:role/sms"
SMS = document(
    user_pool={"PoolName": "customers", "SmsConfiguration": {"SnsCallerArn": ROLE, "ExternalId": "x"}},
    mfa={"MfaConfiguration": "ON", "SmsMfaConfiguration": {}},
)
TOTP = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
TEXT = "Role does not have a trust relationship allowing Cognito to assume the role"


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with bench() as here:
        found = manifest(tmp_path_factory.mktemp("pool"), POOL)
        here.converge(found)
        yield here, found


PAGE = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1>nginx</body></html>"
BROKEN = [
    (502, PAGE, "502: 502 Bad Gateway;"),
    (502, "<html><body>upstream</body></html>", "502: Bad Gateway;"),
    (503, "", "503: Service Unavailable;"),
    (503, '{"__type": "ServiceUnavailable", "message": "Try later"}', "ServiceUnavailable: Try later;"),
    (503, '{"message": "no healthy upstream"}', "503: no healthy upstream;"),
    (504, "upstream request timeout", "504: upstream request timeout;"),
    (500, '{"__type": "SomethingNew", "message": "Oops"}', "SomethingNew: Oops;"),
    (520, "[]", "IncompleteAnswer: the answer (HTTP 520) cannot be parsed"),
]


@pytest.mark.parametrize(("status", "body", "said"), BROKEN)
def test_a_broken_service_is_asked_again_and_then_quoted(live, status, body, said):
    here, found = live
    here.local.faults.clear()
    here.local.faults.add("ListGroups", body=body, status=status, times=3)
    assert here.plan(found).gaps == ()
    here.local.faults.add("ListGroups", body=body, status=status, times=99)
    (gap,) = here.plan(found).gaps
    here.local.faults.clear()
    assert gap.reason.startswith(said)
    assert "; tried 8 times in " in gap.reason
    assert "<" not in gap.reason


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_create_that_broke_is_never_sent_again(tmp_path, status):
    with bench() as here:
        here.local.faults.add("CreateGroup", body="", status=status)
        (failed,) = [e for e in here.apply(manifest(tmp_path, POOL)) if isinstance(e, Failed)]
        assert [c.operation for c in here.local.calls].count("CreateGroup") == 1
        assert failed.code == str(status)


def test_a_refused_call_is_not_asked_again(live):
    here, found = live
    here.local.faults.clear()
    for status, code in ((400, "InvalidParameterException"), (403, "AccessDeniedException"), (400, "LimitExceeded")):
        before = here.clock.now
        here.local.faults.add("ListGroups", code, status=status)
        assert [g.code for g in here.plan(found).gaps] == [code]
        assert here.clock.now == before


@pytest.mark.parametrize("code", ["TooManyRequestsException", "AccessDeniedException", "InvalidParameterException"])
@pytest.mark.parametrize(
    ("operation", "section"),
    [("UpdateGroup", {"groups": {"admins": {"Precedence": 3}}}), ("SetUserPoolMfaConfig", {"mfa": TOTP})],
)
def test_a_write_that_was_carried_out_and_then_refused_is_a_partial_apply(tmp_path, operation, section, code):
    """The answer is lost, and the next attempts are refused: the first one may have been carried out, and here was."""
    with bench() as here:
        here.converge(manifest(tmp_path, POOL))
        here.local.faults.add(operation, lost_answer=True)
        here.local.faults.add(operation, code, times=99)
        changed = manifest(tmp_path, {**POOL, **section})
        events = here.apply(changed)
        (failed,) = [e for e in events if isinstance(e, Failed)]
        assert failed.doubtful
        assert "the answer to an earlier attempt was lost, and that one may have taken effect" in failed.error
        assert _code(events) == ExitCode.PARTIAL
        here.local.faults.clear()
        assert here.plan(changed).pending == ()


def test_a_write_that_was_only_refused_is_no_partial_apply(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, POOL))
        here.local.faults.add("UpdateGroup", "TooManyRequestsException", times=99)
        events = here.apply(manifest(tmp_path, {**POOL, "groups": {"admins": {"Precedence": 3}}}))
        assert _code(events) == ExitCode.ERROR


# --- a role that is not usable yet -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(PROPAGATING))
@pytest.mark.parametrize("operation", ["CreateUserPool", "SetUserPoolMfaConfig"])
def test_a_role_that_does_not_become_usable_is_waited_for_and_then_quoted(tmp_path, operation, code):
    with bench() as here:
        here.local.faults.add(operation, code, times=9999, message=TEXT)
        before = here.clock.now
        events = here.apply(manifest(tmp_path, SMS))
        failed = [e for e in events if isinstance(e, Failed)]
        assert 120 <= here.clock.now - before < 130
        assert f"{operation}: {code}: {TEXT}; still refused after 120 seconds" in failed[0].error
        wrote = any(isinstance(e, Sent) for e in events)
        assert wrote == (operation == "SetUserPoolMfaConfig")
        assert _code(events) == (ExitCode.PARTIAL if wrote else ExitCode.ERROR)


def test_a_role_that_becomes_usable_late_is_used(tmp_path):
    with bench() as here:
        here.local.faults.add("SetUserPoolMfaConfig", "InvalidSmsRoleAccessPolicyException", times=22)
        here.local.faults.add("SetUserPoolMfaConfig", "TooManyRequestsException", times=3)
        here.converge(manifest(tmp_path, SMS))
        assert 110 <= here.clock.now < 140
