"""What Cognito checks of the role that sends SMS, when a pool with it is written (cognito.md 9.1).

Only roles that were made in the embedded IAM are known; any other ARN is taken, so that an example with one runs. A
trust in one pool does not cover a pool that is only being made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Record

COGNITO = "cognito-idp.amazonaws.com"
ACTIONS = {"SnsCallerArn": "sns:publish", "CallerArn": "sms-voice:sendtextmessage"}


def check_role(ctx: Context, pool: Record, config: Record) -> None:
    """Check the role of an SMS configuration.

    Raises:
        ServiceError: Cognito may not assume it, or it may not send SMS.
    """
    sms = config.get("SmsConfiguration") or {}
    for member, block in (("SnsCallerArn", sms), ("CallerArn", sms.get("EumsSms") or {})):
        role = ctx.store.account["roles"].get(str(block.get(member, "")).rpartition("/")[2])
        if role is None:
            continue
        if not any(_admits(s, block.get("ExternalId"), pool["arn"]) for s in _statements(role["document"])):
            raise ServiceError(
                "InvalidSmsRoleTrustRelationshipException",
                "Role does not have a trust relationship allowing Cognito to assume the role",
            )
        if not any(_allows(s, ACTIONS[member]) for text in role["policies"].values() for s in _statements(text)):
            raise ServiceError(
                "InvalidSmsRoleAccessPolicyException",
                "Role does not have permission to publish with SNS",
            )


def _statements(text: str) -> list[Any]:
    return _many(json.loads(text).get("Statement"))


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _allows(statement: Record, action: str) -> bool:
    patterns = [str(p).lower() for p in _many(statement.get("Action"))]
    return statement.get("Effect") == "Allow" and any(fnmatchcase(action, p) for p in patterns)


def _admits(statement: Record, external_id: Any, arn: str) -> bool:
    principals = _many((statement.get("Principal") or {}).get("Service"))
    facts = {"sts:externalid": external_id, "aws:sourceaccount": ACCOUNT, "aws:sourcearn": arn}
    held = all(facts.get(key) is not None and _meets(facts[key], wanted) for key, wanted in _conditions(statement))
    return _allows(statement, "sts:assumerole") and COGNITO in principals and held


def _conditions(statement: Record) -> Iterator[tuple[str, Any]]:
    for block in (statement.get("Condition") or {}).values():
        yield from ((key.lower(), wanted) for key, wanted in block.items())


def _meets(fact: Any, wanted: Any) -> bool:
    return any(fnmatchcase(str(fact), str(pattern)) for pattern in _many(wanted))
