"""Users that others bring in: invitations of AdminCreateUser, and the trigger UserMigration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reconciler.local.operation import Context
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

MigrationSource = Literal["UserMigration_Authentication", "UserMigration_ForgotPassword"]


def invite(
    ctx: Context, caller: Caller, user: Record, temporary_password: str, mediums: Iterable[str] = (), *, resend: bool
) -> None:
    """Send the invitation of AdminCreateUser.

    Args:
        ctx: The context.
        caller: parties.admin of the request.
        user: The user, as it is stored.
        temporary_password: In clear.
        mediums: DesiredDeliveryMediums; SMS if empty. One that the user has no address for is left out.
        resend: Whether it is sent again.

    Raises:
        ServiceError: Those of delivery.send; CodeDeliveryFailureException if the user has no address for any of them.
    """
    raise NotImplementedError


def migrate(ctx: Context, caller: Caller, typed: str, password: str | None, source: MigrationSource) -> Record | None:
    """Let the trigger UserMigration bring in a user that is not known.

    Args:
        ctx: The context.
        caller: Its `metadata` becomes `validationData`.
        typed: The name as typed.
        password: As typed; None for a forgotten one.
        source: The triggerSource.

    Returns:
        The new user, who is stored; None if the pool has no such trigger, or it can not be called here.

    Raises:
        ServiceError: UserNotFoundException, or for a client that hides who exists NotAuthorizedException.
    """
    raise NotImplementedError
