"""Readings of other services: what is read, what is missing, and what may not be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from botocore.session import get_session

from reconciler.cloud.port import Identity
from reconciler.errors import Busy, CloudError, Denied, NotFound
from reconciler.observing.outside import CALLS, READINGS, Outside, document, read
from reconciler.observing.pool_facts import NAMES, SECRETS, ResolvedName
from reconciler.planning.states import new_state
from reconciler.runs.name_lookup import LOOKUP
from reconciler.runs.runtime import NOW
from reconciler.security.catalogue import rules
from tests.cli.support import run
from tests.support import bench, manifest

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:check"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/guest"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1a2b3c4d-0000-0000-0000-000000000000"
GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/vendedlogs/pool"
IDENTITY = f"arn:aws:ses:eu-west-1:{ACCOUNT}:identity/example.com"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/mrk-1"
POOL: dict[str, Any] = {
    "version": 1,
    "target": {"account": ACCOUNT, "region": "eu-west-1"},
    "user_pool": {
        "PoolName": "customers",
        "LambdaConfig": {"PreSignUp": FUNCTION},
        "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": IDENTITY},
        "UserPoolTier": "PLUS",
        "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY},
        "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"},
    },
    "domains": {"auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
    "groups": {"guests": {"RoleArn": ROLE}},
    "log_delivery": {
        "LogConfigurations": [
            {
                "LogLevel": "INFO",
                "EventSource": "userAuthEvents",
                "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP},
            }
        ]
    },
}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "x"}}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
ANSWERS: dict[tuple[str, str], Any] = {
    ("lambda", "GetFunctionConfiguration"): {"State": "Active", "Runtime": "python3.13"},
    ("lambda", "GetPolicy"): {"Policy": json.dumps(POLICY)},
    ("sesv2", "GetEmailIdentity"): {"VerifiedForSendingStatus": True},
    ("acm", "DescribeCertificate"): {
        "Certificate": {
            "Status": "ISSUED",
            "DomainName": "auth.example.com",
            "SubjectAlternativeNames": ["auth.example.com"],
            "NotAfter": datetime(2027, 1, 31, 12, tzinfo=UTC),
        }
    },
    ("logs", "DescribeLogGroups"): {
        "logGroups": [
            {"logGroupName": "/aws/vendedlogs/pool-2"},
            {"logGroupName": "/aws/vendedlogs/pool", "retentionInDays": 30},
        ]
    },
    ("kms", "DescribeKey"): {"KeyMetadata": {"KeyState": "Enabled"}},
    ("iam", "GetRole"): {"Role": {"AssumeRolePolicyDocument": quote(json.dumps(TRUST)), "MaxSessionDuration": 7200}},
    ("iam", "ListRolePolicies"): {"PolicyNames": ["inline"]},
    ("iam", "ListAttachedRolePolicies"): {"AttachedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/X"}]},
    ("iam", "GetRolePolicy"): {"PolicyDocument": POLICY},
    ("iam", "GetPolicy"): {"Policy": {"DefaultVersionId": "v7"}},
    ("iam", "GetPolicyVersion"): {"PolicyVersion": {"Document": quote(json.dumps(POLICY))}},
}


class Service:
    """A cloud that answers from a table, and fails as it is told."""

    def __init__(self, answers: Mapping[tuple[str, str], Any], region: str = "eu-west-1", calls: Any = None) -> None:
        self.answers = answers
        self.region = region
        self.calls: list[tuple[str, str, str, dict[str, Any]]] = [] if calls is None else calls

    def identity(self) -> Identity:
        return Identity(ACCOUNT, self.region)

    def at(self, region: str) -> Service:
        return Service(self.answers, region, self.calls)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Any:
        self.calls.append((self.region, service, operation, dict(params)))
        answer = self.answers[service, operation]
        if isinstance(answer, CloudError):
            raise answer
        return answer


def reading(tmp_path: Path, answers: Mapping[tuple[str, str], Any], *wanted: str) -> tuple[Outside, Service]:
    cloud = Service(answers)
    return read(cloud, new_state(manifest(tmp_path, POOL)), wanted or READINGS), cloud


def failed(kind: type[CloudError], service: str, operation: str, code: str = "X") -> CloudError:
    return kind(f"{service}:{operation}", code, "no")


def test_everything_that_a_pool_names_is_read(tmp_path):
    found, cloud = reading(tmp_path, ANSWERS)
    assert found.notices == []
    assert found.found == {
        "functions": {FUNCTION: {"State": "Active", "Runtime": "python3.13", "Statement": POLICY["Statement"]}},
        "ses_identities": {IDENTITY: {"verified": True}},
        "certificates": {
            CERTIFICATE: {"Status": "ISSUED", "NotAfter": "2027-01-31", "names": ["auth.example.com"] * 2}
        },
        "log_groups": {GROUP: {"retentionInDays": 30}},
        "keys": {KEY: {"KeyState": "Enabled"}},
        "roles": {
            ROLE: {
                "trust": TRUST,
                "policies": [POLICY, POLICY],
                "attached": ["arn:aws:iam::aws:policy/X"],
                "MaxSessionDuration": 7200,
            }
        },
    }
    assert {(service, operation) for _, service, operation, _ in cloud.calls} == CALLS
    assert {region for region, service, *_ in cloud.calls if service == "acm"} == {"us-east-1"}


def test_calls_have_the_parameters_of_the_api(tmp_path):
    _, cloud = reading(tmp_path, ANSWERS)
    for _, service, operation, params in cloud.calls:
        shape = get_session().get_service_model(service).operation_model(operation).input_shape
        assert set(params) <= set(shape.members), operation
        assert set(shape.required_members) <= set(params), operation


@pytest.mark.parametrize("call", sorted(CALLS), ids=":".join)
def test_what_does_not_exist_is_an_answer_and_what_may_not_be_read_is_a_notice(tmp_path, call):
    found, _ = reading(tmp_path, {**ANSWERS, call: failed(NotFound, *call)})
    whole = ("GetFunctionConfiguration", "GetEmailIdentity", "DescribeCertificate", "GetRole", "DescribeKey")
    if call[1] in whole:
        (of_name,) = [found.found[r.name] for r in READINGS.values() if call in r.calls]
        assert of_name == {arn: {"missing": True} for arn in of_name}
        assert found.notices == []
    denied, _ = reading(tmp_path, {**ANSWERS, call: failed(Denied, *call, code="AccessDenied")})
    (name,) = [r.name for r in READINGS.values() if call in r.calls]
    assert name not in denied.found
    assert len(denied.notices) == 1
    assert "could not be read, so it is not judged" in denied.notices[0].message
    assert set(denied.found) == set(READINGS) - {name}


def test_a_function_without_a_policy_has_no_statements(tmp_path):
    missing = {**ANSWERS, ("lambda", "GetPolicy"): failed(NotFound, "lambda", "GetPolicy")}
    assert reading(tmp_path, missing, "functions")[0].found["functions"][FUNCTION]["Statement"] == []


def test_a_service_that_does_not_answer_is_a_notice_too(tmp_path):
    slow = {**ANSWERS, ("acm", "DescribeCertificate"): failed(Busy, "acm", "DescribeCertificate", "Throttling")}
    found, _ = reading(tmp_path, slow, "certificates")
    assert (found.found, len(found.notices)) == ({}, 1)


def test_a_pool_that_names_nothing_needs_no_call(tmp_path):
    cloud = Service({})
    found = read(cloud, new_state(manifest(tmp_path, {"version": 1, "user_pool": {"PoolName": "x"}})), READINGS)
    assert (cloud.calls, found.notices) == ([], [])
    assert found.found == {name: {} for name in READINGS}


def test_a_service_that_there_is_not_is_left_out_with_a_notice(tmp_path):
    cloud = Service(ANSWERS)
    found = read(cloud, new_state(manifest(tmp_path, POOL)), READINGS, frozenset({"lambda", "iam", "logs"}))
    assert set(found.found) == {"functions", "roles", "log_groups"}
    assert [n.message for n in found.notices] == [
        "ses_identities were not read: there is no sesv2.",
        "certificates were not read: there is no acm.",
        "keys were not read: there is no kms.",
    ]


@pytest.mark.parametrize("written", [POLICY, json.dumps(POLICY), quote(json.dumps(POLICY))])
def test_a_policy_is_read_however_it_is_written(written):
    assert document(written) == POLICY


def test_what_is_no_policy_is_empty():
    assert [document(v) for v in (None, "nonsense", "[1]", 3)] == [{}] * 4


def test_every_reading_of_a_rule_exists():
    named = {name for rule in rules().values() for name in (*rule.reads, *rule.uses)}
    assert named == {*READINGS, "web_acl", SECRETS, NAMES}


def test_all_calls_only_read():
    assert all(operation.startswith(("Get", "List", "Describe")) for _, operation in CALLS)


# --- the command ---------------------------------------------------------------------------------------------------


def test_lint_live_judges_what_is_there(tmp_path):
    """The function is not there, the role is an administrator's, and the embedded Cognito has neither ACM nor SES."""
    file, state = tmp_path / "m.yaml", tmp_path / "state"
    file.write_text(yaml.safe_dump(POOL))
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    with bench(state) as here:
        iam = here.boto("iam")
        iam.create_role(RoleName="guest", Path="/path/", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="guest", PolicyName="all", PolicyDocument=json.dumps(wide))
    ran = run("lint", "-o", "json", str(file))
    assert {"CG801", "CGA01"} <= set(json.loads(ran.out)["skipped"])
    live = run(f"--local={state}", "lint", "--live", "-o", "json", str(file))
    tree = json.loads(live.out)
    found = {f["rule"]: f["message"] for f in tree["findings"]}
    assert "does not exist" in found["CG801"]
    assert "may do * on every resource" in found["CGA01"]
    assert "does not exist" in found["CG311"]
    assert set(tree["skipped"]) == {"CG602", "CG606", "CG804"}
    assert "certificates were not read: there is no acm." in live.err


