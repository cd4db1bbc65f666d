"""Clients that name themselves by a URL: what CreateCIMDPolicy and UpdateCIMDPolicy take (botocore 1.44.8).

A client ID metadata document (CIMD) says who an OAuth client is; the policy says from which URLs Cognito takes one. It
belongs to one client. Whether its name is unique is not documented, so one can be pinned by its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    PRINTABLE_OR_SEPARATOR,
    ApiModel,
    KeyName,
    Note,
    NotRemovable,
    OnUpdate,
    Pattern,
    Pin,
    Since,
    Unordered,
)

POLICY_ID = Pattern(r"^[a-z0-9]+$", FORBIDDEN, "Use lower-case letters and digits.")
URL = Pattern(
    r"^https://[!$-;=@-\[\]_a-z~]+$",
    "is no https URL in lower case",
    "Begin with https://, and use the lower-case characters of URLs.",
)

PolicyLabel = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=PRINTABLE_OR_SEPARATOR)]


class CIMDPolicy(ApiModel):
    """From which URLs a client takes metadata documents."""

    INPUTS = (("cognito-idp", "CreateCIMDPolicy"), ("cognito-idp", "UpdateCIMDPolicy"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside the sections",
        "ClientId": "is said by the place: write cimd_policies inside the client",
        **dict.fromkeys(("CreationDate", "LastModifiedDate"), COMPUTED),
    }

    CIMDPolicyId: (
        Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=POLICY_ID), Pin(), Since(2026)] | None
    ) = None
    """Says which live policy is meant, where its name is not unique; Cognito makes it."""
    PolicyName: (
        Annotated[
            PolicyLabel,
            KeyName(renameable=True),
            Since(2026),
            OnUpdate("unmeasured"),
            NotRemovable("A policy must have a name."),
        ]
        | None
    ) = None
    """Its name, where it is not the key."""
    CacheDuration: (
        Annotated[
            int,
            Field(ge=86_400, le=31_556_952),
            Since(2026),
            OnUpdate("unmeasured"),
            NotRemovable("Nobody has measured what Cognito goes back to. Write the seconds that you want."),
        ]
        | None
    ) = None
    """Seconds for which a document is kept: one day to one year."""
    URLPatterns: (
        Annotated[
            list[
                Annotated[
                    str,
                    StringConstraints(min_length=12, max_length=256, pattern=URL),
                ]
            ],
            Field(min_length=1, max_length=5),
            Unordered(),
            Since(2026),
            NotRemovable("A policy must have a pattern. Remove the policy."),
            Note("`*` matches anything: a wide pattern lets strangers in."),
        ]
        | None
    ) = None
    """The URLs that are taken."""
