"""The same law in every partition that has Cognito: apply, change the tags, export, and the plan is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from tests.cli.support import Ran, run

REGIONS = {
    partition: found[-1]
    for partition in Session().get_available_partitions()
    if (found := sorted(Session().get_available_regions("cognito-idp", partition)))
}
"""One Region of each partition with user pools."""

POOL = "version: 1\ntarget: {{region: {region}}}\nuser_pool: {{PoolName: users, UserPoolTags: {{team: {team}}}}}\n"
CLIENT = "clients: {web: {}}\n"
IDENTITIES = """\
version: 1
kind: IdentityPool
target: {{region: {region}}}
identity_pool:
  IdentityPoolName: ids
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
  - {{ProviderName: {{$ref: "users/user_pool#ProviderName"}}, ClientId: {{$ref: "users/clients/web#ClientId"}}}}
  IdentityPoolTags: {{team: {team}}}
"""


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request) -> Any:
    return request.param


def poolctl(tmp_path: Path, *words: str) -> Ran:
    return run(f"--local={tmp_path / 'state'}", "--non-interactive", *words)


def written(tmp_path: Path, region: str, team: str) -> str:
    directory = tmp_path / "pools"
    directory.mkdir(exist_ok=True)
    (directory / "users.yaml").write_text(POOL.format(region=region, team=team) + CLIENT)
    (directory / "ids.yaml").write_text(IDENTITIES.format(region=region, team=team))
    return str(directory)


def test_there_are_partitions_beside_the_first():
    assert {"aws", "aws-us-gov", "aws-eusc"} <= set(REGIONS)
    assert "aws-cn" not in REGIONS


def test_pools_are_made_tagged_and_exported_in_every_partition(tmp_path, region):
    for team in ("one", "two"):  # the second is a delta, which names the pools by their ARNs
        pools = written(tmp_path, region, team)
        applied = poolctl(tmp_path, "apply", "--yes", pools)
        assert applied.code == 0, applied.err
        planned = poolctl(tmp_path, "plan", "--detailed-exitcode", pools)
        assert planned.code == 0, planned.out
    out = tmp_path / "out"
    exported = poolctl(tmp_path, "export", "--region", region, "--all", "--to", str(out))
    assert exported.code == 0, exported.err
    assert f"region: {region}" in (out / "users.yaml").read_text()
    suffix = (
        Session()
        .get_component("endpoint_resolver")
        .get_partition_dns_suffix(Session().get_partition_for_region(region))
    )
    assert f"cognito-idp.{region}.{suffix}/{region}_" in (out / "ids.yaml").read_text()
    again = poolctl(tmp_path, "plan", "--detailed-exitcode", str(out))
    assert again.code == 0, again.out


def test_an_identity_pool_of_china_is_exported_where_there_are_no_user_pools(tmp_path):
    text = IDENTITIES[: IDENTITIES.index("  CognitoIdentityProviders")] + "  IdentityPoolTags: {{team: {team}}}\n"
    file = tmp_path / "ids.yaml"
    for team in ("one", "two"):
        file.write_text(text.format(region="cn-north-1", team=team))
        assert poolctl(tmp_path, "apply", "--yes", str(file)).code == 0
    ran = poolctl(tmp_path, "export", "--region", "cn-north-1", "--all", "--to", str(tmp_path / "out"))
    assert ran.code == 0, ran.err
    assert poolctl(tmp_path, "plan", "--detailed-exitcode", str(tmp_path / "out")).code == 0
