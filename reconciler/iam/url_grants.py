"""What `urls` needs: it reads the pool and its clients, writes clients, and keeps its records in Systems Manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.iam.grants import ANY, Grant, PolicyPlace, Use, granted
from reconciler.iam.manifest_grants import read_grants
from reconciler.kinds import user_pool
from reconciler.kinds.client import KIND as CLIENT
from reconciler.kinds.iam_access import USER_POOLS
from reconciler.observing.possible_reads import PossibleRead


def url_grants(place: PolicyPlace, path: str, records: Iterable[tuple[Use, str, str]]) -> Iterator[Grant]:
    """Yield what a run on any client of a pool needs.

    Args:
        place: Fills in the ARNs; a pool that is not known by its id is looked for by its name.
        path: The path of all records in Systems Manager.
        records: The calls that read and write them: what each is for, service and operation.
    """
    root = user_pool.KIND
    for kind in (root, CLIENT):
        if kind.listing and (kind is CLIENT or place.pool == ANY):
            yield from read_grants(PossibleRead(kind, kind.listing.operation), (), place)
        if kind.reading:
            yield from read_grants(PossibleRead(kind, kind.reading.operation), (), place)
    yield granted(Use.WRITE, CLIENT.service, CLIENT.update, place.filled((USER_POOLS,)))
    arns = place.filled((f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter{path}/{{id}}/*",))
    for use, service, operation in records:
        yield granted(use, service, operation, arns)
