"""Who made it so: CloudTrail's events, laid beside findings.

CloudTrail keeps management events for 90 days and answers two questions a second, each by one attribute
(cognito.md 8.4). The events that name the pool are asked for first, as one list answers for all findings; where
they are silent, the operations of a finding's kind are asked for by name. Events come newest first, so the first that
fits a finding is the last that touched its object. What is gone is looked for by the identifier that older events
told, and settings that live in another Region in the events of that Region.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.cloud.quotas import Bucket
from reconciler.errors import CloudError, Denied
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Attribution, Drift, Finding, FindingClass, Notice, Tree

RATE = 2.0
"""Requests a second that LookupEvents takes, per account and Region."""

MOST_PAGES = 120
"""Pages of 50 events that one question reads at most: a minute at that rate."""

OURS = "poolctl/"
"""What aws.py puts into the user agent."""

NO_OWNER = (None, "", "ALL")
"""Values of a parameter like ClientId that mean the pool, and no single object in it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One management event, as far as it matters here."""

    name: str
    """The operation."""
    source: str
    """The service that logged it: `cognito-idp.amazonaws.com`."""
    request: Tree
    """Parameters of the call, in CloudTrail's spelling: `userPoolId`."""
    answer: Tree
    """What the call returned; empty for most."""
    who: Attribution
    """Who called."""


class Trail:
    """Asks CloudTrail of one Region, no faster than it likes; what was read to its end is not asked for again."""

    def __init__(self, cloud: Cloud, *, clock: Clock, sleep: Sleep) -> None:
        self._cloud = cloud
        self._bucket = Bucket(RATE, clock, sleep)
        self._clock, self._sleep = clock, sleep
        self._answers: dict[tuple[str, str], list[Event]] = {}
        self._regional_read: dict[str, Trail] = {}
        self._cut: set[tuple[str, str]] = set()

    @property
    def cut(self) -> frozenset[tuple[str, str]]:
        """Questions whose answer was longer than is read, in this Region or another one."""
        return frozenset(self._cut).union(*(t.cut for t in self._regional_read.values()))

    def at(self, region: str) -> Trail:
        """Return the CloudTrail of another Region: each keeps the calls that were made there."""
        if region not in self._regional_read:
            self._regional_read[region] = Trail(self._cloud.at(region), clock=self._clock, sleep=self._sleep)
        return self._regional_read[region]

    def events(self, key: str, value: str) -> Iterator[Event]:
        """Yield the events that have an attribute, newest first; calls that failed are left out.

        Args:
            key: `ResourceName` or `EventName`.
            value: What it must be.

        Raises:
            CloudError: CloudTrail refused.
        """
        if (key, value) in self._answers:
            yield from self._answers[key, value]
            return
        found: list[Event] = []
        for event in self._pages(key, value):
            found.append(event)
            yield event
        self._answers[key, value] = found

    def _pages(self, key: str, value: str) -> Iterator[Event]:
        asked = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}], "MaxResults": 50}
        token: str | None = None
        for _ in range(MOST_PAGES):
            self._bucket.take()
            params = {**asked, "NextToken": token} if token else asked
            answer = self._cloud.call("cloudtrail", "LookupEvents", params)
            yield from (e for item in answer.get("Events", ()) if (e := read(item)))
            token = answer.get("NextToken")
            if not token:
                return
        self._cut.add((key, value))


def read(item: Mapping[str, Any]) -> Event | None:
    """Return an event from an item of LookupEvents; None for a call that failed and for what cannot be read."""
    try:
        record = json.loads(item.get("CloudTrailEvent") or "{}")
    except ValueError:
        return None
    if not isinstance(record, dict) or record.get("errorCode"):
        return None
    who = Attribution(
        _principal(record.get("userIdentity") or {}),
        str(record.get("eventName") or item.get("EventName", "")),
        str(record.get("eventTime", "")),
        str(record.get("eventID") or item.get("EventId", "")),
        str(record.get("sourceIPAddress", "")),
        str(record.get("sessionCredentialFromConsole", "")).lower() == "true",
        OURS in str(record.get("userAgent", "")),
    )
    request, answer = record.get("requestParameters") or {}, record.get("responseElements") or {}
    return Event(who.event, str(record.get("eventSource", "")), request, answer, who)


def _principal(identity: Mapping[str, Any]) -> str:
    known = (identity.get(k) for k in ("arn", "invokedBy", "principalId", "type"))
    return next((str(k) for k in known if k), "unknown")


