"""The attributes that a user writes: what the schema and the app client allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.local.clients import DEFAULT_WRITE, VERIFIED
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import aliases, parties
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from reconciler.local.user_checks import SHAPES, check_attributes


def named(items: Iterable[Record] | None) -> dict[str, str]:
    """Return a list of Name and Value as a dict."""
    return {item["Name"]: item.get("Value", "") for item in items or ()}


def spelled(pool: Record, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as they are stored: aliases in lower case if the pool is case-insensitive."""
    kinds = aliases.kinds(pool)
    return {k: parties.spelled(pool, v) if k in kinds else v for k, v in attributes.items()}


def check(caller: Caller, attributes: Mapping[str, str], *, new: bool) -> None:
    """Check attributes that a user writes: the schema first, then what the client may write.

    Raises:
        ServiceError: InvalidParameterException or NotAuthorizedException.
    """
    known = {a["Name"] for a in caller.pool["schema"]}
    for name in attributes:
        if name not in known and name.startswith("custom:"):
            refuse(f"Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined")
    check_attributes(caller.pool, attributes, new=new)
    check_writable(caller, attributes)


def check_writable(caller: Caller, names: Iterable[str]) -> None:
    """Check that a client may write attributes. No client may mark an address as verified.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    allowed = set(caller.client.get("WriteAttributes") or DEFAULT_WRITE) - VERIFIED
    if not set(names) <= allowed:
        raise ServiceError("NotAuthorizedException", "A client attempted to write unauthorized attribute")


def merged(before: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """Return attributes after a change: an empty value removes one, and an address its `_verified` mark too."""
    after = {k: v for k, v in {**before, **sent}.items() if v}
    return {k: v for k, v in after.items() if k not in VERIFIED or k.removesuffix("_verified") in after}


def unverified(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the `_verified` marks of new addresses: false."""
    return {f"{kind}_verified": "false" for kind in SHAPES if attributes.get(kind)}
