"""How far a run is, on a terminal and nowhere else, letter by letter and by a clock of the test's own."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest

from reconciler.runs import stages
from reconciler.runs.pulse import SOON, Pulse
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import ERASE, Console
from reconciler.terminal.options import Options
from reconciler.terminal.side_by_side import THREADS
from tests.cloud.virtual_time import VirtualThreads, VirtualTime


@dataclass(frozen=True)
class Document:
    """As much of a manifest as `stages.each` looks at."""

    name: str
    kind: str = "UserPool"
    account: str = ""
    region: str = ""
    links: tuple[str, ...] = ()


@pytest.fixture
def time():
    found = VirtualTime()
    token = THREADS.set(VirtualThreads(found))
    yield found
    THREADS.reset(token)


def read(time: VirtualTime, seconds: float, *, live: bool, quiet: bool = False) -> str:
    """What is said while six documents are read, four at a time, each of which takes some seconds and two calls."""
    console = Console(io.StringIO(), io.StringIO(), io.StringIO(), live=live, quiet=quiet)
    runtime = Runtime(Options("plan"), {}, time.clock, time.sleep)

    def work(document: Document) -> str:
        for _ in range(2):
            runtime.meter.add("cognito-idp", "DescribeUserPool")
            time.sleep(seconds / 2)
        return document.name

    found = stages.each(runtime, [Document(n) for n in "abcdef"], console, work)
    assert found == [*"abcdef"]
    return console.stderr.getvalue()


def frames(said: str) -> list[str]:
    return [f for f in said.split(ERASE) if f]


def test_a_short_run_says_no_more_than_what_it_reads(time):
    assert frames(read(time, 1.0, live=True)) == [f"Reading {n}…" for n in "abcdef"]


def test_a_long_run_says_how_far_it_is_how_fast_and_how_long_it_takes(time):
    found = frames(read(time, 4.0, live=True))
    assert found[:5] == [*(f"Reading {n}…" for n in "abcd"), "Reading: 0 of 6 pools, 2.7 calls/s"]
    assert "Reading: 4 of 6 pools, 2.4 calls/s, about 2 s left" in found
    assert found[-1] == "Reading: 4 of 6 pools, 1.5 calls/s, about 4 s left"


def test_without_a_terminal_there_is_a_line_for_each_pool_and_no_more(time):
    assert read(time, 4.0, live=False) == "".join(f"Reading {n}…\n" for n in "abcdef")


def test_who_asked_for_silence_gets_it(time):
    assert read(time, 4.0, live=True, quiet=True) == ""


def test_the_line_goes_away_before_a_question_and_before_other_output():
    now = [0.0]
    console = Console(io.StringIO(), io.StringIO(), io.StringIO(), live=True)
    runtime = Runtime(Options("apply"), {}, lambda: now[0])
    pulse = Pulse(runtime, console, "Applying", 20, "change")
    pulse.look()
    now[0] = SOON + 1.0
    pulse.add(5)
    runtime.meter.add("cognito-idp", "CreateGroup")
    pulse.look()
    console.progress("a/groups/x: Creation complete after 1s")
    pulse.look()
    line = "Applying: 5 of 20 changes, 0.2 calls/s, about 12 s left"
    assert console.stderr.getvalue() == f"{line}{ERASE}a/groups/x: Creation complete after 1s\n{line}"
