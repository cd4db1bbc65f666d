"""The noun of this package: one IAM action, on some ARNs, for one purpose; and the place that fills in patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from reconciler.errors import iam_action

ANY = "*"
"""What is not known yet, in an ARN: whatever there is."""

Condition = tuple[tuple[str, str, str], ...]
"""Condition of a statement: operator, key and value of each part."""


class Use(IntEnum):
    """What an action is for. Statements are made of one purpose each, in this order."""

    READ = 0
    WRITE = 1
    DELETE = 2
    ALSO = 3
    """A call needs it besides the action of its own name."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One action that is allowed."""

    use: Use
    """What it is for."""
    action: str
    """`cognito-idp:DescribeUserPool`."""
    arns: tuple[str, ...]
    """The ARNs that it is limited to, with wildcards; `*` alone for an action that takes none."""
    condition: Condition = ()
    """When it is allowed; empty for always."""


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """What the ARNs of one document have in common. Each part is `*` where it is not known."""

    partition: str
    """`aws`, `aws-us-gov`, `aws-eusc`."""
    region: str
    """Region code."""
    account: str
    """Account number."""
    pool: str = ANY
    """Id of the pool."""

    def filled(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Return ARNs from the patterns of `reconciler.kinds.iam_access`, each once and sorted."""
        return tuple(sorted({self._filled(pattern) for pattern in patterns}))

    def _filled(self, pattern: str) -> str:
        parts = {"partition": self.partition, "region": self.region, "account": self.account, "id": self.pool}
        for name, value in parts.items():
            pattern = pattern.replace(f"{{{name}}}", value)
        return pattern


def granted(use: Use, service: str, operation: str, arns: Iterable[str]) -> Grant:
    """Return the grant of the action that is named after an operation.

    Args:
        use: What it is for.
        service: boto3's name of the service.
        operation: CamelCase.
        arns: The ARNs.
    """
    return Grant(use, iam_action(f"{service}:{operation}"), tuple(arns))


def conditions(found: Mapping[str, Mapping[str, str]]) -> Condition:
    """Return a condition from its form in the tables: operator → key → value."""
    return tuple(sorted((op, key, value) for op, keys in found.items() for key, value in keys.items()))
