"""The lists of URLs that a client should have, from its records and what is live; pure, so that it can be proven.

Items that no record knows stay. What has expired or was removed goes, unless a manifest declares it or the client
cannot be without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from reconciler.errors import Refused
from reconciler.kinds.client import KIND as CLIENT
from reconciler.model import Action, Address, Plan, ResourceChange, Target, Tree
from reconciler.planning.lowering import lower
from reconciler.procedures import url_records
from reconciler.procedures.url_records import CALLBACKS, LISTS, UrlList, UrlRecord, UrlRecords
from reconciler.values.differ import diff
from reconciler.values.item_forms import most
from reconciler.values.merge import overlay
from schemas.base import members
from schemas.records import field, record

FLOWS = frozenset({"code", "implicit"})
"""OAuth flows for which a client must have a callback URL (rule C2)."""


UrlStatus: TypeAlias = Literal[
    "added", "renewed", "present", "other", "removed", "absent", "declared", "expired", "pending"
]
"""Renewed is recorded anew; other is there, and of others; pending is recorded, and not there."""


class UrlEntry(NamedTuple):
    """What became of a URL, or what is known of it."""

    member: UrlList
    """The list."""
    url: str
    """The URL."""
    status: UrlStatus
    """What became of it, in a word."""
    until: float | None = None
    """When it expires, in seconds since 1970; None for never, or if it is not recorded."""


@record(frozen=True)
class UrlClient:
    """The client whose URLs are shared."""

    ids: Mapping[str, str]
    """UserPoolId and ClientId."""
    shown: str
    """As messages name it."""
    declared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By list, the URLs that a manifest declares, as far as one is known."""

    @property
    def path(self) -> str:
        """The path of its records."""
        return url_records.path_of(self.ids["UserPoolId"], self.ids["ClientId"])

    def declares(self, member: str) -> frozenset[str]:
        """Return the URLs that a manifest declares in a list."""
        return self.declared.get(member, frozenset())

    def ended(self, records: UrlRecords, member: str, now: float) -> frozenset[str]:
        """Return the URLs that a list should no longer have."""
        return records.ended(member, now) - self.declares(member)


def urls_of(answer: Tree, member: str) -> list[str]:
    """Return the live URLs of a list."""
    return [str(url) for url in answer.get(member) or ()]


def agrees(lists: Mapping[str, Sequence[str]], answer: Tree) -> bool:
    """Return whether a client has the lists that it should have; their order does not matter."""
    return all(set(lists[member]) == set(urls_of(answer, member)) for member in LISTS)


def lists_of(client: UrlClient, records: UrlRecords, answer: Tree, now: float) -> dict[str, list[str]]:
    """Return the lists that a client should have.

    Args:
        client: The client.
        records: All that is recorded.
        answer: What Cognito answers about it.
        now: The time, in seconds since 1970.
    """
    found: dict[str, list[str]] = {}
    for member in LISTS:
        live, ended = urls_of(answer, member), client.ended(records, member, now)
        kept = [url for url in live if url not in ended or url == answer.get("DefaultRedirectURI")]
        new = [url for url in records.wanted(member, now) if url not in live]
        last = member == CALLBACKS and not (kept or new) and needs_callback(answer)
        found[member] = [*(live[:1] if last else kept), *new]
    return found


def needs_callback(answer: Tree) -> bool:
    """Return whether a client cannot be without a callback URL."""
    return bool(FLOWS & set(answer.get("AllowedOAuthFlows") or ()))


def overfull(lists: Mapping[str, Sequence[str]]) -> str:
    """Return that a list has more items than Cognito takes, as sentences; empty if none has."""
    for member, items in lists.items():
        limit = most(members(CLIENT.model)[member])
        if limit is not None and len(items) > limit:
            return (
                f"{member} would have {len(items)} items, and Cognito takes {limit}. `poolctl urls list` shows whose "
                "they are; remove some."
            )
    return ""


