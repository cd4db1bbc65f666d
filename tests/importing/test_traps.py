"""What a conversion may get wrong although every member is right: one test for each way that has none elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.local import LocalCognito
from tests.cli.support import Ran, run
from tests.importing.terraform_form import instance, state

REGION = "eu-west-1"
POOL = "eu-west-1_Traps0001"
ARN = f"arn:aws:cognito-idp:{REGION}:123456789012:userpool/{POOL}"


def terraform(tmp_path: Path, *resources: Any) -> tuple[Ran, dict[str, Any]]:
    text = state(*resources)
    (tmp_path / "s.json").write_text(text if isinstance(text, str) else json.dumps(text))
    words = ("import", "--from", "terraform", str(tmp_path / "s.json"), "--no-live", "--to", str(tmp_path / "p"))
    ran = run(*words)
    return ran, {m["id"]: m for m in (yaml.safe_load(p.read_text()) for p in (tmp_path / "p").glob("*.yaml"))}


def stack(tmp_path: Path, template: Any, listed: str, *more: str, local: str = "") -> Ran:
    (tmp_path / "t.json").write_text(json.dumps(template))
    (tmp_path / "r").write_text(listed)
    words = ("import", "--from", "cloudformation", str(tmp_path / "t.json"), "--stack-resources", str(tmp_path / "r"))
    first = (f"--local={local}",) if local else ()
    last = () if local else ("--no-live",)
    return run(*first, *words, "--region", REGION, "--to", str(tmp_path / "p"), "-o", "json", *last, *more)


def rows(**ids: str) -> dict[str, Any]:
    return {"StackResourceSummaries": [{"LogicalResourceId": n, "PhysicalResourceId": i} for n, i in ids.items()]}


def resource(of: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Cognito::{of}", "Properties": properties}


def written(tmp_path: Path) -> Any:
    (file,) = (tmp_path / "p").glob("*.yaml")
    return yaml.safe_load(file.read_text())


# --- Terraform -----------------------------------------------------------------------------------------------------


def test_the_domains_that_a_pool_shows_are_not_owned(tmp_path):
    pool = {"id": POOL, "arn": ARN, "name": "traps", "domain": "traps", "custom_domain": "login.example.com"}
    ran, found = terraform(tmp_path, instance("aws_cognito_user_pool", pool))
    assert ran.code == 0, ran.err
    assert "domains" not in found[POOL]
    assert "login.example.com" not in ran.out


def test_a_validity_of_0_was_never_set(tmp_path):
    client = {"id": "c1", "user_pool_id": POOL, "name": "web", "token_validity_units": []}
    client |= dict.fromkeys(("access_token_validity", "id_token_validity", "refresh_token_validity"), 0)
    ran, found = terraform(tmp_path, instance("aws_cognito_user_pool_client", client))
    assert ran.code == 0, ran.err
    assert found[POOL]["clients"] == {"web": {"ClientId": "c1"}}


@pytest.mark.parametrize("client", [None, "", "ALL"])
@pytest.mark.parametrize("of", ["aws_cognito_risk_configuration", "aws_cognito_user_pool_ui_customization"])
def test_no_client_is_the_pool(tmp_path, of, client):
    exceptions = [{"blocked_ip_range_list": ["10.0.0.0/8"], "skipped_ip_range_list": []}]
    settings = {"risk_exception_configuration": exceptions} if "risk" in of else {"css": ".logo-customizable {}"}
    ran, found = terraform(tmp_path, instance(of, {"user_pool_id": POOL, "client_id": client, **settings}))
    assert ran.code == 0, ran.err
    assert "clients" not in found[POOL]


def test_keys_with_dots_and_quotes_and_pools_of_one_name(tmp_path):
    pools = [f"eu-west-1_Traps000{n}" for n in (1, 2, 3)]
    keys = ['x.y"z', "${a} %{b}", "a/b"]
    parts = [
        {**instance("aws_cognito_user_pool", {"id": id_, "name": name}), "name": f"n{i}", "module": 'module.m["a.b"]'}
        for i, (id_, name) in enumerate(zip(pools, ["same", "same", "SAME"], strict=True))
    ]
    for part, key in zip(parts, keys, strict=True):
        part["instances"][0]["index_key"] = key
    ran, found = terraform(tmp_path, *parts)
    assert ran.code == 0, ran.err
    assert set(found) == set(pools)
    assert 'from module.m["a.b"].aws_cognito_user_pool.n0["x.y\\"z"]' in ran.out
    assert "from = module.m.aws_cognito_user_pool.n1" in ran.out
    assert len({p.name.casefold() for p in (tmp_path / "p").glob("*.yaml")}) == 3


# --- CloudFormation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump], ids=["json", "yaml"])
@pytest.mark.parametrize("key", ["StackResources", "StackResourceSummaries"])
def test_the_list_is_read_in_each_form_that_the_cli_prints(tmp_path, dump, key):
    listed = {key: rows(Pool="eu-west-1_123456789")["StackResourceSummaries"]}
    template = {"Resources": {"Pool": resource("UserPool", UserPoolName="traps")}}
    ran = stack(tmp_path, template, dump(listed))
    assert ran.code == 0, ran.err
    assert written(tmp_path)["id"] == "eu-west-1_123456789"


@pytest.mark.parametrize(
    "text", ["----\n|  DescribeStackResources |\n", "STACKRESOURCES\tPool\t: x", "{", "- [", "a: &a [*a]"]
)
def test_a_list_in_another_form_is_refused(tmp_path, text):
    ran = stack(tmp_path, {"Resources": {"Pool": resource("UserPool")}}, text)
    assert ran.code == 3
    assert "Save the output of `aws cloudformation describe-stack-resources --stack-name NAME`." in ran.err


def test_an_output_of_a_nested_stack_can_be_given(tmp_path):
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x"}}
    pool = {"Fn::GetAtt": ["Auth", "Outputs.Pool"]}
    group = resource("UserPoolGroup", UserPoolId=pool, GroupName="staff", Precedence=1)
    template = {"Resources": {"Auth": nested, "Staff": group}}
    listed = json.dumps(rows(Auth="arn", Staff="staff"))
    ran = stack(tmp_path, template, listed)
    assert ran.code == 3
    assert "Staff is in a pool that the template does not say" in ran.err
    ran = stack(tmp_path, template, listed, "--export", f"Auth.Outputs.Pool={POOL}")
    assert ran.code == 0, ran.err
    assert written(tmp_path)["groups"] == {"staff": {"Precedence": 1}}


@pytest.mark.parametrize("place", ["resource", "properties", "below"])
def test_a_macro_beside_other_keys_is_named_and_the_rest_is_converted(tmp_path, place):
    macro = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
    policy = {"PasswordPolicy": {"MinimumLength": 12}, **(macro if place == "below" else {})}
    pool = resource("UserPool", UserPoolName="traps", Policies=policy, **(macro if place == "properties" else {}))
    pool |= macro if place == "resource" else {}
    ran = stack(tmp_path, {"Resources": {"Pool": pool}}, json.dumps(rows(Pool=POOL)))
    assert ran.code == 0, ran.err
    said = {u["source"]: u["category"] for u in json.loads(ran.out)["not_mapped"]}
    assert said["Pool.Policies" if place == "below" else "Pool"] == "alarming"
    assert written(tmp_path)["user_pool"]["Policies"] == {"PasswordPolicy": {"MinimumLength": 12}}


def test_a_pool_with_nothing_but_retain_is_read_from_the_live_pool(tmp_path):
    template = {"Resources": {"Pool": {"Type": "AWS::Cognito::UserPool", "DeletionPolicy": "Retain"}}}
    ran = stack(tmp_path, template, json.dumps(rows(Pool=POOL)))
    assert ran.code == 3
    assert "without --no-live, the live pools have them.\n  Pool sets members" in ran.err
    local = str(tmp_path / "cognito")
    with LocalCognito(Path(local)) as cognito:
        made = cognito.client("cognito-idp", REGION).create_user_pool(PoolName="generated")["UserPool"]["Id"]
    ran = stack(tmp_path, template, json.dumps(rows(Pool=made)), local=local)
    assert ran.code == 0, ran.err
    assert written(tmp_path)["user_pool"] == {"PoolName": "generated"}


def test_what_cloudformation_never_compares_is_said_where_it_is_otherwise(tmp_path):
    """EnabledMfas and ManagedLoginVersion are write-only: its drift detection shows nothing."""
    local = str(tmp_path / "cognito")
    with LocalCognito(Path(local)) as cognito:
        idp = cognito.client("cognito-idp", REGION)
        made = idp.create_user_pool(PoolName="traps")["UserPool"]["Id"]
        factor = {"Enabled": True}
        idp.set_user_pool_mfa_config(UserPoolId=made, SoftwareTokenMfaConfiguration=factor, MfaConfiguration="OPTIONAL")
        idp.create_user_pool_domain(UserPoolId=made, Domain="traps-one", ManagedLoginVersion=1)

    def said(factors: list[str], version: int) -> set[str]:
        pool = resource("UserPool", UserPoolName="traps", MfaConfiguration="OPTIONAL", EnabledMfas=factors)
        domain = resource("UserPoolDomain", UserPoolId=made, Domain="traps-one", ManagedLoginVersion=version)
        listed = json.dumps(rows(Pool=made, Door="traps-one"))
        ran = stack(tmp_path, {"Resources": {"Pool": pool, "Door": domain}}, listed, "--force", local=local)
        assert ran.code == 0, ran.err
        return {u["source"] for u in json.loads(ran.out)["not_mapped"] if "never compares it" in u["reason"]}

    assert said(["SOFTWARE_TOKEN_MFA"], 1) == set()
    assert said(["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], 2) == {"Pool.EnabledMfas", "Door.ManagedLoginVersion"}
    assert written(tmp_path)["mfa"]["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
