"""`doctor`: each thing that may lack, on a fake AWS, with the cure in words; it never writes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.cloud.port import ReadOnly, WriteAttempted
from reconciler.kinds import KINDS
from reconciler.local import LocalCognito, serve
from reconciler.render.human import doctor_text
from reconciler.render.machine import doctor_json
from reconciler.render.subjects import DoctorCheck, DoctorReport, RenderOptions
from reconciler.runs import doctor_run
from reconciler.runs.runtime import NOW, Runtime
from reconciler.terminal.options import Options
from reconciler.values import shapes
from tests.cli.fake_aws import KEYS, serving
from tests.cli.support import run
from tests.render.golden import check as golden

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "doctor.v1.json").read_text())
SECRET = "canary_secret_key_77c1"
MANIFEST = """\
version: 1
target: {account: "123456789012", region: eu-west-1}
user_pool: {PoolName: customers, Policies: {PasswordPolicy: {MinimumLength: 12}}}
groups: {admins: {Description: Administrators}}
"""
ALL_OR_NONE = "Set all of them, or none."
NAMES = ["versions", "manifests", "credentials", "region", "account", "clock", "endpoints", "permissions"]


@pytest.fixture
def aws():
    with serving() as fake:
        fake.simulates = True
        yield fake


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {**KEYS, "AWS_SECRET_ACCESS_KEY": SECRET}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "m.yaml").write_text(MANIFEST)
    return tmp_path


def examined(*words: str, code: int, environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Run it, and return the checks by name."""
    ran = run("doctor", "-o", "json", *words, environ=environ)
    assert ran.code == code, ran.err + ran.out
    assert SECRET not in ran.out + ran.err
    assert "AKIAMINE" not in ran.out + ran.err
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    assert [c["id"] for c in document["checks"]] == NAMES  # every check is there, whatever failed
    assert document["ok"] is (code == 0)
    assert all(bool(c["cure"]) is (c["outcome"] == "failed") for c in document["checks"])
    return {c["id"]: c for c in document["checks"]}


def outcomes(found: dict[str, Any]) -> dict[str, list[str]]:
    sorted_: dict[str, list[str]] = {}
    for name, one in found.items():
        sorted_.setdefault(one["outcome"], []).append(name)
    return sorted_


def test_all_is_well(aws):
    found = examined("--endpoint-url", aws.url, "m.yaml", code=0)
    assert outcomes(found) == {"ok": NAMES}
    assert found["credentials"]["found"] == ["arn:aws:iam::123456789012:user/x, from env"]
    assert found["endpoints"]["found"] == [aws.url]
    assert found["permissions"]["found"][0].endswith("as simulated by IAM")


def test_nothing_can_be_written(aws):
    examined("--endpoint-url", aws.url, "m.yaml", code=0)
    runtime = Runtime(Options("doctor", endpoint_url=aws.url, region="eu-west-1"), {})
    cloud = runtime.session("eu-west-1").reader
    assert isinstance(cloud, ReadOnly)
    writes = {(k.service, o) for k in KINDS.values() for o in (k.create, k.update, k.delete) if o}
    for service, operation in writes:
        with pytest.raises(WriteAttempted):
            cloud.call(service, operation, {})
    assert {(s, o) for s, o, _ in aws.asked} & writes == set()


def test_the_embedded_cognito_needs_nothing(tmp_path):
    found = examined(f"--local={tmp_path / 'state'}", "m.yaml", code=0)
    assert outcomes(found) == {"ok": NAMES}
    with LocalCognito(tmp_path / "state") as local:
        assert local.records == {}


# --- credentials ----------------------------------------------------------------------------------------------------


