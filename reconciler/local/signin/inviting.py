"""Users who did not sign up themselves: created by AdminCreateUser or by the trigger UserMigration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import aliases, delivery, parties, passwords, triggers, written_attributes
from reconciler.local.signin.delivery import INVITATION
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from reconciler.local.user_checks import check_attributes, check_name

MigrationSource = Literal["UserMigration_Authentication", "UserMigration_ForgotPassword"]
SIGN_IN: MigrationSource = "UserMigration_Authentication"
ENDINGS = ("CONFIRMED", "RESET_REQUIRED")
"""What `finalUserStatus` may be."""


def admit(
    ctx: Context, caller: Caller, user: Record, attributes: Mapping[str, str], validation: list[Record] | None
) -> None:
    """Run PreSignUp for a new user of AdminCreateUser, before it is stored. It can only refuse the user.

    Args:
        ctx: The context.
        caller: parties.admin of the request.
        user: The user.
        attributes: As in the request; the trigger does not get `sub`.
        validation: ValidationData.

    Raises:
        ServiceError: Those of triggers.run.
    """
    request = {"userAttributes": dict(attributes), "validationData": written_attributes.named(validation) or None}
    triggers.run(ctx, caller, f"PreSignUp_{INVITATION}", user["username"], request)


def invite(
    ctx: Context, caller: Caller, user: Record, temporary_password: str, mediums: Iterable[str] = (), *, resend: bool
) -> None:
    """Send the invitation of AdminCreateUser.

    Args:
        ctx: The context.
        caller: parties.admin of the request.
        user: The user, as it is stored.
        temporary_password: In clear.
        mediums: DesiredDeliveryMediums; SMS if empty. Those for which the user has no address are skipped.
        resend: Whether MessageAction is RESEND.

    Raises:
        ServiceError: Those of delivery.send; CodeDeliveryFailureException if `resend` and the user has no address. The
            first invitation is skipped instead, with a line on the terminal.
    """
    wanted = list(mediums) or ["SMS"]
    usable = [m for m in delivery.ATTRIBUTES if m in wanted and user["attributes"].get(delivery.ATTRIBUTES[m])]
    said = f"The user has no address for an invitation by {' or '.join(wanted)}."
    if not usable and resend:
        raise ServiceError("CodeDeliveryFailureException", said)
    if not usable:
        ctx.desk.say(f"{user['username']} gets no invitation. {said}")
    for medium in usable:
        delivery.send(ctx, caller, user, INVITATION, temporary_password, medium=medium)


def migrate(ctx: Context, caller: Caller, typed: str, password: str | None, source: MigrationSource) -> Record | None:
    """Let the trigger UserMigration create an unknown user. The password policy does not apply to it.

    Args:
        ctx: The context.
        caller: At sign-in its `metadata` becomes `validationData`.
        typed: The name as typed.
        password: As typed; None for ForgotPassword.
        source: The triggerSource.

    Returns:
        The new user, already stored. None if the pool has no such trigger or it is mapped to nothing here; also if it
        fails in ForgotPassword for a client that hides which users exist.

    Raises:
        ServiceError: UserNotFoundException, or NotAuthorizedException for a client that hides which users exist.
    """
    pool = caller.pool
    if not triggers.mapped(ctx, pool, triggers.name_of(source)):
        triggers.run(ctx, caller, source, typed, {})  # logs that it is skipped
        return None
    data = {"validationData": caller.metadata or None, "clientMetadata": None} if source == SIGN_IN else {}
    request = {**({"password": password} if source == SIGN_IN else {}), **data}
    try:
        response = triggers.run(ctx, caller, source, typed, request)
        user = _migrated(ctx, pool, typed, response)
        if password is not None and user["status"] == "CONFIRMED":
            passwords.set_password(ctx, pool, user, password)
    except ServiceError as error:
        ctx.desk.say(f"{source} created no user: {error.message}")
        if not parties.hides(caller.client):
            said = f"Exception migrating user in app client {caller.client_id}"
            raise ServiceError("UserNotFoundException", said) from None
        if source == SIGN_IN:
            raise ServiceError("NotAuthorizedException", "Incorrect username or password.") from None
        return None
    parties.put(ctx, pool, user)
    return user


def _migrated(ctx: Context, pool: Record, typed: str, response: Record) -> Record:
    """Return the user that a response of UserMigration describes."""
    given = {str(k): str(v) for k, v in (response.get("userAttributes") or {}).items()}
    name = parties.spelled(pool, given.pop("username", typed))
    status = response.get("finalUserStatus") or ENDINGS[1]
    if not given or status not in ENDINGS:
        raise ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    attributes = written_attributes.spelled(pool, given)
    check_name(pool, name)
    check_attributes(pool, attributes, new=True)
    if aliases.is_taken(ctx, pool, name):
        raise ServiceError("UsernameExistsException", "User already exists")
    user = parties.new_user(ctx, None if pool["config"].get("UsernameAttributes") else name, status, attributes)
    aliases.claim(ctx, pool, user, move=bool(response.get("forceAliasCreation")))
    user["mfa"]["sms"] = bool(response.get("enableSMSMFA") and attributes.get("phone_number"))
    return user
