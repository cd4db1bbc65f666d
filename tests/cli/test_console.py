from __future__ import annotations

import io
import os
import signal

import pytest

from reconciler.errors import InvalidInput
from reconciler.terminal.console import WIDTH, Console, console
from reconciler.terminal.options import Options
from reconciler.terminal.signals import Graceful, Immediate, Interrupted
from tests.cli.support import Leaving, Terminal


def made(environ=None, *, out=None, err=None, stdin=None, **options):
    return console(Options("plan", **options), environ or {}, stdin or Terminal(), out or Terminal(), err or Terminal())


@pytest.mark.parametrize(
    ("environ", "asked", "terminal", "color"),
    [
        ({}, None, True, True),
        ({}, None, False, False),
        ({"NO_COLOR": "1"}, None, True, False),
        ({"NO_COLOR": ""}, None, True, True),
        ({"NO_COLOR": "1"}, True, True, True),
        ({"TERM": "dumb"}, None, True, False),
        ({"FORCE_COLOR": "1"}, None, False, True),
        ({"FORCE_COLOR": "0"}, None, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, None, True, False),
        ({"FORCE_COLOR": "1"}, False, True, False),
    ],
)
def test_color(environ, asked, terminal, color):
    assert made(environ, out=Terminal() if terminal else io.StringIO(), color=asked).color is color


@pytest.mark.parametrize(
    ("environ", "stdin", "options", "interactive"),
    [
        ({}, Terminal(), {}, True),
        ({}, io.StringIO("yes\n"), {}, False),
        ({"CI": "true"}, Terminal(), {}, False),
        ({}, Terminal(), {"non_interactive": True}, False),
    ],
)
def test_questions_need_somebody_to_answer(environ, stdin, options, interactive):
    it = made(environ, stdin=stdin, **options)
    assert it.interactive is interactive
    if not interactive:
        with pytest.raises(InvalidInput, match="--yes"):
            it.ask("Go on? ")


def test_ask():
    err = Terminal()
    assert made(stdin=Terminal("  yes \n"), err=err).ask("Go on? ") == "yes"
    assert err.getvalue() == "Go on? "
    assert made(stdin=Terminal("")).ask("Go on? ") == ""


def test_width():
    assert made({"COLUMNS": "72"}).width == 72
    assert made({"COLUMNS": "72"}, out=io.StringIO()).width == WIDTH


def test_live_line_is_erased_before_other_output():
    err = Terminal()
    it = made({"COLUMNS": "10"}, out=Terminal(), err=err)
    it.status("Reading a lot")
    it.status("Reading a lot")
    it.err("x")
    assert err.getvalue() == "Reading a\r\x1b[Kx\n"
    it.status("again")
    it.out("result")
    it.close()
    assert err.getvalue().endswith("again\r\x1b[K")


def test_without_a_terminal_the_status_is_plain_lines():
    err = io.StringIO()
    it = made(err=err)
    for text in ("one", "one", "two", ""):
        it.status(text)
    it.progress("done")
    assert err.getvalue() == "one\ntwo\ndone\n"


def test_quiet_leaves_out_progress_and_nothing_else():
    err, out = io.StringIO(), io.StringIO()
    it = made(err=err, out=out, quiet=True)
    it.status("s")
    it.progress("p")
    it.err("e")
    it.out("o\n")
    it.out("")
    assert (err.getvalue(), out.getvalue()) == ("e\n", "o\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_streams_without_unicode_get_something_readable(encoding):
    raw = io.BytesIO()
    it = Console(io.StringIO(), io.TextIOWrapper(raw, encoding=encoding), io.StringIO())
    it.out("Pool x — y… ☃")
    assert raw.getvalue() == b"Pool x - y... \\u2603\n"


def test_a_reader_that_goes_away_stops_only_its_stream():
    err = io.StringIO()
    it = Console(io.StringIO(), Leaving(), err)
    it.out("a")
    it.out("b")
    it.err("still here")
    it.close()
    assert err.getvalue() == "still here\n"


def test_the_first_signal_asks_and_the_second_insists():
    said = []
    before = signal.getsignal(signal.SIGTERM)
    with Graceful(said.append) as stop:
        assert (stop(), stop.requested, stop.exit_code) == (False, False, 0)
        os.kill(os.getpid(), signal.SIGTERM)
        assert (stop(), stop.exit_code, len(said)) == (True, 143, 1)
        with pytest.raises(Interrupted) as caught:
            os.kill(os.getpid(), signal.SIGINT)
        assert caught.value.exit_code == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_graceful_inside_immediate_gives_back():
    with Immediate():
        with Graceful(lambda _: None) as stop:
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.exit_code == 130
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
