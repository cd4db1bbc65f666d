"""Messages with codes and links: rendered from the pool's templates, and shown instead of sent (cognito.md 16)."""

from __future__ import annotations

from typing import Literal

from reconciler.local.operation import Context
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

Medium = Literal["EMAIL", "SMS"]
ATTRIBUTES: dict[Medium, str] = {"EMAIL": "email", "SMS": "phone_number"}
"""The attribute that a medium goes to."""


def send(
    ctx: Context,
    caller: Caller,
    user: Record,
    occasion: str,
    code: str,
    *,
    medium: Medium,
    attribute: str = "",
    to: str = "",
) -> Record:
    """Deliver a code to a user through CustomMessage or a custom sender, if the pool has them.

    Args:
        ctx: The context.
        caller: What the request came through.
        user: The user.
        occasion: End of the trigger's source: `SignUp`, `ResendCode`, `ForgotPassword`, `UpdateUserAttribute`,
            `VerifyUserAttribute`, `AdminCreateUser` or `Authentication`.
        code: The code, or the temporary password.
        medium: `EMAIL` or `SMS`.
        attribute: `AttributeName` of the answer; by default that of the medium.
        to: Address or number; by default the user's.

    Returns:
        CodeDeliveryDetails: Destination (masked), DeliveryMedium, AttributeName.

    Raises:
        ServiceError: Those of triggers.run; CodeDeliveryFailureException if CustomMessage leaves the code out.
    """
    raise NotImplementedError


def in_challenge(details: Record) -> Record:
    """Return CodeDeliveryDetails as ChallengeParameters."""
    raise NotImplementedError


def details(medium: Medium, to: str, attribute: str = "") -> Record:
    """Return CodeDeliveryDetails for an address, which is masked."""
    raise NotImplementedError


def simulated(pool: Record, name: str) -> Record:
    """Return CodeDeliveryDetails for a user that does not exist: always the same for a name."""
    raise NotImplementedError


def masked_address(medium: Medium, to: str) -> str:
    """Return `t***@t***` for test@test.com, and `+*******1234` for +12065551234."""
    raise NotImplementedError
