"""Every Region of every partition is judged as the installed botocore judges it, without a table of our own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from botocore.session import Session

from reconciler.kinds import KINDS, root_of
from reconciler.terminal.options import is_region
from reconciler.values import regions
from schemas.documents import DOCUMENTS
from tests.cli.support import run

SESSION = Session()
LISTED = {
    region: found["partition"]
    for found in SESSION.get_component("data_loader").load_data("endpoints")["partitions"]
    for region in found["regions"]
}
"""Every Region that botocore lists with the services in it, with its partition."""
SUFFIXES = {p: SESSION.get_component("endpoint_resolver").get_partition_dns_suffix(p) for p in set(LISTED.values())}
UNLISTED = ("eu-west-9", "eusc-de-west-1", "me-future-1", "us-gov-south-1", "zz-nowhere-1")

BODIES = {
    "UserPool": "user_pool: {PoolName: p}",
    "IdentityPool": "identity_pool: {IdentityPoolName: p, AllowUnauthenticatedIdentities: false}",
}
IDS = {"UserPool": "{}_AbCdEf123", "IdentityPool": "{}:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"}
kinds = pytest.mark.parametrize("kind", DOCUMENTS)
heads = pytest.mark.parametrize("head", ["target: {{region: {}}}", "id: {}"])


def validated(kind: str, head: str, region: str):
    place = IDS[kind].format(region) if head.startswith("id") else region
    text = f"version: 1\nkind: {kind}\n{head.format(json.dumps(place))}\n{BODIES[kind]}\n"
    return run("validate", "-", stdin=text)


def offered(service: str) -> set[str]:
    return {r for p in SESSION.get_available_partitions() for r in SESSION.get_available_regions(service, p)}


@heads
@kinds
@pytest.mark.parametrize("region", sorted(LISTED))
def test_a_pool_is_valid_where_botocore_has_the_service_and_nowhere_else(region, kind, head):
    service = root_of(kind).service
    ran = validated(kind, head, region)
    if region in offered(service):
        assert (ran.code, [line for line in ran.err.splitlines() if not line.startswith("Security:")]) == (0, [])
    else:
        assert ran.code == 3
        assert f"pools in {region}: botocore" in ran.err
        assert f"has no {service} there. Use another Region" in ran.err


@heads
@kinds
@pytest.mark.parametrize("region", UNLISTED)
def test_a_region_that_botocore_does_not_list_is_a_warning_because_it_may_be_new(region, kind, head):
    ran = validated(kind, head, region)
    assert ran.code == 0
    assert f"does not list the Region {region}" in ran.err
    assert "update botocore if the Region is new" in ran.err


def test_a_misspelled_region_gets_a_suggestion():
    assert "Did you mean eu-west-1?" in validated("UserPool", "target: {{region: {}}}", "eu-wset-1").err


def test_china_has_identity_pools_and_no_user_pools():
    head = "target: {{region: {}}}"
    assert validated("IdentityPool", head, "cn-north-1").code == 0
    assert validated("UserPool", head, "cn-north-1").code == 3


def test_the_european_sovereign_cloud_has_both():
    assert all(validated(kind, head, "eusc-de-east-1").code == 0 for kind in DOCUMENTS for head in ("id: {}",))


@pytest.mark.parametrize("region", sorted(LISTED))
def test_every_region_of_botocore_can_be_an_option(region):
    assert is_region(region)


@pytest.mark.parametrize("region", sorted(LISTED))
def test_arns_and_provider_names_have_the_partition_and_the_suffix_of_the_region(region):
    partition = LISTED[region]
    assert regions.partition(region) == SESSION.get_partition_for_region(region) == partition
    assert regions.suffix(region) == SUFFIXES[partition]
    pool = f"{region}_AbCdEf123"
    exported = KINDS["user_pool"].exports({"UserPoolId": pool}, region)
    assert exported["ProviderName"] == f"cognito-idp.{region}.{SUFFIXES[partition]}/{pool}"


@pytest.mark.parametrize(
    ("region", "iam"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("eusc-de-east-1", "eusc-de-east-1"),
        ("xx-west-1", "us-east-1"),
    ],
)
def test_a_service_without_regions_is_at_home_in_one_of_the_partition(region, iam):
    assert regions.home("iam", region) == iam
    assert regions.home("lambda", region) == region


@pytest.mark.parametrize("region", ["us-gov-south-1", "eusc-de-west-1", "cn-south-9", "eu-isoe-east-3"])
def test_a_region_that_is_not_listed_yet_belongs_to_the_partition_whose_pattern_it_fits(region):
    assert regions.partition(region) == SESSION.get_partition_for_region(region) != "aws"


def test_a_region_of_no_partition_is_taken_for_one_of_the_first():
    assert (regions.partition("zz-nowhere-1"), regions.suffix("zz-nowhere-1")) == ("aws", "amazonaws.com")


def test_a_replica_needs_user_pools_in_its_region_too():
    text = "version: 1\ntarget: {{region: eu-west-1}}\nuser_pool: {{PoolName: p}}\nreplicas: {{{}: {{}}}}\n"
    ran = run("validate", "-", stdin=text.format("cn-north-1"))
    assert ran.code == 3
    assert "There are no user pools in cn-north-1" in ran.err
    assert run("validate", "-", stdin=text.format("eu-central-1")).code == 0


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_a_region_of_the_command_line_without_the_service_is_refused_before_aws_is_asked(command):
    text = "version: 1\nuser_pool: {PoolName: p}\n"
    words = ["--yes"] if command == "apply" else []
    ran = run(command, *words, "--region", "cn-north-1", "-", stdin=text)
    assert ran.code == 3
    assert "there are no user pools in cn-north-1" in ran.err
    environ = {"AWS_REGION": "us-iso-east-1"}
    assert run(command, *words, "-", stdin=text, environ=environ).code == 3


def test_asking_for_a_region_imports_neither_boto3_nor_botocore():
    code = "import sys\nfrom reconciler.values import regions\nregions.offers('cognito-idp', 'eu-west-1')\n"
    code += "sys.exit(bool({'boto3', 'botocore'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("pool", "certificate", "code"),
    [
        ("eu-west-1", "arn:aws:acm:us-east-1:123456789012:certificate/a", 0),
        ("eu-west-1", "arn:aws:acm:eu-west-1:123456789012:certificate/a", 3),
        ("us-gov-west-1", "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/a", 0),
        ("eusc-de-east-1", "arn:aws-eusc:acm:eusc-de-east-1:123456789012:certificate/a", 0),
    ],
)
def test_a_certificate_is_in_us_east_1_only_where_that_region_exists(pool, certificate, code):
    domain = {"auth.example.com": {"CustomDomainConfig": {"CertificateArn": certificate}}}
    tree = {"version": 1, "target": {"region": pool}, "user_pool": {"PoolName": "p"}, "domains": domain}
    assert run("validate", "-", stdin=json.dumps(tree)).code == code
