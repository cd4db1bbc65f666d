"""Regions and partitions, as the installed botocore knows them.

Which Region belongs to which partition, under which DNS suffix, and where a service exists, is data that botocore ships
and that grows with it: a table or a pattern of our own would refuse what AWS has opened since. Read from botocore's
data files and not through botocore, as in `shapes`, so that `validate` can ask (decision 36; cognito.md 12).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.values.shapes import data_directory

DEFAULT = "aws"
"""The partition of a Region that no partition claims: botocore's endpoint rules assume it, too."""


def partition(region: str) -> str:
    """Return the partition of a Region, for ARNs: `aws`, `aws-us-gov`, `aws-eusc`."""
    return str(_partition(region)["id"])


def suffix(region: str) -> str:
    """Return the DNS suffix of a Region's partition: `amazonaws.com`, `amazonaws.com.cn`, `amazonaws.eu`."""
    return str(_partition(region)["outputs"]["dnsSuffix"])


def offers(service: str, region: str) -> bool | None:
    """Return whether a service exists in a Region; None if the installed botocore does not list the Region.

    Args:
        service: botocore's name of it: `cognito-idp`.
        region: Region code.
    """
    for found in _endpoints():
        if region in found["regions"]:
            return region in found["services"].get(service, {}).get("endpoints", {})
    return None


def home(service: str, region: str) -> str:
    """Return the Region that a service without Regions works in, in the partition of a Region: us-east-1 for IAM.

    Args:
        service: botocore's name of it: `iam`.
        region: Region code; returned for a service that has Regions.
    """
    known = (p["services"].get(service, {}) for p in _endpoints() if p["partition"] == partition(region))
    found: Mapping[str, Any] = next(known, {})
    endpoint = found.get("endpoints", {}).get(found.get("partitionEndpoint"), {})
    return str(endpoint.get("credentialScope", {}).get("region", region))


def with_service(service: str) -> tuple[str, ...]:
    """Return the Regions of all partitions in which a service exists, sorted."""
    return tuple(sorted(r for p in _endpoints() for r in p["regions"] if offers(service, r)))


def source() -> str:
    """Return where the answers come from, for messages: `botocore 1.44.8`."""
    from importlib.metadata import version  # brings e-mail and archives with it

    return f"botocore {version('botocore')}"


def _partition(region: str) -> Mapping[str, Any]:
    """Find a partition as botocore's endpoint rules do: by its list of Regions, then by its pattern."""
    known = _partitions()
    listed = (p for p in known if region in p["regions"])
    alike = (p for p in known if re.match(p["regionRegex"], region))
    return next(listed, None) or next(alike, None) or next(p for p in known if p["id"] == DEFAULT)


@cache
def _partitions() -> tuple[Mapping[str, Any], ...]:
    return tuple(_read("partitions.json"))


@cache
def _endpoints() -> tuple[Mapping[str, Any], ...]:
    return tuple(_read("endpoints.json"))


def _read(name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads((data_directory() / name).read_bytes())["partitions"]
    return found
