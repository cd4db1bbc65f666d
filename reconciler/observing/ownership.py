"""Ownership: separates live objects that AWS created by itself.

Decided in one place and before any comparison, so later stages need not know (decision 13). An author who
declares such an object takes it over.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds import KINDS
from reconciler.model import Observed, Tree
from schemas.records import record

STACK = "aws:cloudformation:stack-name"
"""The tag that CloudFormation puts on resources it creates."""


@record(frozen=True, slots=True)
class Disowned:
    """A live object created by AWS, which needs no declaration."""

    observed: Observed
    """The object."""
    reason: str
    """Who created it."""


def split(objects: Iterable[Observed], pool_id: str) -> tuple[tuple[Observed, ...], tuple[Disowned, ...]]:
    """Split live objects into those of authors and those created by AWS.

    Args:
        objects: Live objects of one pool.
        pool_id: Its id; the prefix of groups that AWS creates.
    """
    ours: list[Observed] = []
    others: list[Disowned] = []
    for observed in objects:
        reason = KINDS[observed.address.section].owner(observed.data, pool_id)
        if reason:
            others.append(Disowned(observed, reason))
        else:
            ours.append(observed)
    return tuple(ours), tuple(others)


def stack_of(answer: Tree) -> str:
    """Return the CloudFormation stack whose tags a pool carries, or an empty text.

    No call removes these tags, so they stay when the stack has let go of the pool.

    Args:
        answer: The pool's own answer.
    """
    tags = next((v for k, v in answer.items() if k.endswith("PoolTags") and isinstance(v, dict)), {})
    marked = next((k for k in sorted(tags) if k.startswith("aws:cloudformation:")), "")
    return str(tags.get(STACK, tags[marked])) if marked else ""
