"""The web ACL of a user pool (cognito.md 9.6): AWS WAF's operations, for ARNs of user pools only.

moto would accept any ARN, add a second web ACL beside the first, and lose both at the end of a run. Whether the web ACL
exists is not checked: moto's do not outlive a run, so one from an earlier run could not be found.
"""

from __future__ import annotations

import re

from reconciler.local.operation import Context, Operation, arn_part
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Record

SERVICE = "wafv2"
MARK = ":cognito-idp:"
"""Part of every ARN of a user pool."""
WEB_ACL = re.compile(r"regional/webacl/([\w-]{1,128})/([\w-]{1,36})")


def associate_web_acl(ctx: Context, params: Record) -> Record:
    """AssociateWebACL: a pool has at most one; a second replaces it."""
    arn = params["WebACLArn"]
    where = tuple(arn_part(arn, n) for n in (2, 3, 4))
    if where != (SERVICE, ctx.region, ACCOUNT) or not WEB_ACL.fullmatch(arn_part(arn, 5)):
        raise ServiceError(
            "WAFInvalidParameterException",
            "Error reason: The ARN isn't valid. It must be that of a regional web ACL in the Region of the user pool., "
            f"field: WEB_ACL_ARN, parameter: {arn}",
        )
    ctx.store.account["web_acls"][_pool_arn(ctx, params)] = arn
    ctx.store.touch_account()
    return {}


def disassociate_web_acl(ctx: Context, params: Record) -> Record:
    """DisassociateWebACL: succeeds without a web ACL."""
    ctx.store.account["web_acls"].pop(_pool_arn(ctx, params), None)
    ctx.store.touch_account()
    return {}


def get_web_acl_for_resource(ctx: Context, params: Record) -> Record:
    """GetWebACLForResource: an empty answer without a web ACL."""
    arn = ctx.store.account["web_acls"].get(_pool_arn(ctx, params))
    return {"WebACL": _view(arn)} if arn else {}


def _view(arn: str) -> Record:
    _, _, name, identifier = arn_part(arn, 5).split("/")
    return {
        "Name": name,
        "Id": identifier,
        "ARN": arn,
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name},
    }


def _pool_arn(ctx: Context, params: Record) -> str:
    arn = str(params["ResourceArn"])
    if not any(p["arn"] == arn for p in ctx.store.seen_in(ctx.region)):
        raise ServiceError(
            "WAFNonexistentItemException",
            "AWS WAF couldn't perform the operation because your resource doesn't exist.",
        )
    return arn


OPERATIONS: dict[str, Operation] = {
    "AssociateWebACL": associate_web_acl,
    "DisassociateWebACL": disassociate_web_acl,
    "GetWebACLForResource": get_web_acl_for_resource,
}
