"""The steps after a first factor: a new password, the device, a second factor; then the sign-in is complete."""

from __future__ import annotations

import json
from dataclasses import replace

from reconciler.local.operation import Context
from reconciler.local.signin import custom_auth, devices, ending, second_factor
from reconciler.local.signin.parties import FORCED, Caller
from reconciler.local.signin.sign_ins import Attempt, ask
from reconciler.local.store import Record

HIDDEN = frozenset({"sub", "identities"})
"""Attributes that NEW_PASSWORD_REQUIRED does not show."""


def proceed(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    """Ask the next challenge, or complete the sign-in.

    Raises:
        ServiceError: ResourceNotFoundException for an unknown device, or those of delivery and triggers.
    """
    if attempt.user["status"] == FORCED and "password" in attempt.proven:
        return _ask_new_password(ctx, caller, attempt)
    device = attempt.device if devices.tracked(caller) else ""
    attempt = replace(attempt, device=device)
    if "mfa" not in attempt.proven:
        asked = _ask_device(ctx, caller, attempt) or second_factor.ask_second(ctx, caller, attempt)
        if asked is not None:
            return asked
    if attempt.rounds:
        return custom_auth.next_round(ctx, caller, attempt)
    return ending.finish(ctx, caller, attempt)


def _ask_device(ctx: Context, caller: Caller, attempt: Attempt) -> Record | None:
    """Ask a device for its proof after a password; other first factors need none."""
    if not attempt.device:
        return None
    devices.find(attempt.user, attempt.device)
    if "password" not in attempt.proven or not devices.is_challenged(caller.pool, attempt.user, attempt.device):
        return None
    return ask(ctx, caller, attempt, "DEVICE_SRP_AUTH", {"USERNAME": attempt.user["username"]})


def _ask_new_password(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    user = attempt.user
    shown = {k: v for k, v in user["attributes"].items() if k not in HIDDEN}
    named = {
        "USER_ID_FOR_SRP": user["username"],
        "userAttributes": json.dumps(shown),
        "requiredAttributes": json.dumps([f"userAttributes.{name}" for name in missing(caller.pool, user)]),
    }
    return ask(ctx, caller, attempt, "NEW_PASSWORD_REQUIRED", named)


def missing(pool: Record, user: Record) -> list[str]:
    """Return the required attributes that a user lacks."""
    return [a["Name"] for a in pool["schema"] if a["Required"] and not user["attributes"].get(a["Name"])]
