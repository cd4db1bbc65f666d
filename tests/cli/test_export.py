"""`export` as an operator uses it: files, refusals, exit codes, both names of the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.cloud.aws import Aws
from reconciler.errors import Denied
from reconciler.local import LocalCognito
from tests.cli.support import Ran, run

REGION = "eu-west-1"


class Place:
    """An embedded Cognito kept in a directory, and what was exported from it."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self.to = directory / "out"

    def run(self, *argv: str) -> Ran:
        return run(f"--local={self.state}", "--region", REGION, *argv)

    def make(self, *names: str, **members: Any) -> list[str]:
        with LocalCognito(self.state) as local:
            idp = local.client("cognito-idp", REGION)
            return [idp.create_user_pool(PoolName=n, **members)["UserPool"]["Id"] for n in names]

    def identity_pool(self, name: str) -> None:
        with LocalCognito(self.state) as local:
            identity = local.client("cognito-identity", REGION)
            identity.create_identity_pool(IdentityPoolName=name, AllowUnauthenticatedIdentities=False)

    def files(self) -> list[str]:
        return sorted(str(p.relative_to(self.to)) for p in self.to.rglob("*") if p.is_file())


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("command", ["export", "import"])
def test_one_pool_goes_to_standard_output(place, command):
    (pool_id,) = place.make("customers")
    by_name = place.run(command, "--pool", "customers", "--mode", "minimal")
    by_id = run(f"--local={place.state}", command, "--pool", pool_id, "--mode", "minimal")  # the id names its Region
    assert by_name.code == by_id.code == 0, by_name.err
    assert by_name.out == by_id.out
    assert by_name.out.endswith(f"id: {pool_id}\n\nuser_pool:\n  PoolName: customers\n")


GUARDED = """\

user_pool:
  PoolName: customers
  Policies:
    PasswordPolicy:
      MinimumLength: 8
      RequireUppercase: true
      RequireLowercase: true
      RequireNumbers: true
      RequireSymbols: true
      TemporaryPasswordValidityDays: 7
    SignInPolicy:
      AllowedFirstAuthFactors: [PASSWORD]
  DeletionProtection: INACTIVE
  AdminCreateUserConfig:
    AllowAdminCreateUserOnly: false
  AccountRecoverySetting:
    RecoveryMechanisms:
      - Priority: 1
        Name: verified_email
      - Priority: 2
        Name: verified_phone_number
  UserPoolTier: ESSENTIALS
  KeyConfiguration:
    KeyType: AWS_OWNED_KEY
  IssuerConfiguration:
    Type: ORIGINAL
  AcrConfiguration:
    Level1:
      AcrValue: urn:cognito:loa:1
    Level2:
      AcrValue: urn:cognito:loa:2
    Level3:
      AcrValue: urn:cognito:loa:3
    Level4:
      AcrValue: urn:cognito:loa:4

mfa:
  MfaConfiguration: "OFF"

session:
  UserSessionTracking: DISABLED
  TokenSession:
    MaxPerUser: 20
"""


def test_what_governs_security_is_written_even_at_the_default(place):
    (pool_id,) = place.make("customers")
    ran = place.run("export", "--pool", "customers")
    assert ran.out.partition(f"id: {pool_id}\n")[2] == GUARDED
    place.run("export", "--pool", "customers", "--to", str(place.to))
    with LocalCognito(place.state) as local:
        policy = {"PasswordPolicy": {"MinimumLength": 6}}
        local.client("cognito-idp", REGION).update_user_pool(UserPoolId=pool_id, Policies=policy)
    assert place.run("drift", str(place.to)).code == 2


def test_all_pools_become_files_that_plan_to_nothing(place):
    place.make("customers", "staff / 1".replace("/", "+"), "Customers")
    place.identity_pool("customers")
    ran = place.run("export", "--all", "--mode", "full", "--to", str(place.to))
    assert ran.code == 0, ran.err
    assert len(place.files()) == len({f.casefold() for f in place.files()}) == 4
    assert "staff-1.yaml" in place.files()
    assert sorted(ran.out.splitlines()) == [str(place.to / f) for f in place.files()]
    plan = place.run("plan", "--detailed-exitcode", str(place.to))
    assert plan.code == 0, plan.out + plan.err


def test_nothing_is_overwritten_without_force(place):
    place.make("customers", "staff")
    place.to.mkdir()
    (place.to / "staff.yaml").write_text("mine")
    ran = place.run("export", "--all", "--to", str(place.to))
    assert ran.code == 4
    assert str(place.to / "staff.yaml") in ran.err
    assert "--force" in ran.err
    assert place.files() == ["staff.yaml"]
    assert (place.to / "staff.yaml").read_text() == "mine"
    assert place.run("export", "--all", "--force", "--to", str(place.to)).code == 0
    assert place.files() == ["customers.yaml", "staff.yaml"]
    assert "PoolName: staff" in (place.to / "staff.yaml").read_text()


def test_a_directory_in_the_way_of_a_file_is_left_alone(place):
    place.make("customers")
    (place.to / "customers.yaml").mkdir(parents=True)
    ran = place.run("export", "--all", "--force", "--to", str(place.to))
    assert ran.code == 4
    assert [p.name for p in place.to.iterdir()] == ["customers.yaml"]