def test_lint_live_knows_the_web_acl_of_the_live_pool(tmp_path):
    """Something else associated it, so only --live sees it."""
    tree = {"version": 1, "target": {"account": ACCOUNT, "region": "eu-west-1"}, "user_pool": {"PoolName": "customers"}}
    file, state = tmp_path / "m.yaml", tmp_path / "state"
    file.write_text(yaml.safe_dump(tree))
    arn = f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/guard/1a2b3c4d-0000-0000-0000-000000000000"
    with bench(state) as here:
        pool = here.boto().create_user_pool(PoolName="customers")["UserPool"]["Arn"]
    words = (f"--local={state}", "lint", "--live", "-o", "json", str(file))
    assert {"CG004", "CG312"} <= {f["rule"] for f in json.loads(run(*words).out)["findings"]}
    with bench(state) as here:
        here.boto("wafv2").associate_web_acl(WebACLArn=arn, ResourceArn=pool)
    assert not {"CG004", "CG312"} & {f["rule"] for f in json.loads(run(*words).out)["findings"]}


WEB = "version: 1\ntarget: {region: eu-west-1}\nuser_pool: {PoolName: customers}\n"
DOMAIN = f"domains: {{auth.example.com: {{CustomDomainConfig: {{CertificateArn: {CERTIFICATE!r}}}}}}}\n"
LATER = 1_900_000_000.0


