"""Attribution: matches CloudTrail events to findings.

CloudTrail keeps management events for 90 days and allows two lookups a second, each by one attribute
(cognito.md 8.4). Events that name the pool are looked up first, because one list serves all findings; for the rest,
the operations of a finding's kind are looked up by name. Events are returned newest first, so the first match of a
finding is the last event that touched its object. Deleted objects are looked up by the identifier found in older
events, and settings in another Region in the events of that Region. Events of other services do not name the pool; they
are matched by what their calls name, and those of IAM are in one Region for all. Users are matched by `sub`, as
CloudTrail hides their names.
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
"""Requests per second that LookupEvents allows, per account and Region."""

MOST_PAGES = 120
"""Maximum pages of 50 events per lookup: a minute at that rate."""

OURS = "poolctl/"
"""The mark that aws.py adds to the user agent."""

TRUNCATED = "CloudTrail has more events than were read; some findings may lack their author."

USER = "sub"
"""The identifier of a user in events."""

NO_OWNER = (None, "", "ALL")
"""Values of a parameter like ClientId that mean the pool, and not a single object in it."""


@dataclass(frozen=True, slots=True)
class Event:
    """The relevant part of one management event."""

    name: str
    """The operation."""
    source: str
    """The service that logged it: `cognito-idp.amazonaws.com`."""
    request: Tree
    """Parameters of the call, in CloudTrail's spelling: `userPoolId`."""
    answer: Tree
    """What the call returned; empty for most."""
    who: Attribution
    """The caller."""
    sub: str = ""
    """The user that the call was about; empty for none."""


class Trail:
    """Reads CloudTrail in one Region within its rate limit; completed lookups are cached."""

    def __init__(self, cloud: Cloud, *, clock: Clock, sleep: Sleep) -> None:
        self._cloud = cloud
        self._bucket = Bucket(RATE, clock, sleep)
        self._clock, self._sleep = clock, sleep
        self._answers: dict[tuple[str, str], list[Event]] = {}
        self._regional_read: dict[str, Trail] = {}
        self._cut: set[tuple[str, str]] = set()

    @property
    def cut(self) -> frozenset[tuple[str, str]]:
        """Lookups that were truncated, in this Region or another one."""
        return frozenset(self._cut).union(*(t.cut for t in self._regional_read.values()))

    def at(self, region: str) -> Trail:
        """Return the CloudTrail of another Region: each records the calls made there."""
        if region not in self._regional_read:
            self._regional_read[region] = Trail(self._cloud.at(region), clock=self._clock, sleep=self._sleep)
        return self._regional_read[region]

    def events(self, key: str, value: str) -> Iterator[Event]:
        """Yield the events with an attribute, newest first, without failed calls.

        Args:
            key: `ResourceName` or `EventName`.
            value: Value of the attribute.

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
    """Return an event from an item of LookupEvents; None for failed calls and unreadable events."""
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
    sub = str((record.get("additionalEventData") or {}).get("sub", ""))
    return Event(who.event, str(record.get("eventSource", "")), request, answer, who, sub)


def _principal(identity: Mapping[str, Any]) -> str:
    known = (identity.get(k) for k in ("arn", "invokedBy", "principalId", "type"))
    return next((str(k) for k in known if k), "unknown")


def attribute(drift: Drift, subjects: Mapping[str, Mapping[str, str]], trail: Trail) -> Drift:
    """Return a drift with the event of each finding that has one. Without permission, add a notice and continue.

    Args:
        drift: The findings.
        subjects: By id of a finding, the identifiers of its object, as far as they are known.
        trail: CloudTrail in the pool's Region.
    """
    pool = drift.target.pool_id
    if not drift.findings or not pool:
        return drift
    marks = [_Trace(f, subjects.get(f.id, {}), pool, drift.target.region) for f in drift.findings]
    notices = list(drift.notices)
    try:
        _ask(trail, marks, pool)
    except Denied as error:
        notices.append(Notice(f"Attribution was not possible: missing {error.operation}."))
    except CloudError as error:
        notices.append(Notice(f"Attribution was not possible: {error.operation}: {error.code}."))
    asked = {
        ("ResourceName", pool),
        *(("EventName", o) for m in marks for o in (*m.revealing, *m.operations, *m.asked)),
    }
    if asked & trail.cut:
        notices.append(Notice(TRUNCATED))
    findings = tuple(replace(m.finding, attribution=m.who) for m in marks)
    return replace(drift, findings=findings, notices=tuple(notices))


def _ask(trail: Trail, marks: Sequence[_Trace], pool: str) -> None:
    """Look up events in the pool's Region, and in those of regional parts of objects; the newest event is used."""
    _ask_in(trail, marks, pool)
    for region in dict.fromkeys(m.region for m in marks if m.region):
        _ask_in(trail.at(region), [m.again(regional_read=True) for m in marks if m.region == region], pool)


