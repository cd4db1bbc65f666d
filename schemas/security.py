"""What a manifest says about security: whom the pool serves, what gives rights, and which weaknesses are accepted."""

from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

from schemas.base import ApiModel, Pattern
from schemas.forms import DAY, FILLED, Example, Form

Profile: TypeAlias = Literal["consumer", "workforce", "partner", "machine", "dev"]
"""Whom a pool serves: everyone, employees, companies that bring their own provider, programs, or developers alone."""

PROFILES: tuple[Profile, ...] = get_args(Profile)
"""All profiles; the first is that of a document without one."""

_EITHER = f"Write {', '.join(PROFILES[:-1])} or {PROFILES[-1]}."

ProfileName = Annotated[str, Form(Pattern(rf"^(?:{'|'.join(PROFILES)})$", "is not a profile", _EITHER))]

RuleId = Annotated[
    str,
    Form(Pattern(r"^CG[0-9A-Z][0-9]{2}$", "is not the id of a security rule", "Write one such as CG001.")),
]

AttributeLabel = Annotated[
    str,
    Form(
        Pattern(
            r"^(?:(?:dev:)?custom:[^\s]{1,20}|[a-z_]{1,21})$",
            "is not the name of an attribute",
            "Write one such as custom:role or email.",
        )
    ),
]

HostLabel = Annotated[
    str,
    Form(
        Pattern(
            r"^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$",
            "is not the name of a host",
            "Write one such as app.example.com, in lower case, without scheme, port and path.",
        )
    ),
]

_BLANK = r"\S"


class Waived(ApiModel):
    """A weakness that is accepted: which rule, where, why, who answers for it, and how long."""

    rule: RuleId
    """Id of the security rule: `CG001`."""
    reason: Annotated[str, Form(Pattern(_BLANK, "is blank", "Write why it is right to accept it."))]
    """Reason for accepting it."""
    owner: Annotated[str, Form(Pattern(_BLANK, "is blank", "Write who answers for it."))]
    """Who answers for it."""
    expires: Annotated[date, FILLED, DAY, Example('"2027-06-30"')]
    """Last day on which it is accepted, like 2027-06-30."""