def attribute(drift: Drift, subjects: Mapping[str, Mapping[str, str]], trail: Trail) -> Drift:
    """Return a drift with the event beside each finding that has one. Without permission it says so and goes on.

    Args:
        drift: What differs.
        subjects: By id of a finding, the identifiers of its object, as far as they are known.
        trail: CloudTrail in the pool's Region.
    """
    pool = drift.target.pool_id
    if not drift.findings or not pool:
        return drift
    marks = [_Trace(f, subjects.get(f.id, {}), pool) for f in drift.findings]
    notices = list(drift.notices)
    try:
        _ask(trail, marks, pool)
    except Denied as error:
        notices.append(Notice(f"Attribution was not possible: missing {error.operation}."))
    except CloudError as error:
        notices.append(Notice(f"Attribution was not possible: {error.operation}: {error.code}."))
    asked = {("ResourceName", pool), *(("EventName", o) for m in marks for o in (*m.tellers, *m.operations, *m.asked))}
    if asked & trail.cut:
        notices.append(Notice("CloudTrail holds more events than were read; some findings may lack their author."))
    findings = tuple(replace(m.finding, attribution=m.who) for m in marks)
    return replace(drift, findings=findings, notices=tuple(notices))


def _ask(trail: Trail, marks: Sequence[_Trace], pool: str) -> None:
    """Ask in the pool's Region, and where parts of objects are in another one, there too; the newest event wins."""
    _ask_in(trail, marks, pool)
    for region in dict.fromkeys(m.region for m in marks if m.region):
        _ask_in(trail.at(region), [m.again(regional_read=True) for m in marks if m.region == region], pool)


def _ask_in(trail: Trail, marks: Sequence[_Trace], pool: str) -> None:
    """Ask by the pool's id, and for what is still open by the names of operations; of several, the newest event."""
    names = _Names(pool)
    _look(trail.events("ResourceName", pool), marks, names)
    left = [m for m in marks if not m.who]
    for operation in dict.fromkeys(o for m in left for o in m.asked):
        concerned = [m.again() for m in left if operation in m.asked]
        _look(trail.events("EventName", operation), concerned, names)
    for mark in marks:
        mark.settle()


def _look(events: Iterable[Event], marks: Iterable[_Trace], names: _Names) -> None:
    """Give each finding the first event that fits, and stop when all have theirs."""
    left = list(marks)
    for event in events:
        names.learn(event)
        left = [m for m in left if not m.take(event)]
        if not left:
            return
    for mark in left:  # what is gone may be known by a name that an older event told
        mark.take_gone(names)


class _Names:
    """Identifiers by name, from the events themselves: what was deleted is known there only.

    A name is that of the object, within the object that it stands in: the branding of a client, its terms of use.
    """

    def __init__(self, pool: str) -> None:
        self._pool = pool
        self._ids: dict[tuple[str, str, str], set[str]] = {}

    def learn(self, event: Event) -> None:
        """Take note of the name and identifier that an event tells together."""
        if _value(event.request, "UserPoolId") != self._pool:
            return
        for kind in KINDS.values():
            if kind.id_param and kind.id_param != kind.name_member and event.name in (kind.create, kind.update):
                owners = _values(event, KINDS[kind.outer].id_param) if kind.outer else {""}
                names = _values(event, kind.name_member) if kind.name_member else {""}
                for place in product((kind.section,), owners, names):
                    self._ids.setdefault(place, set()).update(_values(event, kind.id_param))

    def of(self, kind: ResourceKind, owner: str, name: str) -> set[str]:
        """Return the identifiers that objects of a name have had.

        Args:
            kind: Their kind.
            owner: Identifier of what they stood in; empty for the pool.
            name: Their name; empty where there is one in each owner.
        """
        return self._ids.get((kind.section, owner, name), set())

    def before(self, kind: ResourceKind, identifier: str) -> set[str]:
        """Return the identifiers of others that have had the name of an object: those that it was made again after."""
        return {i for (s, _, _), ids in self._ids.items() if s == kind.section and identifier in ids for i in ids} - {
            identifier
        }