def _ask_in(trail: Trail, marks: Sequence[_Trace], pool: str) -> None:
    """Look up events by the pool's id, then by operation for the remaining findings; use the newest event."""
    names = _Names(pool)
    _look(trail.events("ResourceName", pool), marks, names)
    left = [m for m in marks if not m.who]
    for operation in dict.fromkeys(o for m in left for o in m.asked):
        concerned = [m.again() for m in left if operation in m.asked]
        _look(trail.events("EventName", operation), concerned, names)
    for mark in marks:
        mark.settle()


def _look(events: Iterable[Event], marks: Iterable[_Trace], names: _Names) -> None:
    """Assign each finding the first matching event, and stop when all have one."""
    left = list(marks)
    for event in events:
        names.learn(event)
        left = [m for m in left if not m.take(event)]
        if not left:
            return
    for mark in left:  # a deleted object may be known by a name from an older event
        mark.take_gone(names)


class _Names:
    """Identifiers by name, from the events themselves: the only source for deleted objects.

    A name is relative to the parent object: the branding of a client, its terms of use.
    """

    def __init__(self, pool: str) -> None:
        self._pool = pool
        self._ids: dict[tuple[str, str, str], set[str]] = {}

    def learn(self, event: Event) -> None:
        """Record the name and identifier in an event."""
        if _value(event.request, "UserPoolId") != self._pool:
            return
        for kind in KINDS.values():
            if kind.id_param and kind.id_param != kind.name_member and event.name in (kind.create, kind.update):
                owners = _values(event, KINDS[kind.outer].id_param) if kind.outer else {""}
                names = _values(event, kind.name_member) if kind.name_member else {""}
                for place in product((kind.section,), owners, names):
                    self._ids.setdefault(place, set()).update(_values(event, kind.id_param))

    def of(self, kind: ResourceKind, owner: str, name: str) -> set[str]:
        """Return all known identifiers of objects with a name.

        Args:
            kind: Their kind.
            owner: Identifier of their parent; empty for the pool.
            name: Their name; empty if each owner has exactly one.
        """
        return self._ids.get((kind.section, owner, name), set())

    def before(self, kind: ResourceKind, identifier: str) -> set[str]:
        """Return the identifiers of earlier objects with the name of an object, which replaced them."""
        return {i for (s, _, _), ids in self._ids.items() if s == kind.section and identifier in ids for i in ids} - {
            identifier
        }


