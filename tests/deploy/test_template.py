"""The SAM template: what the role may do, what the schedule sends, and what becomes of failures."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys

import pytest

from reconciler import notify
from reconciler.applications import output_calls
from reconciler.aws_lambda import asked
from reconciler.drift import report_store
from reconciler.kinds import KINDS, READS
from reconciler.kinds.kind import again
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.runs.runtime import SHARED_READS
from tests.cli.support import run
from tests.deploy.support import DEPLOY, ROOT, Stack, accepted, template

TREE = template(DEPLOY / "lambda" / "template.yaml")
MAKEFILE = (DEPLOY / "lambda" / "Makefile").read_text()
SECRETS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:cognito/"
PARAMETERS = "arn:aws:ssm:eu-west-1:123456789012:parameter/cognito/"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"
ALL = Stack(TREE, SecretArnPrefix=SECRETS, ParameterArnPrefix=PARAMETERS)
GIVEN = Stack(TREE, ReportBucketName="kept", TopicArn=TOPIC, ReportKey="drift-2.json", Shard="2/4")
BARE = Stack(TREE)

NEED_NO_PERMISSION = {"sts:GetCallerIdentity"}
OTHER_HALF = {"cognito-idp:GetWebACLForResource"}
"""wafv2:GetWebACLForResource is refused without it."""
BESIDES = {"s3:ListBucket", "kms:GenerateDataKey", "kms:Decrypt"}
"""What no call is named after."""
UNUSED = {"events:PutEvents", "events:DescribeEventBus"}
"""The template tells SNS."""


def function(stack: Stack) -> dict:
    return stack.resources()["DriftFunction"]["Properties"]


def statements(stack: Stack) -> list[dict]:
    (policy,) = function(stack)["Policies"]
    listed = lambda v: [v] if isinstance(v, str) else v  # noqa: E731
    found = policy["Statement"]
    assert {s["Effect"] for s in found} == {"Allow"}
    assert len({s["Sid"] for s in found}) == len(found)
    return [{**s, "Action": listed(s["Action"]), "Resource": listed(s["Resource"])} for s in found]


def actions(stack: Stack) -> set[str]:
    return {a for s in statements(stack) for a in s["Action"]}


def resources(stack: Stack, action: str) -> list[str]:
    return [r for s in statements(stack) for r in s["Resource"] if action in s["Action"]]


def iam(calls) -> set[str]:
    return {f"{service}:{operation}" for service, operation in calls}


# --- the role ------------------------------------------------------------------------------------------------------


def test_the_role_may_do_what_a_run_does_and_nothing_else():
    fences = {(k.service, found.operation) for k in KINDS.values() if (found := again(k))}  # before a write
    reads = iam((READS - fences) | REMOTE_READS | SHARED_READS | output_calls.READS) - NEED_NO_PERMISSION | OTHER_HALF
    tells = iam(notify.CALLS | report_store.CALLS) - UNUSED
    assert actions(ALL) == reads | tells | BESIDES
    assert not any("*" in action for action in actions(ALL))


def test_the_role_has_everything_that_a_policy_for_the_examples_has(monkeypatch):
    monkeypatch.chdir(ROOT)
    ran = run("iam-policy", "--for", "drift", "--attribute", "--pools", "pools/")
    assert ran.code == 0, ran.err
    assert {a for s in json.loads(ran.out)["Statement"] for a in s["Action"]} < actions(ALL)


def test_only_what_has_no_arn_is_allowed_everywhere():
    everywhere = {a for s in statements(ALL) for a in s["Action"] if "*" in s["Resource"]}
    assert everywhere == {
        "cognito-idp:ListUserPools",
        "cognito-idp:DescribeUserPoolDomain",  # cognito.md 10: takes no ARN
        "cognito-idp:GetProvisionedLimit",
        "cognito-identity:ListIdentityPools",
        "cloudtrail:LookupEvents",
        "logs:DescribeResourcePolicies",
    }


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("cognito-idp:DescribeUserPool", "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf123"),
        ("cognito-identity:DescribeIdentityPool", "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu:1"),
        ("wafv2:GetWebACLForResource", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/name/id"),
        ("wafv2:GetWebACLForResource", "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123"),
    ],
)
def test_pools_are_read_in_every_region_of_the_account_and_in_no_other(action, arn):
    def allowed(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in resources(BARE, action))

    assert allowed(arn)
    assert not allowed(arn.replace("123456789012", "210987654321"))


def test_secrets_are_read_only_where_the_operator_says():
    assert not actions(BARE) & iam(REMOTE_READS)
    assert resources(ALL, "secretsmanager:GetSecretValue") == [f"{SECRETS}*"]
    assert resources(ALL, "ssm:GetParameter") == [f"{PARAMETERS}*"]


@pytest.mark.parametrize(
    ("stack", "bucket", "key", "topic"),
    [
        (BARE, "drift-reportbucket", "drift.json", "arn:aws:sns:eu-west-1:123456789012:drift-Topic"),
        (GIVEN, "kept", "drift-2.json", TOPIC),
    ],
)
def test_what_is_sent_to_is_what_is_allowed(stack, bucket, key, topic, tmp_path):
    paths, words = asked(json.loads(schedule(stack)["Input"]))
    options = accepted(["drift", *words, *paths], tmp_path)
    assert options.remember == f"s3://{bucket}/{key}"
    assert options.notify == (f"sns={topic}",)
    for action in ("s3:GetObject", "s3:PutObject"):
        assert resources(stack, action) == [f"arn:aws:s3:::{bucket}/{key}"]
    assert resources(stack, "s3:ListBucket") == [f"arn:aws:s3:::{bucket}"]  # else a missing report looks forbidden
    assert resources(stack, "sns:Publish") == [topic]


# --- the schedule --------------------------------------------------------------------------------------------------


def schedule(stack: Stack) -> dict:
    (event,) = function(stack)["Events"].values()
    assert event["Type"] == "ScheduleV2"
    return event["Properties"]


def test_the_input_of_the_schedule_is_an_event_that_the_handler_takes(tmp_path):
    paths, words = asked(json.loads(schedule(GIVEN)["Input"]))
    options = accepted(["drift", *words, *paths], tmp_path)
    assert options.paths == ("pools",)
    assert options.shard == (2, 4)
    assert options.attribute
    assert options.max_rps == 5


def test_a_stack_for_each_shard_can_be_made():
    assert schedule(BARE)["OmitName"] is True  # SAM would give every schedule the same name
    assert "FunctionName" not in function(BARE)


def test_runs_do_not_overlap_and_are_not_repeated():
    assert function(BARE)["ReservedConcurrentExecutions"] == 1
    assert function(BARE)["Timeout"] == 900
    assert function(BARE)["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


# --- failures ------------------------------------------------------------------------------------------------------


def test_failures_are_kept_and_told():
    made = BARE.resources()
    config = function(BARE)["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    assert config == {"Type": "SQS", "Destination": "drift-failedruns.Arn"}
    assert schedule(BARE)["DeadLetterConfig"] == {"Arn": "drift-failedruns.Arn"}
    alarm = made["RunFailed"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/Lambda", "Errors", 1)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "drift-driftfunction"}]
    assert alarm["TreatMissingData"] == "notBreaching"
    silent = made["NothingRan"]["Properties"]
    assert (silent["MetricName"], silent["TreatMissingData"]) == ("Invocations", "breaching")
    for each in (alarm, silent):
        assert each["AlarmActions"] == ["arn:aws:sns:eu-west-1:123456789012:drift-Topic"]


def test_alarms_can_publish_to_the_topic_that_is_made():
    """CloudWatch cannot use the key alias/aws/sns."""
    made = BARE.resources()
    assert made["Topic"]["Properties"]["KmsMasterKeyId"] == "drift-topickey"
    for policy in (made["TopicKey"]["Properties"]["KeyPolicy"], made["TopicPolicy"]["Properties"]["PolicyDocument"]):
        services = [s["Principal"].get("Service") for s in policy["Statement"]]
        assert "cloudwatch.amazonaws.com" in services
    assert resources(BARE, "kms:GenerateDataKey") == ["drift-topickey.Arn"]


def test_what_is_given_is_not_made():
    made = {r["Type"] for r in GIVEN.resources().values()}
    assert not made & {"AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::KMS::Key", "AWS::SNS::TopicPolicy"}
    assert "kms:Decrypt" not in actions(GIVEN)


def test_the_bucket_is_closed_and_kept():
    bucket = BARE.resources()["ReportBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    settings = bucket["Properties"]
    assert set(settings["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(settings["PublicAccessBlockConfiguration"]) == 4
    assert settings["VersioningConfiguration"] == {"Status": "Enabled"}
    assert settings["LifecycleConfiguration"]["Rules"][0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert "BucketEncryption" in settings


def test_the_log_is_not_kept_for_ever():
    logs = BARE.resources()["DriftLogs"]["Properties"]
    assert int(logs["RetentionInDays"]) == 30
    assert function(BARE)["LoggingConfig"] == {"LogGroup": "drift-driftlogs"}


# --- the package ---------------------------------------------------------------------------------------------------


def made_for(name: str) -> str:
    return re.search(rf"^{name} := (.*)$", MAKEFILE, re.MULTILINE)[1]


def test_the_package_is_built_for_the_function():
    assert f"python{made_for('RUNTIME')}" == function(BARE)["Runtime"]
    assert {"aarch64": "arm64", "x86_64": "x86_64"}[made_for("PLATFORM")] == function(BARE)["Architectures"][0]
    assert function(BARE)["CodeUri"] == f"{made_for('BUILD')}/package"
    module, _, name = function(BARE)["Handler"].rpartition(".")
    assert (ROOT / f"{module.replace('.', '/')}.py").read_text().count(f"\ndef {name}(") == 1


def test_the_package_leaves_out_only_what_the_embedded_cognito_needs():
    script = DEPLOY / "lambda" / "requirements.py"
    command = [sys.executable, script, ROOT / "pyproject.toml", *made_for("WITHOUT").split()]
    names = {re.split(r"[\[<>=~ ]", line)[0] for line in subprocess.check_output(command, text=True).splitlines()}
    assert names >= {"boto3", "pydantic", "pyyaml", "deepdiff", "regex", "requests"}
    assert "moto" not in names


def test_the_handler_runs_without_the_embedded_cognito():
    """What the package leaves out must not be imported on the way to AWS."""
    code = (
        "import sys; sys.modules['moto'] = None\n"
        "from reconciler.aws_lambda import handler\n"
        "import reconciler.cloud.aws, reconciler.runs.drift_run, reconciler.notify.sns, reconciler.render.formats\n"
        "from reconciler.cli.entry import COMMANDS, load\n"
        "load('drift')\n"
        "assert not any(name.startswith('reconciler.local') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
