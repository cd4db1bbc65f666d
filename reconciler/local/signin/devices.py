"""Devices that a user pool remembers: ConfirmDevice and the like, and which devices replace MFA."""

from __future__ import annotations

import base64
import binascii

from reconciler.local.operation import Context, Operation, known, page
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import parties, simulated, tokens
from reconciler.local.signin.parties import Caller
from reconciler.local.store import ACCOUNT, Record, partition

NOT_ISSUED = "Invalid device key given."
REMEMBERED = "remembered"
HERE = "127.0.0.1"


def tracked(caller: Caller) -> bool:
    """Return whether devices are tracked: the pool does, and the sign-in comes from an SDK."""
    return caller.door == "api" and "DeviceConfiguration" in caller.pool["config"]


def new_key(ctx: Context) -> str:
    """Return a DeviceKey for a new device."""
    return f"{ctx.region}_{parties.random_uuid(ctx)}"


def group_key(ctx: Context, pool: Record) -> str:
    """Return DeviceGroupKey of a pool, such as `-v7w9UcY6`."""
    return "-" + base64.urlsafe_b64encode(simulated.derived(ctx, pool, "devices")).decode()[:8]


def find(user: Record, key: str) -> Record:
    """Return a confirmed device of a user.

    Raises:
        ServiceError: ResourceNotFoundException; clients look for the word device in the message.
    """
    return known(user["devices"], key, "Device does not exist.")


def remembered(user: Record, key: str) -> bool:
    """Return whether a device of a user is remembered."""
    return bool(user["devices"].get(key, {}).get(REMEMBERED))


def is_challenged(pool: Record, user: Record, key: str) -> bool:
    """Return whether a device has to prove itself, which replaces MFA."""
    asks = pool["config"].get("DeviceConfiguration", {}).get("ChallengeRequiredOnNewDevice")
    return bool(asks) and remembered(user, key)


def seen(ctx: Context, pool: Record, user: Record, key: str) -> None:
    """Record that a user has signed in with a device."""
    find(user, key)["authenticated"] = ctx.now()
    parties.put(ctx, pool, user)


def confirm_device(ctx: Context, params: Record) -> Record:
    """ConfirmDevice: only for the device of this sign-in; once."""
    who = tokens.bearer(ctx, params["AccessToken"])
    key, config = params["DeviceKey"], params.get("DeviceSecretVerifierConfig") or {}
    if who.claims.get("device_key") != key or "DeviceConfiguration" not in who.pool["config"]:
        refuse(NOT_ISSUED)
    if key in who.user["devices"]:
        raise ServiceError("DeviceKeyExistsException", "The device is confirmed already.")
    secret = {"verifier": _hex(config, "PasswordVerifier"), "salt": _hex(config, "Salt")}
    asks = bool(who.pool["config"]["DeviceConfiguration"].get("DeviceOnlyRememberedOnUserPrompt"))
    now = ctx.now()
    dates = {"created": now, "modified": now, "authenticated": now}
    name = params.get("DeviceName", "")
    who.user["devices"][key] = {**secret, **dates, "name": name, REMEMBERED: not asks}
    parties.put(ctx, who.pool, who.user)
    return {"UserConfirmationNecessary": asks}


def _hex(config: Record, member: str) -> str:
    try:
        value = base64.b64decode(config.get(member, ""), validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if not value:
        refuse(f"Missing required parameter {member}")
    return value.hex()


def _view(pool: Record, user: Record, key: str) -> Record:
    device = find(user, key)
    arn = (
        f"arn:{partition(pool['region'])}:cognito-idp:{pool['region']}:{ACCOUNT}:owner/{user['username']}/device/{key}"
    )
    status = REMEMBERED if device[REMEMBERED] else f"not_{REMEMBERED}"
    shown = {
        "device_status": "valid",
        "device_name": device["name"],
        "dev:device_arn": arn,
        "dev:device_owner": user["username"],
        "last_ip_used": HERE,
        "dev:device_remembered_status": status,
        "dev:device_sdk": "aws-sdk-unknown-unknown",
    }
    return {
        "DeviceKey": key,
        "DeviceAttributes": [{"Name": k, "Value": v} for k, v in shown.items()],
        "DeviceCreateDate": device["created"],
        "DeviceLastModifiedDate": device["modified"],
        "DeviceLastAuthenticatedDate": device["authenticated"],
    }


def _own(ctx: Context, params: Record) -> tuple[Record, Record]:
    if "AccessToken" not in params:
        refuse("Missing required parameter AccessToken")
    who = tokens.bearer(ctx, params["AccessToken"])
    return who.pool, who.user


def _get(pool: Record, user: Record, params: Record) -> Record:
    return {"Device": _view(pool, user, params["DeviceKey"])}


def _list(ctx: Context, pool: Record, user: Record, params: Record) -> Record:
    views = [_view(pool, user, key) for key in user["devices"]]
    at = {"NextToken": params["PaginationToken"]} if "PaginationToken" in params else {}
    answer = page(ctx, views, {**params, **at}, "Devices", "Limit")
    if "NextToken" in answer:
        answer["PaginationToken"] = answer.pop("NextToken")
    return answer


def _forget(ctx: Context, pool: Record, user: Record, params: Record) -> Record:
    find(user, params["DeviceKey"])
    del user["devices"][params["DeviceKey"]]
    parties.put(ctx, pool, user)
    tokens.end_device(ctx, pool, user, params["DeviceKey"])
    return {}


def _update(ctx: Context, pool: Record, user: Record, params: Record) -> Record:
    device = find(user, params["DeviceKey"])
    if "DeviceRememberedStatus" in params:
        device.update({REMEMBERED: params["DeviceRememberedStatus"] == REMEMBERED, "modified": ctx.now()})
        parties.put(ctx, pool, user)
    return {}


OPERATIONS: dict[str, Operation] = {
    "ConfirmDevice": confirm_device,
    "GetDevice": lambda ctx, params: _get(*_own(ctx, params), params),
    "AdminGetDevice": lambda ctx, params: _get(*parties.existing(ctx, params), params),
    "ListDevices": lambda ctx, params: _list(ctx, *_own(ctx, params), params),
    "AdminListDevices": lambda ctx, params: _list(ctx, *parties.existing(ctx, params), params),
    "ForgetDevice": lambda ctx, params: _forget(ctx, *_own(ctx, params), params),
    "AdminForgetDevice": lambda ctx, params: _forget(ctx, *parties.existing(ctx, params), params),
    "UpdateDeviceStatus": lambda ctx, params: _update(ctx, *_own(ctx, params), params),
    "AdminUpdateDeviceStatus": lambda ctx, params: _update(ctx, *parties.existing(ctx, params), params),
}
