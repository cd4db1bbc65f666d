"""Where the pools of a kind exist: a Region without the service is refused by name, before AWS is asked.

botocore is the authority (cognito.md 12). A Region that it lists without the service is refused. A Region that it does
not list may be newer than botocore, so that is only a warning.
"""

from __future__ import annotations

from reconciler.kinds.kind import ResourceKind
from reconciler.terminal.suggestions import closest, did_you_mean
from reconciler.values import regions


def lacks(kind: ResourceKind, region: str) -> bool:
    """Return whether botocore knows the Region, and that the service of a kind is not there.

    Args:
        kind: A kind that is a pool itself.
        region: Region code.
    """
    return regions.offers(kind.service, region) is False


def advice(kind: ResourceKind, region: str) -> tuple[str, str]:
    """Return what is wrong with a Region and what to do; two empty texts if the service is known to be there.

    Args:
        kind: A kind that is a pool itself.
        region: Region code.
    """
    offered = regions.offers(kind.service, region)
    if offered:
        return "", ""
    if offered is False:
        message = f"there are no {kind.title}s in {region}: {regions.source()} has no {kind.service} there."
        return message, "Use another Region, or update botocore if AWS has opened the service there since."
    near = closest(region, regions.with_service(kind.service))
    hint = f"{did_you_mean(near)} Otherwise" if near else "Check the spelling, or"
    return f"{regions.source()} does not list the Region {region}.", f"{hint} update botocore if the Region is new."


def sentences(kind: ResourceKind, region: str) -> tuple[str, str]:
    """Return the same as `advice`, each a sentence of its own."""
    message, fix = advice(kind, region)
    return message[:1].upper() + message[1:], fix
