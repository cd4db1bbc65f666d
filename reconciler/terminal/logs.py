"""The log on standard error.

Logs easily leak secrets: botocore prints the body of every request at debug level. So records of libraries below INFO
are dropped at every log level, and tracebacks show the frames but not the message.
"""

from __future__ import annotations

import json
import logging
import traceback
from copy import copy
from types import TracebackType
from typing import Any

from reconciler.errors import printable
from reconciler.model import Secret
from reconciler.terminal.console import Console

OURS = "poolctl"
"""Root of our own loggers: `poolctl.aws`, `poolctl.apply`."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; everything else was passed as `extra`."""


class Guard(logging.Filter):
    """Drops debug records of libraries, and redacts secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record, and return whether to log it."""
        ours = record.name == OURS or record.name.startswith(OURS + ".")
        if not ours and record.levelno < logging.INFO:
            return False
        if isinstance(record.args, dict):
            record.args = {k: _shown(v) for k, v in record.args.items()}
        elif record.args:
            record.args = tuple(_shown(v) for v in record.args)
        return True


def _shown(value: Any) -> Any:
    """Replace secrets. `str` of a secret is redacted already, but `%r` of a container or a subclass may not be."""
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, dict):
        return {k: _shown(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(v) for v in value]
    return value


class TextFormatter(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. The cached text of another formatter is dropped: it holds the exception's message."""
        record = copy(record)
        record.msg, record.args = printable(record.getMessage()), None  # it may quote AWS
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the base class's name
        """Return the frames and the type of an exception; its message may quote a value."""
        kind, _, tb = ei
        return _way(kind, tb)


class Json(TextFormatter):
    """One JSON object a line, for programs: time, level, logger, message, and whatever the record carries besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _STANDARD})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _utc(seconds: float | None) -> Any:
    import time

    return time.gmtime(seconds)


Json.converter = staticmethod(_utc)


def _way(kind: type[BaseException] | None, tb: TracebackType | None) -> str:
    return "".join(traceback.format_tb(tb)) + (kind.__name__ if kind else "")


class ConsoleHandler(logging.Handler):
    """Writes records to the console, which handles the live line."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. A failed write must not interrupt the run."""
        try:
            self._console.err(self.format(record))
        except Exception:  # noqa: BLE001
            return


def set_up(level: str, form: str, console: Console) -> None:
    """Send logs to the console.

    Args:
        level: Lowest level to show: `debug`, `info`, `warning`, `error`. For libraries INFO is the lowest.
        form: `text` or `json`.
        console: Where they go.
    """
    lowest = getattr(logging, level.upper())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, ConsoleHandler)]:
        root.removeHandler(old)
    handler = ConsoleHandler(console)
    handler.setFormatter(Json() if form == "json" else TextFormatter())
    handler.addFilter(Guard())
    root.addHandler(handler)
    root.setLevel(max(lowest, logging.INFO))
    logging.getLogger(OURS).setLevel(lowest)