def test_a_file_where_the_directory_should_be(place):
    place.make("customers")
    place.to.write_text("mine")
    ran = place.run("export", "--pool", "customers", "--to", str(place.to))
    assert ran.code == 3
    assert "is not a directory" in ran.err
    assert place.to.read_text() == "mine"


def test_a_name_that_several_pools_have_is_refused_with_their_ids(place):
    ids = place.make("customers", "customers")
    place.identity_pool("customers")
    ran = place.run("export", "--pool", "customers")
    assert ran.code == 4
    assert all(pool_id in ran.err for pool_id in ids)
    assert "(IdentityPool)" in ran.err
    assert ran.out == ""


def test_a_pool_that_is_not_there(place):
    place.make("customers")
    ran = place.run("export", "--pool", "custoners")
    assert (ran.code, "Did you mean customers?" in ran.err) == (4, True)
    ran = place.run("export", "--pool", f"{REGION}_Nowhere12")
    assert (ran.code, f"{REGION}_Nowhere12" in ran.err) == (4, True)
    ran = place.run("export", "--pool", "us-east-1_Nowhere12")
    assert (ran.code, "--region" in ran.err) == (4, True)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--pool", "a", "--all"),
        ("--all",),
        ("--pool", "a", "--force"),
        ("--pool", "a", "pools/"),
        ("--pool", "a", "--mode", "tiny"),
        ("--pool", "a", "--secrets", "mask"),
    ],
)
def test_wrong_uses_are_invalid(argv):
    assert run("--local", "export", *argv).code == 3


def test_a_pool_of_a_stack_gets_a_warning(place):
    (pool_id,) = place.make("customers", UserPoolTags={"team": "web"})
    with LocalCognito(place.state) as local:
        local.records[pool_id]["config"]["UserPoolTags"]["aws:cloudformation:stack-name"] = "network"
        idp = local.client("cognito-idp", REGION)
        arn = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]
        idp.tag_resource(ResourceArn=arn, Tags={"so": "that it is kept"})
    ran = place.run("export", "--pool", "customers")
    assert "CloudFormation stack network" in ran.err
    assert "aws:" not in ran.out
    assert "team: web" in ran.out


def test_what_could_not_be_read_is_said_and_is_no_success(place, monkeypatch):
    class Blind(Aws):
        def call(self, service, operation, params):
            if operation == "ListGroups":
                raise Denied("cognito-idp:ListGroups", "AccessDeniedException", "not allowed")
            return super().call(service, operation, params)

    monkeypatch.setattr("reconciler.cloud.aws.Aws", Blind)
    place.make("customers")
    ran = place.run("export", "--all", "--to", str(place.to))
    assert ran.code == 7
    assert "customers: Could not read groups: cognito-idp:ListGroups: AccessDeniedException" in ran.err
    assert "# Could not be read" in (place.to / "customers.yaml").read_text()


def spoil(place: Place, pool_id: str) -> None:
    """Give a pool a value that Cognito never returns, which no manifest may hold."""
    with LocalCognito(place.state) as local:
        local.records[pool_id]["config"]["LambdaConfig"] = {"PreSignUp": "no ARN"}
        idp = local.client("cognito-idp", REGION)
        arn = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]
        idp.tag_resource(ResourceArn=arn, Tags={"so": "that it is kept"})


def test_a_pool_that_fails_its_proof_does_not_stop_the_others(place):
    _, spoilt, _ = place.make("customers", "partners", "staff")
    spoil(place, spoilt)
    place.to.mkdir()
    (place.to / "partners.yaml").write_text("of an earlier export")
    ran = place.run("export", "--all", "--force", "--to", str(place.to))
    assert ran.code == 6
    assert f"partners ({spoilt}) was not exported: The exported manifest does not match the live pool" in ran.err
    assert "PreSignUp" in ran.err
    assert place.files() == ["customers.yaml", "partners.yaml", "staff.yaml"]
    assert sorted(ran.out.splitlines()) == [str(place.to / f) for f in ("customers.yaml", "staff.yaml")]
    assert (place.to / "partners.yaml").read_text() == "of an earlier export"
    (place.to / "partners.yaml").unlink()
    plan = place.run("plan", "--detailed-exitcode", str(place.to))
    assert plan.code == 0, plan.out + plan.err


@pytest.mark.parametrize("to", [True, False])
def test_a_single_pool_that_fails_its_proof_leaves_nothing(place, to):
    (spoilt,) = place.make("customers")
    spoil(place, spoilt)
    ran = place.run("export", "--pool", "customers", *(("--to", str(place.to)) if to else ()))
    assert ran.code == 6
    assert "PreSignUp" in ran.err
    assert ran.out == ""
    assert not place.to.exists()


def test_two_runs_give_the_same_bytes(place):
    place.make("customers")
    runs = [place.run("export", "--pool", "customers", "--mode", "full") for _ in range(2)]
    assert runs[0].out == runs[1].out != ""


def test_an_account_without_pools(place):
    ran = place.run("export", "--all", "--to", str(place.to))
    assert ran.code == 0
    assert "no pools" in ran.err
    assert not place.to.exists()
