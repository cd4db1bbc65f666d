"""Adds and removes URLs of a client beside other runs that do the same, so that none is lost.

UpdateUserPoolClient replaces the client and takes no condition: of two runs that read, change and write, the later one
takes back what the earlier one wrote. So what is meant is recorded first, each URL under a name of its own
(`url_records`), and the client is made to agree with the records: read records and client, write if they differ, and
look again until they agree. Whoever writes last looks after that write at records that are all there, so when all runs
have ended the client agrees with them, in whatever order their calls came. A run that is killed leaves records, and the
next one completes them. Items that no record knows stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.cloud.port import required
from reconciler.errors import CloudError, Partial, Refused
from reconciler.kinds.client import KIND as CLIENT
from reconciler.model import Tree
from reconciler.procedures import url_lists, url_records
from reconciler.procedures.url_lists import UrlClient, UrlEntry, UrlStatus, urls_of
from reconciler.procedures.url_records import UrlList, UrlRecord, UrlRecords
from reconciler.procedures.url_steps import UrlCall, UrlPause, UrlSteps

DESCRIBE = (CLIENT.service, "DescribeUserPoolClient")
UPDATE = (CLIENT.service, CLIENT.update)
READS = frozenset({DESCRIBE, url_records.READ})
CALLS = READS | url_records.WRITES | {UPDATE}
"""The calls of a run."""

MOST_WRITES = 30
"""How often a run writes the client before it gives up, because others write it without end."""

SETTLE = 3.0
"""Seconds after which a client that agrees is looked at again: a write of another run may still be under way."""


@dataclass
class UrlReport:
    """What a run has done."""

    entries: list[UrlEntry] = field(default_factory=list)
    """The URLs that were asked for, in their order."""
    swept: list[UrlEntry] = field(default_factory=list)
    """URLs that were not asked for, and that were removed because they had ended."""
    stay: list[UrlEntry] = field(default_factory=list)
    """URLs that have ended and that the client cannot be without."""
    wrote: bool = False
    """Whether anything was written."""


class SettledUrls:
    """Reads and writes records, and makes a client agree with them.

    Args of the constructor:
        client: The client.
        now: The time, in seconds since 1970.
        nonce: Returns a text that no other run has.
        jitter: Returns a number from 0 to 1, so that runs that meet do not meet again.
    """

    def __init__(
        self, client: UrlClient, *, now: Callable[[], float], nonce: Callable[[], str], jitter: Callable[[], float]
    ) -> None:
        self._client, self._now, self._nonce, self._jitter = client, now, nonce, jitter
        self.report = UrlReport()
        self._own: list[UrlRecord] = []
        self._fresh: list[UrlRecord] = []
        self._deleted: set[str] = set()
        self._withdrawn = ""

    def _read(self) -> UrlSteps[tuple[UrlRecords, Tree]]:
        """Read the records and then the client, so that the client is as new as can be when it is written."""
        found: list[UrlRecord] = []
        cursor: Tree = {}
        while True:
            params = {"Path": self._client.path, "MaxResults": url_records.AT_ONCE, **cursor}
            answer = yield UrlCall(*url_records.READ, params)
            listed = required(answer, "Parameters", ":".join(url_records.READ))
            found += [one for one in map(url_records.read, listed) if one]
            if not answer.get("NextToken"):
                break
            cursor = {"NextToken": answer["NextToken"]}
        answer = yield UrlCall(*DESCRIBE, dict(self._client.ids))
        described: Tree = required(answer, "UserPoolClient", ":".join(DESCRIBE))
        fresh, self._fresh = self._fresh, []  # a list may lag; but later, what is not listed was deleted by others
        return UrlRecords(tuple(found)).joined(fresh).without(self._deleted), described

    def _record(self, member: UrlList, url: str, *, until: float | None = None, gone: bool = False) -> UrlRecord:
        name = url_records.name_of(self._client.path, member, url, self._nonce())
        return UrlRecord(name, member, url, self._now(), until, gone)

    def _put(self, one: UrlRecord) -> UrlSteps[None]:
        params = {"Name": one.name, "Value": url_records.written(one), "Type": "String"}
        try:
            yield UrlCall(url_records.SERVICE, url_records.PUT, params)
        except CloudError as error:
            if error.code != url_records.EXISTS:  # else the answer of an earlier try was lost
                raise
        self._own.append(one)
        self._fresh.append(one)
        self.report.wrote = True

    def _delete(self, records: Iterable[UrlRecord]) -> UrlSteps[None]:
        names = [one.name for one in records]
        for start in range(0, len(names), url_records.AT_ONCE):
            part = names[start : start + url_records.AT_ONCE]
            yield UrlCall(url_records.SERVICE, url_records.DELETE, {"Names": part})
            self._deleted.update(part)
            self.report.wrote = True

    def _settle(self) -> UrlSteps[None]:
        """Write the client until it agrees with the records, and look once more after a while.

        Raises:
            Refused: Others have taken the room; what this run had added was taken back.
            Partial: Others write the client without end.
        """
        writes, agreed = 0, False
        while True:
            records, answer = yield from self._read()
            lists = url_lists.lists_of(self._client, records, answer, self._now())
            if url_lists.agrees(lists, answer):
                if agreed or not self.report.wrote:
                    break
                agreed = True
                yield UrlPause(SETTLE * (1 + self._jitter()))
                continue
            agreed = False
            if url_lists.overfull(lists) and self._added():
                self._withdrawn = url_lists.overfull(lists)
                yield from self._withdraw()
                continue
            self._require_end(writes)
            writes += 1
            yield UrlCall(*UPDATE, url_lists.update(self._client, answer, lists))
            self.report.wrote = True
            yield UrlPause(self._jitter())
        yield from self._forget(records, answer)
        if self._withdrawn:
            said = "Others have added URLs meanwhile, so those of this run were taken back."
            raise Refused(f"{self._client.shown}: {self._withdrawn} {said}")

    def _require_end(self, writes: int) -> None:
        if writes == MOST_WRITES:
            raise Partial(
                f"{self._client.shown}: the URLs are recorded, but others write the client without end. Run `poolctl "
                "urls sweep` when they have finished."
            )

    def _added(self) -> list[UrlRecord]:
        return [one for one in self._own if not one.gone]

    def _withdraw(self) -> UrlSteps[None]:
        """Take back what this run has added: the URL is gone first, so that no run takes it for one of others."""
        for one in self._added():
            yield from self._put(self._record(one.member, one.url, gone=True))
            yield from self._delete([one])
            self._own.remove(one)

    def _forget(self, records: UrlRecords, answer: Tree) -> UrlSteps[None]:
        """Delete records that nothing depends on any more."""
        now = self._now()
        spent = [r for r in records.every if r.is_spent(now)]
        yield from self._delete(r for r in spent if not self._is_needed(r, records, answer))

    def _is_needed(self, one: UrlRecord, records: UrlRecords, answer: Tree) -> bool:
        """Whether a record is why a live URL has to go."""
        ended = self._client.ended(records, one.member, self._now())
        return one.url in urls_of(answer, one.member) and one.url in ended


class SharedUrls(SettledUrls):
    """One run on the URLs of one client: it looks, sweeps, adds or removes. What it did is in `report`.

    Args of the constructor:
        client: The client.
        now: The time, in seconds since 1970.
        nonce: Returns a text that no other run has.
        jitter: Returns a number from 0 to 1.
        dry: Whether to write nothing, and to report what would be done.
    """

    def __init__(
        self,
        client: UrlClient,
        *,
        now: Callable[[], float],
        nonce: Callable[[], str],
        jitter: Callable[[], float],
        dry: bool = False,
    ) -> None:
        super().__init__(client, now=now, nonce=nonce, jitter=jitter)
        self._dry = dry

    def look(self) -> UrlSteps[None]:
        """List what is recorded and what is live."""
        records, answer = yield from self._read()
        self.report.entries += url_lists.listed(self._client, records, answer, self._now())

    def sweep(self) -> UrlSteps[None]:
        """Remove what has ended, and complete what a run that was killed has left."""
        records, answer = yield from self._read()
        self._foresee(records, answer)
        yield from self._carry_out((), ())

    def add(self, urls: Sequence[str], member: UrlList, until: float | None) -> UrlSteps[None]:
        """Add URLs to a list.

        Args:
            urls: The URLs.
            member: `CallbackURLs` or `LogoutURLs`.
            until: When they expire, in seconds since 1970; None for never.

        Raises:
            Refused: There would be too many. Nothing was written.
        """
        records, answer = yield from self._read()
        new: list[UrlRecord] = []
        old: list[UrlRecord] = []
        for url in urls:
            found, live = records.about(member, url), url in urls_of(answer, member)
            wanted = [r for r in found if r.is_live(self._now())]
            alike = live and len(wanted) == 1 and wanted[0].until == until
            ours: UrlStatus = "present" if alike else "renewed" if wanted else "added"
            status: UrlStatus = "other" if live and not found else ours
            self.report.entries.append(UrlEntry(member, url, status, None if status == "other" else until))
            if status in ("added", "renewed"):
                new.append(self._record(member, url, until=until))
                old += wanted
        self._foresee(records.joined(new), answer, urls)
        yield from self._carry_out(new, old)

    def remove(self, urls: Sequence[str], member: UrlList, *, force: bool) -> UrlSteps[None]:
        """Remove URLs from a list.

        Args:
            urls: The URLs.
            member: `CallbackURLs` or `LogoutURLs`.
            force: Whether URLs that no record knows are removed too.

        Raises:
            Refused: One is not ours, or the client cannot be without it. Nothing was written.
        """
        records, answer = yield from self._read()
        gone: list[UrlRecord] = []
        old: list[UrlRecord] = []
        for url in urls:
            found, live = records.about(member, url), url in urls_of(answer, member)
            status = url_lists.removal(self._client, member, url, found, live=live, force=force)
            self.report.entries.append(UrlEntry(member, url, status))
            if status == "removed":
                gone.append(self._record(member, url, gone=True))
            if status != "absent":
                old += [r for r in found if not r.gone]
        url_lists.require_removable(self._client, answer, member, [one.url for one in gone])
        self._foresee(records.without(r.name for r in old).joined(gone), answer, urls)
        yield from self._carry_out(gone, old)

    def _foresee(self, records: UrlRecords, answer: Tree, asked: Iterable[str] = ()) -> None:
        """Note what else will be done, and refuse what does not fit.

        Raises:
            Refused: A list would have too many items.
        """
        lists = url_lists.lists_of(self._client, records, answer, self._now())
        if said := url_lists.overfull(lists):
            raise Refused(f"{self._client.shown}: {said} Nothing was written.")
        for one in url_lists.expired(self._client, records, answer, self._now(), asked):
            (self.report.stay if one.url in lists[one.member] else self.report.swept).append(one)

    def _carry_out(self, new: Sequence[UrlRecord], old: Sequence[UrlRecord]) -> UrlSteps[None]:
        """Record, and settle. New records come before old ones go: in between, both are true."""
        if self._dry:
            return
        for one in new:
            yield from self._put(one)
        yield from self._delete(old)
        yield from self._settle()