class _Trace:
    """A finding, what an event must be to explain it, and who was found."""

    def __init__(self, finding: Finding, ids: Mapping[str, str], pool: str) -> None:
        self.finding = finding
        self.kind = KINDS[finding.address.section]
        self.operations = operations(self.kind, finding)
        self.tellers: tuple[str, ...] = ()
        """Operations whose events tell the identifier of what is gone."""
        self.who: Attribution | None = None
        self._best: Attribution | None = None
        self._ids = ids
        self._root = root_of(self.kind.document).id_param
        self._pool = pool
        self._deletions: list[Event] = []
        if self._is_gone and not ids.get(self.kind.id_param):
            outer = KINDS[self.kind.outer] if self.kind.outer else self.kind
            self.tellers = tuple(dict.fromkeys((self.kind.create, self.kind.update, outer.create, outer.update)))
        self._is_abroad = False
        self._written_there = self.kind.elsewhere.get(str(finding.path[0]), ()) if finding.path else ()

    @property
    def _is_gone(self) -> bool:
        return self.finding.cls is FindingClass.MISSING and not self.kind.root

    @property
    def region(self) -> str:
        """The other Region that the member is read and written in; empty for most."""
        return (
            self.kind.regional_read.region(dict(self._ids)) if self.kind.regional_read and self._written_there else ""
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The operations whose events are of use, in the Region that is asked."""
        return self._written_there if self._is_abroad else (*self.tellers, *self.operations)

    def again(self, *, regional_read: bool = False) -> _Trace:
        """Get ready for another question; what was found stays, unless that finds something newer.

        Args:
            regional_read: Whether the questions go to another Region from now on.
        """
        self.settle()
        self._best, self.who = self.who, None
        self._is_abroad = self._is_abroad or regional_read
        return self

    def settle(self) -> None:
        """Keep the newest of what was found."""
        found = [w for w in (self.who, self._best) if w]
        self.who = max(found, key=lambda w: w.time) if found else None

    def take(self, event: Event) -> bool:
        """Take an event that fits, and tell whether it did."""
        if event.name not in self.asked or event.name in self.tellers or not self._in_pool(event):
            return False
        if self.tellers:
            self._deletions.append(event)
            return False
        if self._is_abroad or self._is_it(event):  # what the pool's id leads to there is the part that is there
            self.who = event.who
        return self.who is not None

    def take_gone(self, names: _Names) -> None:
        """Take the newest deletion of an object that had the name of the missing one."""
        found = [e.who for e in self._deletions if self._was_it(e, names)]
        self.who = max(found, key=lambda w: w.time) if found else self.who

    def _was_it(self, event: Event, names: _Names) -> bool:
        """Whether a deletion took the object that is missing, or what that one stood in."""
        kind, outer = self.kind, KINDS.get(self.kind.outer)
        wanted = self.finding.desired if isinstance(self.finding.desired, dict) else {}
        local = self.finding.address.name.rpartition("/")[2]
        name = str(wanted.get(kind.name_member, local)) if kind.name_member else ""
        if outer is None:
            return bool(_values(event, kind.id_param) & names.of(kind, "", name))
        owner = self._ids.get(outer.id_param, "")
        if event.name != outer.delete:
            return bool(_values(event, kind.id_param) & names.of(kind, owner, name))
        # An owner was made again, and what stood in the former one, as far as it is known to have, went with it.
        return any(names.of(kind, o, name) for o in _values(event, outer.id_param) & names.before(outer, owner))

    def _in_pool(self, event: Event) -> bool:
        pool, arn = _value(event.request, self._root), str(_value(event.request, "ResourceArn") or "")
        if pool is None and not arn:  # a creation tells the id in its answer
            return self._pool in _values(event, "Id") | _values(event, self._root)
        return pool == self._pool or arn.rpartition("/")[2] == self._pool

    def _is_it(self, event: Event) -> bool:
        kind = self.kind
        if kind.root or (_value(event.request, "ResourceArn") and not kind.id_param):
            return True
        told = _values(event, kind.id_param)
        if kind.id_param and (told or not kind.outer):
            return self._ids.get(kind.id_param) in told
        if kind.outer:
            owner = KINDS[kind.outer].id_param
            named = _value(event.request, owner)
            return named is not None and named == self._ids.get(owner)
        owners = {KINDS[k.outer].id_param for k in KINDS.values() if k.outer}
        return all(_value(event.request, owner) in NO_OWNER for owner in owners)


def operations(kind: ResourceKind, finding: Finding) -> tuple[str, ...]:
    """Return the operations that may have made a finding so."""
    if finding.cls is FindingClass.MISSING:
        outer = KINDS[kind.outer].delete if kind.outer else ""
        return tuple(o for o in (kind.delete, kind.ended_by, outer) if o)
    if finding.cls is FindingClass.UNMANAGED and kind.create:
        return (kind.create,)
    member = str(finding.path[0]) if finding.path else ""
    elsewhere = kind.elsewhere.get(member, ())
    shared = [KINDS[section].update for section, names in kind.shared.items() if member in names or not names]
    return tuple(dict.fromkeys(o for o in (kind.create, kind.update, *elsewhere, *shared) if o))


def _value(tree: Mapping[str, Any], param: str) -> Any:
    """Return what CloudTrail has of a parameter. It begins names with a small letter, and abbreviations differ."""
    return next((v for k, v in tree.items() if k.casefold() == param.casefold()), None)


def _values(event: Event, param: str) -> set[str]:
    """All texts that an event holds under the name of a parameter, in the call and in its answer."""
    name = param.casefold()
    return {*_found(event.request, name), *_found(event.answer, name)} if name else set()


def _found(tree: Any, name: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key.casefold() == name and isinstance(value, str):
                yield value
            else:
                yield from _found(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from _found(value, name)
