"""Permission of a pool to invoke a function: what AddPermission of AWS Lambda takes (cognito.md 9.2).

Cognito does not check it when LambdaConfig is written; without it, the trigger fails at sign-in. Everything follows
from the pool and the function, so there is nothing to declare but the section.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import FUNCTION, ApiModel, KeyName, Note, Pattern
from schemas.limits import StringConstraints

FunctionLabel = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=FUNCTION)]
"""ARN of a function, with its alias or version if LambdaConfig names one."""

SOURCE = Pattern(
    r"^arn:[\w-]+:cognito-idp:[\w-]+:[0-9]+:userpool/.+$",
    "is not the ARN of a user pool",
    "Remove it: poolctl writes the ARN of this pool.",
    whole=True,
)

UNFIT = "does not apply to a user pool: remove it"

PRUNED_PERMISSIONS = Note(
    "With --prune, if `prune` names this section, the statement goes in the run that takes the trigger away; "
    "later, nothing names the function. By hand: `aws lambda remove-permission --function-name ARN "
    "--statement-id POOL_ID`."
)
"""What --prune does, and how to do it by hand."""


class TriggerPermission(ApiModel):
    """Permission of the pool to invoke one function of LambdaConfig; one statement of the function's policy."""

    INPUTS = (("lambda", "AddPermission"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "StatementId": "is the id of the pool: remove it",
        "Qualifier": "is part of the function's ARN: remove it",
        "RevisionId": "is of one moment: remove it",
        "EventSourceToken": UNFIT,
        "PrincipalOrgID": UNFIT,
        "FunctionUrlAuthType": UNFIT,
        "InvokedViaFunctionUrl": UNFIT,
    }

    FunctionName: Annotated[FunctionLabel, KeyName(renameable=False)] | None = None
    """ARN of the function, as in LambdaConfig."""
    Action: Annotated[str, StringConstraints(max_length=10000), Note("poolctl writes it.")] | None = None
    """What is allowed: `lambda:InvokeFunction`."""
    Principal: Annotated[str, StringConstraints(max_length=2048), Note("poolctl writes it.")] | None = None
    """Who is allowed: `cognito-idp.amazonaws.com`."""
    SourceArn: (
        Annotated[str, StringConstraints(max_length=10000, pattern=SOURCE), Note("poolctl writes it.")] | None
    ) = None
    """The pool for which it is allowed."""
    SourceAccount: Annotated[str, StringConstraints(max_length=12), Note("poolctl writes it.")] | None = None
    """The account of the pool."""
