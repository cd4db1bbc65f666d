"""Second factors of a user: setting up TOTP, and which of them are on and preferred."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record


def settings(user: Record) -> Record:
    """Return PreferredMfaSetting and UserMFASettingList of a user; both are absent when empty."""
    raise NotImplementedError


def associate(ctx: Context, params: Record) -> Record:
    """AssociateSoftwareToken with an AccessToken or with the Session of MFA_SETUP; the hosted pages call it too."""
    raise NotImplementedError


def verify(ctx: Context, params: Record) -> Record:
    """VerifySoftwareToken with an AccessToken or with the Session of AssociateSoftwareToken."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
