"""The vocabulary of the schemas.

A schema records more than a type: the service's default for an omitted member, whether the order of a list matters,
whether a value is a secret. These facts are part of the type itself (`Annotated`), so the differ, the validator,
`explain` and the documentation all read the same table, and a new member of the API is one line.

This package imports pydantic and nothing else, and that only where a value is held against a schema (`checked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NoReturn,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from schemas.docstrings import described
from schemas.limits import AfterValidator, BeforeValidator, Field, StringConstraints
from schemas.records import record

M = TypeVar("M")


class Table(type):
    """The class of structures, which are read and never made."""

    def __call__(cls, *_args: Any, **_members: Any) -> NoReturn:
        """Refuse to make one: a table has no objects, and a tree is what it describes."""
        raise TypeError(cls.__name__)


class ApiModel(metaclass=Table):
    """A structure of the Cognito API.

    Every member is optional in the model, because an author may manage only part of an object; what the API requires
    at creation is checked on the object that would be sent. It is a table and nothing is made of it: `members` reads
    it, and `checked.validate` holds a tree against it.
    """

    INPUTS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """For the top structure of a resource: the operations (service, name) whose inputs it describes. A member that is
    known there to the installed botocore but not to the model is accepted with a notice (decision 26)."""

    WATCHED: ClassVar[bool] = False
    """Whether the object is only observed: its members are our expectations, and nothing is sent."""

    REFERABLE: ClassVar[Mapping[str, str]] = {}
    """Members of an answer that are no input and that other documents can reference all the same, each with the member
    that switches it on."""

    MOVED: ClassVar[Mapping[str, str]] = {}
    """Members of the API that do not belong here, with advice on what to do instead: members that another section owns
    are refused with that advice, and parts of a pasted answer that no input takes (`LeftOut`) are left out."""

    SPELLED: ClassVar[Mapping[str, str]] = {}
    """Members that answers spell otherwise than inputs do, with the spelling of the input: both are taken."""


# --- facts about a member: objects inside Annotated[...] ----------------------------------------------------------


@record(frozen=True, eq=False)
class Default:
    """The service's value if the member is not sent at creation, and the value that `null` resets it to."""

    value: Any
    """The value as describe returns it. Without this mark, a member has no default: unset means absent."""


@record(frozen=True)
class OnUpdate:
    """The effect on the member of an update that omits it (cognito.md 2.1 to 2.7)."""

    omitted: Literal["kept", "reset", "unmeasured"]
    """For information (`explain`, the embedded Cognito): the tool itself always sends everything."""


@record(frozen=True)
class CreateOnly:
    """The member can be set only when the object is created."""

    advice: str
    """What an operator can do instead."""


@record(frozen=True)
class NotRemovable:
    """Once set, the service cannot unset the member: `null` is refused if it is live."""

    advice: str
    """What an operator can do instead."""
    filled: bool = False
    """Whether the service sets the member by itself with the structure that it is in: `null` never holds then."""


@record(frozen=True)
class OnlyOnce(NotRemovable):
    """The member can be set at any time, but only once: afterwards it can neither be changed nor unset."""


@record(frozen=True, eq=False)
class ClearWith:
    """The value that unsets the member; needed if an update that omits it keeps it."""

    value: Any
    """Sent instead of `null`."""


@record(frozen=True)
class Tier:
    """The lowest feature plan that includes the member (cognito.md 2.19)."""

    name: Literal["LITE", "ESSENTIALS", "PLUS"]
    """A value of UserPoolTier."""


@record(frozen=True)
class Since:
    """The year in which the member was introduced, for members that other tools do not support yet."""

    year: int
    """Calendar year."""


@record(frozen=True)
class Note:
    """One sentence for operators; shown by `explain` and in the reference."""

    text: str
    """Plain text."""


@record(frozen=True)
class OneOf:
    """The values the service is known to accept. Others are passed on with a warning: enums lag the service."""

    values: tuple[str, ...]
    """In the order of the service model."""


@record(frozen=True)
class Keyed:
    """A list whose items are identified by one member, and compared item by item like a map."""

    member: str
    """Name of the member that identifies an item."""


@record(frozen=True)
class SecretKeys:
    """Keys of a map whose values are secrets."""

    names: tuple[str, ...]
    """Exact keys."""


