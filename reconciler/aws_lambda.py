"""Drift as an AWS Lambda function: what EventBridge calls on a schedule is the same command that people run.

The event is the constant input of the schedule, both keys optional:

    {"paths": ["pools"], "options": ["--attribute", "--remember", "s3://BUCKET/KEY", "--notify", "sns=ARN"]}

Paths, those inside of options too, are relative to the package of the function, which is read-only; only `/tmp` can be
written. The human text goes to standard output and everything else to standard error, and both are in CloudWatch Logs.
The handler adds `-o human` and `-o json` into a directory of its own; further `-o` need a file each.

Nothing can be promised once the time of the function is up. `drift` writes nothing to Cognito, sends what is new, and
keeps the report last. So a run that is killed has its alerts repeated by the next one, and loses none.

An environment of Lambda serves many invocations. What one run changes in the process (the directory, the handlers of
the log) is put back, and the variables are copied, so that a second run does what a first one does.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.cli.entry import main
from reconciler.errors import ExitCode, InvalidInput, PoolctlError, exit_word, flow
from reconciler.runs.drift_run import ADVICE
from reconciler.terminal.suggestions import sentences, suggest

DEFAULT_PATHS = ("pools",)
"""Where the manifests are when the event does not say."""

EXAMPLE = '{"paths": ["pools"], "options": ["--notify", "sns=ARN"]}'
"""What messages suggest to write."""

COMPARED = (ExitCode.OK, ExitCode.CHANGES)
"""Exit codes of a run that compared everything."""

ENVELOPE = frozenset({"source", "detail-type", "detail"})
"""Keys of an event that EventBridge made by itself."""


class WrongEvent(InvalidInput):
    """The event is not one that this function takes; nothing was read."""


class RunFailed(PoolctlError):
    """The run ended with neither 0 nor 2. What it found was sent, as far as it got."""

    def __init__(self, code: int) -> None:
        self.exit_code = ExitCode(code)
        """What the command would have ended with."""
        advice = ADVICE.get(code, "The run was stopped.")
        super().__init__(f"exit {code} ({_meaning(code)}): {advice} See the log of this invocation.")


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda hands over both
    """Run `drift` once.

    Args:
        event: The input of the schedule; see the module.
        context: Lambda's; not used.

    Returns:
        `exit_code` (0 or 2), `meaning`, `complete`, `drifted`, `summary` with counts, and `undelivered`: how many
        entries could not be delivered. No values: an answer has 6 MB at most, and it is logged by others.

    Raises:
        WrongEvent: The event has something else in it.
        RunFailed: The run ended with another code, so that the function's errors are counted and its failures kept.
    """
    paths, options = asked(event)
    with tempfile.TemporaryDirectory(prefix="poolctl-") as directory, _undisturbed():
        report = Path(directory) / "report.json"
        code = main(
            ["drift", *_always(report), *options, "--", *paths],
            stdin=io.StringIO(),
            stdout=sys.stdout,
            stderr=sys.stderr,
            environ=dict(os.environ),
        )
        if code not in COMPARED:
            raise RunFailed(code)
        if not report.exists():
            raise WrongEvent(
                "Nothing was compared: the event's options ask for text such as --help. Remove that option."
            )
        return _answer(code, json.loads(report.read_text(encoding="utf-8")))


def asked(event: Any) -> tuple[Sequence[str], Sequence[str]]:
    """Return the paths and the options of an event.

    Raises:
        WrongEvent: It is no object, has other keys, or holds anything but lists of texts. Its values are not repeated.
    """
    if not isinstance(event, Mapping):
        raise WrongEvent(f"The event is not an object. Set the Input of the schedule to something like {EXAMPLE}.")
    if event.keys() >= ENVELOPE:
        raise WrongEvent(
            "This is an event made by EventBridge itself: the schedule has no Input. Set Input, in the target of the "
            f"rule or schedule, to something like {EXAMPLE}, or to {{}} for the defaults."
        )
    for key in event:
        if key not in ("paths", "options"):
            hint = suggest(str(key), ("paths", "options"))
            takes = f"It takes paths and options: {EXAMPLE}."
            raise WrongEvent(sentences(f"The event has an unknown key {flow(key)}.", hint, takes))
    return _texts(event, "paths") or DEFAULT_PATHS, _texts(event, "options")


def _texts(event: Mapping[str, Any], key: str) -> list[str]:
    found = event.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise WrongEvent(
            f"The event's {key} is not a list of strings. Write {EXAMPLE}: each word is a string of its own."
        )
    return found


def _always(report: Path) -> list[str]:
    return ["--non-interactive", "--log-format", "json", "-o", "human", "-o", f"json={report}"]


def _answer(code: int, report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "exit_code": code,
        "meaning": _meaning(code),
        "complete": report["complete"],
        "drifted": report["drifted"],
        "summary": report["summary"],
        "undelivered": len(report.get("undelivered", ())),
    }


def _meaning(code: int) -> str:
    return exit_word(code)


# --- what outlives an invocation -----------------------------------------------------------------------------------


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Work in the directory of the package, and leave the process as it was found."""
    with contextlib.chdir(os.environ.get("LAMBDA_TASK_ROOT") or "."), _own_log():
        yield


@contextlib.contextmanager
def _own_log() -> Iterator[None]:
    """Take Lambda's handlers away from the log for a while, and put everything back.

    They would print each record a second time, and without the filter that hides secrets.
    """
    loggers = (logging.getLogger(), logging.getLogger("poolctl"))
    levels = [logger.level for logger in loggers]
    root = loggers[0]
    handlers, root.handlers = root.handlers, []
    try:
        yield
    finally:
        root.handlers = handlers
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
