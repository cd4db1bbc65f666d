"""Log groups and the resource policies of CloudWatch Logs (cognito.md 9.7); moto's would be lost after a run."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, arn_part
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Record, partition

SERVICE = "logs"
RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
MOST_POLICIES = 10


def create_log_group(ctx: Context, params: Record) -> Record:
    """CreateLogGroup."""
    groups, name = _groups(ctx), params["logGroupName"]
    if name in groups:
        raise ServiceError("ResourceAlreadyExistsException", "The specified log group already exists")
    groups[name] = {"logGroupClass": "STANDARD", "tags": {}, **params}
    ctx.store.touch_account()
    return {}


def delete_log_group(ctx: Context, params: Record) -> Record:
    """DeleteLogGroup: refuses one that is protected."""
    group = _group(ctx, params["logGroupName"])
    if group.get("deletionProtectionEnabled"):
        raise ServiceError("ValidationException", "Deletion protection is enabled for the specified log group")
    del _groups(ctx)[group["logGroupName"]]
    ctx.store.touch_account()
    return {}


def describe_log_groups(ctx: Context, params: Record) -> Record:
    """DescribeLogGroups, by a prefix of names; without their tags."""
    prefix = params.get("logGroupNamePrefix", "")
    found = [_view(ctx, g) for n, g in sorted(_groups(ctx).items()) if n.startswith(prefix)]
    return {"logGroups": found[: params.get("limit", 50)]}


def put_retention_policy(ctx: Context, params: Record) -> Record:
    """PutRetentionPolicy."""
    group = _group(ctx, params["logGroupName"])
    if params["retentionInDays"] not in RETENTIONS:
        raise ServiceError("InvalidParameterException", "1 validation error detected: invalid retentionInDays")
    return _set(ctx, group, "retentionInDays", params["retentionInDays"])


def delete_retention_policy(ctx: Context, params: Record) -> Record:
    """DeleteRetentionPolicy."""
    return _set(ctx, _group(ctx, params["logGroupName"]), "retentionInDays", None)


def associate_kms_key(ctx: Context, params: Record) -> Record:
    """AssociateKmsKey."""
    return _set(ctx, _group(ctx, params["logGroupName"]), "kmsKeyId", params["kmsKeyId"])


def disassociate_kms_key(ctx: Context, params: Record) -> Record:
    """DisassociateKmsKey."""
    return _set(ctx, _group(ctx, params["logGroupName"]), "kmsKeyId", None)


def put_protection(ctx: Context, params: Record) -> Record:
    """PutLogGroupDeletionProtection."""
    group = _group(ctx, params["logGroupIdentifier"])
    return _set(ctx, group, "deletionProtectionEnabled", params["deletionProtectionEnabled"])


def tag_resource(ctx: Context, params: Record) -> Record:
    """TagResource: adds to the tags."""
    group = _by_arn(ctx, params["resourceArn"])
    return _set(ctx, group, "tags", {**group["tags"], **params["tags"]})


def untag_resource(ctx: Context, params: Record) -> Record:
    """UntagResource."""
    group = _by_arn(ctx, params["resourceArn"])
    return _set(ctx, group, "tags", {k: v for k, v in group["tags"].items() if k not in params["tagKeys"]})


def list_tags_for_resource(ctx: Context, params: Record) -> Record:
    """ListTagsForResource."""
    return {"tags": _by_arn(ctx, params["resourceArn"])["tags"]}


def put_resource_policy(ctx: Context, params: Record) -> Record:
    """PutResourcePolicy: adds a policy or replaces the one of its name; a Region has ten at most."""
    policies = ctx.store.account["log_policies"].setdefault(ctx.region, {})
    if params["policyName"] not in policies and len(policies) >= MOST_POLICIES:
        raise ServiceError("LimitExceededException", "Resource limit exceeded.")
    policies[params["policyName"]] = params["policyDocument"]
    ctx.store.touch_account()
    return {"resourcePolicy": {"policyName": params["policyName"], "policyDocument": params["policyDocument"]}}


def describe_resource_policies(ctx: Context, _params: Record) -> Record:
    """DescribeResourcePolicies."""
    policies = ctx.store.account["log_policies"].get(ctx.region, {})
    return {"resourcePolicies": [{"policyName": n, "policyDocument": d} for n, d in sorted(policies.items())]}


def _groups(ctx: Context) -> Record:
    groups: Record = ctx.store.account["log_groups"].setdefault(ctx.region, {})
    return groups


def _group(ctx: Context, name: str) -> Record:
    group: Record | None = _groups(ctx).get(name)
    if group is None:
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def _by_arn(ctx: Context, arn: str) -> Record:
    return _group(ctx, arn_part(arn, 6))


def _set(ctx: Context, group: Record, member: str, value: object) -> Record:
    if value is None:
        group.pop(member, None)
    else:
        group[member] = value
    ctx.store.touch_account()
    return {}


def _view(ctx: Context, group: Record) -> Record:
    name = group["logGroupName"]
    arn = f"arn:{partition(ctx.region)}:logs:{ctx.region}:{ACCOUNT}:log-group:{name}"
    shown = {k: v for k, v in group.items() if k != "tags"}
    return {**shown, "arn": f"{arn}:*", "logGroupArn": arn, "storedBytes": 0, "metricFilterCount": 0, "creationTime": 0}


OPERATIONS: dict[str, Operation] = {
    "CreateLogGroup": create_log_group,
    "DeleteLogGroup": delete_log_group,
    "DescribeLogGroups": describe_log_groups,
    "PutRetentionPolicy": put_retention_policy,
    "DeleteRetentionPolicy": delete_retention_policy,
    "AssociateKmsKey": associate_kms_key,
    "DisassociateKmsKey": disassociate_kms_key,
    "PutLogGroupDeletionProtection": put_protection,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
    "PutResourcePolicy": put_resource_policy,
    "DescribeResourcePolicies": describe_resource_policies,
}
