"""What signed-in users do with their own account: GetUser, UpdateUserAttributes, VerifyUserAttribute, DeleteUser."""

from __future__ import annotations

from reconciler.local.operation import Operation

OPERATIONS: dict[str, Operation] = {}
