from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from reconciler.model import Secret
from reconciler.terminal import logs
from reconciler.terminal.console import Console

SECRET = "hunter2"


@pytest.fixture
def log():
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    err = io.StringIO()

    def set_up(level="debug", form="text"):
        logs.set_up(level, form, Console(io.StringIO(), io.StringIO(), err))
        return err

    yield set_up
    root.handlers[:], _ = before
    root.setLevel(before[1])
    logging.getLogger("botocore").setLevel(logging.NOTSET)
    logging.getLogger(logs.OURS).setLevel(logging.NOTSET)


def test_only_our_own_loggers_go_to_debug(log):
    err = log("debug")
    logging.getLogger("botocore").setLevel(logging.DEBUG)  # somebody asked for it elsewhere
    logging.getLogger("botocore.endpoint").debug("body: %s", SECRET)
    logging.getLogger("urllib3").debug("x")
    logging.getLogger("poolctl.aws").debug("called")
    logging.getLogger("botocore").info("hello")
    assert err.getvalue() == "DEBUG poolctl.aws: called\nINFO botocore: hello\n"


@pytest.mark.parametrize(("level", "shown"), [("info", 2), ("warning", 1), ("error", 0)])
def test_levels(log, level, shown):
    err = log(level)
    logging.getLogger("poolctl").info("i")
    logging.getLogger("poolctl").warning("w")
    logging.getLogger("poolctl").debug("d")
    assert len(err.getvalue().splitlines()) == shown


def test_setting_up_twice_does_not_log_twice(log):
    log("info")
    err = log("info")
    logging.getLogger("poolctl").info("once")
    assert err.getvalue().count("once") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_are_redacted(log, form):
    err = log("debug", form)
    secret = Secret(SECRET, "live")
    logger = logging.getLogger("poolctl")
    logger.info("%s %r %s", secret, {"k": [secret]}, (secret,), extra={"params": {"s": secret}})
    logger.info("%(a)s", {"a": secret})
    try:
        int(SECRET)
    except ValueError:
        logger.exception("failed")
    assert SECRET not in err.getvalue()
    assert "ValueError" in err.getvalue()


def test_json_lines(log):
    err = log("info", "json")
    logging.getLogger("poolctl.aws").info("sent %s", "X", extra={"request_id": "r-1", "duration_ms": 12})
    line = json.loads(err.getvalue())
    assert list(line) == ["time", "level", "logger", "message", "request_id", "duration_ms"]
    assert line["time"].endswith("Z")
    assert (line["level"], line["logger"], line["message"]) == ("info", "poolctl.aws", "sent X")
    assert (line["request_id"], line["duration_ms"]) == ("r-1", 12)
    assert sys.stderr is not None