@record(frozen=True)
class WriteOnlyKeys:
    """Keys of a map that the service never returns: drift cannot be detected, and they are sent with every update."""

    names: tuple[str, ...]
    """Exact keys."""


@record(frozen=True)
class KeyName:
    """The member that is the key in the manifest section: ClientName, GroupName."""

    renameable: bool
    """Whether it can differ from the key, because the object can be renamed or its name is not unique."""


@record(frozen=True)
class Shown:
    """Keys of a map that answers show and no input takes: they are left out like the members of `LeftOut`."""

    keys: tuple[str, ...] = ()
    """Exact keys."""
    prefix: str = ""
    """How such keys begin; empty for none."""

    def has(self, key: str) -> bool:
        """Return whether a key is one of them."""
        return key in self.keys or bool(self.prefix and key.startswith(self.prefix))


@record(frozen=True)
class Mirrors:
    """The member shows the value of another one: beside it, an equal value is left out like those of `LeftOut`."""

    path: tuple[str, ...]
    """The other one, from the structure that holds both."""


@record(frozen=True)
class Becomes:
    """A number that Cognito replaces by one of its own, so that it could never converge."""

    written: int
    """What an author may write."""
    kept: int
    """What Cognito makes of it, and what is sent in its place."""


@record(frozen=True)
class Cut:
    """An ending that other tools print and the service does not take: it is cut off, with a notice."""

    ending: str
    """The ending."""
    why: str
    """Where it comes from, as part of a sentence."""


class _Mark:
    """A fact without a parameter."""

    def __repr__(self) -> str:
        return type(self).__name__


class Unordered(_Mark):
    """A list whose order does not matter: compared as a set (cognito.md 4.5)."""


@record(frozen=True)
class ByItem:
    """A list of which an author may declare single items, `{$include: [...], $exclude: [...]}`: all others stay."""

    by: tuple[str, ...] = ()
    """Members that identify an item that is a structure; empty if the items are scalars."""
    unset: str = ""
    """What the service takes an unset list for, if not for an empty one: then there is nothing to add an item to."""


INCLUDE, EXCLUDE = "$include", "$exclude"
"""The keys of what an author writes in place of a list to declare single items of it."""


class Text(_Mark):
    """A string whose line endings and trailing newline do not matter (cognito.md 4.6)."""


class Sensitive(_Mark):
    """A secret: redacted in every output, by path."""


class WriteOnly(_Mark):
    """Never returned by the service: drift cannot be detected, and it is sent with every update of its parent."""


class FreeDocument(_Mark):
    """A free-form JSON document: one value, compared and written whole, in which 8.0 equals 8 (cognito.md 2.10)."""


class Cidr(_Mark):
    """An address range with several equivalent spellings: 192.0.2.1 is 192.0.2.1/32."""


class Presence(_Mark):
    """A structure whose presence has an effect even if it is empty: `{}` is not the same as absent."""


class Resettable(_Mark):
    """A section that holds one object, and that null resets as a whole to what it is in a new pool."""


class DeclaredOnly(_Mark):
    """A section of which only declared objects are read, so that none is ever deleted."""


class Pin(_Mark):
    """An identifier assigned by the service (ClientId): selects a live object, and is never changed itself."""


class Bound(_Mark):
    """An id that AWS made in one account or Region, and that looks like any other text: a copy needs one of its own."""


class Deprecated(_Mark):
    """Superseded (cognito.md 2.20). Still accepted, with a notice."""


# --- patterns ------------------------------------------------------------------------------------------------------


class Pattern(str):
    """A regular expression of the service model, together with its words: no reader of a message sees a pattern.

    It is a text, so `StringConstraints(pattern=...)`, JSON Schema and the service model take it as it is.
    """

    __slots__ = ("fix", "whole", "wrong")

    wrong: str
    """What it means that a text does not match: `is not an ARN`. The text comes before it."""
    fix: str
    """How a matching text looks, as one sentence of advice."""
    whole: bool
    """Whether the words also describe a text of the wrong length best: three characters are not an ARN."""

    def __new__(cls, regex: str, wrong: str, fix: str, *, whole: bool = False) -> Self:
        """Make a pattern."""
        made = super().__new__(cls, regex)
        made.wrong, made.fix, made.whole = wrong, fix, whole
        return made

    def __eq__(self, other: object) -> bool:
        """Compare the words too: `Annotated` makes one type of equal facts, and one of two advices would be lost."""
        if isinstance(other, Pattern) and (self.wrong, self.fix) != (other.wrong, other.fix):
            return False
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        """Return the contrary."""
        return not self == other

    __hash__ = str.__hash__


