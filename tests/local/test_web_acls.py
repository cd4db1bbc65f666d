"""The web ACL of a user pool (cognito.md 9.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import Api, Refused

ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/guard/00000000-0000-0000-0000-000000000000"


@pytest.fixture
def waf(api: Api) -> Any:
    return api.local.client("wafv2")


def shown(waf: Any, arn: str) -> str | None:
    answer = waf.get_web_acl_for_resource(ResourceArn=arn)
    return answer["WebACL"]["ARN"] if "WebACL" in answer else None


def test_a_pool_has_one(api: Api, waf: Any) -> None:
    arn = api.describe(api.pool())["Arn"]
    assert shown(waf, arn) is None
    for acl in (ACL, ACL.replace("guard", "other")):
        waf.associate_web_acl(WebACLArn=acl, ResourceArn=arn)
        assert shown(waf, arn) == acl
    assert waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Name"] == "other"
    waf.disassociate_web_acl(ResourceArn=arn)
    assert shown(waf, arn) is None
    waf.disassociate_web_acl(ResourceArn=arn)
    assert [c.operation for c in api.local.calls if c.service == "wafv2"][1] == "AssociateWebACL"


def test_unknown_pools(api: Api, waf: Any) -> None:
    arn = api.describe(api.pool())["Arn"]
    for wrong in (f"{arn}x", arn.replace("us-east-1:", "eu-west-1:")):
        for call in (waf.get_web_acl_for_resource, waf.disassociate_web_acl):
            with Refused("doesn't exist", "WAFNonexistentItemException"):
                call(ResourceArn=wrong)
        with Refused("doesn't exist", "WAFNonexistentItemException"):
            waf.associate_web_acl(WebACLArn=ACL, ResourceArn=wrong)


@pytest.mark.parametrize(
    "acl", [ACL.replace("regional", "global"), ACL.replace("us-east-1", "eu-west-1"), ACL.replace("wafv2", "waf")]
)
def test_only_regional_web_acls_of_the_pools_region(api: Api, waf: Any, acl: str) -> None:
    arn = api.describe(api.pool())["Arn"]
    with Refused("The ARN isn't valid", "WAFInvalidParameterException"):
        waf.associate_web_acl(WebACLArn=acl, ResourceArn=arn)


def test_it_goes_with_the_pool(api: Api, waf: Any) -> None:
    pool = api.pool()
    arn = api.describe(pool)["Arn"]
    waf.associate_web_acl(WebACLArn=ACL, ResourceArn=arn)
    api.boto.delete_user_pool(UserPoolId=pool)
    assert api.local.account["web_acls"] == {}


def test_faults_happen_here_too(api: Api, waf: Any) -> None:
    arn = api.describe(api.pool())["Arn"]
    api.local.faults.add("AssociateWebACL", "WAFUnavailableEntityException", message="words")
    with Refused("words", "WAFUnavailableEntityException"):
        waf.associate_web_acl(WebACLArn=ACL, ResourceArn=arn)
    assert shown(waf, arn) is None


def test_everything_else_is_motos(api: Api, waf: Any) -> None:
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    made = waf.create_web_acl(Name="w", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible)
    balancer = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/b"
    waf.associate_web_acl(WebACLArn=made["Summary"]["ARN"], ResourceArn=balancer)
    assert shown(waf, balancer) == made["Summary"]["ARN"]
    assert not [c for c in api.local.calls if c.service == "wafv2"]