def live(file: Path, *, code: int = 2) -> tuple[dict[str, str], Any, str]:
    ran = run("lint", "--live", "-o", "json", str(file))
    assert ran.code == code, ran.err
    tree = json.loads(ran.out)
    return {f["rule"]: f["message"] for f in tree["findings"]}, tree["skipped"], ran.err


def test_lint_live_finds_a_rotation_that_was_not_finished(tmp_path, local):
    file = tmp_path / "m.yaml"
    file.write_text(WEB + "clients: {web: {ClientName: site, GenerateSecret: true}, spa: {}}\n")
    assert run("apply", "--yes", str(file)).code == 0
    token = NOW.set(lambda: LATER)
    try:
        assert "CG415" not in live(file)[0]
        (record,) = local.records.values()
        idp = local.client("cognito-idp", "eu-west-1")
        ids = {c["ClientName"]: c for c in idp.list_user_pool_clients(UserPoolId=record["id"])["UserPoolClients"]}
        idp.add_user_pool_client_secret(UserPoolId=record["id"], ClientId=ids["site"]["ClientId"])
        local.calls.clear()
        found, skipped, _ = live(file)
        assert "the rotation was not finished" in found["CG415"]
        assert "CG415" not in skipped
        assert [c.operation for c in local.calls].count("ListUserPoolClientSecrets") == 1
        local.faults.add("ListUserPoolClientSecrets", "AccessDeniedException", times=9)
        found, skipped, err = live(file)
        assert ("CG415" in found, "CG415" in skipped) == (False, True)
        assert "needs the IAM action cognito-idp:ListUserPoolClientSecrets" in err
    finally:
        NOW.reset(token)


def test_lint_live_asks_dns_where_a_domain_leads(tmp_path, local):
    file = tmp_path / "m.yaml"
    file.write_text(WEB + DOMAIN)
    asked: list[str] = []

    def lookup(host: str) -> ResolvedName:
        asked.append(host)
        return ResolvedName(resolves=True, target="d2.cloudfront.net")

    token = LOOKUP.set(lookup)
    try:
        found, skipped, _ = live(file)
    finally:
        LOOKUP.reset(token)
    assert asked == ["auth.example.com"]
    assert "leads to d2.cloudfront.net, and Cognito has no such domain" in found["CG606"]
    assert "CG606" not in skipped
    assert "CG606" not in live(file)[0]  # there is no answer


def test_the_embedded_cognito_asks_no_dns(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(WEB + DOMAIN)
    ran = run(f"--local={tmp_path / 'state'}", "lint", "--live", "-o", "json", str(file))
    assert "CG606" in json.loads(ran.out)["skipped"]


def test_lint_live_refuses_another_account(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump({**POOL, "target": {"account": "210987654321", "region": "eu-west-1"}}))
    ran = run(f"--local={tmp_path / 'state'}", "lint", "--live", str(file))
    assert (ran.code, ran.out) == (4, "")
    assert "the manifest is for account 210987654321" in ran.err
