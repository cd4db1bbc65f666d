"""`iam-policy`: what it prints is what a run of the command calls, and nothing else.

Runs are recorded from outside, by their log: it has a line for each request to any service.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.errors import iam_action
from reconciler.local import LocalCognito
from reconciler.observing.pool_facts import ResolvedName
from reconciler.runs.name_lookup import LOOKUP
from tests.cli.support import run
from tests.render.golden import check as golden

ROOT = Path(__file__).parents[2]
CALL = re.compile(r"poolctl\.aws: ([\w-]+):(\w+) (?:answered|failed) in ")
WITHOUT_PERMISSION = {"sts:GetCallerIdentity"}
BESIDES = {"cognito-idp:GetWebACLForResource", "iam:PassRole", "iam:CreateServiceLinkedRole"}
"""Actions that no call is named after."""


@pytest.fixture
def here(monkeypatch):
    monkeypatch.chdir(ROOT)


def actions(text: str) -> set[str]:
    found = json.loads(text)
    return {
        a
        for policy in (found if isinstance(found, list) else [found])
        for s in policy["Statement"]
        for a in s["Action"]
    }


def policy(*words: str) -> set[str]:
    ran = run("iam-policy", *words)
    assert ran.code == 0, ran.err
    return actions(ran.out)


def called(*words: str, code: int = 0) -> set[str]:
    ran = run("--log-level", "debug", *words)
    assert ran.code == code, ran.err
    return {f"{service}:{operation}" for service, operation in CALL.findall(ran.err)} - WITHOUT_PERMISSION


REGIONS = ("eu-west-1", "us-east-1", "us-west-2")
"""Where the examples are."""


def changed_by_hand(directory: Path) -> None:
    """Have somebody do what makes a run look further: raise feature plans, and add what no manifest declares."""
    with LocalCognito(directory) as local:
        for record in local.records.values():
            cognito = local.client("cognito-idp", record["arn"].split(":")[3])
            ids = {"UserPoolId": record["id"]}
            record["config"]["UserPoolTier"] = "PLUS"
            client = cognito.list_user_pool_clients(**ids, MaxResults=1)["UserPoolClients"][0]["ClientId"]
            cognito.create_cimd_policy(**ids, ClientId=client, PolicyName="x", URLPatterns=["https://a.example/c"])
            if not cognito.list_terms(**ids)["Terms"]:
                terms = {"TermsName": "privacy-policy", "TermsSource": "LINK", "Enforcement": "NONE"}
                cognito.create_terms(**ids, ClientId=client, Links={"cognito:default": "https://a.example"}, **terms)


def records(local: str, out: Path, codes: dict[str, int]) -> dict[str, set[str]]:
    """Return what each command calls in the state that there is."""
    words = {"plan": ["plan", "pools/"], "drift": ["drift", "pools/"]}
    found = {name: called(local, *typed, code=codes.get(name, 0)) for name, typed in words.items()}
    exports = [called(local, "--region", r, "export", "--all", "--force", "--to", str(out / r)) for r in REGIONS]
    return {**found, "export": set().union(*exports)}


def test_plan_drift_and_export_of_the_examples_call_what_their_policies_allow_and_nothing_else(here, tmp_path):
    local = f"--local={tmp_path / 'state'}"
    new = records(local, tmp_path / "new", {"drift": 2})
    assert run(local, "apply", "--yes", "pools/").code == 0
    usual = records(local, tmp_path / "usual", {})
    changed_by_hand(tmp_path / "state")
    changed = records(local, tmp_path / "changed", {"drift": 2})
    for name in ("plan", "drift", "export"):
        assert new[name] | usual[name] | changed[name] == policy("--for", name, "pools/") - BESIDES, name
    # What only a pool that was changed by hand needs is little, and each of it is known.
    lowered = {"cognito-idp:GetLogDeliveryConfiguration", "cognito-idp:ListUserPoolReplicas"}  # need a higher plan
    paused = {"cognito-idp:ListPointInTimeRecoveries"}  # asked where something differs
    assert policy("--for", "plan", "pools/") - usual["plan"] == lowered | paused
    inside = {"cognito-idp:DescribeCIMDPolicy", "cognito-idp:DescribeTerms"}
    inside |= {"cognito-idp:DescribeRiskConfiguration"}  # on PLUS alone
    assert policy("--for", "drift", "pools/") - BESIDES - usual["drift"] == inside | paused


def test_an_apply_of_the_examples_calls_what_its_policy_allows(here, tmp_path):
    local = f"--local={tmp_path / 'state'}"
    allowed = policy("--for", "apply", "pools/")
    made = called(local, "apply", "--yes", "pools/")
    changed_by_hand(tmp_path / "state")
    mended = called(local, "apply", "--yes", "pools/")
    assert made | mended <= allowed
    assert "cognito-idp:UpdateUserPool" in mended - made


def test_lint_live_calls_what_its_policy_allows_and_nothing_else(local, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = re.sub("^(id:.*|  staff:.*)\n", "", SAMPLE, flags=re.MULTILINE)
    (tmp_path / "m.yaml").write_text(text)
    rights = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    iam = local.client("iam")
    iam.create_role(RoleName="admins", AssumeRolePolicyDocument=json.dumps(rights))
    made = iam.create_policy(PolicyName="reads", PolicyDocument=json.dumps(rights))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="admins", PolicyArn=made)
    iam.put_role_policy(RoleName="admins", PolicyName="inline", PolicyDocument=json.dumps(rights))
    cognito = local.client("cognito-idp", "eu-west-1")
    pool_id = cognito.create_user_pool(PoolName="customers", UserPoolTier="PLUS")["UserPool"]["Id"]
    cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="api", GenerateSecret=True)
    token = LOOKUP.set(lambda _host: ResolvedName(resolves=False))
    try:
        found = {iam_action(call) for call in called("lint", "--live", "m.yaml", code=2)}
    finally:
        LOOKUP.reset(token)
    absent = {"lambda:GetPolicy"}  # there is no function
    assert found == policy("--for", "lint", "m.yaml") - absent - BESIDES


def test_a_role_from_the_environment_is_shown_in_no_policy_and_no_note(sample, tmp_path):
    assert '"arn:aws:iam::123456789012:role/*"' in printed("--for", "lint", sample)
    role = "arn:aws:iam::123456789012:role/canary_from_the_environment"
    ran = run(f"--local={tmp_path / 'state'}", "lint", "--live", sample, environ={"STAFF_ROLE": role})
    assert "canary" not in ran.out + ran.err


# --- the options of a run --------------------------------------------------------------------------------------------

DRIFT = """\
version: 1
target: {account: "123456789012", region: eu-west-1}
user_pool: {PoolName: customers}
clients: {web: {}}
outputs: [{client: web, format: ssm, prefix: /apps/web}]
"""


def test_a_drift_that_notifies_and_remembers_calls_what_its_policy_allows(local, tmp_path):
    place = "eu-west-1"
    topic = local.client("sns", place).create_topic(Name="drift")["TopicArn"]
    local.client("events", place).create_event_bus(Name="drift")
    configuration = {"LocationConstraint": place}
    local.client("s3", place).create_bucket(Bucket="reports", CreateBucketConfiguration=configuration)
    local.client("secretsmanager", place).create_secret(Name="hook", SecretString="http://127.0.0.1:9")
    manifest = tmp_path / "m.yaml"
    manifest.write_text(DRIFT)
    assert run("apply", "--yes", str(manifest)).code == 0
    for record in local.records.values():
        client = local.client("cognito-idp", place)
        client.create_group(UserPoolId=record["id"], GroupName="by-hand")
    words = (
        *("--pools", "--remember", "s3://reports/drift.json", "--max-secret-age", "90"),
        *(
            "--notify",
            f"sns={topic}",
            "--notify",
            "eventbridge=drift",
            "--notify",
            "webhook=secret:hook",
            str(manifest),
        ),
    )
    found = called("drift", "--region", place, *words, code=1)  # nobody listens behind the hook
    mended = called("apply", "--yes", str(manifest))
    allowed = policy("--for", "drift", "--region", place, *words)
    unneeded = {"cognito-idp:GetWebACLForResource", "s3:ListBucket"}
    never = {
        "cognito-idp:DescribeCIMDPolicy",
        "cognito-idp:DescribeIdentityProvider",
        "cognito-idp:DescribeRiskConfiguration",  # the pool is not on PLUS
        "cognito-idp:DescribeUserPoolDomain",
        "cognito-idp:ListUserPoolClientSecrets",  # no client has a secret
        "cognito-identity:DescribeIdentityPool",  # there is none
    }
    assert found == allowed - unneeded - never
    applied = policy("--for", "apply", str(manifest))
    assert mended <= applied
    assert {"ssm:GetParameters"} == {a for a in mended if a.startswith("ssm")}
    assert {"ssm:GetParameters", "ssm:PutParameter"} == {a for a in applied if a.startswith("ssm")}


@pytest.mark.parametrize(
    ("words", "action", "resources"),
    [
        (("--notify", "eventbridge=default"), "events:PutEvents", ["event-bus/default"]),
        (("--notify", "webhook=ssm:/alerts/url"), "ssm:GetParameter", ["parameter/alerts/url"]),
        (("--notify", "slack=secret:hook#url"), "secretsmanager:GetSecretValue", ["secret:hook-??????"]),
        (("--only-new", "s3://b/k"), "s3:GetObject", ["b/k"]),
        (("--attribute",), "cloudtrail:LookupEvents", ["*"]),
        (("--max-secret-age", "90"), "cognito-idp:ListUserPoolClientSecrets", ["userpool/*"]),
    ],
)
def test_each_option_of_drift_adds_what_it_calls(tmp_path, words, action, resources):
    manifest = tmp_path / "m.yaml"
    manifest.write_text(DRIFT)
    before = policy("--for", "drift", str(manifest))
    assert action not in before
    ran = run("iam-policy", "--for", "drift", *words, str(manifest))
    found = [s for s in json.loads(ran.out)["Statement"] if action in s["Action"]]
    assert [s["Resource"].rpartition(":::" if "s3" in action else ":123456789012:")[2] for s in found] == resources
    more = actions(ran.out) - before - {action}
    assert more <= {"s3:ListBucket"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "iam-policy needs --for plan|drift|export|apply"),
        (("--for", "destroy"), "invalid choice: 'destroy'"),
        (("--for", "plan", "--prune"), "--prune is an option of apply. Remove it, or write --for apply."),
        (("--for", "apply", "--attribute"), "--attribute is an option of drift."),
        (("--for", "drift", "--notify", "pigeon=x"), "does not begin with a channel"),
        (("--for", "drift", "--remember", "s3://bucket"), "is not an S3 object"),
        (("--for", "plan", "--target", "clients/web"), "--target limits one run"),
        (("--for", "plan", "pool:customers"), "plan works on manifests"),
        (("--for", "plan", "-o", "yaml"), "is not one of json, terraform, cloudformation"),
    ],
)
def test_what_does_not_go_together_is_refused(here, words, said):
    ran = run("iam-policy", *words)
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


# --- ARNs ------------------------------------------------------------------------------------------------------------

SAMPLE = """\
version: 1
id: eu-west-1_AbCdEf123
target: {account: "123456789012", region: eu-west-1}
user_pool:
  PoolName: customers
  UserPoolTier: PLUS
  EmailConfiguration:
    EmailSendingAccount: DEVELOPER
    SourceArn: arn:aws:ses:eu-west-1:123456789012:identity/a@b.example
  KeyConfiguration: {KeyType: CUSTOMER_MANAGED_KEY, KmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"}
  LambdaConfig:
    PreSignUp: arn:aws:lambda:eu-west-1:123456789012:function:check:live
    PostConfirmation: {$ssm: /lambdas/welcome}
sms_role: {RoleName: customers-sms, Path: /cognito/, Tags: [{Key: team, Value: web}]}
mfa: {MfaConfiguration: OPTIONAL, SmsMfaConfiguration: {}}
trigger_permissions: {}
log_groups:
  /aws/vendedlogs/customers: {retentionInDays: 30}
web_acl: {WebACLArn: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/pools/0001"}
groups:
  admins: {RoleArn: "arn:aws:iam::123456789012:role/admins"}
  staff: {RoleArn: {$env: STAFF_ROLE}}
domains:
  auth.example.com:
    CustomDomainConfig:
      CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000001
identity_providers:
  okta:
    ProviderType: OIDC
    ProviderDetails: {client_id: a, client_secret: {$secret: cognito/okta#secret}, oidc_issuer: "https://o.example",
      authorize_scopes: openid, attributes_request_method: GET}
clients:
  web: {}
  api: {GenerateSecret: true}
prune: [clients]
"""
HIDDEN = "arn:aws:iam::123456789012:role/canary_from_the_environment"


@pytest.fixture
def sample(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(SAMPLE)
    return "m.yaml"


def printed(*words: str) -> str:
    ran = run("iam-policy", *words, environ={"STAFF_ROLE": HIDDEN})
    assert ran.code == 0, ran.err
    assert HIDDEN not in ran.out + ran.err
    return ran.out


@pytest.mark.parametrize("name", ["plan", "drift", "export", "apply", "lint"])
def test_the_policies_of_a_sample(sample, name):
    golden(f"iam-{name}.json", printed("--for", name, *(["--prune"] if name == "apply" else []), sample))


@pytest.mark.parametrize("form", ["terraform", "cloudformation"])
def test_the_same_for_other_tools(sample, form):
    golden(f"iam-plan.{form}", printed("--for", "plan", "--format", form, sample))


def test_iam_takes_every_policy(here, local, sample):
    iam = local.client("iam")
    for name in ("plan", "drift", "export", "apply", "lint"):
        document = json.loads(printed("--for", name, sample))
        iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        sids = [s["Sid"] for s in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    template = json.loads(printed("--for", "apply", "-o", "cloudformation", sample))
    (resource,) = template["Resources"].values()
    assert resource["Type"] == "AWS::IAM::ManagedPolicy"
    assert resource["Properties"]["PolicyDocument"] == json.loads(printed("--for", "apply", sample))
    assert template["Outputs"] == {"PoolctlApplyArn": {"Value": {"Ref": "PoolctlApply"}}}


def test_a_policy_is_the_same_every_time_and_in_any_order(sample, tmp_path):
    (tmp_path / "other.yaml").write_text(DRIFT.replace("customers", "others"))
    both = printed("--for", "apply", sample, "other.yaml")
    assert both == printed("--for", "apply", "other.yaml", sample)


def test_what_is_not_known_is_wide_and_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: customers}\ngroups: {a: {}}\n")
    ran = run("iam-policy", "--for", "plan", "m.yaml")
    assert "Warning: m.yaml:1:1 does not say account and Region, so ARNs have * there." in ran.err
    assert "arn:aws:cognito-idp:*:*:userpool/*" in ran.out
    known = run("iam-policy", "--for", "plan", "m.yaml", environ={"AWS_REGION": "us-gov-west-1"})
    assert "arn:aws-us-gov:cognito-idp:us-gov-west-1:*:userpool/*" in known.out


USERS = """\
version: 1
target: {account: "123456789012", region: eu-west-1}
user_pool: {PoolName: customers}
users: {ada: {UserAttributes: {email: ada@b.example}}}
"""


def test_only_an_answer_with_a_secret_discloses_one(tmp_path, monkeypatch):
    """A password of a user is sent and never answered."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(USERS)
    ran = run("iam-policy", "--for", "plan", "m.yaml")
    assert "cognito-idp:AdminGetUser" in actions(ran.out)
    assert "in plain text" not in ran.err
    (tmp_path / "m.yaml").write_text(USERS + "clients: {web: {}}\n")
    ran = run("iam-policy", "--for", "plan", "m.yaml")
    assert "cognito-idp:DescribeUserPoolClient returns secrets in plain text" in ran.err


def test_the_region_of_the_configuration_is_that_of_the_policy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text("version: 1\nuser_pool: {PoolName: customers}\n")
    (tmp_path / "config").write_text("[profile work]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    ran = run("iam-policy", "--for", "plan", "--profile", "work", "m.yaml")
    assert "arn:aws:cognito-idp:eu-north-1:*:userpool/*" in ran.out


def test_a_live_pool_by_its_id_or_name():
    by_id = json.loads(run("iam-policy", "--for", "export", "pool:eu-west-1_AbCdEf123").out)["Statement"]
    assert "cognito-idp:ListUserPools" not in {a for s in by_id for a in s["Action"]}
    assert any("arn:aws:cognito-idp:eu-west-1:*:userpool/eu-west-1_AbCdEf123" in s["Resource"] for s in by_id)
    by_name = actions(run("iam-policy", "--for", "export", "pool:customers", "--region", "eu-west-1").out)
    assert {"cognito-idp:ListUserPools", "cognito-identity:ListIdentityPools"} <= by_name


def test_a_policy_that_is_too_long_is_divided(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pool = "version: 1\nid: eu-west-1_{0:09}\ntarget: {{account: '123456789012'}}\nuser_pool: {{PoolName: p{0}}}\n"
    (tmp_path / "m.yaml").write_text("---\n".join(pool.format(i) for i in range(150)))
    ran = run("iam-policy", "--for", "plan", "m.yaml")
    parts = json.loads(ran.out)
    assert len(parts) > 1
    assert f"so this is divided into {len(parts)}" in ran.err
    assert all(len(json.dumps(p, separators=(",", ":"))) <= 6144 for p in parts)
    found = [s for p in parts for s in p["Statement"]]
    assert len({s["Sid"] for s in found}) == len(found)
    allowed = [r for s in found if "cognito-idp:DescribeUserPool" in s["Action"] for r in s["Resource"]]
    assert len(allowed) == len(set(allowed)) == 150
    terraform = run("iam-policy", "--for", "plan", "--format", "terraform", "m.yaml").out
    assert [f'"poolctl-plan{n}"' in terraform for n in ("", "-2")] == [True, True]


def test_a_file_is_written_like_that_of_other_commands(sample, tmp_path):
    assert printed("--for", "plan", "-o", "json=plan.json", "-o", "terraform=plan.tf", sample) == ""
    assert json.loads((tmp_path / "plan.json").read_text()) == json.loads(printed("--for", "plan", sample))
    text = (tmp_path / "plan.tf").read_text()
    assert json.loads(text.partition("jsonencode(")[2].rpartition(")")[0]) == json.loads(
        printed("--for", "plan", sample)
    )
