"""Expectations of a client's secrets: only their maximum age.

This is ours and not the API's, hence its spelling: nothing of it is sent. Cognito keeps up to two secrets of a client
and never shows them again, so their age is all that can be declared. Adding a second secret and removing the first is
an action and not a state; GenerateSecret of the client declares whether there is a secret at all.
"""

from typing import Annotated

from schemas.base import ApiModel, Note, Since
from schemas.limits import Field


class ClientSecrets(ApiModel):
    """Expectations of a client's secrets."""

    WATCHED = True

    max_age_days: (
        Annotated[
            int, Field(ge=1, le=3650), Since(2026), Note("Read only: the age comes from ListUserPoolClientSecrets.")
        ]
        | None
    ) = None
    """Maximum age of the newest secret in days; an older one is reported."""
