from __future__ import annotations
from reconciler.local.operation import Context
from reconciler.local.store import Record


def set_password(ctx: Context, pool: Record, user: Record, password: str, *, until: float | None = None) -> None:
    user["password"] = {"salt": "", "verifier": password, "set": ctx.now(), "until": until}


def temporary_until(ctx: Context, pool: Record) -> float:
    return ctx.now()
