"""An operation that a Region or emulator does not have is no gap, unless a manifest declares what needs it."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.cli.support import run

KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-west-1"}
POOL = {
    "version": 1,
    "user_pool": {"PoolName": "customers"},
    "clients": {"web": {"CallbackURLs": ["https://example.com/cb"], "SupportedIdentityProviders": ["COGNITO"]}},
}
SESSION = {"session": {"UserSessionTracking": "DISABLED"}}
TERMS = {
    "clients": {
        "web": {**POOL["clients"]["web"], "terms": {"terms-of-use": {"Links": {"cognito:default": "https://a.b"}}}}
    }
}
LACKS = [
    {"error_code": "UnknownOperationException"},
    {"error_code": "UnknownOperation", "status": 404},
    {"error_code": "InvalidAction"},
    {"error_code": "InternalFailure", "status": 501, "message": "has not yet been emulated"},
    {"body": "<html>Not Found</html>", "status": 404},
    {"body": "", "status": 501},
]
"""As services and emulators say that they do not have an operation."""


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "m.yaml"
    found.write_text(yaml.safe_dump(POOL, sort_keys=False))
    assert run("apply", "--yes", str(found), environ=KEYS).code == 0
    return found


@pytest.mark.parametrize("fault", LACKS, ids=str)
def test_what_no_manifest_declares_is_noted_once_and_no_gap(local, file, fault):
    local.faults.add("GetUserPoolSessionConfiguration", times=999, **fault)
    local.faults.add("DescribeTermsByClient", times=999, **fault)
    ran = run("drift", "-o", "json", str(file), environ=KEYS)
    tree = json.loads(ran.out)
    assert ran.code == 0
    assert tree["complete"]
    assert tree["coverage"]["gaps"] == tree["findings"] == []
    found = [(g["address"], g["operation"]) for g in tree["coverage"]["unavailable"]]
    assert found == [
        ("customers/session", "cognito-idp:GetUserPoolSessionConfiguration"),
        ("customers/clients/web/terms/privacy-policy", "cognito-idp:DescribeTermsByClient"),
    ]
    (notice,) = tree["notices"]
    assert notice["message"].startswith("Not available here, so not read: session (")
    folded = run("drift", str(file), environ=KEYS).out
    assert "\n1 note (poolctl drift --notes shows it)\n" in folded
    said = run("drift", "--notes", str(file), environ=KEYS).out
    assert said.count("Not available here") == 1
    assert "No drift." in said


@pytest.mark.parametrize(
    ("operation", "more", "section"),
    [
        ("GetUserPoolSessionConfiguration", SESSION, "session"),
        ("DescribeTermsByClient", TERMS, "clients/web/terms/privacy-policy"),
    ],
)
def test_what_a_manifest_declares_is_a_gap_in_clear_words(local, file, operation, more, section):
    local.faults.add(operation, "UnknownOperationException", times=999, message="no such thing")
    file.write_text(yaml.safe_dump({**POOL, **more}, sort_keys=False))
    for command in ("plan", "drift"):
        ran = run(command, str(file), environ=KEYS)
        assert (ran.code, ran.last) == (7, "exit 7 (incomplete)")
        head = f"Could not read {section}: cognito-idp:{operation}: UnknownOperationException: no such thing; "
        declared = "the manifest declares this section, and the operation is not available here. "
        advice = "Use a Region or an endpoint that has it, or remove the section"
        assert head + declared + advice in ran.out
        assert "needs the IAM action" not in ran.out
    ran = run("apply", "--yes", str(file), environ=KEYS)
    assert ran.code == 7
    assert "nothing was written" in ran.err


def test_what_cannot_be_written_here_is_a_failure_that_says_where_to_go(local, file):
    local.faults.add("SetUserPoolSessionConfiguration", "UnknownOperationException", times=9)
    session = {"session": {"UserSessionTracking": "ENABLED"}}
    file.write_text(yaml.safe_dump({**POOL, **session}, sort_keys=False))
    ran = run("apply", "--yes", str(file), environ=KEYS)
    assert ran.code == 1
    assert "Use a Region or an endpoint that has the operation, or remove what needs it" in ran.err


def test_an_export_notes_what_is_not_available(local, file):
    local.faults.add("GetLogDeliveryConfiguration", "UnknownOperationException", times=999)
    ran = run("export", "--pool", "customers", environ=KEYS)
    assert ran.code == 0
    said = "Not available here, so not read: log_delivery (cognito-idp:GetLogDeliveryConfiguration: "
    assert f"# {said}" in ran.out
    assert f"customers: {said}" in ran.err


def test_a_service_that_has_no_pools_is_not_a_pool_without_drift(local, file):
    local.faults.add("ListUserPools", "UnknownOperationException", times=999)
    assert run("drift", str(file), environ=KEYS).code == 7
    ran = run("plan", str(file), environ=KEYS)
    assert ran.code == 1
    assert "Use a Region or an endpoint that has the operation" in ran.err
