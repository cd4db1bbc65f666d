"""Risk configuration of threat protection (cognito.md 2.8, 4.4; O14): a full replacement, for pools and clients."""

from __future__ import annotations

import copy
import ipaddress
from typing import Any

from reconciler.local.operation import Context, Operation, find_client
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.rules import check_identity
from reconciler.local.store import Record

POOL = ""
"""Key of the pool's own configuration among those of its clients."""
BLOCKS = ("CompromisedCredentialsRiskConfiguration", "AccountTakeoverRiskConfiguration", "RiskExceptionConfiguration")
TAKEOVER = "AccountTakeoverRiskConfiguration"
RANGES = ("BlockedIPRangeList", "SkippedIPRangeList")
REGIONAL = ("From", "SourceArn")
"""Members of NotifyConfiguration specific to a replica (2.14)."""


def set_risk_configuration(ctx: Context, params: Record) -> Record:
    """SetRiskConfiguration: removes omitted blocks; with only ids, the whole configuration."""
    pool = ctx.pool(params)
    key = _key(pool, params)
    check_add_on(pool)
    config: Record = {k: copy.deepcopy(params[k]) for k in BLOCKS if params.get(k)}
    _check(config)
    if "SourceArn" in (notify := _notify(config)):
        check_identity(pool, notify["SourceArn"])
    _complete(config)
    home = ctx.store.pools[pool["id"]]
    if home is pool:
        _write(home, key, config, ctx.store.now())
    else:
        _write_regional(home, key, config)
    ctx.store.touch(home)
    return {"RiskConfiguration": _view(ctx, params)}


def _complete(config: Record) -> None:
    """Return the blocks as the service does: an empty filter if none was sent, and ranges in its own order."""
    if BLOCKS[0] in config:
        config[BLOCKS[0]].setdefault("EventFilter", [])
    exceptions = config.get("RiskExceptionConfiguration", {})
    exceptions.update({k: sorted(v) for k, v in exceptions.items()})


def _write(pool: Record, key: str, config: Record, now: float) -> None:
    pool["risk"].pop(key, None)
    if config:
        pool["risk"][key] = {**config, "LastModifiedDate": now}


def _write_regional(home: Record, key: str, config: Record) -> None:
    """Write the sender settings of a replica; all other settings must equal the primary's."""
    live = {k: v for k, v in home["risk"].get(key, {}).items() if k in BLOCKS}
    if _without_sender(config) != _without_sender(live):
        refuse("In a secondary Region only From and SourceArn of NotifyConfiguration can differ from the primary's.")
    home["replica"]["risk"][key] = {k: v for k, v in _notify(config).items() if k in REGIONAL}


def _without_sender(config: Record) -> Record:
    rest = copy.deepcopy(config)
    for member in REGIONAL:
        _notify(rest).pop(member, None)
    return rest


def _notify(config: Record) -> Record:
    found: Record = config.get(TAKEOVER, {}).get("NotifyConfiguration", {})
    return found


def _key(pool: Record, params: Record) -> str:
    if "ClientId" not in params:
        return POOL
    return str(find_client(pool, params["ClientId"])["ClientId"])


def is_protected(pool: Record) -> bool:
    """Return whether a pool has threat protection."""
    return bool(pool["config"].get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF") != "OFF")


def check_add_on(pool: Record) -> None:
    """Check that a pool has threat protection.

    Raises:
        ServiceError: UserPoolAddOnNotEnabledException.
    """
    if not is_protected(pool):
        raise ServiceError("UserPoolAddOnNotEnabledException", "User pool does not have advanced security enabled.")


def _check(config: Record) -> None:
    takeover = config.get(TAKEOVER, {})
    notifies = any(a["Notify"] for a in takeover.get("Actions", {}).values())
    if notifies and "NotifyConfiguration" not in takeover:
        refuse("NotifyConfiguration is required when an action has Notify set to true.")
    exceptions = config.get("RiskExceptionConfiguration", {})
    for name in RANGES:
        _check_ranges(name, exceptions.get(name))


def _check_ranges(name: str, ranges: list[str] | None) -> None:
    if ranges == []:  # cognito.md 15.12
        refuse(f"{name} cannot be empty; leave it out.")
    for text in ranges or ():
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            refuse(f"{name}: {text} is not a range of addresses in CIDR notation.")


def _view(ctx: Context, params: Record) -> Record:
    pool = ctx.pool(params)
    key = _key(pool, params)
    config: Record = copy.deepcopy(pool["risk"].get(key, {}))
    if ctx.region != ctx.store.pools[pool["id"]]["region"]:
        _notify(config).update(pool["replica"]["risk"].get(key, {}))
    ids: dict[str, Any] = {"UserPoolId": pool["id"], **({"ClientId": key} if key else {})}
    return {**ids, **config}


def describe_risk_configuration(ctx: Context, params: Record) -> Record:
    """DescribeRiskConfiguration: only the ids if nothing is set, also for a client that inherits."""
    return {"RiskConfiguration": _view(ctx, params)}


OPERATIONS: dict[str, Operation] = {
    "SetRiskConfiguration": set_risk_configuration,
    "DescribeRiskConfiguration": describe_risk_configuration,
}
