"""Log delivery: destinations of user errors and events; the list is replaced as a whole (cognito.md 2.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.kinds.iam_access import IamAccess, Permission, linked_role
from reconciler.kinds.kind import Breach, Need, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part, below, dig, filled, needs_plan, single
from reconciler.model import Tree
from schemas.log_delivery import LogDelivery
from schemas.published import PUBLISHED

LOGS = "log_delivery"
LEVELS: Mapping[str, str] = PUBLISHED["log_levels"]
DESTINATIONS = ("CloudWatchLogsConfiguration", "S3Configuration", "FirehoseConfiguration")


def deliveries(state: State) -> Iterator[Breach]:
    """O15."""
    configurations = [c for c in state.one(LOGS).get("LogConfigurations") or () if isinstance(c, dict)]
    path = ("LogConfigurations",)
    sources = [c.get("EventSource") for c in configurations]
    if len(set(sources)) < len(sources):
        yield single(LOGS, path, "Each EventSource can be configured only once.", "Remove the second entry.")
    for entry in configurations:
        source = entry.get("EventSource")
        problem = _problem(entry, str(source), state)
        if problem:
            yield single(LOGS, path, *problem)
        if source == "userAuthEvents" and below(state, "PLUS"):
            yield needs_plan(LOGS, "", path, "Delivery of userAuthEvents", "PLUS")


def _problem(entry: dict[str, object], source: str, state: State) -> tuple[str, str] | None:
    given = [d for d in DESTINATIONS if isinstance(arns := entry.get(d), dict) and filled(arns)]
    if len(given) != 1:
        return f"{source} requires exactly one destination.", f"Set one of {', '.join(DESTINATIONS)}."
    if source == "userNotification" and given != ["CloudWatchLogsConfiguration"]:
        return "userNotification can be delivered to CloudWatch Logs only.", "Use CloudWatchLogsConfiguration."
    level = LEVELS.get(source)
    if level and entry.get("LogLevel") not in (None, level):
        return f"{source} requires LogLevel {level}.", f"Write LogLevel: {level}."
    group = dig(entry, "CloudWatchLogsConfiguration", "LogGroupArn")
    if state.region and arn_part(group, 3) not in ("", state.region):
        return f"The log group is in {arn_part(group, 3)}, the pool in {state.region}.", "Use one in the pool's Region."
    if state.account and arn_part(group, 4) not in ("", state.account):
        return "The log group belongs to another account.", f"Use one of account {state.account}."
    return None


def needs(tree: Tree) -> Iterable[Need]:
    """The log groups, as far as the manifest has a section for them."""
    for entry in tree.get("LogConfigurations") or ():
        name = arn_part(dig(entry, "CloudWatchLogsConfiguration", "LogGroupArn"), 6)
        if name:
            yield Need("log_groups", name)


O15 = Rule(
    id="O15",
    title="Log delivery",
    what="An EventSource appears twice, has no destination or several, has a wrong LogLevel, or has an "
    "unsupported destination, or one in another account or Region; or userAuthEvents is delivered on a plan below "
    "PLUS.",
    why="Cognito refuses the configuration. userNotification goes to CloudWatch Logs only, and a log group is in the "
    "account and Region of the pool.",
    source=("cognito.md 3.3", "cognito.md 2.11"),
    advice="Declare each EventSource once, with one destination and its LogLevel: ERROR for userNotification, INFO "
    "for userAuthEvents.",
    check=deliveries,
    offline=True,
)

VERBS = ("Create", "Get", "Update", "Delete")
EVERY_STREAM = "arn:{partition}:firehose:{region}:{account}:deliverystream/*"


def _on(service: str, *operations: str) -> tuple[Permission, ...]:
    return tuple(Permission(f"{service}:{operation}") for operation in operations)


KIND = ResourceKind(
    section=LOGS,
    resource_type="LogDeliveryConfiguration",
    title="log delivery",
    model=LogDelivery,
    reading=Reading("GetLogDeliveryConfiguration", "LogDeliveryConfiguration"),
    update="SetLogDeliveryConfiguration",
    read_with=("user_pool",),
    needs=needs,
    rules=(O15,),
    iam=IamAccess(
        permissions={
            "SetLogDeliveryConfiguration": _on("logs", *(f"{verb}LogDelivery" for verb in VERBS), "ListLogDeliveries"),
            "LogConfigurations.CloudWatchLogsConfiguration": _on(
                "logs", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"
            ),
            "LogConfigurations.S3Configuration.BucketArn": tuple(
                Permission(f"s3:{verb}BucketPolicy", ("arn:{partition}:s3:::*",), named=True) for verb in ("Get", "Put")
            ),
            "LogConfigurations.FirehoseConfiguration.StreamArn": (
                Permission("firehose:TagDeliveryStream", (EVERY_STREAM,), named=True),
                linked_role("delivery.logs.amazonaws.com"),
            ),
        }
    ),
)
