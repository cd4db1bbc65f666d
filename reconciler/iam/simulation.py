"""Policies → questions to IAM's policy simulator, and its answers → what is not allowed.

The simulator says what a principal's own policies, and boundaries and organisation policies around it, allow. It knows
an ARN as a text: one with a wildcard is allowed only by a policy that has that wildcard or a wider one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from reconciler.iam.grants import ANY
from reconciler.iam.policies import IamPolicy, Statement
from reconciler.model import Tree

SERVICE, OPERATION, RESULTS = "iam", "SimulatePrincipalPolicy", "EvaluationResults"
ALLOWED = "allowed"

ASSUMED = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
"""ARN of a session of a role: partition, account, name of the role."""


class NotAllowed(NamedTuple):
    """An action that is not allowed on an ARN."""

    action: str
    """`cognito-idp:UpdateUserPool`."""
    arn: str
    """The ARN, or `*`."""
    explicit: bool
    """Whether a policy denies it; otherwise none allows it."""


def principal(arn: str) -> tuple[str, str]:
    """Return the ARN of the principal behind a caller, and the name of its role.

    Args:
        arn: The caller, as STS names it.

    Returns:
        The ARN, whose path is left out if it is that of a role, and the name of the role; two empty texts for callers
        that have no policies of their own, such as the root user.
    """
    session = ASSUMED.fullmatch(arn)
    if session:
        partition, account, name = session.groups()
        return f"arn:{partition}:iam::{account}:role/{name}", name
    return (arn, "") if ":user/" in arn else ("", "")


def questions(policies: Iterable[IamPolicy], source: str) -> Iterator[Tree]:
    """Yield the parameters of each call, one for each statement.

    Args:
        policies: What should be allowed.
        source: ARN of the principal.
    """
    for statement in (s for policy in policies for s in policy.statements):
        yield {"PolicySourceArn": source, "ActionNames": list(statement.actions), **_on(statement)}


def _on(statement: Statement) -> Tree:
    context = [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for _, key, value in statement.condition
    ]
    arns = {} if statement.arns == (ANY,) else {"ResourceArns": list(statement.arns)}
    return {**arns, **({"ContextEntries": context} if context else {})}


def not_allowed(results: Sequence[Tree]) -> Iterator[NotAllowed]:
    """Yield what is not allowed, from the results of one call.

    Args:
        results: Its `EvaluationResults`, of all pages.
    """
    for one in results:
        parts: Sequence[Any] = one.get("ResourceSpecificResults") or [
            {"EvalResourceName": one.get("EvalResourceName"), "EvalResourceDecision": one.get("EvalDecision")}
        ]
        for part in parts:
            decision = str(part.get("EvalResourceDecision", ""))
            if decision != ALLOWED:
                arn = str(part.get("EvalResourceName") or ANY)
                yield NotAllowed(str(one.get("EvalActionName", "")), arn, decision == "explicitDeny")