def without_keys(monkeypatch, **environ: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def test_no_credentials(aws, monkeypatch):
    without_keys(monkeypatch)
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    assert outcomes(found) == {
        "ok": ["versions", "manifests", "region", "clock", "endpoints"],
        "failed": ["credentials"],
        "not_checked": ["account", "permissions"],
    }
    assert "Name a profile with --profile or AWS_PROFILE" in found["credentials"]["cure"][0]


@pytest.mark.parametrize(
    ("environ", "cure"),
    [
        (
            {"AWS_ACCESS_KEY_ID": "AKIAMINE"},
            f"AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not. {ALL_OR_NONE}",
        ),
        (
            {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": SECRET},
            f"AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN are set and AWS_ACCESS_KEY_ID is not. {ALL_OR_NONE}",
        ),
    ],
)
def test_credentials_that_are_half_set(aws, monkeypatch, environ, cure):
    without_keys(monkeypatch, **environ)
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1, environ=environ)
    assert found["credentials"]["cure"] == [cure]


def test_a_profile_that_does_not_exist(aws):
    found = examined("--profile", "nope", "--endpoint-url", aws.url, "m.yaml", code=1)
    assert found["credentials"]["found"] == [
        "configuration: ProfileNotFound: The config profile (nope) could not be found"
    ]
    assert "aws configure list-profiles" in found["credentials"]["cure"][0]
    assert found["endpoints"]["outcome"] == "not_checked"


def test_an_expired_session_of_sso(aws, tmp_path):
    """In a process of its own, as botocore looks for its home when it is imported."""
    start = "https://d-1234567890.awsapps.com/start"
    (tmp_path / "config").write_text(
        "[profile work]\nsso_account_id = 123456789012\nsso_role_name = Admin\nsso_region = eu-west-1\n"
        f"sso_start_url = {start}\n"
    )
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {"startUrl": start, "region": "eu-west-1", "accessToken": SECRET, "expiresAt": "2020-01-01T00:00:00Z"}
    name = hashlib.sha1(start.encode(), usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token))
    words = ["doctor", "--profile", "work", "--endpoint-url", aws.url, "-o", "json", "m.yaml"]
    environ = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config"), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "reconciler", *words]
    ran = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1, ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    found = {c["id"]: c for c in json.loads(ran.stdout)["checks"]}
    assert "configuration: UnauthorizedSSOTokenError: The SSO session" in found["credentials"]["found"][0]
    assert found["credentials"]["cure"] == ["Sign in again with `aws sso login --profile NAME`."]
    assert found["account"]["outcome"] == "not_checked"


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("ExpiredToken", "Temporary credentials have expired: sign in again."),
        ("InvalidClientTokenId", "AWS does not know these keys"),
        ("SignatureDoesNotMatch", "or the clock of this machine is wrong"),
    ],
)
def test_credentials_that_aws_refuses(aws, code, cure):
    aws.refuses_all, aws.refused = True, (code, "no")
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    assert found["credentials"]["found"] == ["from env", f"sts:GetCallerIdentity: {code}: no"]
    assert cure in found["credentials"]["cure"][0]
    assert found["permissions"]["outcome"] == "not_checked"


# --- Region, account, clock, endpoint --------------------------------------------------------------------------------


def test_no_region(aws, place):
    (place / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: customers}\n")
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    assert found["region"]["found"] == ["m.yaml:1:1 has no Region"]
    assert found["endpoints"]["outcome"] == found["clock"]["outcome"] == "not_checked"
    assert examined("--endpoint-url", aws.url, "m.yaml", code=0, environ={"AWS_REGION": "eu-north-1"})


def configured(place, monkeypatch, text: str) -> None:
    (place / "config").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(place / "config"))
    (place / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: customers}\n")


def test_the_region_of_the_configuration_is_that_of_the_policy(aws, place, monkeypatch):
    configured(place, monkeypatch, "[default]\nregion = eu-north-1\n")
    assert examined("--endpoint-url", aws.url, "m.yaml", code=0)["region"]["found"] == ["eu-north-1"]
    arns = {v for asked in aws.questions for k, v in asked.items() if k.startswith("ResourceArns")}
    assert any(a.startswith("arn:aws:cognito-idp:eu-north-1:123456789012:") for a in arns)
    assert not any(":cognito-idp:*:" in a for a in arns)


def test_the_region_of_a_profile_without_credentials(aws, place, monkeypatch):
    configured(place, monkeypatch, "[profile work]\nregion = eu-north-1\n")
    without_keys(monkeypatch)
    found = examined("--endpoint-url", aws.url, "--profile", "work", "m.yaml", code=1)
    assert (found["credentials"]["outcome"], found["region"]["found"]) == ("failed", ["eu-north-1"])


def test_the_caller_is_asked_for_once(aws):
    aws.simulates = False
    run("doctor", "--endpoint-url", aws.url, "m.yaml")
    assert [o for _, o, _ in aws.asked].count("GetCallerIdentity") == 1


def test_a_region_that_does_not_have_the_service(aws, place):
    (place / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: customers}\n")
    found = examined("--region", "cn-north-1", "--endpoint-url", aws.url, "m.yaml", code=1)
    assert "There are no user pools in cn-north-1" in found["region"]["found"][0]


def test_another_region_than_that_of_the_manifest(aws):
    found = examined("--region", "eu-north-1", "--endpoint-url", aws.url, "m.yaml", code=1)
    assert "the manifest is for eu-west-1, but --region is eu-north-1" in found["region"]["found"][0]
    assert found["permissions"]["outcome"] == "not_checked"


def test_another_account(aws, place):
    (place / "m.yaml").write_text(MANIFEST.replace("123456789012", "210987654321"))
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    assert found["account"]["found"] == [
        "the credentials are of account 123456789012",
        "m.yaml:1:1 is for account 210987654321",
    ]


