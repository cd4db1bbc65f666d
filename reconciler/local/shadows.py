"""moto's own objects, kept in sync with the records.

Sign-up, users and tokens are moto's: they work on its pool, client and group objects. They are created from the
records on the first such operation, because moto needs 110 ms to read one RSA key and configuration alone never needs
it.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from moto.cognitoidp.models import CognitoIdpGroup, CognitoIdpUserPool, CognitoIdpUserPoolClient

from reconciler.local.store import Record

USER_SIDE = ("Policies", "UsernameAttributes", "AliasAttributes", "AutoVerifiedAttributes", "AccountRecoverySetting")
"""The settings that moto's user operations read."""


@cache
def _template() -> Any:
    """Return a pool created by moto. Others are copies of it, because moto re-reads its one RSA key for each pool."""
    return CognitoIdpUserPool("123456789012", "us-east-1", "template", {})


def new_shadow(record: Record, account: str) -> Any:
    """Return a new moto object for a pool."""
    shadow = copy.copy(_template())
    for name, value in vars(shadow).items():
        if isinstance(value, dict):
            setattr(shadow, name, {})  # of moto's OrderedDict a list is made ten times as slowly
    shadow.account_id = account
    shadow.region = record["region"]
    shadow.id = record["id"]
    shadow.arn = record["arn"]
    return shadow


def renew(shadow: Any, record: Record) -> None:
    """Sync moto's object for a pool with its record; users, tokens and memberships are kept."""
    shadow.name = record["name"]
    shadow.extended_config = {k: record["config"][k] for k in USER_SIDE if k in record["config"]}
    mfa = record["mfa"]
    shadow.mfa_config = mfa["MfaConfiguration"]
    shadow.token_mfa_config = mfa.get("SoftwareTokenMfaConfiguration")
    sms = record["config"].get("SmsConfiguration")
    shadow.sms_mfa_config = {"SmsConfiguration": sms} if mfa.get("sms") else None
    _renew_clients(shadow, record)
    _renew_groups(shadow, record)


def _renew_clients(shadow: Any, record: Record) -> None:
    shadow.clients = {}
    for client_id, client in record["clients"].items():
        made = CognitoIdpUserPoolClient(record["id"], "ClientSecret" in client, dict(client))
        made.id = client_id
        made.secret = client.get("ClientSecret", made.secret)
        shadow.clients[client_id] = made


def _renew_groups(shadow: Any, record: Record) -> None:
    for name in [n for n in shadow.groups if n not in record["groups"]]:
        for user in shadow.groups.pop(name).users:
            user.groups = {g for g in user.groups if g.group_name != name}
    for name, group in record["groups"].items():
        settings = (group.get("Description", ""), group.get("RoleArn"), group.get("Precedence"))
        if name in shadow.groups:
            made = shadow.groups[name]
            made.description, made.role_arn, made.precedence = settings
        else:
            shadow.groups[name] = CognitoIdpGroup(record["id"], name, *settings)
