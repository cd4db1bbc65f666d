"""Terms and privacy policy of one client: what CreateTerms and UpdateTerms take (cognito.md 2.12)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    PRINTABLE,
    ApiModel,
    Default,
    KeyName,
    LeftOut,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
)
from schemas.limits import Field, StringConstraints

DOCUMENT = Pattern(
    r"^(terms-of-use|privacy-policy)$", "is none of the two documents", "Write terms-of-use or privacy-policy."
)

TermsLabel = Annotated[str, StringConstraints(pattern=DOCUMENT)]
"""The two documents that a client can have."""

LANGUAGE = Pattern(
    r"^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean"
    r"|portuguese-brazil|chinese-(simplified|traditional))$",
    "is not a managed login language",
    "Write one such as cognito:english, or cognito:default.",
)
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
"""A language of managed login; `cognito:default` applies to all others."""

RESERVED = Note("Reserved by Cognito; no other value is accepted.")


class Terms(ApiModel):
    """A legal document shown to users of a client at sign-up, once the client has both documents."""

    INPUTS = (("cognito-idp", "CreateTerms"), ("cognito-idp", "UpdateTerms"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write terms inside the client",
        **dict.fromkeys(("TermsId", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    TermsName: (
        Annotated[TermsLabel, KeyName(renameable=False), Note("Managed login shows neither until both exist.")] | None
    ) = None
    """Name of the document; the same as the key."""
    TermsSource: Annotated[str, OneOf(("LINK",)), Default("LINK"), OnUpdate("unmeasured"), RESERVED] | None = None
    """Source of the document."""
    Enforcement: Annotated[str, OneOf(("NONE",)), Default("NONE"), OnUpdate("unmeasured"), RESERVED] | None = None
    """Whether users must accept it."""
    Links: (
        Annotated[
            dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=PRINTABLE)]],
            Field(min_length=1, max_length=13),
            OnUpdate("unmeasured"),
            NotRemovable("A document must have a link. Remove the document instead."),
        ]
        | None
    ) = None
    """URLs of the document, by language: `cognito:default`, `cognito:spanish`."""
