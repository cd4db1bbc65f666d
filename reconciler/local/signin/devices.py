"""Devices that a user pool remembers: ConfirmDevice and the like, and the proof of a device in place of MFA."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record


def remembered(user: Record, key: str) -> bool:
    """Return whether a device of a user is remembered."""
    raise NotImplementedError


def group_key(ctx: Context, pool: Record) -> str:
    """Return DeviceGroupKey of a pool, such as `-v7w9UcY6`."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
