"""Users that others bring in: those of AdminCreateUser, and those of the trigger UserMigration."""

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
    """Let the trigger PreSignUp refuse a user of AdminCreateUser, who is not stored yet. Its answer is ignored.

    Args:
        ctx: The context.
        caller: parties.admin of the request.
        user: The user.
        attributes: As sent; the trigger sees no `sub`.
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
        mediums: DesiredDeliveryMediums; SMS if empty. One that the user has no address for is left out.
        resend: Whether it is sent again.

    Raises:
        ServiceError: Those of delivery.send; CodeDeliveryFailureException, if it is to be sent again and the user has
            no address for it. A first one is left out then, with one line on the terminal.
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
    """Let the trigger UserMigration bring in a user that is not known. The policy does not apply to its password.

    Args:
        ctx: The context.
        caller: At a sign-in its `metadata` becomes `validationData`.
        typed: The name as typed.
        password: As typed; None for a forgotten one.
        source: The triggerSource.

    Returns:
        The new user, who is stored. None if the pool has no such trigger, if it can not be called here, or if it
        refuses and ForgotPassword comes from a client that hides who exists.

    Raises:
        ServiceError: UserNotFoundException; for a client that hides who exists NotAuthorizedException.
    """
    pool = caller.pool
    if not triggers.mapped(ctx, pool, triggers.name_of(source)):
        triggers.run(ctx, caller, source, typed, {})  # says that it is skipped
        return None
    data = {"validationData": caller.metadata or None, "clientMetadata": None} if source == SIGN_IN else {}
    request = {**({"password": password} if source == SIGN_IN else {}), **data}
    try:
        response = triggers.run(ctx, caller, source, typed, request)
        user = _migrated(ctx, pool, typed, response)
        if password is not None and user["status"] == "CONFIRMED":
            passwords.set_password(ctx, pool, user, password)
    except ServiceError as error:
        ctx.desk.say(f"{source} brings in no user: {error.message}")
        if not parties.hides(caller.client):
            said = f"Exception migrating user in app client {caller.client_id}"
            raise ServiceError("UserNotFoundException", said) from None
        if source == SIGN_IN:
            raise ServiceError("NotAuthorizedException", "Incorrect username or password.") from None
        return None
    parties.put(ctx, pool, user)
    return user


def _migrated(ctx: Context, pool: Record, typed: str, response: Record) -> Record:
    """Return the user that an answer of UserMigration describes."""
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
