"""The first steps of each flow: find the user and check the password, in the order in which the service does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import events, inviting, passwords, simulated, triggers
from reconciler.local.signin.parties import Caller, hides, put, sign_in_name
from reconciler.local.signin.sign_ins import Attempt, existence_error, wrong
from reconciler.local.store import Record

NOT_FOUND = "User does not exist."
NOT_CONFIRMED = "User is not confirmed."
DISABLED = "User is disabled."
RESET = "Password reset required for the user"


def begin(ctx: Context, caller: Caller, flow: str, typed: str, *, password: str | None = None) -> Attempt:
    """Find the user of a sign-in and run PreAuthentication.

    Args:
        ctx: The context.
        caller: What the request comes through, with the ClientMetadata of InitiateAuth.
        flow: AuthFlow.
        typed: USERNAME.
        password: PASSWORD, if the flow has one; then UserMigration may create the user.

    Raises:
        ServiceError: UserNotFoundException, or that of a trigger.
    """
    user = sign_in_name(ctx, caller.pool, typed)
    if user is None and password is not None:
        user = inviting.migrate(ctx, caller, typed, password, "UserMigration_Authentication")
    if user is None and not hides(caller.client):
        raise ServiceError("UserNotFoundException", NOT_FOUND)
    known = user is not None
    attempt = Attempt(user or simulated.stand_in(ctx, caller.pool, typed), typed, known, flow)
    return before(ctx, caller, attempt)


def before(ctx: Context, caller: Caller, attempt: Attempt) -> Attempt:
    """Run PreAuthentication; return the attempt with the user that it may have changed."""
    request = {"validationData": caller.metadata or None, "userNotFound": not attempt.known, "clientMetadata": None}
    subject = attempt.user if attempt.known else attempt.name
    triggers.run(ctx, caller, "PreAuthentication_Authentication", subject, request)
    if not attempt.known:
        return attempt
    user = ctx.people.get(caller.pool["id"], attempt.user["username"])
    if user is None:
        raise existence_error(caller, "UserNotFoundException", NOT_FOUND)
    return replace(attempt, user=user)


def check_password(ctx: Context, caller: Caller, attempt: Attempt, password: str) -> Attempt:
    """Check a password that was sent; return the attempt with the password proven.

    Raises:
        ServiceError: As `judge`.
    """
    return judge(ctx, caller, attempt, lambda: passwords.matches(caller.pool, attempt.user, password))


def judge(ctx: Context, caller: Caller, attempt: Attempt, right: Callable[[], bool]) -> Attempt:
    """Check the status of a user and a proof of the password; return the attempt with the password proven.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in.
        right: Whether the proof is right.

    Raises:
        ServiceError: UserNotConfirmedException (before the proof is checked), PasswordResetRequiredException,
            NotAuthorizedException.
    """
    user = attempt.user
    if not attempt.known:
        raise wrong()
    if user["status"] == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", NOT_CONFIRMED)
    passwords.check_lock(ctx, user)
    if user["status"] == "RESET_REQUIRED":
        raise existence_error(caller, "PasswordResetRequiredException", RESET)
    if user["password"] is None or user["status"] == "EXTERNAL_PROVIDER":
        raise wrong()
    if not right():
        passwords.failed(ctx, caller.pool, user)
        events.note(ctx, caller, user, "SignIn", failed=events.PASSWORD)
        raise wrong()
    put(ctx, caller.pool, user)  # a user imported with a hash has a verifier now
    check_enabled(caller, attempt)
    if user["status"] == "FORCE_CHANGE_PASSWORD":
        passwords.check_temporary(ctx, user)
    return attempt.prove("password")


def check_enabled(caller: Caller, attempt: Attempt) -> None:
    """Check that the user is enabled.

    Raises:
        ServiceError: NotAuthorizedException, with the generic text if the client has PreventUserExistenceErrors.
    """
    if attempt.known and not attempt.user["enabled"]:
        raise existence_error(caller, "NotAuthorizedException", DISABLED)


def check_usable(user: Record) -> None:
    """Check that a user may sign in without a password.

    Raises:
        ServiceError: UserNotConfirmedException, or NotAuthorizedException for users of other providers.
    """
    if user["status"] == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", NOT_CONFIRMED)
    if user["status"] == "EXTERNAL_PROVIDER":
        raise wrong()
