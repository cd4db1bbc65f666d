"""Which identity pools give AWS credentials to the users of a user pool; only they know it."""

from __future__ import annotations

from reconciler.cloud.port import Cloud, pages
from reconciler.errors import CloudError, Denied, Unavailable
from reconciler.kinds.identity_pool import ID, KIND, LISTING, READING
from reconciler.model import Address, Observed
from schemas.records import record

MOST = 60
"""Identity pools that are looked at: each costs a call, and few accounts have more."""


@record(frozen=True, slots=True)
class IdentityPools:
    """What was found."""

    pools: tuple[Observed, ...] | None
    """The identity pools of the Region, as they are live; None if they are not known."""
    notice: str = ""
    """Why they are not known, and what follows; a sentence, or empty."""


def identity_pools(cloud: Cloud) -> IdentityPools:
    """Return the identity pools of the account and Region, or why they are not known.

    Args:
        cloud: Where to read.

    Raises:
        CloudError: They could not be read, for another reason than that this is not allowed or not possible here.
    """
    try:
        return known_pools(cloud)
    except Denied as error:
        return _lacking(error)
    except CloudError as error:
        raise error.located("identity pools", "reading") from None


def known_pools(cloud: Cloud) -> IdentityPools:
    """Return the identity pools of the account and Region; none where the service does not exist.

    Args:
        cloud: Where to read.

    Raises:
        CloudError: They could not be read. A file must not change with what its writer may read.
    """
    page, size = LISTING.page or ("", 0)
    try:
        listed = list(pages(cloud, KIND.service, LISTING.operation, {page: size}, LISTING.items))
        if len(listed) > MOST:
            return IdentityPools(None, f"There are {len(listed)} identity pools, too many to look at each: {_OUT}")
        found = [cloud.call(KIND.service, READING.operation, {ID: item[ID]}) for item in listed]
    except Unavailable as error:
        return _lacking(error)
    return IdentityPools(tuple(Observed(Address("", KIND.section), {ID: a[ID]}, KIND.from_api(a)) for a in found))


def _lacking(error: CloudError) -> IdentityPools:
    return IdentityPools(None, f"Identity pools are not known ({error.operation}: {error.code}): {_OUT}")


_OUT = "none is in the output."
