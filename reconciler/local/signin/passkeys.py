"""Passkeys of a user: their registration, the list of them, and the proof of one at sign-in."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record


def start(ctx: Context, pool: Record, client_id: str, user: Record) -> Record:
    """Return CredentialCreationOptions for a new passkey of a user; the hosted pages call it too.

    Raises:
        ServiceError: WebAuthnNotEnabledException, WebAuthnConfigurationMissingException, LimitExceededException.
    """
    raise NotImplementedError


def complete(ctx: Context, pool: Record, client_id: str, user: Record, credential: Record) -> None:
    """Register a passkey, given a RegistrationResponseJSON.

    Raises:
        ServiceError: Those of CompleteWebAuthnRegistration.
    """
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