def pattern_of(marks: Iterable[Any]) -> Pattern | None:
    """Return the pattern among the facts of a member, of its items or of its keys, or None."""
    found = next((m.pattern for m in marks if isinstance(m, StringConstraints) and m.pattern), None)
    return found if isinstance(found, Pattern) else None


FORBIDDEN = "has characters that are not allowed here"
"""What is wrong with most texts that do not match."""


# --- common types --------------------------------------------------------------------------------------------------


def _decimal(value: object) -> object:
    """Accept a number where the API expects a decimal string."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ARN = Pattern(
    r"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$",
    "is not an ARN",
    "Write it in full: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE.",
    whole=True,
)
Arn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=ARN)]
"""An Amazon Resource Name, pattern and length as in the service model."""

ROLE = Pattern(
    r"^arn:[\w-]+:iam::[0-9]+:role/[\w+=/,.@-]+$",
    "is not the ARN of an IAM role",
    "Write it like arn:aws:iam::ACCOUNT:role/NAME.",
    whole=True,
)
FUNCTION = Pattern(
    r"^arn:[\w-]+:lambda:[\w-]+:[0-9]+:function:[\w-]+(:[\w-]+)?$",
    "is not the ARN of a Lambda function",
    "Write it like arn:aws:lambda:REGION:ACCOUNT:function:NAME.",
    whole=True,
)
KEY = Pattern(
    r"^arn:[\w-]+:kms:[\w-]+:[0-9]+:(key|alias)/[\w/-]+$",
    "is not the ARN of a KMS key",
    "Write it like arn:aws:kms:REGION:ACCOUNT:key/ID.",
    whole=True,
)
CERTIFICATE = Pattern(
    r"^arn:[\w-]+:acm:[\w-]+:[0-9]+:certificate/[\w-]+$",
    "is not the ARN of a certificate in AWS Certificate Manager",
    "Write it like arn:aws:acm:us-east-1:ACCOUNT:certificate/ID.",
    whole=True,
)
IDENTITY = Pattern(
    r"^arn:[\w-]+:ses:[\w-]+:[0-9]+:identity/[\w+=/,.@-]+$",
    "is not the ARN of an Amazon SES identity",
    "Write it like arn:aws:ses:REGION:ACCOUNT:identity/ADDRESS.",
    whole=True,
)
LOG_GROUP = Pattern(
    r"^arn:[\w-]+:logs:[\w-]+:[0-9]+:log-group:[\w+=/,.@-]+$",
    "is not the ARN of a log group",
    "Write it like arn:aws:logs:REGION:ACCOUNT:log-group:NAME.",
    whole=True,
)
STREAM = Pattern(
    r"^arn:[\w-]+:firehose:[\w-]+:[0-9]+:deliverystream/[\w.-]+$",
    "is not the ARN of a stream in Amazon Data Firehose",
    "Write it like arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME.",
    whole=True,
)
SAML_PROVIDER = Pattern(
    r"^arn:[\w-]+:iam::[0-9]+:saml-provider/[\w.-]+$",
    "is not the ARN of a SAML provider in IAM",
    "Write it like arn:aws:iam::ACCOUNT:saml-provider/NAME.",
    whole=True,
)
OIDC_PROVIDER = Pattern(
    r"^arn:[\w-]+:iam::[0-9]+:oidc-provider/[\w+=/,.@-]+(:[\w+=/,.@-]+)?$",
    "is not the ARN of an OpenID Connect provider in IAM",
    "Write it like arn:aws:iam::ACCOUNT:oidc-provider/HOST.",
    whole=True,
)
RoleArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=ROLE)]
FunctionArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=FUNCTION)]
KeyArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=KEY)]
CertificateArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=CERTIFICATE)]
IdentityArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=IDENTITY)]
LogGroupArn = Annotated[
    str,
    StringConstraints(min_length=20, max_length=2048, pattern=LOG_GROUP),
    Cut(":*", "CloudFormation and describe-log-groups print it, and Cognito does not take it"),
]
StreamArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=STREAM)]
SamlProviderArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=SAML_PROVIDER)]
OidcProviderArn = Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=OIDC_PROVIDER)]
"""ARNs of one kind of resource: Cognito takes no other kind there, and refuses one only when it is written."""

NUMERAL = Pattern(r"^-?\d+$", "is not a whole number", 'Write a number, such as "256".')
Decimal = Annotated[str, BeforeValidator(_decimal), StringConstraints(pattern=NUMERAL)]
"""A number that the API spells as a string (limits of schema attributes)."""

CODE = Pattern(r"\{####\}", "lacks {####}, the placeholder for the code", "Put {####} where the code belongs.")
"""The placeholder that Cognito replaces with a code in a message."""

LINK = Pattern(
    r"\{##[\s\S]*##\}",
    "lacks the placeholder for the link, {##...##}",
    "Put {##Verify##} where the link belongs, with words of your choice.",
)
"""The placeholder that Cognito replaces with a link in a message; the text between the marks is the link text."""

SmsText = Annotated[str, StringConstraints(min_length=6, max_length=140, pattern=CODE), Text()]
EmailText = Annotated[str, StringConstraints(min_length=6, max_length=20000, pattern=CODE), Text()]
LinkText = Annotated[str, StringConstraints(min_length=6, max_length=20000, pattern=LINK), Text()]
PRINTABLE_OR_SPACE = Pattern(
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$",
    "has a control character in it",
    "Use visible characters and spaces only.",
)
PRINTABLE = Pattern(
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$", "has a space or a control character in it", "Use visible characters only."
)
PRINTABLE_OR_SEPARATOR = Pattern(
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+$",
    "has a control character in it",
    "Use visible characters and spaces only.",
)
VISIBLE = Pattern(r"^[\x21\x23-\x5B\x5D-\x7E]+$", FORBIDDEN, 'Use ASCII characters other than space, " and \\.')
"""Visible ASCII without quote and backslash, as OAuth allows in a scope."""

Subject = Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=PRINTABLE_OR_SPACE)]
String = Annotated[str, StringConstraints(max_length=131_072)]
"""Any string; the limit is the service model's."""
NAME = Pattern(r"^[\w\s+=,.@-]+$", FORBIDDEN, "Use letters, digits, spaces and _+=,.@-")
Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=NAME)]
Region = Annotated[str, StringConstraints(min_length=5, max_length=32)]
Scope = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=VISIBLE)]
LEVEL = Pattern(r"^Level[1-4]$", "is not a level", "Use Level1, Level2, Level3 or Level4.")
AcrLevel = Annotated[str, StringConstraints(pattern=LEVEL)]
AcrValue = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=VISIBLE)]

