"""Log delivery (cognito.md 2.11, 4.4; O15): a list that is replaced as a whole and returned in another order."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, arn_part
from reconciler.local.refusal import above_tier, refuse
from reconciler.local.store import ACCOUNT, Record
from reconciler.local.tiers import LOG_EXPORT, USER_EVENTS

LEVELS = {"userNotification": "ERROR", USER_EVENTS: "INFO"}
LOG_GROUP = "CloudWatchLogsConfiguration"
DESTINATIONS = {LOG_GROUP: "LogGroupArn", "S3Configuration": "BucketArn", "FirehoseConfiguration": "StreamArn"}


def set_log_delivery_configuration(ctx: Context, params: Record) -> Record:
    """SetLogDeliveryConfiguration: [] disables all deliveries."""
    pool = ctx.pool(params)
    entries = params["LogConfigurations"]
    sources = [e["EventSource"] for e in entries]
    if len(set(sources)) < len(sources):
        refuse("There can be only one log configuration for each event source.")
    for entry in entries:
        _check(pool, entry)
    pool["logs"] = entries
    ctx.store.touch(pool)
    return {"LogDeliveryConfiguration": {"UserPoolId": pool["id"], "LogConfigurations": entries}}


def _check(pool: Record, entry: Record) -> None:
    source = entry["EventSource"]
    if entry["LogLevel"] != LEVELS[source]:
        refuse(f"LogLevel must be {LEVELS[source]} for {source}.")
    given = [d for d, arn in DESTINATIONS.items() if entry.get(d, {}).get(arn)]
    if len(given) != 1 or sum(d in entry for d in DESTINATIONS) != 1:
        refuse(f"{source} needs exactly one destination.")
    if source == USER_EVENTS:
        _check_plan(pool)
    elif given != [LOG_GROUP]:
        refuse(f"{source} can be delivered to CloudWatch Logs only.")
    if given == [LOG_GROUP]:
        _check_group(pool, entry[LOG_GROUP]["LogGroupArn"])


def _check_plan(pool: Record) -> None:
    config = pool["config"]
    if config["UserPoolTier"] != "PLUS":
        above_tier(config["UserPoolTier"], [LOG_EXPORT])
    if config.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF") == "OFF":
        refuse(f"{USER_EVENTS} needs threat protection in audit-only or full-function mode.")


def _check_group(pool: Record, arn: str) -> None:
    if (arn_part(arn, 2), arn_part(arn, 3), arn_part(arn, 4)) != ("logs", pool["region"], ACCOUNT):
        refuse("The log group must be in the account and Region of the user pool.")


def get_log_delivery_configuration(ctx: Context, params: Record) -> Record:
    """GetLogDeliveryConfiguration: the order is "by design" unspecified, so here it is reversed."""
    pool = ctx.pool(params)
    return {"LogDeliveryConfiguration": {"UserPoolId": pool["id"], "LogConfigurations": pool["logs"][::-1]}}


OPERATIONS: dict[str, Operation] = {
    "SetLogDeliveryConfiguration": set_log_delivery_configuration,
    "GetLogDeliveryConfiguration": get_log_delivery_configuration,
}
