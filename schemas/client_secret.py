"""What is expected of a client's secrets: only that they do not grow old.

This is ours and not the API's, hence its spelling: nothing of it is sent. Cognito keeps up to two secrets of a client
and never shows them again, so there is nothing to declare about them but their age. To make a second secret and remove
the first is an action and not a state; whether there is a secret at all is said by the client's GenerateSecret.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.base import ApiModel, Note, Since


class ClientSecrets(ApiModel):
    """What is expected of a client's secrets."""

    WATCHED = True

    max_age_days: (
        Annotated[int, Field(ge=1, le=3650), Since(2026), Note("Only read: ListUserPoolClientSecrets gives the age.")]
        | None
    ) = None
    """Days after which the newest secret is reported as too old."""