@pytest.mark.parametrize(
    ("skew", "outcome", "text"),
    [(1000, "failed", "behind AWS"), (-1000, "failed", "ahead of AWS"), (100, "ok", "seconds behind AWS")],
)
def test_a_clock_that_is_wrong(aws, skew, outcome, text):
    aws.skew = skew
    found = examined("--endpoint-url", aws.url, "m.yaml", code=int(outcome == "failed"))
    assert found["clock"]["outcome"] == outcome
    assert text in found["clock"]["found"][0]


def test_the_clock_of_the_run_is_what_is_compared(aws):
    before = NOW.set(lambda: 0.0)
    try:
        found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    finally:
        NOW.reset(before)
    assert "NTP" in found["clock"]["cure"][0]


def test_an_endpoint_that_does_not_answer(aws):
    found = examined("--endpoint-url", "http://127.0.0.1:9", "m.yaml", code=1)
    assert found["endpoints"]["found"] == ["http://127.0.0.1:9: no connection (ConnectionError)"]
    assert found["clock"]["outcome"] == found["credentials"]["outcome"] == "not_checked"


# --- permissions ----------------------------------------------------------------------------------------------------


def test_what_the_simulator_does_not_allow(aws):
    aws.decisions = {"cognito-idp:UpdateUserPool": "implicitDeny", "cognito-idp:CreateUserPool": "explicitDeny"}
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    pools = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/*"
    assert found["permissions"]["found"] == [
        "cognito-idp:CreateUserPool is denied on *",
        f"cognito-idp:UpdateUserPool is not allowed on {pools}",
    ]
    first, second = found["permissions"]["cure"]
    assert "`poolctl iam-policy --for apply m.yaml` prints the whole policy" in first
    assert "find the Deny" in second


def test_the_command_decides_what_is_simulated(aws):
    aws.decisions = {"cognito-idp:UpdateUserPool": "implicitDeny"}
    examined("--for", "plan", "--endpoint-url", aws.url, "m.yaml", code=0)
    asked = {v for q in aws.questions for k, v in q.items() if k.startswith("ActionNames")}
    assert asked == {
        "cognito-idp:ListUserPools",
        "cognito-idp:DescribeUserPool",
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListGroups",
        "cognito-idp:ListPointInTimeRecoveries",
    }
    assert {q["PolicySourceArn"] for q in aws.questions} == {"arn:aws:iam::123456789012:user/x"}


def test_a_role_is_simulated_by_its_whole_arn_and_conditions_are_given(aws, place):
    aws.caller = "assumed-role/deployer/session"
    role = "arn:aws:iam::123456789012:role/admins"
    (place / "m.yaml").write_text(MANIFEST.replace("{Description: Administrators}", f"{{RoleArn: '{role}'}}"))
    examined("--endpoint-url", aws.url, "m.yaml", code=0)
    assert {q["PolicySourceArn"] for q in aws.questions} == {"arn:aws:iam::123456789012:role/ci/deployer"}
    (passing,) = [q for q in aws.questions if "iam:PassRole" in q.values() and "Marker" in q]
    assert passing["ResourceArns.member.1"] == role
    assert passing["ContextEntries.member.1.ContextKeyName"] == "iam:PassedToService"
    assert passing["ContextEntries.member.1.ContextKeyValues.member.1"] == "cognito-idp.amazonaws.com"


def test_without_the_simulator_the_reads_of_a_plan_are_made(aws):
    aws.simulates, aws.refused = False, ("AccessDenied", "is not authorized")
    found = examined("--endpoint-url", aws.url, "m.yaml", code=1)
    assert found["permissions"]["found"] == [
        "cognito-idp:ListUserPools is not allowed",
        "iam:SimulatePrincipalPolicy is not possible (AccessDenied), so the reads of a plan were made",
        "it is not known whether writes are allowed",
    ]


def test_reads_that_are_allowed_say_nothing_of_writes():
    """An emulator answers everything but what a principal may do."""
    with serve(None) as server:
        found = examined("--endpoint-url", server.url, "m.yaml", code=0)
        assert run("apply", "--yes", "--endpoint-url", server.url, "m.yaml").code == 0
        again = examined("--endpoint-url", server.url, "m.yaml", code=0)
        plan = examined("--endpoint-url", server.url, "--for", "plan", "m.yaml", code=0)
    assert len(plan["permissions"]["found"]) == 2  # a plan needs no writes
    for one in (found, again):
        first, second, third = one["permissions"]["found"]
        assert first == "everything that a plan reads is allowed"
        assert "so the reads of a plan were made" in second
        assert third == "it is not known whether writes are allowed"


# --- versions and text -----------------------------------------------------------------------------------------------


def test_operations_that_an_older_botocore_does_not_have():
    def older(service: str) -> frozenset[str]:
        return frozenset(o for o in shapes.operations(service) if "CIMD" not in o)

    assert list(doctor_run.lacks(KINDS.values(), shapes.operations)) == []
    (line,) = doctor_run.lacks(KINDS.values(), older)
    assert line.startswith("clients.cimd_policies needs cognito-idp:CreateCIMDPolicy, cognito-idp:DeleteCIMDPolicy,")


def test_invalid_manifests_do_not_keep_the_rest_from_being_checked(aws, place):
    (place / "m.yaml").write_text("version: 1\nuser_pool: {PoolNam: x}\n")
    found = examined("--endpoint-url", aws.url, "--region", "eu-west-1", "m.yaml", code=3)
    assert outcomes(found) == {
        "ok": ["versions", "credentials", "region", "account", "clock", "endpoints"],
        "failed": ["manifests"],
        "not_checked": ["permissions"],
    }
    assert any("Did you mean PoolName?" in line for line in found["manifests"]["found"])


def test_without_manifests_the_session_alone_is_checked(aws):
    found = examined("--endpoint-url", aws.url, "--region", "eu-west-1", code=7)
    assert outcomes(found) == {
        "ok": ["versions", "credentials", "region", "account", "clock", "endpoints"],
        "not_checked": ["manifests", "permissions"],
    }
    assert found["manifests"]["found"] == ["no PATH was given, and there is no pools"]
    assert examined("--endpoint-url", aws.url, "--region", "eu-west-1", "none", code=3)


SAMPLE = DoctorReport(
    (
        DoctorCheck("versions", "Versions", "ok", ("Python 3.11.9, botocore 1.44.8",)),
        DoctorCheck("manifests", "Manifests", "ok", ("2 documents, all valid",)),
        DoctorCheck("credentials", "Credentials", "ok", ("arn:aws:iam::123456789012:user/x, from env",)),
        DoctorCheck("region", "Region", "ok", ("eu-west-1, us-east-1",)),
        DoctorCheck(
            "account",
            "Account",
            "failed",
            ("the credentials are of account 123456789012", "pools/a.yaml:1:1 is for account 210987654321"),
            ("Use credentials of the account that the manifests name, or correct target.account.",),
        ),
        DoctorCheck("clock", "Clock", "ok", ("agrees with AWS",)),
        DoctorCheck("endpoints", "Endpoints", "not_checked", ("it needs a Region",)),
        DoctorCheck(
            "permissions",
            "Permissions",
            "failed",
            ("cognito-idp:UpdateUserPool is not allowed on arn:aws:cognito-idp:eu-west-1:123456789012:userpool/*",),
            ("Grant them. `poolctl iam-policy --for apply pools` prints the whole policy.",),
        ),
    ),
    "apply",
)


def test_for_people():
    golden("doctor.txt", doctor_text.doctor(SAMPLE))
    golden("doctor-color.txt", doctor_text.doctor(SAMPLE, RenderOptions(color=True)))
    fine = DoctorReport(SAMPLE.checks[:4], "plan")
    assert doctor_text.doctor(fine).endswith("\nNothing is missing for plan.\n")
    unseen = DoctorReport((*SAMPLE.checks[:4], SAMPLE.checks[6]), "plan")
    assert doctor_text.doctor(unseen).endswith("\nNothing was found missing for plan. Not checked: Endpoints.\n")


@pytest.mark.parametrize("refuses", ["sts", "everything"])
def test_what_could_not_be_checked_makes_the_run_incomplete(aws, refuses):
    """Credentials that STS did not look at are not credentials that it accepts."""
    aws.refuses_all, aws.simulates = refuses == "sts", False
    aws.refused = ("Strange", "no")  # it is not tried again
    ran = run("doctor", "--endpoint-url", aws.url, "m.yaml")
    assert ran.code == 7
    assert "Nothing is missing" not in ran.out
    assert "Nothing was found missing for apply. Not checked: " in ran.out
    assert "Permissions" in ran.out.splitlines()[-1]


def test_for_programs():
    text = doctor_json.doctor(SAMPLE)
    jsonschema.validate(json.loads(text), SCHEMA)
    golden("doctor.json", text)


# --- the error of every other command --------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("plan", "m.yaml"), ("drift", "m.yaml"), ("export", "--pool", "x")])
def test_the_error_of_a_command_without_credentials_says_what_to_do(aws, monkeypatch, words):
    without_keys(monkeypatch)
    ran = run(*words, "--endpoint-url", aws.url, environ={"AWS_REGION": "eu-west-1"})
    assert ran.code == 1
    assert "Unable to locate credentials. Name a profile with --profile or AWS_PROFILE" in ran.err
    assert "`poolctl doctor` checks what is missing." in ran.err
