"""The IAM role that Cognito assumes to send SMS, and the trust that is narrowed to one pool (cognito.md 9.1).

Cognito checks the trust of the role before a new pool has an ARN. So the role begins with a trust in all pools of the
account and Region, and `sms_role_trust` narrows it once the pool exists. An author declares `sms_role` alone; poolctl
adds the rest.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from schemas.base import (
    ApiModel,
    CreateOnly,
    Default,
    FreeDocument,
    LeftOut,
    Note,
    NotRemovable,
    Pattern,
    Unordered,
    distinct,
)
from schemas.limits import Field, StringConstraints

ROLE_NAME = Pattern(
    r"^[\w+=,.@-]+$", "has characters that are not allowed here", "Use letters, digits and +=,.@_- only."
)
PATH = Pattern(r"^(/|/[\x21-\x7F]+/)$", "is not the path of a role", "Write it with a slash at both ends: /service/.")
BOUNDARY = Pattern(
    r"^arn:[\w-]+:iam::([0-9]+|aws):policy/[\w+=/,.@-]+$",
    "is not the ARN of a policy in IAM",
    "Write it like arn:aws:iam::ACCOUNT:policy/NAME.",
    whole=True,
)
NameOfRole = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ROLE_NAME)]
Document = Annotated[dict[str, Any], FreeDocument()]

UNUSED = "is of no use for a role that Cognito assumes for a moment: remove it"
SHOWN = LeftOut("is made by IAM: remove it")
TRUSTED = NotRemovable("A role always has a trust: remove the member, and poolctl writes it.")

KEPT_ROLE = Note(
    "--prune leaves it: other pools may use the role. By hand: `aws iam delete-role-policy --role-name NAME "
    "--policy-name poolctl-sms`, then `aws iam delete-role --role-name NAME`."
)
"""What --prune does, and how to do it by hand."""

KEPT_TRUST = Note(
    "--prune leaves it, when the pool is gone too. By hand: `aws iam update-assume-role-policy` with a "
    "document without the statement that names the pool."
)
"""What --prune does, and how to do it by hand."""


class Tag(ApiModel):
    """A tag of a role."""

    Key: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    """Key of the tag."""
    Value: Annotated[str, StringConstraints(max_length=256)]
    """Value of the tag."""


class SmsRole(ApiModel):
    """The role that Cognito assumes to send SMS messages; its ARN and external id go into SmsConfiguration."""

    INPUTS = (("iam", "CreateRole"), ("iam", "PutRolePolicy"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "PolicyName": "is poolctl-sms: remove it",
        "Description": "is not managed: remove it",
        "MaxSessionDuration": UNUSED,
        "MaxSigninSessionDuration": UNUSED,
        **dict.fromkeys(("Arn", "RoleId", "CreateDate", "RoleLastUsed"), SHOWN),
    }

    RoleName: (
        Annotated[NameOfRole, Note("Unique in the account. A role of this name that exists is adopted.")] | None
    ) = None
    """Name of the role."""
    Path: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=512, pattern=PATH),
            Default("/"),
            CreateOnly("Create a role of another name."),
        ]
        | None
    ) = None
    """Path of the role."""
    PermissionsBoundary: Annotated[str, StringConstraints(min_length=20, max_length=2048, pattern=BOUNDARY)] | None = (
        None
    )
    """ARN of the policy that limits what the role may do."""
    Tags: Annotated[list[Tag], Field(max_length=50), distinct("Key"), Unordered(), Default([])] | None = None
    """Tags of the role; the list is compared and written whole."""
    AssumeRolePolicyDocument: (
        Annotated[
            Document,
            TRUSTED,
            Note(
                "poolctl writes it: Cognito may assume the role with the external id, for this account and pool. What "
                "it denies, and the trust in other pools of the account that have an external id, stay."
            ),
        ]
        | None
    ) = None
    """Who may assume the role; a document of your own replaces all of it."""
    PolicyDocument: (
        Annotated[
            Document,
            Note(
                "poolctl writes it: sns:Publish, or sms-voice:SendTextMessage with EumsSms. While the trust names "
                "other pools too, what else it allows of the two stays. With null, what the role may do comes from "
                "policies that poolctl does not manage."
            ),
        ]
        | None
    ) = None
    """What the role may do; a document of your own replaces that of the inline policy poolctl-sms."""


class SmsRoleTrust(ApiModel):
    """The trust of the SMS role, narrowed to the pool. A plan that makes a pool with `sms_role` adds it by itself."""

    INPUTS = (("iam", "UpdateAssumeRolePolicy"),)

    RoleName: Annotated[NameOfRole, Note("Needed only for a role that no section sms_role makes.")] | None = None
    """Name of the role."""
    PolicyDocument: (
        Annotated[
            Document,
            TRUSTED,
            Note(
                "poolctl writes it: Cognito may assume the role with the external id, for this account and pool. What "
                "it denies, and the trust in other pools of the account that have an external id, stay."
            ),
        ]
        | None
    ) = None
    """Who may assume the role."""
