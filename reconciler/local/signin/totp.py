"""Codes of authenticator apps: six digits, 30 seconds, one step of tolerance each way, each used once."""

from __future__ import annotations

import base64
from typing import Literal

from reconciler.local.operation import Context

STEP = 30
TOLERANCE = (0, -1, 1)
SECRET = 32
"""Bytes of a secret; recorded ones have 52 characters in base32."""
Judged = Literal["right", "wrong", "used"]


def new_secret(ctx: Context) -> str:
    """Return a secret in base32, without padding."""
    return base64.b32encode(ctx.desk.random(SECRET)).decode().rstrip("=")


def judge(ctx: Context, secret: str, code: str, used: int) -> tuple[Judged, int]:
    """Return whether a code is right, and its time step.

    Args:
        ctx: The context.
        secret: In base32.
        code: As typed.
        used: The time step of the last code that was accepted; it and earlier ones are used up.
    """
    import pyotp

    now, maker = int(ctx.now()) // STEP, pyotp.TOTP(secret)
    for step in (now + offset for offset in TOLERANCE):
        if maker.generate_otp(step) == code:
            return ("used", step) if step <= used else ("right", step)
    return "wrong", 0
