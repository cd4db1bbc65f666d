"""The vocabulary in which a kind says what IAM requires for it: ARNs, and actions that no operation is named after.

`iam-policy`, `explain` and the reference pages read it, so that a policy names what a kind needs and no more
(cognito.md 10). Nearly every operation is limited to the ARN of the pool, so a kind says what is different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.model import Tree
from schemas.records import field, record

UNNAMED = "*"
"""The name of an object that no manifest names: it may be any."""

Arns = Callable[[str, Tree], Iterable[str]]
"""Returns patterns of ARNs from the name of an object and what is declared of it; `UNNAMED` and an empty tree mean
every object. `{partition}`, `{region}`, `{account}` and `{id}`, the id of the pool, are filled in later."""

USER_POOLS = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}"
IDENTITY_POOLS = "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{id}"
EVERY_ROLE = "arn:{partition}:iam::{account}:role/*"
EVERY_KEY = "arn:{partition}:kms:{region}:{account}:key/*"
EVERYTHING = "*"

COGNITO = "cognito-idp.amazonaws.com"
IDENTITIES = "cognito-identity.amazonaws.com"


def anywhere(_name: str, _declared: Tree) -> Iterable[str]:
    """The operation takes no ARN."""
    return (EVERYTHING,)


def always(*patterns: str) -> Arns:
    """Return the same patterns for every object."""
    return lambda _name, _declared: patterns


def sets(value: Any) -> bool:
    """Return whether a declared value sets anything: a value that is not blank, or one inside."""
    if isinstance(value, Mapping):
        return any(map(sets, value.values()))
    return value is not None and (bool(value) or isinstance(value, bool | int | float))


def unsets(value: Any) -> bool:
    """Return whether a declared value unsets anything: null, an empty text, or one of them inside."""
    return any(map(unsets, value.values())) if isinstance(value, Mapping) else value is None or value == ""


@record(frozen=True, slots=True)
class Permission:
    """An IAM action that a call needs besides the one of its own name."""

    action: str
    """`iam:PassRole`."""
    arns: tuple[str, ...] = (EVERYTHING,)
    """Patterns of the ARNs it is limited to."""
    named: bool = False
    """Whether the declared member holds the ARN; the patterns are for a value that is not known yet."""
    condition: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Condition of the statement: operator → key → value."""
    needed: Callable[[Any], bool] = sets
    """Whether a declared value needs it; only if it belongs to a member."""


def pass_role(service: str) -> Permission:
    """Return the permission to hand a role to a service: the declared one, for this service only (cognito.md 10.2)."""
    return Permission(
        "iam:PassRole", (EVERY_ROLE,), named=True, condition={"StringEquals": {"iam:PassedToService": service}}
    )


def linked_role(service: str, needed: Callable[[Any], bool] = sets) -> Permission:
    """Return the permission to have a service make its service-linked role (cognito.md 9.3, 9.7, 10.2)."""
    condition = {"StringEquals": {"iam:AWSServiceName": service}}
    return Permission("iam:CreateServiceLinkedRole", condition=condition, needed=needed)


def on_key(action: str) -> Permission:
    """Return the permission for an action on the declared key."""
    return Permission(f"kms:{action}", (EVERY_KEY,), named=True)


@record(frozen=True, slots=True)
class IamAccess:
    """What IAM requires for a kind."""

    arns: Arns | None = None
    """What its operations are limited to; None for the ARN of its pool."""
    arns_of: Mapping[str, Arns] = field(default_factory=dict)
    """The same for single operations, where it is different."""
    only_if: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    """Operations of `elsewhere` that only some declared values lead to: operation → whether a value does."""
    permissions: Mapping[str, tuple[Permission, ...]] = field(default_factory=dict)
    """Actions besides those named like the operations: by operation, or by the path of the member that needs them if it
    is set (cognito.md 9 and 10)."""
