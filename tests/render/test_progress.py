from __future__ import annotations

import pytest

from reconciler.model import Call, Done, Failed, Sent, Skipped, Started, Verified, Waiting
from reconciler.render import redact
from reconciler.render.progress import Progress, clock, duration, going
from tests.render.samples import NEW_CLIENT, OLD_CLIENT, SPA, WEB


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Started(WEB), "clients/web: Updating…"),
        (Started(OLD_CLIENT), "clients/old: Destroying…"),
        (Started(SPA), "clients/spa: Replacing…"),
        (Done(NEW_CLIENT, 3.2, "3n4b"), "clients/mobile: Creation complete after 3s [id=3n4b]"),
        (Done(WEB, 75), "clients/web: Update complete after 1m15s"),
        (Failed(WEB, "no\x1b"), "clients/web: Failed: no\\x1b"),
        (Failed(WEB, "no", written=2), "clients/web: Failed after 2 successful calls: no"),
        (Skipped(WEB, "user_pool failed"), "clients/web: Not started (user_pool failed)"),
        (Sent(WEB.address, Call("s", "Op", {}), 0.1), ""),
        (Verified(()), ""),
    ],
)
def test_line(event, line):
    assert Progress().line(redact.event(event)) == line


def test_waiting_says_what_is_being_done():
    progress = Progress(pools=True)
    assert progress.line(redact.event(Started(NEW_CLIENT))) == "customers-prod/clients/mobile: Creating…"
    line = progress.line(Waiting(NEW_CLIENT.address, 70, "CREATING"))
    assert line == "customers-prod/clients/mobile: Still creating… [01m10s elapsed]"


def test_times():
    assert (clock(10), clock(3601)) == ("00m10s", "60m01s")
    assert (duration(0.2), duration(59.6), duration(61)) == ("0s", "1m0s", "1m1s")


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        ((34, 100, 284, 20.0), "Reading: 34 of 100 pools, 14.2 calls/s, about 40 s left"),
        ((0, 100, 3, 4.0), "Reading: 0 of 100 pools, 0.8 calls/s"),  # nothing to reckon with yet
        ((1, 1, 60, 12.0), "Reading: 1 of 1 pool, 5.0 calls/s"),
        ((1, 2, 60, 12.4), "Reading: 1 of 2 pools, 4.8 calls/s, about 12 s left"),
        ((99, 100, 900, 60.0), "Reading: 99 of 100 pools, 15.0 calls/s, about 1 s left"),
        ((50, 100, 900, 84.0), "Reading: 50 of 100 pools, 10.7 calls/s, about 80 s left"),
        ((10, 1000, 900, 60.0), "Reading: 10 of 1000 pools, 15.0 calls/s, about 99 min left"),
    ],
)
def test_how_far_a_run_is(numbers, line):
    done, total, calls, seconds = numbers
    assert going("Reading", done, total, "pool", calls=calls, seconds=seconds) == line
