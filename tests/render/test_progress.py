from __future__ import annotations

import pytest

from reconciler.model import Call, Done, Failed, Sent, Skipped, Started, Verified, Waiting
from reconciler.render import redact
from reconciler.render.progress import Progress, clock, duration
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