def expired(
    client: UrlClient, records: UrlRecords, answer: Tree, now: float, asked: Iterable[str]
) -> Iterator[UrlEntry]:
    """Yield the live URLs that have ended and that were not asked for.

    Args:
        client: The client.
        records: All that is recorded.
        answer: What Cognito answers about it.
        now: The time, in seconds since 1970.
        asked: URLs that the run is about.
    """
    asked = frozenset(asked)
    for member in LISTS:
        ended = client.ended(records, member, now) - asked
        for url in urls_of(answer, member):
            if url in ended:
                yield UrlEntry(member, url, "expired", last_end(records.about(member, url)))


def listed(client: UrlClient, records: UrlRecords, answer: Tree, now: float) -> Iterator[UrlEntry]:
    """Yield what is recorded and what is live, by list and URL."""
    for member in LISTS:
        live = urls_of(answer, member)
        for url in sorted({*records.urls(member), *live}):
            found = records.about(member, url)
            wanted = [r for r in found if r.is_live(now)]
            if wanted:
                yield UrlEntry(member, url, "present" if url in live else "pending", last_end(wanted))
            elif url in live:
                other: UrlStatus = "declared" if url in client.declares(member) else "other"
                yield UrlEntry(member, url, "expired" if found and other == "other" else other, last_end(found))


def removal(
    client: UrlClient, member: UrlList, url: str, found: Sequence[UrlRecord], *, live: bool, force: bool
) -> UrlStatus:
    """Return what removing a URL does: `removed`, `absent`, or `declared` if it stays.

    Args:
        client: The client.
        member: The list.
        url: The URL.
        found: What is recorded of it.
        live: Whether the client has it.
        force: Whether what no record knows is removed too.

    Raises:
        Refused: It belongs to others.
    """
    if url in client.declares(member):
        if not found:
            raise Refused(f"{client.shown}: the manifest declares {url}. Remove it there.")
        return "declared"
    if (found and live) or (live and force) or any(not r.gone for r in found):
        return "removed"
    if live:
        raise Refused(
            f"{client.shown}: `urls add` has not added {url}, so it belongs to others. Nothing was written. To "
            "remove it all the same, add --force."
        )
    return "absent"


def require_removable(client: UrlClient, answer: Tree, member: str, urls: Sequence[str]) -> None:
    """Check that a client can be without some URLs.

    Raises:
        Refused: It cannot. Nothing was written.
    """
    if member != CALLBACKS or not urls:
        return
    default, live = answer.get("DefaultRedirectURI"), urls_of(answer, member)
    if default in urls:
        raise Refused(f"{client.shown}: {default} is its DefaultRedirectURI. Change that first.")
    if live and not set(live) - set(urls) and needs_callback(answer):
        raise Refused(f"{client.shown}: the flows code and implicit require a callback URL, and none would be left.")


def last_end(records: Iterable[UrlRecord]) -> float | None:
    """Return when the last of some records expires; None if one of them never does."""
    ends = [r.until for r in records if not r.gone]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def update(client: UrlClient, answer: Tree, lists: Mapping[str, Sequence[str]]) -> Tree:
    """Return the parameters of the call that gives a client other lists and leaves the rest as it is.

    Args:
        client: The client.
        answer: What Cognito answers about it.
        lists: The lists.
    """
    live, declared = CLIENT.from_api(answer), {member: list(items) for member, items in lists.items()}
    merged = overlay(CLIENT.model, live, declared)
    address = Address("", CLIENT.section, str(answer.get("ClientName", "")))
    fields = diff(CLIENT.model, declared, live)
    change = ResourceChange(
        address, CLIENT.resource_type, Action.UPDATE, fields, declared, live, merged, client.ids, merged=merged
    )
    (call,) = lower(change, Plan(Target("", "", "", client.ids["UserPoolId"], ""), (change,)))
    return dict(call.params)
