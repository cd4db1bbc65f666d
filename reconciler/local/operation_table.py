"""All operations of ours: those on what a pool is, and those of its users."""

from __future__ import annotations

from reconciler.local import user_calls
from reconciler.local.backend import SETTINGS, SETTINGS_MODULES
from reconciler.local.checks import SERVICE
from reconciler.local.operation import Operation
from reconciler.local.signin import operations

MODULES = (*SETTINGS_MODULES, user_calls, *operations.MODULES)
"""The modules whose operations are about user pools."""

OPERATIONS: dict[str, Operation] = {name: run for module in MODULES for name, run in module.OPERATIONS.items()}
"""Our operations on user pools, which are all of the API."""

BY_SERVICE = {**SETTINGS, SERVICE: OPERATIONS}
"""Our operations by service; moto handles the rest of the other services."""
