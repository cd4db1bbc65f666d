"""The functions of LambdaConfig: the events that they get, what they may answer, and the errors if they fail.

A function is an ARN in the pool and something local that it is mapped to (`trigger_functions.py`). An ARN that is
mapped to nothing is skipped, with one line on the terminal.
"""

from __future__ import annotations

from reconciler.local.operation import Context
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def configured(pool: Record, name: str) -> bool:
    """Return whether LambdaConfig names a function for a trigger such as `PreSignUp`."""
    raise NotImplementedError


def mapped(ctx: Context, pool: Record, name: str) -> bool:
    """Return whether a trigger has a function that can be called here."""
    raise NotImplementedError


def run(ctx: Context, caller: Caller, source: str, user: Record | str, request: Record) -> Record:
    """Call the function of a trigger and return the `response` that it answers; {} if there is none to call.

    The function may change the user through the API: read the user again afterwards.

    Args:
        ctx: The context.
        caller: Its `metadata` becomes `clientMetadata`, unless `request` has that member; None there leaves it out.
        source: The triggerSource in full, which names the trigger: `PostConfirmation_ConfirmSignUp`,
            `TokenGeneration_RefreshTokens`.
        user: The user, whose attributes go along as `userAttributes` unless `request` has that member; or the name of
            one that does not exist.
        request: What else the trigger gets. `scopes` is left out of a PreTokenGeneration event of version 1.

    Raises:
        ServiceError: UserLambdaValidationException, UnexpectedLambdaException or InvalidLambdaResponseException.
    """
    raise NotImplementedError


def version(pool: Record, name: str) -> str:
    """Return the LambdaVersion of a trigger: `V1_0`, `V2_0` or `V3_0`."""
    raise NotImplementedError
