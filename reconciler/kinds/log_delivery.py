"""Log delivery: destinations of user errors and events; the list is replaced as a whole (cognito.md 2.11)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Reading, ResourceKind, State, Violation
from reconciler.kinds.shared_rules import arn_part, below, dig, single, tier_violation
from schemas.log_delivery import LogDelivery

LOGS = "log_delivery"
LEVELS = {"userNotification": "ERROR", "userAuthEvents": "INFO"}
DESTINATIONS = ("CloudWatchLogsConfiguration", "S3Configuration", "FirehoseConfiguration")


def deliveries(state: State) -> Iterator[Violation]:
    """O15."""
    configurations = [c for c in state.one(LOGS).get("LogConfigurations") or () if isinstance(c, dict)]
    path = ("LogConfigurations",)
    sources = [c.get("EventSource") for c in configurations]
    if len(set(sources)) < len(sources):
        yield single(LOGS, "O15", path, "Each EventSource can be delivered once.", "Remove the second entry.")
    for entry in configurations:
        source = entry.get("EventSource")
        problem = _problem(entry, str(source), state)
        if problem:
            yield single(LOGS, "O15", path, *problem)
        if source == "userAuthEvents" and below(state, "PLUS"):
            yield tier_violation(LOGS, "", path, "Delivery of userAuthEvents", "PLUS", rule="O15")


def _problem(entry: dict[str, object], source: str, state: State) -> tuple[str, str] | None:
    given = [d for d in DESTINATIONS if entry.get(d)]
    if len(given) != 1:
        return f"{source} needs exactly one destination.", f"Give one of {', '.join(DESTINATIONS)}."
    if source == "userNotification" and given != ["CloudWatchLogsConfiguration"]:
        return "userNotification can be delivered to CloudWatch Logs only.", "Use CloudWatchLogsConfiguration."
    level = LEVELS.get(source)
    if level and entry.get("LogLevel") not in (None, level):
        return f"{source} is delivered with LogLevel {level}.", f"Write LogLevel: {level}."
    group = dig(entry, "CloudWatchLogsConfiguration", "LogGroupArn")
    if state.region and arn_part(group, 3) not in ("", state.region):
        return f"The log group is in {arn_part(group, 3)}, the pool in {state.region}.", "Use one in the pool's Region."
    return None


KIND = ResourceKind(
    section=LOGS,
    resource_type="LogDeliveryConfiguration",
    title="log delivery",
    model=LogDelivery,
    reading=Reading("GetLogDeliveryConfiguration", "LogDeliveryConfiguration"),
    update="SetLogDeliveryConfiguration",
    stands_on=("user_pool",),
    rules=(deliveries,),
    permissions={
        "SetLogDeliveryConfiguration": (
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
        ),
        "LogConfigurations.CloudWatchLogsConfiguration": (
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ),
        "LogConfigurations.S3Configuration": ("s3:GetBucketPolicy", "s3:PutBucketPolicy"),
        "LogConfigurations.FirehoseConfiguration": ("firehose:TagDeliveryStream", "iam:CreateServiceLinkedRole"),
    },
)
