"""The pool whose users are meant, and the calls that may be sent about them."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.cloud.port import Cloud
from reconciler.model import Tree

SERVICE = "cognito-idp"
READS = frozenset(
    {
        *((SERVICE, o) for o in ("ListUsers", "ListUsersInGroup", "AdminGetUser", "AdminListGroupsForUser")),
        *((SERVICE, o) for o in ("GetCSVHeader", "ListUserImportJobs", "DescribeUserImportJob")),
        ("logs", "FilterLogEvents"),
    }
)
"""Calls of the commands that write nothing, besides those that find a pool."""
WRITES = frozenset((SERVICE, o) for o in ("CreateUserImportJob", "StartUserImportJob"))
"""Calls of an import besides them."""


@dataclass(frozen=True)
class LivePool:
    """A live user pool."""

    cloud: Cloud
    """Its account and Region, with the calls that the command may send."""
    id: str
    """Its id."""
    name: str
    """Its PoolName."""
    description: Tree
    """UserPool of DescribeUserPool."""

    def call(self, operation: str, **params: object) -> Tree:
        """Send a request about the pool and return the answer.

        Raises:
            CloudError: It was refused.
        """
        return self.cloud.call(SERVICE, operation, {"UserPoolId": self.id, **params})
