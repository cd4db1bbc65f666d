"""`copy` as an operator uses it, and which variables a goal needs its own values of."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli import entry
from reconciler.export.exporter import Exported
from reconciler.export.moved_variables import lines, moved
from reconciler.export.placed_variables import PlacedVariable
from reconciler.export.portable_arns import Home
from reconciler.local import LocalCognito
from reconciler.runs import copy_run
from reconciler.runs.export_run import ExportOutcome, ExportResult, Found
from tests.cli.support import Ran, run

HERE, THERE = "eu-west-1", "eu-central-1"
SES = f"arn:aws:ses:{THERE}:123456789012:identity/example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000001"
SOURCE = f"""\
version: 1
target: {{account: "123456789012", region: {HERE}}}
user_pool:
  PoolName: customers
  EmailConfiguration: {{EmailSendingAccount: DEVELOPER, SourceArn: "{SES.replace(THERE, HERE)}"}}
  LambdaConfig: {{PreSignUp: "arn:aws:lambda:{HERE}:123456789012:function:check"}}
groups:
  admins: {{RoleArn: "arn:aws:iam::123456789012:role/admins"}}
domains:
  acme: {{}}
clients:
  web: {{}}
"""


@pytest.fixture
def place(tmp_path) -> Path:
    (tmp_path / "m.yaml").write_text(SOURCE)
    made = run(f"--local={tmp_path / 'state'}", "apply", "--yes", str(tmp_path / "m.yaml"))
    assert made.code == 0, made.err
    return tmp_path


def copy(place: Path, *words: str, to: str = THERE) -> Ran:
    return run(f"--local={place / 'state'}", "--region", HERE, "copy", "pool:customers", "--to", to, *words)


def pools(place: Path, region: str = THERE) -> list[str]:
    with LocalCognito(place / "state") as local:
        return [p["Id"] for p in local.client("cognito-idp", region).list_user_pools(MaxResults=9)["UserPools"]]


GIVEN = ("--var", f"ses_identity_example_com={SES}")


def test_without_apply_it_is_a_plan(place):
    ran = copy(place, *GIVEN)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == "Plan: 4 to add, 0 to change, 0 to destroy."
    assert f"account 123456789012, {THERE}" in ran.out
    assert f"arn:aws:lambda:{THERE}:123456789012:function:check" in ran.out
    assert pools(place) == []


def test_what_the_goal_needs_is_listed_at_once_and_nothing_is_written(place):
    ran = copy(place, "--out", str(place / "out"), "--apply", "--yes")
    assert ran.code == 4
    assert (
        "Error: The goal needs values of its own for these variables, which name the source; nothing was written to "
        f"AWS:\n  ses_identity_example_com: {SES.replace(THERE, HERE)} (user_pool.EmailConfiguration.SourceArn). An "
        "identity is verified in each account and Region.\nGive each with --var NAME=VALUE, or all with --var-file "
        f"FILE. To keep a value, give it too.\nOr change them in {place}/out/customers.vars, then: poolctl plan "
        f"--var-file {place}/out/customers.vars {place}/out/customers.yaml\n" in ran.err
    )
    assert pools(place) == []
    text = (place / "out" / "customers.vars").read_text()
    assert f"region: {THERE}\n" in text
    assert "# The goal needs its own. An identity is verified in each account and Region.\n" in text


def test_it_is_applied_and_managed_by_what_it_wrote(place):
    ran = copy(place, *GIVEN, "--out", str(place / "out"), "--apply", "--yes")
    assert ran.code == 0, ran.err
    assert len(pools(place)) == 1
    files = ("--var-file", str(place / "out" / "customers.vars"), str(place / "out" / "customers.yaml"))
    again = run(f"--local={place / 'state'}", "plan", "--detailed-exitcode", *files)
    assert (again.code, again.out.splitlines()[-1]) == (0, "No changes. Your user pools match the manifests.")
    (made,) = pools(place)
    assert copy(place, *GIVEN).code == 4
    assert f'name "customers": {made}; nothing was written.' in copy(place, *GIVEN).err


def test_source_and_copy_differ_in_arns_only(place):
    assert copy(place, *GIVEN, "--out", str(place / "out"), "--apply", "--yes").code == 0
    (one,), (other,) = pools(place, HERE), pools(place)
    ran = run(f"--local={place / 'state'}", "diff", f"pool:{one}", f"pool:{other}")
    assert ran.code == 2
    changed = [line.split("=")[0].split()[1] for line in ran.out.splitlines() if line.startswith("  ~ ")]
    assert changed == ["LambdaConfig.PreSignUp", "EmailConfiguration.SourceArn"]
    assert ran.out.splitlines()[-1] == "Differences: 0 only in B, 1 different, 0 only in A."


def test_variables_of_a_file_do_not_move_the_goal(place):
    (place / "own.vars").write_text(f"region: {HERE}\naccount: '999999999999'\nses_identity_example_com: {SES}\n")
    ran = copy(place, "--var-file", str(place / "own.vars"))
    assert ran.code == 0, ran.err
    assert f"account 123456789012, {THERE}" in ran.out


def test_gates_of_the_command_line_and_of_the_repository_reach_the_plan(place):
    (place / "poolctl.yaml").write_text("version: 1\nfail_on: [high]\n")
    words = ("pool:customers", "--to", THERE, "--config", str(place / "poolctl.yaml"))
    options = entry.parse("copy", entry.load("copy"), words, {})
    exported = Exported("customers", "")
    result = ExportResult(Found("UserPool", "x", "customers"), exported, (), (), "")
    outcome = ExportOutcome((result,), (), (Path("o/customers.yaml"), Path("o/customers.vars")), ("customers.vars",))
    planned = copy_run.planned_options(options, copy_run.Copied(outcome, moved([], SAME, PLACES, ())))
    assert (planned.command, planned.region, planned.fail_on) == ("plan", THERE, ("high",))
    assert (planned.paths, planned.var_files) == (("o/customers.yaml",), ("o/customers.vars",))


def test_the_same_region_has_the_pool_itself(place):
    ran = copy(place, to=HERE)
    assert ran.code == 4
    assert 'already has a UserPool with the name "customers"' in ran.err


def test_a_replica_is_no_copy(tmp_path):
    with LocalCognito(tmp_path / "state") as local:
        idp = local.client("cognito-idp", HERE)
        key = f"arn:aws:kms:{HERE}:123456789012:key/mrk-00000000000000000000000000000001"
        config = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": key}
        pool = idp.create_user_pool(PoolName="customers", KeyConfiguration=config)["UserPool"]["Id"]
        idp.create_user_pool_replica(UserPoolId=pool, RegionName=THERE)
    ran = copy(tmp_path)
    assert ran.code == 4
    assert (
        f"customers has a replica in {THERE}; nothing was written. A replica has the users, ids and clients of its "
        "pool, and a copy has none of them. Copy to another Region." in ran.err
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("copy", "pool:x"), "Name the Region of the copy: --to REGION or --to REGION/PROFILE."),
        (("copy", "pool:x", "--to", "nowhere"), '--to: "nowhere" is not a Region code. Write one such as eu-west-1.'),
        (("copy", "pool:x", "--to", "eu-west-1/"), '--to: "eu-west-1/" has no profile after the /.'),
        (("copy", "pool:x", "--to", THERE, "--apply"), "--apply needs --out DIR"),
        (("copy", "pool:x", "--to", THERE, "--force"), "--force needs --out DIR: it overwrites files."),
        (("copy", "pool:x", "--to", THERE, "--yes"), "--yes needs --apply"),
        (("copy",), "he following arguments are required: POOL"),
    ],
)
def test_wrong_use(words, said):
    ran = run("--local", *words)
    assert ran.code == 3
    assert said in ran.err


def test_cognito_must_exist_at_the_goal(place):
    ran = copy(place, to="cn-north-1")
    assert ran.code == 3
    assert "--to: There are no user pools in cn-north-1" in ran.err


def test_another_partition_has_other_hosts_and_arns(tmp_path):
    with LocalCognito(tmp_path / "state") as local:
        idp = local.client("cognito-idp", "us-gov-west-1")
        function = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:check"
        pool = idp.create_user_pool(PoolName="customers", LambdaConfig={"PreSignUp": function})["UserPool"]["Id"]
        idp.create_user_pool_domain(Domain="acme", UserPoolId=pool)
        idp.create_user_pool_client(
            UserPoolId=pool,
            ClientName="web",
            CallbackURLs=["https://acme.auth-fips.us-gov-west-1.amazoncognito.com/saml2/idpresponse"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid"],
            SupportedIdentityProviders=["COGNITO"],
        )
    ran = run(f"--local={tmp_path / 'state'}", "copy", f"pool:{pool}", "--to", HERE)
    assert ran.code == 0, ran.err
    assert f'["https://acme.auth.{HERE}.amazoncognito.com/saml2/idpresponse"]' in ran.out
    assert f'"arn:aws:lambda:{HERE}:123456789012:function:check"' in ran.out
    assert "gov" not in ran.out


# --- variables -----------------------------------------------------------------------------------------------------

PLACES = {
    "account": "123456789012",
    "region": THERE,
    "partition": "aws",
    "dns_suffix": "amazonaws.com",
    "login_suffix": f"auth.{THERE}.amazoncognito.com",
}
SAME = Home("aws", HERE, "123456789012")


def variable(value: str, sort: str) -> PlacedVariable:
    return PlacedVariable("x", value, "Why.", ("a", "b", "c"), sort)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "sort", "in_region", "in_account"),
    [
        ("arn:aws:iam::123456789012:role/x", "arn", True, False),
        ("arn:aws:iam::aws:policy/x", "arn", True, True),
        ("arn:aws:s3:::bucket", "arn", True, False),
        (CERTIFICATE, "arn", True, False),
        (CERTIFICATE.replace("us-east-1", HERE), "arn", False, False),
        (SES, "arn", True, False),
        (SES.replace(THERE, HERE), "arn", False, False),
        ("arn:aws-us-gov:iam::123456789012:role/x", "arn", False, False),
        ("acme", "prefix", True, True),
        ("login.example.com", "custom domain", False, False),
        ("eu-west-1_Abc123XyZ", "id", False, False),
        ("eu-west-1_Abc123XyZ", "own id", True, True),
        ("x.cloudfront.net", "host", True, True),
        ("eu-north-1", "region", True, True),
    ],
)
def test_which_values_of_the_source_hold_at_the_goal(value, sort, in_region, in_account):
    one = variable(value, sort)
    for account, holds in (("123456789012", in_region), ("222222222222", in_account)):
        found = moved([one], SAME, {**PLACES, "account": account}, ())
        assert (found.missing == ()) is holds
        assert moved([one], SAME, {**PLACES, "account": account}, {"x"}).missing == ()
        assert found.every == (one,)
        assert found.kept == ((one,) if sort in ("own id", "host", "region") else ())


def test_a_prefix_is_taken_in_its_own_region():
    found = moved([variable("acme", "prefix")], SAME, {**PLACES, "region": HERE, "account": "222222222222"}, ())
    assert list(lines(found.missing)) == ["  x: acme (a, b and others). Why."]


def test_the_place_is_that_of_the_goal():
    place = PlacedVariable("region", HERE, "", (), "place")
    assert moved([place], SAME, PLACES, ()).every[0].value == THERE