OAUTH_FLOWS = OneOf(("code", "implicit", "client_credentials"))

SYSTEM_TAGS = Shown(prefix="aws:")
"""Tags that AWS sets, on pools that CloudFormation made (cognito.md 2.15)."""

Tags = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=128)],
        Annotated[str, StringConstraints(max_length=256)],
    ],
    Field(max_length=50),
    SYSTEM_TAGS,
]
"""Tags for costs and permissions; keys with the prefix `aws:` are reserved by AWS (cognito.md 2.15)."""


def distinct(*names: str) -> AfterValidator:
    """Return a check that no two items of a list have equal values in all the named members."""

    def check(items: list[Any]) -> list[Any]:
        keys = [tuple(_member_of(item, name) for name in names) for item in items]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice:
            said = ", ".join(str(part) for part in twice if part is not None)
            raise ValueError(f"there are two items for {said}: remove one")
        return items

    return AfterValidator(check)


def _member_of(item: Any, name: str) -> Any:
    """Return a member of an item: of pydantic's object, or of the map that it is made of."""
    return item.get(name) if isinstance(item, dict) else getattr(item, name)


class LeftOut(str):
    """Advice for a member that answers of the API show and no input takes: it is left out, with one note an object."""

    __slots__ = ()


COMPUTED = LeftOut("is computed by Cognito: remove it")
"""Advice for members of an answer that cannot be set."""


# --- reading the table back ----------------------------------------------------------------------------------------


