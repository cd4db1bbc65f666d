"""Clients that name themselves by a URL: what CreateCIMDPolicy and UpdateCIMDPolicy take (botocore 1.44.8).

A client ID metadata document (CIMD) describes an OAuth client; the policy lists the URLs from which Cognito accepts
one. It belongs to one client. Whether its name is unique is not documented, so one can be pinned by its id.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    PRINTABLE_OR_SEPARATOR,
    ApiModel,
    KeyName,
    LeftOut,
    Note,
    NotRemovable,
    OnUpdate,
    Pattern,
    Pin,
    Since,
    Unordered,
)
from schemas.limits import Field, StringConstraints

POLICY_ID = Pattern(r"^[a-z0-9]+$", FORBIDDEN, "Use lower-case letters and digits.")
URL = Pattern(
    r"^https://[!$-;=@-\[\]_a-z~]+$",
    "is not a lower-case https URL",
    "Begin with https://, and use the lower-case characters of URLs.",
)

PolicyLabel = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=PRINTABLE_OR_SEPARATOR)]


class CIMDPolicy(ApiModel):
    """URLs from which a client accepts metadata documents."""

    INPUTS = (("cognito-idp", "CreateCIMDPolicy"), ("cognito-idp", "UpdateCIMDPolicy"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write cimd_policies inside the client",
        **dict.fromkeys(("CreationDate", "LastModifiedDate"), COMPUTED),
    }

    CIMDPolicyId: (
        Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=POLICY_ID), Pin(), Since(2026)] | None
    ) = None
    """Id of the live policy, assigned by Cognito; selects a policy if its name is not unique."""
    PolicyName: (
        Annotated[
            PolicyLabel,
            KeyName(renameable=True),
            Since(2026),
            OnUpdate("unmeasured"),
            NotRemovable("A policy must have a name; write one."),
        ]
        | None
    ) = None
    """Name of the policy, if it is not the key."""
    CacheDuration: (
        Annotated[
            int,
            Field(ge=86_400, le=31_556_952),
            Since(2026),
            OnUpdate("unmeasured"),
            NotRemovable("Cognito's default has not been measured. Write the number of seconds that you want."),
        ]
        | None
    ) = None
    """Seconds for which a document is cached: one day to one year."""
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
            Note("`*` matches anything: a broad pattern lets untrusted clients in."),
        ]
        | None
    ) = None
    """Patterns of accepted URLs."""