class _Trace:
    """A finding, the conditions for an event to explain it, and the author found."""

    def __init__(self, finding: Finding, ids: Mapping[str, str], pool: str, region: str) -> None:
        self.finding = finding
        self.kind = KINDS[finding.address.section]
        self.operations = operations(self.kind, finding)
        self._around = self.kind.surrounding
        home = self._around.logged_in(region) if self._around else region
        self._home = "" if home == region else home
        """The other Region whose CloudTrail has all events about the object; empty for most."""
        self.revealing: tuple[str, ...] = ()
        """Operations whose events contain the identifier of a deleted object."""
        self.who: Attribution | None = None
        self._best: Attribution | None = None
        self._ids = ids
        self._root = root_of(self.kind.document).id_param
        self._pool = pool
        self._deletions: list[Event] = []
        if self._is_gone and not ids.get(self.kind.id_param):
            outer = KINDS[self.kind.outer] if self.kind.outer else self.kind
            self.revealing = tuple(dict.fromkeys((self.kind.create, self.kind.update, outer.create, outer.update)))
        self._is_abroad = False
        self._written_there = self.kind.elsewhere.get(str(finding.path[0]), ()) if finding.path else ()

    @property
    def _is_gone(self) -> bool:
        return self.finding.cls is FindingClass.MISSING and not self.kind.root

    @property
    def region(self) -> str:
        """The other Region in which the member is read and written; empty for most."""
        regional = self.kind.regional_read if self._written_there else None
        return regional.region(dict(self._ids)) if regional else self._home

    @property
    def asked(self) -> tuple[str, ...]:
        """The relevant operations in the Region of the lookup."""
        if self._home:
            return self.operations if self._is_abroad else ()
        return self._written_there if self._is_abroad else (*self.revealing, *self.operations)

    def again(self, *, regional_read: bool = False) -> _Trace:
        """Prepare for another lookup; the current result is kept unless a newer event is found.

        Args:
            regional_read: Whether the following lookups are in another Region.
        """
        self.settle()
        self._best, self.who = self.who, None
        self._is_abroad = self._is_abroad or regional_read
        return self

    def settle(self) -> None:
        """Keep the newest event found."""
        found = [w for w in (self.who, self._best) if w]
        self.who = max(found, key=lambda w: w.time) if found else None

    def take(self, event: Event) -> bool:
        """Accept an event if it matches, and return whether it did."""
        if event.name not in self.asked or event.name in self.revealing:
            return False
        if self._around:
            self.who = event.who if self._names_it(event) else None
            return self.who is not None
        if not self._in_pool(event):
            return False
        if self.revealing:
            self._deletions.append(event)
            return False
        if self._is_abroad or self._is_it(event):  # in that Region, the pool's id identifies the regional part
            self.who = event.who
        return self.who is not None

    def take_gone(self, names: _Names) -> None:
        """Accept the newest deletion of an object with the name of the missing one."""
        found = [e.who for e in self._deletions if self._was_it(e, names)]
        self.who = max(found, key=lambda w: w.time) if found else self.who

    def _was_it(self, event: Event, names: _Names) -> bool:
        """Whether a deletion removed the missing object or its parent."""
        kind, outer = self.kind, KINDS.get(self.kind.outer)
        wanted = self.finding.desired if isinstance(self.finding.desired, dict) else {}
        local = self.finding.address.name.rpartition("/")[2]
        name = str(wanted.get(kind.name_member, local)) if kind.name_member else ""
        if outer is None:
            return bool(_values(event, kind.id_param) & names.of(kind, "", name))
        owner = self._ids.get(outer.id_param, "")
        if event.name != outer.delete:
            return bool(_values(event, kind.id_param) & names.of(kind, owner, name))
        # The parent was re-created, and the known contents of the former one were deleted with it.
        return any(names.of(kind, o, name) for o in _values(event, outer.id_param) & names.before(outer, owner))

    def _names_it(self, event: Event) -> bool:
        """Whether a call of another service names the object, and nothing that is not part of it."""
        known = {**self.kind.to_params({self._root: self._pool, **self._ids}), **self.kind.params}
        said = {param: str(value) for param in known if (value := _value(event.request, param)) is not None}
        matched = (_is_name(value, known[p], self._ids.get(p)) for p, value in said.items())
        return event.source.startswith(f"{self.kind.service}.") and bool(said) and all(matched)

    def _in_pool(self, event: Event) -> bool:
        pool, arn = _value(event.request, self._root), str(_value(event.request, "ResourceArn") or "")
        if pool is None and not arn:  # the answer of a creation contains the id
            return self._pool in _values(event, "Id") | _values(event, self._root)
        return pool == self._pool or arn.rpartition("/")[2] == self._pool

    def _is_it(self, event: Event) -> bool:
        kind = self.kind
        if kind.root or (_value(event.request, "ResourceArn") and not kind.id_param):
            return True
        if event.sub and USER in self._ids:
            return event.sub == self._ids[USER]
        ids = _values(event, kind.id_param)
        if kind.id_param and (ids or not kind.outer):
            return self._ids.get(kind.id_param) in ids
        if kind.outer:
            owner = KINDS[kind.outer].id_param
            named = _value(event.request, owner)
            return named is not None and named == self._ids.get(owner)
        owners = {KINDS[k.outer].id_param for k in KINDS.values() if k.outer}
        return all(_value(event.request, owner) in NO_OWNER for owner in owners)


def operations(kind: ResourceKind, finding: Finding) -> tuple[str, ...]:
    """Return the operations that could have caused a finding, as CloudTrail calls them."""
    logged = kind.surrounding.logged_as if kind.surrounding else {}
    return tuple(logged.get(operation, operation) for operation in _causes(kind, finding))


def _causes(kind: ResourceKind, finding: Finding) -> tuple[str, ...]:
    if finding.cls is FindingClass.MISSING:
        outer = KINDS[kind.outer].delete if kind.outer else ""
        return tuple(o for o in (kind.delete, kind.ended_by, outer) if o)
    if finding.cls is FindingClass.UNMANAGED and kind.create:
        return (kind.create,)
    member = str(finding.path[0]) if finding.path else ""
    elsewhere = kind.elsewhere.get(member, ())
    if kind.surrounding or kind.declared_only:  # each part is written by operations of its own
        return tuple(dict.fromkeys(o for o in (kind.create, *(elsewhere or (kind.update,))) if o))
    shared = [KINDS[section].update for section, names in kind.shared.items() if member in names or not names]
    return tuple(dict.fromkeys(o for o in (kind.create, kind.update, *elsewhere, *shared) if o))


def _is_name(said: str, *known: Any) -> bool:
    """Return whether a name in an event is one of these; where a service takes names and ARNs, either may be said."""
    return any(said == str(name) or str(name).endswith(f":{said}") for name in known if name)


def _value(tree: Mapping[str, Any], param: str) -> Any:
    """Return the value of a parameter in an event. CloudTrail starts names in lower case, and abbreviations differ."""
    return next((v for k, v in tree.items() if k.casefold() == param.casefold()), None)


def _values(event: Event, param: str) -> set[str]:
    """Return all strings of a parameter in an event, in the call and in its answer."""
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