@record(frozen=True)
class Member:
    """One member of a structure, with all facts from its schema."""

    name: str
    """The API's name."""
    shape: Literal["scalar", "structure", "list", "map"]
    """What kind of value it holds."""
    model: type[ApiModel] | None
    """The structure of the value, or of each item of the list or map; None if they are scalars."""
    marks: tuple[Any, ...]
    """The facts of the member, including those of its type."""
    item_marks: tuple[Any, ...]
    """The facts of the items of a list or map."""
    scalar: type
    """The Python type of the value or of its items: str, int, bool, bytes or object."""
    holder: type[ApiModel]
    """The structure that it is a member of."""

    required: bool = False
    """Whether the model itself requires the member (items of lists only)."""

    key_marks: tuple[Any, ...] = ()
    """The facts of the keys of a map."""

    @property
    def description(self) -> str:
        """The docstring of the member in the model, or empty."""
        return described(self.holder).get(self.name, "")

    @cached_property
    def _found(self) -> dict[type[Any], Any]:
        """The facts that were asked for: each member is asked for the same few, once a value."""
        return {}

    def mark(self, kind: type[M]) -> M | None:
        """Return the fact of the given kind, or None."""
        found = self._found
        if kind not in found:
            found[kind] = next((m for m in self.marks if isinstance(m, kind)), None)
        mark: M | None = found[kind]
        return mark

    def has(self, kind: type[object]) -> bool:
        """Return whether the member has a fact of the given kind."""
        found = self._found
        return (found[kind] if kind in found else self.mark(kind)) is not None


@cache
def types_of(model: type[ApiModel]) -> Mapping[str, Any]:
    """Return the types of the members of a structure by name, with their facts, in the order of the schema."""
    every = {name: held for cls in reversed(model.__mro__) for name, held in _annotated(cls).items()}
    return {name: held for name, held in every.items() if get_origin(held) is not ClassVar}


def _annotated(cls: type) -> Mapping[str, Any]:
    """Return the types that a class itself writes. Modules of schemas have them evaluated, as that is compiled code."""
    found: dict[str, Any] = getattr(cls, "__annotations__", {})
    found = {name: held for name, held in found.items() if type(held) is not str or not held.startswith("ClassVar")}
    if str not in map(type, found.values()):
        return found
    from inspect import get_annotations

    return get_annotations(cls, eval_str=True)


@cache
def members(model: type[ApiModel]) -> Mapping[str, Member]:
    """Return the members of a structure by name, in the order of the schema."""
    return {name: _member(model, name, found) for name, found in types_of(model).items()}


def _member(holder: type[ApiModel], name: str, annotation: Any) -> Member:
    required = not hasattr(holder, name)
    held, *outer = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    inner, marks = _unwrap(held)
    marks = (*marks, *outer)  # those of the value itself come first
    origin = get_origin(inner)
    if any(isinstance(m, FreeDocument) for m in marks):
        return Member(name, "scalar", None, marks, (), object, holder, required)
    if origin in (list, dict):
        item, item_marks = _unwrap(get_args(inner)[-1])
        key_marks = _unwrap(get_args(inner)[0])[1] if origin is dict else ()
        shape: Literal["list", "map"] = "list" if origin is list else "map"
        model, scalar = _leaf(item)
        return Member(name, shape, model, marks, item_marks, scalar, holder, required, key_marks)
    model, scalar = _leaf(inner)
    return Member(name, "structure" if model else "scalar", model, marks, (), scalar, holder, required)


def _leaf(annotation: Any) -> tuple[type[ApiModel] | None, type]:
    if isinstance(annotation, type) and issubclass(annotation, ApiModel):
        return annotation, object
    return None, annotation if isinstance(annotation, type) else object


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """Strip `Annotated` and `| None` from a type and return the rest with the facts found."""
    marks: tuple[Any, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            marks = (*marks, *found)
        elif origin in (Union, UnionType):
            rest = [a for a in get_args(annotation) if a is not NoneType]
            if len(rest) != 1:
                return object, marks
            annotation = rest[0]
        else:
            return annotation, marks


class Absent(_Mark):
    """Marks a member that does not exist; distinct from null, which an author writes to reset one."""


ABSENT = Absent()
"""The only instance of `Absent`."""
